"""What there is to search, and how fresh it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencr.answers import documents
from influencr.answers._question import question
from influencr.answers.questions.keeping import Nothing

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["status"]


@question("status", Nothing, path="status", searches=False, returns=documents.StatusDocument)
def status(engine: Engine, request: Nothing) -> dict[str, Any]:
    """How many creators can be found, who is left out and why, and the instant that ages refer
    to.
    """
    return documents.status_document(engine.status())
