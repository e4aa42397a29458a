"""Interval of a share whose estimate is nearly normal, right up to the edge at 0 and 1.

An interval "estimate +- 1.96 errors", cut off at 0, covers a true share of 0 in 97.5 % of all
cases instead of 95 %: it can only be missed on one side. Ordering what may be observed by its
likelihood ratio (Feldman and Cousins, Physical Review D 57, 1998) gives one interval that covers
95 % everywhere: two limits far from the edge, in effect a single one at it.

In units of the standard error: observed x, true d >= 0, so the ratio is
(x - d)^2 - (x - max(x, 0))^2. For every d the accepted x form one stretch; its width is solved
from coverage and the belt is turned round once. GRID and REACH: our own choice, fine enough that
limits are right to 0.002 standard errors (tests/unit/vetting/share/test_edge.py).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from influencr.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["edge_interval", "normal_quantile"]

_GRID = 0.002
_REACH = 6.0


def normal_quantile(level: float) -> float:
    """How many standard errors lie on either side of a two-sided interval of this level.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < level < 1:
        raise UsageError(f"The level of an interval lies between 0 and 1, received {level}.")
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def edge_interval(
    centre: ArrayLike, error: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Limits of shares between 0 and 1.

    centre   estimates, not cut off at 0 and 1; NaN gives NaN
    error    their standard errors, > 0; 0 gives the estimate itself
    returns  lower and upper limits, 0..1, in the shape of the two together

    The nearer edge decides; where the error is so large that both edges count (above a quarter),
    the interval covers more than it says.

    >>> lo, hi = edge_interval([0.17, -0.01], [0.015, 0.01])
    >>> lo.round(3).tolist(), hi.round(3).tolist()
    ([0.141, 0.0], [0.199, 0.011])
    """
    x, s = np.broadcast_arrays(np.asarray(centre, np.float64), np.asarray(error, np.float64))
    scale = np.where(s > 0, s, 1.0)
    upper = x > 0.5
    near = np.where(upper, 1 - x, x) / scale
    z = normal_quantile(level)
    observed, low, high = _belt(level)
    # Beyond the belt both limits are the plain ones; before it they change too slowly to matter.
    inside = np.clip(near, observed[0], observed[-1])
    lo = np.where(near > observed[-1], near - z, np.interp(inside, observed, low)) * scale
    hi = np.where(near > observed[-1], near + z, np.interp(inside, observed, high)) * scale
    first, last = np.where(upper, 1 - hi, lo), np.where(upper, 1 - lo, hi)
    exact = s <= 0
    first, last = np.where(exact, x, first), np.where(exact, x, last)
    known = np.isfinite(x) & np.isfinite(s)
    return (
        np.where(known, np.clip(first, 0, 1), np.nan),
        np.where(known, np.clip(last, 0, 1), np.nan),
    )


@cache
def _belt(level: float) -> tuple[Floats, Floats, Floats]:
    """Observed values (rising), the smallest and the largest true value that accepts each."""
    true, r = _reach(level)
    ends, begins = true + r, _lower(true, r)
    observed = np.arange(-_REACH, _REACH, _GRID)
    # Accepted are begins(d) <= x <= ends(d); both rise with d.
    low = np.interp(observed, ends, true, left=0.0)
    high = np.interp(observed, begins, true)
    return observed, low, high


@cache
def _reach(level: float) -> tuple[Floats, Floats]:
    """True values and the half-width of what each accepts, in standard errors."""
    from scipy.special import ndtr

    z = normal_quantile(level)
    true = np.arange(0, 2 * _REACH, _GRID)
    # Half-width r of the accepted stretch: the ratio is at most r^2. Bisection on coverage.
    small, large = np.zeros_like(true), np.full_like(true, z)
    for _ in range(60):
        r = (small + large) / 2
        covered = ndtr(r) - ndtr(_lower(true, r) - true)
        small, large = np.where(covered < level, r, small), np.where(covered < level, large, r)
    return true, (small + large) / 2


def _lower(true: Floats, r: Floats) -> Floats:
    """Where the accepted stretch begins; below 0 the ratio is d^2 - 2 x d."""
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.where(true > 0, (true**2 - r**2) / (2 * true), -np.inf)
    return np.where(r <= true, true - r, beyond)
