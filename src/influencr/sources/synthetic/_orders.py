"""Paid acts: sellers' accounts react to posts of some creators, whoever follows them.

Sellers are those of the graph. Whoever ordered followers mostly orders acts from the same seller;
most who order acts never ordered followers. Half of them do it all the time, half for some weeks.
"""

from __future__ import annotations

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._engagements import Acts, distinct
from influencr.sources.synthetic._follows import Graph
from influencr.sources.synthetic._influence import Influence
from influencr.sources.synthetic._plans import Plans
from influencr.sources.synthetic._posts import Timeline
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import ACT_LEVEL, ACT_POWER, Parameters

__all__ = ["PaidActs"]

#: Chance that somebody who ordered followers orders acts too.
_BOTH = 0.7
#: Of a seller's accounts, the most that react to one post.
_MOST_OF_POOL = 0.5
#: Likes that come with every other paid act; shares of reposts and of replies among those.
_LIKES, _REPOSTS, _REPLIES = 2.5, 0.5, 0.4
_LIKE, _REPOST, _REPLY, _QUOTE = range(4)


class PaidActs:
    """Who pays, how much, when.

    seller   per creator, the seller of its acts; -1 for none
    times    per creator, paid acts per post as a multiple of the law with z = 0
    share    per creator, share of its posts that are paid for
    begin    per creator, seconds between which it pays
    end
    """

    def __init__(
        self,
        p: Parameters,
        how: Influence,
        cast: Cast,
        plans: Plans,
        graph: Graph,
        able: Array,
    ) -> None:
        rng = stream(p.seed, "response-orders")
        n = p.n_creators
        self._graph, self._created = graph, cast.created
        pool = np.flatnonzero(cast.seller >= 0)
        pool = pool[np.argsort(cast.seller[pool], kind="stable")]
        n_sellers = int(cast.seller.max()) + 1
        self._pool = pool
        self._start = np.searchsorted(cast.seller[pool], np.arange(n_sellers + 1))
        owning = np.flatnonzero(np.diff(self._start) >= 20)
        self.seller = np.full(n, -1, dtype=np.int64)
        chance = rng.random(n)
        if len(owning) and how.inflated > 0:
            for row in plans.rows["batches"]:
                if row["seller"] in owning and chance[row["customer"]] < _BOTH:
                    self.seller[row["customer"]] = row["seller"]
            self.seller[~able] = -1
            rest = np.flatnonzero(able & (self.seller < 0))
            more = round(how.inflated * int(able.sum())) - int((self.seller >= 0).sum())
            if more > 0:
                chosen = rng.permutation(rest)[:more]
                self.seller[chosen] = rng.choice(owning, len(chosen))
        low, high = np.log(how.paid_least), np.log(how.paid_most)
        self.times = np.where(self.seller >= 0, np.exp(rng.uniform(low, high, n)), 0.0)
        self.share = rng.uniform(0.4, 1.0, n)
        always = rng.random(n) < 0.5
        length = rng.uniform(25, 70, n) * DAY
        begin = p.now - rng.random(n) * p.n_days * DAY
        self.begin = np.where(always, 0, begin - length / 2).astype(np.int64)
        self.end = np.where(always, p.now, begin + length / 2).astype(np.int64)

    def make(self, rng: np.random.Generator, line: Timeline, rows: Array) -> Acts:
        """Paid acts on these rows of a timeline."""
        author, at = line.author[rows], line.at[rows]
        paid = (self.seller[author] >= 0) & (at >= self.begin[author]) & (at < self.end[author])
        paid &= rng.random(len(rows)) < self.share[author]
        rows, author = rows[paid], author[paid]
        size = np.maximum(self._graph.organic[author], 30.0)
        level = self.times[author] * ACT_LEVEL * size**ACT_POWER
        low, high = self._start[self.seller[author]], self._start[self.seller[author] + 1]
        most = (_MOST_OF_POOL * (high - low)).astype(np.int64)
        pieces = []
        for mean, liked in ((level, False), (_LIKES * level, True)):
            n = np.minimum(rng.poisson(mean), most)
            post = np.repeat(rows, n)
            first, last = np.repeat(low, n), np.repeat(high, n)
            pick = first + ((last - first) * rng.random(len(post))).astype(np.int64)
            pick, post = distinct(rng, pick, post, first, last)
            draw = rng.random(len(post))
            kind = np.where(draw < _REPOSTS, _REPOST, _QUOTE)
            kind = np.where((draw >= _REPOSTS) & (draw < _REPOSTS + _REPLIES), _REPLY, kind)
            kind = np.where(liked, _LIKE, kind).astype(np.int8)
            moment = line.at[post] + rng.integers(120, 10_800, len(post))
            pieces.append(Acts(post, self._pool[pick], kind, moment, kind == _REPLY))
        return Acts(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
