"""Where is a creator's strongest streak, and how likely is it by chance? The exact scan.

Overlapping blocks of arrivals of every size, and inside each, sorted by creation date, windows that
begin at one follower and reach to the k-th next. For one such window chance is bounded by
Chernoff: given its first follower, at least k - 1 of the block's others fall into its span with
probability at most exp(-excess(k - 1, e)). The sum over all windows that are looked at bounds the
chance that any of them is as extreme (union bound): p = windows x exp(-measure). Both bounds are
proven, whatever the dependence between windows, given the expectation e.

The expectation is the background's, by date of follow and age class, weighted for what kind of
followers this creator has at all times (a creator who is suggested to newcomers has young ones),
and then doubled (`DOUBT`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.vetting.arrivals._background import AGE_EDGES, Background, age_class
from influencr.vetting.arrivals._streaks import DOUBT, excess, expected_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Window", "Windows", "age_weights", "strongest"]

#: Windows reach from a follower to the one that is k - 1 further in order of creation.
REACH: Final = (3, 4, 5, 6, 8, 11, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024)
#: Smallest block of consecutive arrivals, as a power of two.
_SMALLEST: Final = 3
#: Age weights lean on 1 with as many follows as this, and stay inside these bounds. Own choice.
_WEIGHT_PRIOR: Final = 10.0
_WEIGHT_MOST: Final = 30.0
#: Of each creator's windows so many of the best by the quick expectation get the exact one.
_FINALISTS: Final = 3
#: ... and so many of these at a time, in so many rounds at most, while a better one is possible.
_AT_A_TIME: Final = 12
_ROUNDS: Final = 12
#: The expectation of a block is the mean over follows at these places of it.
_PLACES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_SECONDS: Final = 60.0
#: Windows with a quick measure below this are not kept.
_FAINT: Final = 4.0


class Window(NamedTuple):
    """A streak: positions first..last (inclusive) in order of arrival, creation times in
    [begin, end), `seen` followers in it where `expected` were to be (not doubled), and the
    measure."""

    first: int
    last: int
    begin: int
    end: int
    seen: int
    expected: float
    measure: float


class Windows(NamedTuple):
    """The strongest window of each creator, and how many were looked at."""

    best: list[Window | None]
    tested: NDArray[np.int64]


def age_weights(
    background: Background,
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    created: NDArray[np.int64],
) -> NDArray[np.float64]:
    """float64[creators, classes]: how much more often than elsewhere each age class follows here.

    Never below 1: a creator whom few young accounts follow still may get a few.
    """
    n_creators, n_kinds = len(starts) - 1, len(AGE_EDGES)
    usable = (created >= 0) & (at >= 0)
    owner = np.repeat(np.arange(n_creators), np.diff(starts))[usable]
    kind = age_class(at[usable] - created[usable])
    seen = np.bincount(owner * n_kinds + kind, minlength=n_creators * n_kinds).reshape(
        n_creators, n_kinds
    )
    slot = background.slot(at[usable])
    expected = np.stack(
        [
            np.bincount(owner, weights=background.ages[slot, k], minlength=n_creators)
            for k in range(n_kinds)
        ],
        axis=1,
    )
    weights: NDArray[np.float64] = (seen + _WEIGHT_PRIOR) / (expected + _WEIGHT_PRIOR)
    return np.clip(weights, 1.0, _WEIGHT_MOST)


def strongest(
    background: Background,
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    created: NDArray[np.int64],
    weights: NDArray[np.float64],
    circle: NDArray[np.int64],
) -> Windows:
    """The strongest streak of each creator.

    starts, at, created   as `follow_times` gives them for these creators
    weights               of `age_weights`
    circle                of `Background.circles`
    """
    n_creators = len(starts) - 1
    size = np.diff(starts)
    owner = np.repeat(np.arange(n_creators), size)
    place = np.arange(len(at)) - starts[owner]
    usable = np.flatnonzero((created >= 0) & (at >= 0))
    owner, place, when, born = owner[usable], place[usable], at[usable], created[usable]
    density = background.density(born, when, circle[owner]) * weights[owner, age_class(when - born)]
    by_birth = np.argsort(born, kind="stable")
    rank = np.empty(len(born), dtype=np.int64)
    rank[by_birth] = np.arange(len(born))
    tested = np.zeros(n_creators, dtype=np.int64)
    finalists: list[NDArray[np.float64]] = []
    largest = int(size.max()) if n_creators else 0
    power = _SMALLEST
    while (1 << power) < 2 * largest:
        length = 1 << power
        # A block is of use while it is smaller than all; the last one holds all.
        chosen = (size > length // 2)[owner] if power > _SMALLEST else np.ones(len(owner), bool)
        base = np.concatenate([[0], np.cumsum((size >> power) + 2)[:-1]])
        for shift in (0, length // 2):
            if shift and not (size > length).any():
                continue
            # Number of the block and rank by birth in one integer: sorting numbers is several times
            # as fast as sorting rows by two columns, and this is what the scan does most.
            block = base[owner] + (place + shift >> power)
            key = ((block << 32) | rank)[chosen]
            key.sort()
            order = by_birth[key & 0xFFFFFFFF]
            finalists += _block(owner, place + shift, born, density, order, power, shift, tested)
        power += 1
    best: list[Window | None] = [None] * n_creators
    if not finalists:
        return Windows(best, tested)
    table = np.concatenate(finalists)
    table = table[np.lexsort((-table[:, 6], table[:, 0]))]
    for _ in range(_ROUNDS):
        # Few of each creator are worth the exact expectation, unless it disproves them all.
        known = np.array([0.0 if window is None else window.measure for window in best])
        table = table[table[:, 6] > known[table[:, 0].astype(np.int64)]]
        if not len(table):
            break
        first = np.flatnonzero(np.diff(table[:, 0], prepend=-1))
        number = np.arange(len(table)) - np.repeat(first, np.diff(np.append(first, len(table))))
        now = number < _AT_A_TIME
        for row in _exact(background, starts, at, weights, circle, table[now]):
            creator = int(row[0])
            so_far = best[creator]
            if row[7] > 0 and (so_far is None or row[7] > so_far.measure):
                low, high, begin, end, seen = (int(x) for x in row[1:6])
                best[creator] = Window(low, high, begin, end, seen, float(row[6]), float(row[7]))
        table = table[~now]
    return Windows(best, tested)


def _block(
    owner: NDArray[np.int64],
    place: NDArray[np.int64],
    born: NDArray[np.int64],
    density: NDArray[np.float64],
    order: NDArray[np.int64],
    power: int,
    shift: int,
    tested: NDArray[np.int64],
) -> list[NDArray[np.float64]]:
    """Best windows per creator in blocks of one size: owner, first, last, begin, end, seen.

    order   the follows that are looked at, by block and then by birth
    """
    if not len(order):
        return []
    cell, when, rate, whose = (
        (owner[order] << 32) | (place[order] >> power),
        born[order].astype(np.float64),
        density[order],
        owner[order],
    )
    edges = np.append(np.flatnonzero(np.diff(cell, prepend=-1)), len(cell))
    crowd = DOUBT * np.repeat(np.diff(edges), np.diff(edges))
    pace = crowd * rate
    # What to expect up to each follower, the denser end of each gap taken for the whole of it: a
    # window must not profit from an edge between age classes, nor from its ends being quiet.
    gap = np.maximum(np.diff(when, append=when[-1] + _SECONDS), 0.0)
    upto = np.cumsum(np.append(0.0, np.maximum(pace, np.append(pace[1:], pace[-1:])) * gap))[:-1]
    found = []
    for k in REACH:
        if k > len(order) or k > 1 << power:
            break
        n = len(order) - k + 1
        same = cell[:n] == cell[k - 1 :]
        tested += np.bincount(whose[:n][same], minlength=len(tested))
        # Cheap comparisons first; few windows are worth a logarithm.
        bar = expected_at(k - 1.0, _FAINT)
        held = upto[k - 1 :] - upto[:n]
        at = np.flatnonzero(same & (held < bar))
        strength = excess(k - 1.0, held[at] + pace[at + k - 1] * _SECONDS)
        at, strength = at[strength > _FAINT], strength[strength > _FAINT]
        if not len(at):
            continue
        # The best few of each creator.
        best = np.lexsort((-strength, whose[at]))
        rank = at[best]
        first = np.flatnonzero(np.diff(whose[rank], prepend=-1))
        number = np.arange(len(rank)) - np.repeat(first, np.diff(np.append(first, len(rank))))
        strength, rank = strength[best][number < _FINALISTS], rank[number < _FINALISTS]
        low = ((cell[rank] & 0xFFFFFFFF) << power) - shift
        found.append(
            np.stack(
                [
                    whose[rank],
                    np.maximum(low, 0),
                    low + (1 << power) - 1,
                    when[rank],
                    when[rank + k - 1] + _SECONDS,
                    np.full(len(rank), k),
                    strength,
                ],
                axis=1,
            ).astype(np.float64)
        )
    return found


def _exact(
    background: Background,
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    weights: NDArray[np.float64],
    circle: NDArray[np.int64],
    table: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The finalists with their exact expectation and measure, the best of each creator."""
    whose = table[:, 0].astype(np.int64)
    low = table[:, 1].astype(np.int64)
    high = np.minimum(table[:, 2].astype(np.int64), np.diff(starts)[whose] - 1)
    expected = np.zeros(len(table))
    for part in _PLACES:
        follow = starts[whose] + low + (part * (high - low)).astype(np.int64)
        expected += background.mass(
            table[:, 3].astype(np.int64),
            table[:, 4].astype(np.int64),
            np.maximum(at[follow], 0),
            weights[whose],
            circle[whose],
        )
    expected *= (high - low + 1) / len(_PLACES)
    measure = excess(table[:, 5] - 1.0, DOUBT * expected)
    return np.stack(
        [whose, low, high, table[:, 3], table[:, 4], table[:, 5], expected, measure], axis=1
    )
