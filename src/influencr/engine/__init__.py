"""One object to hold: every question and every order to one data home.

Useful for: CLI, web, API and notebooks, which all hold an `Engine` and nothing below it.
Not useful for: deciding anything; it opens what is needed and passes the question on.
"""

from influencr.engine._engine import PRESETS, Engine
from influencr.engine._export import Exported
from influencr.engine._influence import Cohort, Influence

__all__ = ["PRESETS", "Cohort", "Engine", "Exported", "Influence"]
