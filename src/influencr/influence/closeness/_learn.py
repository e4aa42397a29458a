"""How shares and delays lie among the creators of this home, per platform.

A share (answered, prompt, mutual, coming back) is a beta distribution over creators, estimated by
maximum likelihood of the counts; a creator's own is then the posterior (Beta-binomial empirical
Bayes). Replies under one post are answered together more often than chance: a creator sits down
and answers, or does not. So a reply is worth less than one when there are others beside it, by the
correlation inside posts (Fleiss and Cuzick 1979) of all creators together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.cohorts import Spread, noise_of, spread_of

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["SHARES", "Home", "Shares", "delay_variance", "learn", "worth"]

#: Name of the share -> (hits, of how many).
SHARES = {
    "answered": ("n_answered", "n_replies"),
    "within_day": ("n_prompt", "n_timed"),
    "mutual": ("n_mutual", "n_repliers"),
    "repeat": ("n_repeat", "n_repliers"),
}
#: Creators that a distribution is learned from, at most, and at least; our own choice.
_MAX_LEARNED, _LEAST = 20_000, 10
#: Jeffreys' prior, where too few creators are known.
_JEFFREYS = (0.5, 0.5)
#: Variance of the median of n normal values over that of their mean.
_MEDIAN = np.pi / 2


class Shares(NamedTuple):
    """a, b of the beta distribution of a share over creators, learned from n of them."""

    a: float
    b: float
    n: int


class Home(NamedTuple):
    """What is usual, per platform.

    shares        (platform, one of SHARES) -> distribution of the share
    delays        platform -> ln(seconds until an answer)
    correlation   platform -> of answers under one post
    """

    shares: dict[tuple[str, str], Shares]
    delays: dict[str, Spread]
    correlation: dict[str, float]


def learn(measured: pl.DataFrame) -> Home:
    """What is usual, from everybody measured. Deterministic."""
    import polars as pl

    known = (
        measured.filter(pl.col("scored") & (pl.col("n_replies") > 0))
        .unique("creator", keep="first")
        .sort("platform", "creator")
    )
    shares, delays, correlation = {}, {}, {}
    for (word,), part in known.partition_by("platform", as_dict=True).items():
        platform = str(word)
        correlation[platform] = _correlation(part)
        for name, (hits, of) in SHARES.items():
            some = part.filter(pl.col(of) > 0)
            k, n = (some[column].to_numpy().astype(np.float64) for column in (hits, of))
            less = worth(some, correlation[platform]) if name == "answered" else np.ones(len(n))
            shares[platform, name] = _beta(k * less, n * less)
        timed = part.filter(pl.col("n_timed") > 0)
        n = timed["n_timed"].to_numpy().astype(np.float64)
        square = timed["delay_square"].to_numpy()
        free = float(np.maximum(n - 1, 0).sum())
        noise = float(square.sum()) / free if free > 0 else 1.0
        delays[platform] = spread_of(
            timed["delay_median"].to_numpy(), delay_variance(n, square, noise), noise
        )
    return Home(shares, delays, correlation)


def delay_variance(n: Floats, square: Floats, noise: float) -> Floats:
    """Squared standard error of the median of n logarithms."""
    # One value is its own median, exactly; the excess comes with the second and third.
    excess = 1 + (_MEDIAN - 1) * np.minimum(np.maximum(n - 2, 0) / 8, 1.0)
    value: Floats = noise_of(n, square, noise) / np.maximum(n, 1) * excess
    return value


def worth(part: pl.DataFrame, correlation: float) -> Floats:
    """What one reply of each creator is worth beside others under the same posts, 0..1."""
    n = np.maximum(part["n_replies"].to_numpy().astype(np.float64), 1.0)
    per_post = part["squares"].fill_null(0.0).to_numpy() / n
    value: Floats = 1.0 / (1.0 + np.maximum(per_post - 1.0, 0.0) * correlation)
    return value


def _correlation(part: pl.DataFrame) -> float:
    n, k, posts = (
        part[name].to_numpy().astype(np.float64) for name in ("n_replies", "n_answered", "n_posts")
    )
    several = (n > posts) & (posts > 1)
    n, k, posts = n[several], k[several], posts[several]
    within = part["within"].to_numpy()[several]
    share = k / n
    expected = float(((n - posts) * share * (1 - share)).sum())
    # A creator's own share is a guess from the same replies, and lies too near to them.
    expected += float((share * (1 - share) * (n - posts) / np.maximum(n - 1, 1)).sum())
    if expected <= 0:
        return 0.0
    return min(max(1.0 - float(within.sum()) / expected, 0.0), 0.9)


def _beta(k: Floats, n: Floats) -> Shares:
    from scipy import optimize, special

    count = len(n)
    if count < _LEAST:
        return Shares(*_JEFFREYS, count)
    if count > _MAX_LEARNED:
        chosen = np.sort(np.random.default_rng(0).choice(count, _MAX_LEARNED, replace=False))
        k, n = k[chosen], n[chosen]

    def loss(place: Floats) -> float:
        middle, strength = float(special.expit(place[0])), float(np.exp(place[1]))
        a, b = middle * strength + 1e-6, (1 - middle) * strength + 1e-6
        gain = float((special.betaln(k + a, n - k + b) - special.betaln(a, b)).sum())
        # Half an observation that the strength is moderate keeps it finite when all are alike.
        return 0.5 * ((float(place[1]) - 1.5) / 3.0) ** 2 - gain

    whole = (float(k.sum()) + 0.5) / (float(n.sum()) + 1.0)
    found = optimize.minimize(
        loss, np.array([special.logit(whole), 1.0]), method="Nelder-Mead", options={"xatol": 1e-4}
    )
    middle, strength = float(special.expit(found.x[0])), float(np.exp(found.x[1]))
    return Shares(middle * strength + 1e-6, (1 - middle) * strength + 1e-6, count)
