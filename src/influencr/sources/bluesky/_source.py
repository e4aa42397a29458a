"""Bluesky as a source of records: who is meant, what they say, who listens; over public calls.

    source = BlueskySource.open(home, wanted, budget=2_000)
    for batch in source.batches(): ...

Nothing is asked twice: every answer is in the state file before the next call is made, and a run
that was killed, stopped or ran out of calls goes on with the same wish. No key is needed; nothing
but what anybody may read is read, at the pace of `_xrpc.PER_SECOND`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from influencr.errors import InfluencrError, TooManyCalls, UsageError
from influencr.records import OBSERVED
from influencr.sources import Batch, Found, Plan, Report, Wanted
from influencr.sources._frames import batches_of
from influencr.sources.bluesky import _answers as answers
from influencr.sources.bluesky._audience import sample
from influencr.sources.bluesky._plan import plan
from influencr.sources.bluesky._scene import scene
from influencr.sources.bluesky._stages import FINDING, allowance, entry, stages_of
from influencr.sources.bluesky._wish import Wish
from influencr.sources.bluesky._witness import cannot_witness, witness
from influencr.sources.bluesky._work import Outcome, Task, Work
from influencr.sources.bluesky._xrpc import PER_SECOND, Hosts, Xrpc

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.http import Client, Rule, State, Transport

__all__ = ["DEFAULT_BUDGET", "BlueskySource", "hosts_of", "rules_of"]

#: Calls of a run when nobody says how many: three minutes at ten a second.
DEFAULT_BUDGET = 2_000
#: Answers that are gathered before the catalogue is asked to take them; an append is one file.
_FLUSH_CALLS = 50
_FLUSH_ROWS = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = "bluesky"
#: Strategy -> what `stream.left` calls those whom the stream left to it: accounts that it could not
#: tell everything about, and newcomers who said what was asked for.
_LEFT = {"again": "look again", "heard": "newcomer"}
#: Newcomers of one run: more of them would leave nothing for the search.
_MOST_HEARD = 1_000
#: Keys of [bluesky] in sources.toml; the last is for servers on private addresses (tests).
SETTINGS = (*Hosts._fields, "follow_records", "jetstream", "repos", "streams", "servers")


class BlueskySource:
    """One run of questions to the network.

    wanted   what is looked for
    state    memory of the run, shared with the client's counters
    client   how calls are made; its budget should be what is left of `budget`
    budget   attempts that the run may cost, earlier parts of it included
    births   DID -> when the account was made, where the PLC directory was read
    heard    DIDs of newcomers whom the stream heard saying something that was asked for
    follow_records   ask each seed's own server whom it follows: one call more, and it is told
             since when and through which pack
    clock    unix seconds
    """

    name = _NAME
    #: Accounts that one call looks at again.
    per_call = answers.PROFILES
    witness = staticmethod(witness)
    cannot_witness = staticmethod(cannot_witness)
    watch: Callable[[str, int, int], None] | None = None

    def __init__(
        self,
        wanted: Wanted,
        *,
        state: State,
        client: Client,
        hosts: Hosts = Hosts(),  # noqa: B008 - a tuple never changes
        budget: int = DEFAULT_BUDGET,
        births: Callable[[str], datetime | None] | None = None,
        heard: Sequence[str] = (),
        follow_records: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not (wanted.words or wanted.place or wanted.handles or wanted.again):
            raise UsageError(
                "Nothing is looked for; give words, --near PLACE or --handle NAME.", field="WORDS"
            )
        self.wanted, self.budget = wanted, budget
        self._client, self._state, self._clock = client, state, clock
        self._xrpc = Xrpc(client, hosts)
        self._births = births
        self._heard, self._follow_records = heard, follow_records
        self._wish = Wish(wanted)
        self._work = Work(state, _key(wanted))
        self._candidates: frozenset[str] = frozenset()
        self._is_finished = False

    @classmethod
    def open(
        cls,
        home: Home,
        wanted: Wanted,
        *,
        budget: int | None,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """As `Collectable.open`; what sends a call and what tells the time may be others."""
        from influencr.sources.http import Settings, State

        settings = Settings.read(home)
        settings.check_keys(_NAME, SETTINGS)
        hosts = hosts_of(settings.address)
        most = DEFAULT_BUDGET if budget is None else budget
        file = home.sources / f"{_NAME}.sqlite"
        heard: tuple[str, ...] = ()
        if wanted.again:
            unclear = _left(file, _LEFT["again"])
            wanted = wanted._replace(again=tuple(dict.fromkeys((*unclear, *wanted.again))))
        else:
            heard = _left(file, _LEFT["heard"])
        state = State(file)
        try:
            spent = Work(state, _key(wanted)).cost
            client = settings.client(
                _NAME,
                rules=rules_of(hosts),
                state=state,
                budget=max(0, most - spent),
                transport=transport,
                clock=clock,
                sleep=sleep,
            )
            births = _births_of(home)
            return cls(
                wanted,
                state=state,
                client=client,
                hosts=hosts,
                budget=most,
                births=births,
                heard=heard,
                follow_records=settings.value(_NAME, "follow_records", False),
                clock=clock,
            )
        except BaseException:
            state.close()
            raise

    def plan(self) -> Plan:
        """As `Collectable.plan`."""
        return plan(self.wanted, self.budget, spent=self._work.cost)

    def batches(self) -> Iterator[Batch]:
        """As `Collectable.batches`. Ends when all is asked or the calls are used up."""
        work = self._work
        yield from self._flush()
        asked = 0
        while (task := self._next()) is not None:
            try:
                goes_on = self._answer(task)
            except InfluencrError:
                # What was answered before is worth storing, whatever stopped the run.
                yield from self._flush()
                raise
            if not goes_on:
                break
            asked += 1
            if asked >= _FLUSH_CALLS or (asked % 5 == 0 and work.n_waiting() >= _FLUSH_ROWS):
                yield from self._flush()
                asked = 0
        yield from self._flush()
        # An account that did not change leaves no row behind, so it is noted who was asked for.
        for strategy, dids in work.ways("asked").items():
            self._asked(strategy, dids)
        self._is_finished = work.stage > stages_of(self.wanted)

    def report(self) -> Report:
        """As `Collectable.report`."""
        work = self._work
        found, accounts, costs = work.found(), work.accounts(), work.costs()
        belong = {
            did
            for did, ways in found.items()
            if did in accounts and accounts[did].belongs and any(s in ways for s in FINDING)
        }

        def by(*strategies: str) -> set[str]:
            return {did for did, ways in found.items() if any(s in ways for s in strategies)}

        rows = []
        for strategy in dict.fromkeys((*FINDING, *costs)):
            people = by(strategy) if strategy in FINDING else set()
            if strategy in costs or people:
                others = by(*(s for s in FINDING if s != strategy))
                only = len(people - others) if strategy in FINDING else None
                rows.append(Found(strategy, costs.get(strategy, 0), len(people), only))
        notes = [*self._unknown_handles(), *work.notes]
        if not self._is_finished:
            notes.append(
                f"{work.cost:,} of {self.budget:,} calls are spent and more is to be asked; the "
                "same command goes on, with a larger --budget where it is used up."
            )
        return Report(
            found=tuple(rows),
            finished=self._is_finished,
            scene=scene(by("packs", "lists") & belong, by("actors") & belong, belong),
            gone=tuple(f"bluesky:{did}" for did in sorted(by("gone"))),
            notes=tuple(notes),
        )

    def finish(self) -> None:
        """Forget the run: what it found is stored, and the same wish begins anew."""
        if self._is_finished:
            self._work.finish()

    def close(self) -> None:
        """Let go of the connections and the state file."""
        self._client.close()
        self._state.close()

    @classmethod
    def forget(cls, home: Home, names: Sequence[str]) -> int:
        """Drop people from the memory of unfinished runs; how many entries went.

        names   `bluesky:did:...` and `bluesky:@handle`
        """
        from influencr.sources.bluesky._leaving import forget

        return forget(home.sources / f"{_NAME}.sqlite", names)

    # --- inside -----------------------------------------------------------------------------

    def _next(self) -> Task | None:
        """The next call; enters the next stage where this one has no call left to make."""
        work = self._work
        last = stages_of(self.wanted)
        while True:
            stage = work.stage
            if stage > last:
                return None
            task = work.next() if stage else None
            left = allowance(stage, self.budget, self.wanted) - work.cost if stage else 0
            if task is not None and work.cost >= self.budget:
                return None
            # a list that is begun is read to its end: half of it would be for nothing
            if task is not None and (left > 0 or task.is_begun):
                return task
            if task is not None:
                n = work.open_calls()
                work.leave([f"{n:,} further calls were left out; a larger --budget makes them."])
            if stage == last:
                work.enter(stage + 1, [])
                continue
            self._candidates = frozenset()
            calls = max(0, allowance(stage + 1, self.budget, self.wanted) - work.cost)
            begun = entry(
                stage + 1,
                work,
                self.wanted,
                calls=calls,
                budget=self.budget,
                heard=self._heard,
                follow_records=self._follow_records,
            )
            work.enter(stage + 1, begun.tasks, found=begun.found, notes=begun.notes)

    def _answer(self, task: Task) -> bool:
        """Make one call and write down what it said; False when no call is left to be made."""
        work = self._work
        before = self._client.calls
        try:
            answer = answers.ask(self._xrpc, task)
        except TooManyCalls as error:
            if error.until is None:
                work.spend(task, self._client.calls - before)
                return False
            reading, outcome = self._refused(task, error, before)
        except InfluencrError as error:
            reading, outcome = self._refused(task, error, before)
        else:
            reading = self._reading()
            outcome = answers.read(task, answer, reading)
        if task.kind == "followers" and outcome.ends is not None:
            self._draw(task, outcome)
        at_us = (reading.at - _EPOCH) // timedelta(microseconds=1)
        work.answer(task, outcome, at_us=at_us, cost=self._client.calls - before)
        if self.watch is not None:
            self.watch(task.strategy, work.cost, self.budget)
        return True

    def _refused(
        self, task: Task, error: InfluencrError, before: int
    ) -> tuple[answers.Reading, Outcome]:
        """What a refusal says; raises it where it says that the run has to stop."""
        reading = self._reading()
        outcome = answers.refused(task, error, reading)
        if outcome is None:
            self._work.spend(task, self._client.calls - before)
            raise error
        return reading, outcome

    def _draw(self, task: Task, outcome: Outcome) -> None:
        """A list of followers is whole: who of them is looked at closer."""
        creator = str(task.params["actor"])
        here = [r.follower_id for r in outcome.records if hasattr(r, "follower_id")]
        everybody = [*self._work.followers_held(task.hold or ""), *here]
        drawn = sample(creator, [name.removeprefix("bluesky:") for name in everybody])
        outcome.found += [(did, "drawn", creator) for did in drawn]

    def _reading(self) -> answers.Reading:
        now = self._work.tick(int(self._clock() * 1_000_000))
        at = _EPOCH + timedelta(microseconds=now)
        return answers.Reading(at, self._wish, self._births, self._known)

    def _known(self) -> frozenset[str]:
        """Whom this run found and may list."""
        if not self._candidates:
            found = self._work.found()
            self._candidates = frozenset(
                did for did, ways in found.items() if any(s in ways for s in FINDING)
            )
        return self._candidates

    def _flush(self) -> Iterator[Batch]:
        for table in OBSERVED:
            records, last = self._work.waiting(table)
            if records:
                yield from batches_of(records)
                # The code behind a yield runs when the catalogue has the rows.
                self._work.stored(table, last)

    def _asked(self, strategy: str, dids: Sequence[str]) -> None:
        from influencr.sources.bluesky.stream import done

        if strategy == "again":
            self._state.mark("again", *dids)
        if self._state.path != ":memory:":
            done(Path(self._state.path), _LEFT[strategy], [f"{_NAME}:{did}" for did in dids])

    def _unknown_handles(self) -> list[str]:
        if not self.wanted.handles or self._work.stage < 2:
            return []
        shown = {how.casefold() for how in self._work.ways("named")}
        shown |= {did for dids in self._work.ways("named").values() for did in dids}
        missing = [h for h in self.wanted.handles if h.casefold() not in shown]
        return [f"Nobody is shown under {', '.join(missing)}."] if missing else []


def hosts_of(address: Callable[[str, str, str], str]) -> Hosts:
    """The hosts as the settings name them; `search` is the AppView where it is not named.

    address   `Settings.address`
    """
    appview = address(_NAME, "appview", Hosts().appview)
    return Hosts(
        appview=appview,
        search=address(_NAME, "search", appview),
        plc=address(_NAME, "plc", Hosts().plc),
        relay=address(_NAME, "relay", Hosts().relay),
    )


def rules_of(hosts: Hosts) -> list[Rule]:
    """The documented pace of each host."""
    from urllib.parse import urlsplit

    from influencr.sources.http import Rule

    names = dict.fromkeys(urlsplit(host).netloc for host in hosts)
    return [*(Rule(name, PER_SECOND, burst=10) for name in names), Rule("*", PER_SECOND, burst=10)]


def _left(file: Path, what: str) -> tuple[str, ...]:
    """DIDs that the stream left to be looked at."""
    from influencr.sources.bluesky.stream import left

    return tuple(name.removeprefix(f"{_NAME}:") for name in left(file, what)[:_MOST_HEARD])


def _births_of(home: Home) -> Callable[[str], datetime | None] | None:
    """Account ages from the PLC directory, where `influencr listen plc` has read it."""
    file = home.sources / "births.bin"
    if not file.exists():
        return None
    from influencr.sources.bluesky.stream import Births

    births = Births(file)

    def born(did: str) -> datetime | None:
        seconds = int(births.seconds([did])[0])
        return None if seconds < 0 else datetime.fromtimestamp(seconds, tz=UTC)

    return born


def _key(wanted: Wanted) -> str:
    """What makes a run the same run: the wish as typed, not what the catalogue knows by now."""
    if wanted.again:
        return "again"
    typed = (wanted.words, wanted.place, wanted.handles, wanted.followers, wanted.limit)
    return hashlib.blake2b(msgspec.json.encode(typed), digest_size=12).hexdigest()
