"""Files that are either the old one or the new one, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from influencr.errors import Busy

__all__ = ["locked", "publish", "write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by these bytes, on disk when this returns."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    publish(partial, path)


def publish(partial: Path, path: Path) -> None:
    """Give a finished file its name; file and name are on disk when this returns."""
    _sync(partial)
    partial.replace(path)
    _sync(path.parent)


@contextlib.contextmanager
def locked(folder: Path, purpose: str, *, patience_seconds: float = 0.0) -> Iterator[None]:
    """Hold the folder's lock; Busy when another process keeps it longer than `patience_seconds`.

    The operating system lets go of it when its process ends, however it ends.
    """
    file = (folder / "LOCK").open("a+", encoding="ascii")
    deadline = time.monotonic() + patience_seconds
    try:
        while not _try_lock(file.fileno()):
            if time.monotonic() >= deadline:
                raise Busy(
                    f"{folder} is being rewritten by another process; {purpose} again when it "
                    "is done (searching is not affected)."
                )
            time.sleep(0.05)
        yield
    finally:
        file.close()


if os.name == "nt":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True

    def _sync(path: Path) -> None:
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _sync(path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
