"""Questions that need to know who asks, and not only what they keep: `answer(asker, request)`.

They are described, read and refused like those of `answers.QUESTIONS`, and exist over HTTP alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from influencr.answers import Question
from influencr.answers._question import Scope, Verb

__all__ = ["ORDERS", "OfService", "order"]


class OfService(Question, frozen=True, kw_only=True):
    """A question to the service: `answer` is given the `Asker`."""


#: Every one by its name; filled by the modules that `application` imports.
ORDERS: dict[str, OfService] = {}


def order[F: Callable[..., dict[str, Any]]](
    name: str,
    request: type[msgspec.Struct],
    *,
    path: str,
    verb: Verb = "GET",
    scope: Scope = "lists",
    writes: bool = False,
    returns: Any = dict,
    status: int = 200,
) -> Callable[[F], F]:
    """Registers a function `(asker, request) -> document`, as `answers.question` does."""

    def register(answer: F) -> F:
        meaning, _, about = inspect.cleandoc(answer.__doc__ or "").partition("\n\n")
        ORDERS[name] = OfService(
            name=name,
            meaning=" ".join(meaning.split()),
            about=about,
            request=request,
            scope=scope,
            searches=False,
            writes=writes,
            verb=verb,
            path=path,
            by_post=False,
            returns=returns,
            answer=answer,
            status=status,
        )
        return answer

    return register
