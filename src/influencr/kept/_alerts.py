"""What is watched for an owner, what it looked like last, and what was told about it.

A watch is a saved search ("search", by its key) or a list ("list", by its id). What it found last
and what that made are changed in one transaction, and only for whoever read the watch as it still
is: looking twice, or two processes looking at once, tells nothing twice, and a killed one loses
nothing. Who leaves goes from all of it (`Kept.forget`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from influencr.kept._file import File, now

__all__ = ["KEPT_DAYS", "KeptAlert", "KeptAlerts", "Watch", "watching"]

#: How long what was told is kept. Own choice: a quarter, as most campaigns last.
KEPT_DAYS = 90
_WATCHES = (
    "SELECT kind, key, made_at, muted_at, asks, generation, looked_at, as_of, problem, waiting "
    "FROM watches WHERE owner = ?"
)
_ALERTS = (
    "SELECT number, kind, key, profile_id, what, before, after, at, as_of, n FROM alerts "
    "WHERE owner = ? AND profile_id NOT IN (SELECT profile_id FROM hushed WHERE owner = ?)"
)
# A list that was put aside may come back: its watch waits with it.
_ORPHANED = (
    "owner = ? AND ((kind = 'list' AND key NOT IN (SELECT id FROM lists)) OR (kind = 'search' AND "
    "key NOT IN (SELECT key FROM searches WHERE searches.owner = watches.owner)))"
)


class Watch(NamedTuple):
    """What is looked at again and again.

    key         of the saved search, or id of the list
    muted_at    since when nothing is told; None: it is told
    asks        the search that it was when it was looked at last; None: never looked at
    generation  of the index at that look, as_of the instant that it refers to
    problem     why it could not be looked at, in a sentence
    waiting     who would be new, counted while the search of the owner is closed
    """

    kind: str
    key: str
    made_at: datetime
    muted_at: datetime | None
    asks: bytes | None
    generation: int | None
    looked_at: datetime | None
    as_of: datetime | None
    problem: str
    waiting: int


class KeptAlert(NamedTuple):
    """Something that was told.

    number   rises; never given twice
    what     new, more, silent, again, verdict, batch, unlisted
    before   what it was, after what it is now; their meaning depends on `what`
    at       when it was noticed; as_of the instant that the index referred to then
    n        how many more of the kind there were (more)
    """

    number: int
    kind: str
    key: str
    profile_id: str
    what: str
    before: Any
    after: Any
    at: datetime
    as_of: datetime | None
    n: int


class KeptAlerts:
    """The watches and alerts of one owner."""

    def __init__(self, file: File, owner: str) -> None:
        self._file, self._owner = file, owner

    # Watches.

    def watch(self, kind: str, key: str) -> None:
        """Look at it from now on; one that is there stays as it is."""
        with self._file.changing() as base:
            base.execute(
                "INSERT OR IGNORE INTO watches (owner, kind, key, made_at, problem, waiting) "
                "VALUES (?, ?, ?, ?, '', 0)",
                (self._owner, kind, key, now()),
            )

    def unwatch(self, kind: str, key: str) -> bool:
        """Look at it no more, and forget what it told; whether there was one."""
        with self._file.changing() as base:
            return (
                base.execute(
                    "DELETE FROM watches WHERE owner = ? AND kind = ? AND key = ?",
                    (self._owner, kind, key),
                ).rowcount
                > 0
            )

    def watches(self) -> list[Watch]:
        """Everything that is watched, searches after lists, in order of key."""
        return [_watch(r) for r in self._file.asked(f"{_WATCHES} ORDER BY kind, key", self._owner)]

    def mute(self, kind: str, key: str, *, on: bool) -> None:
        """Tell nothing of a watch, or tell again; meanwhile it is looked at all the same."""
        with self._file.changing() as base:
            base.execute(
                "UPDATE watches SET muted_at = ? WHERE owner = ? AND kind = ? AND key = ?",
                (now() if on else None, self._owner, kind, key),
            )

    def known(self, watch: Watch) -> dict[str, Any]:
        """Who was there at the last look, with what was true of them (None for a search)."""
        rows = self._file.asked(
            "SELECT profile_id, state FROM watched WHERE owner = ? AND kind = ? AND key = ?",
            self._owner,
            watch.kind,
            watch.key,
        )
        return {
            str(who): None if state is None else msgspec.json.decode(state) for who, state in rows
        }

    def looked(
        self,
        watch: Watch,
        *,
        asks: bytes,
        generation: int,
        as_of: datetime | None,
        came: Mapping[str, Any],
        went: Iterable[str] = (),
        told: Sequence[tuple[str, str, Any, Any, int]] = (),
        anew: bool = False,
    ) -> bool:
        """Keep what a look found, all or nothing; False when somebody else looked meanwhile.

        watch   as it was read before the look
        came    who is there now and was not, or is otherwise now, with what is true of them
        told    (profile id or "", what, before, after, n)
        anew    everybody known before is forgotten first: the search is another one now
        """
        at, own = now(), (self._owner, watch.kind, watch.key)
        with self._file.changing() as base:
            if not self._moved(base, watch, at, asks, generation, as_of):
                return False
            if anew:
                base.execute("DELETE FROM watched WHERE owner = ? AND kind = ? AND key = ?", own)
            base.executemany(
                "REPLACE INTO watched VALUES (?, ?, ?, ?, ?)",
                [
                    (*own, who, None if state is None else msgspec.json.encode(state))
                    for who, state in came.items()
                ],
            )
            base.executemany(
                "DELETE FROM watched WHERE owner = ? AND kind = ? AND key = ? AND profile_id = ?",
                [(*own, who) for who in went],
            )
            base.executemany(
                "INSERT INTO alerts (owner, kind, key, profile_id, what, before, after, at, as_of, "
                "n) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (*own, who, what, _text(before), _text(after), at, _instant(as_of), n)
                    for who, what, before, after, n in told
                ],
            )
        return True

    def waits(self, watch: Watch, *, generation: int, n: int, problem: str = "") -> None:
        """Note what a look found that may not be shown, or why there was none."""
        with self._file.changing() as base:
            base.execute(
                "UPDATE watches SET looked_at = ?, generation = ?, waiting = ?, problem = ? "
                "WHERE owner = ? AND kind = ? AND key = ?",
                (now(), generation, n, problem, self._owner, watch.kind, watch.key),
            )

    def _moved(
        self,
        base: sqlite3.Connection,
        watch: Watch,
        at: str,
        asks: bytes,
        generation: int,
        as_of: datetime | None,
    ) -> bool:
        done = base.execute(
            "UPDATE watches SET looked_at = ?, asks = ?, generation = ?, as_of = ?, problem = '', "
            "waiting = 0 WHERE owner = ? AND kind = ? AND key = ? AND looked_at IS ?",
            (
                *(at, asks, generation, _instant(as_of)),
                *(self._owner, watch.kind, watch.key, _instant(watch.looked_at)),
            ),
        )
        return done.rowcount > 0

    # What was told.

    def told(
        self, *, after: int = 0, before: int | None = None, limit: int = 100
    ) -> list[KeptAlert]:
        """What was told, the newest first, without creators who are muted."""
        upto = "" if before is None else "AND number < ? "
        rows = self._file.asked(
            f"{_ALERTS} AND number > ? {upto}ORDER BY number DESC LIMIT ?",
            *(self._owner, self._owner, after),
            *(() if before is None else (before,)),
            limit,
        )
        return [_alert(row) for row in rows]

    def n_told(self, *, after: int = 0) -> int:
        """How many there are above a number."""
        rows = self._file.asked(
            f"SELECT count(*) FROM ({_ALERTS} AND number > ?)",  # noqa: S608
            *(self._owner, self._owner, after),
        )
        return int(rows[0][0]) if rows else 0

    def newest(self) -> int:
        """The highest number that was given to this owner; 0 without one."""
        rows = self._file.asked("SELECT max(number) FROM alerts WHERE owner = ?", self._owner)
        return int(rows[0][0] or 0) if rows else 0

    def hush(self, profile_id: str, *, on: bool) -> None:
        """Tell nothing of a creator, or tell again."""
        with self._file.changing() as base:
            if on:
                base.execute(
                    "INSERT OR IGNORE INTO hushed VALUES (?, ?, ?)",
                    (self._owner, profile_id, now()),
                )
            else:
                base.execute(
                    "DELETE FROM hushed WHERE owner = ? AND profile_id = ?",
                    (self._owner, profile_id),
                )

    def hushed(self) -> list[str]:
        """Profile ids of whom nothing is told, the last muted first."""
        rows = self._file.asked(
            "SELECT profile_id FROM hushed WHERE owner = ? ORDER BY at DESC, profile_id",
            self._owner,
        )
        return [str(who) for (who,) in rows]

    def sweep(self, at: datetime) -> None:
        """Forget what was told KEPT_DAYS before an instant, and watches of what is kept no more."""
        if self._file.asked(f"SELECT 1 FROM watches WHERE {_ORPHANED} LIMIT 1", self._owner):  # noqa: S608
            with self._file.changing() as base:
                base.execute(f"DELETE FROM watches WHERE {_ORPHANED}", (self._owner,))  # noqa: S608
        since = _instant(at - timedelta(days=KEPT_DAYS))
        if self._file.asked(
            "SELECT 1 FROM alerts WHERE owner = ? AND at < ? LIMIT 1", self._owner, since
        ):
            with self._file.changing() as base:
                base.execute("DELETE FROM alerts WHERE owner = ? AND at < ?", (self._owner, since))


def watching(file: File) -> list[str]:
    """Every owner for whom something is to be watched: a search of theirs, or a list."""
    rows = file.asked(
        "SELECT owner FROM watches UNION SELECT owner FROM lists WHERE removed_at IS NULL "
        "ORDER BY owner"
    )
    return [str(owner) for (owner,) in rows]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _watch(row: tuple[Any, ...]) -> Watch:
    kind, key, made_at, muted_at, asks, generation, looked_at, as_of, problem, waiting = row
    return Watch(
        kind,
        key,
        datetime.fromisoformat(made_at),
        _time(muted_at),
        asks,
        generation,
        _time(looked_at),
        _time(as_of),
        problem,
        waiting,
    )


def _alert(row: tuple[Any, ...]) -> KeptAlert:
    number, kind, key, profile_id, what, before, after, at, as_of, n = row
    return KeptAlert(
        number,
        kind,
        key,
        profile_id,
        what,
        _value(before),
        _value(after),
        datetime.fromisoformat(at),
        _time(as_of),
        n,
    )
