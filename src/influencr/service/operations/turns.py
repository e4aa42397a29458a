"""Fair turns: searching is without limit, but nobody takes the whole machine at once.

Each member (without members: each address) has EACH searches answered at the same time; as many
more wait a moment for their turn; beyond that the answer is 429 and says so. When more requests
wait for the whole instance than can be answered in reasonable time, the answer is 503. Who asks is
remembered only while being answered.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from influencr.service.operations import figures

__all__ = [
    "DRAWN",
    "EACH",
    "SEARCHING",
    "Turns",
    "asker_of",
    "overloaded",
    "too_many_at_once",
    "turns",
]

#: Names of the addresses that search, and so take turns.
SEARCHING = frozenset(
    {
        *("search", "search-export", "why", "creator", "saved-news", "compare", "compare-together"),
        *("plan", "plan-export", "plan-prices"),
    }
)

#: Those of them that take a moment: where several processes answer, each draws one after the other.
#: Threads that draw together hand Python's lock to and fro, and all of them end late: with 100
#: members on a million creators, the 95th percentile of the wait was 1.27 s with four threads that
#: draw in each of two processes, and 0.73 s since they take turns (docs/benchmarks/service.md).
DRAWN = SEARCHING - {"search-export", "plan", "plan-export", "plan-prices"}

#: Searches of one asker that are answered at the same time, and that wait. Own choice: a person
#: with several tabs never meets it, a program that asks one after the other neither.
EACH = 2
#: How long one waits for a turn of one's own.
PATIENCE_S = 3.0
#: Requests that wait for the whole instance beyond which it says so: about ten seconds of work on
#: two cores, after which people press reload.
MOST_WAITING = 400
RETRY_S = 2


class Turns:
    """Who is being answered, and who waits. Shared by the threads of a process; where several
    processes answer, each gives turns of its own.
    """

    def __init__(self, each: int = EACH, patience: float = PATIENCE_S) -> None:
        self._each, self._patience = each, patience
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._page: threading.Lock | None = None
        #: How many requests wait to be read at all; the server sets it.
        self.queued: Callable[[], int] = lambda: 0

    def take(self, asker: str) -> bool:
        """Whether the asker has a turn, after at most `patience` seconds; then `give_back` it."""
        with self._changed:
            if self._running[asker] >= self._each:
                if self._waiting[asker] >= self._each:
                    return False
                self._waiting[asker] += 1
                figures.taken(self.running, self.waiting)
                try:
                    if not self._freed(asker):
                        return False
                finally:
                    self._less(self._waiting, asker)
            self._running[asker] += 1
            figures.taken(self.running, self.waiting)
            return True

    def give_back(self, asker: str) -> None:
        """The turn is over."""
        with self._changed:
            self._less(self._running, asker)
            figures.taken(self.running, self.waiting)
            self._changed.notify_all()

    def one_by_one(self) -> None:
        """From now on one page is drawn at a time: other processes draw beside this one."""
        self._page = threading.Lock()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """While a page is drawn."""
        if self._page is None:
            yield
            return
        with self._page:
            yield

    @property
    def running(self) -> int:
        """Searches being answered."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """Searches that wait for a turn of their asker's own."""
        return self._waiting.total()

    def _freed(self, asker: str) -> bool:
        until = time.monotonic() + self._patience
        while self._running[asker] >= self._each:
            left = until - time.monotonic()
            if left <= 0 or not self._changed.wait(left):
                return False
        return True

    @staticmethod
    def _less(counter: Counter[str], asker: str) -> None:
        counter[asker] -= 1
        if counter[asker] <= 0:
            del counter[asker]


#: The turns of this process.
turns = Turns()


def asker_of(request: HttpRequest) -> str | None:
    """Whose turn a request is: a member, else an address (of IPv6 the network of its house).

    None is nobody's in particular and has no limit: this machine itself, which is also where
    requests come from when a proxy stands in front and was not named (INFLUENCR_TRUSTED_PROXY).
    """
    from influencr.service.accounts import teams

    member = teams.member_of(request)
    if member is not None:
        return f"member {member.pk}"
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return f"address {int(address) >> 64:x}"
    return f"address {address}"


def too_many_at_once(request: HttpRequest) -> HttpResponse:
    """429: this member, or address, has searches of its own to wait for."""
    return _told(
        request,
        429,
        "One moment: your other searches come first",
        f"Searching is without limit, {EACH} at a time for each: wait for the ones you have "
        "asked, then load this page again.",
    )


def overloaded(request: HttpRequest) -> HttpResponse:
    """503: more people search at this moment than can be answered."""
    return _told(
        request,
        503,
        "Very many search at this moment",
        "Your question was not lost: load this page again in a few seconds.",
    )


def _told(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "again": request.get_full_path()}
    response = render(request, "operations/busy.html", context, status=status)
    response.headers["Retry-After"] = str(RETRY_S)
    return response
