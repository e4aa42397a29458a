"""Numbers that a customer could take instead: one float per creator, larger means more.

All of them see the frames of `frames.seen` and nothing else. Where a number cannot be made (no
post yet), it is NaN and counts as the smallest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from benchmarks.influence.frames import ACT_KINDS, DAY, Seen
from scipy import sparse

__all__ = ["ABLATIONS", "BASELINES", "PAST", "REQUIRED", "Baseline"]

Array = npt.NDArray[np.float64]
Baseline = Callable[[Seen], Array]

_EFFORT = [ACT_KINDS.index(kind) for kind in ("repost", "reply", "quote")]
#: Posts younger than this at the cut are left out of means, as their counts are not settled.
_SETTLED = 2 * DAY
_DAMPING, _ROUNDS = 0.85, 60
#: Rounds of influence and passivity; it settles within a dozen (Romero et al. 2011).
_PASSIVITY_ROUNDS = 30


def _aligned(now: Seen, frame: pl.DataFrame, value: str) -> Array:
    joined = now.creators.select("creator").join(
        frame.select("creator", value), on="creator", how="left", maintain_order="left"
    )
    return joined[value].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _settled(now: Seen, days: float | None = None) -> pl.DataFrame:
    """Posts that count; if none of a creator is settled, the younger ones do."""
    posts = now.posts
    if days is not None:
        posts = posts.filter(pl.col("at") > now.cut - int(days * DAY))
    old = pl.col("at") <= now.cut - _SETTLED
    return posts.filter(old | ~old.any().over("creator"))


def _effort() -> pl.Expr:
    return pl.col("reposts") + pl.col("replies") + pl.col("quotes")


def followers(now: Seen) -> Array:
    """Followers at the cut."""
    return now.creators["followers"].cast(pl.Float64).to_numpy()


def engagement_rate(now: Seen) -> Array:
    """Median over posts of (likes + replies + reposts + quotes), per follower."""
    return median_engagement(now) / np.maximum(followers(now), 1.0)


def median_engagement(now: Seen) -> Array:
    """Median over posts of (likes + replies + reposts + quotes)."""
    told = _settled(now).group_by("creator").agg(v=(_effort() + pl.col("likes")).median())
    return _aligned(now, told, "v")


def past_mean(now: Seen) -> Array:
    """Mean over all posts of reposts, replies and quotes, whoever made them."""
    return _aligned(now, _settled(now).group_by("creator").agg(v=_effort().mean()), "v")


def past_28_days(now: Seen) -> Array:
    """The same over posts of the last 28 days; over all posts where there are none of those."""
    recent = _aligned(now, _settled(now, 28).group_by("creator").agg(v=_effort().mean()), "v")
    return np.where(np.isnan(recent), past_mean(now), recent)


def past_28_days_only(now: Seen) -> Array:
    """The same over posts of the last 28 days alone."""
    return _aligned(now, _settled(now, 28).group_by("creator").agg(v=_effort().mean()), "v")


def past_distinct(now: Seen) -> Array:
    """Distinct accounts per post with effortful acts, flagged ones and empty replies too."""
    return _distinct(now, pl.lit(value=True))


def past_not_flagged(now: Seen) -> Array:
    """Distinct accounts per post that are not flagged, with acts that have content."""
    return _distinct(now, ~pl.col("flagged") & ~pl.col("generic"))


def _distinct(now: Seen, keep: pl.Expr) -> Array:
    posts = _settled(now)
    acts = (
        now.acts.filter(pl.col("kind").is_in(_EFFORT) & keep)
        .select("post", "actor")
        .unique()
        .group_by("post")
        .len()
    )
    told = posts.join(acts, on="post", how="left").group_by("creator")
    return _aligned(now, told.agg(v=pl.col("len").fill_null(0).mean()), "v")


def h_index(now: Seen) -> Array:
    """h posts with at least h reposts each."""
    ranked = now.posts.sort("creator", "reposts", descending=[False, True]).with_columns(
        place=pl.int_range(1, pl.len() + 1).over("creator")
    )
    told = ranked.group_by("creator").agg(v=(pl.col("reposts") >= pl.col("place")).sum())
    return _aligned(now, told, "v")


def _graph(
    source: pl.Series, target: pl.Series, weight: npt.NDArray[np.float64]
) -> tuple[sparse.csr_array, pl.DataFrame]:
    """Rows point to columns; and the place of each key."""
    keys = pl.concat([source, target]).unique().sort()
    place = pl.DataFrame({"key": keys, "at": pl.int_range(len(keys), eager=True)})

    def at(series: pl.Series) -> npt.NDArray[np.int64]:
        found = pl.DataFrame({"key": series}).join(
            place, on="key", how="left", maintain_order="left"
        )
        return found["at"].to_numpy()

    n = len(keys)
    links = sparse.csr_array((weight, (at(source), at(target))), shape=(n, n))
    return links, place


def _pagerank(links: sparse.csr_array) -> Array:
    out = np.asarray(links.sum(axis=1)).ravel()
    flow = links.multiply(1 / np.maximum(out, 1e-300)[:, None]).T.tocsr()
    n = links.shape[0]
    rank = np.full(n, 1 / n)
    for _ in range(_ROUNDS):
        lost = rank[out == 0].sum()
        rank = _DAMPING * (flow @ rank + lost / n) + (1 - _DAMPING) / n
    return np.asarray(rank)


def _of_creators(now: Seen, place: pl.DataFrame, value: Array) -> Array:
    told = place.with_columns(v=pl.Series(value)[place["at"]]).rename({"key": "creator"})
    return _aligned(now, told, "v")


def pagerank_follows(now: Seen) -> Array:
    """PageRank (damping 0.85) of the follow graph: who follows points to whom it follows."""
    f = now.follows
    links, place = _graph(f["follower"], f["followed"], np.ones(f.height))
    return _of_creators(now, place, _pagerank(links))


def pagerank_interactions(now: Seen) -> Array:
    """PageRank of who acted on whose posts, weighted by the number of effortful acts."""
    a = (
        now.acts.filter(pl.col("kind").is_in(_EFFORT) & (pl.col("actor") != pl.col("creator")))
        .group_by("actor", "creator")
        .len()
    )
    links, place = _graph(a["actor"], a["creator"], a["len"].cast(pl.Float64).to_numpy())
    return _of_creators(now, place, _pagerank(links))


def influence_passivity(now: Seen) -> Array:
    """Influence of Romero et al. (2011) on the acts: whoever moves the hard to move counts more.

    w(i, j) is the share of i's posts on which j acted; acceptance u(i, j) = w(i, j) over all that
    j accepted, rejection v(j, i) = 1 - w(i, j) over all that rejected i; then
    I(i) = sum of u(i, j) P(j) and P(j) = sum of v(j, i) I(i), each scaled to one.
    """
    n_posts = now.posts.group_by("creator").len("posts")
    a = (
        now.acts.filter(pl.col("kind").is_in(_EFFORT) & (pl.col("actor") != pl.col("creator")))
        .select("creator", "actor", "post")
        .unique()
        .group_by("creator", "actor")
        .len()
        .join(n_posts, on="creator")
    )
    weight = (a["len"] / a["posts"]).clip(0, 1).to_numpy()
    accepted, place = _graph(a["creator"], a["actor"], weight)
    rejected, _ = _graph(a["creator"], a["actor"], 1 - weight)
    accepts = np.maximum(np.asarray(accepted.sum(axis=0)).ravel(), 1e-12)
    rejects = np.maximum(np.asarray(rejected.sum(axis=1)).ravel(), 1e-12)
    u = accepted.multiply(1 / accepts[None, :]).tocsr()
    v = rejected.multiply(1 / rejects[:, None]).T.tocsr()
    n = accepted.shape[0]
    moves, passive = np.ones(n), np.ones(n)
    for _ in range(_PASSIVITY_ROUNDS):
        passive = v @ moves
        passive /= max(passive.sum(), 1e-300)
        moves = u @ passive
        moves /= max(moves.sum(), 1e-300)
    return _of_creators(now, place, np.asarray(moves))


PAST = "past mean"

#: By the names that the page uses; the issue asks for each of them.
BASELINES: dict[str, Baseline] = {
    "followers": followers,
    "engagement rate": engagement_rate,
    "median engagement": median_engagement,
    "PageRank of follows": pagerank_follows,
    "PageRank of interactions": pagerank_interactions,
    "influence-passivity": influence_passivity,
    "h-index of reposts": h_index,
    "past 28 days, mean": past_28_days,
    PAST: past_mean,
}

#: Those that the project's requirements name; the others are there because they may be better.
REQUIRED = (
    "followers",
    "engagement rate",
    "median engagement",
    "PageRank of follows",
    "PageRank of interactions",
    PAST,
)

#: What a part of the method would do alone; not a baseline, because vetting is in it.
ABLATIONS: dict[str, Baseline] = {
    "past mean, distinct accounts": past_distinct,
    "past mean, distinct accounts not flagged": past_not_flagged,
}
