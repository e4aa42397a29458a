"""How much attention do posts get: stated definitions, each with count and interval."""

from influencr.influence.engagement._effort import ACT_KINDS, EFFORT
from influencr.influence.engagement._rate import (
    DEFINITIONS,
    METHOD,
    MIN_POSTS,
    SETTLED_DAYS,
    VERSION,
    WINDOW_DAYS,
    judge_engagement,
)

__all__ = [
    "ACT_KINDS",
    "DEFINITIONS",
    "EFFORT",
    "METHOD",
    "MIN_POSTS",
    "SETTLED_DAYS",
    "VERSION",
    "WINDOW_DAYS",
    "judge_engagement",
]
