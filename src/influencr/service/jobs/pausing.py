"""How a long task hears that the process wants to stop."""

from __future__ import annotations

import threading

__all__ = ["Interrupted", "go_on", "hears"]

_here = threading.local()


class Interrupted(Exception):
    """The process stops: the task goes back into the queue, and nothing counts as failed."""


def hears(stop: threading.Event | None) -> None:
    """What `go_on` in this thread asks from now on."""
    _here.stop = stop


def go_on() -> None:
    """To be called by a long task between its steps. Raises Interrupted when the process stops."""
    stop: threading.Event | None = getattr(_here, "stop", None)
    if stop is not None and stop.is_set():
        raise Interrupted
