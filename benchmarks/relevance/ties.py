"""How much of an order is luck: profiles of one score stand in a fixed shuffle."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean, pstdev
from typing import Any

from benchmarks.relevance.judged import Question
from benchmarks.relevance.metrics import SEED, TOP, VIEWS, score

__all__ = ["SHUFFLES", "ties"]

#: Enough for a mean to three digits; own choice.
SHUFFLES = 100


def ties(questions: Sequence[Question], found: Sequence[Sequence[tuple[str, float]]]) -> Any:
    """What other shuffles of the ties would be worth.

    found     (key, score) of each question's matches, best first
    returns   shuffles; scores_in_first_ten: different scores there; tied_with_tenth: profiles with
              the score of the tenth (or last) one; ndcg_10 and recall_50: view -> mean and sd of
              the mean over queries. The first two are means over the queries that find anything.
    """
    told = [order for order in found if order]
    chance = random.Random(SEED)  # repeatable on purpose
    means: dict[tuple[str, str], list[float]] = {}
    for _ in range(SHUFFLES):
        orders = [_shuffled(order, chance) for order in found]
        scored = [score(order, q) for order, q in zip(orders, questions, strict=True)]
        for figure in ("ndcg_10", "recall_50"):
            for view in VIEWS:
                values = [s[view][figure] for s in scored if figure in s[view]]
                means.setdefault((figure, view), []).append(fmean(values))
    result: dict[str, Any] = {
        "shuffles": SHUFFLES,
        "scores_in_first_ten": fmean(len({s for _, s in order[:TOP]}) for order in told)
        if told
        else 0.0,
        "tied_with_tenth": fmean(map(_tied, told)) if told else 0.0,
    }
    for (figure, view), values in means.items():
        result.setdefault(figure, {})[view] = {"mean": fmean(values), "sd": pstdev(values)}
    return result


def _tied(order: Sequence[tuple[str, float]]) -> int:
    last = order[:TOP][-1][1]
    return sum(worth == last for _, worth in order)


def _shuffled(order: Sequence[tuple[str, float]], chance: random.Random) -> list[str]:
    keys: list[str] = []
    for _, tied in groupby(order, key=lambda one: one[1]):
        group = [key for key, _ in tied]
        chance.shuffle(group)
        keys += group
    return keys
