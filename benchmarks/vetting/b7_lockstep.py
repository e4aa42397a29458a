"""B7: groups of accounts that arrive in step, found in generated follows, without being told where.

Per cell and seed a graph of about a million organic follows is drawn, with 40 packs (870,000
further follows), 300 viral bursts, and one seller. Every block that the method itself reports as
lockstep counts, none is chosen with the truth. Beside it the published baseline without time
(FRAUDAR, Hooi et al. 2016; column weights 1/log(d + 5), greedy peeling): its first block, and the
best of its first three, chosen with the truth in its favour. Pack clicks are removed for both.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from benchmarks.vetting.goals import figure
from benchmarks.vetting.lockstep_world import LIMITS, Order, Planted, make

from influencr.vetting import lockstep

__all__ = ["run"]

Array = npt.NDArray[Any]

#: Seeds that nobody looked at while the method was made.
_SEEDS = (1001, 1002, 1003)
_GOAL_F1, _GOAL_FALSE = 0.95, 0.01
_CELLS = (
    *(
        Order(fakes, customers, density, days)
        for fakes, customers in ((500, 50), (2_000, 100))
        for density in (0.1, 0.2, 0.4)
        for days in (1, 3, 14, 60)
    ),
    *(Order(500, 50, 0.1, 3, way) for way in ("sitting", "laundered")),
    *(Order(500, 50, 0.4, 3, way) for way in ("sitting", "laundered")),
    Order(500, 50, 0.1, 60, aged=True),
)
#: Smaller or sparser than what is asked for: shown, nothing is promised.
_BEYOND = (
    *(Order(500, 50, 0.05, days) for days in (3, 60)),
    *(Order(200, 20, density, 3) for density in (0.1, 0.2, 0.4)),
)
_BASELINE = tuple(Order(500, 50, density, 3) for density in (0.1, 0.2, 0.4))
_QUICK = (Order(500, 50, 0.1, 3), Order(500, 50, 0.1, 60), Order(500, 50, 0.1, 3, "sitting"))


class _Score(NamedTuple):
    f1: float
    customers_found: float
    false_customers: int
    named_customers: int
    pack_members: int
    seconds: float
    follows: int


def run(datasets: Path | None = None, *, quick: bool = False) -> dict[str, Any]:
    """F1 on bought accounts, customers, time; the shape of `goals.KEYS`. Needs no data sets."""
    seeds = _SEEDS[:1] if quick else _SEEDS
    asked = _QUICK if quick else _CELLS
    rows, scores = [], []
    for order in asked if quick else (*asked, *_BEYOND):
        cell = [_judged(make(seed, [order])) for seed in seeds]
        rows.append(_row(order, cell))
        if order in asked:
            scores += cell
    clean = [_judged(make(seed, [])) for seed in seeds]
    lowest = min(score.f1 for score in scores)
    wrong = sum(score.false_customers for score in scores)
    named = sum(score.named_customers for score in scores)
    follows = sum(score.follows for score in scores)
    seconds = sum(score.seconds for score in scores)
    figures = [
        figure("F1 on bought accounts, worst graph asked for", lowest, goal=_GOAL_F1),
        figure("F1 on bought accounts, mean", float(np.mean([score.f1 for score in scores]))),
        figure(
            "customers, false discovery",
            wrong / max(named, 1),
            goal=_GOAL_FALSE,
            more_is_better=False,
        ),
        figure(
            "customers found, mean", float(np.mean([score.customers_found for score in scores]))
        ),
        figure(
            "accounts that clicked a pack and are named members, of all named",
            sum(score.pack_members for score in scores) / max(named, 1),
            goal=_GOAL_FALSE,
            more_is_better=False,
        ),
        figure(
            "creators named in graphs without any seller",
            float(sum(score.named_customers for score in clean)),
            goal=0.0,
            more_is_better=False,
        ),
        figure("seconds per million follows", seconds / follows * 1e6),
    ]
    tables = [
        {
            "columns": [
                *("bought x customers", "density", "days", "way", "F1", "worst F1"),
                *("customers found", "false customers"),
            ],
            "rows": rows,
        }
    ]
    base = [_baseline(make(seeds[0], [order])) for order in (_QUICK[:1] if quick else _BASELINE)]
    tables.append(
        {
            "columns": ["density (500 x 50, 3 days)", "first block, F1", "best of three, F1", "s"],
            "rows": [
                [order.density, *values]
                for order, values in zip(_QUICK[:1] if quick else _BASELINE, base, strict=True)
            ],
        }
    )
    return {
        "id": "b7",
        "title": "accounts that arrive in step",
        "data": f"generated, seeds {', '.join(map(str, seeds))}",
        "protocol": " ".join((__doc__ or "").split("\n\n", 1)[1].split()),
        "figures": figures,
        "notes": [
            LIMITS,
            "Customers are drawn among the more popular half of creators, each with a start of its "
            "own; one-sitting sellers serve all at once.",
            "Sparser or smaller sellers (density .05; 200 x 20) are in the table without a goal.",
        ],
        "table": tables[0],
        "baseline": tables[1],
    }


def _row(order: Order, cell: list[_Score]) -> list[Any]:
    way = order.way + (", aged" if order.aged else "")
    return [
        f"{order.fakes} x {order.customers}",
        order.density,
        order.days,
        way,
        float(np.mean([score.f1 for score in cell])),
        min(score.f1 for score in cell),
        float(np.mean([score.customers_found for score in cell])),
        sum(score.false_customers for score in cell),
    ]


def _judged(planted: Planted) -> _Score:
    audience = planted.audience
    begin = time.perf_counter()
    blocks = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    ledger = lockstep.evidence(blocks, audience)
    seconds = time.perf_counter() - begin
    of_lockstep = blocks.kind[blocks.member_block] == 0
    member = np.zeros(len(planted.fake), dtype=bool)
    member[blocks.member[of_lockstep]] = True
    named = np.zeros(len(planted.customer), dtype=bool)
    named[ledger.filter("fires")["creator"].unique().to_numpy()] = True
    clicked = np.zeros(len(planted.fake), dtype=bool)
    clicked[audience.who[audience.cause == 1]] = True
    return _Score(
        f1(planted.fake, member),
        float((named & planted.customer).sum() / max(planted.customer.sum(), 1)),
        int((named & ~planted.customer).sum()),
        int(named.sum()),
        int((member & clicked & ~planted.fake).sum()),
        seconds,
        planted.n_follows,
    )


def f1(truth: Array, said: Array) -> float:
    """Harmonic mean of precision and recall; 0 when nothing is right."""
    return float(2 * (truth & said).sum() / max(truth.sum() + said.sum(), 1))


def _baseline(planted: Planted) -> list[float]:
    """First block and best of three of plain peeling, and seconds."""
    audience = planted.audience
    keep = audience.cause == 0
    who = audience.who[keep].astype(np.int64)
    whom = np.repeat(np.arange(len(audience.creators)), audience.seen)[keep]
    n_who, n_whom = len(planted.fake), len(audience.creators)
    weight = 1.0 / np.log(np.bincount(whom, minlength=n_whom) + 5.0)
    values = []
    begin = time.perf_counter()
    for _ in range(3):
        dense = lockstep.densest(who, n_who + whom, weight[whom], n_who + n_whom).nodes
        inside = np.zeros(n_who + n_whom, dtype=bool)
        inside[dense] = True
        values.append(f1(planted.fake, inside[:n_who]))
        left = ~(inside[who] & inside[n_who + whom])
        who, whom = who[left], whom[left]
    return [values[0], max(values), time.perf_counter() - begin]
