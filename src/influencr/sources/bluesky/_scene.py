"""How much of the scene was found? Capture and recapture between strategies.

Two strategies that look independently find some of the same people; the fewer, the more there are
whom neither found. Chapman's estimator (1951), which is nearly unbiased, with the interval of
Sadinle (2009, "Transformed logit confidence intervals for small populations in single
capture-recapture estimation"), which holds its coverage for small numbers.

Assumed: nobody enters or leaves meanwhile, everybody can be found by each strategy, and being found
by one says nothing about being found by the other. People who are loud are found by both, which
makes the estimate too low: "at least". tests/unit/sources/bluesky/test_scene.py measures the
coverage of the interval on simulated scenes where the assumption holds.
"""

from __future__ import annotations

import math
from collections.abc import Set
from typing import NamedTuple

from influencr.sources import Scene

__all__ = ["ASSUMPTION", "MIN_TWICE", "Estimate", "chapman", "scene"]

#: Found twice by fewer than this, the interval is wider than anything that it could say. Own
#: choice, from Robson and Regier (1964), who ask for seven recaptures.
MIN_TWICE = 7
_Z = 1.959964
ASSUMPTION = (
    "assumes that being in a pack or list and being found by a search have nothing to do with each "
    "other; who is both loud and listed makes the true number larger"
)


class Estimate(NamedTuple):
    """How many there are, and a 95 % interval."""

    n: float
    low: float
    high: float


def chapman(n_one: int, n_other: int, n_both: int) -> Estimate:
    """From two captures: people found by one, by the other, and by both.

    >>> round(chapman(200, 200, 40).n)
    984
    """
    n = (n_one + 1) * (n_other + 1) / (n_both + 1) - 1
    both, one, other = n_both + 0.5, n_one - n_both + 0.5, n_other - n_both + 0.5
    spread = math.sqrt(1 / both + 1 / one + 1 / other + both / (one * other))
    seen = n_one + n_other - n_both
    low, high = (seen - 0.5 + one * other / both * math.exp(sign * _Z * spread) for sign in (-1, 1))
    return Estimate(n, max(float(seen), low), high)


def scene(listed: Set[str], searched: Set[str], found: Set[str]) -> Scene | None:
    """The scene as packs and lists on one side and actor searches on the other tell it.

    listed, searched   who belongs, found by packs and lists, and by searches
    found              who belongs, found by anything: what the share is told of

    None where fewer than MIN_TWICE were found twice. People found through the follows of others
    are counted among the found, but are no capture of their own: they were found because of them.
    """
    both = len(listed & searched)
    if both < MIN_TWICE:
        return None
    estimate = chapman(len(listed), len(searched), both)
    n_found = len(found)
    return Scene(
        n_found=n_found,
        estimate=max(estimate.n, float(n_found)),
        low=max(estimate.low, float(n_found)),
        high=max(estimate.high, float(n_found)),
        assumption=ASSUMPTION,
    )
