"""Invented creators with followers: circles that overlap, sizes and prices with long tails."""

from __future__ import annotations

from typing import Any

import numpy as np

type Numbers = np.ndarray[Any, Any]


def drawn(
    n: int, people: int, mean: int, seed: int, *, circles: int = 5
) -> tuple[list[Numbers], Numbers]:
    """(people of each creator, rising; price of each).

    Seven in ten followers of a creator are of the creator's own circle and the rest of anywhere;
    in both, some people follow far more than others. A price is about 20 for each 1,000 followers,
    spread by a factor of two, and never below 20.
    """
    draw = np.random.default_rng(seed)
    sizes = np.minimum((draw.pareto(1.3, n) + 0.5) * mean * 0.4, people * 0.2).astype(int) + 10
    sets = []
    for size in sizes:
        first = int(draw.integers(circles)) * people // circles
        near = first + (draw.beta(0.7, 2.5, int(size * 0.7)) * people / circles).astype(np.int64)
        far = (draw.beta(0.6, 3, int(size) - len(near)) * people).astype(np.int64)
        sets.append(np.unique(np.concatenate([near, far]) % people).astype(np.uint32))
    spread = np.exp(draw.normal(0, 0.5, n))
    cost = np.array([len(s) for s in sets]) * 0.02 * spread + 20
    return sets, np.round(cost, 2)
