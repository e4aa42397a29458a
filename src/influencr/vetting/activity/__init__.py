"""Is a creator posting, how often, and has that changed? Never a sign of a bought audience.

judge_activity    active, quiet, dormant or unknown, with the last post and the cadence
cadence_breaks    when the posting rate changed, from what to what, tested against a constant rate
activity_basis    what a creator's activity rests on: posts, uploads, a date, nothing
meaning           what "active" then means on a platform
"""

from influencr.vetting.activity._basis import BASES, activity_basis, meaning
from influencr.vetting.activity._breaks import cadence_breaks
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
    "BASES",
    "CADENCE_DAYS",
    "DORMANT_DAYS",
    "METHOD",
    "MIN_SPAN_DAYS",
    "STALE_DAYS",
    "STATES",
    "VERSION",
    "activity_basis",
    "cadence_breaks",
    "judge_activity",
    "meaning",
]
