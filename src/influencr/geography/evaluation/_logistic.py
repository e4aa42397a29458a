"""Logistic regression shrunk towards a given answer, and isotonic regression, in numpy.

With a few hundred rows and a handful of errors, a free fit learns the errors by heart. The penalty
therefore pulls the weights not towards 0 but towards a prior belief: the hand-made table as it
stands (weight 1 on its logit, 0 on everything else). Much data or a weak penalty can leave it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Logistic", "fit", "isotonic", "log_loss", "sigmoid"]

Floats = npt.NDArray[np.float64]

_STEPS = 50
_CLOSE = 1e-8
#: Probabilities are kept this far from 0 and 1 in a log loss.
_LEAST = 1e-6


@dataclass(slots=True, frozen=True)
class Logistic:
    """logit P = intercept + x . weights, on features as they come (not standardised).

    mean, spread   constants by which features were standardised for the penalty
    """

    intercept: float
    weights: Floats
    mean: Floats
    spread: Floats

    def __call__(self, x: Floats) -> Floats:
        """Probabilities of rows; shape (n,) for x of shape (n, k)."""
        return sigmoid(self.intercept + x @ self.weights)


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + exp(-z)), without overflow."""
    out: Floats = 0.5 * (1.0 + np.tanh(0.5 * z))
    return out


def log_loss(p: Floats, y: Floats) -> float:
    """Mean negative log likelihood."""
    p = np.clip(p, _LEAST, 1 - _LEAST)
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


def fit(
    x: Floats, y: Floats, *, towards: Floats, penalty: float, weight: Floats | None = None
) -> Logistic:
    """The weights that maximise the likelihood minus penalty / 2 * |standardised distance|^2.

    x         features, shape (n, k); a constant column gets the weight of `towards`
    y         0 or 1, shape (n,)
    towards   weights (on features as they come) that the penalty pulls to, shape (k,)
    penalty   in units of one row's information; the intercept is free
    weight    of each row, shape (n,); default 1

    Newton's method; the likelihood is concave, so every start ends at the same weights.
    """
    n, k = x.shape
    w = np.ones(n) if weight is None else weight
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread < 1e-9, 1.0, spread)
    design = np.column_stack([np.ones(n), (x - mean) / spread])
    aim = np.concatenate([[0.0], towards * spread])
    pull = np.full(k + 1, penalty)
    # A hair of a pull, so that rows that are all right do not send the intercept to infinity.
    pull[0] = 1e-3
    beta = aim.copy()
    for _ in range(_STEPS):
        p = sigmoid(design @ beta)
        slope = design.T @ (w * (y - p)) - pull * (beta - aim)
        curve = (design * (w * p * (1 - p))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        # Half steps near a flat start, where a whole one overshoots.
        size = min(1.0, 5.0 / max(5.0, float(np.abs(step).max())))
        beta = beta + size * step
        if float(np.abs(step).max()) < _CLOSE:
            break
    weights = beta[1:] / spread
    return Logistic(float(beta[0] - mean @ weights), weights, mean, spread)


def isotonic(p: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Non-decreasing steps closest to y (pool adjacent violators): where they begin, their height.

    Read with `height[searchsorted(begin, p, side="right") - 1]`; the first step begins at 0.
    """
    order = np.argsort(p, kind="stable")
    begins: list[float] = []
    sums: list[float] = []
    counts: list[float] = []
    for at in order:
        begins.append(float(p[at]))
        sums.append(float(y[at]))
        counts.append(1.0)
        while len(sums) > 1 and (
            sums[-2] / counts[-2] >= sums[-1] / counts[-1] or begins[-2] == begins[-1]
        ):
            last_sum, last_count = sums.pop(), counts.pop()
            begins.pop()
            sums[-1] += last_sum
            counts[-1] += last_count
    begins[0] = 0.0
    return np.array(begins), np.array(sums) / np.array(counts)
