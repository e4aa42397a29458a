"""Around every request: a number, a turn, a count and, where it is wanted, a line."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse

from influencr.service.operations import figures, logs
from influencr.service.operations.turns import (
    DRAWN,
    MOST_WAITING,
    SEARCHING,
    asker_of,
    overloaded,
    too_many_at_once,
    turns,
)

__all__ = ["FairTurns", "Watched"]


class Watched:
    """Outside of all others: numbers, times and counts what is answered.

    The number is our own, never one that was sent; it is on the answer as X-Request-Id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its number."""
        began = time.perf_counter()
        number = secrets.token_hex(8)
        request.influencr_number = number  # type: ignore[attr-defined]
        response = self._get_response(request)
        seconds = time.perf_counter() - began
        response.headers["X-Request-Id"] = number
        route = _route(request)
        method, status = request.method or "", response.status_code
        figures.answered(route, method, status, seconds)
        logs.event(
            "request",
            # A failure is told also where requests are not.
            level=logging.ERROR if status == 500 else logging.INFO,
            request=number,
            route=route,
            method=method if method in figures.METHODS else "other",
            status=status,
            ms=round(seconds * 1000, 1),
        )
        return response


class FairTurns:
    """Gives those who search their turn, or says why not (`turns`). Inside of who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; the turn is given back whatever happened."""
        with ExitStack() as held:
            request._influencr_held = held  # type: ignore[attr-defined]
            return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None to go on, else the page that says why this one waits."""
        found = request.resolver_match
        if found is None or found.url_name not in SEARCHING:
            return None
        if turns.queued() > MOST_WAITING:
            figures.TURNED_AWAY.labels("instance").inc()
            return overloaded(request)
        held: ExitStack = request._influencr_held  # type: ignore[attr-defined]
        asker = asker_of(request)
        if asker is not None:
            if not turns.take(asker):
                figures.TURNED_AWAY.labels("asker").inc()
                return too_many_at_once(request)
            held.callback(turns.give_back, asker)
        if found.url_name in DRAWN:
            held.enter_context(turns.drawing())
        return None


def _route(request: HttpRequest) -> str:
    """The name of the address: never the address, which may name a person."""
    found = request.resolver_match
    if found is not None:
        return found.url_name or "unnamed"
    return "static" if request.path.startswith("/static/") else "none"
