"""Which creators are followed by the same people, more than chance would have it?

Of a creator's followers at most MAX_SAMPLED are looked at, a simple random sample (`_follows`),
and for every other creator it is counted how many of them follow that one, too:

    share     of the followers who follow the other, with its 95 % interval (Wilson's with the
              finite-population factor)
    lift      that share over the other's share of all people here: 1 is chance. A famous creator
              is followed by many of anybody's followers, and is no more alike for that
    jaccard   people who follow both over people who follow either, from the share and the two
              counts, which are exact: 1 is the same audience. Order is by it: a share alone puts
              the famous first, a lift alone the smallest

Listed are creators whom MIN_CELL people and more of the sample follow and whose lift is above 1
with its whole interval. No follower is ever named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.pipeline.alignment._align import MAX_SAMPLED, MIN_CELL, MIN_KNOWN
from influencr.pipeline.alignment._bounds import bounds

if TYPE_CHECKING:
    from influencr.pipeline.alignment._follows import Follows

__all__ = ["Overlap", "Overlaps", "overlaps"]

type Numbers = np.ndarray[Any, Any]


class Overlap(NamedTuple):
    """A creator who shares followers; see the module text. `n_shared` of `n_sampled` people."""

    profile_id: str
    n_shared: int
    n_sampled: int
    share: float
    low: float
    high: float
    lift: float
    lift_low: float
    jaccard: float
    jaccard_low: float
    jaccard_high: float


class Overlaps(NamedTuple):
    """Creators who share followers, the most alike first, and in one sentence what was read."""

    found: tuple[Overlap, ...]
    reason: str


def overlaps(follows: Follows, profile_id: str, *, limit: int = 2_000) -> Overlaps:
    """The creators who share most with one creator's audience; none where it is not known."""
    ids = follows.creators["profile_id"]
    seats = (ids == profile_id).arg_true()
    if not len(seats):
        return Overlaps((), "who follows this creator is not known here")
    seat = int(seats[0])
    barred = follows.creators["reason"][seat]
    if barred is not None:
        return Overlaps((), barred)
    first, last = (int(x) for x in follows.creator_starts[seat : seat + 2])
    everybody = last - first
    sample = np.asarray(follows.followers[first : min(last, first + MAX_SAMPLED)])
    if len(sample) < MIN_KNOWN:
        return Overlaps(
            (),
            f"not enough data: {everybody} followers are known one by one; {MIN_KNOWN} are needed",
        )
    shared = _followed_by(follows, sample)
    shared[seat] = 0
    others = np.flatnonzero(shared >= MIN_CELL)
    n = np.full(len(others), len(sample))
    low, high = bounds(shared[others], n, np.full(len(others), everybody))
    share = shared[others] / len(sample)
    sizes = follows.n_followers()[others]
    usual = sizes / max(1, follows.n_people)
    more = low > usual
    names = ids.gather(others.astype(np.uint32)).to_list()
    jaccard = [_jaccard(x, everybody, sizes) for x in (share, low, high)]
    order = [i for i in np.lexsort((np.asarray(names, dtype=object), -jaccard[0])) if more[i]]
    found = tuple(
        Overlap(
            profile_id=names[i],
            n_shared=int(shared[others[i]]),
            n_sampled=len(sample),
            share=round(float(share[i]), 4),
            low=round(float(low[i]), 4),
            high=round(float(high[i]), 4),
            lift=round(float(share[i] / usual[i]), 2),
            lift_low=round(float(low[i] / usual[i]), 2),
            jaccard=round(float(jaccard[0][i]), 4),
            jaccard_low=round(float(jaccard[1][i]), 4),
            jaccard_high=round(float(jaccard[2][i]), 4),
        )
        for i in order[:limit]
    )
    some = f"{len(sample):,} followers sampled of {everybody:,}" if everybody > len(sample) else ""
    whom = some or f"all {everybody:,} followers"
    return Overlaps(found, f"whom else {whom} known here follow")


def _followed_by(follows: Follows, people: Numbers) -> Numbers:
    """Per creator, how many of these people follow them."""
    starts = np.asarray(follows.person_starts[people])
    sizes = np.asarray(follows.person_starts[people.astype(np.int64) + 1]) - starts
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    whom = follows.followed[np.repeat(starts, sizes) + within]
    counts: Numbers = np.bincount(whom, minlength=follows.n_creators)
    return counts


def _jaccard(share: Numbers, everybody: int, sizes: Numbers) -> Numbers:
    both = np.minimum(share * everybody, sizes)
    result: Numbers = both / (everybody + sizes - both)
    return result
