"""Boosted trees as plain arrays: fitted by scikit-learn, evaluated by NumPy.

A model file must run no code on loading and must be readable by a later version of anything, so
the trees of a fitted `HistGradientBoostingClassifier` are copied into arrays: per node the feature,
the threshold, the number of its left child (the right one follows it) and the value of a leaf. A
leaf is its own left child with an infinite threshold, so that all trees of a batch walk down in
step. `boosted` checks on its own rows that both evaluations agree, because scikit-learn keeps its
nodes in private attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from influencr.errors import Terminal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[Any]]

__all__ = ["boosted", "forest", "walk"]

#: (row, tree) pairs that walk together: a few megabytes.
_PAIRS = 1 << 18
_OTHER_LAYOUT = (
    "the trees of this version of scikit-learn are laid out differently; install the version of "
    "constraints/base.txt."
)


def boosted(x: Floats, y: NDArray[np.int8], *, seed: int, **options: Any) -> Arrays:
    """Fits one booster and returns its trees as arrays.

    x         (n, k), NaN missing
    options   of scikit-learn's HistGradientBoostingClassifier
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(random_state=seed, early_stopping=False, **options)
    model.fit(x, y)
    arrays = _arrays(model)
    probe = x[:: max(1, len(x) // 200)]
    if not np.allclose(walk(arrays, probe), model.decision_function(probe), atol=1e-6):
        raise Terminal(_OTHER_LAYOUT)
    return arrays


def _arrays(model: Any) -> Arrays:
    trees = [
        {
            "leaf": one.nodes["is_leaf"].astype(bool),
            "value": one.nodes["value"],
            "feature": one.nodes["feature_idx"],
            "threshold": one.nodes["num_threshold"],
            "missing_left": one.nodes["missing_go_to_left"].astype(bool),
            "left": one.nodes["left"],
            "right": one.nodes["right"],
            "depth": int(one.nodes["depth"].max()),
        }
        for (one,) in model._predictors
    ]
    return _laid_out(trees, base=float(np.ravel(model._baseline_prediction)[0]))


def forest(
    x: Floats, y: NDArray[np.int8], *, seed: int, n_trees: int, extra: bool = False
) -> Arrays:
    """Fits a random forest and returns its trees as arrays; `walk` sums to its probability.

    extra   whether cuts are drawn by chance, among three tenths of the columns (extra trees)
    """
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

    model: Any = (
        ExtraTreesClassifier(n_trees, min_samples_leaf=2, max_features=0.3, random_state=seed)
        if extra
        else RandomForestClassifier(n_trees, min_samples_leaf=3, random_state=seed)
    )
    model.fit(x, y)
    trees = []
    for one in (e.tree_ for e in model.estimators_):
        trees.append(
            {
                "leaf": one.children_left < 0,
                "value": one.value[:, 0, 1] / one.value[:, 0].sum(axis=1) / n_trees,
                "feature": one.feature,
                "threshold": one.threshold,
                "missing_left": one.missing_go_to_left.astype(bool),
                "left": one.children_left,
                "right": one.children_right,
                "depth": int(one.max_depth),
            }
        )
    arrays = _laid_out(trees, base=0.0)
    arrays["single"] = np.array([True])
    probe = x[:: max(1, len(x) // 200)]
    if not np.allclose(walk(arrays, probe), model.predict_proba(probe)[:, 1], atol=1e-6):
        raise Terminal(_OTHER_LAYOUT)
    return arrays


def _laid_out(trees: list[dict[str, Any]], *, base: float) -> Arrays:
    """All trees in one row of nodes, the right child behind the left."""
    starts = np.cumsum([0, *(len(tree["leaf"]) for tree in trees)])
    n = int(starts[-1])
    out: Arrays = {
        "base": np.array([base]),
        "roots": starts[:-1].astype(np.int32),
        "feature": np.zeros(n, dtype=np.int16),
        "threshold": np.full(n, np.inf),
        "left": np.arange(n, dtype=np.int32),
        "missing_left": np.ones(n, dtype=bool),
        "value": np.zeros(n, dtype=np.float64),
        "depth": np.array([max(tree["depth"] for tree in trees)], dtype=np.int16),
    }
    for start, tree in zip(starts[:-1], trees, strict=True):
        place = _places(tree) + start
        inner = ~tree["leaf"]
        out["value"][place] = np.where(inner, 0.0, tree["value"])
        at = place[inner]
        out["feature"][at] = tree["feature"][inner]
        out["threshold"][at] = tree["threshold"][inner]
        out["missing_left"][at] = tree["missing_left"][inner]
        out["left"][at] = place[tree["left"][inner]]
    return out


def _places(tree: dict[str, Any]) -> NDArray[np.int32]:
    """New number of each node, so that the right child stands directly behind the left."""
    place = np.zeros(len(tree["leaf"]), dtype=np.int32)
    inner = np.flatnonzero(~tree["leaf"])
    behind = 1 + 2 * np.arange(len(inner), dtype=np.int32)
    place[tree["left"][inner]] = behind
    place[tree["right"][inner]] = behind + 1
    return place


def walk(arrays: Arrays, x: Floats) -> Floats:
    """Log-odds of each row: every row walks down every tree."""
    n_trees = len(arrays["roots"])
    out = np.empty(len(x))
    step = max(1, _PAIRS // n_trees)
    for start in range(0, len(x), step):
        out[start : start + step] = _walk_together(arrays, x[start : start + step])
    return out


def _walk_together(arrays: Arrays, x: Floats) -> Floats:
    n, k = x.shape
    if "single" in arrays:  # forests compare 32-bit numbers
        x = x.astype(np.float32).astype(np.float64)
    flat = np.ascontiguousarray(x).ravel()
    has_missing = bool(np.isnan(flat).any())
    first = (np.arange(n, dtype=np.int64) * k)[:, None]
    at = np.broadcast_to(arrays["roots"], (n, len(arrays["roots"])))
    for _ in range(int(arrays["depth"][0])):
        value = flat[first + arrays["feature"][at]]
        right = value > arrays["threshold"][at]
        if has_missing:
            right |= np.isnan(value) & ~arrays["missing_left"][at]
        at = arrays["left"][at] + right
    total: Floats = arrays["base"][0] + arrays["value"][at].sum(axis=1)
    return total
