"""From acts to one row per post: how many people made an effort, and who they were.

Whoever does several things on one post counts once. Four groups are kept apart:

n_effort   accounts with an effortful act (`engagement.EFFORT`), whoever they are
n_clean    of these, not flagged by vetting, and with something to say (no generic reply)
n_crowd    of the clean ones, those who were known not to follow at that time: passers-by
n_likes    accounts with a like, not flagged, not known to be passers-by

`n_acts` = what the clean ones who may be followers count for: 1 each, or 1 / (1 + others) on a
post that brings what other creators brought too (`shared_with`). `n_apart` is what that leaves out.

A creator's posts are read from events when these cover at least MIN_COVERED of the public counts
beside them; otherwise from the counts, where nobody knows who acted. Which effortful counts a
network shows is kept in `shown`, because only numbers of the same making compare.

MIN_COVERED is our own choice, fixed by tests/unit/influence/score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from influencr.errors import SchemaError
from influencr.influence.engagement import ACT_KINDS, EFFORT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BASES", "COUNTED", "MIN_COVERED", "PER_POST_SCHEMA", "per_post"]

#: How a post's numbers came about; `basis` is the place in this list.
BASES: Final[tuple[str, ...]] = ("events", "counts")
#: Public counts that are effortful; bit i of `shown` says that the i-th was seen.
COUNTED: Final[tuple[str, ...]] = ("replies", "reposts", "quotes")
#: Share of the public counts that the collected events must reach to stand for them.
MIN_COVERED = 0.5
#: What `per_post` returns.
PER_POST_SCHEMA: Final[Mapping[str, Any]] = {
    "creator": pl.UInt64(),
    "post": pl.UInt64(),
    "at": pl.Int64(),
    "seen_at": pl.Int64(),
    "basis": pl.Int8(),
    "shown": pl.Int8(),
    "n_effort": pl.Float64(),
    "n_clean": pl.Float64(),
    "n_acts": pl.Float64(),
    "n_crowd": pl.Float64(),
    "n_apart": pl.Float64(),
    "n_likes": pl.Float64(),
    "n_views": pl.Float64(),
    "followers_then": pl.Float64(),
}
#: Posts of these kinds are somebody else's, or answers, or gone in a day.
_NOT_OWN = ("repost", "reply", "story")
_EFFORTFUL = tuple(i for i, kind in enumerate(ACT_KINDS) if kind in EFFORT)
_LIKE = ACT_KINDS.index("like")


def per_post(acts: pl.DataFrame | None, posts: pl.DataFrame, *, as_of: int) -> pl.DataFrame:
    """One row per own post made before `as_of`, with what is known of who reacted until then.

    acts      creator, post, actor, kind (place in ACT_KINDS), at (seconds, -1 unknown), flagged;
              optional: follower, generic. None: no events at all
    posts     creator, post, at; optional: kind, likes, replies, reposts, quotes, views,
              counted_at, followers_then (of the creator at that time), shared_with (other
              creators with the same item). A table that `per_post` made is returned as it is,
              less what is newer than `as_of`
    as_of     seconds since 1970, UTC
    returns   PER_POST_SCHEMA; `n_crowd` is null where nobody knows who followed, likes and views
              where they were not seen; posts of which nothing was seen are left out

    Cut by creator, buckets give the same rows as the whole. Raises SchemaError when a column is
    missing.
    """
    if "n_clean" in posts.columns:
        return posts.filter(pl.col("at") < as_of).select(list(PER_POST_SCHEMA))
    _require(posts, "posts", ("creator", "post", "at"))
    own = posts.filter(pl.col("at") < as_of)
    if "kind" in own.columns:
        own = own.filter(pl.col("kind").is_null() | ~pl.col("kind").is_in(_NOT_OWN))
    for name in (*COUNTED, "likes", "views", "counted_at", "followers_then", "shared_with"):
        if name not in own.columns:
            own = own.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))
    # A post that is there twice would count its acts twice.
    own = own.unique("post", keep="last", maintain_order=True)
    seen = _from_acts(acts, as_of)
    rows = own.join(seen, on="post", how="left", maintain_order="left")
    public = pl.sum_horizontal(pl.col(name).fill_null(0) for name in (*COUNTED, "likes"))
    by_creator = rows.group_by("creator").agg(
        public=public.sum(), touched=pl.col("n_touched").sum(), told=pl.col("follower_told").any()
    )
    rows = rows.join(by_creator, on="creator", how="left", maintain_order="left")
    has_events = acts is not None and acts.height > 0
    covered = (pl.col("touched") >= MIN_COVERED * pl.col("public")) & pl.lit(has_events)
    some = pl.any_horizontal(pl.col(name).is_not_null() for name in COUNTED)
    counted = pl.sum_horizontal(pl.col(name).fill_null(0) for name in COUNTED).cast(pl.Float64)
    shown = pl.sum_horizontal(
        pl.col(name).is_not_null().cast(pl.Int8) * 2**i for i, name in enumerate(COUNTED)
    )

    alone = 1.0 / (1.0 + pl.col("shared_with").fill_null(0).cast(pl.Float64))

    def either(name: str, from_counts: pl.Expr) -> pl.Expr:
        return (
            pl.when(covered)
            .then(pl.col(name).fill_null(0.0))
            .otherwise(from_counts)
            .cast(pl.Float64)
            .alias(name)
        )

    return (
        rows.filter(covered | some)
        .select(
            "creator",
            "post",
            "at",
            pl.when(covered)
            .then(pl.lit(as_of))
            .otherwise(pl.min_horizontal(pl.col("counted_at").fill_null(as_of), pl.lit(as_of)))
            .cast(pl.Int64)
            .alias("seen_at"),
            pl.when(covered).then(0).otherwise(1).cast(pl.Int8).alias("basis"),
            pl.when(covered).then(0).otherwise(shown).cast(pl.Int8).alias("shown"),
            either("n_effort", counted),
            either("n_clean", counted),
            (either("n_acts", counted) * alone).alias("n_acts"),
            pl.when(covered & pl.col("told").fill_null(False))
            .then(pl.col("n_crowd").fill_null(0.0))
            .cast(pl.Float64)
            .alias("n_crowd"),
            (either("n_acts", counted) * (1.0 - alone)).alias("n_apart"),
            either("n_likes", pl.col("likes")),
            pl.col("views").cast(pl.Float64).alias("n_views"),
            pl.col("followers_then").cast(pl.Float64),
        )
        .select(list(PER_POST_SCHEMA))
    )


def _from_acts(acts: pl.DataFrame | None, as_of: int) -> pl.DataFrame:
    """Per post that somebody reacted to: the groups of the module's docstring."""
    schema: dict[str, Any] = {
        "post": pl.UInt64(),
        **{n: pl.Float64() for n in ("n_effort", "n_clean", "n_acts", "n_crowd", "n_likes")},
        "n_touched": pl.Int64(),
        "follower_told": pl.Boolean(),
    }
    if acts is None or not acts.height:
        return pl.DataFrame(schema=schema)
    _require(acts, "acts", ("post", "actor", "kind", "at", "flagged"))
    names = acts.columns
    passer = ~pl.col("follower") if "follower" in names else pl.lit(None, dtype=pl.Boolean)
    generic = pl.col("generic").fill_null(False) if "generic" in names else pl.lit(False)
    rows = acts.lazy().filter(pl.col("at") < as_of)
    rows = rows.select(
        "post",
        "actor",
        "kind",
        clean=~pl.col("flagged").fill_null(False),
        passer=passer.cast(pl.Boolean),
        generic=generic,
    )
    touched = rows.group_by("post").agg(
        n_touched=pl.len().cast(pl.Int64),
        n_likes=(
            (pl.col("kind") == _LIKE) & pl.col("clean") & ~pl.col("passer").fill_null(False)
        ).sum(),
        follower_told=pl.col("passer").is_not_null().any(),
    )
    ok = pl.col("clean") & ~pl.col("generic")
    people = (
        rows.filter(pl.col("kind").is_in(_EFFORTFUL))
        .select("post", "actor", "passer", ok=ok)
        .group_by("post", "actor")
        .agg(
            pl.col("ok").any(),
            # Somebody who came by and followed between two acts came by.
            pl.col("passer").any(),
        )
    )
    crowd = pl.col("ok") & pl.col("passer").fill_null(False)
    efforts = people.group_by("post").agg(
        n_effort=pl.len(),
        n_clean=pl.col("ok").sum(),
        n_crowd=crowd.sum(),
        n_acts=(pl.col("ok") & ~crowd).sum(),
    )
    return (
        touched.join(efforts, on="post", how="left")
        .select(pl.col(name).cast(kind) for name, kind in schema.items())
        .collect()
    )


def _require(frame: pl.DataFrame, what: str, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in frame.columns:
            raise SchemaError(
                f"The influence score needs the column {name!r} of {what}.", field=name
            )
