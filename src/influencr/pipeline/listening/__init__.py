"""How does what happens right now become searchable within seconds? stream -> catalogue -> index.

Useful for: a home that keeps itself fresh; killing it at any moment loses nothing and counts
nothing twice. Not useful for: the whole judgement of audiences, which `refresh` makes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.listening._births import BirthsRead, read_births
    from influencr.pipeline.listening._known import Known
    from influencr.pipeline.listening._run import Heard, Pace, listen
    from influencr.pipeline.listening._setup import Ears, cursor_of, ears

__all__ = [
    "BirthsRead",
    "Ears",
    "Heard",
    "Known",
    "Pace",
    "cursor_of",
    "ears",
    "listen",
    "read_births",
]

_HOMES = {
    "_births": ("BirthsRead", "read_births"),
    "_known": ("Known",),
    "_run": ("Heard", "Pace", "listen"),
    "_setup": ("Ears", "cursor_of", "ears"),
}


def __getattr__(name: str) -> object:
    # polars is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
