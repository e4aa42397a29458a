"""One creator, judged again from their own records: profile, posts, memberships.

The judges are asked as a whole judgement asks them, for the same instant, with this creator's rows
alone. What needs the follower graph or everybody at once (audience, verdict, influence, label,
percentiles, a place from the network) is not in the row.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from influencr.pipeline._creators import POST_COLUMNS, judged_bucket
from influencr.pipeline._judge import read_report
from influencr.pipeline._said import Said
from influencr.pipeline._update import updates_file
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = ["Alone", "Records", "judge_alone", "judged_at", "records_of"]

#: Natural keys that are named; the digest stands for all of them.
_NAMED = 20


class Records(NamedTuple):
    """Which rows of a table were read.

    table      of the catalogue
    where      which of its rows, in words
    n          how many
    keys       natural keys of the first of them, in order; none where they would name followers
    digest     sixteen hex digits of the SHA-256 of all keys in order: same rows, same digest
    first, last  of their `fetched_at`, None without rows
    sources    who delivered them
    """

    table: str
    where: str
    n: int
    keys: tuple[str, ...]
    digest: str
    first: datetime | None
    last: datetime | None
    sources: tuple[str, ...]


class Alone(NamedTuple):
    """What one creator's own records say.

    row       columns of CREATORS_SCHEMA; None for somebody who may not be listed
    excluded  word of `EXCLUSIONS` for such a person, None for one the records do not know
    records   what was read
    deciding  column of the profile -> the newest stored observation that says this value
    """

    row: dict[str, Any] | None
    excluded: str | None
    records: tuple[Records, ...]
    deciding: dict[str, Records]


def judged_at(judged: Path, profile_id: str, of_index: datetime | None) -> datetime | None:
    """The instant that a creator's ages refer to; None before the first judgement.

    of_index   what the index says of itself: whoever was brought in alone since the last whole
               judgement was judged for that instant
    """
    report = read_report(judged)
    if report is None:
        return None
    file = updates_file(judged, report)
    if of_index is None or not file.exists():
        return report.as_of
    alone = pl.scan_parquet(file).filter(pl.col("profile_id") == profile_id)
    return of_index if len(alone.select("profile_id").collect()) else report.as_of


def judge_alone(home: Path, snapshot: Snapshot, profile_id: str, *, as_of: datetime) -> Alone:
    """Judge one creator again.

    home    the data home's folder: what creators said of themselves stands there
    as_of   the instant that ages refer to, `judged_at`
    """
    who = pl.Series([profile_id], dtype=pl.String)
    profiles = snapshot.latest("profiles", among=who).collect()
    posts = snapshot.latest("posts", among=who).collect()
    packs = snapshot.latest("packs", among=who).collect()
    stored = _stored(snapshot, profile_id, profiles)
    judged = judged_bucket(
        profiles,
        posts.select(POST_COLUMNS),
        packs.lazy().select("member_id", "pack_id", "name"),
        as_of=as_of,
        said=Said.of(home),
    )
    records = (
        records_of("profiles", "observations of this profile", stored, ("profile_id",)),
        records_of(
            "posts",
            "posts of this profile, latest state",
            posts,
            ("post_id",),
            named=bool((posts["policy"] & int(Policy.INDEX) != 0).all()),
        ),
        records_of(
            "packs", "memberships of this profile, latest state", packs, ("pack_id", "member_id")
        ),
    )
    row = judged.creators.to_dicts()[0] if len(judged.creators) else None
    return Alone(
        row=row,
        excluded=next(iter(judged.excluded), None) if row is None else None,
        records=records,
        deciding=_deciding(stored, profiles),
    )


def records_of(
    table: str, where: str, rows: pl.DataFrame, keys: tuple[str, ...], *, named: bool = True
) -> Records:
    """What is told of rows that were read.

    keys    columns of the natural key
    named   whether keys may be shown
    """
    order = (*keys, "fetched_at")
    ids = rows.sort(order).select(pl.concat_str(*keys, separator=" ")).to_series().to_list()
    seen = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    first, last = rows["fetched_at"].min(), rows["fetched_at"].max()
    return Records(
        table=table,
        where=where,
        n=len(rows),
        keys=tuple(dict.fromkeys(ids))[:_NAMED] if named else (),
        digest=seen,
        first=first if isinstance(first, datetime) else None,
        last=last if isinstance(last, datetime) else None,
        sources=tuple(rows["source"].unique().sort().to_list()),
    )


def _stored(snapshot: Snapshot, profile_id: str, latest: pl.DataFrame) -> pl.DataFrame:
    """Every stored observation of a profile, under its id or under its handle."""
    names = [profile_id, *_by_handle(latest)]
    return (
        snapshot.scan("profiles")
        .filter(
            (pl.col("profile_id") == profile_id)
            | pl.col("profile_id").str.to_lowercase().is_in(names)
        )
        .collect(engine="streaming")
    )


def _by_handle(latest: pl.DataFrame) -> list[str]:
    return [
        f"{platform}:@{handle.lower()}"
        for platform, handle in latest.select("platform", "handle").iter_rows()
        if handle
    ]


def _deciding(stored: pl.DataFrame, latest: pl.DataFrame) -> dict[str, Records]:
    """For each count of the profile, the newest observation with this very value."""
    if latest.is_empty():
        return {}
    found = {}
    for column in ("followers", "following", "posts_count", "likes_received"):
        value = latest[column][0]
        same = (
            stored.filter(pl.col(column) == value).sort("fetched_at") if value else stored.head(0)
        )
        if len(same):
            where = f"the newest observation that says {column} = {value}"
            found[column] = records_of("profiles", where, same.tail(1), ("profile_id",))
    return found
