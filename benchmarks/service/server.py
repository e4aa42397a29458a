"""`influencr serve` on a home, as an operator starts it, and what it uses."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from influencr.errors import Terminal

__all__ = ["Server", "served", "signed_in"]

_GREETING = re.compile(r"http://localhost:(\d+)/|http://127\.0\.0\.1:(\d+)/")


class Server(NamedTuple):
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """CPU seconds so far of every process that answers, with all its threads."""
        return sum(sum(one.cpu_times()[:2]) for one in self._all())

    def resident_mb(self) -> float:
        """Resident megabytes of all processes; files that several map are counted by each."""
        return sum(one.memory_info().rss for one in self._all()) / 2**20

    def unshared_mb(self) -> float:
        """Megabytes that belong to one of the processes alone, added up."""
        return sum(one.memory_full_info().uss for one in self._all()) / 2**20

    def anonymous_mb(self) -> float:
        """Megabytes of all processes that are no file's; Linux alone tells them."""
        found = 0
        for one in self._all():
            told = Path(f"/proc/{one.pid}/status").read_text(encoding="ascii")
            found += int(re.search(r"RssAnon:\s+(\d+)", told)[1])  # type: ignore[index]
        return found / 1024

    def n_processes(self) -> int:
        """How many processes answer: the one that was started, or those it started."""
        return len(psutil.Process(self.pid).children(recursive=True)) or 1

    def _all(self) -> list[psutil.Process]:
        first = psutil.Process(self.pid)
        return [first, *first.children(recursive=True)]


def _environment(home: Path, billing: str = "manual") -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    return {**kept, "INFLUENCR_HOME": str(home), "INFLUENCR_BILLING": billing}


@contextlib.contextmanager
def served(home: Path, *options: str, billing: str = "manual") -> Iterator[Server]:
    """The server, stopped by its signal afterwards. Raises Terminal when it does not start."""
    command = [sys.executable, "-m", "influencr", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, env=_environment(home, billing)
    )
    try:
        assert process.stdout is not None
        found = _GREETING.search(process.stdout.readline())
        if found is None:
            raise Terminal("bench: `influencr serve` did not start; its words are above.")
        yield Server(int(found[1] or found[2]), process.pid)
    finally:
        process.terminate()
        process.wait(60)


def signed_in(home: Path, n: int) -> list[str]:
    """The cookies of n members of a home whose tables are there."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.service.members", str(n)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env=_environment(home),
    )
    cookies: list[str] = json.loads(done.stdout)
    return cookies
