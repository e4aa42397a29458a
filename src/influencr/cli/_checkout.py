"""Benchmarks that only a checkout of the project has, run in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from influencr.errors import Terminal, UsageError

__all__ = ["checkout_of", "has_benchmarks", "run_benchmark"]

#: Where this package lies in a checkout: src/influencr/cli.
_CHECKOUT = Path(__file__).resolve().parents[3]


def has_benchmarks() -> bool:
    """Whether this is a checkout, which has them, and not an installed package."""
    return (_CHECKOUT / "benchmarks").is_dir()


def checkout_of(folder: str, *, wanted: str, holds: str) -> None:
    """Raise UsageError where benchmarks/<folder> is not there.

    wanted   the command, for the sentence
    holds    what is in it
    """
    if not (_CHECKOUT / "benchmarks" / folder).is_dir():
        raise UsageError(
            f"{wanted}: {holds} in a checkout of the project and not in the installed package; "
            "run it there."
        )


def run_benchmark(
    module: str, words: list[str], *, wanted: str, field: str | None = None, allowed: int = 0
) -> tuple[dict[str, Any], int]:
    """(what the module printed, its exit code).

    words     its arguments
    wanted    the command, for sentences
    field     the option that a refusal (exit code 2) is about, where it is always the same
    allowed   an exit code beside 0 that comes with figures

    Raises UsageError with the module's own sentence, and Terminal for any other end.
    """
    # The same package is measured that was asked, whatever else is installed.
    paths = [str(_CHECKOUT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    with subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=_CHECKOUT,
        env=environment,
    ) as process:
        try:
            said, _ = process.communicate()
        except KeyboardInterrupt:
            # Ctrl-C reached the measurement too, which ends its servers and removes its files.
            process.wait()
            raise
    code = process.returncode
    if code == 2 and said:
        raise UsageError(json.loads(said)["error"], field=field)
    if code not in (0, allowed):
        raise Terminal(
            f"{wanted}: the measurement ended with code {code}; what it said stands above."
        )
    result: dict[str, Any] = json.loads(said)
    return result, code
