"""The run: events are folded as they come, stored in lots, and made searchable lot by lot.

One lot, in this order, each step durable before the next begins:

1. rows into the catalogue (which knows what it has, so a repetition changes nothing);
2. in one transaction of the source's file: the live edges, how far the stream was read, whose rows
   changed and who left;
3. the changed people judged and put into the index (`bring_in`), and struck off;
4. those who left erased everywhere (`forget`), and struck off.

Killed between any two, the next run reads the stream again from where step 2 last said: the same
rows come out, for they hang on the events and on what was remembered, and on no clock and on no cut
into lots. What step 2 lists and step 3 or 4 did not strike off is done first.

Follows and reactions are stored and wait for the next whole judgement (`influencr refresh`).

A search sees an event after at most EVERY plus the time that a lot takes; docs/benchmarks tells it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from influencr.catalogue import Appended
from influencr.errors import Busy, HomeError, InfluencrError, Transient
from influencr.pipeline._durable import locked
from influencr.pipeline._expire import observe_expiry
from influencr.pipeline._forget import forget
from influencr.pipeline._judge import read_report
from influencr.pipeline._refresh import refresh
from influencr.pipeline._update import bring_in
from influencr.pipeline.listening._known import Known
from influencr.pipeline.listening._resync import Repositories, replaced
from influencr.pipeline.listening._strangers import sort_out
from influencr.sources.bluesky.stream import Fold, Lot, Memory, Position

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.home import Home
    from influencr.index import SearchIndex

__all__ = ["Heard", "Pace", "Reading", "listen"]

#: How long to wait for events at a time, in seconds.
_GLANCE = 0.05
#: So many changed people are judged at a time; the rest waits for the next lot.
_AT_ONCE = 5_000
#: Looking for strangers takes at most one part in so many of the time.
_SPARING = 20
_PREFIX = "bluesky:"
#: Repositories read at a time, so that the stream does not wait for long.
_WHOLE_AT_ONCE = 5
#: Files that a reader may still hold stay so long after they were merged.
_RETENTION = timedelta(hours=1)


class Pace(NamedTuple):
    """How often what happens, in seconds. Our own choice, but for `forget`: deletions have to be
    gone within a minute.

    every      rows are stored and brought in
    rest       a position without rows is stored
    forget     people who left are erased
    look       the catalogue is looked at for people who came by other ways
    strangers  it is looked whether strangers who left stand in the catalogue; where that takes
               long, twenty times as long as it takes
    tidy       small files are merged, old edges dropped, and what may not be kept any longer goes
    """

    every: float = 1.0
    rest: float = 5.0
    forget: float = 15.0
    look: float = 30.0
    strangers: float = 15.0
    tidy: float = 900.0


class Heard(NamedTuple):
    """What a run did.

    events     read from the stream; kept: of them turned into rows
    tables     table -> rows new, unchanged, blocked
    brought_in, taken_out   creators put into the index or replaced, and taken out
    forgotten  people erased because their account was deleted
    waiting    changed people who are stored and not searchable yet
    newest     instant of the newest stored event; None before the first
    lines      connections that were opened; unreadable: messages that were none
    gaps       stretches that no server had any more
    problem    the last trouble with a server
    seconds    how long the run took
    """

    events: int
    kept: int
    tables: dict[str, Appended]
    brought_in: int
    taken_out: int
    forgotten: int
    waiting: int
    newest: datetime | None
    lines: int
    unreadable: int
    gaps: tuple[tuple[datetime, datetime], ...]
    problem: str | None
    seconds: float


class Reading(Protocol):
    """What is read from: `sources.bluesky.stream.Reader`, or what stands for it in a test."""

    gaps: list[tuple[int, int]]
    bad: int
    problem: str | None
    lines: int

    def take(self, timeout: float) -> Sequence[Lot]:
        """What came since the last call."""
        ...


def listen(
    home: Home,
    catalogue: Catalogue,
    index: SearchIndex,
    reader: Callable[[Position], AbstractContextManager[Reading]],
    *,
    seconds: float | None = None,
    stop: threading.Event | None = None,
    words: Sequence[str] = (),
    pace: Pace | None = None,
    repositories: Repositories | None = None,
    progress: Callable[[Heard], None] | None = None,
) -> Heard:
    """Listen until told to stop; see the module text for what is promised.

    reader    from the stored position to something to read from
    seconds   stop after so long; None: only when `stop` is set
    words     strangers who say one of these are noted, for collecting to look at
    repositories  asked for whole repositories that were cut; None: they are only noted
    progress  called after every lot, and when something is wrong with a server

    A home that was never judged is judged first. Raises what the reader, the catalogue or the
    judges raise; everything up to the last lot is stored then.
    """
    if read_report(home.judged) is None:
        refresh(home, catalogue, index)
    with Memory(home.sources / "bluesky.sqlite") as memory:
        run = _Run(home, catalogue, index, memory, words, pace or Pace(), repositories)
        with reader(memory.position()) as reading:
            return run.until(
                reading, seconds=seconds, stop=stop or threading.Event(), progress=progress
            )


class _Run:
    def __init__(
        self,
        home: Home,
        catalogue: Catalogue,
        index: SearchIndex,
        memory: Memory,
        words: Sequence[str],
        pace: Pace,
        repositories: Repositories | None,
    ) -> None:
        self._home = home
        self._catalogue = catalogue
        self._index = index
        self._memory = memory
        self._pace = pace
        self._repositories = repositories
        self._began = time.monotonic()
        self._position = memory.position()
        self._cursors = dict(self._position.cursors)
        self._at_us = self._position.at_us
        leaving = memory.left("forget")
        self._known = Known(catalogue, gone=leaving)
        self._hidden = {name.removeprefix(_PREFIX) for name in memory.left("hidden")}
        folded = tuple(word.casefold() for word in words if word.strip())
        self._fold = Fold(
            self._known.dids,
            memory,
            hidden=self._hidden,
            wanted=(lambda text: _says(text, folded)) if folded else None,
        )
        self._waiting = set(memory.left("bring in"))
        self._leaving = set(leaving)
        self._counts: Counter[str] = Counter()
        self._tables: dict[str, Appended] = {}
        self._brought = self._taken = self._forgotten = 0
        self._sorting_took = 0.0
        #: Events were folded and not stored yet.
        self._open = False

    def until(
        self,
        reading: Reading,
        *,
        seconds: float | None,
        stop: threading.Event,
        progress: Callable[[Heard], None] | None,
    ) -> Heard:
        """Lot after lot; the last one is stored before this returns."""
        pace = self._pace
        now = time.monotonic()
        end = None if seconds is None else now + seconds
        stored = looked = tidied = now
        forgot, sorted_out = now - pace.forget, now - pace.strangers
        problem: str | None = None
        self._let_go()
        self._bring_in()
        while True:
            over = stop.is_set() or (end is not None and time.monotonic() >= end)
            for lot in reading.take(0.0 if over else _GLANCE):
                self._take(lot)
            if progress is not None and reading.problem != problem:
                problem = reading.problem
                progress(self._heard(reading))
            now = time.monotonic()
            sort_due = now - sorted_out >= max(pace.strangers, _SPARING * self._sorting_took)
            forget_due = bool(self._leaving) and now - forgot >= pace.forget
            look_due, tidy_due = now - looked >= pace.look, now - tidied >= pace.tidy
            urgent = bool(len(self._fold) or self._waiting)
            due = now - stored >= (pace.every if urgent else pace.rest)
            # What is done beside the stream commits too, and must not commit half a lot.
            beside = over or sort_due or forget_due or look_due or tidy_due
            if over or (due and (urgent or self._open)) or (beside and self._open):
                stored = now
                self._store(reading)
                self._bring_in()
                if progress is not None:
                    progress(self._heard(reading))
            elif not beside:
                # Lots that are taken one event at a time cost more than the events.
                stop.wait(_GLANCE)
            if over or sort_due:
                sorted_out = now
                self._sort_out()
            if self._leaving and (over or now - forgot >= pace.forget):
                forgot = now
                self._forget()
            if look_due:
                looked = now
                self._known.look()
                self._read_whole(reading)
            if tidy_due and not over:
                tidied = now
                self._memory.tidy(self._at_us)
                self._catalogue.compact(retention=_RETENTION)
                self._let_go()
            if over:
                return self._heard(reading)

    def _take(self, lot: Lot) -> None:
        self._open = True
        self._fold.take_all(lot.events)
        last = lot.events[-1]
        self._cursors[lot.server] = last.cursor
        self._at_us = max(self._at_us, last.at_us)

    # Step 1 and 2.

    def _store(self, reading: Reading) -> None:
        self._open = False
        folded = self._fold.drain()
        for batch in folded.batches:
            self._add(batch.table, self._catalogue.append(batch.table, batch.frame))
        self._counts.update(folded.counts)
        counts = Counter(self._position.counts)
        counts.update(folded.counts)
        # The reader goes on adding in its thread: what is not taken now is taken next time.
        gaps = list(reading.gaps)
        del reading.gaps[: len(gaps)]
        self._position = Position(
            cursors=dict(self._cursors),
            at_us=self._at_us,
            counts=dict(counts),
            gaps=[*self._position.gaps, *gaps][-100:],
            problem=reading.problem,
            written_us=time.time_ns() // 1_000,
        )
        self._memory.commit(
            self._position,
            left={
                "bring in": folded.changed,
                "forget": folded.gone,
                "look again": folded.look_again,
                "read whole": folded.cut,
                "newcomer": folded.newcomers,
            },
            strangers=folded.strangers,
        )
        self._waiting |= folded.changed
        self._leaving |= folded.gone
        self._known.leave(sorted(folded.gone))

    def _add(self, table: str, counts: Appended) -> None:
        before = self._tables.get(table, Appended(0, 0, 0))
        self._tables[table] = Appended(*(a + b for a, b in zip(before, counts, strict=True)))

    # Step 3.

    def _bring_in(self) -> None:
        while self._waiting:
            names = sorted(self._waiting)[:_AT_ONCE]
            try:
                done = bring_in(self._home, self._catalogue, self._index, names)
            except Busy:
                return  # the whole is judged right now; they are noted and come in afterwards
            except HomeError:
                # An update of the program, or a home that others emptied: judged anew, all are in.
                refresh(self._home, self._catalogue, self._index)
                done = None
            if done is not None:
                self._brought += done.n_upserted
                self._taken += done.n_deleted
            self._memory.commit(None, done={"bring in": names})
            self._waiting.difference_update(names)

    # Step 4.

    def _forget(self) -> None:
        names = sorted(self._leaving)
        try:
            with locked(self._home.judged, "remove"):
                pass  # a whole judgement may hold it for minutes; they are hidden all the same
        except Busy:
            return
        forget(self._home, self._catalogue, self._index, names, reason="deletion")
        self._memory.commit(None, done={"forget": names, "bring in": names})
        self._forgotten += len(names)
        self._leaving.difference_update(names)
        self._waiting.difference_update(names)

    def _let_go(self) -> None:
        """What ran out, and who was hidden for too long; the latter may come back as strangers."""
        purged = observe_expiry(self._home, self._catalogue, self._index)
        self._known.drop(purged)
        self._hidden.difference_update(name.removeprefix(_PREFIX) for name in purged)
        self._waiting.difference_update(purged)

    def _read_whole(self, reading: Reading) -> None:
        """Repositories that were cut, a few at a time; what cannot be had is looked at again."""
        if self._repositories is None:
            return
        for name in self._memory.left("read whole")[:_WHOLE_AT_ONCE]:
            try:
                car = self._repositories(name.removeprefix(_PREFIX))
                ended = replaced(self._catalogue, self._fold, car)
            except Transient:
                return  # they are noted, and asked for later
            except InfluencrError:
                self._memory.commit(None, left={"look again": [name]}, done={"read whole": [name]})
                continue
            self._store(reading)
            for table, rows in ended:
                self._add(table, self._catalogue.append(table, rows))
            self._memory.commit(None, done={"read whole": [name]})
            self._bring_in()

    def _sort_out(self) -> None:
        strangers = self._memory.strangers()
        if not strangers:
            return
        began = time.monotonic()
        found = sort_out(self._catalogue, strangers)
        self._hidden |= {name.removeprefix(_PREFIX) for name in found.hidden}
        self._hidden -= {name.removeprefix(_PREFIX) for name in found.shown}
        self._memory.commit(
            None,
            left={"hidden": found.hidden, "forget": found.deleted},
            done={"hidden": found.shown},
        )
        self._memory.forget_strangers(strangers)
        self._leaving |= set(found.deleted)
        self._sorting_took = time.monotonic() - began

    def _heard(self, reading: Reading) -> Heard:
        kinds = ("commit", "account", "identity", "sync")
        return Heard(
            events=sum(self._counts[kind] for kind in kinds),
            kept=self._counts["kept"],
            tables=dict(self._tables),
            brought_in=self._brought,
            taken_out=self._taken,
            forgotten=self._forgotten,
            waiting=len(self._waiting),
            newest=_instant(self._position.at_us) if self._position.at_us else None,
            lines=reading.lines,
            unreadable=reading.bad,
            gaps=tuple((_instant(a), _instant(b)) for a, b in self._position.gaps),
            problem=reading.problem,
            seconds=time.monotonic() - self._began,
        )


def _says(text: str, words: tuple[str, ...]) -> bool:
    folded = text.casefold()
    return any(word in folded for word in words)


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
