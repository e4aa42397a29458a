"""The one way from a page to the engine: opened once per process, seen by each with their own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from influencr.service.accounts import teams

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["engine_of", "forget_engine", "get_engine"]

_lock = threading.Lock()
_opened: dict[str | None, Engine] = {}


def get_engine() -> Engine:
    """The engine on this instance's home.

    Raises HomeError when there is nothing to search yet.
    """
    home = settings.INFLUENCR_HOME
    engine = _opened.get(home)
    if engine is None:
        with _lock:
            engine = _opened.get(home)
            if engine is None:
                engine = _opened[home] = _open(home)
    return engine


def engine_of(request: HttpRequest) -> Engine:
    """The engine with the brands and searches of who asks: of everybody in an open instance, of
    the team of a member, of nobody for a stranger. Raises HomeError as `get_engine`.
    """
    owner = teams.owner_of(request)
    return get_engine().of(owner) if owner else get_engine()


def forget_engine() -> None:
    """Open the engine anew at the next question."""
    with _lock:
        _opened.clear()


def _open(home: str | None) -> Engine:
    from influencr.engine import Engine

    return Engine(home)
