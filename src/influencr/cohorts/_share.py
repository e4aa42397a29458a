"""How far a share of a few may be from the share of all: Wilson's score interval (JASA 1927)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Z_95", "wilson"]

#: Two-sided normal quantile of 95 %.
Z_95 = 1.959963984540054


def wilson(share: Floats, n: Floats, *, normal: float = Z_95) -> tuple[Floats, Floats]:
    """Lower and upper bound of a share.

    share   0..1
    n       observations behind it, > 0; need not be whole
    normal  quantile of the normal distribution for the confidence wanted

    >>> low, high = wilson(np.array([0.5]), np.array([10.0]))
    >>> [round(float(x), 2) for x in (low[0], high[0])]
    [0.24, 0.76]
    """
    bulge = normal**2 / n
    middle = (share + bulge / 2) / (1 + bulge)
    half = normal * np.sqrt(share * (1 - share) / n + bulge / (4 * n)) / (1 + bulge)
    # Rounding must not put a bound past the share that it bounds.
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)
