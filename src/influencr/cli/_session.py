"""What every command of one command line knows: the data home, the words, and where to write."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from influencr.engine import Engine

__all__ = ["Session", "console", "engine", "note", "print_json", "session"]

#: Narrower than this nothing lines up; wider than this the eye loses the row. Own choice.
MIN_WIDTH = 60
MAX_WIDTH = 140


class Session(NamedTuple):
    """home: what `--home` said, if anything. words: the command line as it was typed."""

    home: Path | None
    words: tuple[str, ...]


def session(context: typer.Context) -> Session:
    """The session of a command's context."""
    found = context.find_object(Session)
    return found if found is not None else Session(None, ())


def engine(context: typer.Context, *, renew: bool = True) -> Engine:
    """The engine on the chosen home; HomeError when nothing was ever imported there.

    renew   after an update of this program, first build an index anew that the old one wrote
    """
    from influencr.engine import Engine

    found = Engine(session(context).home)
    if renew and found.is_outdated:
        from influencr.cli._progress import stages

        note("The search index is of an older version; it is built anew from the catalogue.")
        with stages(quiet=False) as progress:
            found.refresh(progress=progress)
    return found


def console(*, stderr: bool = False) -> Console:
    """A console that never reads markup out of people's words; plain when it is not a terminal."""
    from rich.console import Console

    width = shutil.get_terminal_size((100, 24)).columns
    return Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        width=max(MIN_WIDTH, min(MAX_WIDTH, width)),
    )


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """One JSON document (or, with `indent` None, one line) on stdout; times as ISO 8601."""
    print(json.dumps(value, ensure_ascii=False, indent=indent, default=_plain, allow_nan=False))


def note(sentence: str) -> None:
    """One line for the person, on stderr, so that it never mixes with results."""
    print(sentence, file=sys.stderr)


def _plain(value: object) -> Any:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    import msgspec

    return msgspec.to_builtins(value)
