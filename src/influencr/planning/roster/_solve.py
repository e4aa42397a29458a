"""The choice itself: most people for a budget, or enough people for the least money.

    1. start from greedy choices, by people for the money and by people alone, and from the best
       ones that begin with each of the strongest single candidates and pairs of them (partial
       enumeration: Khuller, Moss, Naor 1999; with all triples it would be 1 - 1/e of the best)
    2. take one member out, fill up again, keep what is better, until nothing is (swaps)
    3. take several out at random, fill up again, keep what is better (seeded, so reproducible)

How many of these are tried depends on the size of the instance alone, never on the clock: the same
question gives the same roster on any machine. How good it is says the ceiling (`_bound`).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from influencr.planning.roster._bound import Ceiling, ceiling
from influencr.planning.roster._greedy import BY_GAIN, BY_RATIO, State, fill
from influencr.planning.roster._instance import Instance, Numbers

__all__ = ["Choice", "Impossible", "cheapest", "frontier", "largest"]

#: Entries of the matrix that improving may read, and rounds at most; about a second.
_EFFORT = 2.5e8
_MOST_ROUNDS = 400
#: Candidates that filling up again may look at over all rounds of either kind; about a second.
_LOOKS = 3e5
#: The strongest candidates whose pairs begin a choice, in instances that small and in others.
_SEEDS_SMALL, _SEEDS_LARGE = 16, 3
_SMALL = 150


class Impossible(NamedTuple):
    """Why no roster does what is asked, with the nearest that can be had.

    reason    budget, people, limits
    needed    money that the least possible roster costs (budget, limits), None if no money helps
    people    the most that can be reached (people)
    limit     name of the limit that cannot be met (limits)
    """

    reason: str
    needed: float | None = None
    people: int | None = None
    limit: str | None = None


class Choice(NamedTuple):
    """A roster.

    rows     members, in the order of what each adds for their price
    people   whom they reach, each once
    cost     what they cost
    bound    no roster for the budget reaches more (largest), or costs less (cheapest)
    """

    rows: tuple[int, ...]
    people: int
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How much better the best can be, 0.02 = 2 %, when more people are better."""
        return self.bound / self.people - 1 if self.people else 0.0


def largest(
    instance: Instance, budget: float, *, seed: int = 0, effort: float = 1.0
) -> Choice | Impossible:
    """The roster for a budget that reaches most people.

    effort   share of the usual work on improving and on the bound
    """
    if (no := _impossible(instance, budget)) is not None:
        return no
    best = _improved(instance, budget, seed, effort)
    rows = _ordered(instance, best.rows)
    top = ceiling(instance, [budget], [(rows, best.people)], effort=effort)
    return Choice(rows, best.people, best.cost, max(top.people(budget), float(best.people)))


def cheapest(
    instance: Instance, people: int, *, seed: int = 0, effort: float = 1.0
) -> Choice | Impossible:
    """The roster that costs least among those that reach so many people."""
    if (no := _impossible(instance, np.inf)) is not None:
        return no
    whole = fill(State(instance, instance.include), np.inf, by=BY_GAIN)
    if whole.people < people:
        return Impossible("people", people=whole.people)
    best: State | None = None
    for start in _starts(instance, np.inf):
        found = _pruned(fill(start, np.inf, until=people), people)
        if found.people >= people and (best is None or found.cost < best.cost - 1e-9):
            best = found
    if best is None:
        best = _pruned(whole, people)
    best = _recreated(instance, best, seed, effort, people=people)
    rows = _ordered(instance, best.rows)
    top = ceiling(instance, [best.cost], [(rows, best.people)], effort=effort)
    return Choice(rows, best.people, best.cost, min(best.cost, top.money(people)))


def frontier(
    instance: Instance, budgets: Sequence[float], *, seed: int = 0, effort: float = 0.3
) -> tuple[list[Choice | Impossible], Ceiling]:
    """The roster for each of some budgets, and one bound over all of them.

    A larger budget never reaches fewer people: where a choice would, the one before stands.
    """
    found: list[Choice | Impossible] = []
    before: Choice | None = None
    for budget in sorted(budgets):
        if (no := _impossible(instance, budget)) is not None:
            found.append(no)
            continue
        state = _improved(instance, budget, seed, effort / max(1, len(budgets)))
        choice = Choice(_ordered(instance, state.rows), state.people, state.cost, 0.0)
        if before is not None and before.people > choice.people:
            choice = before
        before = choice
        found.append(choice)
    pairs = [
        (b, (c.rows, float(c.people)))
        for b, c in zip(sorted(budgets), found, strict=True)
        if isinstance(c, Choice)
    ]
    top = ceiling(instance, [b for b, _ in pairs], [r for _, r in pairs], effort=effort)
    bounded = [
        c._replace(bound=max(top.people(b), float(c.people))) if isinstance(c, Choice) else c
        for b, c in zip(sorted(budgets), found, strict=True)
    ]
    return bounded, top


def _impossible(instance: Instance, budget: float) -> Impossible | None:
    """Whether no roster at all keeps to the limits and the budget."""
    state = State(instance, instance.include)
    for number, limit in enumerate(instance.limits):
        if limit.at_most is not None and state.used[number] > limit.at_most:
            return Impossible("limits", limit=limit.name)
    for number, limit in enumerate(instance.limits):
        while state.used[number] < limit.at_least:
            open_ = [r for r in limit.members if r not in set(state.rows) and state.allows(r)]
            if not open_:
                return Impossible("limits", limit=limit.name)
            state.add(min(open_, key=lambda r: (float(instance.cost[r]), r)))
    room = budget * (1 + 1e-12) + 1e-9
    if state.cost > room:
        return Impossible("budget", needed=state.cost)
    if not state.rows:
        some = np.flatnonzero(instance.size > 0)
        if not len(some):
            return Impossible("people", people=0)
        least = float(instance.cost[some].min())
        if least > room:
            return Impossible("budget", needed=least)
    return None


def _starts(instance: Instance, budget: float) -> Iterator[State]:
    """Beginnings of a choice: nobody, and the strongest candidates alone and in pairs."""
    base = State(instance, instance.include)
    yield base.copy()
    n = _SEEDS_SMALL if instance.n <= _SMALL else _SEEDS_LARGE
    room = budget * (1 + 1e-12) + 1e-9
    size = instance.size
    fits = [r for r in range(instance.n) if r not in set(base.rows) and size[r] > 0]
    fits = [r for r in fits if base.cost + instance.cost[r] <= room and base.allows(r)]
    ratio = size / np.maximum(instance.cost, 1e-12)
    by_size = sorted(fits, key=lambda r: (-size[r], r))[:n]
    by_ratio = sorted(fits, key=lambda r: (-ratio[r], r))[:n]
    strong = sorted({*by_size, *by_ratio})
    pairs = itertools.combinations(strong, 2) if instance.n <= _SMALL else ()
    for rows in (*((r,) for r in strong), *pairs):
        state = base.copy()
        for row in rows:
            if state.cost + instance.cost[row] <= room and state.allows(row):
                state.add(row)
        yield state


def _improved(instance: Instance, budget: float, seed: int, effort: float) -> State:
    choices = [fill(State(instance, instance.include), budget, by=by) for by in (BY_RATIO, BY_GAIN)]
    if effort >= 0.5:
        choices += [fill(start, budget) for start in _starts(instance, budget)]
    kept = [c for c in choices if not c.lacking() and c.cost <= budget * (1 + 1e-12) + 1e-9]
    best = max(kept or choices, key=lambda c: (c.people, -c.cost))
    if effort >= 0.5:
        best = _swapped(instance, best, budget, effort)
    return _recreated(instance, best, seed, effort, budget=budget)


def _swapped(instance: Instance, best: State, budget: float, effort: float) -> State:
    """One out, the budget filled up again, until no single exchange is better."""
    size = max(1, len(instance.classes))
    left = int(effort * min(_EFFORT / size, _LOOKS / max(1, instance.n)))
    free = [r for r in best.rows if r not in set(instance.include)]
    improved = True
    while improved and left > 0:
        improved = False
        open_ = instance.gains(best.times == 0)
        for row in sorted(free):
            if left <= 0:
                break
            left -= 1
            state = best.copy()
            gains = open_ + instance.reopened(_only(state, row))
            state.drop(row)
            gains[state.rows] = 0
            found = state
            for by in (BY_RATIO, BY_GAIN):
                tried = state.copy()
                fill(tried, budget, among=np.flatnonzero(gains > 0), bounds=gains, by=by)
                if tried.lacking():
                    continue
                if tried.people > found.people:
                    found = tried
            if found.people > best.people and not found.lacking():
                best, improved = found, True
                free = [r for r in best.rows if r not in set(instance.include)]
                break
    return best


def _recreated(
    instance: Instance,
    best: State,
    seed: int,
    effort: float,
    *,
    budget: float = np.inf,
    people: float | None = None,
) -> State:
    """Some out at random, filled up again; keeps more people, or less money when `people` says how
    many are needed."""
    draw = np.random.default_rng([seed, instance.n, len(instance.classes)])
    size = max(1, len(instance.classes))
    rounds = int(min(_MOST_ROUNDS, effort * min(_EFFORT / size, _LOOKS / max(1, instance.n))))
    fixed = set(instance.include)
    open_: Numbers | None = None
    for _ in range(rounds):
        free = [r for r in best.rows if r not in fixed]
        if not free:
            break
        out = draw.choice(len(free), size=min(len(free), int(draw.integers(1, 5))), replace=False)
        state = best.copy()
        if open_ is None:
            open_ = instance.gains(best.times == 0)
        gains = open_.copy()
        for at in sorted(out.tolist()):
            gains += instance.reopened(_only(state, free[at]))
            state.drop(free[at])
        gains[state.rows] = 0
        # Somebody of the others is passed over, so that the same roster does not come back.
        banned = {free[int(out[0])]}
        among = [r for r in np.flatnonzero(gains > 0).tolist() if r not in banned]
        by = BY_GAIN if draw.random() < 0.25 else BY_RATIO
        if people is None:
            fill(state, budget, among=among, bounds=gains, by=by)
            fill(state, budget, among=sorted(banned), bounds=gains)
            better = (state.people, -state.cost) > (best.people, -best.cost)
        else:
            fill(state, best.cost, among=among, bounds=gains, by=by, until=people)
            _pruned(state, people)
            better = state.people >= people and state.cost < best.cost - 1e-9
        if better and not state.lacking():
            best, open_ = state, None
    return best


def _only(state: State, row: int) -> Numbers:
    """The classes that only this member reaches."""
    own = state.instance.of(row)
    found: Numbers = own[state.times[own] == 1]
    return found


def _pruned(state: State, people: float) -> State:
    """Without whom the goal is reached as well, the dearest first; changes and returns `state`."""
    fixed = set(state.instance.include)
    for row in sorted(state.rows, key=lambda r: (-float(state.instance.cost[r]), r)):
        if row in fixed or state.people - state.loss(row) < people:
            continue
        state.drop(row)
        if state.lacking():
            state.add(row)
    return state


def _ordered(instance: Instance, rows: Sequence[int]) -> tuple[int, ...]:
    """Members in the order of what each adds for their price, those asked for among them."""
    bare = dataclasses.replace(instance, limits=(), include=())
    state = fill(State(bare), np.inf, among=rows)
    # Who adds nobody comes last: asked for, or there for a limit.
    return (*state.rows, *sorted(set(rows) - set(state.rows)))
