"""The server process: `serve` binds the port, says where it listens, and stops cleanly."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from influencr.errors import HomeError, InfluencrError, UsageError
from influencr.home import Home

__all__ = ["PortTaken", "serve"]

# Everything that is searched lives in this process and the search itself runs outside the
# interpreter lock, so a few threads keep two cores busy; see docs/decisions/0007-web-stack.md.
_THREADS = 4

_STOPS = (signal.SIGINT, signal.SIGTERM)

_DIST = Path(__file__).parent / "web" / "static" / "dist"


class PortTaken(InfluencrError):
    """Another process listens on the port."""

    code = "port_taken"


def serve(
    home: Home | str | os.PathLike[str] | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    threads: int = _THREADS,
    *,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the pages of one data home until SIGINT or SIGTERM.

    home      a Home, its folder, or None for INFLUENCR_HOME or the user data folder
    host      address or name to listen on; a name or address other than the wildcard is also
              added to the host names that the service answers to
    port      0 takes any free port
    threads   requests answered at the same time
    announce  receives the lines meant for the person who started it; default: stdout

    Call it from the main thread of a process that does nothing else: it owns the signals.
    Raises PortTaken for a busy port, UsageError for an address that cannot be listened on and for
    a number of threads or a port that cannot exist, HomeError when the home is missing or the
    pages' style and script were never built.
    """
    if threads < 1:
        raise UsageError(f"threads: {threads} is not possible; give 1 or more.", field="threads")
    if not 0 <= port <= 65535:
        raise UsageError(f"port: {port} is not possible; give 0 to 65535.", field="port")
    if not (_DIST / "manifest.json").is_file():
        raise HomeError(
            "The style sheet and the script of the pages are not built; run `make assets` in the "
            "checkout (needs Node 20 or newer), or install a released wheel, which contains them."
        )
    place = home if isinstance(home, Home) else Home(home, create=False)
    say = announce or _print
    _configure(place, host)

    import waitress

    from influencr.service import _environment
    from influencr.service.wsgi import application

    proxy: dict[str, Any] = {}
    if address := _environment.read().trusted_proxy:
        proxy = {
            "trusted_proxy": address,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-host x-forwarded-proto",
            "clear_untrusted_proxy_headers": True,
        }
    try:
        server = waitress.create_server(
            application,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            max_request_body_size=65_536,
            **proxy,
        )
    except OSError as error:
        raise _refusal(error, host, port) from error
    except ValueError as error:
        raise UsageError(
            f"host: {host!r} is not an address or name of this machine.", field="host"
        ) from error

    # Whoever reads the greeting may stop the server at once, so the signals come first.
    before = {number: signal.signal(number, _stop) for number in _STOPS}
    try:
        threading.Thread(target=_warm, daemon=True).start()
        for line in _greeting(place, host, _port_of(server)):
            say(line)
        # waitress leaves its loop on SystemExit, after the requests that are being answered.
        server.run()
    except SystemExit:
        pass  # the signal came before the loop began
    finally:
        for number in _STOPS:
            signal.signal(number, signal.SIG_IGN)
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)
    say("Stopped.")


def _configure(home: Home, host: str) -> None:
    os.environ["INFLUENCR_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "influencr.service.settings"
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


def _port_of(server: Any) -> int:
    # One socket has `effective_port`; a name with several addresses makes a list of sockets.
    if hasattr(server, "effective_listen"):
        return int(server.effective_listen[0][1])
    return int(server.effective_port)


def _is_wildcard(host: str) -> bool:
    return host in ("", "0.0.0.0", "::", "*")  # noqa: S104 - recognised, not bound by itself


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _warm() -> None:
    """Load what the first search needs, so that the first reader does not wait for it."""
    from influencr.search import Query
    from influencr.service.web.engine import get_engine

    # Nothing indexed yet, or an artefact missing: each page says so itself when it is asked.
    with contextlib.suppress(InfluencrError):
        engine = get_engine()
        engine.query(Query(limit=1))
        engine.suggest_places("a")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
