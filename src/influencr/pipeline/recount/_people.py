"""Who follows some creators, counted one by one from the follows as they are stored.

The rules are those of the sets that planning counts (`pipeline.audiences`): only follows and people
whose source allows it, nobody in a batch that a standing finding names. The batches are the one
thing that is not read from records here: they are what the last look at all audiences concluded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from influencr.pipeline._creators import POST_COLUMNS, judged_bucket
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline._graph import key_of
from influencr.pipeline._said import SAID, Said
from influencr.pipeline.alignment._target import inside
from influencr.pipeline.recount._alone import Records, records_of
from influencr.pipeline.vetting import EVIDENCE_FILE
from influencr.records import Policy
from influencr.vetting import share, verdict

if TYPE_CHECKING:
    from datetime import datetime

    from influencr.catalogue import Snapshot
    from influencr.geography import Area

__all__ = ["People", "count_people"]

_OWN_WORDS = ("declared", "bio", SAID)


class People(NamedTuple):
    """The people of some creators.

    ids        the creators, in the order asked
    own        how many people each has
    flagged    how many of each are in a batch that looks bought, and not in `own`
    shared     people who follow both, row by row; on the diagonal a creator's own
    total      their people counted as often as they follow one of them; unique: each once
    frequency  at place k - 1: people who follow at least k of them
    records    what was read
    """

    ids: tuple[str, ...]
    own: tuple[int, ...]
    flagged: tuple[int, ...]
    shared: tuple[tuple[int, ...], ...]
    total: int
    unique: int
    frequency: tuple[int, ...]
    records: tuple[Records, ...]


def count_people(
    home: Path,
    judged: Path,
    snapshot: Snapshot,
    profile_ids: Sequence[str],
    *,
    as_of: datetime,
    area: Area | None = None,
) -> People:
    """Count the people of these creators from the follows of the catalogue.

    judged   folder of the judged files: where standing findings are
    area     count only people whose own words tell a place inside
    """
    ids = tuple(dict.fromkeys(profile_ids))
    follows = (
        snapshot.latest("follows")
        .filter(pl.col("followed_id").is_in(list(ids)), pl.col("policy") & int(Policy.SCORE) != 0)
        .select("follower_id", "followed_id", "source", "fetched_at")
        .collect(engine="streaming")
    )
    people = follows["follower_id"].unique()
    profiles = snapshot.latest("profiles", among=people).collect()
    barred = profiles.filter(~may_be_counted())["profile_id"]
    follows = follows.filter(~pl.col("follower_id").is_in(barred.implode()))
    records = [
        records_of(
            "follows",
            "who follows these creators, latest state, where the source allows it",
            follows,
            ("followed_id", "follower_id"),
            named=False,
        )
    ]
    if area is not None:
        there = _living_in(home, snapshot, profiles, area, as_of)
        follows = follows.filter(pl.col("follower_id").is_in(there.implode()))
        records.append(
            records_of(
                "profiles",
                "where these people say they live",
                profiles,
                ("profile_id",),
                named=False,
            )
        )
    batches = _batches(judged, ids)
    sets, flagged = [], []
    for who in ids:
        mine = follows.filter(pl.col("followed_id") == who).select(
            "follower_id", key=key_of("follower_id")
        )
        bought = mine["key"].is_in(batches.get(who, []))
        sets.append(set(mine.filter(~bought)["follower_id"].to_list()))
        flagged.append(int(bought.sum()))
    times = Counter(person for one in sets for person in one)
    return People(
        ids=ids,
        own=tuple(len(one) for one in sets),
        flagged=tuple(flagged),
        shared=tuple(tuple(len(one & other) for other in sets) for one in sets),
        total=sum(len(one) for one in sets),
        unique=len(times),
        frequency=tuple(sum(n >= k for n in times.values()) for k in range(1, len(ids) + 1)),
        records=tuple(records),
    )


def _batches(judged: Path, ids: Sequence[str]) -> dict[str, list[int]]:
    """Creator -> hashes of the members of their batches that stand unexplained."""
    file = judged / EVIDENCE_FILE
    if not file.exists():
        return {}
    members = (
        pl.scan_parquet(file)
        .filter(
            pl.col("profile_id").is_in(list(ids)),
            pl.col("family").is_in(share.BATCH_FAMILIES) & verdict.is_standing(),
        )
        .select("profile_id", a="member_keys")
        .explode("a")
        .filter(pl.col("a").is_not_null())
        .unique()
        .group_by("profile_id")
        .agg("a")
        .collect()
    )
    return dict(members.iter_rows())


def _living_in(
    home: Path, snapshot: Snapshot, profiles: pl.DataFrame, area: Area, as_of: datetime
) -> pl.Series:
    """Ids of those whose own words tell a place inside, read again by the judge of places."""
    posts = snapshot.latest("posts", among=profiles["profile_id"]).select(POST_COLUMNS).collect()
    packs = pl.LazyFrame(schema={"member_id": pl.String, "pack_id": pl.String, "name": pl.String})
    places = judged_bucket(
        profiles, posts, packs, as_of=as_of, everybody=True, said=Said.of(home)
    ).places.filter(pl.col("place_basis").is_in(_OWN_WORDS) & pl.col("place_id").is_not_null())
    told = inside(places["place_id"].to_numpy(), (area,), None)
    return places.filter(pl.Series(told == 1))["profile_id"]
