"""What is usually done instead of counting people, to stand beside a plan."""

from __future__ import annotations

import numpy as np

from influencr.planning.roster._instance import Instance, Numbers

__all__ = ["BASELINES", "baseline"]

#: Word -> sentence.
BASELINES = {
    "biggest": "the most followers first, as long as the money lasts",
    "engagement": "the highest engagement rate first, as long as the money lasts",
    "sum": "the most followers for the money, counted as if nobody followed two",
}


def baseline(
    instance: Instance, budget: float, how: str, engagement: Numbers | None = None
) -> tuple[int, ...]:
    """The roster that a usual rule takes for a budget.

    how          a word of BASELINES
    engagement   rate of each candidate, NaN unknown (they come last)
    """
    if how == "engagement":
        rates = np.zeros(instance.n) if engagement is None else np.nan_to_num(engagement, nan=-1.0)
        order = np.argsort(-rates, kind="stable")
    elif how == "sum":
        order = np.argsort(-instance.size / np.maximum(instance.cost, 1e-12), kind="stable")
    else:
        order = np.argsort(-instance.size, kind="stable")
    rows: list[int] = []
    left = budget
    for row in order.tolist():
        if instance.cost[row] <= left:
            rows.append(row)
            left -= float(instance.cost[row])
    return tuple(rows)
