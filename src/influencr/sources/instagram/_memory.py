"""What does the source remember between calls, runs and weeks? All of it in its state file.

Of a run: which hashtags were read, who was named by whom, what was said of accounts whose rows are
not stored yet, and who is done. Beyond a run: which hashtags count against the week, and by which
username an account id is asked for (the API knows accounts by name only). What is older than the
days that rows are kept is dropped whenever the file is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.sources.instagram._api import HASHTAG_DAYS
from influencr.sources.instagram._terms import DAYS_KEPT

if TYPE_CHECKING:
    from influencr.sources import Wanted
    from influencr.sources.http import State

__all__ = ["STRATEGIES", "Memory", "hashtags_asked", "prune"]

#: Ways in which usernames come about.
STRATEGIES = ("handles", "hashtags")
_RUN, _ACCOUNT, _NAME, _TAG = "run", "account ", "name ", "tag "
_READ, _TOLD, _DONE = "hashtag read", "profile stored", "looked at"
_FOUND, _AGAIN, _WEEK = "found by ", "again", "hashtags of the week"
_DAY = 86_400.0
_OF_RUN = (_READ, _TOLD, _DONE, *(_FOUND + strategy for strategy in STRATEGIES))


def hashtags_asked(state: State, *, now: float) -> dict[str, float]:
    """Hashtags that count against the week, with when they were first asked for (unix seconds)."""
    since = now - HASHTAG_DAYS * _DAY
    return {word: at for word, at in state.done_at(_WEEK).items() if at > since}


def prune(state: State, *, now: float) -> int:
    """Drop what was said longer ago than it may be kept; how many entries went."""
    oldest, week = now - DAYS_KEPT * _DAY, now - HASHTAG_DAYS * _DAY
    gone = 0
    with state.transaction():
        for marked, since in (*((name, oldest) for name in (*_OF_RUN, _AGAIN)), (_WEEK, week)):
            if old := [key for key, at in state.done_at(marked).items() if at <= since]:
                state.unmark(marked, *old)
                gone += len(old)
        for name in (*state.names(_ACCOUNT), *state.names(_NAME)):
            kept = state.get(name)
            if not kept or kept[0] <= oldest:
                state.drop(name)
                gone += 1
    return gone


class Memory:
    """The state of one question; another question, or a finished one, begins anew."""

    def __init__(self, state: State, wanted: Wanted, *, now: float) -> None:
        self._state = state
        self._again = bool(wanted.again)
        prune(state, now=now)
        asked = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        run = state.get(_RUN) or {}
        if run.get("asked") != asked or run.get("finished"):
            with state.transaction():
                for marked in _OF_RUN:
                    state.unmark(marked, *state.done(marked))
                for name in state.names(_ACCOUNT):
                    state.drop(name)
                run = {"asked": asked, "finished": False, "calls": {}}
                state.put(_RUN, run)
        self._before: dict[str, int] = dict(run["calls"])

    # The run

    @property
    def calls_before(self) -> dict[str, int]:
        """Strategy -> calls of earlier parts of this run."""
        return dict(self._before)

    def spent(self, now: Mapping[str, int]) -> dict[str, int]:
        """Strategy -> calls of the whole run, given those of this part; kept."""
        whole = {s: self._before.get(s, 0) + now.get(s, 0) for s in {*self._before, *now}}
        self._state.put(_RUN, {**self._state.get(_RUN), "calls": whole})
        return whole

    def finish(self) -> None:
        """Everything was asked; the same question begins anew next time."""
        self._state.put(_RUN, {**self._state.get(_RUN), "finished": True})

    # Hashtags

    def hashtags_of_week(self) -> set[str]:
        """Hashtags that count against the week."""
        return self._state.done(_WEEK)

    def count_hashtag(self, word: str, *, now: float) -> None:
        """Count a hashtag, before it is asked for; one that counts already keeps its first day."""
        if not self._state.is_done(_WEEK, word):
            self._state.mark(_WEEK, word, at=now)

    def tag_id(self, word: str) -> str | None:
        """The id of a hashtag: ids never change [IG Hashtag Search]."""
        found = self._state.get(_TAG + word)
        return str(found) if found is not None else None

    def keep_tag_id(self, word: str, native: str) -> None:
        """Remember the id of a hashtag."""
        self._state.put(_TAG + word, native)

    def was_read(self, edge: str) -> bool:
        """Whether this edge of a hashtag has its answer."""
        return self._state.is_done(_READ, edge)

    def read(self, edge: str, strategy: str, handles: Iterable[str], *, now: float) -> None:
        """Keep whom an edge named, in one transaction with the mark."""
        with self._state.transaction():
            self._state.mark(_FOUND + strategy, *handles, at=now)
            self._state.mark(_READ, edge, at=now)

    def found(self, strategy: str) -> set[str]:
        """Usernames that a strategy named."""
        return self._state.done(_FOUND + strategy)

    # People

    def name_of(self, native: str) -> str | None:
        """The username under which an account id was last seen."""
        found = self._state.get(_NAME + native)
        # Whoever left is cut out of the value that named them.
        return str(found[1]) if found is not None and len(found) == 2 else None

    def answered(self, handle: str, account: Mapping[str, Any] | None, *, now: float) -> None:
        """Keep what was said of an account until its rows are stored; None: there is none."""
        values: dict[str, Any] = {_ACCOUNT + handle: [now, account]}
        native = account.get("id") if account is not None else None
        if isinstance(native, str):
            values[_NAME + native] = [now, handle]
        self._state.put_many(values)

    def answer(self, handle: str) -> tuple[float, dict[str, Any] | None] | None:
        """When an account was asked for and what was said; None: it was not asked for yet."""
        found = self._state.get(_ACCOUNT + handle)
        return None if found is None or len(found) != 2 else (found[0], found[1])

    def told(self) -> set[str]:
        """Usernames whose profile rows are stored."""
        return self._state.done(_TOLD)

    def tell(self, handles: Iterable[str], *, now: float) -> None:
        """The profile rows of these are in the catalogue."""
        self._state.mark(_TOLD, *handles, at=now)

    def done(self) -> set[str]:
        """Usernames whose rows are all stored, or of whom there are none."""
        return self._state.done(_DONE)

    def stored(self, handles: Iterable[str], ids: Iterable[str], *, now: float) -> None:
        """All rows of these are in the catalogue; `ids`: who was to be looked at again."""
        names = list(handles)
        with self._state.transaction():
            for name in names:
                self._state.drop(_ACCOUNT + name)
            self._state.mark(_DONE, *names, at=now)
            if self._again:
                self._state.mark(_AGAIN, *ids, at=now)
