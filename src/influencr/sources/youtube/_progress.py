"""Where did the last run get to? What is asked for, who was found how, and who was looked at.

All of it lies in the source's state file, so that the same command goes on after a stop, a kill or
the end of a day's quota. Ids of channels are YouTube's data like any other: marks older than the
days that rows are kept are dropped whenever the file is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from influencr.sources.youtube._questions import STRATEGIES
from influencr.sources.youtube._terms import DAYS_KEPT

if TYPE_CHECKING:
    from influencr.sources import Wanted
    from influencr.sources.http import State

__all__ = ["Begun", "Progress", "prune"]

_RUN, _PAGES = "run", "pages"
_ASKED, _LOOKED, _UPLOADS, _AGAIN = "asked", "looked at", "uploads", "again"
_TOLD, _READ = "profile stored", "videos stored"
_FOUND, _CHANNEL = "found by ", "channel "
#: Marks that outlast a run: when a channel was last asked for again, and its videos stored.
_LASTING = (_UPLOADS, _AGAIN)


def prune(state: State, *, now: float) -> int:
    """Drop what was said longer ago than it may be kept; how many entries went."""
    oldest = now - DAYS_KEPT * 86_400
    gone = 0
    with state.transaction():
        for strategy in _strategies():
            if old := [key for key, at in state.done_at(strategy).items() if at <= oldest]:
                state.unmark(strategy, *old)
                gone += len(old)
        for name in state.names(_CHANNEL):
            kept = state.get(name)
            if not kept or kept[0] <= oldest:
                state.drop(name)
                gone += 1
    return gone


class Begun(NamedTuple):
    """A channel that was asked for and whose rows are not stored yet.

    at       when it was asked for (unix seconds)
    item     what the API said
    videos   ids that its uploads playlist named; None: that was not asked yet
    """

    at: float
    item: dict[str, Any]
    videos: tuple[str, ...] | None


class Progress:
    """What one run of one question has done so far.

    A question that differs, or one that was finished, begins anew.
    """

    def __init__(self, state: State, wanted: Wanted, *, now: float) -> None:
        self._state = state
        self._again = bool(wanted.again)
        self._oldest = now - DAYS_KEPT * 86_400
        prune(state, now=now)
        asked = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        run = state.get(_RUN) or {}
        if run.get("asked") != asked or run.get("finished"):
            with state.transaction():
                for strategy in set(_strategies()) - set(_LASTING):
                    state.unmark(strategy, *state.done(strategy))
                run = {"asked": asked, "finished": False, "calls": {}}
                state.put_many({_RUN: run, _PAGES: {}})
                for name in state.names(_CHANNEL):
                    state.drop(name)
        self._uploads = state.done_at(_UPLOADS)
        self._before: dict[str, int] = dict(run["calls"])

    @property
    def calls_before(self) -> dict[str, int]:
        """Strategy -> calls of earlier parts of this run."""
        return dict(self._before)

    def spent(self, now: dict[str, int]) -> dict[str, int]:
        """Strategy -> calls of the whole run, given those of this part; kept."""
        whole = {s: self._before.get(s, 0) + now.get(s, 0) for s in {*self._before, *now}}
        self._state.put(_RUN, {**self._state.get(_RUN), "calls": whole})
        return whole

    def finish(self) -> None:
        """Everything was asked; the same question begins anew next time."""
        self._state.put(_RUN, {**self._state.get(_RUN), "finished": True})

    # Questions

    def was_asked(self, question: str) -> bool:
        """Whether this question has its answer."""
        return self._state.is_done(_ASKED, question)

    def answered(self, question: str, strategy: str, ids: Iterable[str], *, now: float) -> None:
        """Keep an answer: whom it named, in one transaction with the mark."""
        with self._state.transaction():
            self._state.mark(_FOUND + strategy, *ids, at=now)
            self._state.mark(_ASKED, question, at=now)

    def next_page(self, question: str, token: str | None) -> None:
        """Keep where the next page of a question begins; None = there is none."""
        self._state.put(_PAGES, {**(self._state.get(_PAGES) or {}), question: token})

    def page(self, question: str) -> tuple[bool, str | None]:
        """Whether the page before was read, and the token it gave."""
        pages = self._state.get(_PAGES) or {}
        return question in pages, pages.get(question)

    def found(self, strategy: str) -> set[str]:
        """Ids that a strategy named."""
        return self._state.done(_FOUND + strategy)

    # People

    def looked_at(self) -> set[str]:
        """Ids whose rows are stored."""
        return self._state.done(_LOOKED)

    def begun(self, native: str) -> Begun | None:
        """How far the look at a channel got; None: it did not begin, or longer ago than is kept."""
        found = self._state.get(_CHANNEL + native)
        if found is None or len(found) != 3 or found[0] <= self._oldest:
            return None
        return Begun(found[0], found[1], None if found[2] is None else tuple(found[2]))

    def begin(self, begun: Mapping[str, Begun]) -> None:
        """Keep what was said of channels until their rows are stored."""
        self._state.put_many({_CHANNEL + native: list(b) for native, b in begun.items()})

    def told(self) -> set[str]:
        """Ids whose profile rows are stored."""
        return self._state.done(_TOLD)

    def tell(self, ids: Iterable[str], *, now: float) -> None:
        """The profile rows of these are in the catalogue."""
        self._state.mark(_TOLD, *ids, at=now)

    def videos_read(self) -> set[str]:
        """Ids whose videos this run has stored."""
        return self._state.done(_READ)

    def stored(self, complete: Iterable[str], uploads: Iterable[str], *, now: float) -> None:
        """The rows of these are in the catalogue; `uploads`: whose videos were among them."""
        ids = list(complete)
        with self._state.transaction():
            for native in ids:
                self._state.drop(_CHANNEL + native)
            self._state.mark(_LOOKED, *ids, at=now)
            self._state.mark(_READ, *uploads, at=now)
            self._state.mark(_UPLOADS, *uploads, at=now)
            if self._again:
                self._state.mark(_AGAIN, *ids, at=now)
        self._uploads |= dict.fromkeys(uploads, now)

    def uploads_read_at(self, native: str) -> float | None:
        """When the videos of a channel were last stored (unix seconds)."""
        return self._uploads.get(native)


def _strategies() -> list[str]:
    """Every name under which something is marked."""
    return [
        _ASKED,
        _TOLD,
        _READ,
        _LOOKED,
        *_LASTING,
        *(_FOUND + s for s in (*STRATEGIES, "handles")),
    ]
