"""Is this creator active, is their audience authentic, is their engagement real?

This storey answers the first question only. The verdict on the audience is `unknown` with its
reason until there is evidence to judge; see docs/algorithms/vetting.md.
"""

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
