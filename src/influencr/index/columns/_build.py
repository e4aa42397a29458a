"""The documents of a full build, written as sorted parts that are merged afterwards.

A long build takes a second process in where there is a second core: cutting texts is Python, and
Python uses one. Frames then go in slices to whoever is free; each writes parts of its own. The
second one always has a slice waiting beside the one that it cuts, else it would stand idle while
the first cuts its own. It is a plain Python, so a program that builds an index needs no guard
around its main part. It reads the files that it is given, says when it is done with each, and ends
with the process that started it.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from influencr.errors import HomeError
from influencr.index._documents import check_frame, documents
from influencr.index.columns._manifest import Folder
from influencr.index.columns._writer import SegmentWriter

if TYPE_CHECKING:
    import polars as pl

__all__ = ["write_parts"]

#: Creators after which a build takes a second process in; starting one costs about a second.
_LONG: Final = 50_000
#: Creators in a slice: half a second of work, so nobody waits long for the other at the end.
_SLICE: Final = 2_500
#: Slices that the second process has at a time.
_WAITING: Final = 2
_PROGRESS_EVERY: Final = 1_000


class _Begin(msgspec.Struct, tag="begin"):
    """The folder to write to and the engagement parts of the generation."""

    folder: str
    edges: dict[str, list[float]]


class _Frame(msgspec.Struct, tag="frame"):
    """A file with creators; it is removed when it is read."""

    path: str


class _End(msgspec.Struct, tag="end"):
    """Nothing more comes."""


class _Done(msgspec.Struct):
    """How many creators so far; at the end the files written, too."""

    n: int
    parts: list[str] | None = None


class _Parts:
    """Documents on their way into parts."""

    def __init__(self, folder: Folder, edges: Mapping[str, Sequence[float]]) -> None:
        self.paths: list[Path] = []
        self._folder = folder
        self._edges = edges
        self._writer = SegmentWriter()

    def add(self, frame: pl.DataFrame, told: Callable[[int], None] | None = None) -> None:
        """Take a frame in; `told` hears of so many creators at a time."""
        n = 0
        for n, document in enumerate(documents(frame, self._edges), start=1):
            self._writer.add(document)
            if self._writer.is_full:
                self.finish()
            if told is not None and n % _PROGRESS_EVERY == 0:
                told(_PROGRESS_EVERY)
        if told is not None:
            told(n % _PROGRESS_EVERY)

    def finish(self) -> None:
        """Write what is not written yet."""
        writer, self._writer = self._writer, SegmentWriter()
        if writer.n:
            path = self._folder.new_segment()
            writer.write(path, sort=True)
            self.paths.append(path)


class _Second:
    """The second process, seen from the first."""

    def __init__(self, folder: Folder, edges: Mapping[str, Sequence[float]]) -> None:
        self.n = 0
        self._folder = folder
        self._said: queue.SimpleQueue[_Done | None] = queue.SimpleQueue()
        self._n_open = 0
        self._n_given = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import _work; _work()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._tell(_Begin(str(folder.path), {p: list(rates) for p, rates in edges.items()}))

    def takes(self) -> bool:
        """Whether it may be given another frame."""
        while self._n_open and not self._said.empty():
            self._hear()
        return self._n_open < _WAITING

    def give(self, frame: pl.DataFrame) -> None:
        """Hand a frame over."""
        self._n_given += 1
        path = self._folder.path / f".{self._n_given:06d}.frame.partial"
        frame.write_ipc(path)
        self._n_open += 1
        self._tell(_Frame(str(path)))

    def finish(self) -> list[Path]:
        """Wait for the rest of its work; the files that it wrote."""
        while self._n_open:
            self._hear()
        self._tell(_End())
        said = self._hear()
        self._process.wait()
        return [Path(path) for path in said.parts or ()]

    def stop(self) -> None:
        """End it in any case."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._process.stdin is not None:
            # What it never read cannot be delivered any more.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._said.put(msgspec.json.decode(line, type=_Done))
        self._said.put(None)

    def _hear(self) -> _Done:
        said = self._said.get()
        if said is None:
            raise self._ended()
        self.n = said.n
        self._n_open -= 1
        return said

    def _tell(self, message: _Begin | _Frame | _End) -> None:
        stdin = self._process.stdin
        try:
            if stdin is not None:
                stdin.write(msgspec.json.encode(message) + b"\n")
                stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> HomeError:
        return HomeError(
            f"A process that helped to build the search index in {self._folder.path} ended "
            f"early (exit code {self._process.wait()}); build it again."
        )


def write_parts(
    folder: Folder,
    frames: Iterable[pl.DataFrame],
    edges: Mapping[str, Sequence[float]],
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Path], int]:
    """Write the creators of the frames as sorted segments; (their files, creators in the frames).

    progress   called with the number of creators so far
    """
    mine = _Parts(folder, edges)
    second: _Second | None = None
    n_mine = 0

    def told(n: int) -> None:
        nonlocal n_mine
        n_mine += n
        if progress is not None and n:
            progress(n_mine + (second.n if second is not None else 0))

    try:
        for frame in frames:
            check_frame(frame)
            for some in frame.iter_slices(_SLICE):
                if second is None and n_mine >= _LONG and _n_cores() > 1 and sys.executable:
                    second = _Second(folder, edges)
                if second is not None and second.takes():
                    second.give(some)
                else:
                    mine.add(some, told)
        mine.finish()
        if second is not None:
            mine.paths += second.finish()
    finally:
        if second is not None:
            second.stop()
    return mine.paths, n_mine + (second.n if second is not None else 0)


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _work() -> None:
    """The second process."""
    import gc

    import polars as pl

    # Nothing here refers to itself in circles; looking for that took a tenth of the time.
    gc.disable()
    decode = msgspec.json.Decoder(_Begin | _Frame | _End).decode
    parts: _Parts | None = None
    n = 0
    said = sys.stdout.buffer
    for line in sys.stdin.buffer:
        message = decode(line)
        match message:
            case _Begin(folder, edges):
                parts = _Parts(Folder(Path(folder)), edges)
                continue
            case _Frame(path) if parts is not None:
                frame = pl.read_ipc(io.BytesIO(Path(path).read_bytes()))
                Path(path).unlink()
                parts.add(frame)
                n += len(frame)
                done = _Done(n)
            case _ if parts is not None:
                parts.finish()
                done = _Done(n, [str(path) for path in parts.paths])
            case _:
                raise ValueError("a frame before the beginning")
        said.write(msgspec.json.encode(done) + b"\n")
        said.flush()
        if done.parts is not None:
            return
