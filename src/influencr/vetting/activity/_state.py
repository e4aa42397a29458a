"""Is somebody posting, and how often? Told from dated posts, or not told at all.

The state compares the last post with `as_of`: active up to ACTIVE_DAYS, quiet up to DORMANT_DAYS,
dormant after that. Silence is only claimed for a time that was looked at: somebody who posted a
week before we last looked, a year ago, is unknown and not dormant. Dormancy never counts as a sign
of a bought audience.

Reposts are not posts here; posts dated after `as_of` (client clocks are not trusted) and deleted
ones are not read. The cadence is withheld where the source forbids derived numbers
(`Policy.SCORE` absent).

ACTIVE_DAYS and DORMANT_DAYS are the limits of evidence family A in the method (active <= 30 days,
dormant > 90, "quiet" between). STALE_DAYS, CADENCE_DAYS, MIN_SPAN_DAYS: our own choice, fixed by
tests/unit/vetting/activity/test_state.py.

The aggregation is written over lazy frames through Narwhals, so that the same lines run on another
engine; only the sentence per creator is made in Polars.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from influencr.records import Policy

if TYPE_CHECKING:
    from datetime import datetime

    import narwhals as nw
    import polars as pl

__all__ = [
    "ACTIVE_DAYS",
    "CADENCE_DAYS",
    "DORMANT_DAYS",
    "METHOD",
    "MIN_SPAN_DAYS",
    "STALE_DAYS",
    "STATES",
    "VERSION",
    "judge_activity",
]

METHOD = "activity-last-post"
VERSION = "2"

#: Last post at most this many days before `as_of`: active.
ACTIVE_DAYS = 30
#: Last post more than this many days before `as_of`: dormant.
DORMANT_DAYS = 90
#: Silence is not claimed when nobody looked for longer than this.
STALE_DAYS = 30
#: Posts of so many days before the last look make the cadence.
CADENCE_DAYS = 90
#: The cadence is never extrapolated from less than this.
MIN_SPAN_DAYS = 7

STATES = ("active", "quiet", "dormant", "unknown")


def judge_activity(profiles: pl.DataFrame, posts: pl.LazyFrame, *, as_of: datetime) -> pl.DataFrame:
    """Whether each creator posts, and how often.

    profiles   one row per profile: `profile_id, fetched_at, last_active_at,
               posts_per_week_claimed, policy`; other columns are not read
    posts      posts of at least these profiles: `profile_id, created_at, deleted_at, kind,
               fetched_at`
    as_of      the instant that the state refers to, with a time zone
    returns    one row per row of `profiles`, in its order: `profile_id, activity_state,
               last_post_at, posts_per_week, activity_n_posts, activity_reason`.
               `activity_n_posts` are the dated posts that were seen; `posts_per_week` is null when
               fewer than two lie in the window and nothing was declared
    """
    import narwhals as nw
    import polars as pl

    facts = _facts(nw.from_native(posts), as_of=as_of).to_native()
    return (
        profiles.lazy()
        .select("profile_id", "fetched_at", "last_active_at", "posts_per_week_claimed", "policy")
        .join(facts, on="profile_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("n_posts").fill_null(0),
            pl.when(pl.col("last_active_at") <= as_of).then("last_active_at").alias("active_at"),
            pl.min_horizontal(pl.max_horizontal("fetched_at", "observed_at"), pl.lit(as_of)).alias(
                "looked_at"
            ),
        )
        .with_columns(pl.max_horizontal("last_dated_at", "active_at").alias("last_post_at"))
        .with_columns(
            silent=pl.lit(as_of) - pl.col("last_post_at"),
            unseen=pl.lit(as_of) - pl.col("looked_at"),
            silent_when_looked=pl.col("looked_at") - pl.col("last_post_at"),
        )
        .with_columns(_state().alias("activity_state"), _cadence().alias("counted_per_week"))
        .with_columns(
            pl.when(pl.col("policy").fill_null(0) & int(Policy.SCORE) != 0)
            .then(pl.coalesce("counted_per_week", "posts_per_week_claimed"))
            .alias("posts_per_week")
        )
        .select(
            "profile_id",
            "activity_state",
            "last_post_at",
            "posts_per_week",
            pl.col("n_posts").cast(pl.Int64).alias("activity_n_posts"),
            _reason(as_of).alias("activity_reason"),
        )
        .collect()
    )


def _facts(posts: nw.LazyFrame[Any], *, as_of: datetime) -> nw.LazyFrame[Any]:
    """profile_id, n_posts, last_dated_at, observed_at, n_window, first_in_window."""
    import narwhals as nw

    own = posts.filter(
        nw.col("deleted_at").is_null(),
        nw.col("created_at") <= nw.lit(as_of),
        nw.col("kind").is_null() | (nw.col("kind") != "repost"),
    ).select("profile_id", "created_at", "fetched_at")
    seen = own.group_by("profile_id").agg(
        nw.len().alias("n_posts"),
        nw.col("created_at").max().alias("last_dated_at"),
        nw.col("fetched_at").max().alias("observed_at"),
    )
    recent = (
        own.join(seen.select("profile_id", "observed_at"), on="profile_id")
        .filter(nw.col("created_at") >= nw.col("observed_at") - timedelta(days=CADENCE_DAYS))
        .group_by("profile_id")
        .agg(nw.len().alias("n_window"), nw.col("created_at").min().alias("first_in_window"))
    )
    return seen.join(recent, on="profile_id", how="left")


def _state() -> pl.Expr:
    import polars as pl

    stale = pl.col("unseen") > timedelta(days=STALE_DAYS)
    return (
        pl.when(pl.col("last_post_at").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("silent") <= timedelta(days=ACTIVE_DAYS))
        .then(pl.lit("active"))
        .when(stale & (pl.col("silent_when_looked") <= timedelta(days=DORMANT_DAYS)))
        .then(pl.lit("unknown"))
        .when(pl.col("silent") <= timedelta(days=DORMANT_DAYS))
        .then(pl.lit("quiet"))
        .otherwise(pl.lit("dormant"))
    )


def _cadence() -> pl.Expr:
    """Posts per week: intervals between the first post of the window and the last look.

    Counting intervals up to the look (not to the last post) makes silence lower the figure, and
    starting at the first post seen (not at the window's edge) keeps a sample of only the newest
    posts from reading as a slow creator.
    """
    import polars as pl

    span_days = pl.max_horizontal(
        (pl.min_horizontal("looked_at", "observed_at") - pl.col("first_in_window"))
        .dt.total_seconds()
        .cast(pl.Float64)
        / 86_400,
        pl.lit(float(MIN_SPAN_DAYS)),
    )
    return (
        pl.when(pl.col("n_window") >= 2)
        .then(((pl.col("n_window").cast(pl.Float64) - 1) / span_days * 7).round(2))
        .otherwise(None)
    )


def _reason(as_of: datetime) -> pl.Expr:
    import polars as pl

    day = "%Y-%m-%d"
    as_of_day = as_of.strftime(day)
    last = pl.col("last_post_at").dt.strftime(day)
    looked = pl.col("looked_at").dt.strftime(day)
    days = pl.col("silent").dt.total_days().cast(pl.String)
    # A date that the source states is not a post that was seen.
    what = (
        pl.when(pl.col("last_dated_at").is_null() | (pl.col("active_at") > pl.col("last_dated_at")))
        .then(pl.lit("Last active, as the source states,"))
        .otherwise(pl.lit("Last post"))
    )
    state = (
        pl.when(pl.col("last_post_at").is_null())
        .then(pl.lit("No dated post was seen."))
        .when(pl.col("activity_state") == "unknown")
        .then(
            pl.format(
                "{} {}, and nobody looked after {}: too old to tell for " + as_of_day + ".",
                what,
                last,
                looked,
            )
        )
        .otherwise(pl.format("{} {}, {} days before " + as_of_day + ".", what, last, days))
    )
    cadence = (
        pl.when(pl.col("policy").fill_null(0) & int(Policy.SCORE) == 0)
        .then(pl.lit(" The source's terms do not allow a cadence."))
        .when(pl.col("counted_per_week").is_not_null())
        .then(
            pl.format(
                " {} posts in the " + str(CADENCE_DAYS) + " days before the last look.",
                pl.col("n_window"),
            )
        )
        .when(pl.col("posts_per_week_claimed").is_not_null())
        .then(pl.lit(" Posts per week as declared in the import."))
        .otherwise(pl.lit(" Too few dated posts for a cadence."))
    )
    return pl.concat_str(state, cadence)
