"""How often who may ask: pages that look people up, and looks that ask other services.

Counted in the memory of this process, as an instance is one process. A network of one subscriber
(IPv6 /64) counts as one address. Numbers: our own choice, far above what a person does.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict, deque

from django.http import HttpRequest

from influencr.errors import Transient

__all__ = [
    "ASKS",
    "CASES",
    "CHECKS",
    "FILES",
    "LOOKS",
    "PROFILES",
    "Limit",
    "TooOften",
    "address_of",
    "one_look",
]

_MOST_KEYS = 20_000


class TooOften(Transient):
    """Asked too often; `wait_s` says when it may be asked again."""

    code = "too_often"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, round(wait_s))
        minutes = -(-self.wait_s // 60)
        told = f"{minutes} minute{'s' if minutes > 1 else ''}"
        super().__init__(f"That was asked too often from here; try again in {told}.")


class Limit:
    """At most so many within so many seconds, by key."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count one. Raises TooOften."""
        now = time.monotonic()
        with self._lock:
            times = self._taken.setdefault(key, deque())
            self._taken.move_to_end(key)
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) >= self._most:
                raise TooOften(times[0] + self._seconds - now)
            times.append(now)
            while len(self._taken) > _MOST_KEYS:
                self._taken.popitem(last=False)

    def forget(self) -> None:
        """Begin anew, as after a start."""
        with self._lock:
            self._taken.clear()


#: Looking people up, and asking for a code, per address.
LOOKS = Limit(60, 600.0)
ASKS = Limit(30, 3_600.0)
#: Looks at other services: per address, and per profile whoever asks.
CHECKS = Limit(20, 600.0)
PROFILES = Limit(40, 3_600.0)
#: Contests and requests, per address.
CASES = Limit(10, 3_600.0)
#: Files of everything, corrections: per profile.
FILES = Limit(30, 3_600.0)

_looking = threading.BoundedSemaphore(1)


class one_look:  # noqa: N801 - used as `with one_look():`
    """One look at another service at a time: a page that waits must not take all threads."""

    def __enter__(self) -> None:
        if not _looking.acquire(timeout=5.0):
            raise TooOften(20.0)

    def __exit__(self, *_: object) -> None:
        _looking.release()


def address_of(request: HttpRequest) -> str:
    """Who asks, as it is counted."""
    given = str(request.META.get("REMOTE_ADDR", ""))
    try:
        number = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(number, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((number, 64), strict=False))
    return given
