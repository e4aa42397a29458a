"""One object to hold: every question and every order to one data home.

Useful for: CLI, web, API and notebooks, which all hold an `Engine` and nothing below it.
Not useful for: deciding anything; it opens what is needed and passes the question on.
"""

from influencr.engine._awaited import AsyncEngine
from influencr.engine._engine import PRESETS, Engine
from influencr.engine._export import Exported, Piece, ending_of
from influencr.engine._influence import Cohort, Influence
from influencr.engine._lists import STATUSES, Added, Listed, Lists, Shortlist
from influencr.engine._look_up import LookedUp

__all__ = [
    "PRESETS",
    "STATUSES",
    "Added",
    "AsyncEngine",
    "Cohort",
    "Engine",
    "Exported",
    "Influence",
    "Listed",
    "Lists",
    "LookedUp",
    "Piece",
    "Shortlist",
    "ending_of",
]
