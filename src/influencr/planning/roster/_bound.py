"""A number that no roster can beat, whatever is chosen: the dual of the choice's linear relaxation.

Give each class u of people a price pi_u between 0 and 1. A roster S reaches

    f(S) = sum_u w_u [u reached] <= sum_u w_u (1 - pi_u) + sum_{i in S} v_i,
    v_i  = sum_{u in A_i} w_u pi_u,

because a reached class gives at most 1 - pi_u + pi_u (number of members it follows). With limits
"at most b of some" and multipliers nu >= 0 the same holds for v_i - sum nu and + sum nu b. So

    ceiling(B) = sum_u w_u (1 - pi_u) + sum nu b + (fractional knapsack of v - nu over the budget B)

holds for every pi and nu. With pi = 0 on what the greedy choice reached and 1 elsewhere it is the
usual bound from marginal gains (submodularity); the best pi and nu give the bound of the linear
program. They are found by a subgradient method (Held, Wolfe, Crowder 1974; step of Polyak 1969);
any of them is valid, so nothing hangs on its convergence. The knapsack's value as a function of the
budget is a line with bends, so one pi bounds every budget, and read the other way it bounds the
price of every goal from below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from influencr.planning.roster._instance import Instance, Numbers

__all__ = ["Ceiling", "ceiling"]

#: Multiplications by the matrix, in entries, that are spent on one bound; about a second.
_EFFORT = 4e8
_FEWEST, _MOST = 40, 400
#: Steps without a better bound after which the step is halved.
_PATIENCE = 8
_SMOOTH = 0.6


class _Line(NamedTuple):
    """people(budget): `constant` + a concave line through (money, people)."""

    constant: float
    money: Numbers
    people: Numbers


class Ceiling:
    """Bounds for one instance: no roster reaches more, no goal costs less."""

    def __init__(self, instance: Instance, lines: Sequence[_Line]) -> None:
        self._instance, self._lines = instance, lines

    def people(self, budget: float) -> float:
        """What no roster for this budget can exceed."""
        found = float(self._instance.total)
        for line in self._lines:
            found = min(found, line.constant + float(np.interp(budget, line.money, line.people)))
        # A count is whole; what rounding may have taken is given back first.
        return float(np.floor(found * (1 + 1e-12) + 1e-6))

    def money(self, people: float) -> float:
        """Less than this no roster costs that reaches so many; inf when none does."""
        found = 0.0
        for line in self._lines:
            wanted = people - line.constant
            if wanted <= line.people[0]:
                continue
            if wanted > line.people[-1] * (1 + 1e-12) + 1e-6:
                return float("inf")
            at = int(np.searchsorted(line.people, min(wanted, line.people[-1])))
            low, high = line.people[at - 1], line.people[at]
            part = 1.0 if high <= low else (wanted - low) / (high - low)
            step = line.money[at] - line.money[at - 1]
            found = max(found, float(line.money[at - 1] + min(1.0, part) * step))
        return found * (1 - 1e-12)


def ceiling(
    instance: Instance,
    budgets: Sequence[float],
    reached: Sequence[tuple[Sequence[int], float]],
    *,
    effort: float = 1.0,
) -> Ceiling:
    """Bounds that are tight around some budgets.

    budgets   where they are to be tight
    reached   for each budget, a roster and how many people it reaches
    effort    share of the usual work
    """
    rows = _rows(instance)
    size = max(1, len(instance.classes))
    steps = int(np.clip(effort * _EFFORT / (2 * size * len(budgets)), _FEWEST * effort, _MOST))
    lines: list[_Line] = []
    prices: Numbers | None = None
    for budget, (roster, people) in zip(budgets, reached, strict=True):
        times = instance.covered(roster)
        start = np.where(times > 0, 0.0, 1.0)
        lines.append(_line(instance, start, np.zeros(len(rows.bound)), rows))
        if prices is None:
            prices = np.where(times == 0, 1.0, np.where(times == 1, 0.5, 0.1))
        best, prices = _descend(instance, budget, people, prices, rows, max(steps, 4))
        lines.append(best)
    return Ceiling(instance, lines)


class _Rows(NamedTuple):
    """Limits as a x <= b: members and sign of each, and b."""

    members: list[Numbers]
    sign: list[float]
    bound: Numbers


def _rows(instance: Instance) -> _Rows:
    members: list[Numbers] = []
    sign: list[float] = []
    bound: list[float] = []
    for limit in instance.limits:
        own = np.array(limit.members, dtype=np.int64)
        if limit.at_most is not None:
            members, sign = [*members, own], [*sign, 1.0]
            bound.append(float(limit.at_most))
        if limit.at_least:
            members, sign = [*members, own], [*sign, -1.0]
            bound.append(-float(limit.at_least))
    return _Rows(members, sign, np.array(bound))


def _worth(instance: Instance, prices: Numbers, nu: Numbers, rows: _Rows) -> Numbers:
    worth = instance.gains(prices)
    for number, (members, sign) in enumerate(zip(rows.members, rows.sign, strict=True)):
        worth[members] -= sign * nu[number]
    return worth


def _line(instance: Instance, prices: Numbers, nu: Numbers, rows: _Rows) -> _Line:
    return _line_of(instance, _worth(instance, prices, nu, rows), prices, nu, rows)


def _line_of(
    instance: Instance, worth: Numbers, prices: Numbers, nu: Numbers, rows: _Rows
) -> _Line:
    constant = float((instance.weight * (1.0 - prices)).sum()) + float(nu @ rows.bound)
    fixed = np.zeros(instance.n, dtype=bool)
    fixed[list(instance.include)] = True
    constant += float(worth[fixed].sum())
    spent = float(instance.cost[fixed].sum())
    order = _order(instance, worth, fixed)
    money = spent + np.cumsum(np.concatenate([[0.0], instance.cost[order]]))
    people = np.cumsum(np.concatenate([[0.0], worth[order]]))
    # What is free of charge is there at once.
    free = int((money <= spent).sum()) - 1
    return _Line(constant, money[free:], people[free:])


def _order(instance: Instance, worth: Numbers, fixed: Numbers) -> Numbers:
    """Candidates worth anything, the most people for the money first."""
    some = np.flatnonzero((worth > 0) & ~fixed)
    ratio = worth[some] / np.maximum(instance.cost[some], 1e-12)
    return some[np.argsort(-ratio, kind="stable")]


def _relaxed(instance: Instance, worth: Numbers, budget: float) -> Numbers:
    """The fractional knapsack's choice."""
    x = np.zeros(instance.n)
    fixed = np.zeros(instance.n, dtype=bool)
    fixed[list(instance.include)] = True
    x[fixed] = 1.0
    left = budget - float(instance.cost[fixed].sum())
    order = _order(instance, worth, fixed)
    ends = np.cumsum(instance.cost[order])
    whole = int(np.searchsorted(ends, left, side="right"))
    x[order[:whole]] = 1.0
    if whole < len(order):
        rest = left - (float(ends[whole - 1]) if whole else 0.0)
        x[order[whole]] = max(0.0, min(1.0, rest / instance.cost[order[whole]]))
    return x


def _descend(
    instance: Instance,
    budget: float,
    people: float,
    prices: Numbers,
    rows: _Rows,
    steps: int,
) -> tuple[_Line, Numbers]:
    """The best line for one budget, and the class prices that give it."""
    nu = np.zeros(len(rows.bound))
    best = np.inf
    kept = (prices, nu)
    scale, waited = 1.0, 0
    weight = instance.weight.astype(np.float64)
    way, way_nu = np.zeros(len(prices)), np.zeros(len(nu))
    mean_people = max(1.0, people / max(1, len(instance.cost)))
    for _ in range(steps):
        worth = _worth(instance, prices, nu, rows)
        line = _line_of(instance, worth, prices, nu, rows)
        value = line.constant + float(np.interp(budget, line.money, line.people))
        if value < best - 1e-9 * abs(value):
            best, kept, waited = value, (prices, nu), 0
        else:
            waited += 1
            if waited >= _PATIENCE:
                scale, waited = scale / 2, 0
                prices, nu = kept
                way, way_nu = np.zeros(len(prices)), np.zeros(len(nu))
                if scale < 1e-3:
                    break
                continue
        if best - people < 1.0:
            break
        x = _relaxed(instance, worth, budget)
        # Classes are moved by how often the choice reaches them beyond once.
        slope = 1.0 - instance.turned @ x
        slope_nu = np.array(
            [
                b - s * x[m].sum()
                for m, s, b in zip(rows.members, rows.sign, rows.bound, strict=True)
            ]
        )
        way = _SMOOTH * way + (1 - _SMOOTH) * -slope
        way_nu = _SMOOTH * way_nu + (1 - _SMOOTH) * slope_nu
        length = float((weight * way * way).sum()) + mean_people**2 * float(way_nu @ way_nu)
        if length <= 0:
            break
        step = scale * (value - people) / length
        prices = np.clip(prices - step * way, 0.0, 1.0)
        nu = np.maximum(nu - step * mean_people**2 * way_nu, 0.0)
    return _line(instance, *kept, rows), kept[0]
