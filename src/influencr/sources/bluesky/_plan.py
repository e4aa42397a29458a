"""What a run would cost, told before the first call."""

from __future__ import annotations

from influencr.sources import Plan, Step, Wanted
from influencr.sources.bluesky._stages import STAGES, allowance, search_tasks, stages_of
from influencr.sources.bluesky._xrpc import PER_SECOND

__all__ = ["plan"]

_SAYS = {
    "search": "packs, lists and accounts that say it",
    "look": "counts and flags of whoever was found, 25 a call",
    "follows": "whom the found follow, 100 a call",
    "look more": "counts of those whom several of them follow",
    "consent": "who declared that they want no recommendation",
    "feeds": "newest 100 posts with their counts",
    "engagers": "who liked, passed on, quoted and answered the newest posts",
    "audience": "whole lists of followers, 100 a call",
    "sample": "counts of followers drawn over all of their arrival, 25 a call",
}


def plan(wanted: Wanted, budget: int, *, spent: int = 0) -> Plan:
    """Calls per part, each an upper bound; together they are the budget.

    spent   calls of an earlier part of the same run
    """
    notes = [f"An earlier part of this run spent {spent:,} calls of it."] if spent else []
    if wanted.again:
        calls = len(search_tasks(Wanted(handles=wanted.again), budget))
        says = f"{len(wanted.again):,} known accounts, 25 a call, and one or two for each missing"
        return Plan((Step("again", min(budget, calls), PER_SECOND, says),), tuple(notes))
    steps = []
    before = 0
    for number in range(1, stages_of(wanted) + 1):
        part = STAGES[number - 1]
        if part.name == "consent":
            until = before + int(budget * part.share)
        else:
            until = allowance(number, budget, wanted)
        says = _SAYS[part.name]
        if part.name == "search":
            kinds = [task.kind for task in search_tasks(wanted, budget)]
            packs, actors = kinds.count("packs.search"), kinds.count("actors.search")
            says = f"{packs} questions for packs, {actors} for accounts, and what they lead to"
        steps.append(Step(part.name, max(0, until - before), PER_SECOND, says))
        before = max(before, until)
    return Plan(tuple(steps), tuple(notes))
