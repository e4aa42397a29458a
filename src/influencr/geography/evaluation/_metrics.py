"""Shares with intervals, paired differences, calibration, and the curve of agreement over coverage.

Intervals are 95 %. Shares: Wilson (JASA 1927). Paired yes/no outcomes of two systems on the same
rows: McNemar's exact test (Psychometrika 1947), the difference by bootstrap over rows. Calibration:
expected calibration error (Naeini et al., AAAI 2015) with bins of equal mass and of equal width,
and the Brier score. Every random draw has a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "Calibration",
    "Curve",
    "Share",
    "calibration",
    "curve",
    "difference",
    "mcnemar",
    "share",
]

Floats = npt.NDArray[np.float64]

#: Normal quantile of a two-sided 95 % interval.
Z95 = 1.959963984540054
#: Bins of the reliability table and of both calibration errors; the usual ten.
N_BINS = 10
#: Resamples of a bootstrap; more move a 95 % bound by less than the second digit shown.
N_RESAMPLES = 2_000
_SEED = 20_261_123


@dataclass(slots=True, frozen=True)
class Share:
    """k of n, and the Wilson interval; value, low and high are None when n is 0."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share(k: int, n: int) -> Share:
    """The share k / n with its 95 % Wilson interval.

    >>> s = share(8, 10)
    >>> round(s.low, 3), s.value, round(s.high, 3)
    (0.49, 0.8, 0.943)
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    p = k / n
    scale = 1 + Z95**2 / n
    middle = (p + Z95**2 / (2 * n)) / scale
    half = Z95 * math.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)) / scale
    # At 0 and n the bound is exact; rounding must not push it past the share.
    low = 0.0 if k == 0 else middle - half
    high = 1.0 if k == n else middle + half
    return Share(k, n, p, low, high)


def mcnemar(one: Sequence[bool], other: Sequence[bool]) -> dict[str, Any]:
    """Is one right more often than the other on the same rows? Exact, two-sided.

    returns   only_one, only_other: rows that just one gets right; p: probability of a split at
              least so uneven if both were equally good

    >>> mcnemar([True] * 8 + [False], [False] * 8 + [True])["p"]
    0.0390625
    """
    only_one = sum(a and not b for a, b in zip(one, other, strict=True))
    only_other = sum(b and not a for a, b in zip(one, other, strict=True))
    n, least = only_one + only_other, min(only_one, only_other)
    tail = sum(math.comb(n, i) for i in range(least + 1))
    # Integers first: the sums pass the range of a float long before their quotient does.
    p = min(1.0, 2 * tail / 2**n)
    return {"only_one": only_one, "only_other": only_other, "p": p}


def difference(one: Sequence[bool], other: Sequence[bool]) -> dict[str, Any]:
    """Share of `one` minus share of `other` on the same rows: bootstrap interval and McNemar."""
    if not one:
        return {"value": None, "low": None, "high": None, "n": 0}
    gaps = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    rng = np.random.default_rng(_SEED)
    # Gaps are -1, 0 or 1: drawing their counts is drawing the rows.
    chances = [float((gaps == value).mean()) for value in (-1, 0, 1)]
    draws = rng.multinomial(len(gaps), chances, size=N_RESAMPLES)
    means = (draws[:, 2] - draws[:, 0]) / len(gaps)
    low, high = np.quantile(means, (0.025, 0.975))
    return {
        "value": float(gaps.mean()),
        "low": float(low),
        "high": float(high),
        "n": len(gaps),
        **mcnemar(one, other),
    }


@dataclass(slots=True, frozen=True)
class Calibration:
    """Does 0.8 mean right in 8 of 10?

    ece_mass, ece_width   expected calibration error, ten bins of equal mass / of equal width
    ece_low, ece_high     bootstrap interval of ece_mass; a small sample pushes all of it up
    ece_floor             mean ece_mass that a perfectly calibrated answerer of this size would show
    brier                 mean squared error of the confidence
    mean_confidence, right   their means; the first above the second is overconfidence
    table                 per equal-width bin: low, high, n, mean confidence, Share right
    """

    n: int
    ece_mass: float
    ece_low: float
    ece_high: float
    ece_floor: float
    ece_width: float
    brier: float
    mean_confidence: float
    right: float
    table: list[dict[str, Any]]


def calibration(
    confidences: Sequence[float], right: Sequence[bool], *, resample: bool = True
) -> Calibration | None:
    """Calibration of answers; None when there are none. Without `resample`, no interval: NaN."""
    p = np.asarray(confidences, dtype=np.float64)
    y = np.asarray(right, dtype=np.float64)
    if not len(p):
        return None
    rng = np.random.default_rng(_SEED)
    resampled, perfect = [], []
    for _ in range(N_RESAMPLES // 4 if resample else 0):
        chosen = rng.integers(len(p), size=len(p))
        resampled.append(_ece_mass(p[chosen], y[chosen]))
        perfect.append(_ece_mass(p, (rng.random(len(p)) < p).astype(np.float64)))
    low, high = np.quantile(resampled, (0.025, 0.975)) if resample else (np.nan, np.nan)
    table: list[dict[str, Any]] = []
    at = np.minimum((p * N_BINS).astype(int), N_BINS - 1)
    for b in range(N_BINS):
        inside = at == b
        if not inside.any():
            continue
        table.append(
            {
                "low": b / N_BINS,
                "high": (b + 1) / N_BINS,
                "n": int(inside.sum()),
                "confidence": float(p[inside].mean()),
                "right": asdict(share(int(y[inside].sum()), int(inside.sum()))),
            }
        )
    width = sum(row["n"] * abs(row["confidence"] - row["right"]["value"]) for row in table)
    return Calibration(
        n=len(p),
        ece_mass=_ece_mass(p, y),
        ece_low=float(low),
        ece_high=float(high),
        ece_floor=float(np.mean(perfect)) if resample else math.nan,
        ece_width=width / len(p),
        brier=float(((p - y) ** 2).mean()),
        mean_confidence=float(p.mean()),
        right=float(y.mean()),
        table=table,
    )


def _ece_mass(p: Floats, y: Floats) -> float:
    """Bins of equal mass; equal confidences stay together, so order never matters."""
    order = np.argsort(p, kind="stable")
    p, y = p[order], y[order]
    wanted = np.arange(1, N_BINS) * len(p) // N_BINS
    # A bin ends only where the confidence changes.
    starts = np.unique(np.concatenate([[0], np.searchsorted(p, p[wanted], side="left")]))
    return float(np.abs(np.add.reduceat(p - y, starts)).sum()) / len(p)


@dataclass(slots=True, frozen=True)
class Curve:
    """Agreement of the most confident answers, over the share of all rows that they cover.

    points    ascending coverage: coverage, agreement, low, high (Wilson), confidence of the last
    area      integral of agreement over coverage, from 0 to the last answer: at most that coverage
    """

    n_rows: int
    n_answers: int
    points: list[dict[str, float]]
    area: float

    def at_coverage(self, coverage: float) -> dict[str, float] | None:
        """The first point that covers at least so much; None when no point does."""
        return next((p for p in self.points if p["coverage"] >= coverage), None)

    def widest(self, agreement: float) -> dict[str, float] | None:
        """The point of the largest coverage with at least that agreement."""
        return next((p for p in reversed(self.points) if p["agreement"] >= agreement), None)


def curve(confidences: Sequence[float | None], right: Sequence[bool]) -> Curve:
    """The curve over all rows; a confidence of None is a row without an answer.

    Rows of equal confidence enter together, so that the curve does not depend on their order.

    >>> c = curve([0.9, 0.5, None, 0.9], [True, False, False, True])
    >>> [(p["coverage"], round(p["agreement"], 2)) for p in c.points], round(c.area, 3)
    ([(0.5, 1.0), (0.75, 0.67)], 0.701)
    """
    n = len(confidences)
    answered = [(c, r) for c, r in zip(confidences, right, strict=True) if c is not None]
    answered.sort(key=lambda pair: -pair[0])
    points: list[dict[str, float]] = []
    area, k = 0.0, 0
    at = 0
    while at < len(answered):
        end = at
        k_before = k
        while end < len(answered) and answered[end][0] == answered[at][0]:
            k += answered[end][1]
            end += 1
        # Inside a group of equals the right ones come evenly: the agreement after the j-th.
        rate = (k - k_before) / (end - at)
        area += sum((k_before + rate * j) / (at + j) for j in range(1, end - at + 1)) / n
        s = share(k, end)
        points.append(
            {
                "coverage": end / n,
                "agreement": k / end,
                "low": s.low or 0.0,
                "high": s.high or 0.0,
                "confidence": float(answered[at][0]),
                "n": end,
                "k": k,
            }
        )
        at = end
    return Curve(n, len(answered), points, area)
