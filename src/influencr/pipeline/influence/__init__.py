"""Who moves people? Every judge of influence over the whole catalogue, out of core.

Useful for: engagement facts, influence with its parts, closeness, growth and label of every
creator, with each whole judgement; killing a run loses nothing but time.
Not useful for: saying what influence is (`influence` does) or who may be listed (the gates do).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.influence._notability import forget_notability, keep_notability
    from influencr.pipeline.influence._run import (
        influence_methods,
        run_influence,
        with_influence,
    )
    from influencr.pipeline.influence._store import (
        INFLUENCE_FILE,
        INFLUENCE_SCHEMA,
        NOTABILITY_FILE,
        line_heights,
        read_influence,
    )

__all__ = [
    "INFLUENCE_FILE",
    "INFLUENCE_SCHEMA",
    "NOTABILITY_FILE",
    "forget_notability",
    "influence_methods",
    "keep_notability",
    "line_heights",
    "read_influence",
    "run_influence",
    "with_influence",
]

_HOMES = {
    "_notability": ("forget_notability", "keep_notability"),
    "_run": ("influence_methods", "run_influence", "with_influence"),
    "_store": (
        *("INFLUENCE_FILE", "INFLUENCE_SCHEMA", "NOTABILITY_FILE"),
        *("line_heights", "read_influence"),
    ),
}


def __getattr__(name: str) -> object:
    # polars is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
