"""Where a creator's engagement stands among creators like it, and when that is unusual (family E).

The percentile is the share of creators of the same platform and definition, with allowance for
size, language and topic (`influencr.cohorts`), whose rate is lower. Below LOW the family fires,
above HIGH too; each has a stated meaning, and each has innocent causes, so the family never decides
alone.

A rate that is a median of a few reactions is coarse: two reactions stand for anything from one and
a half to two and a half. It is called low only if the upper end is, and high only if the lower end
is. By construction up to 5 % of creators are outside when nothing is wrong with anybody; `p` is
two-sided and is to be corrected for the number of creators.

LOW and HIGH are the method's; COARSE is our own choice, fixed by tests/unit/vetting/engagement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.cohorts import Stratum, fit_stratum
from influencr.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "HIGH",
    "LOW",
    "MEANINGS",
    "METHOD",
    "RESIDUAL_SCHEMA",
    "VERSION",
    "Curves",
    "fit",
    "residuals",
]

METHOD = "engagement-residual"
VERSION = "1"

#: Percentiles outside which engagement is unusual.
LOW, HIGH = 0.025, 0.975
#: Half of a reaction: what a count may be off by.
COARSE = 0.5
#: With fewer creators to compare with nothing is said: 2.5 % of them would be fewer than three.
MIN_STRATUM = 100

#: What an unusual percentile means, and what else brings it.
MEANINGS: Final[Mapping[str, str]] = {
    "low": (
        "Fewer reactions than nearly all creators of this size, platform, language and topic. "
        "Followers who are not there look like this; so do quiet subjects, old followers who "
        "left, and posts that the network shows to few."
    ),
    "high": (
        "More reactions than nearly all creators of this size, platform, language and topic. "
        "Exchanged or ordered reactions look like this; so do posts that spread, giveaways, and "
        "small, devoted audiences."
    ),
}

RESIDUAL_SCHEMA: Final[dict[str, pl.DataType]] = {
    "percentile": pl.Float64(),
    "percentile_low": pl.Float64(),
    "percentile_high": pl.Float64(),
    "usual_rate": pl.Float64(),
    "side": pl.String(),
    "compared_with": pl.Int64(),
    "compared_closely": pl.Int64(),
    "reason": pl.String(),
}
_COLUMNS = ("platform", "language", "topic", "followers", "engagement_rate")
_COUNTED = "median_of_posts"


class Curves(NamedTuple):
    """What is usual: (platform, definition) -> curves; `too_few` counts those without."""

    strata: dict[tuple[str, str], Stratum]
    too_few: dict[tuple[str, str], int]


def _prepared(creators: pl.DataFrame) -> pl.DataFrame:
    for name in _COLUMNS:
        if name not in creators.columns:
            raise SchemaError(f"Engagement needs the column {name!r} of creators.", field=name)
    definition = (
        pl.col("engagement_definition").fill_null("")
        if "engagement_definition" in creators.columns
        else pl.lit("")
    )
    followers = pl.col("followers").cast(pl.Float64)
    rate = pl.col("engagement_rate").cast(pl.Float64)
    usable = (followers > 0) & (rate >= 0) & rate.is_finite() & pl.col("platform").is_not_null()
    return creators.select(
        "platform",
        pl.col("language").cast(pl.String).fill_null(""),
        pl.col("topic").cast(pl.String).fill_null(""),
        definition=definition,
        size=followers.log10(),
        followers=followers,
        rate=rate,
        usable=usable.fill_null(False),
        known=rate.is_not_null(),
    ).with_row_index("row")


def _log_rate(part: pl.DataFrame, shift: float = 0.0) -> Floats:
    """ln of the rate with half a reaction added, so that nobody's is minus infinity."""
    followers = part["followers"].to_numpy()
    count = np.maximum(part["rate"].to_numpy() * followers + shift, 0.0)
    value: Floats = np.log((count + COARSE) / followers)
    return value


def _words(part: pl.DataFrame, name: str) -> NDArray[np.str_]:
    return part[name].to_numpy().astype(np.str_)


def fit(creators: pl.DataFrame) -> Curves:
    """What engagement is usual, per platform and definition of the rate.

    creators   one row per creator: `platform`, `language`, `topic` (null unknown), `followers`,
               `engagement_rate`; `engagement_definition` keeps rates of different making apart;
               `trusted` (bool) leaves out those that should not tell what is usual
    """
    chosen = creators.filter(pl.col("trusted")) if "trusted" in creators.columns else creators
    strata, too_few = {}, {}
    usable = _prepared(chosen).filter("usable")
    for (platform, definition), part in usable.partition_by(
        "platform", "definition", as_dict=True
    ).items():
        if len(part) < MIN_STRATUM:
            too_few[platform, definition] = len(part)
            continue
        strata[platform, definition] = fit_stratum(
            _log_rate(part),
            part["size"].to_numpy(),
            _words(part, "language"),
            _words(part, "topic"),
        )
    return Curves(strata, too_few)


def residuals(creators: pl.DataFrame, curves: Curves | None = None) -> pl.DataFrame:
    """Where each creator's engagement stands among creators like it.

    creators   as for `fit`
    curves     what is usual; by default fitted on these creators
    returns    RESIDUAL_SCHEMA, one row per creator in their order. `percentile` 0.001..0.999 (null
               when it cannot be told, see `reason`), with what it may be at most and at least
               given how coarse the counts are; `usual_rate` the median of creators like it;
               `side` low, high or usual; `compared_with` creators of the stratum,
               `compared_closely` those of the same language and topic

    Raises SchemaError when a column is missing.
    """
    if curves is None:
        curves = fit(creators)
    rows = _prepared(creators)
    parts = []
    for (platform, definition), part in rows.partition_by(
        "platform", "definition", as_dict=True
    ).items():
        stratum = curves.strata.get((platform, definition))
        if stratum is None:
            n = curves.too_few.get((platform, definition), 0)
            parts.append(_unknown(part, n))
            continue
        ok = part.filter("usable")
        if len(ok):
            parts.append(_placed(ok, stratum, coarse=definition in ("", _COUNTED)))
        parts.append(_unknown(part.filter(~pl.col("usable")), stratum.n))
    if not parts:
        return pl.DataFrame(schema=RESIDUAL_SCHEMA)
    return pl.concat(parts).sort("row").drop("row")


def _placed(part: pl.DataFrame, stratum: Stratum, *, coarse: bool) -> pl.DataFrame:
    size = part["size"].to_numpy()
    cohort = _words(part, "language"), _words(part, "topic")
    middle = stratum.percentile(_log_rate(part), size, *cohort)
    lowest, highest = middle, middle
    if coarse:
        lowest = stratum.percentile(_log_rate(part, -COARSE), size, *cohort)
        highest = stratum.percentile(_log_rate(part, COARSE), size, *cohort)
    usual = np.exp(stratum.curve(size, *cohort, np.array([0.5]))[:, 0])
    followers = part["followers"].to_numpy()
    side = np.where(highest < LOW, "low", np.where(lowest > HIGH, "high", "usual"))
    keys = part.select("language", "topic").unique()
    close = keys.with_columns(
        pl.Series(
            "compared_closely",
            [stratum.cohort(language, topic) for language, topic in keys.iter_rows()],
            dtype=pl.Int64,
        )
    )
    return (
        part.select("row", "language", "topic")
        .with_columns(
            percentile=pl.Series(middle),
            percentile_low=pl.Series(lowest),
            percentile_high=pl.Series(highest),
            usual_rate=pl.Series(np.maximum(usual - COARSE / followers, 0.0)),
            side=pl.Series(side.tolist(), dtype=pl.String),
            compared_with=pl.lit(stratum.n, dtype=pl.Int64),
        )
        .join(close, on=["language", "topic"], maintain_order="left")
        .with_columns(
            reason=pl.format(
                "More engagement than {} % of {} creators of the platform, with allowance for "
                "size, language and topic ({} share both).",
                (pl.col("percentile") * 100).round(1),
                "compared_with",
                "compared_closely",
            )
        )
        .select("row", *RESIDUAL_SCHEMA)
    )


def _unknown(part: pl.DataFrame, n: int) -> pl.DataFrame:
    reason = (
        pl.when(~pl.col("known"))
        .then(pl.lit("No engagement rate is known."))
        .when(~pl.col("usable"))
        .then(pl.lit("The followers are not known, or the rate cannot be compared."))
        .otherwise(
            pl.lit(
                f"Only {n} creators with a rate made in the same way; {MIN_STRATUM} are needed to "
                "say what is usual."
            )
        )
    )
    empty = {
        name: pl.lit(None, dtype=kind) for name, kind in RESIDUAL_SCHEMA.items() if name != "reason"
    }
    return part.select("row", **empty, reason=reason).select("row", *RESIDUAL_SCHEMA)
