"""Smooth curves and shrunken group means, with how far either may be off.

A curve is a cubic B-spline with a penalty on the second differences of its coefficients (Eilers
and Marx 1996); how smooth it is, generalised cross-validation chooses. Group means are shrunk
towards zero by the share of their variance that is noise (empirical Bayes with the method of
moments, as in one-way random effects): a group of five stays near the curve of all, one of
thousands has its own level.

How far a curve may be off is its Bayesian covariance (Wahba 1983): the penalty read as a prior, so
that it is wide where no creator is near. A group's is that of its random effect.

N_KNOTS, the range of smoothness and the 1.4 that makes cross-validation choose smoother curves
(Kim and Gu 2004) are fixed by tests/unit/cohorts; the first two are our own choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["N_KNOTS", "Curve", "Groups", "fit_curve", "shrunken_groups", "shrunken_means"]

#: Knots over the whole range, ends included; the penalty decides how much of them is used.
N_KNOTS = 14
_SMOOTH = 10.0 ** np.arange(-1.0, 6.01, 0.5)
_GCV_WEIGHT = 1.4
#: Keeps the equations solvable where no creator is near a knot.
_RIDGE = 1e-8


class Curve(NamedTuple):
    """low, high    ends of the range; beyond them the curve stays at its end value
    weights      coefficients of the splines
    covariance   theirs
    """

    low: float
    high: float
    weights: Floats
    covariance: Floats

    def __call__(self, x: Floats) -> Floats:
        """The curve at x."""
        value: Floats = _splines(x, self.low, self.high) @ self.weights
        return value

    def variance(self, x: Floats) -> Floats:
        """Squared standard error of the curve at x."""
        splines = _splines(x, self.low, self.high)
        value: Floats = ((splines @ self.covariance) * splines).sum(axis=1)
        return value


class Groups(NamedTuple):
    """What belonging to a group adds.

    mean       (n_groups,) shrunken towards 0
    variance   (n_groups,) squared standard error of it
    between    variance of true group means: how far off 0 is for a group that was never seen
    """

    mean: Floats
    variance: Floats
    between: float


def _splines(x: Floats, low: float, high: float) -> Floats:
    """(n, N_KNOTS + 2) uniform cubic B-splines at x, held at the ends of the range."""
    step = (high - low) / (N_KNOTS - 1)
    place = np.clip((x - low) / step, 0.0, N_KNOTS - 1)
    cell = np.minimum(place.astype(np.int64), N_KNOTS - 2)
    t = place - cell
    matrix = np.zeros((len(x), N_KNOTS + 2))
    each = np.arange(len(x))
    matrix[each, cell] = (1 - t) ** 3 / 6
    matrix[each, cell + 1] = (3 * t**3 - 6 * t**2 + 4) / 6
    matrix[each, cell + 2] = (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6
    matrix[each, cell + 3] = t**3 / 6
    return matrix


def fit_curve(x: Floats, y: Floats, weight: Floats, *, low: float, high: float) -> Curve:
    """The penalised least-squares curve of y over x.

    x, y, weight   shape (n,); n of any size from 1
    low, high      range of the curve, low < high
    """
    splines = _splines(x, low, high)
    bend = np.diff(np.eye(splines.shape[1]), 2, axis=0)
    penalty = bend.T @ bend
    square = splines.T @ (weight[:, None] * splines)
    target = splines.T @ (weight * y)
    n, total = float(weight.sum()), float((weight * y * y).sum())
    best, chosen, left_at_best, used_at_best = np.inf, _SMOOTH[-1], total, 0.0
    for smooth in _SMOOTH:
        system = square + smooth * penalty + _RIDGE * np.eye(len(square))
        weights = np.linalg.solve(system, target)
        used = float(np.trace(np.linalg.solve(system, square)))
        left = total - 2.0 * float(weights @ target) + float(weights @ square @ weights)
        free = n - _GCV_WEIGHT * used
        error = n * max(left, 0.0) / free**2 if free > 0 else np.inf
        # So few points that every curve uses them all: the smoothest one stays chosen.
        if error < best:
            best, chosen, left_at_best, used_at_best = error, smooth, left, used
    system = square + chosen * penalty + _RIDGE * np.eye(len(square))
    inverse = np.linalg.inv(system)
    noise = max(left_at_best, 0.0) / max(n - used_at_best, 1.0)
    return Curve(low, high, inverse @ target, noise * inverse)


def shrunken_means(group: NDArray[np.int64], y: Floats, weight: Floats, n_groups: int) -> Floats:
    """Mean of y per group, drawn towards 0 as far as its variance is noise.

    group     (n,) numbers below n_groups
    returns   (n_groups,); 0 for a group without members, and for all when the groups differ by no
              more than noise

    >>> y = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.5])
    >>> shrunken_means(np.array([0, 0, 0, 1, 1, 1, 2]), y, np.ones(7), 4).round(2)
    array([ 1. , -1. ,  0.5,  0. ])
    """
    return shrunken_groups(group, y, weight, n_groups).mean


def shrunken_groups(group: NDArray[np.int64], y: Floats, weight: Floats, n_groups: int) -> Groups:
    """`shrunken_means`, with how far they may be off."""
    nothing = Groups(np.zeros(n_groups), np.zeros(n_groups), 0.0)
    mass = np.bincount(group, weight, n_groups)
    mean = np.bincount(group, weight * y, n_groups) / np.maximum(mass, 1e-12)
    n_seen, total = int((mass > 0).sum()), float(mass.sum())
    if n_seen < 2:
        return nothing
    noise = float((weight * (y - mean[group]) ** 2).sum()) / max(total - n_seen, 1.0)
    middle = float((weight * y).sum()) / total
    typical = (total - float((mass**2).sum()) / total) / (n_seen - 1)
    between = float((mass * (mean - middle) ** 2).sum()) / (n_seen - 1)
    spread = (between - noise) / max(typical, 1e-12)
    if spread <= 0:
        return nothing
    # Of a group without members only the spread between groups is known.
    kept = mass / np.maximum(mass + noise / spread, 1e-300)
    return Groups(np.where(mass > 0, mean * kept, 0.0), spread * (1.0 - kept), spread)
