"""Whose followers are the ones that a brand wants, who shares followers, who named the brand?

Useful for: everything that needs all follows or all posts at once, prepared after a refresh and
read in milliseconds by a search. Not useful for: how a creator's own content fits (search.brand).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.alignment._align import alignment
    from influencr.pipeline.alignment._follows import Follows, follows_of
    from influencr.pipeline.alignment._mentions import mentions
    from influencr.pipeline.alignment._overlap import Overlap, Overlaps, overlaps
    from influencr.pipeline.alignment._prepare import (
        BRANDS_FOLDER,
        Prepared,
        prepare_brand,
        sweep_prepared,
    )
    from influencr.pipeline.alignment._target import Target

__all__ = [
    "BRANDS_FOLDER",
    "Follows",
    "Overlap",
    "Overlaps",
    "Prepared",
    "Target",
    "alignment",
    "follows_of",
    "mentions",
    "overlaps",
    "prepare_brand",
    "sweep_prepared",
]

_HOMES = {
    "_align": ("alignment",),
    "_follows": ("Follows", "follows_of"),
    "_mentions": ("mentions",),
    "_overlap": ("Overlap", "Overlaps", "overlaps"),
    "_prepare": ("BRANDS_FOLDER", "Prepared", "prepare_brand", "sweep_prepared"),
    "_target": ("Target",),
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
