"""What is stated about a creator's engagement: each number with its count, interval and reason.

engagement_median           reactions (likes + replies + reposts + quotes) that every other usual
                            post can expect to pass
engagement_mean             reactions a usual post can expect, those that spread included
engagement_acts             replies + reposts + quotes of it, as the network counts them
engagement_per_follower     engagement_median / followers
engagement_per_view         reactions over views, of all usual posts together
engagement_effortful        different accounts, not flagged, with an effortful act on a usual post
engagement_effort           the same, each weighing what its heaviest act weighs (EFFORT)
engagement_sponsored_ratio  reactions of a sponsored post over those of a usual one
engagement_percentile       where engagement_median stands among creators of the size

Every number is drawn towards what is usual for the creator's size, the more the fewer posts there
are; `engagement_median_observed` is the plain median of the posts seen. Intervals are of 95 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from influencr.cohorts import Z_95
from influencr.influence.engagement._learn import MIN_USUAL, Home, rate_of_views, seen_of
from influencr.influence.engagement._posterior import estimate
from influencr.influence.engagement._sponsored import ratios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from influencr.influence.engagement._measure import Measured

    Floats = NDArray[np.float64]

__all__ = ["FACTS_SCHEMA", "facts"]

#: Own weights that the home's mean weight of an act is worth, in people; our own choice.
_WEIGHT_PEOPLE = 20.0
_NUMBERS = (
    "median",
    "mean",
    "acts",
    "per_follower",
    "per_view",
    "effortful",
    "effort",
    "sponsored_ratio",
)


def _fields(name: str) -> dict[str, Any]:
    number, whole, word = pl.Float64(), pl.Int64(), pl.String()
    return {
        f"engagement_{name}": number,
        f"engagement_{name}_low": number,
        f"engagement_{name}_high": number,
        f"engagement_{name}_n": whole,
        f"engagement_{name}_reason": word,
    }


FACTS_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    **{column: kind for name in _NUMBERS for column, kind in _fields(name).items()},
    "engagement_median_observed": pl.Float64(),
    "engagement_usual": pl.Float64(),
    "engagement_sponsored_share": pl.Float64(),
    "engagement_percentile": pl.Float64(),
    "engagement_percentile_low": pl.Float64(),
    "engagement_percentile_high": pl.Float64(),
    "engagement_percentile_n": pl.Int64(),
    "engagement_percentile_reason": pl.String(),
    "engagement_effortful_percentile": pl.Float64(),
    "engagement_effortful_percentile_low": pl.Float64(),
    "engagement_effortful_percentile_high": pl.Float64(),
    "engagement_effortful_percentile_n": pl.Int64(),
    "engagement_effortful_percentile_reason": pl.String(),
}


def facts(measured: Measured, home: Home) -> pl.DataFrame:
    """FACTS_SCHEMA, one row per creator measured, in their order.

    measured   of a bucket, or of all
    home       `learn` of all buckets together

    An unknown number is null, and its `_reason` says why; `_n` is the posts behind it.
    """
    rows = measured.facts.with_row_index("row")
    parts = [
        _platform(part.drop("row"), measured.histogram, home).with_columns(part["row"])
        for part in rows.partition_by("platform")
    ]
    if not parts:
        return pl.DataFrame(schema=FACTS_SCHEMA)
    whole = pl.concat(parts).sort("row").drop("row")
    asked = pl.concat(
        [measured.facts.select("platform", "language", "topic", "followers"), whole],
        how="horizontal",
    )
    return whole.with_columns(
        *_percentiles(asked, home, "reactions", "engagement_median", "engagement_percentile"),
        *_percentiles(
            asked, home, "people", "engagement_effortful", "engagement_effortful_percentile"
        ),
    ).select(pl.col(name).cast(kind) for name, kind in FACTS_SCHEMA.items())


def _platform(part: pl.DataFrame, histogram: pl.DataFrame, home: Home) -> pl.DataFrame:
    platform = part["platform"][0]
    columns: dict[str, pl.Series | Floats] = {}
    n = len(part)
    nothing = np.full((n, 3), np.nan)
    usual = np.full(n, np.nan)
    found = {}
    for what in ("reactions", "acts", "people"):
        prior = home.priors.get((platform, what))
        if prior is None:
            found[what] = (nothing, nothing)
            continue
        told = estimate(seen_of(part, histogram, what), prior)
        found[what] = (told.median, told.mean)
        if what == "reactions":
            usual = told.usual
    followers = part["followers"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    weight = (part["weight"].fill_null(0.0).to_numpy() + _WEIGHT_PEOPLE * home.weight) / (
        part["n_people"].to_numpy() + _WEIGHT_PEOPLE
    )
    numbers = {
        "median": found["reactions"][0],
        "mean": found["reactions"][1],
        "acts": found["acts"][1],
        "per_follower": found["reactions"][0] / followers[:, None],
        "per_view": _per_view(part, home),
        "effortful": found["people"][1],
        "effort": found["people"][1] * weight[:, None],
        "sponsored_ratio": _sponsored(part, histogram, home),
    }
    counts = {
        "median": "n_posts",
        "mean": "n_posts",
        "acts": "n_acts_posts",
        "per_follower": "n_posts",
        "per_view": "n_views",
        "effortful": "n_people_posts",
        "effort": "n_people_posts",
        "sponsored_ratio": "n_sponsored",
    }
    for name, values in numbers.items():
        for column, suffix in ((1, ""), (0, "_low"), (2, "_high")):
            columns[f"engagement_{name}{suffix}"] = pl.Series(values[:, column]).fill_nan(None)
    known = pl.col("sponsored_known") > 0
    shown = part.with_columns(**columns).with_columns(
        *(pl.col(counts[name]).alias(f"engagement_{name}_n") for name in numbers),
        engagement_median_observed="observed_median",
        engagement_usual=pl.when(pl.col("scored")).then(pl.Series(usual).fill_nan(None)),
        engagement_sponsored_share=pl.when(known).then(
            pl.col("n_sponsored") / (pl.col("n_sponsored") + pl.col("n_posts"))
        ),
    )
    shown = shown.with_columns(_reason(name).alias(f"engagement_{name}_reason") for name in numbers)
    return shown.select(name for name in FACTS_SCHEMA if "percentile" not in name)


def _per_view(part: pl.DataFrame, home: Home) -> Floats:
    out = np.full((len(part), 3), np.nan)
    seen = (part["n_views"] > 0).to_numpy()
    views = home.views.get(part["platform"][0])
    if views is None or not seen.any():
        return out
    some = part.filter(pl.Series(seen))
    mean, variance = rate_of_views(some, views.spread.noise)
    if views.stratum is None:
        out[seen] = _interval(*views.spread.shrunk(mean, variance))
        return out
    size = np.log10(some["followers"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    sized = np.isfinite(size)
    words = (some[c].fill_null("").to_numpy().astype(np.str_) for c in ("language", "topic"))
    level, _ = views.stratum.place(np.where(sized, size, 0.0), *words)
    middle, doubt = views.spread.shrunk(mean - level, variance)
    # Whoever has no known size is not compared with any, and stays as seen.
    out[seen] = _interval(np.where(sized, middle + level, mean), np.where(sized, doubt, variance))
    return out


def _interval(mean: Floats, variance: Floats) -> Floats:
    half = Z_95 * np.sqrt(variance)
    value: Floats = np.exp(np.stack([mean - half, mean, mean + half], axis=1))
    return value


def _sponsored(part: pl.DataFrame, histogram: pl.DataFrame, home: Home) -> Floats:
    out = np.full((len(part), 3), np.nan)
    platform = part["platform"][0]
    ratio, prior = home.sponsored.get(platform), home.priors.get((platform, "reactions"))
    seen = ((part["n_sponsored"] > 0) & (part["n_posts"] >= MIN_USUAL)).to_numpy()
    if ratio is None or prior is None or not seen.any():
        return out
    some = part.filter(pl.Series(seen))
    usual, paid = (seen_of(some, histogram, what) for what in ("reactions", "sponsored"))
    out[seen] = ratios(usual, paid, prior, ratio)
    return out


def _reason(name: str) -> pl.Expr:
    closed = pl.lit("The source's terms do not allow a computed number.")
    n, value = pl.col(f"engagement_{name}_n"), pl.col(f"engagement_{name}")
    told: Mapping[str, tuple[pl.Expr, pl.Expr]] = {
        "median": (
            pl.format("{} over {} posts, drawn towards creators of the size.", "seen", n),
            pl.lit("No post with counts, settled and recent enough, was seen."),
        ),
        "mean": (
            pl.format("{} over {} posts, those that spread included.", "seen", n),
            pl.lit("No post with counts, settled and recent enough, was seen."),
        ),
        "acts": (
            pl.format("{} over {} posts, as the network counts them.", "seen_acts", n),
            pl.lit("No post with counts of replies, reposts or quotes was seen."),
        ),
        "per_follower": (
            pl.format("{} over {} posts, divided by {} followers.", "seen", n, "followers"),
            pl.when(pl.col("followers").is_null())
            .then(pl.lit("The number of followers is hidden, 0 or was not seen."))
            .otherwise(pl.lit("No post with counts, settled and recent enough, was seen.")),
        ),
        "per_view": (
            pl.format("{} per view over {} posts.", "seen", n),
            pl.lit("No post with counts of views was seen."),
        ),
        "effortful": (
            pl.format("Different accounts that repost, quote or reply with words, {} posts.", n),
            pl.lit("Who reacts was not seen one by one."),
        ),
        "effort": (
            pl.format("Accounts by the weight of their heaviest act, {} posts.", n),
            pl.lit("Who reacts was not seen one by one."),
        ),
        "sponsored_ratio": (
            pl.format("{} sponsored posts beside {} usual ones.", n, "n_posts"),
            pl.when(pl.col("sponsored_known") > 0)
            .then(
                pl.format(
                    "{} sponsored posts and {} usual ones; 1 and {} are needed.",
                    n,
                    "n_posts",
                    pl.lit(MIN_USUAL),
                )
            )
            .otherwise(pl.lit("Whether posts are sponsored was not seen.")),
        ),
    }
    known, unknown = told[name]
    return (
        pl.when(~pl.col("scored"))
        .then(closed)
        .when(value.is_not_null())
        .then(known)
        .otherwise(unknown)
    )


def _percentiles(
    asked: pl.DataFrame, home: Home, what: str, value: str, name: str
) -> list[pl.Series]:
    curves = home.curves.get(what)
    if curves is None:
        n = len(asked)
        reason = pl.Series(["Nobody is known to compare with."] * n, dtype=pl.String)
        numbers = pl.Series([None] * n, dtype=pl.Float64)
        return [
            *(numbers.alias(f"{name}{suffix}") for suffix in ("", "_low", "_high")),
            pl.Series(f"{name}_n", [None] * n, dtype=pl.Int64),
            reason.alias(f"{name}_reason"),
        ]
    found = curves.percentile(
        asked.select(
            "platform",
            "language",
            "topic",
            "followers",
            value=value,
            value_low=f"{value}_low",
            value_high=f"{value}_high",
        ),
        low="value_low",
        high="value_high",
    )
    return [
        found["percentile"].alias(name),
        found["percentile_low"].alias(f"{name}_low"),
        found["percentile_high"].alias(f"{name}_high"),
        found["cohort_n"].alias(f"{name}_n"),
        found["reason"].alias(f"{name}_reason"),
    ]
