"""Whom does an account follow of its own accord? Topic, place, language, fame, friends.

Every creator with a graph stands in up to four groups: topic x language, region x language,
language, everybody. A follow first chooses the kind of group, then a creator inside it by
popularity. One cumulative sum over all groups makes a draw one random number and one search.
"""

from __future__ import annotations

import numpy as np

from influencr.sources.synthetic._cast import DAY, MIGRATIONS, Cast, kind_number
from influencr.sources.synthetic._devotion import MIN_GROUP
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import Parameters
from influencr.sources.synthetic._words import Words

__all__ = ["Market"]

#: Chance of each kind of choice: three interests, region, language, anybody, friends.
_CHOICES = np.cumsum([0.22, 0.13, 0.09, 0.20, 0.14, 0.12, 0.10])
#: The same for devoted people (`_devotion`): nine follows in ten are for their interests. Fewer
#: stay, because the same few creators are chosen again and again.
_DEVOTED = np.cumsum([0.50, 0.25, 0.15, 0.04, 0.03, 0.015, 0.015])
#: Friends are drawn from this many seats to either side.
_NEAR = 7
#: Accounts of the newest migration find most of what they follow in their first days: followers of
#: those weeks are mostly days old.
_RECENT_DAYS = MIGRATIONS[-1][0] + 2
#: Of those who moved, the share of friends that are still where they come from.
_OLD_FRIENDS = 0.5


class Market:
    """Draws follows; also knows how many followers each creator may expect.

    degree     follows that each account draws (before doubles are dropped)
    hub        number of each account's region (a city with its satellite towns)
    expected   per creator, expected number of organic followers among the audience
    """

    def __init__(
        self, p: Parameters, words: Words, cast: Cast, devoted: Array | None = None
    ) -> None:
        self._p, self._cast, self._devoted = p, cast, devoted
        self._n_languages = len(words.languages)
        self.hub = words.hub_of[cast.place].astype(np.int32)
        n_topics, n_hubs = len(words.topics), len(words.hubs)
        self._at_hubs = n_topics * self._n_languages
        self._at_language = self._at_hubs + n_hubs * self._n_languages
        self._at_all = self._at_language + self._n_languages
        self._build()
        rng = stream(p.seed, "market-degree")
        self.degree = self._degrees(rng)
        #: Where an account stands in its region's circle, and in that of the region it comes
        #: from; creators stand outside.
        self._seat = np.full(p.n_accounts, -1, dtype=np.int32)
        self._old_seat = np.full(p.n_accounts, -1, dtype=np.int32)
        self._friends = self._friend_groups(n_hubs)
        self.expected = self._expect()

    def _build(self) -> None:
        cast, p = self._cast, self._p
        who = cast.in_graph(p.n_creators)
        speaks = cast.language[who].astype(np.int64)
        niche = np.where(cast.is_kind("celebrity", "brand")[who], 0.15, 1.0)
        weight = cast.popularity[who]
        # Eight bits do not hold the number of a group.
        topics = cast.topics[who].astype(np.int64)
        second = np.where(topics[:, 1] == topics[:, 0], 0.0, 0.4)
        ones = np.ones(len(who))
        rows = [
            (topics[:, 0] * self._n_languages + speaks, niche),
            (topics[:, 1] * self._n_languages + speaks, niche * second),
            (self._at_hubs + self.hub[who] * self._n_languages + speaks, niche),
            (self._at_language + speaks, ones),
            (np.full(len(who), self._at_all), ones),
        ]
        group = np.concatenate([np.asarray(g, dtype=np.int64) for g, _ in rows])
        share = np.concatenate([s * weight for _, s in rows])
        member = np.tile(who, len(rows))
        keep = share > 0
        order = np.argsort(group[keep], kind="stable")
        group, self._member, share = group[keep][order], member[keep][order], share[keep][order]
        self._share, self._group = share, group
        self._cumulative = np.concatenate([[0.0], np.cumsum(share)])
        bounds = np.searchsorted(group, np.arange(self._at_all + 2))
        size = np.diff(bounds)
        numbers = np.arange(self._at_all + 1)
        language = self._at_language + numbers % self._n_languages
        language[self._at_language :] = numbers[self._at_language :]
        self._resolve = np.where(size >= MIN_GROUP, numbers, language)
        self._resolve = np.where(size[self._resolve] > 0, self._resolve, self._at_all)
        self._low = self._cumulative[bounds[:-1]]
        self._high = self._cumulative[bounds[1:]]

    def _degrees(self, rng: np.random.Generator) -> Array:
        cast, p = self._cast, self._p
        n = p.n_accounts
        mean = np.full(n, float(p.mean_follows))
        mean[cast.is_kind("talkative")] *= 1.7
        mean[cast.is_kind("exchange")] *= 6.0
        mean[: p.n_creators] *= 1.3
        mean[cast.is_kind("celebrity")] *= 0.25
        mean[cast.is_kind("bot", "hidden_bot")] *= 0.15
        spread = 0.9
        degree = np.exp(rng.normal(0, spread, n) - spread**2 / 2) * mean
        degree[cast.is_kind("bought")] = 1 + rng.poisson(4, int(cast.is_kind("bought").sum()))
        degree[: p.n_creators][cast.platform[: p.n_creators] > 0] = 0
        degree = np.clip(degree, 0, 4_000)
        low = np.floor(degree)
        whole: Array = (low + (rng.random(n) < degree - low)).astype(np.int32)
        return whole

    def _friend_groups(self, n_hubs: int) -> tuple[Array, Array]:
        p, cast = self._p, self._cast
        people = p.n_creators + np.flatnonzero(~cast.is_kind("bought", "exchange")[p.n_creators :])
        moved = people[cast.origin[people] >= 0]
        who = np.concatenate([people, moved]).astype(np.int32)
        circle = np.concatenate([self.hub[people], cast.origin[moved].astype(np.int32)])
        # In order of account number, so that who moved away sits among those who stayed.
        order = np.lexsort((who, circle))
        seat = np.empty(len(order), dtype=np.int32)
        seat[order] = np.arange(len(order), dtype=np.int32)
        self._seat[people] = seat[: len(people)]
        self._old_seat[moved] = seat[len(people) :]
        return who[order], np.searchsorted(circle[order], np.arange(n_hubs + 1))

    def _groups(self, accounts: Array, choice: Array) -> Array:
        """The group of each choice 0..5 of each account."""
        cast = self._cast
        language = cast.language[accounts].astype(np.int64)
        interest = cast.topics[accounts, np.minimum(choice, 2)] * np.int64(self._n_languages)
        group = np.where(choice < 3, interest + language, self._at_all)
        group = np.where(
            choice == 3,
            self._at_hubs + self.hub[accounts] * np.int64(self._n_languages) + language,
            group,
        )
        group = np.where(choice == 4, self._at_language + language, group)
        return self._resolve[group]

    def _expect(self) -> Array:
        """Expected audience followers per creator, doubles not yet dropped."""
        p = self._p
        demand = np.zeros(self._at_all + 1)
        audience = np.arange(p.n_creators, p.n_accounts)
        chance = np.diff(np.concatenate([[0.0], _CHOICES]))
        step = 1_000_000
        for begin in range(0, len(audience), step):
            who = audience[begin : begin + step]
            for choice in range(6):
                demand += np.bincount(
                    self._groups(who, np.full(len(who), choice)),
                    weights=self.degree[who] * chance[choice],
                    minlength=len(demand),
                )
        width = self._high - self._low
        rate = np.divide(demand, width, out=np.zeros_like(demand), where=width > 0)
        expected: Array = np.bincount(
            self._member, weights=rate[self._group] * self._share, minlength=p.n_creators
        )
        return expected

    def draw(self, rng: np.random.Generator, followers: Array) -> Array:
        """For each follower (repeated as often as it follows) one account that it follows."""
        cast = self._cast
        n = len(followers)
        chance = rng.random(n)
        choice = np.searchsorted(_CHOICES[:-1], chance, side="right")
        if self._devoted is not None:
            theirs = self._devoted[followers]
            choice[theirs] = np.searchsorted(_DEVOTED[:-1], chance[theirs], side="right")
        choice[cast.kind[followers] == kind_number("bought")] = 5
        group = self._groups(followers, np.minimum(choice, 5))
        at = self._low[group] + rng.random(n) * (self._high[group] - self._low[group])
        index = np.searchsorted(self._cumulative, at, side="right") - 1
        target: Array = self._member[np.minimum(index, len(self._member) - 1)]
        friend = np.flatnonzero(choice == 6)
        people, bounds = self._friends
        origin = cast.origin[followers[friend]]
        old = (origin >= 0) & (rng.random(len(friend)) < _OLD_FRIENDS)
        hub = np.where(old, origin, self.hub[followers[friend]])
        size = bounds[hub + 1] - bounds[hub]
        # Friends sit near each other in a circle, so that many follow each other.
        own = np.where(old, self._old_seat[followers[friend]], self._seat[followers[friend]])
        seat = np.where(own >= 0, own - bounds[hub], -1)
        step = rng.integers(1, _NEAR + 1, len(friend)) * rng.choice([-1, 1], len(friend))
        anywhere = (rng.random(len(friend)) * size).astype(np.int64)
        near = (seat + step) % np.maximum(size, 1)
        pick = bounds[hub] + np.where(seat >= 0, near, anywhere)
        target[friend] = np.where(
            size > 0, people[np.minimum(pick, len(people) - 1)], target[friend]
        )
        return target

    def times(self, rng: np.random.Generator, followers: Array, followed: Array) -> Array:
        """When: soon after both exist, or any time since, never after `as_of`."""
        created = self._cast.created
        start = np.maximum(created[followers], created[followed]) + 30
        left = np.maximum(self._p.now - 1 - start, 1)
        newcomer = self._p.now - created[followers] < _RECENT_DAYS * DAY
        soon = rng.random(len(followers)) < np.where(newcomer, 0.75, 0.3)
        delay = np.where(
            soon,
            rng.exponential(4.0 * DAY, len(followers)),
            left * rng.random(len(followers)) ** 0.85,
        )
        late = delay >= left
        delay[late] = left[late] * rng.random(int(late.sum()))
        moment: Array = start + delay.astype(np.int64)
        return moment
