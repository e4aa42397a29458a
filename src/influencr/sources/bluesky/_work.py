"""Which calls are still to be made, and what the answered ones said: the memory of one run.

A call, what it found, what it asks next and its rows are written in one transaction, the moment it
is answered. So a killed run has at most one call to repeat. The rows wait here until the catalogue
has taken them and are dropped then; everything else of a run is dropped when the run is finished.
Rows of a list that only means something whole (all followers of somebody) are held back until its
last page is there.

The tables lie in the source's state file, beside the cursors and counters of `sources.http`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from influencr.records import OBSERVED, Follow
from influencr.sources.http import State

__all__ = ["Account", "Outcome", "Task", "Work"]

_TABLES = """
CREATE TABLE IF NOT EXISTS collect_runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT, wish TEXT NOT NULL UNIQUE, stage INTEGER NOT NULL,
    cost INTEGER NOT NULL, last_at INTEGER NOT NULL, notes TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS collect_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, stage INTEGER NOT NULL,
    strategy TEXT NOT NULL, kind TEXT NOT NULL, params TEXT NOT NULL, hold TEXT,
    is_next INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, cost INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, kind, params)
);
CREATE INDEX IF NOT EXISTS collect_open ON collect_calls (run, done, stage, is_next DESC, id);
CREATE TABLE IF NOT EXISTS collect_rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, hold TEXT, kind TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS collect_held ON collect_rows (run, hold, id);
CREATE TABLE IF NOT EXISTS collect_found (
    run INTEGER NOT NULL, did TEXT NOT NULL, strategy TEXT NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (run, did, strategy, how)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collect_accounts (
    run INTEGER NOT NULL, did TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, did)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collect_posts (
    run INTEGER NOT NULL, did TEXT NOT NULL, uri TEXT NOT NULL, likes INTEGER NOT NULL,
    reposts INTEGER NOT NULL, quotes INTEGER NOT NULL, replies INTEGER NOT NULL,
    PRIMARY KEY (run, uri)
) WITHOUT ROWID;
"""
_RUN_TABLES = (
    "collect_calls",
    "collect_rows",
    "collect_found",
    "collect_accounts",
    "collect_posts",
)


class Task(NamedTuple):
    """One call to make. `params` is JSON; `hold` names the list whose rows wait for its end."""

    strategy: str
    kind: str
    params: Mapping[str, Any]
    hold: str | None = None
    id: int = 0

    @property
    def is_begun(self) -> bool:
        """Whether it reads on in a list whose rows wait for its end."""
        return self.hold is not None and "cursor" in self.params


class Account(msgspec.Struct, omit_defaults=True):
    """What a run remembers of an account to decide about it; forgotten with the run.

    belongs     its own words (handle, name, bio) hold a wanted word or place
    open        neither hidden, nor opted out, nor a mirrored copy
    counted     its counts are known (it was asked for with `getProfiles`)
    """

    followers: int = 0
    follows: int = 0
    posts: int = 0
    belongs: bool = False
    open: bool = True
    counted: bool = False


@dataclass
class Outcome:
    """What one answered call said.

    records    rows for the catalogue
    found      (did, strategy, how): who was found, and through what
    accounts   what is known of accounts now
    posts      (did, address, likes, reposts, quotes, replies) of own posts
    tasks      calls that it asks for, made in the same stage
    ends       the list whose last page this was: its rows may go
    drops      the list that will never be whole: its rows are dropped
    stops      a kind of call that the network does not take: the others of it are not made
    notes      sentences for the person who asked
    """

    records: list[msgspec.Struct] = field(default_factory=list)
    found: list[tuple[str, str, str]] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    posts: list[tuple[str, str, int, int, int, int]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    ends: str | None = None
    drops: str | None = None
    stops: str | None = None
    notes: list[str] = field(default_factory=list)


class Work:
    """One run's calls and answers, kept in `state`.

    wish   what tells this run from another; the same wish goes on where its last run ended
    """

    def __init__(self, state: State, wish: str) -> None:
        self._state = state
        with state.transaction() as connection:
            for statement in filter(str.strip, _TABLES.split(";\n")):
                connection.execute(statement)
            connection.execute(
                "INSERT OR IGNORE INTO collect_runs (wish, stage, cost, last_at, notes) "
                "VALUES (?, 0, 0, 0, '[]')",
                (wish,),
            )
            self.run: int = connection.execute(
                "SELECT run FROM collect_runs WHERE wish = ?", (wish,)
            ).fetchone()[0]

    @property
    def stage(self) -> int:
        """The stage whose calls are being made; 0 before the first."""
        return int(self._one("SELECT stage FROM collect_runs WHERE run = ?"))

    @property
    def cost(self) -> int:
        """Attempts of all answered calls of this run, earlier parts of it included."""
        return int(self._one("SELECT cost FROM collect_runs WHERE run = ?"))

    @property
    def notes(self) -> list[str]:
        """Sentences for the person who asked, in order, each once."""
        found: list[str] = json.loads(self._one("SELECT notes FROM collect_runs WHERE run = ?"))
        return found

    def costs(self) -> dict[str, int]:
        """Attempts by strategy, in the order in which they were first made."""
        rows = self._all(
            "SELECT strategy, sum(cost) FROM collect_calls WHERE run = ? AND done = 1 "
            "GROUP BY strategy ORDER BY min(id)"
        )
        return {strategy: int(n) for strategy, n in rows}

    def enter(
        self,
        stage: int,
        tasks: Iterable[Task],
        *,
        found: Iterable[tuple[str, str, str]] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """Go on to a stage with its first calls; written whole.

        found   people whom the look back at earlier stages names, as in `Outcome`
        """
        with self._state.transaction() as connection:
            connection.execute("UPDATE collect_runs SET stage = ? WHERE run = ?", (stage, self.run))
            self._find(connection, found)
            self._add(connection, stage, tasks)
            self._note(connection, notes)

    def leave(self, notes: Sequence[str] = ()) -> None:
        """Drop the calls of this stage that are not made yet, and rows of unfinished lists."""
        with self._state.transaction() as connection:
            connection.execute(
                "DELETE FROM collect_rows WHERE run = ? AND hold IN "
                "(SELECT hold FROM collect_calls WHERE run = ? AND done = 0)",
                (self.run, self.run),
            )
            connection.execute("DELETE FROM collect_calls WHERE run = ? AND done = 0", (self.run,))
            self._note(connection, notes)

    def next(self) -> Task | None:
        """The next call of this stage, None when all are answered.

        A list whose rows wait for its end is read to the end before another one is begun, so that
        a run that ends has at most one of them half.
        """
        rows = self._all(
            "SELECT strategy, kind, params, hold, id FROM collect_calls "
            "WHERE run = ? AND done = 0 ORDER BY stage, is_next DESC, id LIMIT 1"
        )
        if not rows:
            return None
        strategy, kind, params, hold, number = rows[0]
        return Task(strategy, kind, json.loads(params), hold, number)

    def open_calls(self) -> int:
        """Calls that are known and not yet made."""
        return int(self._one("SELECT count(*) FROM collect_calls WHERE run = ? AND done = 0"))

    def tick(self, now_us: int) -> int:
        """An instant in microseconds for the next answer: now, and after every earlier answer."""
        last = int(self._one("SELECT last_at FROM collect_runs WHERE run = ?"))
        return max(now_us, last + 1)

    def answer(self, task: Task, outcome: Outcome, *, at_us: int, cost: int) -> None:
        """Write down what a call said; nothing of it is lost from here on."""
        with self._state.transaction() as connection:
            stage = connection.execute(
                "SELECT stage FROM collect_calls WHERE id = ?", (task.id,)
            ).fetchone()[0]
            connection.execute(
                "UPDATE collect_calls SET done = 1, cost = cost + ? WHERE id = ?", (cost, task.id)
            )
            connection.execute(
                "UPDATE collect_runs SET last_at = ?, cost = cost + ? WHERE run = ?",
                (at_us, cost, self.run),
            )
            connection.executemany(
                "INSERT INTO collect_rows (run, hold, kind, record) VALUES (?, ?, ?, ?)",
                [(self.run, task.hold, _table(r), _packed(r)) for r in outcome.records],
            )
            self._find(connection, outcome.found)
            for did, account in outcome.accounts.items():
                self._remember(connection, did, account)
            connection.executemany(
                "INSERT OR REPLACE INTO collect_posts VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(self.run, *post) for post in outcome.posts],
            )
            self._add(connection, stage, outcome.tasks)
            self._note(connection, outcome.notes)
            if outcome.stops is not None:
                connection.execute(
                    "DELETE FROM collect_calls WHERE run = ? AND kind = ? AND done = 0",
                    (self.run, outcome.stops),
                )
            if outcome.ends is not None:
                connection.execute(
                    "UPDATE collect_rows SET hold = NULL WHERE run = ? AND hold = ?",
                    (self.run, outcome.ends),
                )
            if outcome.drops is not None:
                for table in ("collect_rows", "collect_calls"):
                    unmade = "" if table == "collect_rows" else " AND done = 0"
                    connection.execute(
                        f"DELETE FROM {table} WHERE run = ? AND hold = ?{unmade}",  # noqa: S608
                        (self.run, outcome.drops),
                    )

    def spend(self, task: Task, cost: int) -> None:
        """Count attempts of a call that got no answer."""
        with self._state.transaction() as connection:
            connection.execute(
                "UPDATE collect_calls SET cost = cost + ? WHERE id = ?", (cost, task.id)
            )
            connection.execute(
                "UPDATE collect_runs SET cost = cost + ? WHERE run = ?", (cost, self.run)
            )

    def waiting(self, table: str) -> tuple[list[msgspec.Struct], int]:
        """A table's rows that may go into the catalogue, as they arrived; the last one's number."""
        rows = self._all(
            "SELECT id, record FROM collect_rows WHERE run = ? AND kind = ? AND hold IS NULL "
            "ORDER BY id",
            table,
        )
        kind = OBSERVED[table]
        return [msgspec.json.decode(raw, type=kind) for _, raw in rows], rows[-1][0] if rows else 0

    def n_waiting(self) -> int:
        """How many rows `waiting` would give."""
        return int(self._one("SELECT count(*) FROM collect_rows WHERE run = ? AND hold IS NULL"))

    def stored(self, table: str, up_to: int) -> None:
        """The catalogue has a table's rows up to this number."""
        with self._state.transaction() as connection:
            connection.execute(
                "DELETE FROM collect_rows WHERE run = ? AND kind = ? AND hold IS NULL AND id <= ?",
                (self.run, table, up_to),
            )

    def found(self) -> dict[str, dict[str, int]]:
        """did -> strategy -> in how many ways it was found by it, sorted by did."""
        made: dict[str, dict[str, int]] = {}
        for did, strategy, n in self._all(
            "SELECT did, strategy, count(*) FROM collect_found WHERE run = ? "
            "GROUP BY did, strategy ORDER BY did, strategy"
        ):
            made.setdefault(did, {})[strategy] = int(n)
        return made

    def ways(self, strategy: str) -> dict[str, list[str]]:
        """how -> the DIDs found through it by a strategy, both sorted."""
        made: dict[str, list[str]] = {}
        for how, did in self._all(
            "SELECT how, did FROM collect_found WHERE run = ? AND strategy = ? ORDER BY how, did",
            strategy,
        ):
            made.setdefault(how, []).append(did)
        return made

    def accounts(self) -> dict[str, Account]:
        """What is known of every account of this run, sorted by did."""
        return {
            did: msgspec.json.decode(record, type=Account)
            for did, record in self._all(
                "SELECT did, record FROM collect_accounts WHERE run = ? ORDER BY did"
            )
        }

    def finish(self) -> None:
        """The run is complete: nothing about anybody stays, and the wish begins anew next time."""
        with self._state.transaction() as connection:
            for table in (*_RUN_TABLES, "collect_runs"):
                connection.execute(f"DELETE FROM {table} WHERE run = ?", (self.run,))  # noqa: S608

    def followers_held(self, hold: str) -> list[str]:
        """Who follows, by the pages of a list that is held back, in the order of the pages."""
        rows = self._all(
            "SELECT record FROM collect_rows WHERE run = ? AND hold = ? AND kind = 'follows' "
            "ORDER BY id",
            hold,
        )
        return [msgspec.json.decode(raw, type=Follow).follower_id for (raw,) in rows]

    def posts(self) -> list[tuple[str, str, int, int, int, int]]:
        """Own posts of the accounts whose feeds were read, as in `Outcome`, newest first."""
        return self._all(
            "SELECT did, uri, likes, reposts, quotes, replies FROM collect_posts WHERE run = ? "
            "ORDER BY did, uri DESC"
        )

    # --- inside -----------------------------------------------------------------------------

    def _add(self, connection: sqlite3.Connection, stage: int, tasks: Iterable[Task]) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO collect_calls "
            "(run, stage, strategy, kind, params, hold, is_next) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(self.run, stage, t.strategy, t.kind),
                    json.dumps(t.params, sort_keys=True),
                    *(t.hold, t.is_begun),
                )
                for t in tasks
            ],
        )

    def _find(self, connection: sqlite3.Connection, found: Iterable[tuple[str, str, str]]) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO collect_found (run, did, strategy, how) VALUES (?, ?, ?, ?)",
            [(self.run, *one) for one in found],
        )

    def _note(self, connection: sqlite3.Connection, notes: Sequence[str]) -> None:
        if not notes:
            return
        together = list(dict.fromkeys((*self.notes, *notes)))
        connection.execute(
            "UPDATE collect_runs SET notes = ? WHERE run = ?", (json.dumps(together), self.run)
        )

    def _remember(self, connection: sqlite3.Connection, did: str, account: Account) -> None:
        """Counts win over none: a page of followers must not undo what `getProfiles` said."""
        old = connection.execute(
            "SELECT record FROM collect_accounts WHERE run = ? AND did = ?", (self.run, did)
        ).fetchone()
        if old is not None and not account.counted:
            known = msgspec.json.decode(old[0], type=Account)
            if known.counted:
                account = msgspec.structs.replace(known, open=known.open and account.open)
        connection.execute(
            "INSERT OR REPLACE INTO collect_accounts VALUES (?, ?, ?)",
            (self.run, did, msgspec.json.encode(account).decode()),
        )

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._state.transaction() as connection:
            return connection.execute(query, (self.run, *values)).fetchall()

    def _one(self, query: str) -> Any:
        return self._all(query)[0][0]


def _table(record: msgspec.Struct) -> str:
    table: str = record.TABLE  # type: ignore[attr-defined]
    return table


def _packed(record: msgspec.Struct) -> str:
    known = {
        name: value
        for name in record.__struct_fields__
        if (value := getattr(record, name)) is not None
    }
    return msgspec.json.encode(known).decode()
