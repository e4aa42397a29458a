"""Lists of creators: who is on them, in which state, with which note, and who put them there.

What is taken off can be put back for UNDO_MINUTES; then it is deleted with the next change of any
list. Who leaves is deleted at once, put aside or not (`Kept.forget`).
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from influencr.kept._file import File, now

__all__ = ["UNDO_MINUTES", "KeptItem", "KeptList", "KeptLists"]

#: How long something taken off may be put back. Own choice: longer than anybody looks at a notice.
UNDO_MINUTES = 10
_LISTS = (
    "SELECT id, name, note, statuses, made_by, made_at, changed_at, link_until, link_notes, "
    "(SELECT count(*) FROM listed WHERE list = lists.id AND removed_at IS NULL) "
    "FROM lists WHERE owner = ? AND removed_at IS NULL"
)
_ITEMS = (
    "SELECT profile_id, status, note, added_by, added_at FROM listed "
    "WHERE list = ? AND removed_at IS NULL ORDER BY number"
)


class KeptList(NamedTuple):
    """A list: `link_until` is when its link for outsiders ends, None without one, and
    `link_notes` whether that shows the notes."""

    id: str
    name: str
    note: str
    statuses: tuple[str, ...]
    made_by: str
    made_at: datetime
    changed_at: datetime
    link_until: datetime | None
    link_notes: bool
    n: int


class KeptItem(NamedTuple):
    """A creator on a list."""

    profile_id: str
    status: str
    note: str
    added_by: str
    added_at: datetime


class KeptLists:
    """The lists of one owner. Whoever asks with another owner's id finds nothing."""

    def __init__(self, file: File, owner: str) -> None:
        self._file, self._owner = file, owner

    def make(self, key: str, name: str, note: str, statuses: Sequence[str], by: str) -> str | None:
        """A new list; its id, or None when one of that key is there already."""
        at, made = now(), secrets.token_hex(8)
        with self._file.changing() as base:
            _sweep(base)
            # What was removed makes room for its name.
            base.execute(
                "DELETE FROM lists WHERE owner = ? AND key = ? AND removed_at IS NOT NULL",
                (self._owner, key),
            )
            done = base.execute(
                "INSERT OR IGNORE INTO lists (id, owner, key, name, note, statuses, made_by, "
                "made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (made, self._owner, key, name, note, _words(statuses), by, at, at),
            )
            return made if done.rowcount else None

    def all(self) -> list[KeptList]:
        """Every list, the last changed first."""
        rows = self._file.asked(f"{_LISTS} ORDER BY changed_at DESC, key", self._owner)
        return [_list(row) for row in rows]

    def get(self, list_id: str) -> KeptList | None:
        """One list by its id."""
        rows = self._file.asked(f"{_LISTS} AND id = ?", self._owner, list_id)
        return _list(rows[0]) if rows else None

    def called(self, key: str) -> KeptList | None:
        """One list by the key of its name."""
        rows = self._file.asked(f"{_LISTS} AND key = ?", self._owner, key)
        return _list(rows[0]) if rows else None

    def change(
        self, list_id: str, *, key: str, name: str, note: str, statuses: Sequence[str]
    ) -> bool:
        """Set what a list is called and says; False when another list has that key."""
        with self._file.changing() as base:
            _sweep(base)
            base.execute(
                "DELETE FROM lists WHERE owner = ? AND key = ? AND removed_at IS NOT NULL",
                (self._owner, key),
            )
            done = base.execute(
                "UPDATE OR IGNORE lists SET key = ?, name = ?, note = ?, statuses = ?, "
                "changed_at = ? WHERE owner = ? AND id = ? AND removed_at IS NULL",
                (key, name, note, _words(statuses), now(), self._owner, list_id),
            )
            return done.rowcount > 0

    def remove(self, list_id: str) -> bool:
        """Put a list aside with all on it, and end its link. Whether there was one."""
        with self._file.changing() as base:
            _sweep(base)
            done = base.execute(
                "UPDATE lists SET removed_at = ?, link = NULL, link_until = NULL "
                "WHERE owner = ? AND id = ? AND removed_at IS NULL",
                (now(), self._owner, list_id),
            )
            return done.rowcount > 0

    def restore(self, list_id: str) -> bool:
        """Take a list back that was put aside; its link stays ended."""
        with self._file.changing() as base:
            _sweep(base)
            done = base.execute(
                "UPDATE lists SET removed_at = NULL WHERE owner = ? AND id = ?",
                (self._owner, list_id),
            )
            return done.rowcount > 0

    # Who is on a list.

    def items(self, list_id: str) -> list[KeptItem]:
        """Who is on a list, in the order in which they came."""
        if self.get(list_id) is None:
            return []
        return [_item(row) for row in self._file.asked(_ITEMS, list_id)]

    def ids(self, keys: Iterable[str]) -> list[str]:
        """Profile ids that are on any list of these keys."""
        rows = self._file.asked(
            "SELECT DISTINCT profile_id FROM listed JOIN lists ON lists.id = listed.list "
            "WHERE listed.removed_at IS NULL AND lists.removed_at IS NULL AND owner = ? "
            "AND key IN (SELECT value FROM json_each(?)) ORDER BY profile_id",
            self._owner,
            _words(sorted(set(keys))),
        )
        return [str(profile_id) for (profile_id,) in rows]

    def where(self, profile_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Profile id -> ids of the lists it is on, for those that are on any."""
        found: dict[str, tuple[str, ...]] = {}
        rows = self._file.asked(
            "SELECT profile_id, lists.id FROM listed JOIN lists ON lists.id = listed.list "
            "WHERE listed.removed_at IS NULL AND lists.removed_at IS NULL AND owner = ? "
            "AND profile_id IN (SELECT value FROM json_each(?)) ORDER BY lists.key",
            self._owner,
            _words(sorted(set(profile_ids))),
        )
        for profile_id, list_id in rows:
            found[profile_id] = (*found.get(profile_id, ()), list_id)
        return found

    def put(
        self, list_id: str, profile_ids: Iterable[str], *, status: str, note: str, by: str
    ) -> list[str] | None:
        """Put creators on a list; those who were not on it, or None when there is no such list.

        Who is on it already stays as they are.
        """
        at = now()
        with self._file.changing() as base:
            _sweep(base)
            if not _touch(base, self._owner, list_id, at):
                return None
            came = []
            for one in dict.fromkeys(profile_ids):
                base.execute(
                    "DELETE FROM listed WHERE list = ? AND profile_id = ? "
                    "AND removed_at IS NOT NULL",
                    (list_id, one),
                )
                done = base.execute(
                    "INSERT OR IGNORE INTO listed (list, profile_id, status, note, added_by, "
                    "added_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (list_id, one, status, note, by, at),
                )
                if done.rowcount:
                    came.append(one)
            return came

    def mark(
        self,
        list_id: str,
        profile_ids: Iterable[str],
        *,
        status: str | None = None,
        note: str | None = None,
    ) -> int:
        """Set the state or the note of creators on a list; how many there were."""
        with self._file.changing() as base:
            _sweep(base)
            if not _touch(base, self._owner, list_id, now()):
                return 0
            return sum(
                base.execute(
                    "UPDATE listed SET status = coalesce(?, status), note = coalesce(?, note) "
                    "WHERE list = ? AND profile_id = ? AND removed_at IS NULL",
                    (status, note, list_id, one),
                ).rowcount
                for one in dict.fromkeys(profile_ids)
            )

    def take_off(self, list_id: str, profile_ids: Iterable[str]) -> list[str]:
        """Put creators of a list aside; those who were on it."""
        at = now()
        with self._file.changing() as base:
            _sweep(base)
            if not _touch(base, self._owner, list_id, at):
                return []
            return [
                one
                for one in dict.fromkeys(profile_ids)
                if base.execute(
                    "UPDATE listed SET removed_at = ? "
                    "WHERE list = ? AND profile_id = ? AND removed_at IS NULL",
                    (at, list_id, one),
                ).rowcount
            ]

    def put_back(self, list_id: str, profile_ids: Iterable[str]) -> list[str]:
        """Put creators back who were taken off, as they were; those who came back."""
        with self._file.changing() as base:
            _sweep(base)
            if not _touch(base, self._owner, list_id, now()):
                return []
            return [
                one
                for one in dict.fromkeys(profile_ids)
                if base.execute(
                    "UPDATE listed SET removed_at = NULL "
                    "WHERE list = ? AND profile_id = ? AND removed_at IS NOT NULL",
                    (list_id, one),
                ).rowcount
            ]

    def last_taken_off(self, list_id: str) -> list[str]:
        """Who was taken off a list last, all at once, and can still be put back."""
        rows = self._file.asked(
            "SELECT profile_id FROM listed JOIN lists ON lists.id = listed.list WHERE owner = ? "
            "AND list = ? AND listed.removed_at = (SELECT max(removed_at) FROM listed "
            "WHERE list = ?) AND listed.removed_at > ? ORDER BY number",
            self._owner,
            list_id,
            list_id,
            _undo_since(),
        )
        return [str(profile_id) for (profile_id,) in rows]

    # The link for outsiders.

    def link(self, list_id: str, digest: str | None, until: datetime | None, notes: bool) -> bool:
        """Keep the digest of a link in place of an earlier one; None ends it."""
        ends = None if until is None else until.astimezone(UTC).isoformat(timespec="microseconds")
        with self._file.changing() as base:
            done = base.execute(
                "UPDATE lists SET link = ?, link_until = ?, link_notes = ? "
                "WHERE owner = ? AND id = ? AND removed_at IS NULL",
                (digest, ends, int(notes), self._owner, list_id),
            )
            return done.rowcount > 0

    def linked(self, digest: str) -> tuple[str, str] | None:
        """(owner, id of the list) of a link, whoever's it is; its list says when it ends."""
        rows = self._file.asked(
            "SELECT owner, id FROM lists WHERE link = ? AND removed_at IS NULL", digest
        )
        return (str(rows[0][0]), str(rows[0][1])) if rows else None


def _touch(base: sqlite3.Connection, owner: str, list_id: str, at: str) -> bool:
    done = base.execute(
        "UPDATE lists SET changed_at = ? WHERE owner = ? AND id = ? AND removed_at IS NULL",
        (at, owner, list_id),
    )
    return done.rowcount > 0


def _sweep(base: sqlite3.Connection) -> None:
    """Delete what was put aside too long ago to be put back, whoever's it was."""
    since = _undo_since()
    base.execute("DELETE FROM listed WHERE removed_at < ?", (since,))
    base.execute("DELETE FROM lists WHERE removed_at < ?", (since,))


def _undo_since() -> str:
    since = datetime.now(UTC) - timedelta(minutes=UNDO_MINUTES)
    return since.isoformat(timespec="microseconds")


def _words(several: Sequence[str]) -> str:
    return msgspec.json.encode(list(several)).decode()


def _list(row: tuple[Any, ...]) -> KeptList:
    made, name, note, statuses, made_by, made_at, changed_at, until, notes, n = row
    return KeptList(
        made,
        name,
        note,
        msgspec.json.decode(statuses, type=tuple[str, ...]),
        made_by,
        datetime.fromisoformat(made_at),
        datetime.fromisoformat(changed_at),
        None if until is None else datetime.fromisoformat(until),
        bool(notes),
        n,
    )


def _item(row: tuple[Any, ...]) -> KeptItem:
    profile_id, status, note, added_by, added_at = row
    return KeptItem(profile_id, status, note, added_by, datetime.fromisoformat(added_at))
