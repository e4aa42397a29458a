"""How far may the share of a few be from the share of all, when some of the few are misjudged?

Wilson's score interval on as many people as the count is worth,

    1 / worth = (N - n) / (n (N - 1)) + variance

and its lower bound taken down by those who only seem to match, low' = (low - seeming) / (1 -
seeming). The first term is the draw: n people known of N, with the finite-population factor
(Cochran, Sampling Techniques, 1977, section 2.6). It vanishes when everybody is known, and an
interval without width would then claim that nobody was misjudged. `variance` and `seeming` are
what judging adds, however many people are known: the first differs from creator to creator and
goes either way, the second lifts shares that are nothing in truth.

JUDGING holds both for each combination of pieces that a target may state. They were fitted on
invented worlds so that 95 in 100 of the stated intervals hold (`benchmarks/bench_alignment.py
--fit`), and checked on worlds of other seeds and other subjects: docs/benchmarks/alignment.md,
beside the usual forms, of which 25 to 60 in 100 hold where nearly all followers are known.

Nobody is singled out: numbers from 1 to MIN_CELL - 1 of matching (or of not matching) people are
not told. The share is then that of two, and the interval covers all that the number may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["JUDGING", "MIN_CELL", "Judging", "bounds", "is_few", "stated"]

type Numbers = np.ndarray[Any, Any]

#: The two-sided normal quantile of 95 %.
Z_95 = 1.959963984540054
MIN_CELL = 5


class Judging(NamedTuple):
    """What judging adds: variance in units of share x (1 - share), and who only seems to match."""

    variance: float
    seeming: float


#: By the pieces stated, in the order place, language, topic.
JUDGING: dict[tuple[str, ...], Judging] = {
    (): Judging(0.0, 0.0),
    ("place",): Judging(0.0, 0.0),
    ("language",): Judging(1 / 500, 0.02),
    ("topic",): Judging(1 / 70, 0.04),
    ("place", "language"): Judging(0.0, 0.0),
    ("place", "topic"): Judging(0.0, 0.02),
    ("language", "topic"): Judging(1 / 500, 0.04),
    ("place", "language", "topic"): Judging(0.0, 0.0),
}


def bounds(
    match: Numbers, known: Numbers, everybody: Numbers, judging: Judging = JUDGING[()]
) -> tuple[Numbers, Numbers]:
    """Lower and upper bound of the share of matching people, 95 %.

    match, known, everybody   counts per creator; 0 <= match <= known <= everybody; 0 and 1 where
                              nobody is known
    """
    n = np.maximum(np.asarray(known, dtype=np.float64), 1.0)
    all_ = np.maximum(np.asarray(everybody, dtype=np.float64), n)
    drawn = (all_ - n) / (n * np.maximum(all_ - 1.0, 1.0))
    worth = 1.0 / np.maximum(drawn + judging.variance, 1e-12)
    share = np.asarray(match, dtype=np.float64) / n
    bulge = Z_95 * Z_95 / worth
    middle = (share + bulge / 2) / (1 + bulge)
    half = Z_95 * np.sqrt(share * (1 - share) / worth + bulge / (4 * worth)) / (1 + bulge)
    nobody = np.asarray(known) <= 0
    low = np.minimum(np.clip(middle - half, 0.0, 1.0), share)
    low = np.clip((low - judging.seeming) / (1 - judging.seeming), 0.0, 1.0)
    high = np.maximum(np.clip(middle + half, 0.0, 1.0), share)
    return np.where(nobody, 0.0, low), np.where(nobody, 1.0, high)


def is_few(count: Numbers) -> Numbers:
    """Which counts are too small to be told: from 1 to MIN_CELL - 1."""
    result: Numbers = (count > 0) & (count < MIN_CELL)
    return result


def stated(
    match: Numbers,
    known: Numbers,
    everybody: Numbers,
    pieces: Sequence[str],
    *,
    judging: Mapping[tuple[str, ...], Judging] | None = None,
) -> tuple[Numbers, Numbers, Numbers]:
    """(share, low, high) as they are told, with small numbers hidden.

    pieces    what the target states
    judging   in place of JUDGING
    """
    adds = (JUDGING if judging is None else judging)[tuple(pieces)]
    few, few_not = is_few(match), is_few(known - match)
    shown = np.where(few, 2, np.where(few_not, known - 2, match))
    least = np.where(few, 0, np.where(few_not, known - (MIN_CELL - 1), match))
    most = np.where(few, MIN_CELL - 1, np.where(few_not, known, match))
    low, _ = bounds(np.maximum(least, 0), known, everybody, adds)
    _, high = bounds(np.minimum(most, known), known, everybody, adds)
    share = np.clip(shown / np.maximum(known, 1), 0.0, 1.0)
    return share, low, high
