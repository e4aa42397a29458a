"""Is this creator active, is their audience authentic, is their engagement real?

This storey answers the first question only. The verdict on the audience is `unknown` with its
reason until there is evidence to judge; see docs/algorithms/vetting.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from influencr.vetting.activity import (
    ACTIVE_DAYS,
    CADENCE_DAYS,
    DORMANT_DAYS,
    METHOD,
    MIN_SPAN_DAYS,
    STALE_DAYS,
    STATES,
    VERSION,
    judge_activity,
)

if TYPE_CHECKING:
    from types import ModuleType

    from influencr.vetting import arrivals, crowds, engagement, followers, share, verdict

#: Folders that load NumPy, SciPy or scikit-learn; each is loaded when it is first asked for.
_LATER = ("arrivals", "crowds", "engagement", "followers", "share", "verdict")

__all__ = [
    "ACTIVE_DAYS",
    "CADENCE_DAYS",
    "DORMANT_DAYS",
    "METHOD",
    "MIN_SPAN_DAYS",
    "STALE_DAYS",
    "STATES",
    "VERSION",
    "arrivals",
    "crowds",
    "engagement",
    "followers",
    "judge_activity",
    "share",
    "verdict",
]


def __getattr__(name: str) -> ModuleType:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
