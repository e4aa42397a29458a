"""Family A: whether creators post, and as before, told bucket by bucket while posts are at hand.

    last_post             days since anything new was seen; fires when the creator is quiet or
                          dormant. Its chart says what that rests on: on some networks only uploads
                          are seen, in some files only a date. No row where activity is unknown
    posting_rate_change   posts a week since the rate last changed; fires when it did. No row with
                          fewer posts than the test needs: too few is not clear

Both are shown beside the evidence and never count as a sign of a bought audience.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from influencr.pipeline.vetting._plan import read_buckets, read_plan
from influencr.vetting import verdict
from influencr.vetting.activity import VERSION, activity_basis, cadence_breaks
from influencr.vetting.activity._breaks import BREAK_DAYS, MIN_POSTS

__all__ = ["look_at_activity"]

_STATISTIC = "posting_rate_change"
_LAST = "last_post"
_KNOWN = ("active", "quiet", "dormant")
_POSTS: dict[str, pl.DataType] = {
    "profile_id": pl.String(),
    "created_at": pl.Datetime("us", "UTC"),
    "deleted_at": pl.Datetime("us", "UTC"),
    "kind": pl.String(),
}


def look_at_activity(work: Path, bucket: int) -> None:
    """found-activity-<bucket>.parquet, creators by number."""
    profiles, files = read_buckets(work)[bucket]
    as_of = datetime.fromtimestamp(read_plan(work).as_of, UTC)
    listed = (
        pl.scan_parquet(work / "listed.parquet")
        .filter("scored")
        .select(
            "profile_id",
            "activity_state",
            "last_post_at",
            creator=pl.col("number").cast(pl.Int64),
        )
    )
    posts = pl.scan_parquet(list(files)) if files else pl.LazyFrame(schema=_POSTS)
    mine = (
        pl.scan_parquet(list(profiles))
        .select("profile_id", "platform", "last_active_at")
        .join(listed, on="profile_id", how="inner")
        .collect()
    )
    found = [_last_posts(mine, posts, as_of)]
    if files:
        found += _breaks(posts, listed, as_of)
    pl.concat(found).write_parquet(work / f"found-activity-{bucket:06d}.parquet")


def _last_posts(mine: pl.DataFrame, posts: pl.LazyFrame, as_of: datetime) -> pl.DataFrame:
    """Rows of creators of whom it is known whether they post."""
    basis = activity_basis(mine, posts.join(mine.lazy(), on="profile_id", how="semi"))
    told = mine.join(basis, on="profile_id", how="left", maintain_order="left").filter(
        pl.col("activity_state").is_in(list(_KNOWN)), pl.col("last_post_at").is_not_null()
    )
    charts = pl.Series(
        [
            json.dumps({"state": state, "basis": basis, "meaning": meaning}, ensure_ascii=False)
            for state, basis, meaning in told.select(
                "activity_state", "activity_basis", "activity_meaning"
            ).iter_rows()
        ],
        dtype=pl.String,
    )
    rows = verdict.clear_rows(
        told["creator"],
        family="A",
        statistic=_LAST,
        version=f"activity {VERSION}",
        values=(as_of - told["last_post_at"]).dt.total_seconds() / 86_400,
    )
    return rows.with_columns(fires=told["activity_state"] != "active", chart=charts)


def _breaks(posts: pl.LazyFrame, listed: pl.LazyFrame, as_of: datetime) -> list[pl.DataFrame]:
    """Rows of creators with enough posts to tell whether the rate changed."""
    posts = posts.join(listed, on="profile_id", how="semi")
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
    return [found, clear]
