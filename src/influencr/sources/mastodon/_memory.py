"""What is remembered between calls and runs: who was kept, what was asked, where lists go on.

A run has a number. Killed or out of budget, the same command goes on with the same number; once it
is finished, the next one counts up and asks anew. Only people who may be kept are remembered, and
`forget` takes them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from influencr.sources.mastodon._accounts import Account

if TYPE_CHECKING:
    from influencr.sources.http import State

__all__ = ["Kept", "Memory"]

_TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    name TEXT PRIMARY KEY, base TEXT NOT NULL, id TEXT NOT NULL, handle TEXT NOT NULL,
    may_be_read INTEGER NOT NULL, hides INTEGER NOT NULL, followers INTEGER,
    seen INTEGER NOT NULL, chosen INTEGER NOT NULL, looked INTEGER NOT NULL
) WITHOUT ROWID
"""


class Kept(NamedTuple):
    """An account that may be kept, with what is needed to ask about it.

    base           the server that it lives on
    hides          it hides who follows it and whom it follows
    seen           number of the run that last saw its profile
    chosen         number of the run that last chose it for a closer look
    looked         number of the run that last looked closer
    """

    name: str
    base: str
    id: str
    handle: str
    may_be_read: bool
    hides: bool
    followers: int | None
    seen: int
    chosen: int
    looked: int


class Memory:
    """The state file of this source, in its own words."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as connection:
            connection.execute(_TABLE)
        self.run = 0
        self._calls: dict[str, int] = {}

    def begin(self, command: str) -> bool:
        """Go on with the run of this command, or begin one; True when it goes on."""
        last = self._state.get("run", {})
        goes_on = last.get("command") == command and not last.get("finished", True)
        self.run = int(last.get("number", 0)) + (0 if goes_on else 1)
        if not goes_on:
            with self._state.transaction() as connection:
                connection.execute("DELETE FROM done WHERE strategy = 'asked'")
                connection.execute("DELETE FROM done WHERE strategy LIKE 'found %'")
                for name in (*self._state.names("next "), "calls"):
                    self._state.drop(name)
                self._put(command, finished=False)
        self._calls = self.calls_before(command)
        return goes_on

    def calls_before(self, command: str) -> dict[str, int]:
        """Calls by strategy that earlier parts of this command's run cost."""
        last = self._state.get("run", {})
        if last.get("command") != command or last.get("finished", True):
            return {}
        return dict(self._state.get("calls", {}))

    def note_calls(self, of_this_part: Mapping[str, int]) -> None:
        """What this part of the run cost up to now, by strategy."""
        self._state.put("calls", self.calls(of_this_part))

    def calls(self, of_this_part: Mapping[str, int]) -> dict[str, int]:
        """Calls by strategy of the whole run, this part and the earlier ones."""
        names = {**self._calls, **of_this_part}
        return {n: self._calls.get(n, 0) + of_this_part.get(n, 0) for n in names}

    def note_found(self, strategy: str, names: Iterable[str]) -> None:
        """A strategy came upon these."""
        self._state.mark(f"found {strategy}", *names)

    def found(self, strategy: str) -> set[str]:
        """Whom a strategy came upon in this run."""
        return self._state.done(f"found {strategy}")

    def finish(self, command: str) -> None:
        """The run asked all that it wanted to."""
        self._put(command, finished=True)

    def _put(self, command: str, *, finished: bool) -> None:
        self._state.put("run", {"command": command, "number": self.run, "finished": finished})

    def next_of(self, question: str) -> str | None:
        """Where a list goes on that this run began to read."""
        address = self._state.get(f"next {question}")
        return address if isinstance(address, str) else None

    def is_asked(self, question: str) -> bool:
        """Whether this run has the whole answer to a question."""
        return self._state.is_done("asked", question)

    def note_page(self, question: str, next_url: str | None) -> None:
        """A page is stored; the list goes on there, or ends."""
        if next_url is None:
            self.note_asked(question)
        else:
            self._state.put(f"next {question}", next_url)

    def note_asked(self, question: str) -> None:
        """All of it is stored."""
        with self._state.transaction():
            self._state.mark("asked", question)
            self._state.drop(f"next {question}")

    def keep(self, base: str, accounts: Iterable[Account], chosen: frozenset[str]) -> None:
        """These profiles are stored; the names in `chosen` are to be looked at closer."""
        rows = [
            {
                "name": a.name,
                "base": base,
                "id": a.id,
                "handle": a.handle,
                "may": a.may_be_read,
                "hides": a.hides,
                "followers": a.followers,
                "run": self.run,
                "chosen": self.run if a.name in chosen else 0,
            }
            for a in accounts
        ]
        with self._state.transaction() as connection:
            connection.executemany(
                "INSERT INTO kept VALUES (:name, :base, :id, :handle, :may, :hides, :followers, "
                ":run, :chosen, 0) ON CONFLICT (name) DO UPDATE SET base = :base, id = :id, "
                "handle = :handle, may_be_read = :may, hides = :hides, followers = :followers, "
                "seen = :run, chosen = max(chosen, :chosen)",
                rows,
            )

    def note_looked(self, names: Sequence[str]) -> None:
        """What these posted and who follows them is stored."""
        with self._state.transaction() as connection:
            connection.executemany(
                "UPDATE kept SET looked = ? WHERE name = ?", [(self.run, n) for n in names]
            )

    def drop(self, names: Iterable[str]) -> None:
        """These may no longer be kept, or are gone."""
        with self._state.transaction() as connection:
            connection.executemany("DELETE FROM kept WHERE name = ?", [(n,) for n in names])

    def known(self, name: str) -> Kept | None:
        """Somebody whom this or an earlier run kept."""
        found = self._read("WHERE name = ?", (name,))
        return found[0] if found else None

    def chosen(self, base: str) -> list[Kept]:
        """Accounts of a server that this run chose, in the order of their names."""
        return self._read("WHERE base = ? AND chosen = ? ORDER BY name", (base, self.run))

    def n_chosen(self, base: str) -> int:
        """How many accounts of a server this run chose up to now."""
        return len(self.chosen(base))

    def by_id(self, base: str, number: str) -> Kept | None:
        """Somebody whom this or an earlier run kept, by the number that their server gave."""
        found = self._read("WHERE base = ? AND id = ?", (base, number))
        return found[0] if found else None

    def _read(self, where: str, values: Sequence[object]) -> list[Kept]:
        # The condition is one of the texts above, never something from outside.
        query = f"SELECT * FROM kept {where}"  # noqa: S608
        with self._state.transaction() as connection:
            rows = connection.execute(query, values).fetchall()
        return [Kept._make((*r[:4], bool(r[4]), bool(r[5]), *r[6:])) for r in rows]

    def forget(self, names: Sequence[str]) -> int:
        """Somebody left: nothing here names them any more. Returns how many rows went."""
        native = [name.partition(":")[2].removeprefix("@") for name in names]
        with self._state.transaction() as connection:
            gone = connection.executemany(
                "DELETE FROM kept WHERE name = ? OR handle = ?",
                list(zip(names, native, strict=True)),
            ).rowcount
            return gone + self._state.forget([*names, *native])
