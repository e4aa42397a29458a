"""How much a creator's own numbers count in the default order, apart from what was asked.

quality = activity x attention, both stated here and shown with every hit:

    activity     active 1, quiet 1/2, unknown 3/4, dormant 1/4
    attention    1 + k/128, k = 0..127: in which 128th of its cohort the creator's influence lies;
                 where that is not known, in which 128th of the known engagement rates on the same
                 platform the rate lies; 1 when that is unknown, too (no bonus, no guess)

Influence comes as a percentile of the size, so it needs no cuts here. Rates are compared within a
platform because their definitions and habits differ between platforms. The four activity weights
and the factor's range of 1 to 2 are our own choice; they are what docs/algorithms/ranking.md
promises and tests/unit/index/test_quality.py fixes.

Every factor is a whole number of 512ths when multiplied, so that a score is exact in the engine's
32-bit floats as well as in Python's 64-bit ones.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "ACTIVITY_FACTORS",
    "PARTS",
    "Attention",
    "attention",
    "engagement_edges",
    "engagement_factor",
    "quality_512",
]

#: Factor of each activity state.
ACTIVITY_FACTORS = {"active": 1.0, "unknown": 0.75, "quiet": 0.5, "dormant": 0.25}

#: Into how many equal parts the known engagement rates of a platform are cut.
PARTS = 128


def engagement_edges(creators: pl.DataFrame) -> dict[str, list[float]]:
    """For each platform the PARTS - 1 engagement rates that cut its known rates into equal parts.

    Platforms without a known rate are absent.
    """
    import polars as pl

    edges: dict[str, list[float]] = {}
    if "engagement_rate" not in creators.columns:
        return edges
    known = creators.filter(pl.col("engagement_rate").is_not_null())
    for (platform,), group in known.group_by("platform"):
        rates = group.get_column("engagement_rate").sort().to_list()
        edges[str(platform)] = [rates[len(rates) * i // PARTS] for i in range(1, PARTS)]
    return dict(sorted(edges.items()))


def engagement_factor(
    rate: float | None, platform: str, edges: Mapping[str, Sequence[float]]
) -> float:
    """1 to just below 2 by where the rate lies among its platform's; 1 for an unknown rate.

    Equal rates get the middle of the parts that they fill, so a platform where everybody has the
    same rate gives nobody an advantage.

    >>> engagement_factor(None, "tiktok", {}), engagement_factor(0.1, "tiktok", {})
    (1.0, 1.0)
    >>> engagement_factor(0.5, "tiktok", {"tiktok": [i / 128 for i in range(1, 128)]})
    1.4921875
    """
    cuts = edges.get(platform)
    if rate is None or not cuts:
        return 1.0
    part = (bisect.bisect_left(cuts, rate) + bisect.bisect_right(cuts, rate)) // 2
    return 1.0 + part / PARTS


class Attention(NamedTuple):
    """The part of a score that says whether people act for somebody.

    factor   1 to just below 2, a whole number of 128ths
    basis    what it was read from: influence, engagement, or unknown
    """

    factor: float
    basis: str


def attention(
    percentile: float | None,
    rate: float | None,
    platform: str,
    edges: Mapping[str, Sequence[float]],
) -> Attention:
    """From influence where it is known, else from the engagement rate, else 1.

    percentile   of influence in its cohort, 0..100
    rate         engagement rate; edges as in `engagement_factor`

    >>> attention(50.0, 0.1, "tiktok", {})
    Attention(factor=1.5, basis='influence')
    >>> attention(100.0, None, "tiktok", {}).factor
    1.9921875
    >>> attention(None, None, "tiktok", {})
    Attention(factor=1.0, basis='unknown')
    """
    if percentile is not None:
        part = min(PARTS - 1, max(0, int(percentile * PARTS / 100)))
        return Attention(1.0 + part / PARTS, "influence")
    if rate is not None and edges.get(platform):
        return Attention(engagement_factor(rate, platform, edges), "engagement")
    return Attention(1.0, "unknown")


def quality_512(activity: float, attention: float) -> int:
    """activity x attention in 512ths: a whole number from 128 to 1020.

    >>> quality_512(0.25, 1.0), quality_512(1.0, 1 + 127 / 128)
    (128, 1020)
    """
    return round(activity * attention * 4 * PARTS)
