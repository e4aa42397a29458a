"""The one way from a page to the engine: `get_engine()`, opened once per process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["forget_engine", "get_engine"]

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


def forget_engine() -> None:
    """Open the engine anew at the next question."""
    with _lock:
        _opened.clear()


def _open(home: str | None) -> Engine:
    from influencr.engine import Engine

    return Engine(home)
