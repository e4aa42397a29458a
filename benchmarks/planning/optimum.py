"""Rosters beside the proven best ones, and beside usual rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from benchmarks.planning.worlds import drawn
from benchmarks.vetting.goals import figure
from ortools.linear_solver import pywraplp

from influencr.pipeline.audiences._files import bitmap
from influencr.planning.roster import BASELINES, Choice, Instance, baseline, instance, largest

#: Seconds after which the solver's own bound stands for the best.
_PATIENCE = 90.0


def run(seeds: Sequence[int], *, say: Callable[[str], None]) -> dict[str, Any]:
    ratios, gaps, valid, proven = [], [], [], 0
    usual: dict[str, list[float]] = {rule: [] for rule in BASELINES}
    for seed in seeds:
        draw = np.random.default_rng([seed, 1])
        n = int(draw.integers(60, 101))
        sets, cost = drawn(n, int(draw.integers(1_000, 3_001)), int(draw.integers(40, 120)), seed)
        budget = float(draw.uniform(0.05, 0.2)) * float(cost.sum())
        one = instance([bitmap(s) for s in sets], list(cost))
        found = largest(one, budget)
        if not isinstance(found, Choice):
            continue
        best, sure = optimum(one, budget)
        proven += sure
        ratios.append(found.people / best)
        gaps.append(found.gap)
        valid.append(found.people <= best + 1e-6 and (not sure or best <= found.bound))
        rates = draw.random(n)
        for rule, values in usual.items():
            rows = baseline(one, budget, rule, rates)
            spent = max(one.price(rows), 1e-9)
            values.append((one.value(rows) / spent) / (found.people / found.cost))
        say(f"  {seed}: {n} creators, {ratios[-1]:.4f} of the best, bound {gaps[-1]:.2%} above")
    figures = [
        figure("people reached over the proven best, mean", float(np.mean(ratios)), goal=0.99),
        figure("the same, worst instance", float(np.min(ratios)), goal=0.98),
        figure("instances in which the printed bound holds", float(np.mean(valid)), goal=1.0),
        figure("gap between roster and printed bound, mean", float(np.mean(gaps))),
        figure("the same, widest", float(np.max(gaps))),
        figure("instances in which the best was proven", proven / len(ratios)),
    ]
    figures += [
        figure(f"people for the money, {BASELINES[rule]}, over ours", float(np.mean(values)))
        for rule, values in usual.items()
    ]
    return {
        "id": "optimum",
        "title": f"{len(ratios)} campaigns of 60 to 100 creators against a solver's optimum",
        "data": "Invented circles of followers, seeds that nobody tuned to.",
        "protocol": (
            "Each campaign has a budget of 5 to 20 % of what all its creators cost; the "
            "roster is compared with the optimum that SCIP proves, and with usual rules for "
            "the same money."
        ),
        "figures": figures,
        "notes": [
            "Where the solver ran out of its 90 seconds, its own bound stands for the best.",
        ],
    }


def optimum(one: Instance, budget: float) -> tuple[float, bool]:
    """The most people for a budget, and whether it is proven."""
    solver = pywraplp.Solver.CreateSolver("SCIP")
    x = [solver.BoolVar("") for _ in range(one.n)]
    followed = one.turned
    total = []
    for number, weight in enumerate(one.weight.tolist()):
        who = followed.indices[followed.indptr[number] : followed.indptr[number + 1]]
        if len(who) == 1:
            total.append(weight * x[int(who[0])])
            continue
        # Whole by itself where x is: it may stay a fraction between.
        y = solver.NumVar(0, 1, "")
        solver.Add(y <= sum(x[int(i)] for i in who))
        total.append(weight * y)
    solver.Add(sum(c * v for c, v in zip(one.cost.tolist(), x, strict=True)) <= budget)
    solver.Maximize(sum(total))
    solver.SetTimeLimit(int(_PATIENCE * 1_000))
    if solver.Solve() == pywraplp.Solver.OPTIMAL:
        return float(round(solver.Objective().Value())), True
    return float(solver.Objective().BestBound()), False
