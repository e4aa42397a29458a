"""What creators' reactions tell about their usual level: several counts, one posterior.

Model, per creator i, post j and measure m (acts, likes, views):

    count        Poisson, mean exp(level_m(i) + offset_ijm + u_im + e_ijm)
    offset_ij    what the level was at that time, less the level of today: audiences grow
    e_ij         what the post adds, normal, mean 0, covariance S over the measures
    u_i          what the creator adds, normal, mean 0, covariance C over the measures

S says how much posts of one creator differ, and that a post with many likes tends to have many
acts; C how much creators of one size differ, and how far one measure of a creator tells about
another. So many likes on one post count as that post's luck, many likes on all as the creator's,
and both less the more acts were seen. Because e is on the logarithm, a post that went round the
world moves its creator by its logarithm over the number of posts; beyond TAIL (in standard
deviations) it moves them no further (Huber).

With a `Memory` u is one state per slot of time, whose correlations it gives.

The posterior of u and e is taken at its mode with the curvature there (Laplace's approximation;
for such models also called penalised quasi-likelihood, Breslow and Clayton 1993). e is eliminated
post by post, so that a step costs a few passes over the posts and one small solve per creator.

TAIL and the numbers of steps are our own choice, fixed by tests/unit/influence/score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.influence.score._memory import Memory

    Floats = NDArray[np.float64]

__all__ = ["TAIL", "Posterior", "Posts", "posterior"]

#: Distance from what is usual for its creator (in standard deviations, over all measures) from
#: which on a post counts no more.
TAIL = 3.0
#: Newton steps to the mode, and steps for the posts inside the first of them.
N_STEPS, N_INNER = 10, 6
#: A step is never longer, on the logarithm.
_LONGEST = 1.5
_HUGE = 30.0


class Posts(NamedTuple):
    """Posts of n creators, sorted by creator.

    who      (posts,) number of the creator, ascending
    n        creators; some may have no post
    counts   (M, posts), NaN where one was not seen
    age      (posts,) days
    size     (posts,) log10 of the followers at that time, NaN where it is not known
    """

    who: NDArray[np.int64]
    n: int
    counts: Floats
    age: Floats
    size: Floats

    def only(self, *measures: int) -> Posts:
        """The same, as if the other measures had not been seen."""
        count = np.full_like(self.counts, np.nan)
        count[list(measures)] = self.counts[list(measures)]
        return self._replace(counts=count)

    def part(self, begin: int, end: int) -> Posts:
        """Creators begin..end alone, numbered from 0."""
        low, high = np.searchsorted(self.who, [begin, end])
        return Posts(
            self.who[low:high] - begin,
            end - begin,
            self.counts[:, low:high],
            self.age[low:high],
            self.size[low:high],
        )


class Posterior(NamedTuple):
    """mode         (n, M) of u; with a memory, of the state ahead
    covariance   (n, M, M), likewise
    said         (n, M) what the counts alone say of u (a normal observation of it)
    noise        (n, M) its variance; infinite where nothing was seen, as of the state ahead
    wander       (M, M) S as these posts have it, for the next round of estimation
    """

    mode: Floats
    covariance: Floats
    said: Floats
    noise: Floats
    wander: Floats


def posterior(
    posts: Posts,
    level: Floats,
    covariance: Floats,
    wander: Floats,
    *,
    offset: Floats | None = None,
    start: Floats | None = None,
    n_steps: int = N_STEPS,
    memory: Memory | None = None,
) -> Posterior:
    """What is known of u after these posts.

    level        (n, M) usual log rate of creators like each
    covariance   (M, M) C, or (n, M, M) where creators have their own
    wander       (M, M) S
    offset       (M, posts), see there; 0 without it
    start        (n, M) where to begin; 0 without it. Not with a memory
    memory       how u moves in time; None: it stays
    """
    n, m = level.shape
    slot, together = np.zeros(len(posts.who), dtype=np.int64), np.ones((1, 1))
    if memory is not None:
        slot, together = memory.slots(posts.age), memory.together()
    w = len(together)
    # Every slot of a creator is a creator to the posts; only the prior ties them.
    apart = posts._replace(who=posts.who * w + slot, n=n * w)
    rows = _Rows(apart, np.repeat(level, w, axis=0), wander, offset)
    prior = _tied(np.linalg.inv(together), np.linalg.inv(covariance))
    u = np.zeros((n, w * m)) if start is None else start.copy()
    for step in range(n_steps):
        rows.settle(u.reshape(n * w, m), N_INNER if step == 0 else 2)
        slope, bend = rows.derivatives()
        pull = (prior @ u[:, :, None])[:, :, 0]
        left = slope.reshape(n, w * m) - pull
        move = np.linalg.solve(prior + _side_by_side(bend, w), left[:, :, None])[:, :, 0]
        u = u + np.clip(move, -_LONGEST, _LONGEST)
    rows.settle(u.reshape(n * w, m), 3)
    slope, bend = rows.derivatives()
    spread = np.linalg.inv(prior + _side_by_side(bend, w))
    own = np.diagonal(bend, axis1=1, axis2=2)[::w]
    noise = np.where(own > 0, 1.0 / np.maximum(own, 1e-12), np.inf)
    said = u[:, :m] + np.where(own > 0, slope[::w] / np.maximum(own, 1e-12), 0.0)
    every = np.stack([spread[:, i : i + m, i : i + m] for i in range(0, w * m, m)], axis=1)
    return Posterior(
        u[:, :m], spread[:, :m, :m], said, noise, rows.spread(every.reshape(n * w, m, m))
    )


def _tied(between: Floats, precision: Floats) -> Floats:
    """Precision of all states of a creator, (w M, w M) or (n, w M, w M), slot by slot."""
    w, m = len(between), precision.shape[-1]
    every = np.einsum("uv,...ab->...uavb", between, precision)
    tied: Floats = every.reshape(*precision.shape[:-2], w * m, w * m)
    return tied


def _side_by_side(bend: Floats, w: int) -> Floats:
    """(n w, M, M) as (n, w M, w M): each slot knows of its own posts only."""
    n, m = len(bend) // w, bend.shape[-1]
    out = np.zeros((n, w, m, w, m))
    i = np.arange(w)
    out[:, i, :, i, :] = bend.reshape(n, w, m, m).transpose(1, 0, 2, 3)
    return out.reshape(n, w * m, w * m)


class _Rows:
    """The posts: e given u, and what follows for u. Arrays are (M, posts)."""

    def __init__(self, posts: Posts, level: Floats, wander: Floats, offset: Floats | None) -> None:
        self._who, self._n = posts.who, posts.n
        self._seen = np.isfinite(posts.counts)
        self._count = np.where(self._seen, posts.counts, 0.0)
        self._level = level.T[:, posts.who]
        if offset is not None:
            self._level = self._level + offset
        self._wander, self._precision = wander, np.linalg.inv(wander)
        self._e = np.zeros(posts.counts.shape)
        self._usual = self._mean = self._e

    def settle(self, u: Floats, n_steps: int) -> None:
        """e at its mode given u: count - mean = S^-1 e."""
        usual = self._level + u.T[:, self._who]
        e = self._e
        for _ in range(n_steps):
            mean = self._rate(usual + e)
            left = self._count - mean - self._precision @ e
            e = e + np.clip(_solve(self._precision, mean, left), -_LONGEST, _LONGEST)
        self._e, self._usual, self._mean = e, usual, self._rate(usual + e)

    def derivatives(self) -> tuple[Floats, Floats]:
        """Of the log likelihood by u, e eliminated: the first (n, M), minus the second."""
        pull = self._precision @ self._e
        away = np.sqrt(np.maximum((pull * self._e).sum(axis=0), 1e-12))
        weight = np.minimum(1.0, TAIL / away)
        m = len(pull)
        slope = np.stack([self._sum(weight * row) for row in pull], axis=1)
        bend = np.empty((self._n, m, m))
        for a in range(m):
            # Column a of D - D (D + S^-1)^-1 D, with D the means.
            unit = np.zeros_like(self._mean)
            unit[a] = self._mean[a]
            column = self._mean * (
                np.eye(m)[a][:, None] - _solve(self._precision, self._mean, unit)
            )
            for b in range(a, m):
                bend[:, a, b] = bend[:, b, a] = self._sum(weight * column[b])
        return slope, bend

    def spread(self, variance: Floats) -> Floats:
        """S that these posts have: expected e e', by the posts that say something of it."""
        m = len(self._e)
        own = np.diag(self._wander)[:, None]
        usual = self._rate(np.minimum(self._usual + own / 2, _HUGE))
        # Posts without reactions only repeat what was believed before.
        weight = np.sqrt(usual * own / (1.0 + usual * own))
        pull = self._precision @ self._e
        away = np.sqrt(np.maximum((pull * self._e).sum(axis=0), 1e-12))
        e = self._e * np.minimum(1.0, TAIL / away)
        loose, moved = [], []
        for a in range(m):
            unit = np.zeros_like(self._mean)
            unit[a] = 1.0
            loose.append(_solve(self._precision, self._mean, unit))
            unit[a] = self._mean[a]
            moved.append(_solve(self._precision, self._mean, unit))
        found = self._wander.copy()
        for a in range(m):
            for b in range(a, m):
                by_creator = np.zeros(self._e.shape[1])
                for c in range(m):
                    for d in range(m):
                        by_creator += moved[c][a] * variance[self._who, c, d] * moved[d][b]
                both = weight[a] * weight[b]
                total = float(both.sum())
                if total > 0:
                    square = float((both * (e[a] * e[b] + loose[a][b] + by_creator)).sum())
                    found[a, b] = found[b, a] = square / total
        return found

    def _rate(self, log_rate: Floats) -> Floats:
        rate: Floats = np.where(self._seen, np.exp(np.minimum(log_rate, _HUGE)), 0.0)
        return rate

    def _sum(self, value: Floats) -> Floats:
        total: Floats = np.bincount(self._who, value, self._n)
        return total


def _solve(precision: Floats, mean: Floats, right: Floats) -> Floats:
    """(S^-1 + diag(mean))^-1 right for every post at once; all (M, posts), M from 1 to 3."""
    m = len(mean)
    d = [precision[i, i] + mean[i] for i in range(m)]
    if m == 1:
        only: Floats = right / d[0]
        return only
    p = precision
    if m == 2:
        det = d[0] * d[1] - p[0, 1] ** 2
        return np.stack(
            [
                (d[1] * right[0] - p[0, 1] * right[1]) / det,
                (d[0] * right[1] - p[0, 1] * right[0]) / det,
            ]
        )
    a, b, c = p[0, 1], p[0, 2], p[1, 2]
    c00, c01, c02 = d[1] * d[2] - c * c, b * c - a * d[2], a * c - b * d[1]
    c11, c12, c22 = d[0] * d[2] - b * b, a * b - c * d[0], d[0] * d[1] - a * a
    det = d[0] * c00 + a * c01 + b * c02
    x, y, z = right
    return np.stack(
        [
            (c00 * x + c01 * y + c02 * z) / det,
            (c01 * x + c11 * y + c12 * z) / det,
            (c02 * x + c12 * y + c22 * z) / det,
        ]
    )
