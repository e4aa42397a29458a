"""From a streak to the batch behind it: how many, who, from when to when.

A streak is the corner of a batch that stands out most. Two models, used in turn, find its edges:
given the creation dates of the batch ("lots", there may be several), the stretch of arrivals in
which such dates come far more often than expected; given the stretch, all creation dates that are
over-represented in it. Each is the best-scoring stretch of a two-level Poisson model. Then a
stretch is split where a gap between arrivals is longer than chance allows, so that a later order
of the same accounts is a batch of its own, and stray followers do not stretch the dates.

The size is what was seen there less what is expected there anyway: a mixture with a known
background, (seen - n q) / (1 - q) for n arrivals of which a share q would have such dates. The
members are the most likely ones: those where the background is thinnest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.arrivals._background import Background
    from influencr.vetting.arrivals._windows import Window

__all__ = ["Batch", "batch_of", "unbroken"]

#: How much more frequent than expected a two-level model may think the batch to be. Own choice.
_RATIO: Final = (4.0, 200.0)
#: A lot needs a score of this plus log(arrivals); a gap splits when less likely than this.
_LOT_SCORE: Final = 2.5
_GAP_P: Final = 1e-4
#: The two models take turns so often; more changed nothing in trials.
_TURNS: Final = 5
#: Lots are looked for half as far again as the stretch on either side, at least so many arrivals.
_REACH: Final = 8
#: Follow times at which the expectation of a stretch is computed.
_GRID: Final = 48
_SECONDS: Final = 60


class Usual(NamedTuple):
    """What is usual for one creator: the background, its row of `age_weights`, and its circle."""

    background: Background
    weights: NDArray[np.float64]
    circle: int


class Batch(NamedTuple):
    """An estimated batch.

    members    positions in order of arrival, rising; as many as `size`
    inside     positions of all followers that match stretch and lots, members or not
    size       estimated number that belongs to the batch
    expected   followers that would match anyway
    lots       creation times, [begin, end) in seconds each
    """

    members: NDArray[np.int64]
    inside: NDArray[np.int64]
    size: int
    expected: float
    lots: list[tuple[int, int]]


def batch_of(
    usual: Usual,
    window: Window,
    at: NDArray[np.int64],
    created: NDArray[np.int64],
    *,
    timed: bool,
) -> Batch:
    """The batch around the strongest window of one creator.

    at, created   int64[n], of this creator, in order of arrival, as `follow_times` gives them;
                  `created` -1 leaves a follow out
    timed         whether `at` are times of follows; of lower bounds gaps mean nothing, and gaps are
                  then counted in arrivals
    """
    clock = at if timed else np.arange(len(at))
    lots = [(window.begin, window.end)]
    first, last = window.first, min(window.last, len(at) - 1)
    ratio = _ratio(window.seen, window.expected)
    for _ in range(_TURNS):
        before = (first, last, lots)
        first, last, ratio = _stretch(usual, lots, at, clock, created, ratio)
        # Accounts that follow in the order in which they were made reach beyond both edges.
        reach = max((last - first + 1) // 2, _REACH)
        low, high = max(first - reach, 0), min(last + reach, len(at) - 1)
        lots = _lots(usual, low, high, at, created, ratio) or lots
        if before == (first, last, lots):
            break
    chance = _chance(usual, lots, at)
    match = np.flatnonzero(_within(lots, created[first : last + 1])) + first
    if not len(match):
        # The models found no better stretch than the window itself.
        lots, first, last = (
            [(window.begin, window.end)],
            window.first,
            min(window.last, len(at) - 1),
        )
        chance = _chance(usual, lots, at)
        match = np.flatnonzero(_within(lots, created[first : last + 1])) + first
    match = unbroken(match, clock)
    first, last = int(match[0]), int(match[-1])
    share = float(chance[first : last + 1].mean())
    n = last - first + 1
    size = round(max((len(match) - n * share) / max(1.0 - share, 0.05), 1.0))
    likely = usual.background.density(created[match], at[match], usual.circle)
    chosen = np.sort(match[np.argsort(likely, kind="stable")[:size]])
    return Batch(chosen, match, len(chosen), n * share, lots)


def _ratio(seen: float, expected: float) -> float:
    return float(np.clip(seen / max(expected, 1e-9), *_RATIO))


def _within(lots: list[tuple[int, int]], created: NDArray[np.int64]) -> NDArray[np.bool_]:
    inside = np.zeros(len(created), dtype=bool)
    for begin, end in lots:
        inside |= (created >= begin) & (created < end)
    return inside


def _chance(
    usual: Usual,
    lots: list[tuple[int, int]],
    at: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Expected share of matching creation dates at each arrival, by a grid of arrivals."""
    grid = np.unique(np.linspace(0, len(at) - 1, min(_GRID * 4, len(at))).astype(np.int64))
    when = np.maximum(at[grid], 0)
    edges = np.array(lots, dtype=np.int64)
    total = usual.background.mass(
        np.repeat(edges[:, 0], len(grid)),
        np.repeat(edges[:, 1], len(grid)),
        np.tile(when, len(lots)),
        usual.weights,
        usual.circle,
    )
    total = total.reshape(len(lots), len(grid)).sum(axis=0)
    return np.interp(np.arange(len(at)), grid, np.minimum(total, 0.95))


def _stretch(
    usual: Usual,
    lots: list[tuple[int, int]],
    at: NDArray[np.int64],
    clock: NDArray[np.int64],
    created: NDArray[np.int64],
    ratio: float,
) -> tuple[int, int, float]:
    """Best-scoring stretch of arrivals given the lots, and how over-represented they are there."""
    chance = _chance(usual, lots, at)
    match = _within(lots, created)
    first, last = 0, len(at) - 1
    for _ in range(3):
        score = match * np.log(ratio) - (ratio - 1.0) * chance
        total = np.concatenate([[0.0], np.cumsum(score)])
        lowest = np.minimum.accumulate(total)
        last = int(np.argmax(total[1:] - lowest[:-1]))
        first = int(np.argmin(total[: last + 1]))
        held = np.flatnonzero(match[first : last + 1]) + first
        if not len(held):
            break
        held = unbroken(held, clock)
        first, last = int(held[0]), int(held[-1])
        ratio = _ratio(len(held), float(chance[first : last + 1].sum()))
    return first, last, ratio


def unbroken(match: NDArray[np.int64], clock: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest part of these arrivals without a gap that is too long for chance.

    Of k arrivals spread evenly over a span, some gap exceeds g with a probability of at most
    k (1 - g / span) ** (k - 1).
    """
    while len(match) > 2:
        when = clock[match]
        gap = np.diff(when)
        span = max(int(when[-1] - when[0]), 1)
        widest = int(np.argmax(gap))
        k = len(match)
        p = k * max(1.0 - float(gap[widest]) / span, 0.0) ** (k - 1)
        if p > _GAP_P:
            break
        left, right = match[: widest + 1], match[widest + 1 :]
        match = left if len(left) >= len(right) else right
    return match


def _lots(
    usual: Usual,
    first: int,
    last: int,
    at: NDArray[np.int64],
    created: NDArray[np.int64],
    ratio: float,
) -> list[tuple[int, int]]:
    """All stretches of creation dates that are over-represented among these arrivals."""
    born = np.sort(created[first : last + 1])
    born = born[born >= 0]
    if len(born) < 2:
        return []
    grid = np.unique(np.linspace(first, last, min(9, last - first + 1)).astype(np.int64))
    mass = np.zeros(len(born))
    for follow in grid:
        mass += usual.background.below(born, max(int(at[follow]), 0), usual.weights, usual.circle)
    mass *= (last - first + 1) / len(grid)
    ratio = float(np.clip(ratio / 3.0, *_RATIO))
    gain = np.log(ratio)
    cost = (ratio - 1.0) * np.diff(mass, prepend=mass[0])
    needed = _LOT_SCORE + np.log(len(born))
    return [
        (int(born[i]), int(born[j]) + _SECONDS)
        for i, j, score in _segments(gain - cost, gain)
        if score >= needed
    ]


def _segments(step: NDArray[np.float64], gain: float) -> list[tuple[int, int, float]]:
    """Best-scoring stretches that do not touch: from where the sum leaves zero to its peak.

    step   float64[n], what each next event adds to the score of a running stretch
    gain   what an event scores that begins one
    """
    found = []
    begin, peak, total, best = -1, -1, 0.0, 0.0
    # A stretch ends once it has fallen this far below its peak: by then a new one is better.
    fall = 6.0
    for i, add in enumerate(step.tolist()):
        if begin < 0 or total + add < gain:
            if begin >= 0 and best > 0 and peak >= begin:
                found.append((begin, peak, best))
            begin, peak, total, best = i, i, gain, gain
            continue
        total += add
        if total > best:
            best, peak = total, i
        elif best - total > fall:
            found.append((begin, peak, best))
            begin, peak, total, best = i, i, gain, gain
    if begin >= 0:
        found.append((begin, peak, best))
    return found
