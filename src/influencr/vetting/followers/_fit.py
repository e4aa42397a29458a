"""Fitting a model to an operator's own labels, and choosing its cuts on rows it has not seen.

Every member judges each labelled row in an inner split that left the row out; on these log-odds a
logistic regression with non-negative weights, drawn towards those that are expected for so many
rows, sets how much each member counts and calibrates the sum at once. Cuts (the best F1, and a
specificity of 0.99) are taken from the same out-of-fold probabilities. Then all members are fitted
to all rows.

Rows with equal features are always on one side of a split.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from influencr.vetting.followers._figures import best_f1_cut, specificity_cut, summary
from influencr.vetting.followers._members import (
    expected_weights,
    fit_members,
    member_scores,
    views_of,
)
from influencr.vetting.followers._model import LabelModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from influencr.vetting.followers._labelled import Labelled

    Floats = NDArray[np.float64]

__all__ = ["fit_arrays", "fit_model", "folds_of"]

#: Inner splits; few rows get more of them, because each costs little and gives much.
_INNER = 3
_INNER_FEW = 6
_FEW = 1000
#: How strongly member weights are drawn to those of `expected_weights`; own choice.
_PULL = 30.0


def folds_of(
    y: NDArray[np.int8], group: NDArray[np.int64], *, folds: int, seed: int
) -> NDArray[np.int64]:
    """Fold number of each row: stratified, shuffled, equal rows together."""
    rng = np.random.default_rng(seed)
    names, first = np.unique(group, return_index=True)
    fold = np.empty(len(names), dtype=np.int64)
    for label in (0, 1):
        mine = rng.permutation(np.flatnonzero(y[first] == label))
        fold[mine] = np.arange(len(mine)) % folds
    out: NDArray[np.int64] = fold[np.searchsorted(names, group)]
    return out


def fit_model(
    labelled: Labelled,
    *,
    label: str,
    seed: int = 0,
    say: Callable[[str], None] | None = None,
) -> LabelModel:
    """The model of labelled profiles, its cuts and its out-of-fold figures.

    label   name of the column, written into the model
    say     gets a sentence of progress per step; None: silent
    """
    model, held = fit_arrays(
        labelled.columns, labelled.x, labelled.y, labelled.group, seed=seed, say=say
    )
    y = labelled.y
    about: dict[str, Any] = {
        "label": label,
        "positive": "1, f, fake, true, bought",
        "n_positive": int((y == 1).sum()),
        "n_negative": int((y == 0).sum()),
        "skipped": labelled.skipped,
        "fitted_on": datetime.now(UTC).date().isoformat(),
        "out_of_fold": summary(y, held, model.about["cut"]),
    }
    return model._replace(about={**model.about, **about})


def fit_arrays(
    columns: tuple[str, ...],
    x: Floats,
    y: NDArray[np.int8],
    group: NDArray[np.int64],
    *,
    seed: int,
    say: Callable[[str], None] | None = None,
) -> tuple[LabelModel, Floats]:
    """The model, and the out-of-fold probability of each row."""
    inner = _INNER if len(y) >= _FEW else _INNER_FEW
    inner = int(min(inner, (y == 1).sum(), (y == 0).sum()))
    views = views_of(x)
    fold = folds_of(y, group, folds=inner, seed=seed + 1)
    scores = None
    for k in range(inner):
        if say:
            say(f"Inner split {k + 1} of {inner}.")
        held = fold == k
        members = fit_members(x[~held], y[~held], views, seed=seed, n_all=len(y))
        told = member_scores(members, x[held], views)
        if scores is None:
            scores = np.empty((len(y), told.shape[1]))
        scores[held] = told
    if scores is None:  # two classes of MIN_PER_CLASS rows make at least two splits
        raise ValueError(f"{len(y)} rows cannot be split")
    weights = _weights(scores, y, expected_weights(members))
    p = 1 / (1 + np.exp(-(weights[0] + scores @ weights[1:])))
    if say:
        say("All rows.")
    members = fit_members(x, y, views, seed=seed, n_all=len(y))
    about = {"cut": specificity_cut(y, p), "cut_f1": best_f1_cut(p)}
    return LabelModel(columns, about, weights, views, members), p


def _weights(scores: Floats, y: NDArray[np.int8], expected: Floats) -> Floats:
    """Bias and non-negative weights of the members."""
    from scipy.optimize import minimize

    def loss(w: Floats) -> tuple[float, Floats]:
        z = w[0] + scores @ w[1:]
        away = w[1:] - w[1:].sum() * expected
        value = np.logaddexp(0, z).sum() - y @ z + 0.5 * _PULL * (away @ away)
        slope = 1 / (1 + np.exp(-z)) - y
        pulled = _PULL * (away - away @ expected)
        gradient = np.concatenate([[slope.sum()], scores.T @ slope + pulled])
        return float(value), gradient

    start = np.concatenate([[0.0], expected])
    bounds = [(None, None), *[(0.0, None)] * len(expected)]
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found
