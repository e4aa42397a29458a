"""The members of a fitted model: what each one sees, how it is fitted, how it is evaluated.

Many rows: a booster over the columns, one that is also told how often exactly this value was
positive, one that sees quotients and products of columns, one that sees all of that, a sum of
curves and a network.
Fewer: a booster, a sum of curves and two kinds of forest, over columns and quotients. Fewest:
boosted steps, a sum of curves and a forest. They err differently, which is what their weighted sum
lives on.

Options: chosen by cross-validation on one half of a labelled set of 13,598 bought and authentic
profiles (docs/algorithms/followers.md), whose other half was looked at once, at the end.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.vetting.followers import _boosted as trees
from influencr.vetting.followers import _smooth as smooth
from influencr.vetting.followers import _values as values

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[Any]]

__all__ = ["FEW", "FEWEST", "Views", "expected_weights", "fit_members", "member_scores", "views_of"]

#: Fewer rows than this are few. Own choice.
FEW = 3000
#: Fewer than this are fewest: only the simplest members are trusted. Own choice.
FEWEST = 1000
_N_TREES = 200
#: Columns whose quotients are formed: those with the most distinct values, at least _DISTINCT.
_QUOTED = 10
_DISTINCT = 20
#: Log-odds are cut here, so that one member's certainty does not drown the others.
_SURE = 8.0


class Views(NamedTuple):
    """Which columns are seen together.

    pairs   column numbers, (m, 2)
    small   what is added to both sides of a quotient, by column; (k,)

    A quotient of two counts says how lopsided a profile is; a product of a rate and a count is a
    count again (likes per follower times followers, hours between posts times posts).
    """

    pairs: NDArray[np.int16]
    small: Floats

    def with_quotients(self, x: Floats) -> Floats:
        """Columns and (a + small) / (|b| + small) of each pair."""
        if not len(self.pairs):
            return x
        first, second = self.pairs.T
        above = x[:, first] + self.small[first]
        return np.hstack([x, above / (np.abs(x[:, second]) + self.small[second])])

    def with_products(self, x: Floats) -> Floats:
        """Columns, quotients and a * b of each pair."""
        if not len(self.pairs):
            return x
        return np.hstack([self.with_quotients(x), x[:, self.pairs[:, 0]] * x[:, self.pairs[:, 1]]])


def views_of(x: Floats) -> Views:
    """The quotients that these columns allow.

    One is added on both sides, as among counts; where rows are many, less in a column of small
    numbers (a tenth of the median of those that are not 0), where one would blur everything.
    """
    distinct = [np.unique(c[~np.isnan(c)]).size for c in x.T]
    chosen = [j for j in np.argsort(distinct)[::-1][:_QUOTED] if distinct[j] >= _DISTINCT]
    pairs = list(itertools.combinations(sorted(int(j) for j in chosen), 2))
    small = np.ones(x.shape[1])
    if len(x) >= FEW:
        for j, column in enumerate(np.abs(x).T):
            told = column[column > 0]
            small[j] = min(1.0, 0.1 * float(np.median(told))) if told.size else 1.0
    return Views(np.array(pairs, dtype=np.int16).reshape(-1, 2), small)


def fit_members(
    x: Floats, y: NDArray[np.int8], views: Views, *, seed: int, n_all: int
) -> dict[str, Arrays]:
    """All members, as arrays by name.

    n_all   rows of the whole labelled table, which decides who the members are: a split of it must
            have the same ones
    """
    from threadpoolctl import threadpool_limits

    # Threads that share so little work mostly wait for each other: on a busy machine a fit of a few
    # hundred rows took fourteen times as long with two.
    with threadpool_limits(1):
        return _fitted(x, y, views, seed=seed, n_all=n_all)


def _fitted(
    x: Floats, y: NDArray[np.int8], views: Views, *, seed: int, n_all: int
) -> dict[str, Arrays]:
    wide = views.with_quotients(x)
    if n_all < FEWEST:
        return {
            "steps": _booster(wide, y, seed, 200, leaves=2, seen=1.0, ridge=5.0),
            "curves": smooth.curves(wide, y, strength=0.1),
            "forest": trees.forest(wide, y, seed=seed, n_trees=_N_TREES),
        }
    if n_all < FEW:
        return {
            "large": _booster(wide, y, seed + 1, 150, leaves=16, seen=0.3),
            "curves": smooth.curves(wide, y, strength=0.1),
            "forest": trees.forest(wide, y, seed=seed, n_trees=_N_TREES),
            "extra": trees.forest(wide, y, seed=seed, n_trees=_N_TREES, extra=True),
        }
    table, shared = values.fitted(x, y, seed=seed)
    pairs = views.with_products(x)
    whole = np.hstack([pairs, shared])
    return {
        "large": _booster(x, y, seed + 1, 250, leaves=24, seen=0.3),
        "table": table,
        "shared": _booster(np.hstack([x, shared]), y, seed + 4, 250, leaves=24, seen=0.2),
        "pairs": _booster(pairs, y, seed + 3, 300, leaves=12, seen=0.06, rate=0.06),
        "whole": _booster(whole, y, seed + 2, 450, leaves=24, seen=0.06, rate=0.033),
        "curves": smooth.curves(wide, y, strength=0.3),
        "network": smooth.network(x, y, seed=seed),
    }


def expected_weights(members: dict[str, Arrays]) -> Floats:
    """How much each member of `member_scores` should count, before the labels have a say.

    Where rows are fewest the sum of curves leads, because nothing else has as little to learn.
    """
    if "steps" in members:
        return np.array([0.15, 0.7, 0.15])
    n = 4 if "extra" in members else 6
    return np.full(n, 1 / n)


def _booster(
    x: Floats,
    y: NDArray[np.int8],
    seed: int,
    rounds: int,
    *,
    leaves: int,
    seen: float,
    ridge: float = 1.0,
    rate: float = 0.05,
) -> Arrays:
    return trees.boosted(
        x,
        y,
        seed=seed,
        learning_rate=rate,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        max_features=seen,
        min_samples_leaf=10,
        l2_regularization=ridge,
    )


def member_scores(members: dict[str, Arrays], x: Floats, views: Views) -> Floats:
    """(n, number of members) log-odds."""
    wide = views.with_quotients(x)
    judged: dict[str, Callable[[], Floats]] = {
        "steps": lambda: trees.walk(members["steps"], wide),
        "large": lambda: trees.walk(members["large"], wide if "forest" in members else x),
        "curves": lambda: (
            smooth.curve_parts(members["curves"], wide).sum(axis=1) + members["curves"]["bias"][0]
        ),
        "forest": lambda: _log_odds(trees.walk(members["forest"], wide)),
        "extra": lambda: _log_odds(trees.walk(members["extra"], wide)),
        "network": lambda: smooth.through(members["network"], x),
    }
    if "table" in members:
        shared = values.told(members["table"], x)
        pairs = views.with_products(x)
        whole = np.hstack([pairs, shared])
        judged["shared"] = lambda: trees.walk(members["shared"], np.hstack([x, shared]))
        judged["pairs"] = lambda: trees.walk(members["pairs"], pairs)
        judged["whole"] = lambda: trees.walk(members["whole"], whole)
    scores = [judge() for name, judge in judged.items() if name in members]
    return np.clip(np.column_stack(scores), -_SURE, _SURE)


def _log_odds(p: Floats) -> Floats:
    # a forest of a few hundred trees cannot tell a thousandth from nothing
    held = np.clip(p, 1e-3, 1 - 1e-3)
    out: Floats = np.log(held / (1 - held))
    return out
