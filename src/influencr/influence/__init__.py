"""How much attention do followers really give? The engagement rate, with its definition.

Influence itself (expected effortful response) is null until there are events to measure it on;
see docs/algorithms/influence.md. Nothing here knows reach, and the follower count enters only as
the divisor.
"""

from influencr.influence.engagement import (
    ACT_KINDS,
    DEFINITIONS,
    EFFORT,
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
