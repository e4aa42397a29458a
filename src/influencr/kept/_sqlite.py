"""One SQLite file: opened for each question, changed as a whole or not at all."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from influencr.errors import Busy, HomeError

__all__ = ["SqliteFile"]

_PATIENCE_SECONDS = 30.0


class SqliteFile:
    """One file, made with the first thing that is kept in it; threads and processes may share it.

    version   of its tables; an older file is brought up when it is next opened
    steps     from the version of a file (0: it is new) to the statements that bring it up

    Raises HomeError for a file of a newer format, Busy when another process holds it for long.
    """

    def __init__(self, path: Path, version: int, steps: Callable[[int], str]) -> None:
        self.path = path
        self._version, self._steps = version, steps

    def asked(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a question finds; nothing while there is no file."""
        if not self.path.exists():
            return []
        with self._open() as base:
            rows: list[tuple[Any, ...]] = base.execute(statement, values).fetchall()
            return rows

    @contextlib.contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A change: all of it, or after an error nothing."""
        with self._open() as base, _whole(base):
            yield base

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self.path, timeout=_PATIENCE_SECONDS, isolation_level=None)
        try:
            base.execute("PRAGMA secure_delete = ON")
            base.execute("PRAGMA foreign_keys = ON")
            found = _version_of(base)
            if found > self._version:
                raise HomeError(
                    f"{self.path} was written by a newer influencr (format {found}, this one "
                    f"reads up to {self._version}); update influencr."
                )
            if found < self._version:
                self._bring_up(base)
            yield base
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise Busy(
                    f"{self.path} is being changed by another process; try again."
                ) from error
            raise
        finally:
            base.close()

    def _bring_up(self, base: sqlite3.Connection) -> None:
        with _whole(base):
            # Another process may have done it while this one waited.
            found = _version_of(base)
            if found < self._version:
                steps = f"{self._steps(found)}PRAGMA user_version = {self._version};"
                for step in steps.split(";"):
                    base.execute(step)


@contextlib.contextmanager
def _whole(base: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


def _version_of(base: sqlite3.Connection) -> int:
    (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)
