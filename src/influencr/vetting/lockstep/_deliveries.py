"""When did a delivery begin and end, and is it one or several?

A seller's accounts follow a customer on order, and now and then of their own plan before or after.
Such strays would date a delivery wrong by weeks. They are few for the time that they take, and so
the border is where the pace changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["numbered", "within"]

_DAY = 86_400
#: Arrivals of one group at one creator that pause for so long, and for this share of the longer
#: side, are two deliveries (own choice: a day of rest, or a weekend, is a pause inside one).
_PAUSE_S, _PAUSE_SHARE = 3 * _DAY, 0.5
#: What arrives this many times more slowly than the rest is not of the delivery, if the change of
#: pace is worth so much log likelihood (own choice: a chance of about 1 in 1,000 with the choice of
#: the border).
_SLOWER, _SURE = 6.0, 8.0


def numbered(
    owner: NDArray[np.integer], low: NDArray[np.int64], high: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Number of the delivery that each stretch of time belongs to; numbers rise with the owner.

    owner      of each stretch; stretches of different owners are never one delivery
    low, high  seconds, first and last arrival of each stretch
    """
    if not len(owner):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((low, owner))
    whose, begin, end = np.asarray(owner)[order], low[order], high[order]
    new = np.ones(len(order), dtype=bool)
    # Stretches of one creator are at most a few dozen, and few creators are customers.
    since, until = int(begin[0]), int(end[0])
    for k in range(1, len(order)):
        pause = int(begin[k]) - until
        longer = max(until - since, int(end[k] - begin[k]))
        if whose[k] == whose[k - 1] and pause <= max(_PAUSE_S, _PAUSE_SHARE * longer):
            new[k] = False
            until = max(until, int(end[k]))
        else:
            since, until = int(begin[k]), int(end[k])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return number


def within(at: NDArray[np.int64], low: int, high: int) -> slice:
    """Which of the arrivals between two moments are the delivery, without strays at its edges.

    at         seconds, ascending, all between `low` and `high`
    """
    if len(at) < 4:
        return slice(0, len(at))
    middle = int(at[len(at) // 2])
    begin = _strays(at[: len(at) // 2 + 1] - low, middle - low)
    end = _strays((high - at[len(at) // 2 :])[::-1], high - middle)
    return slice(begin, len(at) - end)


def _strays(since: NDArray[np.int64], whole: int) -> int:
    """How many of the first arrivals came before the pace rose.

    since   seconds from where it is looked, ascending, up to the middle of the delivery
    whole   seconds from where it is looked to that middle
    """
    n = len(since)
    before = np.arange(n, dtype=float)
    # The border lies at the next arrival; an hour keeps arrivals of one second apart.
    slow = np.maximum(since, 3_600).astype(float)
    fast = np.maximum(whole - since, 3_600).astype(float)
    pace = before / slow
    rest = (n - before) / fast
    gain = before * np.log(np.maximum(pace, 1e-12)) + (n - before) * np.log(rest)
    gain -= gain[0]
    fits = (before > 0) & (rest >= _SLOWER * pace) & (gain >= _SURE)
    if not fits.any():
        return 0
    return int(np.argmax(np.where(fits, gain, -np.inf)))
