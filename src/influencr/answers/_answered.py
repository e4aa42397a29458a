"""Asking by name: from a question and its parameters to a plain document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from influencr.answers._question import QUESTIONS, Question, read_request
from influencr.answers.documents import plain
from influencr.errors import UnknownValue

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Answers", "answered", "request_of"]


def request_of(name: str, values: Mapping[str, Any]) -> tuple[Question, Any]:
    """A question and its checked request; raises as `read_request`, UnknownValue for none."""
    asked = QUESTIONS.get(name)
    if asked is None:
        raise UnknownValue("question", name, QUESTIONS)
    return asked, read_request(asked, values)


def answered(engine: Engine, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The plain document that answers a question; raises as `request_of` and as the engine."""
    asked, request = request_of(name, values)
    document: dict[str, Any] = plain(asked.answer(engine, request))
    return document


class Answers:
    """Questions by name to an engine of this process: `Asks`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
        """See `Asks.ask`."""
        return answered(self.engine, question, request)
