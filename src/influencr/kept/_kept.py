"""What members keep in a data home: brands, saved searches with who was seen, lists, disputes.

Brands, searches and lists belong to an owner: "" is the command line and an open instance, where
all see the same ones; "team:<id>" is a team of an instance with members. Who leaves, leaves all of
them.

One SQLite file, `<home>/kept.sqlite`. Every change is a transaction, so several processes may
write: the second waits, a killed one leaves the old state, and nobody reads half of a change.
Deleted rows are overwritten with zeros (`secure_delete`, and a rollback journal rather than a
write-ahead log), because who left must not be readable in a file. See docs/decisions/0013.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from influencr.kept._alerts import KeptAlerts, watching
from influencr.kept._file import FILE, File, now
from influencr.kept._lists import KeptLists
from influencr.kept._prices import KeptPrices
from influencr.text import fold

__all__ = ["FILE", "Dispute", "Kept", "Saved", "kept_key"]

_DISPUTES = (
    "SELECT number, profile_id, at, reason, before, checked_at, after, changed, version "
    "FROM disputes"
)
#: Fields of a saved search that name lists: a list may be called as somebody is.
_NAMES_OF_LISTS = ("on_list", "not_on_list")
_SEARCHES = "SELECT name, query, saved_at, seen_at FROM searches WHERE owner = ?"


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

    owner   whose brands, searches and lists these are; disputes belong to nobody

    Raises HomeError for a file of a newer format, Busy when another process holds it for long.
    """

    def __init__(self, folder: Path, owner: str = "") -> None:
        self._file, self._owner = File(folder / FILE), owner

    @property
    def owner(self) -> str:
        """Whose brands, searches and lists these are."""
        return self._owner

    def of(self, owner: str) -> Kept:
        """The same file as another owner sees it."""
        return Kept(self._file.path.parent, owner)

    def drop(self) -> None:
        """Forget everything that this owner keeps; others lose nothing."""
        if not self._file.path.exists():
            return
        with self._file.changing() as base:
            for table in ("seen", "searches", "brands", "lists", "watches", "hushed", "prices"):
                base.execute(f"DELETE FROM {table} WHERE owner = ?", (self._owner,))  # noqa: S608

    @property
    def lists(self) -> KeptLists:
        """The lists of this owner."""
        return KeptLists(self._file, self._owner)

    @property
    def prices(self) -> KeptPrices:
        """The prices that this owner keeps."""
        return KeptPrices(self._file, self._owner)

    @property
    def alerts(self) -> KeptAlerts:
        """What is watched for this owner, and what was told."""
        return KeptAlerts(self._file, self._owner)

    def watching(self) -> list[str]:
        """Every owner for whom something is to be watched."""
        return watching(self._file)

    # Brands.

    def save_brand(self, key: str, body: bytes) -> None:
        """Put a brand in place of one of the same key."""
        with self._file.changing() as base:
            base.execute("REPLACE INTO brands VALUES (?, ?, ?, ?)", (self._owner, key, body, now()))

    def brands(self) -> list[bytes]:
        """Every brand of this owner, in order of key."""
        rows = self._file.asked("SELECT body FROM brands WHERE owner = ? ORDER BY key", self._owner)
        return [bytes(body) for (body,) in rows]

    def all_brands(self) -> list[bytes]:
        """Every brand of every owner."""
        rows = self._file.asked("SELECT body FROM brands ORDER BY owner, key")
        return [bytes(body) for (body,) in rows]

    def brand(self, key: str) -> bytes | None:
        """One brand, None when there is none of that key."""
        statement = "SELECT body FROM brands WHERE owner = ? AND key = ?"
        found = self._file.asked(statement, self._owner, key)
        return bytes(found[0][0]) if found else None

    def remove_brand(self, key: str) -> bool:
        """Whether there was one."""
        with self._file.changing() as base:
            statement = "DELETE FROM brands WHERE owner = ? AND key = ?"
            return base.execute(statement, (self._owner, key)).rowcount > 0

    # Saved searches.

    def save_search(self, key: str, name: str, query: bytes) -> None:
        """Put a search in place of one of the same key; nobody was seen by it yet."""
        with self._file.changing() as base:
            base.execute("DELETE FROM searches WHERE owner = ? AND key = ?", (self._owner, key))
            base.execute(
                "INSERT INTO searches VALUES (?, ?, ?, ?, ?, NULL)",
                (self._owner, key, name, query, now()),
            )

    def searches(self) -> list[Saved]:
        """Every saved search, in order of key."""
        rows = self._file.asked(f"{_SEARCHES} ORDER BY key", self._owner)
        return [_saved(row) for row in rows]

    def search(self, key: str) -> Saved | None:
        """One saved search, None when there is none of that key."""
        rows = self._file.asked(f"{_SEARCHES} AND key = ?", self._owner, key)
        return _saved(rows[0]) if rows else None

    def remove_search(self, key: str) -> bool:
        """Whether there was one."""
        with self._file.changing() as base:
            statement = "DELETE FROM searches WHERE owner = ? AND key = ?"
            return base.execute(statement, (self._owner, key)).rowcount > 0

    def seen(self, key: str) -> list[str]:
        """Profile ids that the search has shown, sorted."""
        statement = "SELECT profile_id FROM seen WHERE owner = ? AND key = ? ORDER BY profile_id"
        return [str(profile_id) for (profile_id,) in self._file.asked(statement, self._owner, key)]

    def see(self, key: str, came: Iterable[str], went: Iterable[str]) -> None:
        """Note who came and who went since the last time, in one step."""
        at, own = now(), (self._owner, key)
        with self._file.changing() as base:
            if not base.execute(
                "UPDATE searches SET seen_at = ? WHERE owner = ? AND key = ?", (at, *own)
            ).rowcount:
                return  # removed meanwhile
            base.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", [(*own, i, at) for i in came]
            )
            base.executemany(
                "DELETE FROM seen WHERE owner = ? AND key = ? AND profile_id = ?",
                [(*own, i) for i in went],
            )

    # Disputes.

    def dispute(self, profile_id: str, reason: str, before: str | None) -> int:
        """Note that a verdict is disputed, before it is checked again; the dispute's number."""
        with self._file.changing() as base:
            done = base.execute(
                "INSERT INTO disputes (profile_id, at, reason, before) VALUES (?, ?, ?, ?)",
                (profile_id, now(), reason, before),
            )
            return int(done.lastrowid or 0)

    def settle(self, number: int, after: str, *, changed: bool, version: str) -> None:
        """Note what the check said. Does nothing for a dispute whose creator has left meanwhile."""
        with self._file.changing() as base:
            base.execute(
                "UPDATE disputes SET checked_at = ?, after = ?, changed = ?, version = ? "
                "WHERE number = ?",
                (now(), after, int(changed), version, number),
            )

    def disputes(self, profile_id: str | None = None) -> list[Dispute]:
        """The disputes of a creator's verdict, or of everybody's, oldest first."""
        if profile_id is None:
            rows = self._file.asked(f"{_DISPUTES} ORDER BY number")
        else:
            rows = self._file.asked(f"{_DISPUTES} WHERE profile_id = ? ORDER BY number", profile_id)
        return [_dispute(row) for row in rows]

    def unchecked(self) -> list[Dispute]:
        """Disputes after which nothing was checked yet: whoever was to check was interrupted."""
        rows = self._file.asked(f"{_DISPUTES} WHERE checked_at IS NULL ORDER BY number")
        return [_dispute(row) for row in rows]

    def forget(self, names: Iterable[str]) -> int:
        """Take people out of everything that is kept, for good; returns how many places they left.

        names   profile ids and references ("tiktok:@ana")

        They go from lists, from whom searches have shown, from disputes of their verdicts, and from
        the fields of brands and saved searches that name them ("@ana" there is taken for any of
        that handle), whoever keeps them.
        """
        gone = sorted(set(names))
        if not gone or not self._file.path.exists():
            return 0
        called = {fold(name) for name in gone}
        called |= {name.rpartition(":")[2] for name in called if ":@" in name}
        n = 0
        with self._file.changing() as base:
            for name in gone:
                n += base.execute("DELETE FROM listed WHERE profile_id = ?", (name,)).rowcount
                n += base.execute("DELETE FROM seen WHERE profile_id = ?", (name,)).rowcount
                n += base.execute("DELETE FROM disputes WHERE profile_id = ?", (name,)).rowcount
                n += base.execute("DELETE FROM alerts WHERE profile_id = ?", (name,)).rowcount
                base.execute("DELETE FROM watched WHERE profile_id = ?", (name,))
                base.execute("DELETE FROM hushed WHERE profile_id = ?", (name,))
                n += base.execute("DELETE FROM prices WHERE profile_id = ?", (name,)).rowcount
            for table, column in (("brands", "body"), ("searches", "query")):
                rows = base.execute(f"SELECT rowid, {column} FROM {table}").fetchall()  # noqa: S608
                for row, body in rows:
                    kept, n_left = _without(msgspec.json.decode(body), called)
                    if n_left:
                        statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
                        base.execute(statement, (msgspec.json.encode(kept), row))
                        n += n_left
        return n


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
        if isinstance(value, list) and field not in _NAMES_OF_LISTS:
            left = [one for one in value if not (isinstance(one, str) and _names(one, called))]
            n += len(value) - len(left)
            value = left
        kept[field] = value
    return kept, n


def _names(piece: str, called: set[str]) -> bool:
    folded = fold(piece)
    return folded in called or f"@{folded.rpartition(':')[2].lstrip('@')}" in called


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
