"""Engagement as evidence: rows of the ledger with a chart of what is usual at every size."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.vetting.engagement._residuals import HIGH, LOW, MEANINGS, VERSION, residuals
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA, empty_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.cohorts import Stratum
    from influencr.vetting.engagement._residuals import Curves

__all__ = ["evidence"]

#: Points of a chart: three curves at so many sizes, and the creator.
_CHART_SIZES = 24
#: Cohorts below this lean on the curve of all (our own choice, the method's number).
_SMALL_COHORT = 200
_FAMILY = "E"


def evidence(
    creators: pl.DataFrame, curves: Curves, comments: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Family E: one row per creator whose engagement can be compared, one more for its replies.

    creators   as for `residuals`, with `creator` (row of the audience) and, where `comments` are
               given, `key`
    curves     from `fit`
    comments   from `comment_quality`, or None where replies were not collected
    returns    EVIDENCE_SCHEMA; statistic "engagement_percentile" (fires outside LOW..HIGH) and
               "generic_replies" (a share; never fires). No row means that it could not be looked
               at. Rows that fire carry a chart:
               {"followers": [...], "low": [...], "usual": [...], "high": [...] (rates),
               "creator": [followers, rate], "meaning": sentence}

    Raises SchemaError when a column is missing.
    """
    for name in ("creator", *(("key",) if comments is not None else ())):
        if name not in creators.columns:
            raise SchemaError(f"Evidence on engagement needs the column {name!r}.", field=name)
    definition = (
        pl.col("engagement_definition").fill_null("")
        if "engagement_definition" in creators.columns
        else pl.lit("")
    )
    told = pl.concat(
        [
            creators.select(
                pl.col("creator").cast(pl.Int64),
                "platform",
                pl.col("language", "topic").cast(pl.String).fill_null(""),
                pl.col("followers", "engagement_rate").cast(pl.Float64),
                definition=definition,
            ),
            residuals(creators, curves),
        ],
        how="horizontal",
    ).filter(pl.col("percentile").is_not_null())
    percentile = pl.col("percentile")
    rows = _rows(
        told,
        statistic="engagement_percentile",
        value=percentile,
        p=(2 * pl.min_horizontal(percentile, 1 - percentile)).clip(0.0, 1.0),
        fires=pl.col("side") != "usual",
        chart=pl.Series(_charts(told, curves), dtype=pl.String),
        checked=pl.concat_list(
            pl.struct(
                alternative=pl.lit("small numbers"),
                outcome=pl.when(pl.col("side") == "usual")
                .then(
                    pl.when((percentile < LOW) | (percentile > HIGH))
                    .then(pl.lit("found"))
                    .otherwise(pl.lit("not found"))
                )
                .otherwise(pl.lit("not found")),
                detail=pl.format(
                    "Given how coarse counts are, the percentile lies between {} and {}.",
                    pl.col("percentile_low").round(3),
                    pl.col("percentile_high").round(3),
                ),
            ),
            pl.struct(
                alternative=pl.lit("few to compare with"),
                outcome=pl.when(pl.col("compared_closely") < _SMALL_COHORT)
                .then(pl.lit("found"))
                .otherwise(pl.lit("not found")),
                detail="reason",
            ),
        ),
    )
    if comments is None:
        return rows
    spoken = (
        creators.select("key", pl.col("creator").cast(pl.Int64))
        .join(comments, on="key")
        .filter(pl.col("generic_share").is_not_null())
    )
    return pl.concat(
        [
            rows,
            _rows(
                spoken,
                statistic="generic_replies",
                value=pl.col("generic_share"),
                p=pl.lit(None),
                fires=pl.lit(False),
                chart=pl.Series([""] * len(spoken), dtype=pl.String),
                checked=pl.concat_list(
                    pl.struct(
                        alternative=pl.lit("a small circle"),
                        outcome=pl.lit("not checked"),
                        detail=pl.format(
                            "{} The ten busiest wrote {} % of them; {} % were answered.",
                            "reason",
                            (pl.col("top_share") * 100).round(0).cast(pl.Int64),
                            (pl.col("answered_share") * 100).round(0).cast(pl.Int64),
                        ),
                    )
                ),
            ),
        ]
    )


def _rows(frame: pl.DataFrame, *, statistic: str, **known: pl.Expr | pl.Series) -> pl.DataFrame:
    if not len(frame):
        return empty_evidence()
    fixed = {
        "creator": pl.col("creator"),
        "family": pl.lit(_FAMILY),
        "statistic": pl.lit(statistic),
        "members": pl.lit(0),
        "member_rows": pl.lit([], dtype=pl.List(pl.Int32)),
        "version": pl.lit(f"engagement {VERSION}"),
        **known,
    }
    return frame.select(
        (fixed[name] if name in fixed else pl.lit(None)).cast(kind).alias(name)
        for name, kind in EVIDENCE_SCHEMA.items()
    )


def _charts(told: pl.DataFrame, curves: Curves) -> list[str]:
    """One chart per row that is outside, "" for the others."""
    charts = []
    outside = ("low", "high")
    for row in told.iter_rows(named=True):
        if row["side"] not in outside:
            charts.append("")
            continue
        stratum = curves.strata[row["platform"], row["definition"]]
        charts.append(
            json.dumps(
                {
                    **_usual(stratum, row["language"], row["topic"], row["followers"]),
                    "creator": [int(row["followers"]), _short(row["engagement_rate"])],
                    "meaning": MEANINGS[row["side"]],
                },
                separators=(",", ":"),
            )
        )
    return charts


def _usual(stratum: Stratum, language: str, topic: str, followers: float) -> dict[str, list[float]]:
    """Three curves, a power of ten of followers to either side of the creator."""
    middle = math.log10(followers)
    low, high = stratum.level.low, stratum.level.high
    sizes: NDArray[np.float64] = np.linspace(
        max(low, min(middle, high) - 1.0), min(high, max(middle, low) + 1.0), _CHART_SIZES
    )
    words = np.full(len(sizes), language), np.full(len(sizes), topic)
    rates = np.exp(stratum.curve(sizes, *words, np.array([LOW, 0.5, HIGH])))
    return {
        "followers": [round(10.0 ** float(size)) for size in sizes],
        "low": [_short(rate) for rate in rates[:, 0]],
        "usual": [_short(rate) for rate in rates[:, 1]],
        "high": [_short(rate) for rate in rates[:, 2]],
    }


def _short(rate: float) -> float:
    """Four significant figures are enough for a picture."""
    return float(f"{rate:.4g}")
