"""The write lock of an index folder: one writer, and a sentence for the second."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from influencr.errors import Busy

__all__ = ["LOCK", "WriteLock"]

#: The file that is locked; it says who holds it.
LOCK = "LOCK"


class WriteLock:
    """The lock of a folder, let go by the system when its holder dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: IO[str] | None = None

    def take(self, purpose: str) -> None:
        """Take it or raise Busy at once; the folder is made when it is not there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = (self._folder / LOCK).open("a+", encoding="ascii")
        try:
            _lock_file(file)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            file.close()
            raise Busy(
                f"The search index in {self._folder} is being written by {holder}; wait until it "
                f"is done and start to {purpose} again (searching is not affected)."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        self._held = file

    def let_go(self) -> None:
        """Let the next writer in."""
        if self._held is not None:
            self._held.truncate(0)
            self._held.close()
            self._held = None


def _lock_file(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
