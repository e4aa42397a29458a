"""How good a model of these labels would be: cross-validated, with intervals.

Everything that is chosen (weights of the members, calibration, both cuts) is chosen inside the
training part of each split, by the same code as `fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.vetting.followers import _figures as figures
from influencr.vetting.followers._fit import fit_arrays, folds_of
from influencr.vetting.followers._labelled import feature_matrix, known_labels, read_labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting.followers._labelled import Labelled
    from influencr.vetting.followers._model import LabelModel

    Floats = NDArray[np.float64]

__all__ = ["Held", "cross_validate", "evaluate_labels", "evaluate_model", "figures_of"]


class Held(NamedTuple):
    """Of each row, by the model that did not see it: probability, and both cuts of that model."""

    p: Floats
    cut: Floats
    cut_f1: Floats


def cross_validate(
    labelled: Labelled,
    *,
    folds: int = 10,
    seed: int = 0,
    say: Callable[[str], None] | None = None,
) -> Held:
    """Out-of-fold judgement of every row."""
    n = len(labelled.y)
    held = Held(np.empty(n), np.empty(n), np.empty(n))
    fold = folds_of(labelled.y, labelled.group, folds=folds, seed=seed)
    for k in range(folds):
        test = fold == k
        if not test.any():
            continue
        if say:
            say(f"Fold {k + 1} of {folds}.")
        model, _ = fit_arrays(
            labelled.columns,
            labelled.x[~test],
            labelled.y[~test],
            labelled.group[~test],
            seed=seed,
        )
        held.p[test] = model.probability(labelled.x[test])
        held.cut[test] = model.about["cut"]
        held.cut_f1[test] = model.about["cut_f1"]
    return held


def evaluate_labels(
    labelled: Labelled,
    *,
    folds: int = 10,
    seed: int = 0,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Cross-validated figures of a fit to these labels.

    returns   `n_positive, n_negative, columns, skipped, folds`, and under `figures` each of `auc,
              average_precision, ece, accuracy, f1, mcc, precision, recall` (at the cut of the best
              F1 inside the training part), `se, sp` (at the cut of specificity 0.99) as value, low,
              high
    """
    held = cross_validate(labelled, folds=folds, seed=seed, say=say)
    return {
        "n_positive": int((labelled.y == 1).sum()),
        "n_negative": int((labelled.y == 0).sum()),
        "columns": list(labelled.columns),
        "skipped": labelled.skipped,
        "folds": folds,
        "seed": seed,
        "figures": figures_of(labelled.y, held),
    }


def evaluate_model(table: pl.DataFrame, label: str, model: LabelModel) -> dict[str, Any]:
    """The same figures for a model that is there, on labels that it has never seen.

    Raises UsageError when the table has none of the model's columns.
    """
    labelled = read_labelled(table, label)
    kept = table.filter(known_labels(table[label], label)).drop(label)
    n = len(labelled.y)
    held = Held(
        model.probability(feature_matrix(kept, model.columns)),
        np.full(n, float(model.about["cut"])),
        np.full(n, float(model.about["cut_f1"])),
    )
    return {
        "n_positive": int((labelled.y == 1).sum()),
        "n_negative": int((labelled.y == 0).sum()),
        "columns": list(model.columns),
        "figures": figures_of(labelled.y, held),
    }


def figures_of(y: NDArray[np.int8], held: Held) -> dict[str, dict[str, float]]:
    """All figures with intervals."""
    sure, flagged = held.p >= held.cut, held.p >= held.cut_f1
    half = held.p >= 0.5

    def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Callable[[Any], float]:
        return lambda rows: _mean(of[rows], among[rows])

    return figures.intervals(
        y,
        {
            "auc": lambda rows: figures.auc(y[rows], held.p[rows]),
            "average_precision": lambda rows: figures.average_precision(y[rows], held.p[rows]),
            "ece": lambda rows: figures.ece(y[rows], held.p[rows]),
            "accuracy": lambda rows: float((half[rows] == (y[rows] == 1)).mean()),
            "f1": lambda rows: figures.f1(y[rows], flagged[rows]),
            "mcc": lambda rows: figures.mcc(y[rows], flagged[rows]),
            "precision": share(y == 1, flagged),
            "recall": share(flagged, y == 1),
            "se": share(sure, y == 1),
            "sp": share(~sure, y == 0),
        },
    )


def _mean(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(of[among].mean()) if among.any() else float("nan")
