"""B10: does the interval of the share cover the truth as often as it says?

Simulated tests with known error, Se and Sp measured on labelled accounts anew in every draw: simple
samples, none bought at all, everybody bought, whole audiences seen, and audiences sampled in 20
arrival strata with a bought burst as a stratum of its own.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from benchmarks.vetting.goals import figure, wilson

from influencr.vetting.share import Stratum, corrected_many, corrected_strata

_DRAWS, _QUICK = 20_000, 2_000
#: Draws with strata are made one by one.
_STRATA_DRAWS, _STRATA_QUICK = 10_000, 200
_LOW, _HIGH = 0.94, 0.96
#: true share, followers judged, Se, Sp, labelled accounts of each class
_SIMPLE = (
    (0.00, 300, 0.90, 0.99, 2_000),
    (0.00, 400, 0.90, 0.97, 500),
    (0.00, 1_240, 0.90, 0.97, 500),
    (0.005, 1_240, 0.90, 0.97, 500),
    (0.02, 1_240, 0.90, 0.97, 500),
    (0.05, 1_240, 0.90, 0.97, 500),
    (0.17, 400, 0.90, 0.97, 500),
    (0.17, 1_240, 0.90, 0.97, 500),
    (0.17, 1_240, 0.80, 0.90, 500),
    (0.05, 1_240, 0.50, 0.99, 200),
    (0.17, 1_240, 0.50, 0.99, 200),
    (0.40, 1_240, 0.80, 0.90, 500),
    (1.00, 500, 0.90, 0.97, 500),
)
#: true share, followers judged of 1,000, Se, Sp
_WHOLE = ((0.00, 1_000), (0.02, 1_000), (0.10, 1_000), (0.30, 1_000), (0.10, 500))
#: true share outside the burst, followers of the burst among 20,000, judged per stratum
_STRATA = ((0.00, 0, 60), (0.02, 0, 60), (0.02, 600, 60), (0.05, 3_000, 30), (0.20, 0, 20))


def run(datasets: Path | None, *, quick: bool = False) -> dict[str, Any]:
    draws = _QUICK if quick else _DRAWS
    fewer = _STRATA_QUICK if quick else _STRATA_DRAWS
    rng = np.random.default_rng(20_261_123)
    rows: list[list[Any]] = []
    figures = []
    for truth, n, se, sp, labels in _SIMPLE:
        called = rng.binomial(n, truth * se + (1 - truth) * (1 - sp), draws)
        covered, below, width = _covered(rng, called, n, se, sp, labels, truth, 0.0)
        name = f"{truth:.1%} of n = {n}, Se {se}, Sp {sp}, {labels} labels"
        figures.append(_figure(name, covered))
        rows.append([name, covered.mean(), below.mean(), width])
    for truth, n in _WHOLE:
        bought = rng.hypergeometric(round(1_000 * truth), 1_000 - round(1_000 * truth), n, draws)
        called = rng.binomial(bought, 0.90) + rng.binomial(n - bought, 0.03)
        covered, below, width = _covered(rng, called, n, 0.90, 0.97, 500, truth, n / 1_000)
        name = f"{truth:.1%}, {n} of all 1,000 followers seen"
        figures.append(_figure(name, covered))
        rows.append([name, covered.mean(), below.mean(), width])
    for truth, burst, per in _STRATA:
        covered, below, width = _strata(rng, truth, burst, per, fewer)
        name = f"{truth:.1%} and a burst of {burst:,}, {per} judged in each of 20 strata"
        figures.append(_figure(name, covered))
        rows.append([name, covered.mean(), below.mean(), width])
    return {
        "id": "b10",
        "title": "Coverage of the interval of the share",
        "data": "simulation",
        "protocol": (
            f"{draws} draws a case ({fewer} with strata); error rates measured anew in each; "
            f"the goal is a coverage of {_LOW:.0%} to {_HIGH:.0%}"
        ),
        "figures": figures,
        "notes": [],
        "table": {
            "columns": ["case", "covers", "lower limit above the truth", "mean width"],
            "rows": [
                [a, round(float(b), 4), round(float(c), 4), round(d, 4)] for a, b, c, d in rows
            ],
        },
    }


def _figure(name: str, covered: np.ndarray) -> dict[str, Any]:
    share, low, high = wilson(int(covered.sum()), len(covered))
    told = figure(name, share, low, high, goal=_LOW)
    # Both sides count: an interval that covers too much says less than it could.
    told["reached"] = bool(_LOW <= covered.mean() <= _HIGH)
    told["wanted"] = f"{_LOW} to {_HIGH}"
    return told


def _covered(
    rng: np.random.Generator,
    called: np.ndarray,
    n: int,
    se: float,
    sp: float,
    labels: int,
    truth: float,
    seen: float,
) -> tuple[np.ndarray, np.ndarray, float]:
    measured = [rng.binomial(labels, rate, len(called)) / labels for rate in (se, sp)]
    _, lo, hi = corrected_many(called, n, *measured, labels, labels, seen=seen)
    return (lo <= truth) & (truth <= hi), lo > truth, float((hi - lo).mean())


def _strata(
    rng: np.random.Generator, truth: float, burst: int, per: int, draws: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """A burst in which 80 % are bought beside 20 strata of 1,000; Se .90, Sp .99."""
    sizes = [1_000] * 20 + ([burst] if burst else [])
    rates = [truth] * 20 + ([0.8] if burst else [])
    bought = [round(size * rate) for size, rate in zip(sizes, rates, strict=True)]
    whole = sum(bought) / sum(sizes)
    covered, below, width = [], [], []
    for _ in range(draws):
        measured = SimpleNamespace(
            se=rng.binomial(500, 0.90) / 500,
            sp=rng.binomial(2_000, 0.99) / 2_000,
            n_se=500,
            n_sp=2_000,
            calibration="simulation",
            version="1",
        )
        strata = []
        for size, many in zip(sizes, bought, strict=True):
            k = int(rng.hypergeometric(many, size - many, per))
            called = int(rng.binomial(k, 0.90) + rng.binomial(per - k, 0.01))
            strata.append(Stratum(size, per, called))
        share = corrected_strata(strata, measured)
        assert share.lo is not None
        assert share.hi is not None
        covered.append(share.lo <= whole <= share.hi)
        below.append(share.lo > whole)
        width.append(share.hi - share.lo)
    return np.array(covered), np.array(below), float(np.mean(width))
