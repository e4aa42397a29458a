"""Figures of a yes-or-no judge: how it ranks, how it cuts, how far its probabilities hold.

Intervals are 95 % percentile bootstrap intervals over rows (equal rows drawn together would widen
them by the share of doubles; rows are drawn singly here). ECE uses ten bins of equal count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from influencr.vetting.followers._rates import SPECIFICITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int8]

__all__ = [
    "auc",
    "average_precision",
    "best_f1_cut",
    "ece",
    "f1",
    "intervals",
    "mcc",
    "specificity_cut",
    "summary",
]

DRAWS = 500


def auc(y: Labels, p: Floats) -> float:
    """Chance that a positive stands above a negative, ties counting half (Mann-Whitney)."""
    values, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    positive = np.bincount(inverse.ravel(), weights=y, minlength=len(values))
    negative = counts - positive
    below = np.concatenate([[0], np.cumsum(negative)[:-1]])
    pairs = positive.sum() * negative.sum()
    return float((positive * (below + negative / 2)).sum() / pairs) if pairs else float("nan")


def average_precision(y: Labels, p: Floats) -> float:
    """Mean precision over the positives in falling order of p; equal p share one cut."""
    values, inverse, counts = np.unique(-p, return_inverse=True, return_counts=True)
    positive = np.bincount(inverse.ravel(), weights=y, minlength=len(values))
    if not positive.sum():
        return float("nan")
    precision = np.cumsum(positive) / np.cumsum(counts)
    return float((positive * precision).sum() / positive.sum())


def _table(y: Labels, flagged: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    tp = int((flagged & (y == 1)).sum())
    fp = int((flagged & (y == 0)).sum())
    return tp, fp, int((y == 1).sum()) - tp, int((y == 0).sum()) - fp


def f1(y: Labels, flagged: NDArray[np.bool_]) -> float:
    """2 TP / (2 TP + FP + FN); 0 when nothing is flagged."""
    tp, fp, fn, _ = _table(y, flagged)
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def mcc(y: Labels, flagged: NDArray[np.bool_]) -> float:
    """Matthews correlation; 0 where one side of the table is empty."""
    tp, fp, fn, tn = _table(y, flagged)
    below = float(tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return float((tp * tn - fp * fn) / np.sqrt(below)) if below else 0.0


def ece(y: Labels, p: Floats, *, bins: int = 10) -> float:
    """Mean distance of probability and frequency over bins of equal count."""
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(abs(p[i].mean() - y[i].mean()) * len(i) for i in parts if len(i)) / len(p))


def specificity_cut(y: Labels, p: Floats, *, specificity: float = SPECIFICITY) -> float:
    """The lowest cut that at least `specificity` of the negatives stay below."""
    negatives = np.sort(p[y == 0])
    needed = int(np.ceil(specificity * len(negatives)))
    return float(np.nextafter(negatives[needed - 1], 2.0))


def best_f1_cut(p: Floats) -> float:
    """The cut at which the expected F1 of calibrated probabilities is highest.

    With few positives the best cut of the labels themselves is mostly chance; that of the
    probabilities needs only their calibration. Expected F1 is taken as 2 E[TP] / (flagged + E[P]).
    """
    falling = np.sort(p)[::-1]
    expected = 2 * np.cumsum(falling) / (np.arange(1, len(p) + 1) + p.sum())
    best = int(np.argmax(expected))
    below = float(falling[best + 1]) if best + 1 < len(p) else 0.0
    return (float(falling[best]) + below) / 2


def summary(y: Labels, p: Floats, cut: float) -> dict[str, Any]:
    """The plain figures at one cut."""
    flagged = p >= cut
    return {
        "auc": round(auc(y, p), 4),
        "average_precision": round(average_precision(y, p), 4),
        "ece": round(ece(y, p), 4),
        "se": round(float(flagged[y == 1].mean()), 4),
        "sp": round(float((~flagged[y == 0]).mean()), 4),
        "mean_positive": round(float(p[y == 1].mean()), 4),
        "mean_negative": round(float(p[y == 0].mean()), 4),
    }


def intervals(
    y: Labels,
    measures: dict[str, Callable[[NDArray[np.int64]], float]],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, dict[str, float]]:
    """value, low, high of each measure; a measure is a function of drawn row numbers."""
    rng = np.random.default_rng(seed)
    every = np.arange(len(y))
    drawn = [rng.integers(0, len(y), len(y)) for _ in range(draws)]
    out = {}
    for name, measure in measures.items():
        values = np.array([measure(rows) for rows in drawn])
        low, high = np.nanquantile(values, [0.025, 0.975])
        out[name] = {
            "value": round(measure(every), 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
        }
    return out
