"""Is a creator posting, how often, and has that changed? Never a sign of a bought audience.

judge_activity    active, quiet, dormant or unknown, with the last post and the cadence
cadence_breaks    when the posting rate changed, from what to what, tested against a constant rate
meaning           what "active" can mean where a creator is seen: posts, uploads, a date, nothing
"""

from influencr.vetting.activity._state import (
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
