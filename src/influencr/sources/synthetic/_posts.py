"""When creators post, about what, and what kind of post it is; no text and no counts yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._plans import Special
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import Parameters
from influencr.sources.synthetic._texts import SECTIONS
from influencr.sources.synthetic._words import Words

__all__ = ["Timeline", "make_timeline"]


class Timeline(NamedTuple):
    """Own posts of some creators, sorted by author and time.

    kind      0 post, 1 quote, 2 repost
    section   number into SECTIONS, what the text is made of
    event     burst that this post belongs to, -1 for none
    about     creator whom the post names, -1 for nobody
    """

    author: Array
    at: Array
    kind: Array
    section: Array
    topic: Array
    language: Array
    sponsored: Array
    event: Array
    about: Array


def make_timeline(
    p: Parameters, words: Words, cast: Cast, specials: list[Special], begin: int, end: int
) -> Timeline:
    """The posts of creators begin..end inside the window before each one's newest post.

    Bots keep to the clock, people post by day (their own), with a lull at night.
    """
    rng = stream(p.seed, "posts", begin)
    creators = np.arange(begin, end)
    newest = cast.last_post[begin:end]
    oldest = np.maximum(newest - p.n_days * DAY, cast.created[begin:end] + 600)
    days = np.maximum((newest - oldest) / DAY, 0.01)
    n_own = 1 + rng.poisson(np.minimum(cast.cadence[begin:end] * days, 3_000))
    author = np.repeat(creators, n_own)
    row = np.arange(len(author)) - np.repeat(np.cumsum(n_own) - n_own, n_own)
    age = rng.random(len(author)) * np.repeat(newest - oldest, n_own)
    clockwork = cast.is_kind("bot", "hidden_bot")[author]
    even = row / np.repeat(n_own, n_own) * np.repeat(newest - oldest, n_own)
    age = np.where(clockwork, np.floor(even / 3_600) * 3_600, age)
    age[row == 0] = 0
    at = np.repeat(newest, n_own) - age.astype(np.int64)
    lon = np.array([place.lon for place in words.places])[cast.place[author]]
    hour = ((at / 3_600) + lon / 15) % 24
    asleep = (hour < 6.5) & (row > 0) & ~clockwork
    at[asleep] -= ((hour[asleep] + 1 + 5 * rng.random(int(asleep.sum()))) * 3_600).astype(np.int64)
    at = np.maximum(at, cast.created[author] + 300 + row)
    n = len(author)
    draw = rng.random(n)
    topic = np.where(draw < 0.78, cast.topics[author, 0], cast.topics[author, 1])
    section = np.where(draw > 0.93, SECTIONS.index("smalltalk"), SECTIONS.index("post"))
    section[clockwork] = SECTIONS.index("botpost")
    takes_ads = np.clip(rng.normal(0.03, 0.05, end - begin), 0, 0.3)
    takes_ads[cast.is_kind("bot", "hidden_bot", "group")[begin:end]] = 0
    sponsored = rng.random(n) < takes_ads[author - begin]
    section[sponsored] = SECTIONS.index("sponsored")
    kind = np.where(rng.random(n) < 0.04, 1, 0)
    kind[(rng.random(n) < 0.06) & ~clockwork & (row > 0)] = 2
    kind[sponsored] = 0
    sponsored &= kind == 0
    language = cast.language[author].astype(np.int64)
    language[(rng.random(n) < 0.06)] = 0
    event = np.full(n, -1, dtype=np.int64)
    about = np.full(n, -1, dtype=np.int64)
    mine = [special for special in specials if begin <= special.creator < end]
    if mine:
        who = np.array([special.creator for special in mine])
        author = np.concatenate([author, who])
        at = np.concatenate([at, [special.at for special in mine]])
        kind = np.concatenate([kind, np.zeros(len(mine), dtype=kind.dtype)])
        section = np.concatenate(
            [
                section,
                [
                    SECTIONS.index("giveaway" if special.kind == "giveaway" else "post")
                    for special in mine
                ],
            ]
        )
        topic = np.concatenate([topic, cast.topics[who, 0]])
        language = np.concatenate([language, cast.language[who].astype(np.int64)])
        sponsored = np.concatenate([sponsored, np.zeros(len(mine), dtype=bool)])
        event = np.concatenate([event, [special.event for special in mine]])
        about = np.concatenate([about, [special.about for special in mine]])
    order = np.lexsort((at, author))
    return Timeline(
        *(
            column[order]
            for column in (author, at, kind, section, topic, language, sponsored, event, about)
        )
    )
