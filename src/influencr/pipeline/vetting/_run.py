"""One vetting run, from the catalogue's follows to a verdict for every listed creator.

    follows -> cut by follower -> causes -> cut by creator -> audiences -> families of evidence
            -> correction for the many creators -> other explanations -> share -> verdict

Everything lies in a folder of the run's own (`_plan`), so a run that is killed is simply done
again. Two processes share the groups where there are several (`_crew`).

Measured on the figures of docs/benchmarks/vetting-scale.json.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from influencr.pipeline._creators import VERDICT_COLUMNS
from influencr.pipeline._crew import Crew
from influencr.pipeline._graph import key_of
from influencr.pipeline._progress import Steps
from influencr.pipeline.vetting._accounts import (
    declared_language,
    gather_accounts,
    sort_profiles,
)
from influencr.pipeline.vetting._conclude import conclude
from influencr.pipeline.vetting._cut import cut_by_follower, write_packs
from influencr.pipeline.vetting._look import find_groups, learn
from influencr.pipeline.vetting._plan import STEPS_MODULE, Bucket, write_buckets
from influencr.pipeline.vetting._store import EVIDENCE_FILE, VETTING_FILE
from influencr.pipeline.vetting._talk import gather_talk
from influencr.pipeline.vetting._usual import pack_usual
from influencr.records import Policy
from influencr.vetting import followers, verdict

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = [
    "VERSION",
    "Run",
    "listed_creators",
    "run_vetting",
    "vetting_methods",
    "with_verdicts",
]

#: Of the way in which evidence is gathered and put together here.
VERSION = "2"

#: What the steps cost beside each other, in hundredths, for the progress alone; measured.
_COSTS = {
    "read": 20,
    "accounts": 5,
    "causes": 20,
    "audiences": 10,
    "look": 25,
    "groups": 10,
    "conclude": 10,
}
#: What is said of an audience that may not be read begins so (`_creators`).
_BARRED = "not read"


class Run(NamedTuple):
    """What a run left, in its folder: files of `_store`'s columns, and what one audience is looked
    at again with (`_usual`)."""

    vetting: Path
    evidence: Path
    usual: Path


def run_vetting(
    snapshot: Snapshot,
    work: Path,
    *,
    buckets: Sequence[Bucket],
    creators: Sequence[Path],
    barred: Sequence[Path],
    as_of: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Look at the audience of every listed creator.

    work       an empty folder of the run's own, on the disk that has room: about 60 bytes a follow
    buckets    files of profiles and posts as they were judged
    creators   files of CREATORS_SCHEMA: whom to look at. Whose audience may not be read is told so
    barred     files of `profile_id`: who may not even be counted
    as_of      the instant that ages refer to
    progress   called with (done, in all), in units of the run's own

    Memory does not grow with the number of follows, but for 50 bytes an account.
    """
    told = Steps(_COSTS, progress)
    listed = listed_creators(creators)
    listed.write_parquet(work / "listed.parquet")
    write_buckets(work, buckets)
    write_packs(snapshot, work)
    n: int = snapshot.scan("follows").select(pl.len()).collect().item()
    plan = cut_by_follower(
        snapshot,
        work,
        listed,
        barred,
        as_of=int(as_of.timestamp()),
        progress=lambda done: told.at("read", done, n),
    )
    parts = [work / "accounts" / f"{bucket:06d}.parquet" for bucket in range(len(buckets))]
    (work / "accounts").mkdir()
    with Crew(work, STEPS_MODULE) as crew:

        def do(step: str, groups: int) -> None:
            crew.do(step, groups, progress=lambda done: told.at(step, done, groups))

        do("accounts", len(buckets))
        gather_talk(snapshot, work)
        sort_profiles(parts, work)
        do("causes", plan.follower_groups)
        gather_accounts(parts, work, plan.follower_groups)
        do("audiences", plan.creator_groups)
        learn(work)
        do("look", plan.creator_groups)
        find_groups(work)
        do("groups", plan.creator_groups)
        conclude(snapshot, work, crew, as_of=as_of, progress=lambda d, k: told.at("conclude", d, k))
    usual = pack_usual(work, methods=vetting_methods())
    return Run(work / VETTING_FILE, work / EVIDENCE_FILE, usual)


def listed_creators(creators: Sequence[Path]) -> pl.DataFrame:
    """Everybody who is listed, in order of platform and id, with what vetting reads of them.

    `open`: the audience may be read.
    """
    return (
        pl.scan_parquet(list(creators))
        .select(
            key_of().alias("key"),
            "profile_id",
            "platform",
            "handle",
            declared_language().alias("language"),
            pl.col("topics").list.first().alias("topic"),
            "followers",
            pl.col("account_created_at").dt.epoch("s").alias("created"),
            "activity_state",
            "activity_reason",
            "last_post_at",
            "engagement_rate",
            "engagement_definition",
            "engagement_n_posts",
            pl.col("post_text").is_not_null().alias("posts_open"),
            ~pl.col("audience_reason").str.starts_with(_BARRED).alias("open"),
            "audience_reason",
            (pl.col("policy") & int(Policy.SCORE) != 0).alias("scored"),
        )
        .sort("platform", "profile_id")
        .with_row_index("number")
        .with_columns(pl.col("number").cast(pl.Int32))
        .collect()
    )


def vetting_methods() -> str:
    """Versions of everything that a verdict is made of: a new one asks for a new judgement."""
    found = {
        "rule": verdict.VERSION,
        "followers": followers.shipped().version,
        "pipeline": VERSION,
    }
    return ", ".join(f"{name} {version}" for name, version in found.items())


def with_verdicts(creators: pl.DataFrame, verdicts: pl.LazyFrame) -> pl.DataFrame:
    """Creators with the words and the sentences of their verdicts, and what a row of a list shows
    of the audience, in the same order.

    verdicts   `profile_id` and the columns that VERDICT_COLUMNS names
    """
    ids = creators["profile_id"]
    own = (
        verdicts.filter(pl.col("profile_id").is_in(ids.implode()))
        .select("profile_id", **VERDICT_COLUMNS)
        .collect()
    )
    joined = creators.drop(list(VERDICT_COLUMNS)).join(
        own,
        on="profile_id",
        how="left",
        maintain_order="left",
    )
    return joined.select(creators.columns)
