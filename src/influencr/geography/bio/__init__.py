"""What does a bio say about where somebody is? Every clue in it, as `Evidence`; it weighs nothing.

The words live in tables beside the code: cues.csv (phrases around a place), endings.csv (case
endings of place names), demonyms.csv (words for people), words.csv (words that change what a place
name says), traps.csv (place names that are first names or everyday words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.geography.bio._read import read_bio

__all__ = ["read_bio"]


def __getattr__(name: str) -> object:
    # The gazetteer brings numpy, which no folder loads at import.
    if name in __all__:
        import importlib

        return getattr(importlib.import_module(f"{__name__}._read"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
