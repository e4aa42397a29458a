"""Carmen 2.0 (Zhang, DeLucia, Dredze, W-NUT 2022) beside ours, in an interpreter of its own.

It is never a dependency of the product: the optional extra `bench` installs it, or an environment
of its own that `--carmen-python` names. Its default data (GeoNames combined) and its profile
resolver only, because there is nothing but the string.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from influencr.errors import Terminal

__all__ = ["Carmen", "CarmenAbsent"]

_WORKER = Path(__file__).with_name("_carmen_worker.py")
#: Loading takes 20 s on a slow machine, a hundred thousand strings another 10.
_PATIENCE_S = 300


class CarmenAbsent(Terminal):
    """The baseline is not installed where it was looked for; the text says how to get it."""

    code = "carmen_absent"


class Carmen:
    """Answers of Carmen; what it cost stands in `cost` after a call.

    python   the interpreter that has it; default this one

    Raises CarmenAbsent at once when that interpreter does not have it.
    """

    def __init__(self, python: Path | None = None) -> None:
        self.python = str(python or sys.executable)
        self.cost: dict[str, Any] = {}
        try:
            done = subprocess.run(
                [self.python, "-c", "import carmen; print(carmen.__version__)"],
                capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
            )  # fmt: skip
        except OSError as error:
            raise CarmenAbsent(f"{self.python} cannot be run: {error.strerror}.") from error
        if done.returncode:
            raise CarmenAbsent(
                f"Carmen is not installed for {Path(self.python).name}: `pip install carmen==2.0.0`"
                " there, or name an interpreter that has it with --carmen-python."
            )
        self.version = done.stdout.strip()

    def resolve(self, texts: Sequence[str], *, repeat: int = 1) -> list[dict[str, Any] | None]:
        """One answer per text: country, countrycode, state, city, lat, lon as Carmen has them."""
        done = subprocess.run(
            [self.python, "-W", "ignore", str(_WORKER)],
            # ASCII only: a pipe of another interpreter may speak another encoding.
            input=json.dumps({"texts": list(texts), "repeat": repeat}),
            capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise CarmenAbsent(f"Carmen stopped: {last}")
        result = json.loads(done.stdout)
        self.cost = result["cost"]
        answers: list[dict[str, Any] | None] = result["answers"]
        return answers
