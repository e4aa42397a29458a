"""Shrinkage of numbers that are about normal: logarithms of rates and of ratios.

A creator's mean of n logarithms is drawn towards that of all, or towards the curve of its cohort,
by the share of the variance between creators that is noise. The variance between creators is
Paule and Mandel's (1982), the variance between one creator's posts is itself drawn towards that of
all, as worth NOISE_POSTS posts (our own choice). Intervals allow for the middle being estimated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEAST", "NOISE_POSTS", "Spread", "noise_of", "spread_of"]

#: How many posts the variance of all creators' posts is worth beside a creator's own.
NOISE_POSTS = 6.0
#: With fewer creators to learn from nobody is drawn anywhere; our own choice.
LEAST = 10
_ROUNDS = 60


class Spread(NamedTuple):
    """middle, doubt   mean of creators, and its squared standard error
    between         variance between creators
    noise           variance between posts of one creator, on average
    n               creators it was learned from
    """

    middle: float
    doubt: float
    between: float
    noise: float
    n: int

    def shrunk(self, x: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """Posterior mean and squared standard error of creators seen as x +- sqrt(variance)."""
        if self.n == 0:
            return x, variance
        if self.n < LEAST:
            return x, variance
        kept = self.between / (self.between + variance)
        mean = self.middle + kept * (x - self.middle)
        # Morris (JASA 1983): how far anybody is drawn is itself a guess from n creators.
        guessed = 2.0 / (self.n - 3) * (1 - kept) ** 2 * (x - self.middle) ** 2
        return mean, kept * variance + (1 - kept) ** 2 * self.doubt + guessed


def noise_of(n: Floats, square: Floats, noise: float) -> Floats:
    """Variance between a creator's posts: their own, drawn towards that of all.

    n        posts
    square   sum of squared distances from their mean
    noise    of all creators
    """
    own = np.maximum(n - 1, 0.0)
    value: Floats = (square + NOISE_POSTS * noise) / (own + NOISE_POSTS)
    return value


def spread_of(x: Floats, variance: Floats, noise: float) -> Spread:
    """What creators seen as x +- sqrt(variance) say about all creators."""
    n = len(x)
    if n < LEAST:
        return Spread(0.0, 0.0, 0.0, noise, n)

    def left(between: float) -> tuple[float, float, float]:
        weight = 1.0 / (between + variance)
        middle = float(weight @ x / weight.sum())
        return float(weight @ (x - middle) ** 2) - (n - 1), middle, 1.0 / float(weight.sum())

    low, high = 0.0, float(np.var(x)) * 2 + 1e-9
    if left(0.0)[0] <= 0:
        high = 0.0
    for _ in range(_ROUNDS):
        between = (low + high) / 2
        if left(between)[0] > 0:
            low = between
        else:
            high = between
    between = (low + high) / 2
    _, middle, doubt = left(between)
    return Spread(middle, doubt, between, noise, n)
