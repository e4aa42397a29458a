"""`listen`: what happens on a network, into the index as it happens."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._session import engine, note, print_json, session
from influencr.errors import UnknownValue, UsageError

if TYPE_CHECKING:
    from influencr.pipeline.listening import Heard

__all__ = ["listen"]

_SOURCES = ("bluesky", "plc")
#: A line about how it goes, so often, in seconds.
_TELL_EVERY = 30.0


def listen(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="bluesky: what creators and their audiences do. plc: when accounts were born.",
        ),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="For plc: exports of the directory that were kept; none asks the directory.",
            show_default=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--for", metavar="SECONDS", min=0, help="Stop after so long."),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="CURSOR",
            help="Begin there and not where listening stopped: an instant "
            "(2026-07-04T14:38:08Z), or a number of the stream.",
            show_default=False,
        ),
    ] = None,
    newcomers: Annotated[
        list[str] | None,
        typer.Option(
            "--newcomers",
            metavar="WORD",
            help="Note the ids of strangers whose posts or profile say this, and nothing else of "
            "them; may be given several times.",
            show_default=False,
        ),
    ] = None,
    quiet: opt.Quiet = False,
    json_: opt.Json = False,
) -> None:
    """Keep known creators fresh from the live stream: posts, profiles, deletions, within seconds.

    Goes on until it is stopped. Nothing is lost when it is killed: the same command goes on where
    the last one stopped. Follows and reactions are stored at once and judged with the next whole
    `refresh`. Addresses and the operator's contact stand in sources.toml.
    """
    if source not in _SOURCES:
        raise UnknownValue("SOURCE", source, _SOURCES)
    if source == "plc":
        if from_ is not None or newcomers:
            raise UsageError("listen plc: --from and --newcomers are for bluesky.", field="--from")
        _listen_plc(context, list(files or ()), seconds, quiet=quiet or json_, json_=json_)
        return
    if files:
        raise UsageError("listen bluesky: files are for plc; give none.", field="FILE")
    from influencr.pipeline.listening import cursor_of, ears, listen

    asked = engine(context)
    if asked.is_demo:
        raise UsageError(
            f"{asked.home.path} holds the invented demo world; listen with another --home."
        )
    cursor = None if from_ is None else cursor_of(from_)
    hears = ears(asked.home, from_cursor=cursor)
    # Whoever runs this as a service ends it so: the last lot is then stored and told.
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if not quiet and not json_:
        note(f"Listening to {hears.servers[0].address}; Ctrl-C stops.")
    heard = listen(
        asked.home,
        asked.catalogue,
        asked.index,
        hears.reader,
        seconds=seconds,
        stop=stop,
        words=newcomers or (),
        repositories=hears.repositories,
        progress=None if quiet or json_ else _Teller(),
    )
    if json_:
        print_json(_document(heard))
        return
    for line in _lines(heard):
        print(line)


class _Teller:
    """One line now and then, and one for every new trouble."""

    def __init__(self) -> None:
        self._next = 0.0
        self._problem: str | None = None

    def __call__(self, heard: Heard) -> None:
        if heard.problem is not None and heard.problem != self._problem:
            note(f"Trouble: {heard.problem}")
        self._problem = heard.problem
        if heard.seconds >= self._next:
            self._next = heard.seconds + _TELL_EVERY
            note(next(iter(_lines(heard))))


def _lines(heard: Heard) -> list[str]:
    new = sum(counts.new for counts in heard.tables.values())
    lines = [
        f"{heard.events:,} events in {heard.seconds:,.0f} s, {heard.kept:,} about creators here; "
        f"{new:,} rows stored, {heard.brought_in:,} changed profiles brought in, "
        f"{heard.taken_out:,} taken out, {heard.forgotten:,} forgotten."
    ]
    if heard.newest is not None:
        lines.append(f"Everything is stored up to {heard.newest:%Y-%m-%d %H:%M:%S} UTC.")
    waiting = sum(heard.tables[t].new for t in ("follows", "engagements") if t in heard.tables)
    if waiting:
        lines.append(
            f"{waiting:,} follows and reactions wait for the next whole judgement "
            "(`influencr refresh --whole`)."
        )
    if heard.waiting:
        lines.append(f"{heard.waiting:,} changed profiles are stored and not searchable yet.")
    for begun, ended in heard.gaps:
        lines.append(
            f"No server had anything from {begun:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC: "
            "collect again what matters."
        )
    if heard.unreadable:
        lines.append(f"{heard.unreadable:,} messages could not be read.")
    if heard.problem is not None:
        lines.append(f"Last trouble: {heard.problem}")
    return lines


def _document(heard: Heard) -> dict[str, Any]:
    return {
        **heard._asdict(),
        "tables": {table: counts._asdict() for table, counts in heard.tables.items()},
        "gaps": [list(gap) for gap in heard.gaps],
    }


def _listen_plc(
    context: typer.Context,
    files: list[Path],
    seconds: float | None,
    *,
    quiet: bool,
    json_: bool,
) -> None:
    from influencr.home import Home
    from influencr.pipeline.listening import read_births

    home = Home(session(context).home)
    told = 0

    def tell(n_operations: int) -> None:
        nonlocal told
        if n_operations >= told + 1_000_000:
            told = n_operations
            note(f"{n_operations:,} operations of the ledger read")

    read = read_births(home, files, seconds=seconds, progress=None if quiet else tell)
    if json_:
        print_json(read._asdict())
        return
    print(
        f"{read.n_operations:,} operations read in {read.seconds:,.0f} s; the births of "
        f"{read.n_accounts:,} accounts are known, up to number {read.last_seq:,} of the ledger."
    )
