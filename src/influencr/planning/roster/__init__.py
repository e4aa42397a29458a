"""Which creators together reach most people for a budget, or enough people for the least money?

Sets of people and prices in, a choice with a proof bound out. Knows nothing of profiles or places.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.planning.roster._baselines import BASELINES, baseline
    from influencr.planning.roster._bound import Ceiling
    from influencr.planning.roster._instance import Instance, Limit, instance
    from influencr.planning.roster._solve import Choice, Impossible, cheapest, frontier, largest

__all__ = [
    "BASELINES",
    "Ceiling",
    "Choice",
    "Impossible",
    "Instance",
    "Limit",
    "baseline",
    "cheapest",
    "frontier",
    "instance",
    "largest",
]

_HOMES = {
    "_baselines": ("BASELINES", "baseline"),
    "_bound": ("Ceiling",),
    "_instance": ("Instance", "Limit", "instance"),
    "_solve": ("Choice", "Impossible", "cheapest", "frontier", "largest"),
}


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
