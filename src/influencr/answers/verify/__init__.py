"""Is this number what the records say? A handle for each number, and the number made again.

Useful for: whoever quotes a number, and whoever is told one. Not useful for: the judges' methods
themselves, which are the same both times; docs/benchmarks measure those. Costs: nothing for a
handle; for a check the reading of one creator's records, or as much as a whole judgement.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from influencr.answers.verify._handles import Handle, read_handle, subject_of, with_handles

if TYPE_CHECKING:
    from influencr.answers.verify._check import MAX_SECONDS, checked

__all__ = ["MAX_SECONDS", "Handle", "checked", "read_handle", "subject_of", "with_handles"]

_HOMES = {"_check": ("MAX_SECONDS", "checked")}


def __getattr__(name: str) -> object:
    # What recounts is loaded on first use: handles alone are cheap, and made far from any home.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
