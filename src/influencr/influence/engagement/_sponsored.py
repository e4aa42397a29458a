"""How many times the usual attention do sponsored posts get?

A creator's ratio r (ln) is drawn from all creators of the platform, r ~ N(middle, between). Their
usual posts tell their level up to a small variance; the counts of their sponsored posts then have
the likelihood of `_counts` at the level plus r, in the ways of varying that the usual posts left
possible. So posts without a single reaction are counts like any other, which logarithms of counts
are not. Middle and between are estimated by expectation maximisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.influence.engagement._counts import LEVELS
from influencr.influence.engagement._posterior import (
    Prior,
    Seen,
    chunks,
    log_likelihood,
    log_posterior,
    quantiles,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MIN_TAUGHT", "Ratio", "learn_ratio", "ratios"]

#: With fewer creators nobody says how ratios lie; then hardly anything is assumed of them.
MIN_TAUGHT = 10
_UNTAUGHT = 1.5
_ROUNDS = 25
_LEAST = 0.05


class Ratio(NamedTuple):
    """middle, between   mean of ln(ratio) over creators, and its standard deviation
    doubt             standard error of the middle
    n                 creators it was learned from
    """

    middle: float
    between: float
    doubt: float
    n: int


class _Given(NamedTuple):
    level: Floats
    variance: Floats
    likelihood: Floats


def _given(usual: Seen, sponsored: Seen, prior: Prior) -> _Given:
    """The level that usual posts tell, and the likelihood (n, n_levels) of the sponsored ones."""
    parts = []
    for rows in chunks(len(usual.size)):
        mine = usual.of(rows)
        weight = log_posterior(log_likelihood(mine), prior.usual(mine), prior)
        three = quantiles(weight, np.zeros(weight.shape[1]))
        weight -= weight.max(axis=(1, 2), keepdims=True)
        of_kind = np.exp(weight).sum(axis=2)
        of_kind /= of_kind.sum(axis=1, keepdims=True)
        paid = log_likelihood(sponsored.of(rows))
        top = paid.max(axis=(1, 2), keepdims=True)
        mixed = np.log(np.einsum("nk,nkl->nl", of_kind, np.exp(paid - top)) + 1e-300)
        parts.append((three[:, 1], ((three[:, 2] - three[:, 0]) / 3.92) ** 2, mixed))
    return _Given(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _paid_level(given: _Given, middle: float, between: float) -> Floats:
    """(n, 1, n_levels) ln posterior of the level of sponsored posts."""
    width = np.sqrt(between**2 + given.variance)[:, None]
    apart = (LEVELS[None, :] - given.level[:, None] - middle) / width
    return (given.likelihood - 0.5 * apart**2)[:, None, :]


def learn_ratio(usual: Seen, sponsored: Seen, prior: Prior) -> Ratio:
    """How ratios lie among creators who have both kinds of posts."""
    n = len(usual.size)
    if n < MIN_TAUGHT:
        return Ratio(0.0, _UNTAUGHT, 0.0, n)
    given = _given(usual, sponsored, prior)
    middle, between, doubt = 0.0, 0.7, 0.0
    for _ in range(_ROUNDS):
        weight = _paid_level(given, middle, between)[:, 0, :]
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        level = weight @ LEVELS
        mean, variance = _own(given, middle, between, level, weight @ LEVELS**2 - level**2)
        # What a creator's posts say of the middle, beside what the middle said of them.
        told = np.maximum(1.0 - variance / between**2, 0.0).sum()
        middle = float(mean.mean())
        between = max(float(np.sqrt(np.mean(variance + (mean - middle) ** 2))), _LEAST)
        doubt = between / np.sqrt(max(float(told), 1.0))
    return Ratio(middle, between, doubt, n)


def _own(
    given: _Given, middle: float, between: float, level: Floats, variance: Floats
) -> tuple[Floats, Floats]:
    """Mean and variance of r, from those of the level of sponsored posts."""
    kept = between**2 / (between**2 + given.variance)
    mean = middle + kept * (level - given.level - middle)
    return mean, kept * given.variance + kept**2 * variance


def ratios(usual: Seen, sponsored: Seen, prior: Prior, ratio: Ratio) -> Floats:
    """(n, 3) 2.5 %, middle and 97.5 % of each creator's ratio (not its logarithm)."""
    out = np.empty((len(usual.size), 3))
    if not len(out):
        return out
    given = _given(usual, sponsored, prior)
    three = quantiles(_paid_level(given, ratio.middle, ratio.between), np.zeros(1))
    mean, _ = _own(given, ratio.middle, ratio.between, three[:, 1], np.zeros(len(out)))
    # How far a creator is drawn to the middle, the doubt in the middle moves them.
    drawn = np.clip(
        1.0 - (ratio.between**2 - ((three[:, 2] - three[:, 0]) / 3.92) ** 2) / ratio.between**2,
        0.0,
        1.0,
    )
    for column, side in ((0, three[:, 0]), (2, three[:, 2])):
        spread = ((side - three[:, 1]) / 1.96) ** 2
        _, variance = _own(given, ratio.middle, ratio.between, three[:, 1], spread)
        half = 1.96 * np.sqrt(variance + (drawn * ratio.doubt) ** 2)
        out[:, column] = mean - half if column == 0 else mean + half
    out[:, 1] = mean
    return np.exp(out)
