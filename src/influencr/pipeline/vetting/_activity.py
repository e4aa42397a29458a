"""Family A: whether creators post as before, told bucket by bucket while posts are at hand.

A break in the posting rate is shown beside the evidence and never counts as a sign of a bought
audience. Creators with fewer posts than the test needs get no row: too few is not clear.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from influencr.pipeline.vetting._plan import read_buckets, read_plan
from influencr.vetting import verdict
from influencr.vetting.activity import VERSION, cadence_breaks
from influencr.vetting.activity._breaks import BREAK_DAYS, MIN_POSTS

__all__ = ["look_at_activity"]

_STATISTIC = "posting_rate_change"


def look_at_activity(work: Path, bucket: int) -> None:
    """found-activity-<bucket>.parquet, creators by number."""
    file = work / f"found-activity-{bucket:06d}.parquet"
    _, files = read_buckets(work)[bucket]
    if not files:
        verdict.empty_evidence().write_parquet(file)
        return
    as_of = datetime.fromtimestamp(read_plan(work).as_of, UTC)
    listed = (
        pl.scan_parquet(work / "listed.parquet")
        .filter("scored")
        .select("profile_id", creator=pl.col("number").cast(pl.Int64))
    )
    posts = pl.scan_parquet(list(files)).join(listed, on="profile_id", how="semi")
    breaks = cadence_breaks(posts, as_of=as_of).join(listed.collect(), on="profile_id")
    enough = (
        posts.filter(
            pl.col("created_at").is_between(as_of - pl.duration(days=BREAK_DAYS), as_of),
            pl.col("deleted_at").is_null(),
            pl.col("kind").is_null() | (pl.col("kind") != "repost"),
        )
        .group_by("profile_id")
        .len()
        .filter(pl.col("len") > MIN_POSTS)
        .join(listed, on="profile_id")
        .select("creator")
        .collect()["creator"]
    )
    found = verdict.as_evidence(
        verdict.evidence_row(
            creator=row["creator"],
            family="A",
            statistic=_STATISTIC,
            version=f"activity {VERSION}",
            value=row["per_week_after"],
            p=row["p"],
            from_at=int(row["break_at"].timestamp()),
            to_at=int(row["break_at"].timestamp()),
            fires=True,
        )
        for row in breaks.iter_rows(named=True)
    )
    clear = verdict.clear_rows(
        enough.filter(~enough.is_in(breaks["creator"].implode())).sort(),
        family="A",
        statistic=_STATISTIC,
        version=f"activity {VERSION}",
    )
    pl.concat([found, clear]).write_parquet(file)
