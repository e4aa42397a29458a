"""A sum of curves: each known field adds its part in log-odds, nothing else happens.

The scorecard is a logistic model of piecewise linear, mostly monotone curves (TERMS), one set of
curves for every combination of fields that may be missing (PATTERNS), so that a missing field is
never replaced by a guess. Because it is a sum, its parts are its reasons, and 65 positives are
enough to fit it: in cross-validation on the set it is fitted on it ranks at least as well as
forests and boosted trees (docs/algorithms/followers.md).

It is fitted by `fit_scorecard` (L-BFGS-B with signs as bounds, ridge on the steps of a curve) and
evaluated by `Scorecard.parts` with `numpy.interp` alone.

Knots and directions: our own choice, made before any fit: round numbers, and the direction in
which everybody who has audited followers looks (many followed and few followers, no posts, no
picture, digits in the handle). `is_private` has no direction. RIDGE was chosen by cross-validation
inside the fitted set.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.followers._fields import Fields

    Floats = NDArray[np.float64]

__all__ = [
    "PATTERNS",
    "RIDGE",
    "TERMS",
    "Scorecard",
    "Term",
    "fit_scorecard",
    "pattern_of",
    "platt_line",
]

#: Strength of the ridge on the steps between knots (log-odds squared).
RIDGE = 5.0
#: Out-of-fold rounds behind the calibration of each pattern; own choice.
_ROUNDS = 5
_FOLDS = 10


class Term(NamedTuple):
    """One curve: over which value, between which knots, in which direction (0 = any)."""

    name: str
    needs: tuple[str, ...]
    knots: tuple[float, ...]
    direction: int


#: Knots are in the unit of the value: counts, shares, quotients.
TERMS: tuple[Term, ...] = (
    Term("following", ("following",), (0, 100, 300, 1000, 2000, 4000, 7500), 1),
    Term("followers", ("followers",), (0, 10, 30, 100, 300, 1000, 3000, 10000), -1),
    Term(
        "following_per_follower",
        ("following", "followers"),
        (0.1, 0.3, 1, 2, 4, 8, 16, 32, 100),
        1,
    ),
    Term("posts", ("posts",), (0, 1, 3, 10, 30, 100, 300, 1000), -1),
    Term(
        "posts_per_following",
        ("posts", "following"),
        (0.0005, 0.002, 0.01, 0.05, 0.2, 1),
        -1,
    ),
    Term("is_private", ("is_private",), (0, 1), 0),
    Term("handle_digit_share", ("handle_digit_share",), (0, 0.1, 0.2, 0.35, 0.5), 1),
)
#: Counts, shares and quotients of counts spread over decades: curves run over their logarithm.
_LOGARITHMIC = {
    "following",
    "followers",
    "following_per_follower",
    "posts",
    "posts_per_following",
}
_SEEN = ("following", "followers", "posts", "is_private", "handle_digit_share")
#: Every combination of known fields has curves of its own; the first, of none, has only a bias.
PATTERNS: tuple[tuple[str, ...], ...] = tuple(
    tuple(name for bit, name in enumerate(_SEEN) if number >> bit & 1)
    for number in range(1 << len(_SEEN))
)


def pattern_of(fields: Fields) -> NDArray[np.int8]:
    """Which of PATTERNS each profile has: its number."""
    number = np.zeros(fields.n, dtype=np.int8)
    for bit, name in enumerate(_SEEN):
        number |= (~np.isnan(getattr(fields, name))).astype(np.int8) << bit
    return number


def term_values(fields: Fields) -> dict[str, Floats]:
    """The value that each curve runs over, on its own scale; NaN where a field is missing."""
    values: dict[str, Floats] = {
        "following_per_follower": np.log((fields.following + 1) / (fields.followers + 1)),
        "posts_per_following": np.log((fields.posts + 0.5) / (fields.following + 1)),
    }
    for term in TERMS:
        if term.name not in values:
            raw = getattr(fields, term.name)
            values[term.name] = np.log1p(raw) if term.name in _LOGARITHMIC else raw
    return values


def _knots(term: Term) -> Floats:
    knots = np.array(term.knots, dtype=np.float64)
    if term.name in ("following_per_follower", "posts_per_following"):
        return np.log(knots)
    return np.log1p(knots) if term.name in _LOGARITHMIC else knots


def _terms_of(pattern: tuple[str, ...]) -> list[Term]:
    return [term for term in TERMS if set(pattern).issuperset(term.needs)]


class Scorecard:
    """Curves by pattern, as they lie in the data file.

    bias    pattern number -> log-odds of the typical genuine profile of the fitted set
    curves  pattern number -> term -> height at each knot, in log-odds over that profile
    """

    def __init__(self, bias: list[float], curves: list[dict[str, list[float]]]) -> None:
        self.bias = np.array(bias, dtype=np.float64)
        self.curves = [{k: np.array(v, dtype=np.float64) for k, v in c.items()} for c in curves]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Scorecard:
        """From the JSON of a data file."""
        patterns = {tuple(p["fields"]): p for p in document["patterns"]}
        ordered = [patterns[pattern] for pattern in PATTERNS]
        return cls([p["bias"] for p in ordered], [p["curves"] for p in ordered])

    def to_document(self) -> list[dict[str, Any]]:
        """What `from_document` reads, rounded to what the fit is worth (four decimals)."""
        return [
            {
                "fields": list(pattern),
                "bias": round(float(bias), 4),
                "curves": {k: [round(float(x), 4) for x in v] for k, v in curves.items()},
            }
            for pattern, bias, curves in zip(PATTERNS, self.bias, self.curves, strict=True)
        ]

    def parts(self, fields: Fields) -> tuple[Floats, dict[str, Floats]]:
        """Log-odds of each profile, and what each term adds to it.

        returns   (n,) log-odds, and by term (n,) parts, 0 where the field is missing. Log-odds =
                  bias of the pattern + sum of parts
        """
        number = pattern_of(fields)
        values = term_values(fields)
        total = np.empty(fields.n)
        parts = {term.name: np.zeros(fields.n) for term in TERMS}
        present = np.unique(number)
        for pattern in present:
            rows: Any = slice(None) if present.size == 1 else np.flatnonzero(number == pattern)
            z: Floats | float = self.bias[pattern]
            for term in _terms_of(PATTERNS[pattern]):
                heights = self.curves[pattern][term.name]
                part = np.interp(values[term.name][rows], _knots(term), heights)
                parts[term.name][rows] = part
                z = z + part
            total[rows] = z
        return total, parts


def _design(values: dict[str, Floats], terms: list[Term]) -> tuple[Floats, list[int]]:
    """How far along each step of each curve a profile is (0..1), and steps per term."""
    columns: list[Floats] = []
    steps = []
    for term in terms:
        knots = _knots(term)
        for left, right in itertools.pairwise(knots):
            columns.append(np.clip((values[term.name] - left) / (right - left), 0, 1))
        steps.append(len(knots) - 1)
    return np.column_stack(columns), steps


def _solve(design: Floats, labels: Floats, terms: list[Term], ridge: float) -> Floats:
    """Bias and steps of the logistic model with signs as bounds."""
    from scipy.optimize import minimize

    bounds: list[tuple[float | None, float | None]] = [(None, None)]
    for term in terms:
        sign = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}[term.direction]
        bounds += [sign] * (len(term.knots) - 1)
    x = np.column_stack([np.ones(len(labels)), design])
    start = np.zeros(x.shape[1])
    start[0] = np.log(labels.mean() / (1 - labels.mean()))
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0

    def loss(w: Floats) -> tuple[float, Floats]:
        z = x @ w
        value = np.logaddexp(0, z).sum() - labels @ z + 0.5 * (penalty * w * w).sum()
        gradient = x.T @ (1 / (1 + np.exp(-z)) - labels) + penalty * w
        return float(value), gradient

    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000}
    )
    weights: Floats = found.x
    return weights


def out_of_fold(
    design: Floats, labels: Floats, terms: list[Term], *, ridge: float, seed: int
) -> Floats:
    """Log-odds of each row by a model that did not see it (10 stratified folds)."""
    from sklearn.model_selection import StratifiedKFold

    z = np.empty(len(labels))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(design, labels):
        w = _solve(design[train], labels[train], terms, ridge)
        z[test] = w[0] + design[test] @ w[1:]
    return z


def fit_scorecard(
    fields: Fields,
    labels: Floats,
    *,
    ridge: float = RIDGE,
    patterns: tuple[tuple[str, ...], ...] = PATTERNS,
) -> Scorecard:
    """The scorecard of labelled profiles in which every field of PATTERNS is known.

    labels     1 looks bought, 0 genuine
    patterns   the combinations of fields that are fitted; the others answer NaN

    Each pattern is calibrated on its own out-of-fold log-odds (slope and shift by logistic
    regression over `_ROUNDS` splits), and centred on the mean of the genuine profiles.
    """
    values = term_values(fields)
    bias, curves = [], []
    for pattern in PATTERNS:
        if pattern not in patterns:
            bias.append(np.nan)
            curves.append({term.name: [np.nan] * len(term.knots) for term in TERMS})
            continue
        terms = _terms_of(pattern)
        if not terms:
            bias.append(float(np.log(labels.mean() / (1 - labels.mean()))))
            curves.append({})
            continue
        design, steps = _design(values, terms)
        w = _solve(design, labels, terms, ridge)
        held = [
            out_of_fold(design, labels, terms, ridge=ridge, seed=seed) for seed in range(_ROUNDS)
        ]
        slope, shift = platt_line(np.concatenate(held), np.tile(labels, _ROUNDS))
        base = slope * w[0] + shift
        heights: dict[str, list[float]] = {}
        at = 1
        for term, n_steps in zip(terms, steps, strict=True):
            curve = np.concatenate([[0.0], np.cumsum(slope * w[at : at + n_steps])])
            genuine = np.interp(values[term.name][labels == 0], _knots(term), curve).mean()
            heights[term.name] = [float(h) for h in curve - genuine]
            base += genuine
            at += n_steps
        bias.append(float(base))
        curves.append(heights)
    return Scorecard(bias, curves)


def platt_line(z: Floats, labels: Floats) -> tuple[float, float]:
    """Slope and shift that make log-odds fit the labels (Platt 1999, without his priors)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(z[:, None], labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
