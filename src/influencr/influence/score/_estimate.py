"""The response of creators in one stratum, part by part, before the home's exponents.

Everything here is on the natural logarithm, shape (n,):

usual      what creators like this get (level)
response   what the followers' acts say beyond that
likes      what likes and views add to what the acts said
passers    log of (1 + own passers-by per act) over (1 + the home's)
variance   of the log rate, given all that was seen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr.influence.score._context import (
    Model,
    level_of,
    offset_of,
    prior_of,
)
from influencr.influence.score._latent import Posts, posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.influence.score._level import Who
    from influencr.influence.score._memory import Memory

    Floats = NDArray[np.float64]

__all__ = ["PASSERS_PRIOR", "Response", "passers_of", "passers_ratio", "respond", "scale"]

#: Acts of a usual creator that a creator's own share of passers-by is mixed with. Our own choice.
PASSERS_PRIOR = 10.0
_CHUNK = 20_000
#: Acts at which what few creators say is half believed.
_FEW = 30.0


class Response(NamedTuple):
    """See the module's docstring."""

    usual: Floats
    response: Floats
    likes: Floats
    variance: Floats


def respond(model: Model, posts: Posts, who: Who, memory: Memory | None = None) -> Response:
    """The parts of these creators; with a memory, as they are to be expected ahead."""
    out = [np.empty(posts.n) for _ in range(4)]
    for begin in range(0, posts.n, _CHUNK):
        end = min(begin + _CHUNK, posts.n)
        some = posts.part(begin, end)
        here = who.take(np.arange(begin, end))
        level, prior = level_of(model, here), prior_of(model, here)
        offset = offset_of(model, some, here)
        found = posterior(some, level, prior, model.wander, offset=offset, memory=memory)
        alone = found
        if level.shape[1] > 1:
            acts_only = some.only(0)
            alone = posterior(acts_only, level, prior, model.wander, offset=offset, memory=memory)
        # Expectations of exp(u), against that of somebody of whom nothing is known.
        before = (prior if prior.ndim == 2 else prior.transpose(1, 2, 0))[0, 0] / 2
        acts = alone.mode[:, 0] + alone.covariance[:, 0, 0] / 2 - before
        every = found.mode[:, 0] + found.covariance[:, 0, 0] / 2 - before
        for array, value in zip(
            out, (level[:, 0], acts, every - acts, found.covariance[:, 0, 0]), strict=True
        ):
            array[begin:end] = value
    return Response(*out)


def passers_of(sums: pl.DataFrame, ratio: float) -> Floats:
    """`passers`; 0 where nobody knows who followed."""
    crowd = sums["n_crowd"].fill_null(float("nan")).to_numpy().astype(np.float64)
    acts = sums["n_acts"].to_numpy().astype(np.float64)
    own = (crowd + PASSERS_PRIOR * ratio) / (acts + PASSERS_PRIOR)
    value: Floats = np.where(np.isfinite(crowd), np.log((1.0 + own) / (1.0 + ratio)), 0.0)
    return value


def passers_ratio(per_creator: pl.DataFrame) -> float:
    """Passers-by per act of others; 0 where nobody knows who followed."""
    known = per_creator.filter(pl.col("n_crowd").is_not_null())
    acts = float(known["n_acts"].sum() or 0.0)
    return float(known["n_crowd"].sum() or 0.0) / acts if acts > 0 else 0.0


def scale(
    model: Model, found: Response, per_creator: pl.DataFrame, sized: NDArray[np.bool_]
) -> tuple[float, float]:
    """factor, power: mean acts per post = factor * exp(level) ** power over creators.

    The level is one of logarithms, and approximate where counts are small; means are what counts.
    """
    level = found.usual
    # Log rates of these creators, without what a post's luck adds on average.
    response = level + found.response + found.likes + model.covariance[0, 0] / 2
    between, within = model.covariance[0, 0], model.wander[0, 0]
    lift = float((between + within) / 2)
    if not model.fitted:
        # Few creators: their own posts say how far means lie above logarithms.
        total = float(per_creator["n_acts"].sum())
        expected = float((per_creator["n_posts"].to_numpy() * np.exp(response)).sum())
        drawn = (total + _FEW) / (expected * np.exp(within / 2) + _FEW)
        return float(np.exp(lift) * drawn), 1.0
    n = per_creator["n_posts"].to_numpy().astype(np.float64)[sized]
    acts = per_creator["n_acts"].to_numpy().astype(np.float64)[sized]
    x = level[sized]
    spread = np.expm1(min(between, 3.0)) + np.expm1(min(within, 3.0)) / n
    design = np.column_stack([np.ones(len(x)), x - x.mean()])
    beta = np.array([lift + x.mean(), 1.0])
    # Drawn to power 1 as by a handful of creators.
    penalty, centre = np.diag([1e-6, 10.0]), np.array([0.0, 1.0])
    for _ in range(30):
        mean = n * np.exp(np.minimum(design @ beta, 30.0))
        weight = mean / (1.0 + mean * spread)
        gap = np.clip(acts / np.maximum(mean, 1e-9) - 1.0, -1.0, 8.0)
        system = design.T @ (weight[:, None] * design) + penalty
        step = np.linalg.solve(system, design.T @ (weight * gap) - penalty @ (beta - centre))
        beta = beta + np.clip(step, -0.5, 0.5)
    return float(np.exp(beta[0] - beta[1] * x.mean())), float(beta[1])
