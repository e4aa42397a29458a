"""How many calls may this run still make, and what were they for?"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from influencr.errors import TooManyCalls

__all__ = ["Budget"]


class Budget:
    """Counts attempts of one run. Thread-safe.

    most   attempts that may be made; None = no limit
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._calls = 0
        self._by_host: Counter[str] = Counter()
        self._by_purpose: Counter[str] = Counter()

    def take(self, host: str, purpose: str, units: int) -> None:
        """Count one attempt, or raise TooManyCalls when none is left."""
        with self._lock:
            if self._most is not None and self._calls >= self._most:
                raise TooManyCalls(
                    f"The budget of {self._most:,} calls is used up; run the same command again "
                    "to go on from here."
                )
            self._calls += 1
            self._by_host[host] += units
            self._by_purpose[purpose] += 1

    def give_back(self, host: str, purpose: str, units: int) -> None:
        """Take back an attempt that was counted and not made."""
        with self._lock:
            self._calls -= 1
            self._by_host[host] -= units
            self._by_purpose[purpose] -= 1

    @property
    def calls(self) -> int:
        """Attempts so far."""
        with self._lock:
            return self._calls

    @property
    def left(self) -> int | None:
        """Attempts that may still be made."""
        with self._lock:
            return None if self._most is None else self._most - self._calls

    @property
    def by_host(self) -> Mapping[str, int]:
        """Units so far, by host."""
        with self._lock:
            return dict(+self._by_host)

    @property
    def by_purpose(self) -> Mapping[str, int]:
        """Attempts so far, by purpose."""
        with self._lock:
            return dict(+self._by_purpose)
