"""What stands on a dossier because its creator contests it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from influencr.engine import Engine

__all__ = ["ABOUT", "Contested", "contested"]

#: What can be contested -> its name on a page.
ABOUT = {
    "verdict": "what is said of the audience",
    "influence": "influence and closeness",
    "label": "who is behind the account",
    "place": "the place",
    "topics": "the topics",
    "other": "something else",
}


class Contested(NamedTuple):
    """One contest: `words` and `answer` are empty where the creator wants none shown."""

    about: str
    on: datetime
    words: str
    answered_on: datetime | None
    answer: str


def contested(engine: Engine, profile_id: str) -> list[Contested]:
    """The contests of one creator, oldest first; texts are foreign and not escaped."""
    return [
        Contested(
            ABOUT.get(case.about, case.about),
            case.opened_at,
            case.text if case.shown else "",
            case.answered_at,
            (case.answer or "") if case.shown else "",
        )
        for case in engine.rights.contested(profile_id)
    ]
