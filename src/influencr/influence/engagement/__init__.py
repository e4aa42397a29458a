"""How much attention do posts get: stated definitions, each with count, interval and reason.

measure   sums of a bucket of creators, from posts and acts
learn     what is usual in this home, from the sums of everybody
facts     the statements about each creator, drawn towards what is usual for the size

`judge_engagement` states the plain rate, without a look at anybody else. What needs NumPy is loaded
when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from influencr.influence.engagement._facts import FACTS_SCHEMA, facts
    from influencr.influence.engagement._learn import MIN_USUAL, Home, learn
    from influencr.influence.engagement._measure import (
        HISTOGRAM_SCHEMA,
        MEASURED_SCHEMA,
        WHATS,
        Measured,
        measure,
    )

_LATER = {
    "FACTS_SCHEMA": "_facts",
    "HISTOGRAM_SCHEMA": "_measure",
    "MEASURED_SCHEMA": "_measure",
    "MIN_USUAL": "_learn",
    "WHATS": "_measure",
    "Home": "_learn",
    "Measured": "_measure",
    "facts": "_facts",
    "learn": "_learn",
    "measure": "_measure",
}

__all__ = [
    "ACT_KINDS",
    "DEFINITIONS",
    "EFFORT",
    "FACTS_SCHEMA",
    "HISTOGRAM_SCHEMA",
    "MEASURED_SCHEMA",
    "METHOD",
    "MIN_POSTS",
    "MIN_USUAL",
    "SETTLED_DAYS",
    "VERSION",
    "WHATS",
    "WINDOW_DAYS",
    "Home",
    "Measured",
    "facts",
    "judge_engagement",
    "learn",
    "measure",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
