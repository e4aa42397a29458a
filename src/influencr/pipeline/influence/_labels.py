"""Labels of a bucket of profiles, with what only the whole tells: habits, audience, renown."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from influencr.influence import labels
from influencr.pipeline._gates import posts_may_be_read
from influencr.pipeline._labelled import labelled
from influencr.pipeline.influence._plan import read_plan
from influencr.records import Policy

__all__ = ["gather_habits", "label_bucket"]

_ANSWERED, _AUDIENCE, _NOTABLE = "answered.parquet", "spread.parquet", "notability.parquet"
_MAY = pl.col("policy") & int(Policy.SCORE) != 0


def gather_habits(work: Path, groups: int) -> None:
    """answered.parquet and spread.parquet: replies received and answered, and how wide the
    audience's topics are spread, of every creator."""
    creators = pl.scan_parquet(work / "creators.parquet").select(
        "creator", "profile_id", "platform"
    )
    heard = [work / f"closeness-{group:06d}.parquet" for group in range(groups)]
    # Nothing is told by no reply where none was collected.
    pl.scan_parquet(heard).filter("collected", pl.col("n_replies") > 0).select(
        "profile_id", mentions_n="n_replies", mentions_answered="n_answered"
    ).collect().write_parquet(work / _ANSWERED)
    interests = [work / f"interests-{group:06d}.parquet" for group in range(groups)]
    topics = (
        pl.scan_parquet(interests)
        .join(creators, on="creator", how="inner")
        .select("profile_id", "platform", "topic", "n")
        .collect()
    )
    labels.audience_diffusion(topics).write_parquet(work / _AUDIENCE)


def label_bucket(work: Path, bucket: int) -> None:
    """labels/<bucket>.parquet of the listed profiles of one bucket."""
    profiles, posts = read_plan(work).buckets[bucket]
    listed = pl.scan_parquet(work / "creators.parquet").select("profile_id")
    rows = (
        pl.scan_parquet(list(profiles))
        .join(listed, on="profile_id", how="semi")
        .collect()
        .sort("profile_id")
    )
    habits = pl.read_parquet(work / _ANSWERED)
    if posts:
        open_ = rows.filter(posts_may_be_read()).select("profile_id")
        habits = habits.join(_posted(posts, open_), on="profile_id", how="full", coalesce=True)
    notable = work / _NOTABLE
    context = labels.Context(
        habits=habits,
        audience=pl.read_parquet(work / _AUDIENCE),
        notability=pl.read_parquet(notable) if notable.exists() else None,
    )
    (work / "labels").mkdir(exist_ok=True)
    labelled(rows, context).write_parquet(work / "labels" / f"{bucket:06d}.parquet")


def _posted(files: tuple[str, ...], profiles: pl.DataFrame) -> pl.DataFrame:
    """posts_n, posts_replies, posts_links, posts_repeated of each profile."""
    text = pl.col("text").str.strip_chars()
    return (
        pl.scan_parquet(list(files))
        .filter(_MAY, pl.col("kind").is_null() | (pl.col("kind") != "repost"))
        .join(profiles.lazy(), on="profile_id", how="semi")
        .select(
            "profile_id",
            reply=pl.col("reply_to").is_not_null(),
            link=text.str.contains(r"https?://").fill_null(value=False),
            words=pl.when(text != "").then(text.hash(seed=0)),
        )
        .group_by("profile_id")
        .agg(
            posts_n=pl.len().cast(pl.Int64),
            posts_replies=pl.col("reply").sum().cast(pl.Int64),
            posts_links=pl.col("link").sum().cast(pl.Int64),
            posts_repeated=pl.col("words").drop_nulls().is_duplicated().sum().cast(pl.Int64),
        )
        .collect()
    )
