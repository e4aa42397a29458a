"""What earlier posts of a home told about its later ones: the exponents of the parts.

The home's posts are cut HORIZON_DAYS before `as_of`. A model of the posts before the cut gives
each creator's parts; the clean acts on the posts after it are regressed on them (log link,
quasi-likelihood of a negative binomial):

    log E[acts] = log posts + level + a + b1 response + b2 likes + b3 passers + b4 closeness

a, how much later posts get than earlier ones (followers came in between, or a season), is drawn
to 0 by LIFT_SD. The exponents are drawn towards PRIOR (a normal prior of PRIOR_SD):
with few creators they stay there. Passers-by and closeness, whose prior is 0, are kept only where
the home tells them from 0 (TOLD standard errors), else their part is 1 and is not shown. The
memory is the first of MEMORIES unless another predicts better, by more than chance.

HORIZON_DAYS is the definition's. Everything else is our own choice, fixed by
tests/unit/influence/score: PRIOR says that the model is right about acts, and that likes tell half
of what it makes of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from scipy.special import gammaln

from influencr.influence.score._context import Model, Told, estimate
from influencr.influence.score._estimate import Response, passers_of, passers_ratio, respond, scale
from influencr.influence.score._memory import Memory
from influencr.influence.score._totals import posts_of, read, sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from influencr.influence.score._level import Who

    Floats = NDArray[np.float64]

__all__ = ["FALLBACK", "HORIZON_DAYS", "MEMORIES", "MIN_TOLD", "learn"]

#: Posts of so many days are what is predicted.
HORIZON_DAYS = 28
#: Candidates: some of it moves, nobody ever changes, most of it moves. The first costs next to
#: nothing where nobody changes, since old posts keep telling about character.
MEMORIES: tuple[Memory | None, ...] = (Memory(0.3, 90.0), None, Memory(0.7, 45.0))
#: With fewer creators seen on both sides of the cut nothing is learned.
MIN_TOLD = 60
#: Of response, likes, passers, closeness.
PRIOR, PRIOR_SD = np.array([1.0, 0.5, 0.0, 0.0]), np.array([0.25, 0.3, 0.3, 0.5])
LIFT_SD = 0.2
#: An exponent between these makes sense.
LOWEST, HIGHEST = np.array([0.3, 0.0, 0.0, -1.5]), np.array([2.0, 1.2, 1.0, 1.5])
#: Standard errors from 0 at which passers-by and closeness are believed.
TOLD = 3.0
#: Variance of the log rate that earlier posts do not tell, where it cannot be measured; bounds.
DRIFT, MAX_DRIFT = 0.05, 1.0
FALLBACK = Told(0, 1.0, 0.5, 0.0, 0.0, 0.0, DRIFT, MEMORIES[0], False)
#: Estimation at the cut needs no last digit.
_N_ROUNDS = 8
_DAY = 86_400


class _Later(NamedTuple):
    """Creators seen on both sides: numbers among all, posts and clean acts after the cut."""

    rows: NDArray[np.int64]
    n_posts: Floats
    acts: Floats


def learn(
    rows: pl.DataFrame,
    who_of: Callable[[NDArray[np.uint64]], tuple[Who, Floats]],
    measures: tuple[int, ...],
    *,
    as_of: int,
) -> Told:
    """The exponents of one stratum.

    rows     its per-post rows
    who_of   keys of creators (ascending) -> who they are, and their closeness (NaN unknown)
    """
    cut = as_of - HORIZON_DAYS * _DAY
    before = read(rows, as_of=cut)
    after = sums(read(rows, as_of=as_of, begin=cut))
    keys = before["creator"].unique().sort().to_numpy()
    joined = after.filter(pl.col("creator").is_in(before["creator"].unique().implode()))
    if joined.height < MIN_TOLD:
        return FALLBACK._replace(n_creators=joined.height)
    later = _Later(
        np.searchsorted(keys, joined["creator"].to_numpy()),
        joined["n_posts"].to_numpy().astype(np.float64),
        (joined["n_acts"] + joined["n_crowd"].fill_null(0.0)).to_numpy().astype(np.float64),
    )
    who, closeness = who_of(keys)
    earlier = sums(before)
    passers = passers_of(earlier, passers_ratio(earlier))
    near = np.where(np.isfinite(closeness), closeness, 0.0)
    if np.isfinite(closeness).any():
        near = np.where(np.isfinite(closeness), closeness - np.nanmean(closeness), 0.0)
    ratio = passers_ratio(earlier)
    best: tuple[Memory | None, Response] | None = None
    best_score, spread = np.empty(0), None
    posts = posts_of(before, keys, measures)
    model = estimate(posts, who, measures, n_rounds=_N_ROUNDS)
    for memory in MEMORIES:
        found = respond(model, posts, who, memory)
        factor, power = scale(model, found, earlier, np.isfinite(who.size))
        usual = np.log(factor * (1.0 + ratio)) + power * found.usual
        found = found._replace(usual=usual)
        parts = np.stack([found.response, found.likes], axis=1)[later.rows]
        parts = np.column_stack([parts, np.zeros((len(parts), 2))])
        # One spread for all, or the candidate that knows least would look safest.
        spread = _spread(model, found, later) if spread is None else spread
        beta, _ = _regress(later, usual[later.rows], parts, spread)
        score = _score(later, usual[later.rows] + beta[0] + parts @ beta[1:], spread)
        gain = score - best_score if len(best_score) else score
        if best is None or gain.sum() > 2.0 * gain.std() * np.sqrt(len(gain)):
            best, best_score = (memory, found), score
    if best is None or spread is None:
        return FALLBACK
    memory, found = best
    parts = np.stack([found.response, found.likes, passers, near], axis=1)[later.rows]
    usual = found.usual[later.rows]
    beta, errors = _regress(later, usual, parts, spread)
    doubted = (np.abs(beta[1:]) < TOLD * errors[1:]) & (PRIOR == 0)
    if doubted.any():
        parts = parts * ~doubted
        beta, _ = _regress(later, usual, parts, spread)
    exponents = np.where(doubted, 0.0, np.clip(beta[1:], LOWEST, HIGHEST))
    log_rate = usual + beta[0] + parts @ exponents
    drift = _drift(later, log_rate, model, found.variance[later.rows] * exponents[0] ** 2)
    response, likes, by, close = (float(x) for x in exponents)
    n, lift = len(later.rows), float(beta[0])
    return Told(n, response, likes, by, close, lift, drift, memory, True)


def _spread(model: Model, found: Response, later: _Later) -> Floats:
    """Variance of later acts per post over their squared mean, beyond chance (Poisson)."""
    post = np.expm1(min(model.wander[0, 0], 3.0)) / later.n_posts
    return np.asarray(post + np.expm1(np.minimum(found.variance[later.rows], 3.0)) + DRIFT)


def _score(later: _Later, log_rate: Floats, spread: Floats) -> Floats:
    """Log likelihood of what came."""
    mean, shape = later.n_posts * np.exp(log_rate), 1.0 / spread
    value: Floats = (
        gammaln(later.acts + shape)
        - gammaln(shape)
        + later.acts * np.log(mean / (mean + shape))
        - shape * np.log1p(mean / shape)
    )
    return value


def _regress(later: _Later, usual: Floats, parts: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Exponents and standard errors, drawn towards PRIOR."""
    offset = np.log(later.n_posts) + usual
    design = np.column_stack([np.ones(len(offset)), parts])
    centre = np.append(0.0, PRIOR)
    penalty = np.diag(np.append(LIFT_SD**-2.0, PRIOR_SD**-2.0))
    beta = centre.copy()
    system = penalty
    for _ in range(30):
        mean = np.exp(np.minimum(offset + design @ beta, 30.0))
        weight = mean / (1.0 + mean * spread)
        # Nobody pulls by more than a few times what is usual.
        gap = np.clip((later.acts - mean) / np.maximum(mean, 1e-9), -1.0, 8.0)
        system = design.T @ (weight[:, None] * design) + penalty
        step = np.linalg.solve(system, design.T @ (weight * gap) - penalty @ (beta - centre))
        beta = beta + np.clip(step, -0.5, 0.5)
    return beta, np.sqrt(np.diag(np.linalg.inv(system)))


def _drift(later: _Later, log_rate: Floats, model: Model, variance: Floats) -> float:
    """Variance of later log rates beyond chance, posts and what was known to be unknown."""
    rate = later.n_posts * np.exp(log_rate)
    post = np.expm1(min(model.wander[0, 0], 3.0)) / later.n_posts
    known = np.expm1(np.minimum(variance, 3.0))
    mean = np.maximum(rate, 1e-9)
    weight = 1.0 / (1.0 / mean + post + known + DRIFT)
    weight = weight**2
    beyond = np.minimum((later.acts - mean) ** 2 / mean**2, 25.0) - 1.0 / mean - post - known
    found = float((weight * beyond).sum() / weight.sum())
    return float(np.clip(np.log1p(max(found, 0.0)), 0.0, MAX_DRIFT))
