"""Plants everything in the graph, in the order in which plans depend on one another."""

from __future__ import annotations

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._crowds import plan_bursts, plan_onboarding, plan_packs
from influencr.sources.synthetic._market import Market
from influencr.sources.synthetic._plans import Planner, Plans
from influencr.sources.synthetic._random import stream
from influencr.sources.synthetic._sales import plan_sales
from influencr.sources.synthetic._sizes import Parameters

__all__ = ["make_plans"]


def make_plans(p: Parameters, cast: Cast, market: Market) -> Plans:
    """Plan all crowds, orders, rings and pods.

    Sets, in place, who belongs to which seller and when sellers' accounts and newcomers were made
    (`cast`), and how many popular creators sellers' accounts follow (`market.degree`).
    """
    plan = Planner(p, cast, market)
    plan_packs(plan)
    plan_sales(plan)
    plan_onboarding(plan)
    plan_bursts(plan)
    _rings(plan)
    _pods(plan)
    return plan.done()


def _rings(plan: Planner) -> None:
    p, cast = plan.p, plan.cast
    rng = stream(p.seed, "plan-rings")
    exchange = rng.permutation(np.flatnonzero(cast.is_kind("exchange")))
    n_rings = max(1, len(plan.graph) // 250)
    expected = plan.market.expected[plan.people]
    small = plan.people[expected < np.median(expected)]
    for number, part in enumerate(np.array_split(exchange, n_rings)):
        ring = np.concatenate([part[:40], rng.permutation(small)[: int(rng.integers(6, 22))]])
        start = p.now - rng.uniform(40, 400) * DAY
        who, whom = np.nonzero(rng.random((len(ring), len(ring))) < 0.75)
        at = start + rng.random(len(who)) * 35 * DAY
        plan.add(ring[who], ring[whom], at, "ring")
        plan.rows["rings"] += [
            {"ring": number, "event": plan.n_events, "account": int(member)} for member in ring
        ]
        plan.n_events += 1


def _pods(plan: Planner) -> None:
    rng = stream(plan.p.seed, "plan-pods")
    cast = plan.cast
    for number in range(max(1, len(plan.graph) // 400)):
        anchor = int(rng.choice(plan.people))
        local = plan.people[cast.language[plan.people] == cast.language[anchor]]
        members = np.sort(rng.permutation(local)[: int(rng.integers(8, 17))])
        if len(members) < 4:
            continue
        plan.pod_list.append(members)
        plan.rows["pods"] += [{"pod": number, "account": int(member)} for member in members]
