"""Rosters against every possible one on small instances drawn at random, and against a solver."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from influencr.pipeline.audiences._files import bitmap
from influencr.planning.roster import (
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


def made(sets: list[set[int]], cost: list[float], **more: object) -> Instance:
    arrays = [bitmap(np.array(sorted(one), dtype=np.uint32)) for one in sets]
    return instance(arrays, cost, **more)  # type: ignore[arg-type]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[set[int]], list[float], float]:
    n = draw(st.integers(1, 8))
    sets = [draw(st.sets(st.integers(0, 40), max_size=20)) for _ in range(n)]
    cost = [float(draw(st.integers(1, 20))) for _ in range(n)]
    return sets, cost, float(draw(st.integers(1, 60)))


def every(sets: list[set[int]], cost: list[float]) -> list[tuple[int, float]]:
    """(people, money) of every roster that there is."""
    found = []
    for k in range(len(sets) + 1):
        for rows in itertools.combinations(range(len(sets)), k):
            people = len(set().union(*(sets[r] for r in rows)))
            found.append((people, sum(cost[r] for r in rows)))
    return found


@settings(max_examples=200, deadline=None, derandomize=True)
@given(scenes())
def test_no_roster_is_better_and_none_beats_the_bound(
    scene: tuple[list[set[int]], list[float], float],
) -> None:
    sets, cost, budget = scene
    one = made(sets, cost)
    best = max(people for people, money in every(sets, cost) if money <= budget)
    found = largest(one, budget)
    if isinstance(found, Impossible):
        assert best == 0
        return
    assert found.people == len(set().union(*(sets[r] for r in found.rows))) == best
    assert found.cost == sum(cost[r] for r in found.rows) <= budget
    assert found.bound >= best


@settings(max_examples=200, deadline=None, derandomize=True)
@given(scenes(), st.integers(1, 40))
def test_no_roster_is_cheaper(
    scene: tuple[list[set[int]], list[float], float], people: int
) -> None:
    sets, cost, _ = scene
    enough = [money for reached, money in every(sets, cost) if reached >= people]
    found = cheapest(made(sets, cost), people)
    if isinstance(found, Impossible):
        assert not enough
        assert found.people == len(set().union(*sets))
        return
    assert found.people >= people
    assert found.cost == pytest.approx(min(enough))
    assert found.bound <= min(enough) + 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(scenes(), st.integers(0, 2), st.integers(1, 2))
def test_limits_are_kept_to_or_named(
    scene: tuple[list[set[int]], list[float], float], least: int, most: int
) -> None:
    sets, cost, budget = scene
    some = tuple(range(0, len(sets), 2))
    limits = (Limit("even", some, at_least=least), Limit("all", tuple(range(len(sets))), 0, 3))
    limits += (Limit("odd", tuple(range(1, len(sets), 2)), 0, most),)

    def keeps(rows: tuple[int, ...]) -> bool:
        even = sum(r in some for r in rows)
        return even >= least and len(rows) <= 3 and len(rows) - even <= most

    rosters = [
        rows
        for k in range(len(sets) + 1)
        for rows in itertools.combinations(range(len(sets)), k)
        if keeps(rows) and sum(cost[r] for r in rows) <= budget
    ]
    found = largest(made(sets, cost, limits=limits), budget)
    if isinstance(found, Impossible):
        assert all(not set().union(*(sets[r] for r in rows)) for rows in rosters)
        return
    best = max(len(set().union(*(sets[r] for r in rows))) for rows in rosters)
    assert keeps(found.rows)
    assert best >= found.people >= 0.8 * best
    assert found.bound >= best


def drawn(n: int, people: int, mean: int, seed: int) -> tuple[list[set[int]], list[float]]:
    """Candidates of some circles: most of their people are of their own circle."""
    draw = np.random.default_rng(seed)
    sets = []
    for size in np.minimum((draw.pareto(1.3, n) + 0.5) * mean * 0.4, people * 0.2).astype(int) + 10:
        circle = int(draw.integers(5)) * people // 5
        near = circle + (draw.beta(0.7, 2.5, int(size * 0.7)) * people / 5).astype(int)
        far = (draw.beta(0.6, 3, size - len(near)) * people).astype(int)
        sets.append({int(p) % people for p in (*near, *far)})
    cost = [round(len(s) * 0.02 * float(np.exp(draw.normal(0, 0.5))) + 20, 2) for s in sets]
    return sets, cost


def optimum(sets: list[set[int]], cost: list[float], budget: float) -> int:
    """The most people, proven by CP-SAT."""
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in sets]
    classes: dict[tuple[int, ...], int] = {}
    for person in set().union(*sets):
        who = tuple(i for i, s in enumerate(sets) if person in s)
        classes[who] = classes.get(who, 0) + 1
    total = []
    for who, weight in sorted(classes.items()):
        y = model.new_bool_var("")
        model.add_bool_or([*(x[i] for i in who), y.negated()])
        total.append(weight * y)
    model.add(sum(round(c * 100) * v for c, v in zip(cost, x, strict=True)) <= int(budget * 100))
    model.maximize(sum(total))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 60
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize("seed", range(4))
def test_near_the_proven_optimum(seed: int) -> None:
    sets, cost = drawn(40, 1_500, 80, seed)
    budget = 0.15 * sum(cost)
    best = optimum(sets, cost, budget)
    found = largest(made(sets, cost), budget)
    assert isinstance(found, Choice)
    assert 0.98 * best <= found.people <= best <= found.bound
    assert found.gap <= 0.10


def test_members_that_have_to_be_in_are_paid_first() -> None:
    sets = [{1, 2, 3}, {4}, {5, 6}]
    found = largest(made(sets, [3.0, 2.0, 2.0], include=(1,)), 4.0)
    assert isinstance(found, Choice)
    assert set(found.rows) == {1, 2}
    no = largest(made(sets, [3.0, 2.0, 2.0], include=(0, 1)), 4.0)
    assert no == Impossible("budget", needed=5.0)


def test_the_same_question_has_the_same_answer() -> None:
    sets, cost = drawn(60, 3_000, 200, 9)
    budget = 0.1 * sum(cost)
    assert largest(made(sets, cost), budget) == largest(made(sets, cost), budget)


def test_a_frontier_never_falls_and_stays_below_its_bound() -> None:
    sets, cost = drawn(60, 3_000, 200, 3)
    budgets = [sum(cost) * part for part in (0.001, 0.05, 0.1, 0.2, 0.4)]
    found, top = frontier(made(sets, cost), budgets)
    assert isinstance(found[0], Impossible)
    people = [one.people for one in found if isinstance(one, Choice)]
    assert people == sorted(people)
    assert all(one.people <= one.bound for one in found if isinstance(one, Choice))
    assert top.people(budgets[-1]) <= len(set().union(*sets))


def test_usual_rules_reach_fewer() -> None:
    sets, cost = drawn(80, 5_000, 300, 5)
    budget = 0.1 * sum(cost)
    one = made(sets, cost)
    ours = largest(one, budget)
    assert isinstance(ours, Choice)
    rates = np.random.default_rng(1).random(80)
    for how in ("biggest", "sum", "engagement"):
        rows = baseline(one, budget, how, rates)
        assert one.price(rows) <= budget
        assert one.value(rows) <= ours.people


def test_only_people_who_count_are_counted() -> None:
    here = np.zeros(10, dtype=bool)
    here[[1, 2, 5]] = True
    one = instance(
        [bitmap(np.array([1, 2, 3])), bitmap(np.array([2, 5, 6, 7]))], [1.0, 1.0], counted=here
    )
    assert one.size.tolist() == [2, 2]
    assert one.total == one.value([0, 1]) == 3
