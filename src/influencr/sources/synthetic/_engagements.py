"""Who reacts to which post, when: the planted influence at work.

Effortful acts per post follow the law in `_sizes`; actors are followers at that moment, regulars
first; replies are answered with the creator's planted closeness; reciprocal groups react to each
other within the hour; viral posts and giveaways are carried by the crowd that they bring.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast, kind_number
from influencr.sources.synthetic._follows import Graph
from influencr.sources.synthetic._plans import Plans
from influencr.sources.synthetic._posts import Timeline
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import (
    ACT_LEVEL,
    ACT_POWER,
    ACT_SPREAD,
    LIKE_LEVEL,
    LIKE_LINK,
    LIKE_NOISE,
    LIKE_POWER,
    Parameters,
)

__all__ = [
    "ACTS",
    "Acts",
    "by_crowds",
    "by_pods",
    "distinct",
    "expected_acts",
    "expected_likes",
    "make_acts",
]

ACTS = ("like", "repost", "reply", "quote")
_LIKE, _REPOST, _REPLY, _QUOTE = range(4)


class Acts(NamedTuple):
    """Acts on the posts of a timeline: `post` is a row of the timeline.

    generic   replies of a reciprocal group, without a word about the post
    """

    post: Array
    actor: Array
    kind: Array
    at: Array
    generic: Array


def expected_acts(cast: Cast, followers: Array) -> Array:
    """Expected distinct followers who repost, quote or reply, per post and creator: the law."""
    z = cast.influence
    return (
        ACT_LEVEL
        * np.maximum(followers, 0.0) ** ACT_POWER
        * np.exp(ACT_SPREAD * z - ACT_SPREAD**2 / 2)
    )


def expected_likes(cast: Cast, followers: Array) -> Array:
    """Expected likes per post and creator."""
    return (
        LIKE_LEVEL
        * np.maximum(followers, 0.0) ** LIKE_POWER
        * np.exp(LIKE_LINK * cast.influence + LIKE_NOISE * cast.warmth)
    )


def make_acts(
    p: Parameters, cast: Cast, plans: Plans, graph: Graph, line: Timeline, begin: int
) -> Acts:
    """Every act on these posts up to `as_of`, sorted by time; no act twice."""
    rng = stream(p.seed, "acts", begin)
    sized = np.flatnonzero(line.kind < 2)
    author = line.author[sized]
    lift = np.exp(rng.normal(-0.125, 0.5, len(sized)))
    lift *= np.where(line.sponsored[sized], 0.75, 1.0)
    efforts = rng.poisson(expected_acts(cast, graph.organic)[author] * lift)
    likes = rng.poisson(expected_likes(cast, graph.organic)[author] * lift**0.7)
    pieces = [
        _by_regulars(rng, p, cast, graph, line, sized, efforts, effort=True),
        _by_regulars(rng, p, cast, graph, line, sized, likes, effort=False),
        by_crowds(rng, p, cast, plans, line),
        by_pods(rng, p, plans, line),
    ]
    acts = Acts(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
    keep = acts.at < p.now
    acts = Acts(*(column[keep] for column in acts))
    key = (acts.post.astype(np.int64) << 34) | (acts.actor.astype(np.int64) << 4) | acts.kind
    _, first = np.unique(key, return_index=True)
    acts = Acts(*(column[first] for column in acts))
    order = np.argsort(acts.at, kind="stable")
    return Acts(*(column[order] for column in acts))


def _by_regulars(
    rng: np.random.Generator,
    p: Parameters,
    cast: Cast,
    graph: Graph,
    line: Timeline,
    rows: Array,
    counts: Array,
    *,
    effort: bool,
) -> Acts:
    post = np.repeat(rows, counts)
    author = line.author[post]
    low, high = graph.regular_start[author], graph.regular_start[author + 1]
    some = high > low
    post, author, low, high = post[some], author[some], low[some], high[some]
    # Regulars stand first in the slice, so a power above one makes a few people react often.
    pick = low + ((high - low) * rng.random(len(post)) ** 1.35).astype(np.int64)
    pick, post = distinct(rng, pick, post, low, high)
    actor = graph.regulars[pick]
    delay = np.exp(rng.normal(np.log(7_000.0), 1.5, len(post)))
    at = line.at[post] + 20 + np.minimum(delay, 12 * DAY).astype(np.int64)
    followed_by_then = graph.regular_since[pick] < at
    post, actor, at = post[followed_by_then], actor[followed_by_then], at[followed_by_then]
    if effort:
        talks = cast.kind[actor] == kind_number("talkative")
        draw = rng.random(len(post))
        kind = np.where(talks & (draw < 0.62), _REPLY, np.where(talks & (draw < 0.74), _QUOTE, 1))
    else:
        kind = np.full(len(post), _LIKE)
    return Acts(post, actor, kind.astype(np.int8), at, np.zeros(len(post), dtype=bool))


def distinct(
    rng: np.random.Generator, pick: Array, post: Array, low: Array, high: Array
) -> tuple[Array, Array]:
    """Redraw, a few times, whoever was drawn twice for a post; then drop what is left double."""
    for _ in range(4):
        key = post.astype(np.int64) << 36 | pick
        order = np.argsort(key, kind="stable")
        double = np.zeros(len(key), dtype=bool)
        double[order[1:]] = key[order[1:]] == key[order[:-1]]
        again = np.flatnonzero(double)
        if not len(again):
            return pick, post
        width = high[again] - low[again]
        pick[again] = low[again] + (width * rng.random(len(again))).astype(np.int64)
    key = post.astype(np.int64) << 36 | pick
    _, first = np.unique(key, return_index=True)
    return pick[first], post[first]


def _empty() -> Acts:
    none = np.empty(0, dtype=np.int64)
    return Acts(none, none, none.astype(np.int8), none, none.astype(bool))


def by_crowds(
    rng: np.random.Generator, p: Parameters, cast: Cast, plans: Plans, line: Timeline
) -> Acts:
    """The crowd of a viral post or a giveaway: it saw a repost, reacted, and then followed."""
    rows = np.flatnonzero(line.event >= 0)
    if not len(rows):
        return _empty()
    edges = plans.edges
    by_event = np.argsort(edges.event, kind="stable")
    events = edges.event[by_event]
    pieces = []
    for row in rows:
        low, high = np.searchsorted(events, [line.event[row], line.event[row] + 1])
        members = by_event[low:high]
        for kind, share in ((_LIKE, 0.85), (_REPOST, 0.3), (_REPLY, 0.12)):
            chosen = members[rng.random(len(members)) < share]
            who = edges.follower[chosen]
            if kind == _REPLY:
                talks = cast.kind[who] == kind_number("talkative")
                chosen, who = chosen[talks], who[talks]
            before = edges.at[chosen].astype(np.int64) - rng.integers(5, 900, len(chosen))
            at = np.maximum(line.at[row] + 10, before)
            pieces.append((np.full(len(who), row), who, np.full(len(who), kind, np.int8), at))
    post, actor, kind_, at = (np.concatenate(c) for c in zip(*pieces, strict=True))
    return Acts(post, actor, kind_, at, np.zeros(len(post), dtype=bool))


def by_pods(rng: np.random.Generator, p: Parameters, plans: Plans, line: Timeline) -> Acts:
    """Members of a reciprocal group like and comment on each other's posts within the hour."""
    pieces = []
    for members in plans.pods:
        rows = np.flatnonzero(np.isin(line.author, members) & (line.kind == 0))
        for kind, share in ((_LIKE, 0.85), (_REPLY, 0.6)):
            who, where = np.nonzero(rng.random((len(members), len(rows))) < share)
            other = members[who] != line.author[rows[where]]
            post, actor = rows[where[other]], members[who[other]]
            at = line.at[post] + 60 + (rng.random(len(post)) ** 1.5 * 3_300).astype(np.int64)
            pieces.append((post, actor, np.full(len(post), kind, dtype=np.int8), at))
    if not pieces:
        return _empty()
    post, actor, kind_, at = (np.concatenate(c) for c in zip(*pieces, strict=True))
    return Acts(post, actor, kind_, at, kind_ == _REPLY)
