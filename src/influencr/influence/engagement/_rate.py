"""Public reactions per post as a share of followers, by the best definition the data allows.

In order of preference (`DEFINITIONS`):

median_of_posts   median over the creator's own posts of (likes + replies + reposts + quotes) /
                  followers; at least MIN_POSTS posts, created within WINDOW_DAYS before they were
                  last counted and at least SETTLED_DAYS old then, so that a post of an hour ago
                  does not read as a failure. The median, because one viral post makes a mean.
imported_mean     mean likes + comments + shares of an import (or its mean engagements) / followers
claimed_rate      a rate that the import states; a third party's claim, shown as such

Unknown, with the reason, when the followers are hidden or 0, when there is too little to count, or
when the source's terms forbid derived numbers (`Policy.SCORE` absent: the YouTube API by default;
an import is not bound by them). Views are never reactions. A count that a network does not show
counts as not observed, and the reason names what was counted.

MIN_POSTS is ours, as are WINDOW_DAYS and SETTLED_DAYS; tests/unit/influence/engagement fixes them.
No fixed size tiers anywhere: published benchmarks of them drift fourfold within years.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from influencr.records import Policy

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

__all__ = [
    "DEFINITIONS",
    "METHOD",
    "MIN_POSTS",
    "SETTLED_DAYS",
    "VERSION",
    "WINDOW_DAYS",
    "judge_engagement",
]

METHOD = "engagement-rate"
VERSION = "1"

#: Posts needed before a median is stated.
MIN_POSTS = 5
#: Posts older than this, when last counted, are not read.
WINDOW_DAYS = 90
#: Posts younger than this, when last counted, are not read.
SETTLED_DAYS = 2

#: Definition word -> what it means, in the order of preference.
DEFINITIONS: dict[str, str] = {
    "median_of_posts": (
        f"median of (likes + replies + reposts + quotes) / followers over the creator's own posts "
        f"of {WINDOW_DAYS} days, {MIN_POSTS} or more"
    ),
    "imported_mean": "imported means of likes, comments and shares per post / followers",
    "claimed_rate": "a rate stated by the import's origin, not computed by us",
}

_COUNTS = ("likes", "replies", "reposts", "quotes")
#: Kinds of posts whose reactions say something about the creator's audience.
_NOT_OWN = ("repost", "reply", "story")


def judge_engagement(profiles: pl.DataFrame, posts: pl.LazyFrame) -> pl.DataFrame:
    """The engagement rate of each creator.

    profiles   one row per profile: `profile_id, followers, audience_hidden, mean_likes,
               mean_comments, mean_shares, mean_engagements, engagement_rate_claimed, policy`
    posts      posts of at least these profiles: `profile_id, created_at, deleted_at, kind,
               fetched_at, likes, replies, reposts, quotes, policy`
    returns    one row per row of `profiles`, in its order: `profile_id, engagement_rate`
               (0.02 = 2 %; may pass 1), `engagement_definition` (a key of DEFINITIONS),
               `engagement_n_posts` (0 when an aggregate was used), `engagement_reason`
    """
    import narwhals as nw
    import polars as pl

    facts = _facts(nw.from_native(posts)).to_native()
    followers = pl.col("followers").cast(pl.Float64)
    parts = [pl.col("mean_likes"), pl.col("mean_comments"), pl.col("mean_shares")]
    scored = pl.col("policy").fill_null(0) & int(Policy.SCORE) != 0
    has_followers = (pl.col("followers") > 0) & ~pl.col("audience_hidden").fill_null(False)
    return (
        profiles.lazy()
        .select(
            "profile_id",
            "followers",
            "audience_hidden",
            "mean_likes",
            "mean_comments",
            "mean_shares",
            "mean_engagements",
            "engagement_rate_claimed",
            "policy",
        )
        .join(facts, on="profile_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("n_posts").fill_null(0),
            pl.when(pl.col("mean_likes").is_not_null())
            .then(pl.sum_horizontal(parts))
            .otherwise(pl.col("mean_engagements"))
            .alias("imported"),
            scored.alias("scored"),
            has_followers.fill_null(False).alias("divisible"),
        )
        .with_columns(
            pl.when(~pl.col("scored"))
            .then(None)
            .when(pl.col("divisible") & (pl.col("n_posts") >= MIN_POSTS))
            .then(pl.lit("median_of_posts"))
            .when(pl.col("divisible") & (pl.col("imported") >= 0))
            .then(pl.lit("imported_mean"))
            .when(pl.col("engagement_rate_claimed") >= 0)
            .then(pl.lit("claimed_rate"))
            .alias("engagement_definition")
        )
        .select(
            "profile_id",
            pl.when(pl.col("engagement_definition") == "median_of_posts")
            .then(pl.col("median_reactions") / followers)
            .when(pl.col("engagement_definition") == "imported_mean")
            .then(pl.col("imported") / followers)
            .when(pl.col("engagement_definition") == "claimed_rate")
            .then(pl.col("engagement_rate_claimed"))
            .cast(pl.Float64)
            .alias("engagement_rate"),
            "engagement_definition",
            pl.when(pl.col("engagement_definition") == "median_of_posts")
            .then(pl.col("n_posts"))
            .otherwise(0)
            .cast(pl.Int64)
            .alias("engagement_n_posts"),
            _reason().alias("engagement_reason"),
        )
        .collect()
    )


def _facts(posts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """profile_id, n_posts, median_reactions, and which counts were seen at all."""
    import narwhals as nw

    age = nw.col("fetched_at") - nw.col("created_at")
    counted = posts.filter(
        nw.col("deleted_at").is_null(),
        nw.col("kind").is_null() | ~nw.col("kind").is_in(_NOT_OWN),
        nw.col("policy").is_in(_SCORED_POLICIES),
        age >= timedelta(days=SETTLED_DAYS),
        age <= timedelta(days=WINDOW_DAYS),
        ~(
            nw.col("likes").is_null()
            & nw.col("replies").is_null()
            & nw.col("reposts").is_null()
            & nw.col("quotes").is_null()
        ),
    ).with_columns(
        nw.sum_horizontal(*(nw.col(name).fill_null(0) for name in _COUNTS)).alias("reactions")
    )
    return counted.group_by("profile_id").agg(
        nw.len().alias("n_posts"),
        nw.col("reactions").median().alias("median_reactions"),
        *(nw.col(name).count().alias(f"n_{name}") for name in _COUNTS),
    )


#: Narwhals has no bitwise "and": the policies that hold the SCORE bit, spelled out.
_SCORED_POLICIES = [p for p in range(max(Policy) * 2) if p & Policy.SCORE]


def _reason() -> pl.Expr:
    import polars as pl

    # One plain spelling per set of counts: "likes + replies".
    seen = pl.concat_str(
        [pl.when(pl.col(f"n_{name}") > 0).then(pl.lit(name)) for name in _COUNTS],
        separator=" + ",
        ignore_nulls=True,
    )
    means = pl.concat_str(
        [
            pl.when(pl.col(f"mean_{name}").is_not_null()).then(pl.lit(name))
            for name in ("likes", "comments", "shares")
        ],
        separator=" + ",
        ignore_nulls=True,
    )
    definition = pl.col("engagement_definition")
    return (
        pl.when(~pl.col("scored"))
        .then(pl.lit("The source's terms do not allow a computed rate."))
        .when(definition == "median_of_posts")
        .then(
            pl.format(
                "Median of ({}) over {} posts, divided by {} followers.",
                seen,
                pl.col("n_posts"),
                pl.col("followers"),
            )
        )
        .when((definition == "imported_mean") & pl.col("mean_likes").is_not_null())
        .then(
            pl.format(
                "Imported mean {} per post, divided by {} followers.", means, pl.col("followers")
            )
        )
        .when(definition == "imported_mean")
        .then(
            pl.format(
                "Imported mean engagements per post, divided by {} followers.", pl.col("followers")
            )
        )
        .when(definition == "claimed_rate")
        .then(pl.lit("A third party's claim in the import; not computed by us."))
        .when(pl.col("audience_hidden").fill_null(False) | pl.col("followers").is_null())
        .then(pl.lit("The number of followers is hidden or was not seen."))
        .when(pl.col("followers") == 0)
        .then(pl.lit("No followers: there is nothing to divide by."))
        .otherwise(
            pl.format(
                "{} posts with counts from the last "
                + str(WINDOW_DAYS)
                + " days; "
                + str(MIN_POSTS)
                + " are needed.",
                pl.col("n_posts"),
            )
        )
    )
