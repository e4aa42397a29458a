"""The files of a world as they would have been exported on an earlier day, and a home of them.

Only the open network: the other networks' files have counts of today, which no past day could show.
Follows, posts, acts, packs and accounts of after the cut are gone, and every count is that of then.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from influencr.engine import Engine
from influencr.vetting.verdict import GROUP_FAMILIES, is_standing

__all__ = ["flagged_by", "home_of", "write_cut"]

_COUNTED = {
    "likeCount": "like",
    "repostCount": "repost",
    "replyCount": "reply",
    "quoteCount": "quote",
}


def write_cut(observed: Path, folder: Path, cut: int) -> Path:
    """`folder` with the observed files as of `cut` (seconds)."""
    folder.mkdir(parents=True)
    moment = datetime.fromtimestamp(cut, UTC)
    follows = pl.read_parquet(observed / "bluesky_follows*.parquet").filter(
        pl.col("followed_at") <= moment
    )
    acts = pl.read_parquet(observed / "bluesky_engagements*.parquet").filter(pl.col("at") <= moment)
    posts = pl.read_parquet(observed / "bluesky_posts*.parquet")
    later = posts.filter(pl.col("createdAt") > moment).group_by("did").len("later")
    posts = posts.filter(pl.col("createdAt") <= moment)
    counts = (
        acts.group_by("post_id", "kind").len().pivot("kind", index="post_id", values="len")
    ).rename({"post_id": "uri"})
    posts = posts.join(counts, on="uri", how="left", maintain_order="left").with_columns(
        *(
            pl.col(kind).fill_null(0).cast(pl.Int64).alias(name)
            if kind in counts.columns
            else pl.lit(0, dtype=pl.Int64).alias(name)
            for name, kind in _COUNTED.items()
        )
    )
    posts = posts.select(pl.exclude(*_COUNTED.values()))
    profiles = _profiles(observed, follows, later, moment)
    packs = pl.read_csv(observed / "bluesky_packs.csv")
    packs = packs.filter(pl.col("added_at").str.to_datetime(time_zone="UTC") <= moment)
    for name, frame in (
        ("bluesky_follows", follows),
        ("bluesky_engagements", acts),
        ("bluesky_posts", posts),
        ("bluesky_profiles", profiles),
    ):
        frame.write_parquet(folder / f"{name}.parquet")
    packs.write_csv(folder / "bluesky_packs.csv")
    for path in folder.iterdir():
        # What the importer takes as the time of observation.
        os.utime(path, (cut, cut))
    return folder


def _profiles(
    observed: Path, follows: pl.DataFrame, later: pl.DataFrame, moment: datetime
) -> pl.DataFrame:
    followers = follows.group_by(did="followed").len("followersCount")
    following = follows.group_by(did="follower").len("followsCount")
    profiles = pl.read_parquet(observed / "bluesky_profiles*.parquet").filter(
        pl.col("createdAt") <= moment
    )
    order = profiles.columns
    return (
        profiles.drop("followersCount", "followsCount")
        .join(followers, on="did", how="left", maintain_order="left")
        .join(following, on="did", how="left", maintain_order="left")
        .join(later, on="did", how="left", maintain_order="left")
        .with_columns(pl.col("followersCount", "followsCount", "later").fill_null(0))
        .with_columns(
            pl.col("followersCount", "followsCount").cast(pl.Int64),
            postsCount=(pl.col("postsCount") - pl.col("later").cast(pl.Int64)).clip(0),
        )
        .select(order)
    )


def home_of(files: Path, home: Path) -> Engine:
    """A home with these files, imported and refreshed."""
    engine = Engine(home, create=True)
    report = engine.import_files([files], licence="synthetic")
    for failed in report.failed:
        if failed.error is not None:
            raise failed.error
    engine.refresh()
    return engine


def flagged_by(engine: Engine) -> pl.Series:
    """Keys of accounts that are in a finding that stands, of the families that look at followers
    together; members of rings and groups stay people, as in the product."""
    ledger = pl.read_parquet(engine.home.judged / "evidence.parquet")
    together = pl.col("family").is_in(list(GROUP_FAMILIES)) & is_standing()
    keys = (
        ledger.filter(together & pl.col("member_keys").is_not_null())["member_keys"]
        .explode()
        .drop_nulls()
        .unique()
    )
    return keys.cast(pl.UInt64).alias("actor")
