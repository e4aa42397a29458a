"""Is this creator active, is their audience authentic, is their engagement real?

activity    does somebody post, and when did that change
followers   does one follower's profile look bought; arrivals, lockstep, rings: do many together
crowds      what innocently brings many at once; engagement: reactions for the size
share       which share of the followers looks bought, with an interval
verdict     vetted, needs a look, looks inflated or unknown, from an evidence ledger

Families of evidence never read one another; only share and verdict read what all of them wrote
down. See docs/algorithms/vetting.md.
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
