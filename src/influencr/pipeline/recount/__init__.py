"""What do the records say, read once more? Numbers made again from the catalogue, never the index.

Useful for: checking a number that is shown: one creator's own records in a moment, who follows
whom counted one by one, or everybody judged anew beside the home when a number needs everybody.
Not useful for: deciding whether two numbers agree (`answers.verify`). Nothing is kept.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.recount._alone import Alone, Records, judge_alone, judged_at
    from influencr.pipeline.recount._people import People, count_people
    from influencr.pipeline.recount._whole import Whole, judge_whole

__all__ = [
    "Alone",
    "People",
    "Records",
    "Whole",
    "count_people",
    "judge_alone",
    "judge_whole",
    "judged_at",
]

_HOMES = {
    "_alone": ("Alone", "Records", "judge_alone", "judged_at"),
    "_people": ("People", "count_people"),
    "_whole": ("Whole", "judge_whole"),
}


def __getattr__(name: str) -> object:
    # polars is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
