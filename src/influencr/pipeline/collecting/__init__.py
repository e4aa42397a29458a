"""How does a typed wish become rows from a network? Words and place -> wish -> source -> catalogue.

Useful for: `influencr collect`, for every installed source alike.
Not useful for: knowing any network, which is a source's business; judging what was found.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.collecting._run import Ran, collectable, open_source, run
    from influencr.pipeline.collecting._wish import wanted_of

__all__ = ["Ran", "collectable", "open_source", "run", "wanted_of"]

_HOMES = {
    "_run": ("Ran", "collectable", "open_source", "run"),
    "_wish": ("wanted_of",),
}


def __getattr__(name: str) -> object:
    # polars and the gazetteer are loaded on first use, never by naming this folder
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
