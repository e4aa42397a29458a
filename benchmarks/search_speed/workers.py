"""Each engine in a process of its own, which asks it, one question at a time, and takes the time.

So memory is the engine's alone, and nobody's garbage is collected on somebody else's time. An
engine that does not start is missing; one that fails at a question ends the measurement.
"""

from __future__ import annotations

import multiprocessing
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from benchmarks.search_speed.answers import Answer
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import Question

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["Timed", "Worker", "memory_of"]


class Timed(msgspec.Struct, frozen=True):
    """An answer, and the wall and CPU seconds that it took."""

    answer: Answer
    wall: float
    cpu: float


class Worker:
    """An engine over the files of a folder, started; `close` ends it. Raises Missing."""

    def __init__(self, root: Path, engine: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, root, engine), name=engine)
        self._process.start()
        theirs.close()
        self.engine = engine
        started = self._receive()
        if isinstance(started, str):
            self._process.join()
            raise Missing(started)
        self.settings: list[str] = started["settings"]

    def ask(self, question: Question) -> Timed:
        """One question. Raises RuntimeError with what the engine said when it failed."""
        self._pipe.send(question)
        told = self._receive()
        if isinstance(told, Timed):
            return told
        raise RuntimeError(f"{self.engine} failed at {question}: {told}")

    def memory(self) -> dict[str, int]:
        """Resident bytes of the processes that serve, and how many of them are no file's."""
        self._pipe.send("memory")
        found: dict[str, int] = self._receive()
        return found

    def close(self) -> None:
        """End the process and what it started."""
        if self._process.is_alive():
            self._pipe.send(None)
        self._process.join()

    def _receive(self) -> Any:
        try:
            return self._pipe.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError(
                f"{self.engine}: its process ended with code {self._process.exitcode}"
            ) from None


def _serve(pipe: Connection, root: Path, name: str) -> None:
    # Only this process needs the other engines' modules.
    from benchmarks.search_speed.builds import opened

    try:
        engine = opened(root, name)
    except Missing as missing:
        pipe.send(str(missing))
        return
    try:
        pipe.send({"settings": engine.settings})
        processes = engine.processes()
        while (asked := pipe.recv()) is not None:
            if asked == "memory":
                pipe.send(memory_of(processes))
                continue
            try:
                cpu, began = _cpu(processes), time.perf_counter()
                answer = engine.ask(asked)
                wall, spent = time.perf_counter() - began, _cpu(processes) - cpu
            except Exception:  # noqa: BLE001 - told to the one who asked, who raises it
                pipe.send(traceback.format_exc())
                continue
            inside = engine.spent()
            pipe.send(Timed(answer, wall if inside is None else inside, spent))
    finally:
        engine.close()


def _cpu(processes: list[int]) -> float:
    """CPU seconds so far: of these processes with all their threads, else of this one."""
    if not processes:
        return time.process_time()
    total = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            total += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return total / 1e9


def memory_of(processes: list[int]) -> dict[str, int]:
    """Resident bytes of processes (this one for none), and those that belong to no file."""
    found = {"resident": 0, "anonymous": 0}
    for process in processes or ["self"]:
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name in ("VmRSS", "RssAnon"):
                key = "resident" if name == "VmRSS" else "anonymous"
                found[key] += int(value.split()[0]) * 1024
    return found
