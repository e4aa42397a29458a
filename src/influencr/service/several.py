"""Several processes that answer at one address: in each, Python draws one page at a time.

The sockets are bound once and shared; whoever is free takes the next connection. A process that
dies is replaced; none outlives the one that started them, even when that is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from types import FrameType

from influencr.errors import InfluencrError
from influencr.home import Home
from influencr.service.answering import STOPS

__all__ = ["Unsteady", "answer_in"]

#: How often it is looked whether all of them live. Own choice.
_LOOK_S = 0.25
#: A process that ends sooner after its start did not get to answering; so many in a row, and
#: starting more would only repeat it.
_SHORT_S = 10.0
_SHORT_MOST = 3
#: How long a stop waits: longer than a process waits for its worker and the pages in hand.
_PATIENCE_S = 15.0


class Unsteady(InfluencrError):
    """Processes that should answer end right after their start."""

    code = "unsteady"


class _One:
    def __init__(
        self,
        number: int,
        home: Home,
        listeners: Sequence[socket.socket],
        threads: int,
        figures: str,
    ) -> None:
        self.number = number
        self.began = time.monotonic()
        shared = [one.fileno() for one in listeners]
        told = [str(home.path), str(threads), str(number), *map(str, shared)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "influencr.service.answering", *told],
            stdin=subprocess.PIPE,
            pass_fds=shared,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": figures},
        )

    def close(self) -> None:
        """Let go of the pipe whose end tells the process that nobody holds it any more."""
        if self.process.stdin is not None:
            self.process.stdin.close()


def answer_in(
    n: int,
    home: Home,
    listeners: Sequence[socket.socket],
    threads: int,
    *,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Answer in n processes until SIGTERM or SIGINT.

    listeners   bound sockets that listen
    ready       called when a signal would stop all of it cleanly

    Raises Unsteady when processes end again and again right after their start.
    """
    before = {number: signal.signal(number, _stop) for number in STOPS}
    # Counts of all processes lie in files of theirs, which each of them can add up.
    figures = tempfile.mkdtemp(prefix="influencr-figures-")
    crew: list[_One] = []
    try:
        crew.extend(_One(number, home, listeners, threads, figures) for number in range(n))
        ready()
        _keep(crew, home, listeners, threads, figures)
    except SystemExit:
        pass
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        _end(crew)
        shutil.rmtree(figures, ignore_errors=True)
        for number, handler in before.items():
            signal.signal(number, handler)


def _keep(
    crew: list[_One], home: Home, listeners: Sequence[socket.socket], threads: int, figures: str
) -> None:
    """Replace who died, for ever."""
    short = 0
    while True:
        time.sleep(_LOOK_S)
        for place, one in enumerate(crew):
            code = one.process.poll()
            if code is None:
                continue
            _forget(one, figures)
            short = short + 1 if time.monotonic() - one.began < _SHORT_S else 0
            if short >= _SHORT_MOST:
                raise Unsteady(
                    f"{short} processes ended right after their start (code {code}); what they "
                    "said stands above. Start with --processes 1 to see more."
                )
            crew[place] = _One(one.number, home, listeners, threads, figures)


def _forget(one: _One, figures: str) -> None:
    """Close what led to it; what only a living process counts is told no longer."""
    from prometheus_client.multiprocess import mark_process_dead

    one.close()
    mark_process_dead(one.process.pid, figures)  # type: ignore[no-untyped-call]


def _end(crew: Sequence[_One]) -> None:
    for one in crew:
        one.process.terminate()
    until = time.monotonic() + _PATIENCE_S
    for one in crew:
        try:
            one.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        one.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
