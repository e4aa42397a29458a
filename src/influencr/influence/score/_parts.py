"""The parts of a score in words, its percentile, and why there is none.

Every sentence names the number that its factor stands for; `x 1.30` raises the score by 30 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from influencr.influence._counted import counted, short
from influencr.influence.score._posts import BASES
from influencr.influence.score._totals import SETTLED_DAYS, WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from influencr.influence.score._context import Context

__all__ = ["METHOD", "PARTS", "RESULT_SCHEMA", "VERSION", "with_parts"]

METHOD = "influence"
VERSION = "2"
#: Names of parts, in their order; the last four are there only where they tell something.
PARTS: Final[tuple[str, ...]] = (
    "usual for the size",
    "response",
    "clean accounts",
    "shared items",
    "likes and views",
    "passers-by",
    "closeness",
)
_PART = pl.Struct({"name": pl.String(), "factor": pl.Float64(), "sentence": pl.String()})
#: What `judge` returns; percentiles run from 0 to 100.
RESULT_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    "influence_per_post": pl.Float64(),
    "influence_per_post_low": pl.Float64(),
    "influence_per_post_high": pl.Float64(),
    "influence_per_1000": pl.Float64(),
    "influence_per_1000_low": pl.Float64(),
    "influence_per_1000_high": pl.Float64(),
    "influence_percentile": pl.Float64(),
    "influence_percentile_low": pl.Float64(),
    "influence_percentile_high": pl.Float64(),
    "influence_cohort_n": pl.Int64(),
    "influence_n": pl.Int64(),
    "influence_basis": pl.String(),
    "influence_parts": pl.List(_PART),
    "influence_reason": pl.String(),
    "influence_version": pl.String(),
}


def with_parts(full: pl.DataFrame, context: Context) -> pl.DataFrame:
    """RESULT_SCHEMA and more; `full` has creators with `scores` and `permitted`."""
    full = _with_percentile(full, context)
    followers = pl.col("followers").cast(pl.Float64)
    hidden = (
        pl.col("audience_hidden").fill_null(False)
        if "audience_hidden" in full.columns
        else pl.lit(False)
    )
    flagged = (
        pl.col("flagged_followers").cast(pl.Float64).fill_null(0.0)
        if "flagged_followers" in full.columns
        else pl.lit(0.0)
    )
    audience = pl.when(~hidden & (followers > flagged)).then((followers - flagged) / 1_000.0)
    known = pl.col("value").is_not_null()
    basis = pl.col("basis").cast(pl.Int64)
    words = pl.when(basis == 0).then(pl.lit(BASES[0])).when(basis == 1).then(pl.lit(BASES[1]))
    return full.with_columns(
        influence_per_post=pl.col("value"),
        influence_per_post_low=pl.col("low"),
        influence_per_post_high=pl.col("high"),
        influence_per_1000=pl.col("value") / audience,
        influence_per_1000_low=pl.col("low") / audience,
        influence_per_1000_high=pl.col("high") / audience,
        influence_n=pl.col("n_posts").fill_null(0),
        influence_basis=words.otherwise(pl.lit("unknown")),
        influence_parts=pl.when(known).then(_parts(hidden)),
        influence_reason=_reason(hidden),
        influence_version=pl.lit(VERSION),
    )


def _with_percentile(full: pl.DataFrame, context: Context) -> pl.DataFrame:
    names = ("percentile", "percentile_low", "percentile_high")
    if context.curves is None:
        return full.with_columns(
            *(pl.lit(None, dtype=pl.Float64).alias(f"influence_{n}") for n in names),
            pl.lit(None, dtype=pl.Int64).alias("influence_cohort_n"),
            pl.lit(None, dtype=pl.String).alias("placed"),
        )
    asked = full
    if "audience_hidden" in asked.columns:
        shown = ~pl.col("audience_hidden").fill_null(False)
        asked = asked.with_columns(pl.when(shown).then(pl.col("followers")).alias("followers"))
    place = context.curves.percentile(asked, low="place_low", high="place_high")
    return full.with_columns(
        *((place[n] * 100.0).alias(f"influence_{n}") for n in names),
        place["cohort_n"].alias("influence_cohort_n"),
        place["reason"].alias("placed"),
    )


def _parts(hidden: pl.Expr) -> pl.Expr:
    unsized = hidden | pl.col("followers").is_null()
    who = (
        pl.when(unsized)
        .then(pl.lit("Creators"))
        .otherwise(pl.format("Creators with {} followers", counted("followers")))
    )
    usual = pl.format(
        "{} on the same network usually get {} effortful acts per post from different accounts "
        "that are not flagged{}.",
        who,
        short("usual", 2),
        pl.when(pl.col("fitted"))
        .then(pl.format(" ({} creators)", counted("n_compared")))
        .otherwise(pl.lit("; few creators to compare with, so this is a rough line")),
    )
    recent = (
        pl.when(pl.col("recent"))
        .then(pl.lit(" Recent posts tell more than old ones."))
        .otherwise(pl.lit(""))
    )
    response = pl.format(
        "Their {} posts drew {} such acts; allowing for chance and single lucky posts, that is {} "
        "times the usual response.{}",
        counted("n_posts"),
        short("n_effort", 1),
        short("response", 2),
        recent,
    )
    clean = (
        pl.when(pl.col("basis") == 0)
        .then(
            pl.format(
                "{} of {} who acted are neither flagged nor without a word about the post.",
                counted("n_clean"),
                counted("n_effort"),
            )
        )
        .otherwise(pl.lit("Only counts are public: nobody knows who acted."))
    )
    alone = (
        pl.when(pl.col("n_apart") > 0)
        .then(
            pl.format(
                "{} of these acts are credited to others who brought the same link or subject "
                "within 72 hours.",
                short("n_apart", 1),
            )
        )
        .otherwise(pl.lit("None of it came with a link or subject that others brought too."))
    )
    likes = pl.format(
        "Likes and views say {} than the acts alone.",
        pl.when(pl.col("likes") >= 1).then(pl.lit("more")).otherwise(pl.lit("less")),
    )
    passers = pl.format(
        "{} of the acts came from people who did not follow at that time.",
        counted("n_crowd"),
    )
    close = (
        pl.when(pl.col("closeness_factor") >= 1)
        .then(pl.lit("They answer more replies than others here, and that goes with later acts."))
        .otherwise(
            pl.lit("They answer fewer replies than others here, and that goes with later acts.")
        )
    )

    def part(i: int, factor: str, sentence: pl.Expr) -> pl.Expr:
        return pl.struct(
            pl.lit(PARTS[i]).alias("name"),
            pl.col(factor).alias("factor"),
            sentence.alias("sentence"),
        )

    def only(flag: str, value: pl.Expr) -> pl.Expr:
        return pl.when(pl.col(flag).fill_null(False)).then(value)

    return pl.concat_list(
        part(0, "usual", usual),
        part(1, "response", response),
        part(2, "clean", clean),
        only("has_apart", part(3, "alone", alone)),
        only("has_likes", part(4, "likes", likes)),
        only("has_passers", part(5, "passers", passers)),
        only("has_closeness", part(6, "closeness_factor", close)),
    ).list.drop_nulls()


def _reason(hidden: pl.Expr) -> pl.Expr:
    n = pl.col("n_posts").fill_null(0)
    told = pl.format(
        "Expected different accounts per post, not flagged, that repost, quote or really reply; "
        "from {} of {} posts.",
        pl.when(pl.col("basis") == 0)
        .then(pl.lit("the reactions to each"))
        .otherwise(pl.lit("the public counts")),
        n,
    )
    return (
        pl.when(~pl.col("permitted"))
        .then(pl.lit("The source's terms do not allow a computed score."))
        .when(pl.col("value").is_null() & (n == 0))
        .then(
            pl.lit(
                f"No own post of the last {WINDOW_DAYS} days, {SETTLED_DAYS} days old or more, "
                "with known reposts, replies or quotes."
            )
        )
        .when(pl.col("value").is_null())
        .then(pl.format("{} posts with known reactions; 3 are needed.", n))
        .when(hidden | pl.col("followers").is_null())
        .then(
            pl.concat_str(
                told,
                pl.lit(" The number of followers is not known: no percentile, none per 1,000."),
            )
        )
        .when(pl.col("influence_percentile").is_null())
        .then(pl.concat_str(told, pl.lit(" "), pl.col("placed").fill_null("")))
        .otherwise(told)
    )
