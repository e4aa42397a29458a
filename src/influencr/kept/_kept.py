"""What members keep in a data home: brands, saved searches with who was seen, and disputes.

One SQLite file, `<home>/kept.sqlite`. Every change is a transaction, so several processes may
write: the second waits, a killed one leaves the old state, and nobody reads half of a change.
Deleted rows are overwritten with zeros (`secure_delete`, and a rollback journal rather than a
write-ahead log), because who left must not be readable in a file. See docs/decisions/0013.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from influencr.errors import Busy, HomeError
from influencr.text import fold

__all__ = ["FILE", "Dispute", "Kept", "Saved", "kept_key"]

FILE = "kept.sqlite"
#: 2: disputes. A file of format 1 gets their table when it is next opened.
FORMAT = 2
_PATIENCE_SECONDS = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS brands (
    key TEXT PRIMARY KEY, body BLOB NOT NULL, saved_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS searches (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, query BLOB NOT NULL, saved_at TEXT NOT NULL,
    seen_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS seen (
    key TEXT NOT NULL REFERENCES searches(key) ON DELETE CASCADE, profile_id TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, PRIMARY KEY (key, profile_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS disputes (
    number INTEGER PRIMARY KEY, profile_id TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT, checked_at TEXT, after TEXT, changed INTEGER, version TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS disputes_of ON disputes (profile_id);
"""
_DISPUTES = (
    "SELECT number, profile_id, at, reason, before, checked_at, after, changed, version "
    "FROM disputes"
)


class Saved(NamedTuple):
    """A saved search: its name as typed, the query as JSON, when it was saved and last run."""

    name: str
    query: bytes
    saved_at: datetime
    seen_at: datetime | None


class Dispute(NamedTuple):
    """A verdict that somebody disputes, and what the check said when it was made again.

    at          when it was disputed; who did is not kept
    reason      the words that came with it
    before      verdict that is disputed, None when there was none
    checked_at  when the check was made again; None: not yet
    after       verdict of that check; changed: whether anything that is shown differs
    version     of the rule that checked
    """

    number: int
    profile_id: str
    at: datetime
    reason: str
    before: str | None
    checked_at: datetime | None
    after: str | None
    changed: bool | None
    version: str | None


class Kept:
    """The file; made with the first thing that is kept. Safe to share between threads.

    Raises HomeError for a file of a newer format, Busy when another process holds it for long.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    # Brands.

    def save_brand(self, key: str, body: bytes) -> None:
        """Put a brand in place of one of the same key."""
        with self._changing() as base:
            base.execute("REPLACE INTO brands VALUES (?, ?, ?)", (key, body, _now()))

    def brands(self) -> list[bytes]:
        """Every brand, in order of key."""
        return [bytes(body) for (body,) in self._asked("SELECT body FROM brands ORDER BY key")]

    def brand(self, key: str) -> bytes | None:
        """One brand, None when there is none of that key."""
        found = self._asked("SELECT body FROM brands WHERE key = ?", key)
        return bytes(found[0][0]) if found else None

    def remove_brand(self, key: str) -> bool:
        """Whether there was one."""
        with self._changing() as base:
            return base.execute("DELETE FROM brands WHERE key = ?", (key,)).rowcount > 0

    # Saved searches.

    def save_search(self, key: str, name: str, query: bytes) -> None:
        """Put a search in place of one of the same key; nobody was seen by it yet."""
        with self._changing() as base:
            base.execute("DELETE FROM searches WHERE key = ?", (key,))
            base.execute(
                "INSERT INTO searches VALUES (?, ?, ?, ?, NULL)", (key, name, query, _now())
            )

    def searches(self) -> list[Saved]:
        """Every saved search, in order of key."""
        rows = self._asked("SELECT name, query, saved_at, seen_at FROM searches ORDER BY key")
        return [_saved(row) for row in rows]

    def search(self, key: str) -> Saved | None:
        """One saved search, None when there is none of that key."""
        rows = self._asked("SELECT name, query, saved_at, seen_at FROM searches WHERE key = ?", key)
        return _saved(rows[0]) if rows else None

    def remove_search(self, key: str) -> bool:
        """Whether there was one."""
        with self._changing() as base:
            return base.execute("DELETE FROM searches WHERE key = ?", (key,)).rowcount > 0

    def seen(self, key: str) -> list[str]:
        """Profile ids that the search has shown, sorted."""
        rows = self._asked("SELECT profile_id FROM seen WHERE key = ? ORDER BY profile_id", key)
        return [str(profile_id) for (profile_id,) in rows]

    def see(self, key: str, came: Iterable[str], went: Iterable[str]) -> None:
        """Note who came and who went since the last time, in one step."""
        now = _now()
        with self._changing() as base:
            if not base.execute(
                "UPDATE searches SET seen_at = ? WHERE key = ?", (now, key)
            ).rowcount:
                return  # removed meanwhile
            base.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", [(key, i, now) for i in came]
            )
            base.executemany(
                "DELETE FROM seen WHERE key = ? AND profile_id = ?", [(key, i) for i in went]
            )

    # Disputes.

    def dispute(self, profile_id: str, reason: str, before: str | None) -> int:
        """Note that a verdict is disputed, before it is checked again; the dispute's number."""
        with self._changing() as base:
            done = base.execute(
                "INSERT INTO disputes (profile_id, at, reason, before) VALUES (?, ?, ?, ?)",
                (profile_id, _now(), reason, before),
            )
            return int(done.lastrowid or 0)

    def settle(self, number: int, after: str, *, changed: bool, version: str) -> None:
        """Note what the check said. Does nothing for a dispute whose creator has left meanwhile."""
        with self._changing() as base:
            base.execute(
                "UPDATE disputes SET checked_at = ?, after = ?, changed = ?, version = ? "
                "WHERE number = ?",
                (_now(), after, int(changed), version, number),
            )

    def disputes(self, profile_id: str | None = None) -> list[Dispute]:
        """The disputes of a creator's verdict, or of everybody's, oldest first."""
        if profile_id is None:
            rows = self._asked(f"{_DISPUTES} ORDER BY number")
        else:
            rows = self._asked(f"{_DISPUTES} WHERE profile_id = ? ORDER BY number", profile_id)
        return [_dispute(row) for row in rows]

    def unchecked(self) -> list[Dispute]:
        """Disputes after which nothing was checked yet: whoever was to check was interrupted."""
        rows = self._asked(f"{_DISPUTES} WHERE checked_at IS NULL ORDER BY number")
        return [_dispute(row) for row in rows]

    def forget(self, names: Iterable[str]) -> int:
        """Take people out of everything that is kept, for good; returns how many places they left.

        names   profile ids and references ("tiktok:@ana")

        They go from whom searches have shown, from disputes of their verdicts, and from the lists
        of brands and saved searches that name them ("@ana" there is taken for any of that handle).
        """
        gone = sorted(set(names))
        if not gone or not self._file.exists():
            return 0
        called = {fold(name) for name in gone}
        called |= {name.rpartition(":")[2] for name in called if ":@" in name}
        n = 0
        with self._changing() as base:
            for name in gone:
                n += base.execute("DELETE FROM seen WHERE profile_id = ?", (name,)).rowcount
                n += base.execute("DELETE FROM disputes WHERE profile_id = ?", (name,)).rowcount
            for table, column in (("brands", "body"), ("searches", "query")):
                rows = base.execute(f"SELECT key, {column} FROM {table}").fetchall()  # noqa: S608
                for key, body in rows:
                    kept, n_left = _without(msgspec.json.decode(body), called)
                    if n_left:
                        statement = f"UPDATE {table} SET {column} = ? WHERE key = ?"  # noqa: S608
                        base.execute(statement, (msgspec.json.encode(kept), key))
                        n += n_left
        return n

    # Inside.

    def _asked(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        if not self._file.exists():
            return []
        with self._open() as base:
            rows: list[tuple[Any, ...]] = base.execute(statement, values).fetchall()
            return rows

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._file, timeout=_PATIENCE_SECONDS, isolation_level=None)
        try:
            base.execute("PRAGMA secure_delete = ON")
            base.execute("PRAGMA foreign_keys = ON")
            (version,) = base.execute("PRAGMA user_version").fetchone()
            if version > FORMAT:
                raise HomeError(
                    f"{self._file} was written by a newer influencr (format {version}, this one "
                    f"reads up to {FORMAT}); update influencr."
                )
            if version < FORMAT:
                base.executescript(
                    f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {FORMAT};COMMIT"
                )
            yield base
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise Busy(
                    f"{self._file} is being changed by another process; try again."
                ) from error
            raise
        finally:
            base.close()


def kept_key(name: str) -> str:
    """What makes two names the same: folded, spaces joined.

    >>> kept_key("  Café  Nord ")
    'cafe nord'
    """
    return " ".join(fold(name).split())


def _without(body: dict[str, Any], called: set[str]) -> tuple[dict[str, Any], int]:
    """The fields without the pieces of lists that name somebody, and how many those were."""
    kept, n = {}, 0
    for field, value in body.items():
        if isinstance(value, list):
            left = [one for one in value if not (isinstance(one, str) and _names(one, called))]
            n += len(value) - len(left)
            value = left
        kept[field] = value
    return kept, n


def _names(piece: str, called: set[str]) -> bool:
    folded = fold(piece)
    return folded in called or f"@{folded.rpartition(':')[2].lstrip('@')}" in called


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _dispute(row: tuple[Any, ...]) -> Dispute:
    number, profile_id, at, reason, before, checked_at, after, changed, version = row
    return Dispute(
        number,
        profile_id,
        datetime.fromisoformat(at),
        reason,
        before,
        None if checked_at is None else datetime.fromisoformat(checked_at),
        after,
        None if changed is None else bool(changed),
        version,
    )


def _saved(row: tuple[object, ...]) -> Saved:
    name, query, saved_at, seen_at = row
    return Saved(
        str(name),
        query if isinstance(query, bytes) else b"",
        datetime.fromisoformat(str(saved_at)),
        None if seen_at is None else datetime.fromisoformat(str(seen_at)),
    )
