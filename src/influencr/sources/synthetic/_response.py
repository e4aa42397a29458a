"""Who reacts to which post where influence is planted (`_influence`): law, noise and causes.

Random numbers come from streams of their own, so that accounts, follows and packs are those of
the same world without it. Each act has a cause, which only `truth/acts` tells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast, kind_number
from influencr.sources.synthetic._engagements import (
    Acts,
    by_crowds,
    by_pods,
    distinct,
    expected_likes,
)
from influencr.sources.synthetic._follows import Graph, Pool
from influencr.sources.synthetic._influence import Influence
from influencr.sources.synthetic._orders import PaidActs
from influencr.sources.synthetic._plans import Plans
from influencr.sources.synthetic._posts import Timeline
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import (
    ACT_LEVEL,
    ACT_POWER,
    ACT_SPREAD,
    LIKE_LINK,
    LIKE_POWER,
    Parameters,
)

__all__ = ["CAUSES", "PERIOD_DAYS", "Response", "Responses"]

#: Why an act happened. `own`: the creator; `crowd`: a viral post or a giveaway brought people;
#: `outsider`: a break-out; `common`: an item that others brought too; `applause`: a reply without
#: content; `paid`; `pod`: a reciprocal group.
CAUSES = ("own", "crowd", "outsider", "common", "applause", "paid", "pod")
_OWN, _CROWD, _OUTSIDER, _COMMON, _APPLAUSE, _PAID, _POD = range(len(CAUSES))
_LIKE, _REPOST, _REPLY, _QUOTE = range(4)

#: Placebo creators are drawn anew in each of these; the benchmark's test window is the newest.
PERIOD_DAYS = 28
#: Days from item to item of a topic in a language, and how long it is talked about.
_ITEM_DAYS, _ITEM_LASTS = 4, 3
_ITEM_SLOTS = 256
#: Order of a creator's sampled followers to this power: a tenth of them does a third of all acts.
_BUSY = 2.2
_LATEST = 25 * DAY


class Responses(NamedTuple):
    """Acts on a timeline sorted by time, and the number into CAUSES of each."""

    acts: Acts
    cause: Array


class Response:
    """The planted response of a world.

    placebo     per creator, whether the response is noise
    begins      per creator, seconds; own posts before this were not observed
    community   per creator, how lively its topic in its language is (a factor)
    """

    def __init__(
        self, p: Parameters, how: Influence, cast: Cast, plans: Plans, graph: Graph
    ) -> None:
        if graph.pool is None:
            raise ValueError("The graph was drawn without a pool of followers.")
        self.p, self.how, self.cast, self.plans, self.graph = p, how, cast, plans, graph
        self.pool: Pool = graph.pool
        self._arrivals = _arrivals(graph.pool)
        n_c = p.n_creators
        people = cast.is_kind("creator")[:n_c] & (cast.platform[:n_c] == 0)
        rng = stream(p.seed, "response-who")
        draw, wait = rng.random(n_c), rng.uniform(20, 65, n_c)
        calm = graph.sellers < 0.03 * np.maximum(graph.followers[:n_c], 1)
        self.placebo: Array = people & calm & (rng.random(n_c) < how.placebo)
        late = people & (draw < how.late)
        self.begins = np.where(late, p.now - (wait * DAY).astype(np.int64), 0)
        self._common = np.where(people & ~self.placebo, rng.beta(1, 1 / how.common - 1, n_c), 0.0)
        self._applause = np.exp(0.6 * rng.normal(size=n_c) - 0.18)
        self._n_topics = int(cast.topics.max()) + 1
        self._group = cast.language[:n_c].astype(np.int64) * self._n_topics
        self._group += cast.topics[:n_c, 0]
        n_groups = int(self._group.max()) + 1
        lively = stream(p.seed, "response-community").normal(size=n_groups)
        self.community: Array = np.where(
            self.placebo, 1.0, np.exp(how.community * lively - how.community**2 / 2)[self._group]
        )
        self._start = p.now - p.n_days * DAY
        n_weeks = p.n_days // 7 + 2
        surge = stream(p.seed, "response-surge").normal(size=(n_groups, n_weeks))
        self._surge = np.exp(how.surge * surge - how.surge**2 / 2).astype(np.float32)
        self._moved = _paths(stream(p.seed, "response-drift"), n_c, n_weeks + 1, how.drift_days)
        n_periods = p.n_days // PERIOD_DAYS + 2
        self._noise = stream(p.seed, "response-noise").normal(size=(n_c, n_periods))
        self.paid = PaidActs(p, how, cast, plans, graph, people & ~self.placebo)
        self._speakers, self._spoken = _by_language(p, cast)

    def z_at(self, creators: Array, at: Array) -> Array:
        """Planted influence of creators at these seconds; of placebo creators it means nothing."""
        place = np.clip((at - self._start) / (7 * DAY), 0, self._moved.shape[1] - 1.001)
        low = place.astype(np.int64)
        part = place - low
        path = self._moved[creators, low] * (1 - part) + self._moved[creators, low + 1] * part
        drift = self.how.drift
        z: Array = np.sqrt(1 - drift) * self.cast.influence[creators] + np.sqrt(drift) * path
        return z

    def expected(self, creators: Array, z: Array, at: Array) -> Array:
        """Expected effortful acts per post of these creators with these z, break-outs apart."""
        return self._law(creators, at) * np.exp(ACT_SPREAD * z - ACT_SPREAD**2 / 2)

    def there(self, creators: Array, at: Array) -> Array:
        """Share of the creators' organic followers of today who followed by then."""
        start, end = self.pool.start[creators], self.pool.start[creators + 1]
        by_then = np.searchsorted(self._arrivals, (creators.astype(np.int64) << 33) + at) - start
        share: Array = by_then / np.maximum(end - start, 1)
        return share

    def _law(self, creators: Array, at: Array) -> Array:
        """The same with z = 0, without the allowance for spread."""
        size = np.maximum(self.graph.organic[creators], 0.0) * self.there(creators, at)
        law: Array = ACT_LEVEL * size**ACT_POWER * self.community[creators]
        return law

    def trimmed(self, line: Timeline) -> Timeline:
        """Without the posts before a creator began; those that a plan needs stay."""
        begins = np.minimum(self.begins, self.cast.last_post)[line.author]
        keep = (line.at >= begins) | (line.event >= 0) | (line.about >= 0)
        return Timeline(*(column[keep] for column in line))

    def items(self, line: Timeline, begin: int) -> Array:
        """The common item that each post is about, -1 for none."""
        rng = stream(self.p.seed, "response-items", begin)
        slot = np.maximum((line.at - self._start) // (_ITEM_DAYS * DAY), 0)
        item = self._group[line.author] * _ITEM_SLOTS + slot % _ITEM_SLOTS
        since = line.at - self._start - slot * _ITEM_DAYS * DAY - _mixed(item, 7) % DAY
        plain = (line.kind < 2) & ~line.sponsored & (line.event < 0) & (line.about < 0)
        told = plain & (since >= 0) & (since < _ITEM_LASTS * DAY)
        told &= rng.random(len(line.at)) < self._common[line.author] * _ITEM_DAYS / _ITEM_LASTS
        return np.where(told, item, -1)

    def make(self, line: Timeline, items: Array, begin: int) -> Responses:
        """Every act on these posts up to `as_of`, sorted by time; no act twice."""
        rng = stream(self.p.seed, "response-acts", begin)
        sized = np.flatnonzero(line.kind < 2)
        author, at = line.author[sized], line.at[sized]
        z = self._z_of_posts(rng, author, at)
        lift, beyond = self._lift(rng, line, sized)
        there = self.there(author, at)
        efforts = self.expected(author, z, at) * lift
        likes = _likes(self.cast, self.graph, author, z) * lift**0.7 * there**LIKE_POWER
        clap = self.how.applause * likes * self._applause[author]
        strange = self.how.outsiders * (beyond - 1)
        # Drawn from everybody who follows today; whoever did not by then is left out after.
        more = 1 / np.maximum(there, 0.02)
        pieces = [
            (_OWN, self._by_followers(rng, line, sized, rng.poisson(efforts * more), "effort")),
            (_OWN, self._by_followers(rng, line, sized, rng.poisson(likes * more), "like")),
            (_APPLAUSE, self._by_followers(rng, line, sized, rng.poisson(clap * more), "applause")),
            (_OUTSIDER, self._by_strangers(rng, line, sized, rng.poisson(efforts * strange))),
            (_COMMON, self._by_item(rng, line, items)),
            (_CROWD, by_crowds(rng, self.p, self.cast, self.plans, line)),
            (_PAID, self.paid.make(rng, line, sized)),
            (_POD, by_pods(rng, self.p, self.plans, line)),
        ]
        cause = np.concatenate([np.full(len(acts.post), why) for why, acts in pieces])
        columns = zip(*(acts for _, acts in pieces), strict=True)
        acts = Acts(*(np.concatenate(column) for column in columns))
        keep = np.flatnonzero((acts.at < self.p.now) & (self.cast.created[acts.actor] < acts.at))
        key = (acts.post.astype(np.int64) << 34) | (acts.actor.astype(np.int64) << 4) | acts.kind
        _, first = np.unique(key[keep], return_index=True)
        keep = keep[first]
        keep = keep[np.argsort(acts.at[keep], kind="stable")]
        return Responses(Acts(*(column[keep] for column in acts)), cause[keep])

    def _z_of_posts(self, rng: np.random.Generator, author: Array, at: Array) -> Array:
        period = np.minimum((self.p.now - at) // (PERIOD_DAYS * DAY), self._noise.shape[1] - 1)
        noise = np.sqrt(0.5) * (self._noise[author, period] + rng.normal(size=len(author)))
        z: Array = np.where(self.placebo[author], noise, self.z_at(author, at))
        return z

    def _lift(self, rng: np.random.Generator, line: Timeline, sized: Array) -> tuple[Array, Array]:
        """What is the post's own: a factor on everything, and that of a break-out."""
        how, n = self.how, len(sized)
        author, at = line.author[sized], line.at[sized]
        lift = np.exp(how.post_spread * rng.normal(size=n) - how.post_spread**2 / 2)
        week = np.clip((at - self._start) // (7 * DAY), 0, self._surge.shape[1] - 1)
        lift *= self._surge[self._group[author], week]
        # 1970-01-01 was a Thursday.
        lift *= np.where((at // DAY + 3) % 7 >= 5, 1 - how.weekend, 1.0)
        lift *= np.where(line.sponsored[sized] & ~self.placebo[author], 0.75, 1.0)
        far = np.minimum(1 + rng.pareto(how.breakout_tail, n), how.breakout_most)
        beyond = np.where(rng.random(n) < how.breakout, far, 1.0)
        inside = 1 + (1 - how.outsiders) * (beyond - 1)
        return lift * inside, beyond / inside

    def _delayed(self, rng: np.random.Generator, at: Array) -> Array:
        """Moments after these posts."""
        how = self.how
        delay = np.exp(rng.normal(np.log(3_600 * how.delay_hours), how.delay_spread, len(at)))
        moment: Array = at + 20 + np.minimum(delay, _LATEST).astype(np.int64)
        return moment

    def _by_followers(
        self, rng: np.random.Generator, line: Timeline, rows: Array, counts: Array, what: str
    ) -> Acts:
        post = np.repeat(rows, counts)
        author = line.author[post]
        low, high = self.pool.start[author], self.pool.start[author + 1]
        some = high > low
        post, low, high = post[some], low[some], high[some]
        pick = low + ((high - low) * rng.random(len(post)) ** _BUSY).astype(np.int64)
        pick, post = distinct(rng, pick, post, low, high)
        at = self._delayed(rng, line.at[post])
        there = self.pool.since[pick] < at
        post, actor, at = post[there], self.pool.account[pick[there]], at[there]
        if what == "effort":
            return self._effort(rng, post, actor, at)
        kind = np.full(len(post), _LIKE if what == "like" else _REPLY, dtype=np.int8)
        return Acts(post, actor, kind, at, np.full(len(post), what == "applause"))

    def _effort(self, rng: np.random.Generator, post: Array, actor: Array, at: Array) -> Acts:
        talks = self.cast.kind[actor] == kind_number("talkative")
        draw = rng.random(len(post))
        kind = np.where(talks & (draw < 0.62), _REPLY, np.where(talks & (draw < 0.74), _QUOTE, 1))
        return Acts(post, actor, kind.astype(np.int8), at, np.zeros(len(post), dtype=bool))

    def _by_strangers(
        self, rng: np.random.Generator, line: Timeline, rows: Array, counts: Array
    ) -> Acts:
        """People of the creator's language who need not follow."""
        post = np.repeat(rows, counts)
        tongue = self.cast.language[line.author[post]]
        low, high = self._spoken[tongue], self._spoken[tongue + 1]
        some = high > low
        post, low, high = post[some], low[some], high[some]
        pick = low + ((high - low) * rng.random(len(post))).astype(np.int64)
        pick, post = distinct(rng, pick, post, low, high)
        return self._effort(rng, post, self._speakers[pick], self._delayed(rng, line.at[post]))

    def _by_item(self, rng: np.random.Generator, line: Timeline, items: Array) -> Acts:
        """The same few followers share an item under whomever they see with it."""
        rows = np.flatnonzero(items >= 0)
        wanted = rng.poisson(self.how.common_lift * self._law(line.author[rows], line.at[rows]))
        posts, actors = [], []
        for row, n in zip(rows.tolist(), wanted.tolist(), strict=True):
            low, high = self.pool.start[line.author[row]], self.pool.start[line.author[row] + 1]
            n = min(n, int(high - low))
            if n:
                slice_ = self.pool.account[low:high][self.pool.since[low:high] < line.at[row]]
                n = min(n, len(slice_))
            if n:
                keen = np.argpartition(_mixed(slice_, int(items[row])), n - 1)[:n]
                posts.append(np.full(n, row))
                actors.append(slice_[keen])
        if not posts:
            none = np.empty(0, dtype=np.int64)
            return Acts(none, none, none.astype(np.int8), none, none.astype(bool))
        post = np.concatenate(posts)
        return self._effort(rng, post, np.concatenate(actors), self._delayed(rng, line.at[post]))


def _likes(cast: Cast, graph: Graph, author: Array, z: Array) -> Array:
    """Expected likes: those of `_engagements`, with z of the moment."""
    usual = expected_likes(cast, graph.organic)[author]
    return usual * np.exp(LIKE_LINK * (z - cast.influence[author]))


def _paths(rng: np.random.Generator, n: int, n_nodes: int, days: float) -> Array:
    """Ornstein-Uhlenbeck paths of unit variance at weekly nodes, shape (n, n_nodes)."""
    stays = np.exp(-7 / days)
    path = np.empty((n, n_nodes), dtype=np.float32)
    path[:, 0] = rng.normal(size=n)
    for node in range(1, n_nodes):
        path[:, node] = stays * path[:, node - 1] + np.sqrt(1 - stays**2) * rng.normal(size=n)
    return path


def _arrivals(pool: Pool) -> Array:
    """Creator and second of each follow in one number, sorted."""
    creator = np.repeat(np.arange(len(pool.start) - 1), np.diff(pool.start))
    told: Array = np.sort((creator << 33) + pool.since.astype(np.int64))
    return told


def _by_language(p: Parameters, cast: Cast) -> tuple[Array, Array]:
    """Audience accounts that belong to nobody's pool, by language, and where each begins."""
    own = ~cast.is_kind("bought", "exchange")[p.n_creators :]
    who = p.n_creators + np.flatnonzero(own)
    who = who[np.argsort(cast.language[who], kind="stable")]
    bounds = np.searchsorted(cast.language[who], np.arange(int(cast.language.max()) + 2))
    return who, bounds


def _mixed(values: Array, salt: int) -> Array:
    """Numbers below 2**31 that look random and depend on value and salt alone."""
    mixed = values.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= np.uint64((salt * 0xD1B54A32D192ED03 + 0x2545F491) % 2**64)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(33)).astype(np.int64)
