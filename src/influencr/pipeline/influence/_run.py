"""One influence run, from the catalogue's posts and reactions to a row for every listed creator.

    posts -> authors -> reactions joined and cut by creator -> groups reduced to sums
          -> what is usual is learned -> facts, influence, closeness, growth, label

It follows the vetting run, whose standing findings tell which accounts do not count and whose
follows it reads again. Everything lies in a folder of its own (`_plan`), so a run that is killed is
simply done again. Two processes share the groups where there are several.

Flagged are the members of standing findings of the families that look at followers together (G, C,
D), of any creator. What one profile alone looks like flags nobody: the follower model's errors are
those of a share, not of a person. Members of a ring or pod stay people; only what they do for one
another is no effort (`generic`).

Measured: docs/decisions/0019-influence-out-of-core.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr.influence import engagement, labels, score
from influencr.pipeline._creators import AUDIENCE_HIDDEN, INFLUENCE_COLUMNS
from influencr.pipeline._crew import Crew
from influencr.pipeline._graph import key_of
from influencr.pipeline._progress import Steps
from influencr.pipeline.influence._conclude import conclude
from influencr.pipeline.influence._cut import cut_acts, cut_counts, cut_posts, group_bounds
from influencr.pipeline.influence._labels import gather_habits
from influencr.pipeline.influence._plan import Plan, write_plan
from influencr.records import Policy
from influencr.vetting import verdict

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot
    from influencr.pipeline.vetting import Bucket

__all__ = ["VERSION", "influence_methods", "run_influence", "with_influence"]

#: Of the way in which acts are gathered and put together here.
VERSION = "1"
_STEPS = "influencr.pipeline.influence._steps"
#: What the steps cost beside each other, in hundredths, for the progress alone; measured.
_COSTS = {"posts": 10, "acts": 40, "reduce": 35, "labels": 5, "judge": 10}


def run_influence(
    snapshot: Snapshot,
    work: Path,
    *,
    buckets: Sequence[Bucket],
    creators: Sequence[Path],
    barred: Sequence[Path],
    vetting: Path,
    evidence: Path,
    as_of: datetime,
    notability: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Judge the influence of every listed creator; returns a file of INFLUENCE_SCHEMA.

    work        an empty folder of the run's own, on the disk that has room: about 40 bytes an act
    buckets     files of profiles and posts as they were judged
    creators    files of CREATORS_SCHEMA: whom to judge, with the verdict's columns
    barred      files of `profile_id`: who may not even be counted
    vetting     folder of the vetting run, whose follows are read
    evidence    file of its findings (`vetting.STORED_EVIDENCE`)
    as_of       the instant that ages refer to
    notability  file that `labels.read_notability` made, None without one
    progress    called with (done, in all), in units of the run's own

    Memory holds one group of acts and 18 bytes per own post.
    """
    told = Steps(_COSTS, progress)
    instant = int(as_of.timestamp())
    rows = _listed(creators, evidence)
    bounds = group_bounds(rows, buckets)
    rows.drop("followers_seen").write_parquet(work / "creators.parquet")
    if notability is not None:
        shutil.copyfile(notability, work / "notability.parquet")
    standing = _standing(evidence, work)
    no_entry = (
        pl.scan_parquet(list(barred)).select(key_of().alias("key")).collect()
        if barred
        else pl.DataFrame(schema={"key": pl.UInt64})
    )
    cut = _grouped(rows, bounds)
    cut_posts(work, buckets, cut, no_entry)
    told.at("posts", 1, 1)
    cut_acts(snapshot, work, no_entry, as_of=instant, progress=lambda d, n: told.at("acts", d, n))
    cut_counts(snapshot, work, cut, as_of=instant)
    plan = Plan(
        as_of=instant,
        bounds=bounds,
        vetting=str(vetting),
        platforms=_collected(work, rows),
        buckets=list(buckets),
    )
    write_plan(work, plan)
    told.at("acts", 1, 1)
    with Crew(work, _STEPS) as crew:
        crew.do("reduce", plan.groups, progress=lambda d: told.at("reduce", d, plan.groups))
        gather_habits(work, plan.groups)
        crew.do("labels", len(buckets), progress=lambda d: told.at("labels", d, len(buckets)))
    return conclude(work, plan, standing, lambda d: told.at("judge", d, plan.groups))


def _listed(creators: Sequence[Path], evidence: Path) -> pl.DataFrame:
    """Everybody who is listed, in order of id, with what the judges read of them."""
    flagged = (
        _findings(evidence)
        .filter(_flags())
        .select("profile_id", key="member_keys")
        .explode("key")
        .group_by("profile_id")
        .agg(flagged_followers=pl.col("key").drop_nulls().n_unique().cast(pl.Int64))
    )
    return (
        pl.scan_parquet(list(creators))
        .select(
            "profile_id",
            key_of().alias("creator"),
            "platform",
            "handle",
            "language",
            pl.col("topics").list.first().alias("topic"),
            "followers",
            audience_hidden=pl.col("audience_reason") == AUDIENCE_HIDDEN,
            policy="policy",
            account_created_at="account_created_at",
            followers_seen="followers_seen",
        )
        .join(flagged, on="profile_id", how="left")
        .sort("profile_id")
        .collect()
    )


def _findings(evidence: Path) -> pl.LazyFrame:
    """The ledger that the vetting run left."""
    return pl.scan_parquet(evidence)


def _flags() -> pl.Expr:
    """Findings whose members do not count."""
    return verdict.is_standing() & pl.col("family").is_in(list(verdict.GROUP_FAMILIES))


def _standing(evidence: Path, work: Path) -> pl.DataFrame:
    """flagged.parquet, apart.parquet; returns the standing findings that have a time."""
    found = _findings(evidence)
    members = pl.col("member_keys").alias("actor")
    (
        found.filter(_flags())
        .select(members)
        .explode("actor")
        .drop_nulls()
        .unique()
        .sort("actor")
        .collect()
        .write_parquet(work / "flagged.parquet")
    )
    (
        found.filter(pl.col("fires"), pl.col("family") == "X")
        .select(key_of().alias("creator"), members)
        .explode("actor")
        .drop_nulls()
        .unique()
        .sort("creator", "actor")
        .collect()
        .write_parquet(work / "apart.parquet")
    )
    return (
        found.filter(verdict.is_standing(), pl.col("from_at").is_not_null())
        .select(
            key_of().alias("creator"),
            "family",
            pl.col("from_at", "to_at").dt.epoch("s"),
        )
        .collect()
    )


def _grouped(creators: pl.DataFrame, bounds: tuple[int, ...]) -> pl.DataFrame:
    """profile_id, creator, group of those whose source permits a derived number."""
    row = pl.int_range(len(creators), eager=True)
    group = pl.Series("group", bounds[1:-1], dtype=pl.Int64).search_sorted(row, side="right")
    return (
        creators.select("profile_id", "creator", "policy", group.cast(pl.Int32).alias("group"))
        .filter(pl.col("policy") & int(Policy.SCORE) != 0)
        .drop("policy")
    )


def _collected(work: Path, creators: pl.DataFrame) -> tuple[str, ...]:
    """Networks of which reactions were collected one by one."""
    files = list((work / "acts").glob("*/*.parquet"))
    if not files:
        return ()
    authors = pl.scan_parquet(files).select("creator").unique().collect(engine="streaming")
    found = creators.join(authors, on="creator", how="semi")["platform"]
    return tuple(found.unique().sort())


def influence_methods() -> str:
    """Versions of everything that influence is made of: a new one asks for a new judgement."""
    found = {
        "score": score.VERSION,
        "engagement": engagement.VERSION,
        "labels": labels.VERSION,
        "pipeline": VERSION,
    }
    return ", ".join(f"{name} {version}" for name, version in found.items())


def with_influence(creators: pl.DataFrame, judged: pl.LazyFrame) -> pl.DataFrame:
    """Creators with what a row of a list shows of influence, closeness, growth and label.

    judged   `profile_id` and the columns that INFLUENCE_COLUMNS names
    """
    ids = creators["profile_id"]
    own = (
        judged.filter(pl.col("profile_id").is_in(ids.implode()))
        .select("profile_id", **INFLUENCE_COLUMNS)
        .collect()
    )
    joined = creators.drop(list(INFLUENCE_COLUMNS)).join(
        own, on="profile_id", how="left", maintain_order="left"
    )
    return joined.select(creators.columns)
