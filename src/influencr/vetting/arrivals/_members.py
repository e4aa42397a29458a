"""Who of those in an odd burst belongs to it, and from when to when: a marked-process mixture.

Two kinds of arrivals are mixed around a burst: the creator's usual ones, at the rate seen around
it and with the signs of its other followers, and the batch's, at a rate and with signs of its own.
Expectation-maximisation finds both; signs count as independent inside each kind. The stretch of
the batch is the best-scoring one of the two-rate model, so that a window of fixed length does not
set the dates. The size is the sum of the members' probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.vetting.arrivals._batch import unbroken

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Crowd", "crowd_of"]

_BITS: Final = 5
_TURNS: Final = 12
_DAY: Final = 86_400
#: The stretch may reach beyond the window by this many days on either side.
_BEYOND: Final = 6 * _DAY
#: Made-up followers with and without each sign that a kind starts from. Own choice.
_PRIOR: Final = 1.0


class Crowd(NamedTuple):
    """Positions of the members, rising, as many as `size`; and the rate expected without them."""

    members: NDArray[np.int64]
    size: int
    expected: float


def crowd_of(
    when: NDArray[np.int64],
    bits: NDArray[np.uint8],
    first: int,
    last: int,
    expected: float,
) -> Crowd:
    """The batch in a burst.

    when, bits    of all follows of the creator, in order of arrival
    first, last   positions of the window, inclusive
    expected      usual arrivals in a window of that length
    """
    signs = (bits[:, None] >> np.arange(_BITS)) & 1
    length = max(int(when[last] - when[first]), 3_600)
    usual_rate = max(expected, 0.5) / length
    low = int(np.searchsorted(when, when[first] - _BEYOND))
    high = int(np.searchsorted(when, when[last] + _BEYOND, side="right"))
    near = np.arange(low, high)
    outside = np.ones(len(when), dtype=bool)
    outside[first : last + 1] = False
    others = signs[outside]
    usual = (others.sum(axis=0) + _PRIOR) / (len(others) + 2 * _PRIOR)
    inside = (near >= first) & (near <= last)
    theirs = np.where(inside, max(1.0 - expected / max(last - first + 1, 1), 0.05), 0.0)
    begin, end = int(when[first]), int(when[last])
    here = signs[near]
    for _ in range(_TURNS):
        total = theirs.sum()
        if total < 1.0:
            break
        own = (theirs @ here + _PRIOR * 0.5) / (total + _PRIOR)
        ratio = np.exp(here @ np.log(own / usual) + (1 - here) @ np.log((1 - own) / (1 - usual)))
        rate = total / max(end - begin, 3_600)
        # How much more likely each arrival is with the batch than without it.
        gain = np.log1p(rate / usual_rate * ratio)
        cost = rate * np.diff(when[near], prepend=when[near[0]])
        i, j = _best(gain, cost)
        begin, end = int(when[near[i]]), int(when[near[j]])
        theirs = np.zeros(len(near))
        odds = rate / usual_rate * ratio[i : j + 1]
        theirs[i : j + 1] = odds / (1.0 + odds)
    size = max(round(float(theirs.sum())), 1)
    likely = near[np.argsort(-theirs, kind="stable")[:size]]
    members = unbroken(np.sort(likely), when)
    return Crowd(members, len(members), usual_rate * (end - begin))


def _best(gain: NDArray[np.float64], cost: NDArray[np.float64]) -> tuple[int, int]:
    """First and last arrival of the stretch with the highest gain less cost of the time between."""
    # Time before the first arrival of a stretch costs nothing: it is part of what lies before.
    total = np.cumsum(gain - cost)
    before = np.concatenate([[0.0], total[:-1]]) - cost
    lowest = np.minimum.accumulate(before)
    last = int(np.argmax(total - lowest))
    first = int(np.argmin(before[: last + 1]))
    return first, last
