"""How well one number per creator foretells another, with intervals over creators."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.stats import rankdata

__all__ = [
    "CLOSE",
    "Pairs",
    "calibration_slope",
    "inside_cohorts",
    "log_error",
    "ndcg",
    "pair_accuracy",
    "pairs_of",
    "spearman",
]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Creators are compared when their followers differ by less than this (decimal logarithm).
CLOSE = 0.05
DRAWS = 400


class Pairs(NamedTuple):
    """Pairs of rows of like size whose outcomes differ: the first has the larger outcome."""

    more: Whole
    less: Whole
    n: int


def pairs_of(size: Array, outcome: Array, group: Whole, *, close: float = CLOSE) -> Pairs:
    """All pairs inside a group with |difference of size| < close and different outcomes.

    size      decimal logarithm of followers
    outcome   NaN: the row is in no pair
    group     such as the number of the world
    """
    rows = np.flatnonzero(~np.isnan(outcome) & np.isfinite(size))
    order = rows[np.lexsort((size[rows], group[rows]))]
    spread = float(size[rows].max() - size[rows].min()) if len(rows) else 0.0
    # Groups are moved apart, so that one search finds the end of every row's window.
    moved = size[order] + group[order] * (spread + 1)
    end = np.searchsorted(moved, moved + close, side="left")
    n = np.maximum(end - np.arange(len(order)) - 1, 0)
    first = np.repeat(np.arange(len(order)), n)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(n) - n, n)
    a, b = order[first], order[second]
    differ = outcome[a] != outcome[b]
    a, b = a[differ], b[differ]
    up = outcome[a] > outcome[b]
    return Pairs(np.where(up, a, b), np.where(up, b, a), len(size))


def _right(pairs: Pairs, score: Array) -> Array:
    told = np.where(np.isnan(score), -np.inf, score)
    more, less = told[pairs.more], told[pairs.less]
    return np.where(more == less, 0.5, (more > less).astype(float))


def pair_accuracy(
    pairs: Pairs, scores: dict[str, Array], *, draws: int = DRAWS, seed: int = 0
) -> tuple[dict[str, float], dict[str, Array]]:
    """Share of pairs put in the right order (ties are a half), and bootstrap draws of it.

    Creators are drawn with replacement, the same for every score, so that draws may be subtracted.
    """
    rng = np.random.default_rng(seed)
    right = {name: _right(pairs, score) for name, score in scores.items()}
    told = {
        name: float(value.mean()) if len(value) else float("nan") for name, value in right.items()
    }
    shape = (pairs.n, pairs.n)
    at = (pairs.more, pairs.less)
    every = sparse.csr_array((np.ones(len(pairs.more)), at), shape=shape)
    each = {name: sparse.csr_array((value, at), shape=shape) for name, value in right.items()}
    found: dict[str, list[float]] = {name: [] for name in scores}
    for _ in range(draws):
        weight = rng.multinomial(pairs.n, np.full(pairs.n, 1 / pairs.n)).astype(float)
        total = float(weight @ (every @ weight))
        for name, matrix in each.items():
            found[name].append(float(weight @ (matrix @ weight)) / max(total, 1e-12))
    return told, {name: np.array(values) for name, values in found.items()}


def spearman(first: Array, second: Array) -> float:
    """Rank correlation; NaN of fewer than three rows or of a constant."""
    known = ~(np.isnan(first) | np.isnan(second))
    if known.sum() < 3:
        return float("nan")
    a, b = rankdata(first[known]), rankdata(second[known])
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def ndcg(score: Array, gain: Array, k: int = 10) -> float:
    """Gain of the k that the score puts first, as a share of the best possible."""
    told = np.where(np.isnan(score), -np.inf, score)
    best = np.sort(gain)[::-1][:k]
    chosen = gain[np.argsort(-told, kind="stable")[:k]]
    discount = 1 / np.log2(np.arange(2, len(best) + 2))
    total = float((best * discount).sum())
    return float((chosen * discount).sum()) / total if total > 0 else float("nan")


def inside_cohorts(
    cohort: Whole, score: Array, outcome: Array, *, least: int = 10
) -> tuple[float, float, int, int]:
    """Mean Spearman and NDCG@10 inside cohorts of at least so many, weighted by size.

    Returns (spearman, ndcg, cohorts, creators).
    """
    rows = np.flatnonzero((cohort >= 0) & ~np.isnan(outcome))
    order = rows[np.argsort(cohort[rows], kind="stable")]
    _, starts = np.unique(cohort[order], return_index=True)
    ranks, gains, weights = [], [], []
    for part in np.split(order, starts[1:]):
        if len(part) < least:
            continue
        low = np.nanmin(np.append(score[part], 0.0)) - 1.0
        told = np.where(np.isnan(score[part]), low, score[part])
        rank = spearman(told, outcome[part])
        if np.isnan(rank):
            continue
        ranks.append(rank)
        gains.append(ndcg(told, outcome[part]))
        weights.append(len(part))
    if not weights:
        return float("nan"), float("nan"), 0, 0
    w = np.array(weights, dtype=float)
    return (
        float(np.average(ranks, weights=w)),
        float(np.average(gains, weights=w)),
        len(weights),
        int(w.sum()),
    )


def log_error(score: Array, outcome: Array) -> float:
    """Mean absolute difference of log(1 + x)."""
    known = ~(np.isnan(score) | np.isnan(outcome))
    return float(np.abs(np.log1p(score[known]) - np.log1p(outcome[known])).mean())


def calibration_slope(score: Array, outcome: Array) -> float:
    """Slope of log(1 + outcome) on log(1 + forecast); one when forecasts are neither too bold nor
    too timid."""
    known = ~(np.isnan(score) | np.isnan(outcome))
    x, y = np.log1p(score[known]), np.log1p(outcome[known])
    return float(np.cov(x, y)[0, 1] / max(x.var(ddof=1), 1e-12))
