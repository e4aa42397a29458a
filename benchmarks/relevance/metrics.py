"""What an order of profiles is worth, and whether one order is better than another.

Two views of one order, because the judged pairs are far from all:

condensed   unjudged profiles are taken out first, so only judged ones are compared (Sakai 2007,
            "Alternatives to Bpref"); kind to whoever finds what nobody judged
full        an unjudged profile counts as not relevant; hard on whoever finds what nobody judged

Where both say the same, it can be believed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from benchmarks.relevance.judged import RELEVANT, STRICT, Question

__all__ = ["FIGURES", "VIEWS", "compare", "gain", "ndcg", "score"]

VIEWS = ("condensed", "full")
FIGURES = ("ndcg_10", "precision_10", "precision_10_strict", "recall_50", "recall_50_strict")

#: Depths of the figures, as issue and literature name them.
TOP = 10
DEEP = 50
#: Resamples of a bootstrap interval, and its seed; our own choice.
RESAMPLES = 10_000
SEED = 20_260_101


def gain(grade: int) -> int:
    """2^grade - 1, so that one main thing outweighs several mentions (Burges et al. 2005).

    >>> [gain(g) for g in range(4)]
    [0, 1, 3, 7]
    """
    return int(2**grade - 1)


def ndcg(ranked: Sequence[int], judged: Sequence[int], depth: int = TOP) -> float:
    """Normalised discounted cumulative gain of the first `depth`, from 0 to 1.

    ranked   grades in the order found
    judged   all grades of the query in any order; the best order of them is worth 1
    returns  0 when nothing judged is worth anything

    >>> round(ndcg([3, 0, 2], [0, 2, 3]), 4), round(ndcg([0, 3], [0, 3]), 4)
    (0.9558, 0.6309)
    """
    best = _discounted(sorted(judged, reverse=True)[:depth])
    return _discounted(ranked[:depth]) / best if best else 0.0


def _discounted(grades: Sequence[int]) -> float:
    return sum(gain(grade) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def score(ranked: Sequence[str], question: Question) -> dict[str, dict[str, float]]:
    """view -> figure -> value, for one query.

    ranked   keys in the order found, as many as match

    precision_10   relevant ones among the first ten, of ten
    recall_50      relevant ones among the first fifty, of all judged relevant ones: the pool is
                   incomplete, so this says nothing about relevant profiles that nobody judged
    ..._strict     the same for the highest grade alone; absent from the result where no judged
                   profile has it (as recall_50 where none is relevant)
    """
    orders = {"condensed": [key for key in ranked if key in question.grades], "full": ranked}
    return {view: _figures(order, question) for view, order in orders.items()}


def _figures(order: Sequence[str], question: Question) -> dict[str, float]:
    grades = [question.grades.get(key, 0) for key in order[:TOP]]
    found = {"ndcg_10": ndcg(grades, list(question.grades.values()))}
    for ending, least in (("", RELEVANT), ("_strict", STRICT)):
        wanted = question.relevant(least)
        found[f"precision_10{ending}"] = len(wanted.intersection(order[:TOP])) / TOP
        if wanted:
            found[f"recall_50{ending}"] = len(wanted.intersection(order[:DEEP])) / len(wanted)
    return found


def compare(ours: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, float]:
    """Mean difference over the queries that both have, with a 95 % interval.

    ours, theirs   query id -> figure
    returns        mean, low, high (percentiles of a paired bootstrap over queries), and the number
                   of queries: wins, losses, ties
    """
    both = [name for name in ours if name in theirs]
    differences = np.array([ours[name] - theirs[name] for name in both])
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(len(both), size=(RESAMPLES, len(both)))
    low, high = np.percentile(differences[drawn].mean(axis=1), (2.5, 97.5))
    wins = int((differences > 1e-9).sum())
    losses = int((differences < -1e-9).sum())
    return {
        "mean": float(differences.mean()),
        "low": float(low),
        "high": float(high),
        "wins": wins,
        "losses": losses,
        "ties": len(both) - wins - losses,
    }
