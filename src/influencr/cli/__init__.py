"""How does a person at a terminal, or a script, ask? Thin: one module per group of commands.

Everything heavy is imported by the command that needs it, so that `influencr --help` answers at
once. Results go to stdout, everything else to stderr; an error is one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line (default: this process's) and returns its exit code.

    0 done, 1 failed, 2 the question could not be understood, 130 stopped by Ctrl-C,
    141 the reader of our output went away.
    """
    from influencr.cli._run import run

    return run(arguments)
