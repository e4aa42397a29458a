"""influencr: a search engine for micro influencers, by keyword and place, with the evidence.

>>> import influencr
>>> engine = influencr.open("path/to/home")              # doctest: +SKIP
>>> engine.search("vegan baking", near="Austin, TX")     # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def open(home: str | os.PathLike[str] | None = None) -> Engine:  # noqa: A001 - reads `influencr.open`
    """The engine on one data home; `home` defaults to INFLUENCR_HOME, else the user data folder.

    Raises HomeError when nothing was ever imported there.
    """
    from influencr.engine import Engine

    return Engine(home)
