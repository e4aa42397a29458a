"""The two smooth members of a fitted model: a sum of curves, and a small network.

Both see ranks: every column becomes its position among the quantiles of the fitted rows, so that no
unit and no outlier matters; a missing value stands in the middle and raises a flag of its own. What
is kept are quantiles and weights, never a row.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[Any]]

__all__ = ["curve_parts", "curves", "network", "ranks", "through"]

#: Quantiles kept per column, knots of a curve, and the ridge of both: own choices, made on one
#: half of a labelled set.
_QUANTILES = 101
_KNOTS = 9
_NETWORK = (48, 24)
_NETWORK_ALPHA = 1e-2


def ranks(x: Floats) -> Arrays:
    """Quantiles of each column, as `_ranked` reads them; (k, _QUANTILES)."""
    levels = np.linspace(0, 1, _QUANTILES)
    return {"quantiles": np.nanquantile(x, levels, axis=0).T.astype(np.float64)}


def _ranked(arrays: Arrays, x: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Position of each value in [0, 1] (ties in their middle), and what was missing."""
    missing = np.isnan(x)
    out = np.full(x.shape, 0.5)
    levels = np.linspace(0, 1, _QUANTILES)
    for j, q in enumerate(arrays["quantiles"]):
        known = ~missing[:, j]
        v = x[known, j]
        up = np.interp(v, q, levels)
        down = 1 - np.interp(-v, -q[::-1], levels)
        out[known, j] = (up + down) / 2
    return out, missing


def curves(x: Floats, y: NDArray[np.int8], *, strength: float) -> Arrays:
    """A logistic sum of piecewise linear curves over ranks, and its mean parts where y is 0.

    strength   scikit-learn's C: the larger, the less the weights are held down
    """
    from sklearn.linear_model import LogisticRegression

    arrays = ranks(x)
    design = _hats(arrays, x)
    model = LogisticRegression(C=strength, max_iter=2000).fit(design, y)
    arrays |= {"weights": model.coef_[0], "bias": model.intercept_}
    return {**arrays, "centre": curve_parts(arrays, x[y == 0]).mean(axis=0)}


def _hats(arrays: Arrays, x: Floats) -> Floats:
    """(n, k * (_KNOTS + 1)): tent functions over the ranks, then the flag of a missing value."""
    r, missing = _ranked(arrays, x)
    width = 1 / (_KNOTS - 1)
    centres = np.linspace(0, 1, _KNOTS)
    tents = np.clip(1 - np.abs(r[:, :, None] - centres) / width, 0, 1)
    tents[missing] = 0
    return np.concatenate([tents, missing[:, :, None]], axis=2).reshape(len(x), -1)


def curve_parts(arrays: Arrays, x: Floats) -> Floats:
    """(n, k): what each column adds to the log-odds of the sum of curves."""
    weights = arrays["weights"].reshape(1, x.shape[1], _KNOTS + 1)
    hats = _hats(arrays, x).reshape(len(x), x.shape[1], _KNOTS + 1)
    parts: Floats = (hats * weights).sum(axis=2)
    return parts


def network(x: Floats, y: NDArray[np.int8], *, seed: int) -> Arrays:
    """A network of two small layers over normal scores."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    arrays = ranks(x)
    model = MLPClassifier(
        _NETWORK,
        alpha=_NETWORK_ALPHA,
        batch_size=min(128, len(x)),
        learning_rate_init=2e-3,
        max_iter=40,
        early_stopping=len(x) >= 1000,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # forty rounds are what was measured; a network that could still learn is no fault
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(_scores(arrays, x), y)
    layers = zip(model.coefs_, model.intercepts_, strict=True)
    for i, (weights, bias) in enumerate(layers):
        arrays[f"weights{i}"] = weights
        arrays[f"bias{i}"] = bias
    return arrays


def _scores(arrays: Arrays, x: Floats) -> Floats:
    from scipy.special import ndtri

    r, missing = _ranked(arrays, x)
    return np.hstack([ndtri(np.clip(r, 0.001, 0.999)), missing])


def through(arrays: Arrays, x: Floats) -> Floats:
    """Log-odds by the network."""
    h = _scores(arrays, x)
    for i in range(len(_NETWORK)):
        h = np.maximum(h @ arrays[f"weights{i}"] + arrays[f"bias{i}"], 0)
    out: Floats = (h @ arrays[f"weights{len(_NETWORK)}"] + arrays[f"bias{len(_NETWORK)}"])[:, 0]
    return out
