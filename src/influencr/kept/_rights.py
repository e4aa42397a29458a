"""What listed people say and ask about their own record: corrections, contests, requests, leaving.

One SQLite file, `<home>/rights.sqlite`, changed as `kept.sqlite` is: whole transactions, deleted
rows overwritten with zeros. It belongs to no member and is the same in every mode, so that a
person who leaves, by whatever door, leaves it too. See docs/decisions/0025.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from influencr.kept._sqlite import SqliteFile

__all__ = ["RIGHTS_FILE", "Case", "Departure", "Rights", "Statement"]

RIGHTS_FILE = "rights.sqlite"
FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS statements (
    profile_id TEXT NOT NULL, field TEXT NOT NULL, value BLOB, said_at TEXT NOT NULL,
    proven_at TEXT NOT NULL, way TEXT NOT NULL, applied_at TEXT, PRIMARY KEY (profile_id, field)
) STRICT;
CREATE TABLE IF NOT EXISTS cases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, profile_id TEXT NOT NULL,
    named TEXT NOT NULL, about TEXT NOT NULL, words TEXT NOT NULL, shown INTEGER NOT NULL,
    contact TEXT, opened_at TEXT NOT NULL, proven_at TEXT, way TEXT,
    answered_at TEXT, answer TEXT, withdrawn_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS cases_of ON cases (profile_id);
CREATE TABLE IF NOT EXISTS departures (
    number INTEGER PRIMARY KEY AUTOINCREMENT, profile_id TEXT, asked_at TEXT NOT NULL,
    gone_at TEXT, reason TEXT NOT NULL, way TEXT, n INTEGER NOT NULL
) STRICT;
"""
_STATEMENTS = "SELECT profile_id, field, value, said_at, proven_at, way, applied_at FROM statements"
_CASES = (
    "SELECT number, kind, profile_id, named, about, words, shown, contact, opened_at, proven_at, "
    "way, answered_at, answer, withdrawn_at FROM cases"
)
_DEPARTURES = "SELECT number, profile_id, asked_at, gone_at, reason, way, n FROM departures"


class Statement(NamedTuple):
    """What a creator says of themselves, which outranks what was concluded.

    field       "place" or "topics"
    value       {"place_id": GeoNames id or None, "label": ...}, or topics; None: taken back
    proven_at   when the profile was shown to be theirs, and by which way
    applied_at  when it came into the index; None: not yet
    """

    profile_id: str
    field: str
    value: Any
    said_at: datetime
    proven_at: datetime
    way: str
    applied_at: datetime | None


class Case(NamedTuple):
    """Something that a listed person asks of the operator.

    kind        "contest" of a conclusion, or "help": they cannot prove the profile from here
    named       as they are called, "tiktok:@ana"
    about       what is contested: verdict, label, influence, place, topics or other
    shown       whether their words may stand on the dossier
    contact     address for the answer, if they gave one
    proven_at   None when nothing was proven
    """

    number: int
    kind: str
    profile_id: str
    named: str
    about: str
    text: str
    shown: bool
    contact: str | None
    opened_at: datetime
    proven_at: datetime | None
    way: str | None
    answered_at: datetime | None
    answer: str | None
    withdrawn_at: datetime | None

    @property
    def state(self) -> str:
        """open, answered or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.answered_at is None else "answered"


class Departure(NamedTuple):
    """One removal and its clock; once somebody is gone, nothing here says who it was.

    profile_id   only until it is done
    gone_at      when nothing of them was left anywhere
    way          how they proved the profile; None: the operator or the network asked
    n            profiles that went
    """

    number: int
    profile_id: str | None
    asked_at: datetime
    gone_at: datetime | None
    reason: str
    way: str | None
    n: int

    @property
    def seconds(self) -> float | None:
        """From asking to gone everywhere."""
        if self.gone_at is None:
            return None
        return (self.gone_at - self.asked_at).total_seconds()


class Rights:
    """The file; made with the first thing that is written. Safe to share between threads.

    Raises HomeError for a file of a newer format, Busy when another process holds it for long.
    """

    def __init__(self, folder: Path) -> None:
        self._file = SqliteFile(folder / RIGHTS_FILE, FORMAT, lambda _: _TABLES)

    # Corrections.

    def say(
        self, profile_id: str, field: str, value: Any, *, proven_at: datetime, way: str
    ) -> None:
        """Put a statement in place of the last one of the same field; None takes it back."""
        body = None if value is None else msgspec.json.encode(value)
        with self._file.changing() as base:
            base.execute(
                "REPLACE INTO statements VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (profile_id, field, body, _now(), _text(proven_at), way),
            )

    def statements(self, profile_id: str | None = None) -> list[Statement]:
        """What is said, by one person or by all; what was taken back is not among it."""
        where = "WHERE value IS NOT NULL"
        if profile_id is None:
            rows = self._file.asked(f"{_STATEMENTS} {where} ORDER BY profile_id, field")
        else:
            rows = self._file.asked(
                f"{_STATEMENTS} {where} AND profile_id = ? ORDER BY field", profile_id
            )
        return [_statement(row) for row in rows]

    def to_apply(self, since: datetime | None = None) -> list[Statement]:
        """Statements that are not in the index yet, those taken back among them.

        since   when the index was made anew from what was judged then: all later ones as well
        """
        late = "" if since is None else " OR said_at > ?"
        values = () if since is None else (_text(since),)
        rows = self._file.asked(f"{_STATEMENTS} WHERE applied_at IS NULL{late}", *values)
        return [_statement(row) for row in rows]

    def applied(self, statements: Iterable[Statement]) -> None:
        """Note that these came into the index; one that was changed meanwhile stays to be done."""
        now = _now()
        with self._file.changing() as base:
            base.executemany(
                "UPDATE statements SET applied_at = ? "
                "WHERE profile_id = ? AND field = ? AND said_at = ?",
                [(now, s.profile_id, s.field, _text(s.said_at)) for s in statements],
            )

    # Cases.

    def open_case(
        self,
        kind: str,
        profile_id: str,
        named: str,
        text: str,
        *,
        about: str = "",
        shown: bool = False,
        contact: str | None = None,
        proven_at: datetime | None = None,
        way: str | None = None,
    ) -> Case:
        """Keep a contest or a request for the operator."""
        proven = None if proven_at is None else _text(proven_at)
        with self._file.changing() as base:
            done = base.execute(
                "INSERT INTO cases (kind, profile_id, named, about, words, shown, contact, "
                "opened_at, proven_at, way) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (kind, profile_id, named, about, text, int(shown), contact, _now(), proven, way),
            )
            row = base.execute(f"{_CASES} WHERE number = ?", (done.lastrowid,)).fetchone()
        return _case(row)

    def cases(self, profile_id: str | None = None) -> list[Case]:
        """Everybody's, or those of one profile; oldest first."""
        if profile_id is None:
            rows = self._file.asked(f"{_CASES} ORDER BY number")
        else:
            rows = self._file.asked(f"{_CASES} WHERE profile_id = ? ORDER BY number", profile_id)
        return [_case(row) for row in rows]

    def case(self, number: int) -> Case | None:
        """One of them; None when it went with the person."""
        rows = self._file.asked(f"{_CASES} WHERE number = ?", number)
        return _case(rows[0]) if rows else None

    def answer(self, number: int, text: str) -> bool:
        """Keep the operator's answer, in place of an earlier one; False when there is no case."""
        with self._file.changing() as base:
            statement = "UPDATE cases SET answer = ?, answered_at = ? WHERE number = ?"
            return base.execute(statement, (text, _now(), number)).rowcount > 0

    def withdraw(self, number: int, profile_id: str) -> bool:
        """Take a case back: its words and address go, that there was one stays for the count."""
        with self._file.changing() as base:
            statement = (
                "UPDATE cases SET withdrawn_at = ?, words = '', contact = NULL, shown = 0 "
                "WHERE number = ? AND profile_id = ? AND withdrawn_at IS NULL"
            )
            return base.execute(statement, (_now(), number, profile_id)).rowcount > 0

    # Leaving.

    def depart(self, profile_id: str, *, reason: str, way: str | None) -> Departure:
        """Note that somebody asked to go, before anything is done; asked twice, it is one."""
        with self._file.changing() as base:
            rows = base.execute(
                f"{_DEPARTURES} WHERE profile_id = ? AND gone_at IS NULL", (profile_id,)
            ).fetchall()
            if not rows:
                done = base.execute(
                    "INSERT INTO departures (profile_id, asked_at, reason, way, n) "
                    "VALUES (?, ?, ?, ?, 1)",
                    (profile_id, _now(), reason, way),
                )
                rows = base.execute(f"{_DEPARTURES} WHERE number = ?", (done.lastrowid,)).fetchall()
        return _departure(rows[0])

    def departed(self, number: int) -> None:
        """Note that somebody is gone everywhere, and forget who it was."""
        with self._file.changing() as base:
            base.execute(
                "UPDATE departures SET gone_at = ?, profile_id = NULL WHERE number = ?",
                (_now(), number),
            )

    def removed(self, asked_at: datetime, *, reason: str, n: int) -> None:
        """Note a removal that somebody else asked for and that is done."""
        with self._file.changing() as base:
            base.execute(
                "INSERT INTO departures (asked_at, gone_at, reason, n) VALUES (?, ?, ?, ?)",
                (_text(asked_at), _now(), reason, n),
            )

    def departure(self, number: int) -> Departure | None:
        """One removal."""
        rows = self._file.asked(f"{_DEPARTURES} WHERE number = ?", number)
        return _departure(rows[0]) if rows else None

    def departures(self, limit: int = 100) -> list[Departure]:
        """The newest removals."""
        rows = self._file.asked(f"{_DEPARTURES} ORDER BY number DESC LIMIT ?", limit)
        return [_departure(row) for row in rows]

    def leaving(self) -> list[Departure]:
        """Removals that were asked for and are not done, oldest first."""
        rows = self._file.asked(f"{_DEPARTURES} WHERE gone_at IS NULL ORDER BY number")
        return [_departure(row) for row in rows]

    # Going.

    def forget(self, names: Iterable[str]) -> int:
        """Take people out of statements and cases, for good; how many rows went.

        names   profile ids and references, as they come from the catalogue
        """
        gone = sorted({name.lower() for name in names})
        if not gone or not self._file.path.exists():
            return 0
        n = 0
        with self._file.changing() as base:
            for name in gone:
                for statement in (
                    "DELETE FROM statements WHERE lower(profile_id) = ?",
                    "DELETE FROM cases WHERE lower(profile_id) = ?",
                    "DELETE FROM cases WHERE lower(named) = ?",
                ):
                    n += base.execute(statement, (name,)).rowcount
        return n


def _now() -> str:
    return _text(datetime.now(UTC))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _statement(row: tuple[Any, ...]) -> Statement:
    profile_id, field, value, said_at, proven_at, way, applied_at = row
    return Statement(
        profile_id,
        field,
        None if value is None else msgspec.json.decode(value),
        datetime.fromisoformat(said_at),
        datetime.fromisoformat(proven_at),
        way,
        _time(applied_at),
    )


def _case(row: tuple[Any, ...]) -> Case:
    number, kind, profile_id, named, about, words, shown, contact, opened_at, *rest = row
    proven_at, way, answered_at, answer, withdrawn_at = rest
    return Case(
        number,
        kind,
        profile_id,
        named,
        about,
        words,
        bool(shown),
        contact,
        datetime.fromisoformat(opened_at),
        _time(proven_at),
        way,
        _time(answered_at),
        answer,
        _time(withdrawn_at),
    )


def _departure(row: tuple[Any, ...]) -> Departure:
    number, profile_id, asked_at, gone_at, reason, way, n = row
    asked = datetime.fromisoformat(asked_at)
    return Departure(number, profile_id, asked, _time(gone_at), reason, way, n)
