"""Which creators have a streak of creation dates at all? A cheap pass over every follow.

Follows are cut into blocks of 16, 32, 64 ... consecutive arrivals. Inside a block, sorted by
creation date, k neighbours within a span that should hold far fewer are a streak. The creation
date and its expected density travel inside one sorted integer, so a block size costs one sort
and a few vector operations, and no Python loop sees a creator in whom nothing is unusual.

Any streak of k followers in a block also shows with at least half of them in one of the halves,
so that halves, and not overlapping blocks, are enough here; the exact scan overlaps them.

The measure is the exponent of Chernoff's bound on a Poisson tail, k ln(k / e) - (k - e): the
bound exp(-measure) holds for every k > e, which is why no table and no simulation is needed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BLOCKS", "DOUBT", "LOOK", "NEIGHBOURS", "excess", "expected_at", "streaky"]

#: Sizes of blocks of arrivals, as powers of two: 16 to 4,096. A larger batch shows in these too.
BLOCKS: Final = tuple(range(4, 13))
#: How many neighbours in creation order are looked at together.
NEIGHBOURS: Final = (4, 8, 16, 32)
#: Measure from which on a creator is looked at closely, for each of NEIGHBOURS. Our own choice:
#: low enough that the exact scan, which asks for about 20, loses nothing, even when a streak is
#: cut into halves; high enough that few creators pass by chance.
LOOK: Final = (8.5, 9.0, 10.0, 14.0)
#: The expectation is trusted up to this factor: creators differ in the age of who follows them,
#: and sign-ups ebb at night. Our own choice.
DOUBT: Final = 2.0

_MINUTE: Final = 60
_LEVELS: Final = 256
#: Densities per second from 1e-12 to 1, in steps of e ** 0.108.
_LOWEST: Final = -27.6
_STEP: Final = -_LOWEST / (_LEVELS - 1)


def excess(seen: NDArray[np.float64] | float, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """The exponent of Chernoff's bound on P(Poisson(expected) >= seen); 0 where seen is not more.

    >>> float(excess(10.0, np.array([1.0]))[0].round(2))
    14.03
    """
    safe = np.maximum(expected, 1e-12)
    measure: NDArray[np.float64] = np.where(
        seen > safe, seen * np.log(np.maximum(seen, 1e-12) / safe) - (seen - safe), 0.0
    )
    return measure


@lru_cache(maxsize=256)
def expected_at(seen: float, measure: float) -> float:
    """The expectation at which `seen` events reach a measure (the inverse of `excess`)."""
    low, high = 1e-12, seen
    for _ in range(80):
        middle = (low * high) ** 0.5
        if excess(seen, np.array([middle]))[0] > measure:
            low = middle
        else:
            high = middle
    return low


def streaky(
    starts: NDArray[np.int64],
    created: NDArray[np.int64],
    density: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which creators have some streak that is worth an exact scan.

    starts    int64[n_creators + 1], follows of creator i are starts[i] .. starts[i + 1] - 1
    created   int64[n], seconds UTC, -1 unknown
    density   float64[n], expected share per second of creation dates at `created`, for the time
              of that follow
    """
    n_creators = len(starts) - 1
    passed = np.zeros(n_creators, dtype=bool)
    if not len(created):
        return passed
    size = np.diff(starts)
    level = np.clip((np.log(np.maximum(density, 1e-30)) - _LOWEST) / _STEP, 0, _LEVELS - 1)
    minute = np.maximum(created, 0) // _MINUTE
    minute -= int(minute[created >= 0].min()) if (created >= 0).any() else 0
    packed = (np.clip(minute, 0, (1 << 24) - 1) << 8) | level.astype(np.int64)
    known = created >= 0
    for power in BLOCKS:
        # Small creators are whole already at the block before.
        chosen = size > (1 << power) // 2 if power > BLOCKS[0] else size >= NEIGHBOURS[0]
        if not chosen.any():
            break
        rows = np.repeat(chosen, size) & known
        first = np.cumsum(np.where(chosen, (size >> power) + 1, 0))
        base = np.concatenate([[0], first[:-1]])
        place = np.arange(len(created)) - np.repeat(starts[:-1], size)
        block = (place >> power) + np.repeat(base, size)
        key = ((block << 32) | packed)[rows]
        key.sort()
        hits = _close(key, power)
        if len(hits):
            passed[np.searchsorted(first, hits, side="right")] = True
    return passed


def _close(key: NDArray[np.int64], power: int) -> NDArray[np.int64]:
    """Blocks in which some neighbours lie closer than chance allows."""
    when = key >> 8
    level = (key & 255).astype(np.uint8)
    middle = np.exp(_LOWEST + (np.arange(_LEVELS) + 0.5) * _STEP)
    found = []
    for k, look in zip(NEIGHBOURS, LOOK, strict=True):
        if k > 1 << power or k > len(key):
            break
        allowed = expected_at(k - 1.0, look) / (middle * (1 << power) * _MINUTE * DOUBT)
        limit = np.minimum(allowed, 2.0**31).astype(np.int64)
        span = when[k - 1 :] - when[: len(when) - k + 1]
        # One minute is the resolution: equal minutes are at least that far apart.
        # The densest of first, middle and last counts, so that edges of age classes make no streak.
        dense = np.maximum(level[: len(span)], level[k - 1 :])
        np.maximum(dense, level[k // 2 : k // 2 + len(span)], out=dense)
        close = span + 1 <= limit[dense]
        found.append(when[: len(span)][close] >> 24)
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
