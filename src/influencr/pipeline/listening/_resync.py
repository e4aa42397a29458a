"""A repository that was cut is read whole: what stands in it holds, and nothing else does.

`sync` says that the history of an account does not hang together any more (an account came back,
a server was repaired, a commit was too large to send). Then everything that the catalogue has of
the account is held against the repository as it is now: what stands there is folded again, which
changes nothing where it was known, and what does not stand there has ended.

Only what the account itself did is touched; what others did to it stands in their repositories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from influencr.sources.bluesky.stream import Event, Fold, read_car

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Repositories", "ended_rows", "replaced"]

#: DID -> the CAR file of its repository now, as com.atproto.sync.getRepo gives it.
type Repositories = Callable[[str], bytes]

_POST = "app.bsky.feed.post"
_FOLLOW = "app.bsky.graph.follow"
_ACTS = {"app.bsky.feed.like": "like", "app.bsky.feed.repost": "repost"}


def replaced(catalogue: Catalogue, fold: Fold, car: bytes) -> list[tuple[str, pl.DataFrame]]:
    """Fold a whole repository; rows that end what is not in it, to be stored after the fold's.

    Raises BadFrame for a repository that cannot be read to its end: then nothing has ended.
    """
    did, rev, found = read_car(car)
    records = list(found)
    events = [
        Event(did, "commit", 0, 0, 0, rev, "update", collection, rkey, record)
        for collection, rkey, record in records
    ]
    held = {(collection, rkey) for collection, rkey, _ in records}
    name = f"bluesky:{did}"
    posts = catalogue.latest("posts").filter(pl.col("profile_id") == name).select("post_id")
    for (post_id,) in posts.collect().iter_rows():
        rkey = post_id.rpartition("/")[2]
        if (_POST, rkey) not in held:
            events.append(Event(did, "commit", 0, 0, 0, rev, "delete", _POST, rkey))
    fold.take_all(events)
    return ended_rows(catalogue, name, rev, records)


def ended_rows(
    catalogue: Catalogue, name: str, rev: str, records: Iterable[tuple[str, str, dict[str, Any]]]
) -> list[tuple[str, pl.DataFrame]]:
    """Follows and reactions of a profile that no record stands for any more, ended by a revision.

    records   (collection, rkey, record) of the repository
    """
    from influencr.sources.bluesky.stream._event import tid_us

    follows: set[str] = set()
    acts: set[tuple[str, str]] = set()
    for collection, _, record in records:
        subject = record.get("subject")
        if collection == _FOLLOW and isinstance(subject, str):
            follows.add(f"bluesky:{subject}")
        elif collection in _ACTS and isinstance(subject, dict):
            acts.add((f"bluesky:{subject.get('uri')}", _ACTS[collection]))
    at = datetime.fromtimestamp(tid_us(rev) / 1_000_000, UTC)
    ends = {"deleted_at": pl.lit(at, dtype=pl.Datetime("us", "UTC"))}
    heard = {"fetch_method": pl.lit("stream"), "source": pl.lit("bluesky")}
    followed = (
        catalogue.latest("follows")
        .filter(pl.col("follower_id") == name, ~pl.col("followed_id").is_in(list(follows)))
        .collect()
    )
    kept = pl.DataFrame(
        sorted(acts), schema={"post_id": pl.String, "kind": pl.String}, orient="row"
    )
    reacted = (
        catalogue.latest("engagements")
        .filter(pl.col("actor_id") == name, pl.col("kind").is_in(list(_ACTS.values())))
        .collect()
        .join(kept, on=["post_id", "kind"], how="anti")
    )
    instant = pl.lit(at, dtype=pl.Datetime("us", "UTC"))
    return [
        (table, rows.with_columns(**ends, **heard, fetched_at=instant))
        for table, rows in (("follows", followed), ("engagements", reacted))
        if len(rows)
    ]
