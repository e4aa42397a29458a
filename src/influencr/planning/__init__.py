"""What does a budget buy, counted in people: which creators, who is reached, how good is that?

The only place where reach exists. A person who follows three creators of a roster is one person.
Useful for: spending a budget, or reaching a number of people. Not useful for: who is influential.
Costs: about a second for a thousand candidates with millions of followers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.planning._attention import Spread
    from influencr.planning._brief import MAX_CANDIDATES, MAX_POSTS, Brief, checked_brief
    from influencr.planning._plan import Left, Pick, Plan, Point, Usual, make_plan
    from influencr.planning._prices import (
        Price,
        Pricing,
        checked_range,
        price_of,
        read_agencies,
        read_prices,
        read_range,
    )
    from influencr.planning._rates import PUBLISHED
    from influencr.planning.audience import (
        Audience,
        Known,
        Local,
        Overlap,
        Own,
        Together,
        Union,
        together,
    )

__all__ = [
    "MAX_CANDIDATES",
    "MAX_POSTS",
    "PUBLISHED",
    "Audience",
    "Brief",
    "Known",
    "Left",
    "Local",
    "Overlap",
    "Own",
    "Pick",
    "Plan",
    "Point",
    "Price",
    "Pricing",
    "Spread",
    "Together",
    "Union",
    "Usual",
    "checked_brief",
    "checked_range",
    "make_plan",
    "price_of",
    "read_agencies",
    "read_prices",
    "read_range",
    "together",
]

_HOMES = {
    "_attention": ("Spread",),
    "_brief": ("MAX_CANDIDATES", "MAX_POSTS", "Brief", "checked_brief"),
    "_plan": ("Left", "Pick", "Plan", "Point", "Usual", "make_plan"),
    "_prices": (
        *("Price", "Pricing", "checked_range", "price_of"),
        *("read_agencies", "read_prices", "read_range"),
    ),
    "_rates": ("PUBLISHED",),
    "audience": ("Audience", "Known", "Local", "Overlap", "Own", "Together", "Union", "together"),
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
