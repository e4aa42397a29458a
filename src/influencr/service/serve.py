"""The server: `serve` binds the port, says where it listens, and stops cleanly."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from influencr.errors import HomeError, InfluencrError, UsageError
from influencr.home import Home

__all__ = ["PortTaken", "serve"]

# Everything that is searched lives in this process and the search itself runs outside the
# interpreter lock, so a few threads keep two cores busy; see docs/decisions/0007-web-stack.md.
_THREADS = 4
#: Processes that answer an instance with members, when nobody says how many: one per core, for
#: Python draws one page at a time in each, but no more than this, for each takes memory of its own.
_PROCESSES = 4
#: Connections that wait to be taken.
_WAITING = 1_024

_DIST = Path(__file__).parent / "web" / "static" / "dist"


class PortTaken(InfluencrError):
    """Another process listens on the port."""

    code = "port_taken"


def serve(
    home: Home | str | os.PathLike[str] | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    threads: int = _THREADS,
    processes: int | None = None,
    *,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the pages of one data home until SIGINT or SIGTERM; its tables are brought up first.

    home       a Home, its folder, or None for INFLUENCR_HOME or the user data folder
    host       address or name to listen on; a name or address other than the wildcard is also
               added to the host names that the service answers to
    port       0 takes any free port
    threads    requests answered at the same time by each process
    processes  None: INFLUENCR_PROCESSES, or else one per core (at most 4) for an instance with
               members and one for an open one
    announce   receives the lines meant for the person who started it; default: stdout

    Call it from the main thread of a process that does nothing else: it owns the signals.
    Raises PortTaken for a busy port, UsageError for an address that cannot be listened on and for
    a number of threads, processes or a port that cannot exist, HomeError when the home is missing
    or the pages' style and script were never built.
    """
    if threads < 1:
        raise UsageError(f"threads: {threads} is not possible; give 1 or more.", field="threads")
    if not 0 <= port <= 65535:
        raise UsageError(f"port: {port} is not possible; give 0 to 65535.", field="port")
    n = _how_many(processes)
    if not (_DIST / "manifest.json").is_file():
        raise HomeError(
            "The style sheet and the script of the pages are not built; run `make assets` in the "
            "checkout (needs Node 20 or newer), or install a released wheel, which contains them."
        )
    place = home if isinstance(home, Home) else Home(home, create=False)
    say = announce or _print
    _configure(place, host, n)

    import django

    from influencr.service import manage

    django.setup()
    manage.migrate()
    listeners = _bound(host, port)

    def ready() -> None:
        for line in _greeting(place, host, listeners[0].getsockname()[1]):
            say(line)

    try:
        if n == 1:
            from influencr.service.answering import answer

            answer(listeners, threads, ready=ready)
        else:
            from influencr.service.several import answer_in

            answer_in(n, place, listeners, threads, ready=ready)
    finally:
        for one in listeners:
            one.close()
    say("Stopped.")


def _how_many(processes: int | None) -> int:
    from influencr.service import _environment

    read = _environment.read()
    if processes is None:
        processes = read.processes
    if processes is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        processes = 1 if read.billing == "none" else min(cores, _PROCESSES)
    if processes < 1:
        raise UsageError(
            f"processes: {processes} is not possible; give 1 or more.", field="processes"
        )
    if processes > 1 and sys.platform == "win32":
        raise UsageError(
            "processes: several processes cannot share an address on Windows; give 1.",
            field="processes",
        )
    return processes


def _bound(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at every address of a host."""
    try:
        found = socket.getaddrinfo(
            None if host == "*" else host,
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"host: {host!r} is not an address or name of this machine.", field="host"
        ) from error
    listeners: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            listeners.append(one)
            if sys.platform != "win32":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(_WAITING)
    except OSError as error:
        for one in listeners:
            one.close()
        raise _refusal(error, host, port) from error
    return listeners


def _configure(home: Home, host: str, processes: int) -> None:
    os.environ["INFLUENCR_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "influencr.service.settings"
    os.environ["INFLUENCR_PROCESSES"] = str(processes)
    if not _is_wildcard(host):
        name = f"[{host}]" if ":" in host else host
        known = os.environ.get("INFLUENCR_ALLOWED_HOSTS", "")
        os.environ["INFLUENCR_ALLOWED_HOSTS"] = f"{known},{name}"


def _greeting(home: Home, host: str, port: int) -> list[str]:
    shown = "localhost" if _is_wildcard(host) else f"[{host}]" if ":" in host else host
    lines = [f"influencr listens on http://{shown}:{port}/ (data: {home.path}). Ctrl-C stops it."]
    if _is_wildcard(host) and not os.environ.get("INFLUENCR_ALLOWED_HOSTS"):
        lines.append(
            "Other machines reach it only by the names in INFLUENCR_ALLOWED_HOSTS, which is empty."
        )
    return lines


def _refusal(error: OSError, host: str, port: int) -> InfluencrError:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} on {host} is taken by another process; stop it or choose another with "
            "--port (0 takes any free one)."
        )
    if error.errno == errno.EACCES:
        return UsageError(
            f"port: this process may not listen on port {port}; choose one above 1023.",
            field="port",
        )
    return UsageError(
        f"host: cannot listen on {host}:{port} ({error.strerror or error}).", field="host"
    )


def _is_wildcard(host: str) -> bool:
    return host in ("", "0.0.0.0", "::", "*")  # noqa: S104 - recognised, not bound by itself


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
