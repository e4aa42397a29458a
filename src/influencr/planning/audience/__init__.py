"""How many different people follow some creators, who is shared, how many live in a place?"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.planning.audience._counts import (
        WHOLE,
        Audience,
        Known,
        Local,
        Overlap,
        Union,
    )
    from influencr.planning.audience._sketch import Estimate, Sketch
    from influencr.planning.audience._together import Own, Together, together

__all__ = [
    "WHOLE",
    "Audience",
    "Estimate",
    "Known",
    "Local",
    "Overlap",
    "Own",
    "Sketch",
    "Together",
    "Union",
    "together",
]

_HOMES = {
    "_counts": ("WHOLE", "Audience", "Known", "Local", "Overlap", "Union"),
    "_sketch": ("Estimate", "Sketch"),
    "_together": ("Own", "Together", "together"),
}


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
