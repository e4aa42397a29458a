"""How good is the place resolver, on real strings, beside what others offer?

`evaluate` runs the judge and the baselines on labelled sets and gives figures with intervals;
`write_page` turns them into a page with curves. Data sets are read from a folder that the caller
names and nothing of them is kept but counts, shares and checksums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.geography.evaluation._disagreements import disagreements
    from influencr.geography.evaluation._evaluate import HALVES, SETS, evaluate
    from influencr.geography.evaluation._page import write_page
    from influencr.geography.evaluation._speed import measure_speed

__all__ = ["HALVES", "SETS", "disagreements", "evaluate", "measure_speed", "write_page"]

_HOME = {
    "HALVES": "_evaluate",
    "SETS": "_evaluate",
    "disagreements": "_disagreements",
    "evaluate": "_evaluate",
    "measure_speed": "_speed",
    "write_page": "_page",
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    if module := _HOME.get(name):
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
