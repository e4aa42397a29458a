"""One process that answers requests at sockets that are bound already, until SIGTERM or SIGINT.

`serve` calls it itself, or, where several processes answer, starts each of them with

    python -m influencr.service.answering HOME THREADS NUMBER SOCKET...

where NUMBER counts from 0 (the first one also does what waits in the queue), SOCKET are numbers of
inherited sockets, and the end of standard input means that who started it has died.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from influencr.errors import InfluencrError

__all__ = ["STOPS", "answer", "main"]

STOPS = (signal.SIGINT, signal.SIGTERM)

#: Browsers keep their connection open: so many people may look at pages at the same time.
_CONNECTIONS = 2_000
#: What a program may send at once (`api.mounted.MAX_BODY`); of a form Django reads no more than
#: DATA_UPLOAD_MAX_MEMORY_SIZE. Nothing longer is read to its end.
_BODY_MAX = 4 * 1024 * 1024

#: Asked once at the start.
_MISTYPED = "zwqkxj"


def answer(
    listeners: Sequence[socket.socket],
    threads: int,
    *,
    works: bool = True,
    alone: bool = True,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Answer until a signal stops it; requests that are being answered are finished.

    listeners   bound sockets, possibly shared with other processes
    works       do what waits in the queue, where that is this service's business
    alone       whether no other process answers at these sockets
    ready       called when a signal would stop it cleanly

    Call it from the main thread of a process that does nothing else, with the settings of Django
    in the environment: it owns the signals.
    """
    import waitress

    from influencr.service import _environment
    from influencr.service.jobs import inside
    from influencr.service.operations.turns import turns
    from influencr.service.wsgi import application

    environment = _environment.read()
    proxy: dict[str, Any] = {}
    if address := environment.trusted_proxy:
        proxy = {
            "trusted_proxy": address,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-host x-forwarded-proto",
            "clear_untrusted_proxy_headers": True,
        }
    server = waitress.create_server(
        application,
        sockets=list(listeners),
        threads=threads,
        ident=None,
        max_request_body_size=_BODY_MAX,
        connection_limit=_CONNECTIONS,
        # `select` knows no more than 1,024 of them.
        asyncore_use_poll=True,
        **proxy,
    )
    # What waits here waits everywhere alike: whoever is free takes the next connection.
    turns.queued = lambda: len(server.task_dispatcher.queue) * (environment.processes or 1)

    if not alone:
        turns.one_by_one()

    # Whoever hears that it is ready may stop it at once, so the signals come first.
    before = {number: signal.signal(number, _stop) for number in STOPS}
    worker = None
    try:
        if works:
            worker = inside.begin()
        threading.Thread(target=_warm, daemon=True).start()
        ready()
        # waitress leaves its loop on SystemExit, after the requests that are being answered.
        server.run()
    except SystemExit:
        pass  # the signal came before the loop began
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        server.close()
        if worker is not None:
            worker.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def main(words: Sequence[str]) -> int:
    """One of several processes, as the one that starts them calls it."""
    home, threads, number, *numbers = words
    os.environ["INFLUENCR_HOME"] = home
    # Ctrl-C reaches every process of a terminal; the first one says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_outlive_nobody, daemon=True).start()
    listeners = [socket.socket(fileno=int(one)) for one in numbers]
    answer(listeners, int(threads), works=number == "0", alone=False)
    return 0


def _outlive_nobody() -> None:
    # Nothing is ever written there: it ends when the process that holds the other end does.
    # Past Python's own buffer, whose lock a process that ends would find taken.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _warm() -> None:
    """Load what the first search needs, so that the first reader does not wait for it."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    from influencr.search import Query
    from influencr.service.web.engine import get_engine

    # Every page's module, and the templates of the one that is asked for most.
    _ = get_resolver().url_patterns
    get_template("search.html")
    # Nothing indexed yet, or an artefact missing: each page says so itself when it is asked.
    with contextlib.suppress(InfluencrError):
        engine = get_engine()
        engine.query(Query(limit=1))
        # A word that nobody writes: the tables by which typing mistakes are found.
        engine.query(Query(text=_MISTYPED, limit=1))
        engine.suggest_places("a")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
