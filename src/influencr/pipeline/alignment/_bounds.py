"""How far may the share of a few be from the share of all, when some of the few are misjudged?

Wilson's score interval on as many people as the count is worth:

    1 / worth = (N - n) / (n (N - 1)) + sum of JUDGING over the pieces that the target states

The first part is the draw: n people known of N, with the finite-population factor (Cochran,
Sampling Techniques, 1977, section 2.6). It vanishes when everybody is known, and an interval
without width would then claim that nobody was misjudged. The second part is what judging adds:
that of a piece stays however many people are known.

JUDGING was fitted on invented worlds (`python -m benchmarks alignment --fit`), piece by piece, so
that 95 in 100 intervals hold, and checked on worlds of other seeds: docs/benchmarks/alignment.md,
beside the usual forms, which hold 40 to 90 in 100 where most followers are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["JUDGING", "bounds", "worth"]

type Numbers = np.ndarray[Any, Any]

#: The two-sided normal quantile of 95 %.
Z_95 = 1.959963984540054

#: Variance of a share that judging a piece adds, in units of share x (1 - share).
JUDGING = {"place": 1 / 2_000, "language": 1 / 400, "topic": 1 / 400}


def worth(
    known: Numbers,
    everybody: Numbers,
    pieces: Sequence[str],
    judging: dict[str, float] | None = None,
) -> Numbers:
    """How many people drawn from no end, all judged rightly, would tell as much."""
    n = np.maximum(np.asarray(known, dtype=np.float64), 1.0)
    all_ = np.maximum(np.asarray(everybody, dtype=np.float64), n)
    drawn = (all_ - n) / (n * np.maximum(all_ - 1.0, 1.0))
    table = JUDGING if judging is None else judging
    result: Numbers = 1.0 / np.maximum(drawn + sum(table[piece] for piece in pieces), 1e-12)
    return result


def bounds(
    match: Numbers,
    known: Numbers,
    everybody: Numbers,
    pieces: Sequence[str],
    *,
    judging: dict[str, float] | None = None,
) -> tuple[Numbers, Numbers]:
    """Lower and upper bound of the share of matching people, 95 %.

    match, known, everybody   counts per creator; 0 <= match <= known <= everybody
    pieces                    what the target states: place, language, topic
    judging                   in place of JUDGING
    """
    n = worth(known, everybody, pieces, judging)
    share = np.asarray(match, dtype=np.float64) / np.maximum(np.asarray(known), 1)
    bulge = Z_95 * Z_95 / n
    middle = (share + bulge / 2) / (1 + bulge)
    half = Z_95 * np.sqrt(share * (1 - share) / n + bulge / (4 * n)) / (1 + bulge)
    nobody = np.asarray(known) <= 0
    low = np.where(nobody, 0.0, np.minimum(np.clip(middle - half, 0.0, 1.0), share))
    high = np.where(nobody, 1.0, np.maximum(np.clip(middle + half, 0.0, 1.0), share))
    return low, high
