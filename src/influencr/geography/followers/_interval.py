"""How far may a share of a few be from the share of all?

Wilson's score interval (JASA 1927), of the closed forms the one whose coverage stays nearest to
what it promises for small counts (Brown, Cai and DasGupta, Statistical Science 2001, who recommend
it or Jeffreys for n <= 40). It needs no special functions and is never wider than 0..1. A sample
that is a good part of its population is worth more than its size: with the finite-population
factor, n becomes n (N - 1) / (N - n), and a full count has no width at all (Cochran, Sampling
Techniques, 1977, section 2.6).
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Z_95", "wilson"]

#: The two-sided normal quantile of 95 %.
Z_95 = 1.959963984540054

type Floats = np.ndarray[Any, np.dtype[np.float64]]


def wilson(
    hits: Floats, n: Floats, *, population: Floats | None = None, z: float = Z_95
) -> tuple[Floats, Floats]:
    """Lower and upper bound of a share, arrays of the shape of `hits`.

    hits, n      counts, 0 <= hits <= n and n >= 1 (0 of 0 gives 0 and 1)
    population   how many there are in all; absent, or below n: without end, n itself
    z            normal quantile

    >>> low, high = wilson(np.array([7.0]), np.array([9.0]))
    >>> [round(float(x), 2) for x in (low[0], high[0])]
    [0.45, 0.94]
    """
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    share = np.divide(hits, n, out=np.zeros_like(n), where=n > 0)
    worth = n.copy()
    if population is not None:
        everybody = np.maximum(np.asarray(population, dtype=np.float64), n)
        left = everybody - n
        worth = np.where(left > 0, n * (everybody - 1) / np.where(left > 0, left, 1.0), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        bulge = np.where(np.isinf(worth), 0.0, z * z / worth)
        middle = (share + bulge / 2) / (1 + bulge)
        spread = np.where(np.isinf(worth), 0.0, share * (1 - share) / worth)
        half = z * np.sqrt(spread + np.where(np.isinf(worth), 0.0, bulge / (4 * worth)))
        half = half / (1 + bulge)
    # Rounding must not put a bound past the share that it bounds.
    low = np.where(n > 0, np.minimum(np.clip(middle - half, 0.0, 1.0), share), 0.0)
    high = np.where(n > 0, np.maximum(np.clip(middle + half, 0.0, 1.0), share), 1.0)
    return low, high
