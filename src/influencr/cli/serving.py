"""`demo`, `serve`: the web page, over a synthetic world or over one's own data."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import engine, note, session
from influencr.errors import UnknownValue, UsageError

__all__ = ["PASSED_ON", "demo", "manage", "serve"]

#: How many ports after the wished one `demo` tries. Own choice: more are hardly ever taken at once.
_PORTS = 20

#: What a command of the service is told is its own business.
PASSED_ON = {"ignore_unknown_options": True}

Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Address or name to listen on.")
]


def demo(
    context: typer.Context,
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the page when the world is ready.")
    ] = True,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Port; the next free one when it is taken.")
    ] = 8000,
    host: Host = "127.0.0.1",
    preset: Annotated[
        str, typer.Option("--preset", metavar="SIZE", help="How large: demo, test or tiny.")
    ] = "demo",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make the world again, even when it is there.")
    ] = False,
    quiet: opt.Quiet = False,
) -> None:
    """A searchable page over an invented world: make it, import it, judge it, index it, serve it.

    The home is marked as a demo and takes no real data. A world that is there already is served
    as it is, after bringing its index up to this version.
    """
    from influencr.engine import PRESETS, Engine

    if preset not in PRESETS:
        raise UnknownValue("--preset", preset, PRESETS)
    with Engine(session(context).home, create=True) as made:
        there = made.demo_preset
        if there not in (None, preset):
            raise UsageError(
                f"{made.home.path} holds the demo world {there!r}; ask for that one, or choose "
                "another --home.",
                field="--preset",
            )
        ready = there is not None and made.status()["index"]["generation"] > 0 and not fresh
        with stages(quiet=quiet) as progress:
            done = (
                made.refresh(progress=progress)
                if ready
                else made.demo(preset=preset, progress=progress)
            )
        home = made.home.path
    if not quiet:
        note(f"{done.report.n_creators:,} invented creators are searchable in {home}.")
    if serving:
        free = _free_port(host, port)
        if free != port and not quiet:
            note(f"Port {port} is taken; taking {free}.")
        _serve(home, host, free)


def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Port to listen on; 0 takes any free one.")
    ] = 8000,
    threads: Annotated[
        int,
        typer.Option("--threads", metavar="N", help="Requests that a process answers at a time."),
    ] = 4,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            metavar="N",
            help="Processes that answer; default: one, with members one per core, at most 4.",
        ),
    ] = None,
) -> None:
    """Serve the web page over the data home until Ctrl-C."""
    engine(context).close()  # an index of an older version is built anew first
    _serve(session(context).home, host, port, threads, processes)


def manage(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND...", help="A command of the service; `help` lists them."),
    ] = None,
) -> None:
    """Look after the service's database: `migrate`, `subscription ADDRESS --until DAY`, `help`."""
    from influencr.service.manage import run

    raise typer.Exit(run(session(context).home, words or ["help"]))


def _serve(
    home: Path | None, host: str, port: int, threads: int = 4, processes: int | None = None
) -> None:
    from influencr.service.serve import serve as run

    run(home, host, port, threads, processes)


def _free_port(host: str, wished: int) -> int:
    """The first port from `wished` on that can be listened on."""
    if not 0 <= wished <= 65535:
        raise UsageError(f"--port: {wished} is not possible; give 0 to 65535.", field="--port")
    for port in range(wished, min(wished + _PORTS, 65536)):
        with socket.socket() as probe:
            # as the server does, so that a port that it just left counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise UsageError(
        f"--port: none of {wished} to {wished + _PORTS - 1} is free; name another one.",
        field="--port",
    )
