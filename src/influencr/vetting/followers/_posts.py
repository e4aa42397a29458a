"""Tier 2: what the recent posts of a sampled follower say beside the profile.

One row per profile, from at most `LATEST` of its newest posts. The shipped scorecard does not read
them (the set that it is fitted on has no posts); an operator's model does, when these columns are
joined to the labelled table. Silence itself is no column here: no post, no row.

LATEST: our own choice, about what one call of a platform gives.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LATEST", "post_features"]

LATEST = 30
_WORD = re.compile(r"[^\W\d_]{2,}")


def post_features(posts: pl.DataFrame) -> pl.DataFrame:
    """Features of each profile's newest posts; deleted posts are not read.

    posts     `profile_id, created_at, kind, text, hashtags, likes, replies, deleted_at`; all but
              the first may be missing or null
    returns   `profile_id, post_n, post_gap_hours` (median; null below two dated posts),
              `repost_share, hashtags_per_post, caption_length` (mean characters),
              `caption_similarity` (mean cosine of word counts over pairs, 0..1; null below two
              posts with words), `likes_per_post, replies_per_post` (of own posts)
    """
    rows = _complete(posts).filter(pl.col("deleted_at").is_null())
    rows = (
        rows.sort("created_at", descending=True, nulls_last=True)
        .group_by("profile_id", maintain_order=True)
        .head(LATEST)
    )
    own = pl.col("kind").fill_null("post") != "repost"
    return (
        rows.group_by("profile_id", maintain_order=True)
        .agg(
            post_n=pl.len(),
            post_gap_hours=(
                pl.col("created_at").drop_nulls().sort().diff().dt.total_seconds() / 3600
            ).median(),
            repost_share=(~own).mean(),
            hashtags_per_post=pl.col("hashtags").list.len().mean(),
            caption_length=pl.col("text").filter(own).str.len_chars().mean(),
            words=pl.col("text").filter(own).drop_nulls(),
            likes_per_post=pl.col("likes").filter(own).mean(),
            replies_per_post=pl.col("replies").filter(own).mean(),
        )
        .with_columns(
            caption_similarity=pl.col("words").map_elements(
                lambda texts: _similarity(list(texts)), return_dtype=pl.Float64
            )
        )
        .drop("words")
    )


def _complete(posts: pl.DataFrame) -> pl.DataFrame:
    """With every column that is read, null where the source has none."""
    types: dict[str, pl.DataType | type[pl.DataType]] = {
        "created_at": pl.Datetime("us", "UTC"),
        "kind": pl.String,
        "text": pl.String,
        "hashtags": pl.List(pl.String),
        "likes": pl.Float64,
        "replies": pl.Float64,
        "deleted_at": pl.Datetime("us", "UTC"),
    }
    return posts.with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in types.items()
        if name not in posts.columns
    ).select("profile_id", *types)


def _similarity(texts: Sequence[str]) -> float | None:
    """Mean cosine of the word counts of all pairs of texts that have words."""
    counts = [Counter(words) for text in texts if (words := _WORD.findall(text.casefold()))]
    n = len(counts)
    if n < 2:
        return None
    total: defaultdict[str, float] = defaultdict(float)
    for count in counts:
        length = math.sqrt(sum(k * k for k in count.values()))
        for word, k in count.items():
            total[word] += k / length
    # sum over pairs of unit vectors = (|their sum|^2 - n) / 2
    pairs = (sum(x * x for x in total.values()) - n) / (n * (n - 1))
    return min(max(float(pairs), 0.0), 1.0)
