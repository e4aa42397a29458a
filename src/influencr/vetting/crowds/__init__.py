"""What innocently brings many followers at once, and how much of a wave it explains.

click_causes   per follow, told from the follower's own list: one click on a pack or list, or what
               a network proposes to newcomers
explain        per window of unusual arrivals: each innocent cause found, not found or not checked,
               and the share of the excess that it explains
"""

from influencr.vetting.crowds._clicks import CAUSES, click_causes
from influencr.vetting.crowds._explain import (
    ALTERNATIVES,
    EXPLANATION_SCHEMA,
    MIN_EXPLAINS,
    explain,
)

__all__ = [
    "ALTERNATIVES",
    "CAUSES",
    "EXPLANATION_SCHEMA",
    "MIN_EXPLAINS",
    "click_causes",
    "explain",
]
