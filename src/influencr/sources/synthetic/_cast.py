"""Who is in the world: creators and audience with everything that is planted about them.

Arrays are indexed by account number: creators first, then the audience. Nothing here is ever
written beside the observed files; `_truth` writes it apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import (
    AUDIENCE_KINDS,
    CREATOR_KINDS,
    KINDS,
    PLATFORM_SHARES,
    Parameters,
)
from influencr.sources.synthetic._words import Words

__all__ = ["DAY", "Cast", "gather_cast", "kind_number"]

DAY = 86_400
#: The network opened this many days before `as_of`; sign-ups speed up from there.
NETWORK_AGE_DAYS = 1_640
#: Migration waves: (days before as_of, length in days, share of all audience accounts).
MIGRATIONS = ((262.0, 7.0, 0.06), (96.0, 4.0, 0.03), (27.0, 4.0, 0.06))

#: Share of people who grew up in another region and keep friends there: 3.6 % of mankind live
#: outside the country of birth (UN DESA, International Migrant Stock 2020), and about one person
#: in eight has moved inside it (Bell and Charles-Edwards, UN DESA 2013).
_MOVED = 0.15
#: Chance that somebody comes from (or knows somebody) d km away, per person there: 1 / (d + b)^c,
#: fitted to friendships by Backstrom, Sun and Marlow (WWW 2010; b = 0.196 miles).
_NEAR_KM, _DECAY = 0.315, 1.05
_EARTH_KM = 6371.0088

PLATFORMS = tuple(PLATFORM_SHARES)


class Cast(NamedTuple):
    """One value per account (n_creators + n_audience), or per creator where said so.

    kind, platform, language, place   numbers into KINDS, PLATFORMS, words.languages, words.places
    origin                            number into words.hubs where somebody grew up and has
                                      friends still, -1 for those who never moved
    topics                            (n, 3) topic numbers; a creator's main topic comes first
    created                           seconds since 1970
    popularity                        creators: weight in the choice of whom to follow
    influence, closeness, warmth      creators: planted z, share of replies answered, and the part
                                      of likes that has nothing to do with influence
    cadence                           creators: own posts per day while active
    last_post                         creators: newest post, seconds since 1970
    fame                              creators of platforms without a graph: their followers
    seller                            sellers' accounts: number of the seller, -1 for all others
    """

    kind: Array
    platform: Array
    language: Array
    place: Array
    origin: Array
    topics: Array
    created: Array
    popularity: Array
    influence: Array
    closeness: Array
    warmth: Array
    cadence: Array
    last_post: Array
    fame: Array
    seller: Array

    def is_kind(self, *names: str) -> Array:
        """Which accounts are one of these kinds."""
        return np.isin(self.kind, [kind_number(name) for name in names])

    def in_graph(self, n_creators: int) -> Array:
        """Account numbers of the creators whose followers are known one by one."""
        return np.flatnonzero(self.platform[:n_creators] == 0)


def kind_number(name: str) -> int:
    """The number of a kind."""
    return KINDS.index(name)


def gather_cast(p: Parameters, words: Words) -> Cast:
    """Draw everybody."""
    rng = stream(p.seed, "cast-where")
    n, n_c = p.n_accounts, p.n_creators
    weights = np.array([place.weight for place in words.places])
    place = rng.choice(len(weights), size=n, p=weights / weights.sum()).astype(np.int16)
    language = np.zeros(n, dtype=np.int8)
    topics = np.zeros((n, 3), dtype=np.int8)
    _speak(stream(p.seed, "cast-speak"), words, place, language, topics)
    origin = _origins(stream(p.seed, "cast-origin"), words, place, language)
    kind = _kinds(stream(p.seed, "cast-kind"), p)
    platform = np.zeros(n, dtype=np.int8)
    rng = stream(p.seed, "cast-platform")
    shares = np.array(list(PLATFORM_SHARES.values()))
    platform[:n_c] = rng.choice(len(shares), size=n_c, p=shares / shares.sum())
    created = _created(stream(p.seed, "cast-created"), p)

    rng = stream(p.seed, "cast-size")
    boost = np.ones(n_c)
    for name, factor in (("celebrity", 22.0), ("brand", 1.4), ("bot", 0.35), ("hidden_bot", 0.25)):
        boost[kind[:n_c] == kind_number(name)] = factor
    # A lognormal body with a Pareto tail: most are small, a few are larger than all others.
    body = np.exp(rng.normal(0.0, 1.4, n_c))
    tail = np.where(rng.random(n_c) < 0.04, 1 + rng.pareto(1.1, n_c), 1.0)
    popularity = body * np.minimum(tail, 90) * boost
    fame = np.clip(np.exp(rng.normal(8.9, 1.55, n_c)) * np.minimum(tail, 90) * boost, 40, 9e7)

    rng = stream(p.seed, "cast-character")
    influence = rng.normal(0.0, 1.0, n_c)
    warmth = rng.normal(0.0, 1.0, n_c)
    # Answering everybody gets harder with size; the rest is character.
    odds = 0.2 - 0.55 * np.log(popularity) + rng.normal(0.0, 1.1, n_c)
    closeness = 0.97 / (1 + np.exp(-odds))
    closeness[np.isin(kind[:n_c], [kind_number("bot"), kind_number("hidden_bot")])] = 0.0
    closeness[kind[:n_c] == kind_number("celebrity")] *= 0.02

    rng = stream(p.seed, "cast-rhythm")
    cadence = np.exp(rng.normal(-0.32, 0.8, n_c)) * p.mean_posts / p.n_days
    bots = np.isin(kind[:n_c], [kind_number("bot"), kind_number("hidden_bot")])
    cadence[bots] *= 3.0
    draw = rng.random(n_c)
    idle = np.where(
        draw < 0.09,  # dormant
        rng.uniform(95, 700, n_c),
        np.where(draw < 0.15, rng.uniform(32, 88, n_c), rng.exponential(2.5, n_c)),
    )
    last_post = p.now - 600 - (idle * DAY).astype(np.int64)
    created[:n_c] = np.minimum(created[:n_c], last_post - 20 * DAY)
    return Cast(
        kind,
        platform,
        language,
        place,
        origin,
        topics,
        created,
        popularity,
        influence,
        closeness,
        warmth,
        cadence,
        last_post,
        fame.astype(np.int64),
        np.full(n, -1, dtype=np.int16),
    )


def _speak(
    rng: np.random.Generator, words: Words, place: Array, language: Array, topics: Array
) -> None:
    """Languages by place, topics by place and language; fills the two arrays."""
    base = np.array([topic.weight for topic in words.topics])
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(len(words.places) + 1))
    for number, here in enumerate(words.places):
        members = order[bounds[number] : bounds[number + 1]]
        if not len(members):
            continue
        shares = np.array(list(here.languages.values()))
        spoken = rng.choice(len(shares), size=len(members), p=shares / shares.sum())
        boosted = base.copy()
        for key, factor in here.boosts.items():
            boosted[words.topic(key)] *= factor
        for index, code in enumerate(here.languages):
            speakers = members[spoken == index]
            tongue = words.language(code)
            chance = boosted * words.known[tongue]
            language[speakers] = tongue
            topics[speakers] = rng.choice(
                len(base), size=(len(speakers), 3), p=chance / chance.sum()
            )


def _origins(rng: np.random.Generator, words: Words, place: Array, language: Array) -> Array:
    """Where those who moved come from: another region that speaks their language, by distance."""
    n_hubs = len(words.hubs)
    centres = np.array([_centre(words, hub) for hub in range(n_hubs)])
    apart = np.arccos(np.clip(centres @ centres.T, -1.0, 1.0)) * _EARTH_KM
    pull = 1.0 / (apart + _NEAR_KM) ** _DECAY
    np.fill_diagonal(pull, 0.0)
    speakers = np.zeros((len(words.languages), n_hubs))
    for here, hub in zip(words.places, words.hub_of, strict=True):
        total = sum(here.languages.values())
        for code, share in here.languages.items():
            speakers[words.language(code), hub] += here.weight * share / total
    origin = np.full(len(place), -1, dtype=np.int16)
    moved = np.flatnonzero(rng.random(len(place)) < _MOVED)
    group = language[moved].astype(np.int64) * n_hubs + words.hub_of[place[moved]]
    for number in np.unique(group):
        who = moved[group == number]
        chance = speakers[number // n_hubs] * pull[number % n_hubs]
        if chance.sum() > 0:
            origin[who] = rng.choice(n_hubs, size=len(who), p=chance / chance.sum())
    return origin


def _centre(words: Words, hub: int) -> Array:
    """Unit vector of a region's largest place."""
    town = max(
        (x for x, h in zip(words.places, words.hub_of, strict=True) if h == hub),
        key=lambda x: x.weight,
    )
    lat, lon = np.radians([town.lat, town.lon])
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _kinds(rng: np.random.Generator, p: Parameters) -> Array:
    shares = dict(AUDIENCE_KINDS)
    if not p.bought:
        shares["lurker"] += shares.pop("bought")
    kind = np.empty(p.n_accounts, dtype=np.int8)
    for part, share in (
        (slice(0, p.n_creators), CREATOR_KINDS),
        (slice(p.n_creators, None), shares),
    ):
        numbers = [kind_number(name) for name in share]
        chance = np.array(list(share.values()))
        kind[part] = rng.choice(numbers, size=len(kind[part]), p=chance / chance.sum())
    return kind


def _created(rng: np.random.Generator, p: Parameters) -> Array:
    n, n_c = p.n_accounts, p.n_creators
    span = NETWORK_AGE_DAYS - 2.0
    age = span * (1 - rng.random(n) ** 0.65)
    age[:n_c] = 30 + (span - 30) * (1 - rng.random(n_c) ** 0.9)
    wave = rng.random(n)
    wave[:n_c] = 1.0
    start = 0.0
    for days_before, length, share in MIGRATIONS:
        chosen = (wave >= start) & (wave < start + share)
        age[chosen] = days_before - length * rng.beta(1.6, 3.0, int(chosen.sum()))
        start += share
    return p.now - DAY - (age * DAY).astype(np.int64)
