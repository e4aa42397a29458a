"""One command line, from its words to an exit code: no expected error ever shows a traceback."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import typer
import typer.main
from typer.exceptions import TyperException

from influencr.cli._app import app
from influencr.errors import InfluencrError, UsageError

__all__ = ["FAILED", "INTERRUPTED", "USAGE", "run"]

FAILED = 1
USAGE = 2
INTERRUPTED = 130
#: 128 + SIGPIPE, what a shell reports for a program that wrote to `head` after it had left.
PIPE_CLOSED = 141

#: What Ctrl-C means to a command that writes; a command that only reads says nothing but "Stopped".
_AFTER_INTERRUPT = {
    "import": "every batch written so far is kept, and the same command again counts nothing twice",
    "collect": "every answer so far is kept, and the same command goes on without asking again",
    "demo": "the half-built world is not served, and the same command again starts it afresh",
    "forget": "run the same command again to be sure that every trace is gone",
    "listen": "everything up to the last second is stored, and the same command goes on from there",
    "export": "the output file was not replaced",
    "places": "the output file was not replaced",
    "followers": "the output file was not replaced",
}


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs `arguments` (default: this process's) and returns the exit code; see `cli.main`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # Bios hold what people paste, and a terminal may be of a narrow encoding.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _invoke(words)
        sys.stdout.flush()
    except BrokenPipeError:
        _swallow_output()
        return PIPE_CLOSED
    if code == INTERRUPTED:
        command = next((word for word in words if word in _AFTER_INTERRUPT), None)
        after = f"; {_AFTER_INTERRUPT[command]}." if command else "."
        _say(f"Stopped{after}")
    return code


def _invoke(words: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        code = command.main(words, prog_name="influencr", standalone_mode=False, obj=tuple(words))
    except InfluencrError as error:
        if os.environ.get("INFLUENCR_DEBUG", "").casefold() in ("1", "on", "true"):
            raise
        _say(f"influencr: {error}")
        return USAGE if isinstance(error, UsageError) else FAILED
    except TyperException as error:
        return _misunderstood(error)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except SystemExit as stop:
        # typer turns a closed pipe into exit(1), with the cause kept as the context.
        if isinstance(stop.__context__, BrokenPipeError):
            raise BrokenPipeError from stop
        return stop.code if isinstance(stop.code, int) else FAILED
    return code if isinstance(code, int) else 0


def _misunderstood(error: TyperException) -> int:
    """The command line itself could not be read: one sentence, and where to look."""
    context = getattr(error, "ctx", None)
    if not error.message and context is None:
        return USAGE
    if context is not None and error.message == context.get_help():
        print(error.message)
        return 0
    path = context.command_path if context is not None else "influencr"
    sentence = error.format_message().rstrip(".")
    _say(f"{path}: {sentence}; `{path} --help` lists what it takes.")
    return error.exit_code


def _say(sentence: str) -> None:
    """One line on stderr; nothing when even that has been closed."""
    try:
        print(" ".join(sentence.splitlines()), file=sys.stderr)
    except BrokenPipeError:
        _swallow_output()


def _swallow_output() -> None:
    """Nobody reads any more: keeps the interpreter from complaining while it shuts down."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            os.dup2(nowhere, stream.fileno())
