"""How likely is a count of reactions, for every level of attention and every way of varying?

Posts of one creator vary far more than chance would make them: each post has an expectation of its
own, drawn around the creator's level, and the count is Poisson around that. How it varies is one
of KINDS: log-normal (most posts of most people), gamma (many posts that get nothing), log-normal
with a few posts that spread far beyond the rest. A home learns how common each kind is (`_learn`);
a creator's own posts tell which is theirs.

Counts fall into BINS (every count up to 15, then 5 per doubling or so), so that a creator is a
handful of numbers, however many posts there are, and creators add up.

Everything here is a table that is made once per process (0.2 s). The kinds, the widths and the
bounds are our own choice, checked by simulation (docs/algorithms/engagement.md).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["EDGES", "LEVELS", "STEP", "Tables", "bin_of", "tables"]

#: Lowest count of each bin; the last is open.
EDGES = np.unique(np.concatenate([np.arange(16), np.floor(16 * 1.17 ** np.arange(100))])).astype(
    np.int64
)
#: ln of the level of attention (the median of what posts can expect): from 1 in 150 posts to 6e7.
STEP = 0.25
LEVELS = np.arange(-5.0, 18.01, STEP)
#: Finer grid over which expectations are summed.
_FINE = 0.025
#: Share of every bin that is set aside for slips of whoever counted; keeps one absurd count from
#: ruling out everything else.
_SLIP = 1e-7
_LOG_NORMAL = (0.12, 0.3, 0.5, 0.75, 1.05, 1.4, 1.9)
_GAMMA = (2.5, 1.2, 0.6, 0.25)
#: Spread of most posts, and then how many go farther and how much (factor, spread).
_SPREADING = ((0.4, 0.03, 3.0, 0.8), (0.7, 0.03, 2.7, 1.0), (1.0, 0.03, 2.4, 1.2))


class Tables(NamedTuple):
    """n_kinds ways of varying.

    log_p       (n_bins, n_kinds * n_levels) ln of the chance of each bin
    to_mean     (n_kinds,) ln of mean over median
    names       of the kinds
    """

    log_p: Floats
    to_mean: Floats
    names: tuple[str, ...]


def bin_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the bin of each count, 0 or more."""
    return np.searchsorted(EDGES, counts, side="right") - 1


@cache
def tables() -> Tables:
    """The tables, made on first use."""
    from scipy import special, stats

    far = 9.0
    offset = np.arange(-far, far + _FINE / 2, _FINE)
    densities, names = [], []
    for sigma in _LOG_NORMAL:
        densities.append(stats.norm.pdf(offset, 0, sigma))
        names.append(f"log-normal {sigma:g}")
    for shape in _GAMMA:
        middle = float(stats.gamma.ppf(0.5, shape))
        x = np.exp(offset) * middle
        densities.append(x * stats.gamma.pdf(x, shape))
        names.append(f"gamma {shape:g}")
    for sigma, share, more, wide in _SPREADING:
        densities.append(
            (1 - share) * stats.norm.pdf(offset, 0, sigma)
            + share * stats.norm.pdf(offset, more, wide)
        )
        names.append(f"spreading {sigma:g}")
    kinds = []
    to_mean = []
    for density in densities:
        mass = density / density.sum()
        middle = float(np.interp(0.5, np.cumsum(mass) - mass / 2, offset))
        kinds.append(mass)
        # Offsets are moved so that 0 is the median of every kind.
        to_mean.append(float(np.log(mass @ np.exp(offset)) - middle))
        shifted = np.interp(offset + middle, offset, mass, left=0.0, right=0.0)
        kinds[-1] = shifted / shifted.sum()
    log_rate = np.arange(LEVELS[0] - far, LEVELS[-1] + far + _FINE / 2, _FINE)
    rate = np.exp(log_rate)
    # P(count <= k) of a Poisson is the upper regularised gamma function of k + 1.
    at_most = special.gammaincc(EDGES[1:][None, :].astype(np.float64), rate[:, None])
    cumulative = np.hstack([np.zeros((len(rate), 1)), at_most, np.ones((len(rate), 1))])
    chance = np.diff(cumulative, axis=1)
    stride = round(STEP / _FINE)
    rows = []
    for mass in kinds:
        for i in range(len(LEVELS)):
            rows.append(mass @ chance[i * stride : i * stride + len(offset)])
    p = np.array(rows)
    p = (1 - _SLIP * p.shape[1]) * p + _SLIP
    return Tables(np.ascontiguousarray(np.log(p).T), np.array(to_mean), tuple(names))
