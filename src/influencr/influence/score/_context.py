"""What a home has learned about response, and how it is learned: estimation per stratum.

A stratum is a platform and a way of counting; numbers of different strata never meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.influence.score._latent import Posts, posterior
from influencr.influence.score._level import MIN_FITTED, Level, Who, fit_level, start_level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.cohorts import Curves
    from influencr.influence.score._memory import Memory

    Floats = NDArray[np.float64]

__all__ = [
    "CREATOR_SD",
    "POST_SD",
    "Context",
    "Model",
    "Stratum",
    "Told",
    "estimate",
    "level_of",
    "offset_of",
    "prior_of",
]

#: Rounds of estimation; figures move by less than one per cent after these.
N_ROUNDS = 12
#: Where a stratum has fewer than MIN_FITTED creators: standard deviations (on the natural
#: logarithm) between creators of one size and between posts of one creator, and how both go
#: together across measures. Our own choice.
CREATOR_SD, POST_SD, CREATOR_TOGETHER, POST_TOGETHER = 0.8, 0.8, 0.5, 0.7
#: Posts from which on a stratum tells itself how much posts differ. Our own choice.
MIN_POSTS_FITTED = 60
#: No variance is believed to be smaller, no correlation to be nearer to 1.
MIN_VARIANCE, MAX_TOGETHER = 1e-3, 0.97


class Model(NamedTuple):
    """How counts of a stratum come about.

    measures     numbers into MEASURES, "acts" (0) first
    levels       usual log rate per measure
    covariance   C between creators
    wander       S between posts
    fitted       False: fall-back values for C and S, few creators
    """

    measures: tuple[int, ...]
    levels: tuple[Level, ...]
    covariance: Floats
    wander: Floats
    fitted: bool


class Told(NamedTuple):
    """What earlier posts of a stratum tell about its later ones.

    n_creators       creators with posts before and after the cut
    response         exponent of a creator's response
    likes            exponent of what likes and views add to it
    passers          exponent of a creator's own share of passers-by
    closeness        exponent, per unit of the share of replies answered
    lift             log of what later posts get, to what earlier ones got
    drift            variance of the log rate that earlier posts could not tell
    memory           what time does to a response; None: nothing
    fitted           False: fall-back values
    """

    n_creators: int
    response: float
    likes: float
    passers: float
    closeness: float
    lift: float
    drift: float
    memory: Memory | None
    fitted: bool


class Stratum(NamedTuple):
    """Everything that judging a creator of one stratum needs.

    model, told    see there
    factor, power  usual rate = factor * exp(level) ** power: what the logarithms leave out
    clean_share    share of all effortful accounts that are clean
    alone_share    share of the acts that is credited to the creator alone
    passers_ratio  passers-by per act of others
    closeness      mean share of replies answered
    visible        spread of scores over that of the rates that they estimate, 0..1
    n_creators     that it was fitted on
    """

    model: Model
    told: Told
    factor: float
    power: float
    clean_share: float
    alone_share: float
    passers_ratio: float
    closeness: float
    visible: float
    n_creators: int


class Context(NamedTuple):
    """What `fit` returns and `judge` needs.

    strata   (platform, basis, shown) -> what was learned
    curves   where a score stands among creators of its size; None: too few anywhere
    as_of    seconds since 1970
    """

    strata: dict[tuple[str, int, int], Stratum]
    curves: Curves | None
    as_of: int


def level_of(model: Model, who: Who) -> Floats:
    """(n, M) usual log rates."""
    return np.stack([level.at(who) for level in model.levels], axis=1)


def offset_of(model: Model, posts: Posts, who: Who) -> Floats | None:
    """(M, posts) usual log rate for the size of then less that of today; None if never known."""
    known = np.isfinite(posts.size) & np.isfinite(who.size[posts.who])
    if not known.any():
        return None
    now = who.size[posts.who[known]]
    offset = np.zeros(posts.counts.shape)
    for m, level in enumerate(model.levels):
        offset[m, known] = level.curve(posts.size[known]) - level.curve(now)
    return offset


def prior_of(model: Model, who: Who) -> Floats:
    """C, or (n, M, M) with what size would have told where a size is not known."""
    unsized = ~np.isfinite(who.size)
    if not unsized.any():
        return model.covariance
    wide = np.sqrt(np.array([level.spread for level in model.levels]))
    extra: Floats = unsized[:, None, None] * np.outer(wide, wide)
    return model.covariance + extra


def estimate(
    posts: Posts, who: Who, measures: tuple[int, ...], *, n_rounds: int = N_ROUNDS
) -> Model:
    """Levels, C and S of the creators of a stratum.

    The EM algorithm on the approximation of `posterior`: it starts from the fall-back values. With
    fewer than MIN_FITTED creators it moves the height of the levels, and S if there are at least
    MIN_POSTS_FITTED posts, but neither C nor the slope.
    """
    m = len(measures)
    count = np.where(np.isfinite(posts.counts), posts.counts, 0.0).sum(axis=1)
    n_seen = np.isfinite(posts.counts).sum(axis=1)
    start = np.log((count + 0.5) / (n_seen + 1.0)) - POST_SD**2 / 2
    levels = tuple(start_level(who.size, float(value)) for value in start)
    covariance = _matrix(m, CREATOR_SD, CREATOR_TOGETHER)
    wander = _matrix(m, POST_SD, POST_TOGETHER)
    enough = int(np.isfinite(who.size).sum()) >= MIN_FITTED
    model = Model(measures, levels, covariance, wander, enough)
    mode = None
    for round_ in range(n_rounds):
        level = level_of(model, who)
        found = posterior(
            posts,
            level,
            prior_of(model, who),
            model.wander,
            offset=offset_of(model, posts, who),
            start=mode,
            n_steps=8 if round_ == 0 else 3,
        )
        levels = tuple(
            fit_level(old, who, level[:, i] + found.said[:, i], found.noise[:, i], variance)
            for i, (old, variance) in enumerate(
                zip(model.levels, np.diag(model.covariance), strict=True)
            )
        )
        model = model._replace(levels=levels)
        mode = found.mode + level - level_of(model, who)
        if len(posts.who) >= MIN_POSTS_FITTED:
            model = model._replace(wander=_believable(found.wander))
        if enough:
            known = np.isfinite(who.size)
            square = mode[:, :, None] * mode[:, None, :] + found.covariance
            model = model._replace(covariance=_believable(square[known].mean(axis=0)))
    return model


def _matrix(m: int, sd: float, together: float) -> Floats:
    value: Floats = sd**2 * (np.full((m, m), together) + (1.0 - together) * np.eye(m))
    return value


def _believable(matrix: Floats) -> Floats:
    sd = np.sqrt(np.maximum(np.diag(matrix), MIN_VARIANCE))
    together = np.clip(matrix / np.outer(sd, sd), -MAX_TOGETHER, MAX_TOGETHER)
    np.fill_diagonal(together, 1.0)
    # Three clipped correlations may contradict each other: the nearest that do not.
    value, vector = np.linalg.eigh(together)
    together = (vector * np.maximum(value, 0.01)) @ vector.T
    fixed: Floats = np.outer(sd, sd) * together
    return fixed
