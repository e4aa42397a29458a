"""Which way of turning features into a confidence is best on strings that it was not fitted on.

Ten folds, twenty times over; a string and its repetitions (the same words, with and without a time
zone) are always on one side. The strength of the penalty is chosen inside each training part, so
that nothing of the held-out fold is ever seen. The simplest way wins unless a richer one is better
by more than two standard errors of the log loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from influencr.geography.evaluation._logistic import Logistic, fit, isotonic, log_loss
from influencr.geography.evaluation._metrics import calibration, curve

__all__ = [
    "FOLDS",
    "REPEATS",
    "WAYS",
    "Data",
    "best_penalty",
    "cross_validate",
    "error_weights",
    "fitted",
    "standard_error",
    "summary",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 10
REPEATS = 20
_INNER_FOLDS = 5
#: Strengths tried; at 1000 rows' worth of information the hand-made table stands almost alone.
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
_N_RESAMPLES = 1_000
_SEED = 20_261_123
#: Bounds of a stated confidence, as `_confidence` has them.
_LOW, _HIGH = 0.02, 0.995

WAYS = ("hand table", "table shifted", "logistic", "logistic, isotonic")


@dataclass(slots=True, frozen=True)
class Data:
    """x: features, the logit of the hand-made figure first; y: right or wrong; group: which rows
    belong together; error_share: share of errors to expect, None for the one in y."""

    x: Floats
    y: Floats
    group: Ints
    error_share: float | None = None

    def part(self, rows: npt.NDArray[np.bool_]) -> Data:
        """Only some rows."""
        return Data(self.x[rows], self.y[rows], self.group[rows], self.error_share)


def error_weights(y: Floats, share: float | None) -> Floats:
    """Weights of rows under which errors make up `share`; ones where they make up more already.

    Rules are written with the strings at hand in mind, so fewer errors are left on them than on
    others; the errors that are left stand for those that were mended.
    """
    wrong, right = float((1 - y).sum()), float(y.sum())
    if share is None or wrong == 0 or right == 0 or wrong / len(y) >= share:
        return np.ones(len(y))
    return np.where(y == 1, 1.0, share / (1 - share) * right / wrong)


def fitted(data: Data, way: str, penalty: float) -> Logistic:
    """One way fitted on all rows given."""
    columns = data.x.shape[1]
    towards = np.zeros(columns)
    towards[0] = 1.0
    weight = error_weights(data.y, data.error_share)
    if way == "hand table":
        return Logistic(0.0, towards, np.zeros(columns), np.ones(columns))
    if way == "table shifted":
        found = fit(data.x[:, :1], data.y, towards=towards[:1], penalty=penalty, weight=weight)
        rest = np.zeros(columns - 1)
        return Logistic(
            found.intercept,
            np.concatenate([found.weights, rest]),
            np.concatenate([found.mean, rest]),
            np.concatenate([found.spread, rest + 1.0]),
        )
    return fit(data.x, data.y, towards=towards, penalty=penalty, weight=weight)


def best_penalty(data: Data, way: str, rng: np.random.Generator) -> float:
    """The strength with the least held-out log loss; the stronger where two are equal."""
    if way == "hand table":
        return PENALTIES[-1]
    fold = _folds(data, _INNER_FOLDS, rng)
    losses = []
    for penalty in PENALTIES:
        p = _held_out(data, fold, lambda part, at=penalty: fitted(part, way, at))  # type: ignore[misc]
        losses.append(_weighted_loss(p, data))
    return PENALTIES[max(i for i, loss in enumerate(losses) if loss <= min(losses) + 1e-4)]


def cross_validate(
    data: Data, *, repeats: int = REPEATS, say: Callable[[str], None] = lambda _: None
) -> dict[str, Floats]:
    """Held-out probabilities per way, shape (repeats, n)."""
    found: dict[str, list[Floats]] = {way: [] for way in WAYS}
    for repeat in range(repeats):
        say(f"cross-validation: {repeat + 1} of {repeats}")
        rng = np.random.default_rng(_SEED + repeat)
        fold = _folds(data, FOLDS, rng)
        for way in WAYS:
            p = np.empty(len(data.y))
            for held in np.unique(fold):
                train, test = data.part(fold != held), data.part(fold == held)
                p[fold == held] = _predicted(train, test.x, way, rng)
            found[way].append(np.clip(p, _LOW, _HIGH))
    return {way: np.array(ps) for way, ps in found.items()}


def _predicted(train: Data, x: Floats, way: str, rng: np.random.Generator) -> Floats:
    base = "logistic" if way == "logistic, isotonic" else way
    penalty = best_penalty(train, base, rng)
    model = fitted(train, base, penalty)
    if way != "logistic, isotonic":
        return model(x)
    inner = _folds(train, _INNER_FOLDS, rng)
    held = _held_out(train, inner, lambda part: fitted(part, base, penalty))
    begin, height = isotonic(held, train.y)
    out: Floats = height[np.searchsorted(begin, model(x), side="right") - 1]
    return out


def summary(p: Floats, data: Data, n_located: int) -> dict[str, Any]:
    """Figures of held-out probabilities: mean over the repeats, interval by bootstrap over strings.

    n_located   located strings in all, the ground of recall
    """
    figures: dict[str, list[float]] = {}
    for one in p:
        for name, value in _figures(one, data, n_located).items():
            figures.setdefault(name, []).append(value)
    rng = np.random.default_rng(_SEED)
    groups = np.unique(data.group)
    members = {g: np.flatnonzero(data.group == g) for g in groups}
    drawn: dict[str, list[float]] = {}
    for draw in range(_N_RESAMPLES):
        rows = np.concatenate([members[g] for g in rng.choice(groups, size=len(groups))])
        part = Data(data.x[rows], data.y[rows], data.group[rows])
        for name, value in _figures(p[draw % len(p)][rows], part, n_located).items():
            drawn.setdefault(name, []).append(value)
    return {
        name: {
            "mean": float(np.mean(values)),
            "low": float(np.quantile(drawn[name], 0.025)),
            "high": float(np.quantile(drawn[name], 0.975)),
        }
        for name, values in figures.items()
    }


def standard_error(one: Floats, other: Floats, data: Data) -> tuple[float, float]:
    """How much less log loss `one` has than `other`, and the standard error over strings."""
    gap = np.mean(_losses(other, data.y) - _losses(one, data.y), axis=0)
    per_group = np.array([gap[data.group == g].mean() for g in np.unique(data.group)])
    return float(per_group.mean()), float(per_group.std(ddof=1) / np.sqrt(len(per_group)))


def _figures(p: Floats, data: Data, n_located: int) -> dict[str, float]:
    told = calibration_errors(p, data.y)
    told["log_loss"] = log_loss(p, data.y)
    points = curve(p.tolist(), (data.y == 1).tolist()).points
    enough = next((pt for pt in points if pt["k"] / n_located >= 0.75), points[-1])
    told["precision_at_recall"] = enough["agreement"]
    return told


def calibration_errors(p: Floats, y: Floats) -> dict[str, float]:
    """The three figures of `_metrics.calibration` that a bootstrap needs, without its own."""
    found = calibration(p.tolist(), (y == 1).tolist(), resample=False)
    if found is None:
        return {"ece_mass": 0.0, "ece_width": 0.0, "brier": 0.0}
    return {"ece_mass": found.ece_mass, "ece_width": found.ece_width, "brier": found.brier}


def _held_out(data: Data, fold: Ints, make: Callable[[Data], Logistic]) -> Floats:
    p = np.empty(len(data.y))
    for held in np.unique(fold):
        p[fold == held] = make(data.part(fold != held))(data.x[fold == held])
    return p


def _weighted_loss(p: Floats, data: Data) -> float:
    weight = error_weights(data.y, data.error_share)
    return float((_losses(p, data.y) * weight).sum() / weight.sum())


def _losses(p: Floats, y: Floats) -> Floats:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    out: Floats = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return out


def _folds(data: Data, n: int, rng: np.random.Generator) -> Ints:
    """Fold of each row: groups stay whole, and those with an error are spread evenly."""
    groups = np.unique(data.group)
    bad = np.array([bool((data.y[data.group == g] == 0).any()) for g in groups])
    of_group = dict.fromkeys(groups.tolist(), 0)
    at = 0
    for kind in (True, False):
        chosen: Sequence[int] = rng.permutation(groups[bad == kind]).tolist()
        for g in chosen:
            of_group[g] = at % n
            at += 1
    return np.array([of_group[g] for g in data.group.tolist()], dtype=np.int64)
