"""Time and memory of one thing: in a process of its own, watched from inside."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from influencr.errors import Terminal

__all__ = ["in_own_process", "watched"]

#: Counting shared memory makes the kernel walk every page: at 4 Hz a tenth of a run went there.
_EVERY_SECONDS = 1.0


def in_own_process(module: str, folder: Path, *, wanted: str) -> dict[str, Any]:
    """What `python -m module FOLDER` prints as JSON, so that nothing of this process counts.

    wanted   the command that was asked for, to name in the error (Terminal) when that fails
    """
    done = subprocess.run(
        [sys.executable, "-m", module, str(folder)],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:
        raise Terminal(f"{wanted}: the measurement of {folder} failed.")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def watched() -> Iterator[list[int]]:
    """The largest memory in bytes of this process and its children together; 0 where the system
    does not tell. Memory that several share counts once (proportional set size)."""
    largest = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_SECONDS):
            largest[0] = max(largest[0], sum(_used(pid) for pid in _family()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield largest
    finally:
        over.set()
        watcher.join()


def _family() -> list[str]:
    own = Path("/proc/self/task")
    children = []
    if own.exists():
        for task in own.iterdir():
            with contextlib.suppress(OSError):
                children += (task / "children").read_text(encoding="ascii").split()
    return ["self", *children]


def _used(pid: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
