"""How far a run is, and how long it will take: lines on standard error."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

__all__ = ["Progress", "span"]

#: Seconds between two lines of a benchmark that is still running; on a terminal its own line is
#: drawn anew more often.
_EVERY, _EVERY_DRAWN = 60.0, 1.0
#: How far the pace of one machine may lie from another's before it is not believed.
_PACE = (0.25, 4.0)
#: Characters of a benchmark's own last line that are shown.
_SHOWN = 60


class Progress:
    """Tells what is running, how far it is and about how long everything will still take.

    expected   seconds per benchmark, in the order of the run
    """

    def __init__(
        self,
        expected: dict[str, float],
        *,
        out: TextIO | None = None,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._expected = expected
        self._took: dict[str, float] = {}
        self._passed: set[str] = set()
        self._out = sys.stderr if out is None else out
        self._quiet = quiet
        self._clock = clock
        self._drawn = not quiet and self._out.isatty()

    def left(self, running: str | None = None, for_seconds: float = 0.0) -> float:
        """Seconds until the end: what was expected of the rest, at the pace of what is done."""
        told = [name for name in self._took if self._expected[name] > 0]
        before = sum(self._expected[name] for name in told)
        pace = sum(self._took[name] for name in told) / before if before else 1.0
        pace = min(max(pace, _PACE[0]), _PACE[1])
        rest = sum(
            seconds * pace
            for name, seconds in self._expected.items()
            if name not in self._passed and name != running
        )
        if running is not None:
            # Longer than expected already: half of what it took is as good a guess as any.
            mine = self._expected[running] * pace - for_seconds
            rest += max(mine, for_seconds / 2 if mine < 0 else 0.0)
        return rest

    def say(self, sentence: str) -> None:
        """A line of its own."""
        if not self._quiet:
            clear = "\r\x1b[K" if self._drawn else ""
            print(f"{clear}{sentence}", file=self._out, flush=True)

    def begin(self, name: str) -> None:
        """Before a benchmark starts."""
        told = f"[{len(self._passed) + 1}/{len(self._expected)}] {name}"
        usual = span(self._expected[name])
        self.say(f"{told}: about {usual}; all of it about {span(self.left(name))} from now")

    def end(self, name: str, sentence: str, seconds: float | None = None) -> None:
        """After it ended, or was passed over (no seconds)."""
        self._passed.add(name)
        if seconds is not None:
            self._took[name] = seconds
        self.say(f"    {name}: {sentence}")

    def watch(self, name: str, log: Path, over: threading.Event) -> None:
        """Until `over`: tells what the benchmark itself says last, and the time left."""
        began = said = self._clock()
        while not over.wait(_EVERY_DRAWN):
            now = self._clock()
            if self._quiet or (not self._drawn and now - said < _EVERY):
                continue
            said = now
            left = self.left(name, now - began)
            told = f"    {name}: {span(now - began)} so far; about {span(left)} left"
            if last := _last(log):
                told += f"; {last}"
            if self._drawn:
                print(f"\r\x1b[K{told}", end="", file=self._out, flush=True)
            else:
                print(told, file=self._out, flush=True)


def span(seconds: float) -> str:
    """Seconds in words.

    >>> span(0.4), span(75), span(5_460)
    ('1 s', '1 min 15 s', '1 h 31 min')
    """
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(whole / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def _last(log: Path) -> str:
    """The last line that a benchmark wrote to its log, cut short."""
    if not log.exists():
        return ""
    with log.open("rb") as told:
        size = told.seek(0, 2)
        told.seek(max(size - 2_000, 0))
        lines = told.read().decode("utf-8", errors="replace").split("\n")
    shown = [line.split("\r")[-1].strip() for line in lines]
    return next((line[:_SHOWN] for line in reversed(shown) if line), "")
