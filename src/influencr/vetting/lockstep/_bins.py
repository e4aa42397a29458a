"""Bins of a creator's time, and which of them are taken: one after another, the clearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FLOOR",
    "MIN_ARRIVALS",
    "MIN_EXCESS_P",
    "Bins",
    "choose",
    "improbable",
    "spread",
]

#: A bin with fewer arrivals is never looked at (method, section 4.1).
MIN_ARRIVALS = 5
#: Chance of so many arrivals at the creator's own rate below which a bin is kept (section 4.1).
MIN_EXCESS_P = 1e-3
#: Bins chosen per creator at most. Our own choice: ten orders of one creator, and some bursts.
_ROUNDS = 16
#: A burst inside growth: a bin of at most this share of a long bin's length that brought so many
#: times its pace, with this log likelihood ratio, is taken before the long one. Own choice.
_BRIEF, _STEEP, _CLEAR = 0.05, 5.0, 15.0
#: Added to every expected count: nobody's rate is nought. Our own choice.
FLOOR = 0.05


class Bins(NamedTuple):
    """Bins that are improbable at the creator's own rate; `low`, `high` bound their follows."""

    creator: NDArray[np.int32]
    begin: NDArray[np.int64]
    length: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    expected: NDArray[np.float64]


def _taken(bins: Bins, rows: NDArray[np.int64]) -> Bins:
    return Bins(**{name: values[rows] for name, values in bins._asdict().items()})


def improbable(k: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.bool_]:
    from scipy.special import gammainc

    likely: NDArray[np.bool_] = (k >= MIN_ARRIVALS) & (k > expected)
    rows = np.flatnonzero(likely)
    likely[rows] = gammainc(k[rows], expected[rows]) < MIN_EXCESS_P
    return likely


def _ratio(k: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log likelihood ratio of k arrivals where some were expected."""
    ratio: NDArray[np.float64] = k * np.log(k / expected) - (k - expected)
    return ratio


def choose(n: int, bins: Bins) -> tuple[Bins, NDArray[np.int32]]:
    """Bins one after another, the best of each creator first, each without what is taken.

    Returns the chosen bins (with what was left of their expectation) and, per follow, the number
    of the bin that took it, or -1.
    """
    owner = np.full(n, -1, dtype=np.int32)
    order = np.lexsort((bins.begin, bins.creator))
    bins = _taken(bins, order)
    left = bins.length.astype(float)
    k = (bins.high - bins.low).astype(float)
    alive = np.ones(len(k), dtype=bool)
    chosen: list[NDArray[np.int64]] = []
    expected: list[NDArray[np.float64]] = []
    n_chosen = 0
    free = np.ones(n, dtype=np.int32)
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(alive)
        if not len(rows):
            break
        remains = bins.expected[rows] * np.maximum(left[rows] / bins.length[rows], 1e-3)
        score = _ratio(k[rows], remains)
        best = rows[_best_of_each(bins.creator[rows], score)]
        best = _within_growth(bins, k, rows, score, best)
        chosen.append(best)
        expected.append(bins.expected[best] * np.maximum(left[best] / bins.length[best], 1e-3))
        inside = spread(bins.low[best], bins.high[best])
        number = np.repeat(
            np.arange(n_chosen, n_chosen + len(best)), bins.high[best] - bins.low[best]
        )
        mine = owner[inside] < 0
        owner[inside[mine]] = number[mine]
        free[inside] = 0
        n_chosen += len(best)
        alive[best] = False
        # Only bins of the same creators that overlap the chosen ones have lost anything.
        place = np.full(int(bins.creator.max()) + 1, -1, dtype=np.int64)
        place[bins.creator[best]] = best
        rows = np.flatnonzero(alive & (place[bins.creator] >= 0))
        by = place[bins.creator[rows]]
        overlap = np.minimum(
            bins.begin[rows] + bins.length[rows], bins.begin[by] + bins.length[by]
        ) - np.maximum(bins.begin[rows], bins.begin[by])
        rows, overlap = rows[overlap > 0], overlap[overlap > 0]
        left[rows] -= overlap
        sums = np.concatenate([[0], np.cumsum(free, dtype=np.int64)])
        k[rows] = sums[bins.high[rows]] - sums[bins.low[rows]]
        remains = bins.expected[rows] * np.maximum(left[rows] / bins.length[rows], 1e-3)
        alive[rows] = improbable(k[rows], np.maximum(remains, FLOOR))
    took = np.concatenate(chosen)
    return _taken(bins, took)._replace(expected=np.concatenate(expected)), owner


def _within_growth(
    bins: Bins,
    k: NDArray[np.float64],
    rows: NDArray[np.int64],
    score: NDArray[np.float64],
    best: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The best bin of each creator, or a far steeper one inside it: a delivery of hours into the
    months in which a creator grows would be lost in them."""
    of = np.full(int(bins.creator.max()) + 1, -1, dtype=np.int64)
    of[bins.creator[best]] = best
    by = of[bins.creator[rows]]
    share = bins.length[rows] / bins.length[by]
    inside = np.flatnonzero(
        (share <= _BRIEF)
        & (bins.begin[rows] >= bins.begin[by])
        & (bins.begin[rows] < bins.begin[by] + bins.length[by])
    )
    pace = np.maximum(k[by[inside]] * share[inside], FLOOR)
    mine = k[rows[inside]]
    steep = (mine >= _STEEP * pace) & (_ratio(np.maximum(mine, 1.0), pace) >= _CLEAR)
    inside = inside[steep]
    if not len(inside):
        return best
    taken = rows[inside][_best_of_each(bins.creator[rows[inside]], score[inside])]
    of[bins.creator[taken]] = taken
    result: NDArray[np.int64] = of[bins.creator[best]]
    return result


def _best_of_each(group: NDArray[np.int32], score: NDArray[np.float64]) -> NDArray[np.int64]:
    """Place of the highest score of each group."""
    order = np.lexsort((score, group))
    last = np.append(group[order][1:] != group[order][:-1], True)
    best: NDArray[np.int64] = order[last]
    return best


def spread(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """low[0]..high[0] - 1, low[1]..high[1] - 1, ... in one array."""
    length = high - low
    shift = np.repeat(low - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    rows: NDArray[np.int64] = np.arange(int(length.sum()), dtype=np.int64) + shift
    return rows
