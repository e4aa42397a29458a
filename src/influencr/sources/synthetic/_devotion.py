"""A planted share of people who follow for one subject: the audience that some brand wants.

In the usual world everybody has three interests that govern less than half of what they follow,
so who cares about what can only be guessed from follows. Where a benchmark has to know it, a
share of the people is made *devoted*: their interests are the given topics, and most of what they
follow is about them; everybody else in the audience has other interests. Creators whose own main
topics are among them are devoted too. What people say about themselves, where they live and what
they speak stays as it was drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.errors import UnknownValue
from influencr.sources.synthetic._random import Array, stream

__all__ = ["MIN_GROUP", "Devotion", "devote"]

#: A group of fewer creators than this is joined to its language, so that a niche with two
#: creators does not give each of them the whole niche.
MIN_GROUP = 6
#: With fewer creators of a topic in a language there is too little for the devoted to follow.
MIN_DEVOTED_GROUP = 30


class Devotion(NamedTuple):
    """topics   keys of words/topics.tsv
    share    chance that somebody of the audience is devoted, where their language has enough
             creators of one of the topics to follow
    """

    topics: tuple[str, ...]
    share: float


def devote(
    devotion: Devotion,
    *,
    seed: int,
    known: Array,
    keys: tuple[str, ...],
    language: Array,
    topics: Array,
    in_graph: Array,
    n_creators: int,
) -> Array:
    """Who is devoted; sets the interests of the audience in `topics`, shape (n_accounts, 3).

    known      (languages, topics): which topics a language has words for
    in_graph   account numbers of the creators that can be followed

    Raises UnknownValue for a topic that does not exist.
    """
    for key in devotion.topics:
        if key not in keys:
            raise UnknownValue("topics", key, keys)
    wanted = np.array([keys.index(key) for key in devotion.topics])
    rng = stream(seed, "devotion")
    size = np.zeros(known.shape, dtype=np.int64)
    for i in range(2):
        own = topics[in_graph, i].astype(np.int64)
        fresh = np.ones(len(own), dtype=bool) if i == 0 else own != topics[in_graph, 0]
        np.add.at(size, (language[in_graph][fresh].astype(np.int64), own[fresh]), 1)
    large = (size >= MIN_DEVOTED_GROUP) & known
    audience = np.arange(n_creators, len(language))
    chosen = rng.random(len(audience)) < devotion.share
    devoted = np.zeros(len(language), dtype=bool)
    for tongue in range(len(known)):
        mine = audience[language[audience] == tongue]
        here = wanted[large[tongue, wanted]]
        others = np.setdiff1d(np.flatnonzero(known[tongue]), wanted)
        if len(here):
            theirs = mine[chosen[mine - n_creators]]
            devoted[theirs] = True
            topics[theirs] = rng.choice(here, size=(len(theirs), 3))
        rest = mine[~devoted[mine]]
        elsewhere = rng.choice(others, size=(len(rest), 3))
        topics[rest] = np.where(np.isin(topics[rest], wanted), elsewhere, topics[rest])
    devoted[in_graph] = np.isin(topics[in_graph, :2], wanted).any(axis=1)
    return devoted
