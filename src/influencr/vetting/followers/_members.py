"""The members of a fitted model: what each one sees, how it is fitted, how it is evaluated.

Many rows: three boosters (one of them also over quotients and products of columns), a sum of curves
and two networks. Few rows: boosted steps, a sum of curves and a forest, over columns and quotients.
They err differently, which is what their weighted sum lives on.

Options: chosen by cross-validation on one half of a labelled set of 13,598 bought and authentic
profiles (docs/algorithms/followers.md), whose other half was looked at once, at the end.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.vetting.followers import _boosted as trees
from influencr.vetting.followers import _smooth as smooth

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[Any]]

__all__ = ["FEW", "Views", "expected_weights", "fit_members", "member_scores", "views_of"]

#: Fewer rows than this are few. Own choice.
FEW = 3000
_N_TREES = 200
#: Columns whose quotients are formed: those with the most distinct values, at least _DISTINCT.
_QUOTED = 10
_DISTINCT = 20
#: Log-odds are cut here, so that one member's certainty does not drown the others.
_SURE = 8.0


class Views(NamedTuple):
    """Which columns are seen together, as pairs of column numbers; (m, 2).

    A quotient of two counts says how lopsided a profile is; a product of a rate and a count is a
    count again (likes per follower times followers, hours between posts times posts).
    """

    pairs: NDArray[np.int16]

    def with_quotients(self, x: Floats) -> Floats:
        """Columns and (a + 1) / (|b| + 1) of each pair."""
        if not len(self.pairs):
            return x
        a, b = x[:, self.pairs[:, 0]], x[:, self.pairs[:, 1]]
        return np.hstack([x, (a + 1) / (np.abs(b) + 1)])

    def with_products(self, x: Floats) -> Floats:
        """Columns, quotients and a * b of each pair."""
        if not len(self.pairs):
            return x
        a, b = x[:, self.pairs[:, 0]], x[:, self.pairs[:, 1]]
        return np.hstack([self.with_quotients(x), a * b])


def views_of(x: Floats) -> Views:
    """The quotients that these columns allow."""
    distinct = [np.unique(c[~np.isnan(c)]).size for c in x.T]
    chosen = [j for j in np.argsort(distinct)[::-1][:_QUOTED] if distinct[j] >= _DISTINCT]
    pairs = list(itertools.combinations(sorted(int(j) for j in chosen), 2))
    return Views(np.array(pairs, dtype=np.int16).reshape(-1, 2))


def fit_members(x: Floats, y: NDArray[np.int8], views: Views, *, seed: int) -> dict[str, Arrays]:
    """All members, as arrays by name."""
    from threadpoolctl import threadpool_limits

    # Threads that share so little work mostly wait for each other: on a busy machine a fit of a few
    # hundred rows took fourteen times as long with two.
    with threadpool_limits(1):
        return _fitted(x, y, views, seed=seed)


def _fitted(x: Floats, y: NDArray[np.int8], views: Views, *, seed: int) -> dict[str, Arrays]:
    wide = views.with_quotients(x)
    if len(y) < FEW:
        return {
            "steps": _booster(wide, y, seed, 200, leaves=2, seen=1.0, ridge=5.0),
            "curves": smooth.curves(wide, y, strength=0.1),
            "forest": trees.forest(wide, y, seed=seed, n_trees=_N_TREES),
        }
    return {
        "small": _booster(x, y, seed, 300, leaves=10, seen=0.3),
        "large": _booster(x, y, seed + 1, 250, leaves=24, seen=0.3),
        "pairs": _booster(
            views.with_products(x), y, seed + 2, 190, leaves=24, seen=0.12, rate=0.08
        ),
        "curves": smooth.curves(wide, y, strength=0.3),
        "network0": smooth.network(x, y, seed=seed),
        "network1": smooth.network(x, y, seed=seed + 1),
    }


def expected_weights(members: dict[str, Arrays]) -> Floats:
    """How much each member of `member_scores` should count, before the labels have a say.

    Where rows are few the sum of curves leads, because nothing else has as little to learn.
    """
    if "steps" in members:
        return np.array([0.15, 0.7, 0.15])
    return np.full(5, 0.2)


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
    """(n, number of members) log-odds; the two networks are one member."""
    wide = views.with_quotients(x)
    judged: dict[str, Callable[[], Floats]] = {
        "steps": lambda: trees.walk(members["steps"], wide),
        "small": lambda: trees.walk(members["small"], x),
        "large": lambda: trees.walk(members["large"], x),
        "pairs": lambda: trees.walk(members["pairs"], views.with_products(x)),
        "curves": lambda: (
            smooth.curve_parts(members["curves"], wide).sum(axis=1) + members["curves"]["bias"][0]
        ),
        "forest": lambda: _log_odds(trees.walk(members["forest"], wide)),
        "network0": lambda: (
            (smooth.through(members["network0"], x) + smooth.through(members["network1"], x)) / 2
        ),
    }
    scores = [judge() for name, judge in judged.items() if name in members]
    return np.clip(np.column_stack(scores), -_SURE, _SURE)


def _log_odds(p: Floats) -> Floats:
    # a forest of a few hundred trees cannot tell a thousandth from nothing
    held = np.clip(p, 1e-3, 1 - 1e-3)
    out: Floats = np.log(held / (1 - held))
    return out
