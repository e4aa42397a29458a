"""From candidates, their people and their prices to a plan that explains itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from influencr.errors import UsageError
from influencr.planning._attention import Spread, exposure, responders, seen_by
from influencr.planning._brief import Brief
from influencr.planning._prices import Price, Pricing, price_of
from influencr.planning.roster import (
    BASELINES,
    Choice,
    Impossible,
    Instance,
    Limit,
    baseline,
    cheapest,
    frontier,
    instance,
    largest,
)

if TYPE_CHECKING:
    from influencr.geography import Area
    from influencr.planning.audience import Audience

__all__ = ["Left", "Pick", "Plan", "Point", "Usual", "make_plan"]

#: Parts of the plan's money at which the curve is drawn.
_CURVE = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5)
#: Who is left out for lack of an audience or a price is named up to so many.
_NAMED = 20


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the roster, in the order of what each adds for their price.

    price       for one post; `cost_*` for all posts of the plan
    audience    people known and counted (those of the place, where one is asked for)
    is_whole    whether nearly all followers are known; else the audience is "at least"
    new         people whom nobody before reaches; `already` those somebody does
    per_1000    likely money for 1,000 new people, None for none
    required    asked for, not chosen
    responders  people who act on one post; seen: probability that a follower sees one
    """

    profile_id: str
    platform: str
    handle: str | None
    name: str | None
    place: str | None
    verdict: str | None
    followers: int | None
    price: Price
    cost_low: float
    cost_high: float
    audience: int
    n_flagged: int
    is_whole: bool
    new: int
    already: int
    per_1000: float | None
    required: bool
    responders: Spread | None
    seen: Spread | None


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate who could not be weighed, and why: nothing of them is in any sum."""

    profile_id: str
    platform: str
    handle: str | None
    name: str | None
    verdict: str | None
    price: Price | None
    reason: str


class Point(msgspec.Struct, frozen=True):
    """What a budget buys: people of the best roster found, what none can exceed, and what taking
    the biggest first reaches. None where the budget buys nobody."""

    budget: float
    people: int | None
    bound: float | None
    biggest: int


class Usual(msgspec.Struct, frozen=True):
    """What a usual rule would have bought for the same money."""

    rule: str
    because: str
    people: int
    cost: float
    n: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A roster with everything that is counted of it.

    n_matching   creators who match; n_weighed: those with a known audience and a price
    total        people counted as often as they follow a member; unique: each once
    frequency    at place k - 1: people who follow at least k members
    bound        of a budget: no roster reaches more people; of a goal: none costs less
    gap          how much better the best could be, 0.02 = 2 %
    at_least     the list of some member is known in part only: people are "at least"
    cost_*       all posts of all members, at the lower, middle and upper end of the prices
    responders   per post each; seen: people who see at least one post
    shared       people whom the row's and the column's member share, in the order of `picks`
    sentence     the plan in one sentence
    """

    brief: Brief
    as_of: datetime
    n_matching: int
    n_weighed: int
    picks: tuple[Pick, ...]
    left: tuple[Left, ...]
    n_left: int
    total: int
    unique: int
    frequency: tuple[int, ...]
    place_unknown: int | None
    cost_low: float
    cost_likely: float
    cost_high: float
    bound: float
    gap: float
    at_least: bool
    responders: Spread | None
    n_responders_unknown: int
    seen: Spread
    frontier: tuple[Point, ...]
    usual: tuple[Usual, ...]
    shared: tuple[tuple[int, ...], ...]
    sentence: str


def make_plan(
    brief: Brief,
    creators: Sequence[Mapping[str, Any]],
    audience: Audience,
    pricing: Pricing,
    *,
    n_matching: int,
    area: Area | None = None,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    curve: bool = True,
    effort: float = 1.0,
) -> Plan:
    """The plan.

    brief        `checked_brief`
    creators     candidates as rows of the index, in the order of the search that found them
    n_matching   how many match, weighed or not
    area         of `brief.place`
    facts        profile id -> row of judged/influence.parquet, for whom there is one
    curve        with what other budgets would buy
    effort       share of the usual work on improving and on the bound

    Raises UsageError when no roster does what is asked, with the nearest that one can do.
    """
    rows = sorted(creators, key=lambda row: str(row["profile_id"]))
    counted = None if area is None else audience.living_in(area)[0]
    weighed, prices, left = _weighed(brief, rows, audience, pricing)
    ids = [str(row["profile_id"]) for row in weighed]
    include = tuple(ids.index(who) for who in brief.include if who in set(ids))
    sets = [audience.people(who) for who in ids]
    scene = instance(
        sets,
        [price.high * brief.posts for price in prices],
        counted=counted,
        limits=_limits(brief, weighed),
        include=include,
    )
    chosen = _chosen(brief, scene, effort)
    if isinstance(chosen, Impossible):
        raise UsageError(_no(brief, chosen, scene, weighed), field=_FIELDS[chosen.reason])
    wealth = brief.budget if brief.budget is not None else chosen.cost
    picks, spreads = _picks(brief, scene, chosen, weighed, prices, audience, facts or {}, include)
    known = [pick.responders for pick in picks if pick.responders is not None]
    overlap = audience.overlap([pick.profile_id for pick in picks])
    plan = Plan(
        brief=brief,
        as_of=audience.as_of,
        n_matching=n_matching,
        n_weighed=len(weighed),
        picks=picks,
        left=tuple(left[:_NAMED]),
        n_left=len(left),
        total=int(sum(pick.audience for pick in picks)),
        unique=chosen.people,
        frequency=_frequency(scene, chosen.rows),
        place_unknown=(
            None if area is None else audience.local([p.profile_id for p in picks], area).unknown
        ),
        cost_low=round(sum(pick.cost_low for pick in picks), 2),
        cost_likely=round(sum((pick.cost_low + pick.cost_high) / 2 for pick in picks), 2),
        cost_high=round(chosen.cost, 2),
        bound=chosen.bound,
        gap=_gap(brief, chosen),
        at_least=not all(pick.is_whole for pick in picks),
        responders=_summed(known) if known else None,
        n_responders_unknown=len(picks) - len(known),
        seen=seen_by(scene, chosen.rows, spreads, brief.posts),
        frontier=_curve(scene, wealth, chosen, brief, effort) if curve else (),
        usual=_usual(scene, wealth, weighed),
        shared=overlap.shared,
        sentence="",
    )
    return msgspec.structs.replace(plan, sentence=_sentence(plan))


def _weighed(
    brief: Brief,
    rows: Sequence[Mapping[str, Any]],
    audience: Audience,
    pricing: Pricing,
) -> tuple[list[Mapping[str, Any]], list[Price], list[Left]]:
    weighed, prices, left = [], [], []
    for row in rows:
        who = str(row["profile_id"])
        asked = who in brief.include
        if brief.verdict and row.get("verdict") not in brief.verdict and not asked:
            continue
        price = price_of(row, pricing)
        known = audience.of(who)
        reason = None
        if known.reason is not None:
            reason = f"audience unknown: {known.reason}"
        elif price is None:
            reason = "no price: give one, or a price for 1,000 followers"
        if price is not None and reason is None:
            weighed.append(row)
            prices.append(price)
            continue
        if asked:
            raise UsageError(
                f"{_called(row)} is to be in the plan and cannot be: {reason}.", field="include"
            )
        left.append(
            Left(
                profile_id=who,
                platform=str(row["platform"]),
                handle=row.get("handle"),
                name=row.get("display_name"),
                verdict=row.get("verdict"),
                price=price,
                reason=str(reason),
            )
        )
    if not weighed:
        raise UsageError(_nobody(left), field="candidates")
    return weighed, prices, left


def _nobody(left: Sequence[Left]) -> str:
    if not left:
        return "Nobody matches; loosen the filters, or name candidates."
    priceless = sum(one.reason.startswith("no price") for one in left)
    if priceless:
        return (
            f"None of {len(left):,} candidates has a known audience and a price; {priceless:,} "
            "lack a price: give a price for 1,000 followers, or prices of your own."
        )
    return (
        f"Who follows any of the {len(left):,} candidates is not known one by one, so people "
        "cannot be counted; collect or import follows of these creators first."
    )


def _limits(brief: Brief, rows: Sequence[Mapping[str, Any]]) -> list[Limit]:
    limits = []
    everybody = tuple(range(len(rows)))
    if brief.max_creators is not None:
        limits.append(Limit("creators", everybody, 0, brief.max_creators))
    for low, below, least, most in brief.sizes:
        some = tuple(
            i
            for i, row in enumerate(rows)
            if row.get("followers") is not None
            and low <= row["followers"] < (below if below is not None else np.inf)
        )
        ends = f"{low:,} to {below:,}" if below is not None else f"from {low:,}"
        limits.append(Limit(f"creators of {ends} followers", some, least, most))
    for name, most in sorted(brief.per_list.items()):
        on_it = set(brief.lists[name])
        some = tuple(i for i, row in enumerate(rows) if str(row["profile_id"]) in on_it)
        limits.append(Limit(f"creators on the list {name}", some, 0, most))
    for at_most, of in (
        (brief.per_topic, lambda row: next(iter(row.get("topics") or ()), None)),
        (brief.per_group, lambda row: brief.groups.get(str(row["profile_id"]))),
    ):
        if at_most is None:
            continue
        together: dict[str, list[int]] = {}
        for i, row in enumerate(rows):
            if (kind := of(row)) is not None:
                together.setdefault(str(kind), []).append(i)
        limits += [
            Limit(f"creators of {name}", tuple(some), 0, at_most)
            for name, some in sorted(together.items())
            if len(some) > at_most
        ]
    return limits


def _chosen(brief: Brief, scene: Instance, effort: float) -> Choice | Impossible:
    if brief.budget is not None:
        return largest(scene, brief.budget, seed=brief.seed, effort=effort)
    return cheapest(scene, int(brief.people or 0), seed=brief.seed, effort=effort)


_FIELDS = {"budget": "budget", "people": "people", "limits": "sizes"}


def _no(brief: Brief, why: Impossible, scene: Instance, rows: Sequence[Mapping[str, Any]]) -> str:
    where = f" in {brief.place}" if brief.place else ""
    if why.reason == "limits":
        return f"The limit on {why.limit} cannot be met by the {len(rows):,} candidates; loosen it."
    if why.reason == "budget":
        what = (
            "the members asked for cost" if brief.include or brief.sizes else "the cheapest costs"
        )
        return (
            f"A budget of {brief.budget:,.2f} {brief.currency} buys nobody: {what} up to "
            f"{why.needed:,.2f}; give at least that."
        )
    if not why.people:
        return f"Nobody{where} is known to follow any of the {len(rows):,} candidates."
    return (
        f"All {len(rows):,} candidates that may be chosen reach {why.people:,} people{where}; ask "
        f"for at most that, or for more candidates."
    )


def _picks(
    brief: Brief,
    scene: Instance,
    chosen: Choice,
    rows: Sequence[Mapping[str, Any]],
    prices: Sequence[Price],
    audience: Audience,
    facts: Mapping[str, Mapping[str, Any]],
    include: Sequence[int],
) -> tuple[tuple[Pick, ...], list[Spread | None]]:
    picks, spreads = [], []
    times = np.zeros(len(scene.weight), dtype=np.int32)
    for at in chosen.rows:
        row, price = rows[at], prices[at]
        own = scene.of(at)
        new = int(scene.weight[own][times[own] == 0].sum())
        size = int(scene.weight[own].sum())
        times[own] += 1
        who = str(row["profile_id"])
        known = audience.of(who)
        seen = exposure(row, facts.get(who))
        spreads.append(seen)
        likely = price.likely * brief.posts
        picks.append(
            Pick(
                profile_id=who,
                platform=str(row["platform"]),
                handle=row.get("handle"),
                name=row.get("display_name"),
                place=row.get("place_label"),
                verdict=row.get("verdict"),
                followers=row.get("followers"),
                price=price,
                cost_low=round(price.low * brief.posts, 2),
                cost_high=round(price.high * brief.posts, 2),
                audience=size,
                n_flagged=known.n_flagged,
                is_whole=known.is_whole,
                new=new,
                already=size - new,
                per_1000=round(likely / new * 1_000, 2) if new else None,
                required=at in set(include),
                responders=responders(row),
                seen=seen,
            )
        )
    return tuple(picks), spreads


def _summed(spreads: Sequence[Spread]) -> Spread:
    return Spread(
        sum(s.worst for s in spreads),
        sum(s.likely or 0.0 for s in spreads),
        sum(s.best for s in spreads),
    )


def _frequency(scene: Instance, rows: Sequence[int]) -> tuple[int, ...]:
    times = scene.covered(rows)
    return tuple(int(scene.weight[times >= k].sum()) for k in range(1, len(rows) + 1))


def _gap(brief: Brief, chosen: Choice) -> float:
    if brief.budget is not None:
        return chosen.gap
    return 1 - chosen.bound / chosen.cost if chosen.cost > 0 else 0.0


def _curve(
    scene: Instance, wealth: float, chosen: Choice, brief: Brief, effort: float
) -> tuple[Point, ...]:
    if wealth <= 0:
        return ()
    budgets = [wealth * part for part in _CURVE]
    found, top = frontier(scene, budgets, seed=brief.seed, effort=0.3 * effort)
    points = []
    for budget, one in zip(budgets, found, strict=True):
        biggest = scene.value(baseline(scene, budget, "biggest"))
        if isinstance(one, Impossible):
            points.append(Point(round(budget, 2), None, None, biggest))
            continue
        people = max(one.people, chosen.people if budget >= chosen.cost else 0)
        bound = max(top.people(budget), float(people))
        if brief.budget is not None and budget <= wealth:
            bound = min(bound, chosen.bound)
        points.append(Point(round(budget, 2), people, bound, biggest))
    return tuple(points)


def _usual(scene: Instance, wealth: float, rows: Sequence[Mapping[str, Any]]) -> tuple[Usual, ...]:
    rates = np.array([_or_nan(row.get("engagement_rate")) for row in rows])
    found = []
    for rule, because in BASELINES.items():
        members = baseline(scene, wealth, rule, rates)
        cost = round(scene.price(members), 2)
        found.append(Usual(rule, because, scene.value(members), cost, len(members)))
    return tuple(found)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _called(row: Mapping[str, Any]) -> str:
    handle = row.get("handle")
    return f"@{handle}" if handle else str(row["profile_id"])


def _sentence(plan: Plan) -> str:
    brief = plan.brief
    n = len(plan.picks)
    who = "One creator reaches" if n == 1 else f"{n:,} creators reach"
    least = "at least " if plan.at_least else ""
    where = f" in {brief.place}" if brief.place else ""
    money = (
        f"{plan.cost_low:,.0f}-{plan.cost_high:,.0f}"
        if plan.cost_low != plan.cost_high
        else f"{plan.cost_high:,.0f}"
    )
    if brief.budget is not None:
        proof = f"no roster of these candidates for the budget reaches more than {plan.bound:,.0f}"
    else:
        proof = f"none of these candidates does it for less than {plan.bound:,.0f}"
    return (
        f"{who} {least}{plan.unique:,} different people{where} for {money} {brief.currency}; "
        f"{proof} ({plan.gap:.1%} between)."
    )
