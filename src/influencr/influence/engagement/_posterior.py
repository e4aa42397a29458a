"""What a creator's posts can expect, from the posts seen and from what is usual in this home.

Empirical Bayes (Robbins 1956; the flexible prior as in Stephens 2017): the level of attention of a
creator is drawn around the curve of its cohort, in a shape that the home's own creators tell; with
few posts the estimate stays near the curve, with many it is their own. The posterior is summed on a
grid (`_counts`), not approximated by a normal, because counts of a few reactions and rare posts
that spread are anything but normal.

`learn` estimates the curve, the width around it, its shape and how common each way of varying is,
by expectation maximisation on at most MAX_LEARNED creators drawn with a fixed seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.cohorts import MIN_CREATORS, Stratum, fit_stratum
from influencr.influence.engagement._counts import EDGES, LEVELS, STEP, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Words = NDArray[np.str_]

__all__ = [
    "MAX_LEARNED",
    "Estimate",
    "Prior",
    "Seen",
    "chunks",
    "estimate",
    "learn",
    "log_likelihood",
    "log_posterior",
    "quantiles",
]

#: Creators that hyper-parameters are learned from, at most.
MAX_LEARNED = 6_000
_ROUNDS = 12
#: Shape of the prior: normals of this width at these places, in widths of the cohort.
_PLACES = np.arange(-3.6, 3.61, 0.6)
_WIDTH = 0.55
#: Creators' worth of a plain normal that the learned shape starts from.
_PLAIN = 30.0
#: The width around the curve is never taken to be smaller (ln).
_LEAST_WIDTH = 0.1
#: Width (ln) of a prior that nobody taught.
_UNTAUGHT_WIDTH = 3.0
_CHUNK = 2_000
#: Points of the fine grid, and how many standard deviations it reaches.
_POINTS, _REACH = 41, 5.0
#: Posterior weight below which a way of varying is left out of the fine grid.
_RULED_OUT = 3e-4
_LEVEL_TAILS = (0.025, 0.5, 0.975)


class Seen(NamedTuple):
    """Posts of creators as histograms, and whom they compare with.

    start        (n + 1,) creator i has the entries start[i]..start[i + 1]
    bin, posts   entries: number of the bin, posts in it
    size         (n,) log10 of followers, NaN unknown
    language, topic   (n,) words, "" unknown
    """

    start: NDArray[np.int64]
    bin: NDArray[np.int64]
    posts: NDArray[np.int64]
    size: Floats
    language: Words
    topic: Words

    def of(self, rows: NDArray[np.int64]) -> Seen:
        """Only these creators."""
        lengths = self.start[rows + 1] - self.start[rows]
        start = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(self.start[rows] - start[:-1], lengths) + np.arange(start[-1])
        return Seen(
            start,
            self.bin[entries],
            self.posts[entries],
            self.size[rows],
            self.language[rows],
            self.topic[rows],
        )


class Prior(NamedTuple):
    """What is usual.

    stratum   curves of ln(level) against size; None where too few creators have a size
    middle    ln(level) for those whose size is unknown
    width     standard deviation around the curve (ln)
    shape     weights of the normals at _PLACES
    kinds     how common each way of varying is
    n         creators it was learned from
    """

    stratum: Stratum | None
    middle: float
    width: float
    shape: Floats
    kinds: Floats
    n: int

    def usual(self, seen: Seen) -> Floats:
        """ln(level) that the cohort curve expects."""
        if self.stratum is None:
            return np.full(len(seen.size), self.middle)
        known = np.isfinite(seen.size)
        level, _ = self.stratum.place(np.where(known, seen.size, 0.0), seen.language, seen.topic)
        return np.where(known, level, self.middle)


class Estimate(NamedTuple):
    """Per creator: 2.5 %, 50 % and 97.5 % of the posterior, and `usual` of the cohort.

    median   (n, 3) the level: half of the posts can expect less
    mean     (n, 3) what a post can expect on average, those that spread included
    """

    median: Floats
    mean: Floats
    usual: Floats


def learn(seen: Seen, *, least: int = MIN_CREATORS) -> Prior:
    """The prior of one stratum.

    Fewer than `least` creators with posts teach nothing: the prior is then so wide (three powers
    of e) that everybody's estimate is their own.
    """
    with_posts = np.flatnonzero(np.diff(seen.start) > 0)
    if len(with_posts) > MAX_LEARNED:
        rng = np.random.default_rng(0)
        with_posts = np.sort(rng.choice(with_posts, MAX_LEARNED, replace=False))
    seen = seen.of(with_posts)
    n, n_kinds = len(seen.size), len(tables().names)
    kinds = np.full(n_kinds, 1 / n_kinds)
    plain = np.exp(-0.5 * (_PLACES / np.sqrt(1 - _WIDTH**2)) ** 2)
    plain /= plain.sum()
    if n < least:
        total = np.bincount(seen.bin, seen.posts, len(EDGES))
        middle = float(total @ np.log(EDGES + 0.5) / max(total.sum(), 1.0))
        return Prior(None, middle, _UNTAUGHT_WIDTH, plain, kinds, n)
    likelihoods = [log_likelihood(seen.of(part)) for part in chunks(n)]
    sized = np.isfinite(seen.size)
    prior = Prior(None, 0.0, _UNTAUGHT_WIDTH, plain, kinds, n)
    for turn in range(_ROUNDS):
        usual = prior.usual(seen)
        mean, variance = np.empty(n), np.empty(n)
        share = np.zeros(n_kinds)
        pulled = np.zeros(len(_PLACES))
        for part, given in zip(chunks(n), likelihoods, strict=True):
            weight = _posterior(given, usual[part], prior)
            share += weight.sum(axis=(0, 2))
            at_level = weight.sum(axis=1)
            mean[part] = at_level @ LEVELS
            variance[part] = at_level @ LEVELS**2 - mean[part] ** 2
            pulled += _places(at_level, usual[part], prior)
        kinds = (share + 1.0 / n_kinds) / (n + 1.0)
        stratum = prior.stratum
        if sized.sum() >= least:
            stratum = fit_stratum(
                mean[sized], seen.size[sized], seen.language[sized], seen.topic[sized]
            )
        middle = float(mean.mean())
        prior = prior._replace(stratum=stratum, middle=middle, kinds=kinds)
        rest = mean - prior.usual(seen)
        width = max(float(np.sqrt(np.mean(variance + rest**2))), _LEAST_WIDTH)
        shape = prior.shape
        # The curve settles first; the shape is only read around a curve that stands.
        if turn >= _ROUNDS // 2:
            shape = (pulled + _PLAIN * plain) / (n + _PLAIN)
        prior = prior._replace(width=width, shape=shape)
    return prior


def estimate(seen: Seen, prior: Prior) -> Estimate:
    """The posterior of every creator; NaN for who has no posts."""
    n = len(seen.size)
    usual = prior.usual(seen)
    median, mean = np.full((n, 3), np.nan), np.full((n, 3), np.nan)
    to_mean = tables().to_mean
    with_posts = np.flatnonzero(np.diff(seen.start) > 0)
    for begin in range(0, len(with_posts), _CHUNK):
        rows = with_posts[begin : begin + _CHUNK]
        log_weight = log_posterior(log_likelihood(seen.of(rows)), usual[rows], prior)
        median[rows] = quantiles(log_weight, np.zeros(len(to_mean)))
        mean[rows] = quantiles(log_weight, to_mean)
    return Estimate(np.exp(median), np.exp(mean), np.exp(usual))


def chunks(n: int) -> Iterator[NDArray[np.int64]]:
    """Rows 0..n - 1, a few thousand at a time."""
    for begin in range(0, n, _CHUNK):
        yield np.arange(begin, min(begin + _CHUNK, n))


def log_likelihood(seen: Seen) -> Floats:
    """(n, n_kinds, n_levels) ln of the chance of the posts seen."""
    from scipy import sparse

    histogram = sparse.csr_array(
        (seen.posts.astype(np.float64), seen.bin, seen.start), shape=(len(seen.size), len(EDGES))
    )
    given: Floats = histogram @ tables().log_p
    return given.reshape(len(seen.size), -1, len(LEVELS))


def _log_prior(usual: Floats, prior: Prior) -> Floats:
    """(n, n_levels)."""
    fine = np.linspace(-9.0, 9.0, 721)
    bells = np.exp(-0.5 * ((fine[:, None] - _PLACES) / _WIDTH) ** 2)
    # A little of something much wider keeps the far ends possible.
    table = np.log(bells @ prior.shape / _WIDTH + 1e-3 * np.exp(-0.5 * (fine / 4.0) ** 2) / 4.0)
    u = (LEVELS[None, :] - usual[:, None]) / prior.width
    inside: Floats = np.interp(u, fine, table)
    # Beyond the table it goes on falling.
    beyond = np.maximum(np.abs(u) - 9.0, 0.0)
    return inside - beyond - 0.5 * beyond**2


def log_posterior(given: Floats, usual: Floats, prior: Prior) -> Floats:
    """(n, n_kinds, n_levels), up to a constant per creator."""
    return given + np.log(prior.kinds)[None, :, None] + _log_prior(usual, prior)[:, None, :]


def _posterior(given: Floats, usual: Floats, prior: Prior) -> Floats:
    weight = log_posterior(given, usual, prior)
    weight -= weight.max(axis=(1, 2), keepdims=True)
    np.exp(weight, out=weight)
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    return weight


def _places(at_level: Floats, usual: Floats, prior: Prior) -> Floats:
    """How many creators each normal of the shape is responsible for."""
    u = (LEVELS[None, :] - usual[:, None]) / prior.width
    bells = np.exp(-0.5 * ((u[:, :, None] - _PLACES) / _WIDTH) ** 2) * prior.shape
    whole = bells.sum(axis=2, keepdims=True)
    bells /= np.maximum(whole, 1e-300)
    value: Floats = np.einsum("nl,nlp->p", at_level, bells)
    return value


def quantiles(log_weight: Floats, shift: Floats) -> Floats:
    """(n, 3) tails and middle of level + shift[kind] under the posterior.

    The levels lie STEP apart, farther than many posts leave in doubt. The log posterior is smooth
    and nearly a parabola where it matters, so it is interpolated by cubics onto a grid as fine as
    the creator needs.
    """
    n, n_kinds, n_levels = log_weight.shape
    top = log_weight.max(axis=(1, 2), keepdims=True)
    weight = np.exp(log_weight - top)
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    of_kind, at_level = weight.sum(axis=2), weight @ LEVELS
    square = weight @ LEVELS**2
    centre = at_level.sum(axis=1) + of_kind @ shift
    spread = (square + 2 * shift * at_level + shift**2 * of_kind).sum(axis=1) - centre**2
    reach = _REACH * np.sqrt(np.maximum(spread, 0.0) + (STEP / 4) ** 2)
    grid = centre[:, None] + reach[:, None] * np.linspace(-1, 1, _POINTS)
    # Kinds that a creator's posts rule out are left out; of the others one always is there.
    row, kind = np.nonzero(of_kind > _RULED_OUT)
    place = (grid[row] - (shift[kind] + LEVELS[0])[:, None]) / STEP
    cell = np.clip(place.astype(np.int64), 1, n_levels - 3)
    t = place - cell
    flat = log_weight.reshape(-1)
    at = ((row * n_kinds + kind) * n_levels)[:, None] + cell
    a, b, c, d = flat[at - 1], flat[at], flat[at + 1], flat[at + 2]
    # Lagrange's cubic through four levels, by Newton's differences.
    value = a + (t + 1) * (
        b - a + t * ((c - 2 * b + a) / 2 + (t - 1) * (d - 3 * c + 3 * b - a) / 6)
    )
    value -= top[row, 0]
    value[(place < 0) | (place > n_levels - 1)] = -np.inf
    density = np.add.reduceat(
        np.exp(np.minimum(value, 2.0)), np.searchsorted(row, np.arange(n)), axis=0
    )
    mass = np.cumsum(density, axis=1)
    mass = (mass - density / 2) / mass[:, -1:]
    out = np.empty((n, 3))
    for j, tail in enumerate(_LEVEL_TAILS):
        right = np.clip((mass < tail).sum(axis=1), 1, _POINTS - 1)
        row = np.arange(n)
        low, high = mass[row, right - 1], mass[row, right]
        part = np.clip((tail - low) / np.maximum(high - low, 1e-300), 0.0, 1.0)
        out[:, j] = grid[row, right - 1] + part * (grid[row, right] - grid[row, right - 1])
    return out
