"""The share that looks bought from probabilities instead of yes and no.

A cut throws away how sure the test was of each follower. Scores of labelled bought and genuine
accounts say how likely each score is in either class; with the ratio r of the two the best weight
of a follower, at a share t, is

    g = (r - 1) / (t r + 1 - t),

and any weighting is put right by its own means on the labelled accounts, bought and genuine:

    share = (mean g - m0) / (m1 - m0).

That is "adjusted probability" with the weights that leave the least error: t comes from maximum
likelihood (the fixed point of Saerens, Latinne and Decaestecker, Neural Computation 14, 2002) and
is then corrected by the line above, so that a ratio that is a little wrong costs precision, never
bias. Of those tried by cross-validation on disjoint halves this one erred least; see
docs/algorithms/verdict.md.

The variance has three parts: the scores of the followers given what they are, drawing the
followers (which counts for the part of the audience that was not looked at), and the finite number
of labelled accounts.

BINS, ROUNDS: our own choice; more change nothing that can be measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.errors import UsageError
from influencr.vetting.share._corrected import LEVEL, MIN_FOLLOWERS
from influencr.vetting.share._edge import edge_interval, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MIN_SPREAD",
    "Calibration",
    "ScoredShare",
    "bins_of",
    "by_scores",
    "by_scores_many",
    "calibration",
]

BINS: Final = 24
#: Shares for which weights are made; the nearest is taken, so that weights hardly follow chance.
STEPS: Final = (0.03, 0.1, 0.25, 0.5, 0.8)
ROUNDS: Final = 2
#: Labelled accounts per bin, at least.
_PER_BIN: Final = 15
#: Standard errors between the classes' mean weights below which no share is given.
MIN_SPREAD: Final = 5.0


class Calibration(NamedTuple):
    """Scores of labelled accounts by bin.

    edges             inner edges of the bins, rising
    bought, genuine   labelled accounts of either class per bin
    name, version     of the labelled set and the model
    """

    edges: Floats
    bought: NDArray[np.int64]
    genuine: NDArray[np.int64]
    name: str
    version: str


class ScoredShare(NamedTuple):
    """point, lo, hi   share 0..1 and its interval; NaN when it cannot be told"""

    point: float
    lo: float
    hi: float


def calibration(bought: ArrayLike, genuine: ArrayLike, *, name: str, version: str) -> Calibration:
    """What scores of labelled accounts say, in bins with about equally many.

    bought, genuine   scores; made by a model that never saw these accounts

    Raises UsageError where a class has fewer than 30 accounts.
    """
    one, zero = (np.asarray(a, dtype=np.float64) for a in (bought, genuine))
    if min(len(one), len(zero)) < 30:
        raise UsageError(
            f"{len(one)} bought and {len(zero)} genuine accounts are too few to calibrate on; 30 "
            "of each are needed."
        )
    bins = int(np.clip(min(len(one), len(zero)) // _PER_BIN, 2, BINS))
    # Each class decides over half of the edges, so that neither end is one coarse bin.
    levels = np.linspace(0, 1, bins // 2 + 1)[1:-1] if bins > 3 else np.array([0.5])
    edges = np.unique(np.concatenate([np.quantile(one, levels), np.quantile(zero, levels)]))
    return Calibration(edges, _binned(one, edges), _binned(zero, edges), name, version)


def by_scores(
    scores: ArrayLike,
    labelled: Calibration,
    *,
    weights: ArrayLike | None = None,
    seen: float = 0.0,
    level: float = LEVEL,
) -> ScoredShare:
    """The share that looks bought among followers with these scores.

    scores    of the followers judged
    weights   of each follower in a stratified sample, any scale; None: all alike
    seen      share of all followers that was judged, 0..1

    NaN where fewer than MIN_FOLLOWERS were judged or the scores do not tell the classes apart.
    """
    values = np.asarray(scores, dtype=np.float64)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(values) < MIN_FOLLOWERS:
        return ScoredShare(float("nan"), float("nan"), float("nan"))
    found = np.bincount(bins_of(values, labelled), weights=weight, minlength=len(labelled.bought))
    alike = weight.sum() ** 2 / (weight**2).sum()
    point, lo, hi = by_scores_many(found[None], alike, labelled, seen=seen, level=level)
    return ScoredShare(float(point[0]), float(lo[0]), float(hi[0]))


def bins_of(scores: Floats, labelled: Calibration) -> NDArray[np.int64]:
    """The bin of each score: 0 to len(labelled.bought) - 1."""
    return np.searchsorted(labelled.edges, scores, side="right")


def by_scores_many(
    found: ArrayLike,
    n: ArrayLike,
    labelled: Calibration,
    *,
    seen: ArrayLike = 0.0,
    level: float = LEVEL,
) -> tuple[Floats, Floats, Floats]:
    """Point, lower and upper limit for many creators at once.

    found   (creators, bins) followers judged per bin of the score, weighted or not
    n       followers in a simple sample of the same variance; followers judged, where unweighted
    seen    share of all followers that was judged, 0..1

    NaN where nobody was judged or the scores do not tell the classes apart. MIN_FOLLOWERS is the
    caller's.
    """
    counts = np.asarray(found, dtype=np.float64)
    many = len(counts)
    drawn, part = (np.broadcast_to(np.asarray(a, np.float64), many) for a in (n, seen))
    with np.errstate(divide="ignore", invalid="ignore"):
        share_of = counts / counts.sum(axis=1, keepdims=True)
    some = np.isfinite(share_of).all(axis=1) & (drawn > 0)
    f = np.where(some[:, None], share_of, 1 / counts.shape[1])
    k = np.where(some, drawn, 1.0)
    n1, n0 = int(labelled.bought.sum()), int(labelled.genuine.sum())
    f1, f0 = labelled.bought / n1, labelled.genuine / n0
    # Half an account per bin, so that an empty bin is rare and not impossible.
    ratio = ((labelled.bought + 0.5) / (n1 + 0.5 * len(f1))) / (
        (labelled.genuine + 0.5) / (n0 + 0.5 * len(f0))
    )
    steps = np.array(STEPS)
    weight = (ratio - 1) / (steps[:, None] * ratio + 1 - steps[:, None])
    one, zero = weight @ f1, weight @ f0
    spread1 = ((weight - one[:, None]) ** 2) @ f1
    spread0 = ((weight - zero[:, None]) ** 2) @ f0
    told = one - zero > MIN_SPREAD * np.sqrt(spread1 / n1 + spread0 / n0)
    share = _likeliest(f, ratio)
    for _ in range(ROUNDS):
        t = np.abs(steps - share[:, None]).argmin(axis=1)
        some = some & told[t]
        gap = np.where(told[t], (one - zero)[t], 1.0)
        raw = ((f * weight[t]).sum(axis=1) - zero[t]) / gap
        share = np.clip(raw, 0.0, 1.0)
    # The variance belongs to the true share, not to the estimate (Wilson): the limits are where
    # (raw - share)^2 = z^2 (a + b share + c share^2), and this is a square equation.
    z = normal_quantile(level)
    v1, v0 = spread1[t], spread0[t]
    drawing = (1 - part) / k
    a = v0 * (1 / k + 1 / n0) / gap**2
    b = ((v1 - v0) / k - 2 * v0 / n0) / gap**2 + drawing
    c = (v1 / n1 + v0 / n0) / gap**2 - drawing
    scale = 1 - z**2 * c
    centre = (raw + z**2 * b / 2) / scale
    half = np.sqrt(np.maximum(centre**2 - (raw**2 - z**2 * a) / scale, 0.0))
    lo, hi = edge_interval(np.where(some, centre, np.nan), half / z, level=level)
    return np.clip(np.where(some, share, np.nan), lo, hi), lo, hi


def _likeliest(found: Floats, ratio: Floats) -> Floats:
    """Per row the share under which its scores are likeliest (expectation maximisation)."""
    share = np.full(len(found), 0.5)
    moving = np.arange(len(found))
    for _ in range(200):
        t = share[moving, None]
        better = (found[moving] * (t * ratio / (t * ratio + 1 - t))).sum(axis=1)
        far = np.abs(better - share[moving]) >= 1e-6
        share[moving] = np.where(far, better, share[moving])
        moving = moving[far]
        if not len(moving):
            break
    return share


def _binned(values: Floats, edges: Floats) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
