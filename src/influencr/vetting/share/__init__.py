"""Which share of the followers looks bought, and how sure is that?

corrected          a count, corrected for the test's own error; corrected_strata for a sample by
                   strata, corrected_many for arrays
by_scores          the same from probabilities, which errs less; by_scores_many for creators at
                   once, calibration of their labels
measure, complete  the share of every creator of an audience, batches counted as batches
sample             whom to look at when not everybody can be

Modules are loaded when their names are first asked for: they bring NumPy, Polars and SciPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.vetting.share._corrected import (
        LEVEL,
        MIN_FOLLOWERS,
        MIN_YOUDEN,
        Rates,
        Stratum,
        corrected,
        corrected_many,
        corrected_strata,
        no_share,
    )
    from influencr.vetting.share._measure import (
        BATCH_ERROR,
        BATCH_FAMILIES,
        MIN_COHORT,
        SHARES_SCHEMA,
        CutRates,
        combine,
        complete,
        measure,
    )
    from influencr.vetting.share._sample import STRATA, Sample, sample
    from influencr.vetting.share._scores import (
        Calibration,
        ScoredShare,
        by_scores,
        by_scores_many,
        calibration,
    )

__all__ = [
    "BATCH_ERROR",
    "BATCH_FAMILIES",
    "LEVEL",
    "MIN_COHORT",
    "MIN_FOLLOWERS",
    "MIN_YOUDEN",
    "SHARES_SCHEMA",
    "STRATA",
    "Calibration",
    "CutRates",
    "Rates",
    "Sample",
    "ScoredShare",
    "Stratum",
    "by_scores",
    "by_scores_many",
    "calibration",
    "combine",
    "complete",
    "corrected",
    "corrected_many",
    "corrected_strata",
    "measure",
    "no_share",
    "sample",
]

_MODULES = {
    "_corrected": (
        *("LEVEL", "MIN_FOLLOWERS", "MIN_YOUDEN", "Rates", "Stratum"),
        *("corrected", "corrected_many", "corrected_strata", "no_share"),
    ),
    "_measure": (
        *("BATCH_ERROR", "BATCH_FAMILIES", "MIN_COHORT", "SHARES_SCHEMA", "CutRates"),
        *("combine", "complete", "measure"),
    ),
    "_sample": ("STRATA", "Sample", "sample"),
    "_scores": ("Calibration", "ScoredShare", "by_scores", "by_scores_many", "calibration"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
