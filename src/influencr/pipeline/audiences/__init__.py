"""Who follows whom, as sets: which people follow each creator, flagged ones apart?

Useful for: counting people instead of followers, for any group of creators (`planning`). Not useful
for: who those people are; they are numbers here. Costs: 2 to 4 bytes a follow on disk.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.audiences._files import FOLDER, Audiences, held_audiences
    from influencr.pipeline.audiences._forget import forget_audiences
    from influencr.pipeline.audiences._make import audiences_of

__all__ = ["FOLDER", "Audiences", "audiences_of", "forget_audiences", "held_audiences"]

_HOMES = {
    "_files": ("FOLDER", "Audiences", "held_audiences"),
    "_forget": ("forget_audiences",),
    "_make": ("audiences_of",),
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
