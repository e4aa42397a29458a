"""What does a source remember between runs? One small SQLite file that survives a kill.

Named JSON values (cursors), what was asked already per strategy, units spent per host and day, and
the pace of every host. Counters are written before the call that they count, so a process that is
killed in between has counted one call too many, never one too few. Several processes may use the
same file: they then share the pace and the quota.

A source marks what it did only after the catalogue has taken the rows; what was not marked is
asked for again (at least once), and the catalogue drops the double.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from influencr.errors import Busy, OtherFormat, UnreadableInput

__all__ = ["State"]

_log = logging.getLogger("influencr.sources.http")

# Version of the tables below (PRAGMA user_version); other versions are refused, never half-read.
_FORMAT = 1
_BUSY_SECONDS = 15.0
# In SQLite's messages: what is wrong with the place, not with what was asked of it.
_OF_THE_DISK = ("locked", "readonly", "full", "disk I/O", "unable to open")
_TABLES = """
CREATE TABLE IF NOT EXISTS named (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (
    strategy TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (strategy, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (
    host TEXT NOT NULL, day TEXT NOT NULL, units INTEGER NOT NULL, PRIMARY KEY (host, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pace (
    host TEXT PRIMARY KEY, full_at REAL NOT NULL, paused_until REAL NOT NULL,
    remaining INTEGER, reset_at REAL
) WITHOUT ROWID;
"""


class State:
    """The memory of one source.

    path   a file, made when absent, or ":memory:" for a memory that ends with the process

    Safe from several threads (one connection behind a lock) and processes (WAL). Close it, or use
    it as a context manager. Raises Busy when another process holds the file for 15 s,
    UnreadableInput for a file that is no such state, OtherFormat for one of another version.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._closed = False
        try:
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except sqlite3.DatabaseError as error:
            raise self._sentence(error) from None
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise self._sentence(error) from None
        except OtherFormat:
            self._connection.close()
            raise

    def _open(self) -> None:
        self._connection.execute("PRAGMA journal_mode=WAL")
        # After a kill nothing is lost; after a power cut the last transactions may be, and what
        # they marked is asked for again.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        # Who is forgotten is not to be found in freed pages either.
        self._connection.execute("PRAGMA secure_delete=ON")
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, _FORMAT):
            raise OtherFormat(
                f"{self.path} has format {found}, this version reads {_FORMAT}; update influencr, "
                "or move the file away to start its collection anew.",
                newer=found > _FORMAT,
            )
        if not found:
            with self.transaction() as connection:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={_FORMAT}")

    def _sentence(self, error: sqlite3.DatabaseError) -> Busy | UnreadableInput:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return Busy(f"{self.path} is in use by another process; wait for it, then run again.")
        if any(word in str(error) for word in _OF_THE_DISK):
            return UnreadableInput(f"{self.path} cannot be written: {error}.")
        return UnreadableInput(
            f"{self.path} cannot be read as a source's memory ({error}); move it away to start "
            "its collection anew."
        )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is written whole or not at all; may be nested, the outermost commits.

        The connection may hold tables of the source's own (`CREATE TABLE IF NOT EXISTS`).
        """
        with self._lock:
            outermost = self._depth == 0
            try:
                if outermost:
                    self._connection.execute("BEGIN IMMEDIATE")
                self._depth += 1
                try:
                    yield self._connection
                    if outermost:
                        self._connection.execute("COMMIT")
                except BaseException:
                    if outermost and self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
                finally:
                    self._depth -= 1
            except sqlite3.OperationalError as error:
                if any(word in str(error) for word in _OF_THE_DISK):
                    raise self._sentence(error) from None
                raise  # a source's own statement is wrong

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    # Named values

    def get(self, name: str, default: Any = None) -> Any:
        """The JSON value kept under `name`."""
        found = self._rows("SELECT value FROM named WHERE name = ?", (name,))
        return msgspec.json.decode(found[0][0]) if found else default

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value under `name`, in place of an earlier one."""
        self.put_many({name: value})

    def put_many(self, values: Mapping[str, Any]) -> None:
        """Keep several at once: all or none."""
        rows = [(name, msgspec.json.encode(value).decode()) for name, value in values.items()]
        with self.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO named VALUES (?, ?)", rows)

    def drop(self, name: str) -> None:
        """Keep nothing under `name`."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM named WHERE name = ?", (name,))

    def names(self, prefix: str = "") -> list[str]:
        """Names in use that start so, sorted."""
        return [n for (n,) in self._rows("SELECT name FROM named ORDER BY name")
                if n.startswith(prefix)]  # fmt: skip

    # What was asked already

    def is_done(self, strategy: str, key: str) -> bool:
        """Whether `key` was marked under this strategy."""
        return bool(
            self._rows("SELECT 1 FROM done WHERE strategy = ? AND key = ?", (strategy, key))
        )

    def mark(self, strategy: str, *keys: str, at: float | None = None) -> None:
        """Note that these were done, at this instant (unix seconds; now when not given)."""
        instant = time.time() if at is None else at
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO done VALUES (?, ?, ?)",
                [(strategy, key, instant) for key in keys],
            )

    def unmark(self, strategy: str, *keys: str) -> None:
        """Note that these are to be done again."""
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM done WHERE strategy = ? AND key = ?",
                [(strategy, key) for key in keys],
            )

    def done(self, strategy: str) -> set[str]:
        """Every key marked under this strategy."""
        return set(self.done_at(strategy))

    def done_at(self, strategy: str) -> dict[str, float]:
        """Every key marked under this strategy, with its instant (unix seconds)."""
        rows = self._rows("SELECT key, at FROM done WHERE strategy = ?", (strategy,))
        return dict(rows)

    # What was spent

    def spent(self, host: str, day: str) -> int:
        """Units counted for a host (and bucket) on a day."""
        found = self._rows("SELECT units FROM spent WHERE host = ? AND day = ?", (host, day))
        return int(found[0][0]) if found else 0

    # Leaving

    def forget(self, references: Sequence[str]) -> int:
        """Erase what names one of these people (native ids, handles); how many entries changed.

        A marked key goes when a reference stands in it as a whole; of a named value only the
        parts that name somebody go. Tables of a source's own are that source's to clean.
        """
        if not references:
            return 0
        # `did:plc:abc` stands in at://did:plc:abc/..., not in did:plc:abcd.
        names = re.compile(
            r"(?<![\w.-])(?:" + "|".join(re.escape(r) for r in references) + r")(?![\w-]|\.\w)",
            re.IGNORECASE,
        )
        changed = 0
        with self.transaction() as connection:
            for strategy, key in connection.execute("SELECT strategy, key FROM done").fetchall():
                if names.search(key):
                    self.unmark(strategy, key)
                    changed += 1
            for name, text in connection.execute("SELECT name, value FROM named").fetchall():
                if names.search(name):
                    self.drop(name)
                    changed += 1
                elif names.search(text):
                    left = _without(msgspec.json.decode(text), names)
                    self.drop(name) if left is _GONE else self.put(name, left)
                    changed += 1
        return changed

    def checkpoint(self) -> None:
        """Write the log of writes back into the file and empty it, so that it holds nothing that
        was deleted. Left undone while another process reads; its next checkpoint does it.
        """
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Release the file; a second call does nothing.

        What was erased leaves the write-ahead log too, also while another process has the file
        open; unless that one is writing just then, and then the log is emptied when it closes.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                self._connection.execute("PRAGMA busy_timeout=0")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.OperationalError as error:
                _log.debug("%s: the log stays for now: %s", self.path, error)
            finally:
                self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_GONE = object()


def _without(value: Any, names: re.Pattern[str]) -> Any:
    """A JSON value without the parts that name somebody; _GONE when nothing else is in it."""
    if isinstance(value, str):
        return _GONE if names.search(value) else value
    if isinstance(value, list):
        kept = [_without(item, names) for item in value]
        return [item for item in kept if item is not _GONE]
    if isinstance(value, dict):
        pairs = {k: _without(v, names) for k, v in value.items() if not names.search(k)}
        return {k: v for k, v in pairs.items() if v is not _GONE}
    return value
