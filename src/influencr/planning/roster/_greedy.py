"""Choosing one by one: always who adds most people for their price, without asking everybody.

What somebody adds never grows while others are chosen (submodularity), so a number from before is
an upper bound: only the first of the queue is counted anew (CELF: Leskovec and others, KDD 2007).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

import numpy as np

from influencr.planning.roster._instance import Instance, Numbers

__all__ = ["BY_GAIN", "BY_RATIO", "State", "fill"]

BY_RATIO, BY_GAIN = "ratio", "gain"
_NOTHING = 1e-12


class State:
    """A roster under way: who is in it, what it costs, whom it reaches, which limits are used."""

    def __init__(self, instance: Instance, rows: Iterable[int] = ()) -> None:
        self.instance = instance
        self.rows: list[int] = []
        self.times: Numbers = np.zeros(len(instance.weight), dtype=np.int32)
        self.cost = 0.0
        self.people = 0
        self.used = [0] * len(instance.limits)
        for row in rows:
            self.add(row)

    def gain(self, row: int) -> int:
        """People whom a candidate would add."""
        own = self.instance.of(row)
        return int(self.instance.weight[own][self.times[own] == 0].sum())

    def loss(self, row: int) -> int:
        """People whom only this member reaches."""
        own = self.instance.of(row)
        return int(self.instance.weight[own][self.times[own] == 1].sum())

    def add(self, row: int) -> None:
        """Take somebody in."""
        self.people += self.gain(row)
        self.times[self.instance.of(row)] += 1
        self.cost += float(self.instance.cost[row])
        self.rows.append(row)
        for number in self.instance.limits_of(row):
            self.used[number] += 1

    def drop(self, row: int) -> None:
        """Take somebody out."""
        self.people -= self.loss(row)
        self.times[self.instance.of(row)] -= 1
        self.rows.remove(row)
        # Summed anew, so that adding and dropping leave no dust.
        self.cost = self.instance.price(self.rows)
        for number in self.instance.limits_of(row):
            self.used[number] -= 1

    def copy(self) -> State:
        """The same, to be changed apart."""
        other = State.__new__(State)
        other.instance, other.rows, other.times = self.instance, list(self.rows), self.times.copy()
        other.cost, other.people, other.used = self.cost, self.people, list(self.used)
        return other

    def lacking(self) -> list[int]:
        """Limits with too few members so far."""
        limits = self.instance.limits
        return [i for i, limit in enumerate(limits) if self.used[i] < limit.at_least]

    def allows(self, row: int) -> bool:
        """Whether no limit is full."""
        limits = self.instance.limits
        return all(
            (most := limits[i].at_most) is None or self.used[i] < most
            for i in self.instance.limits_of(row)
        )


def fill(
    state: State,
    budget: float,
    *,
    among: Sequence[int] | Numbers | None = None,
    bounds: Numbers | None = None,
    by: str = BY_RATIO,
    until: float = np.inf,
) -> State:
    """Add whom the budget and the limits allow, the best first; changes and returns `state`.

    among    candidates; None: all
    bounds   upper bounds of what each adds now; None: their sizes
    until    stop at so many people
    """
    instance = state.instance
    known = instance.size if bounds is None else bounds
    inside = set(state.rows)
    rows = range(instance.n) if among is None else [int(i) for i in among]
    if (lacking := state.lacking()) and among is None:
        _meet(state, budget, lacking, by)
        inside = set(state.rows)

    def key(row: int, gain: float) -> float:
        if by == BY_GAIN:
            return -gain
        useful = min(gain, max(0.0, until - state.people)) if np.isfinite(until) else gain
        return -useful / max(float(instance.cost[row]), _NOTHING)

    queue = [(key(r, float(known[r])), r) for r in rows if r not in inside and known[r] > 0]
    heapq.heapify(queue)
    fresh: dict[int, int] = {}
    room = budget * (1 + 1e-12) + 1e-9
    while queue and state.people < until:
        _, row = heapq.heappop(queue)
        if state.cost + instance.cost[row] > room or not state.allows(row):
            continue  # neither will change: money only goes, limits only fill
        if fresh.get(row) == len(state.rows):
            state.add(row)
            continue
        gain = state.gain(row)
        fresh[row] = len(state.rows)
        if gain > 0:
            heapq.heappush(queue, (key(row, gain), row))
    return state


def _meet(state: State, budget: float, lacking: Sequence[int], by: str) -> None:
    """Take in whom the limits ask for first, with the best who leave money for the rest of them."""
    instance = state.instance
    for number in lacking:
        limit = instance.limits[number]
        open_ = [r for r in limit.members if r not in set(state.rows)]
        while state.used[number] < limit.at_least:
            need = limit.at_least - state.used[number] - 1
            open_ = [r for r in open_ if r not in set(state.rows) and state.allows(r)]
            cheap = sorted(float(instance.cost[r]) for r in open_)
            best: tuple[float, int] | None = None
            for row in open_:
                price = float(instance.cost[row])
                others = cheap[:need] if price not in cheap[:need] else cheap[: need + 1]
                rest = sum(others) - (price if price in cheap[:need] else 0.0)
                if state.cost + price + rest > budget * (1 + 1e-12) + 1e-9:
                    continue
                gain = state.gain(row)
                worth = gain if by == BY_GAIN else gain / max(price, _NOTHING)
                if best is None or (worth, -row) > best:
                    best = (worth, -row)
            if best is None:
                return
            state.add(-best[1])
