"""What is usual at this size, and where does somebody stand?

fit             curves of a positive number against size, one set per platform, no tiers
Curves          .expected: what is usual for a row; .percentile: where its number stands, with an
                interval; .chart: points to draw
change_at       does the number change its course at a given size: slopes, jump, intervals
spread_of       how numbers that are about normal lie among creators, to draw the doubtful ones in
fit_stratum     the curves of one platform on arrays (what `fit` is made of)

Nothing here knows what the number is: vetting and influence ask the same curves.
"""

from influencr.cohorts._change import Change, change_at
from influencr.cohorts._curves import (
    EXPECTED_AT,
    EXPECTED_SCHEMA,
    MIN_CREATORS,
    PERCENTILE_SCHEMA,
    Curves,
    fit,
)
from influencr.cohorts._share import Z_95, wilson
from influencr.cohorts._smooth import Curve, Groups, fit_curve, shrunken_groups, shrunken_means
from influencr.cohorts._spread import Spread, noise_of, spread_of
from influencr.cohorts._stratum import LEVELS, PROBABILITIES, Stratum, fit_stratum

__all__ = [
    "EXPECTED_AT",
    "EXPECTED_SCHEMA",
    "LEVELS",
    "MIN_CREATORS",
    "PERCENTILE_SCHEMA",
    "PROBABILITIES",
    "Z_95",
    "Change",
    "Curve",
    "Curves",
    "Groups",
    "Spread",
    "Stratum",
    "change_at",
    "fit",
    "fit_curve",
    "fit_stratum",
    "noise_of",
    "shrunken_groups",
    "shrunken_means",
    "spread_of",
    "wilson",
]
