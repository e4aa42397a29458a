"""One writer per table at a time on this machine, so that nothing is stored twice.

Delta Lake itself keeps writers from losing rows; it does not keep two of them from appending the
same row, and it cannot tell vacuum that a file is about to be committed. Where the catalogue is a
folder, an advisory lock on a file beside the table closes both gaps. The system drops the lock when
a process ends, however it ends. On object storage there is no such lock: see
docs/decisions/0002-delta-catalogue.md for what then differs.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from influencr.errors import Busy

__all__ = ["PATIENCE_SECONDS", "held"]

#: How long to wait for another writer. An append holds the lock for seconds, an erasure of a large
#: catalogue for minutes. Our own choice.
PATIENCE_SECONDS = 900.0


@contextlib.contextmanager
def held(file: Path | None, *, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of `file` inside the block; None (object storage) holds nothing.

    Raises Busy when another process or thread keeps it longer than `patience` seconds.
    """
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + patience
        wait = 0.001
        while not _try(descriptor):
            if time.monotonic() > deadline:
                raise Busy(
                    f"{file.name}: another process has been writing to this table for more than "
                    f"{patience:.0f} s; let it finish and try again."
                )
            time.sleep(wait)
            wait = min(wait * 1.5, 0.05)
        try:
            yield
        finally:
            _release(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
