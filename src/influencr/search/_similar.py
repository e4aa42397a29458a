"""Creators like some creators: by what they say, or by who follows both.

By content: the topics of the creators named, and the words that tell them from others
(`_distinct`), each weighed in sixteenths. The likeness is the weight of what somebody shares over
half of the weight of all, at most 1: nobody says all of another's words. Who shares less than an
eighth of the whole is not similar.

By audience: who shares followers beyond chance (`pipeline.alignment.overlaps`), as alike as the
Jaccard index of the two audiences says beside the most alike one. Only where followers are known.

The likeness enters the score as a factor, in eighths by content and sixteenths by audience, so
that everything else (words, place, activity, engagement) still counts, and every filter, facet and
page works as in any search.

TOPIC_WEIGHT, ENOUGH, LEAST: our own choice, fixed by tests/unit/search/test_similar.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from influencr.index import (
    Among,
    And,
    Blend,
    Constant,
    IdSet,
    Node,
    Not,
    Or,
    Scale,
    Term,
    Vocabulary,
    said,
)
from influencr.search._distinct import Distinct, distinctive
from influencr.text import words as words_of

__all__ = ["LikeLens", "Shared", "SharedLens", "Sharing", "Similar", "like"]

#: Sixteenths of a topic; a word has as many as it is rare, at most sixteen.
TOPIC_WEIGHT = 12
_MAX_TOPICS, _MAX_WORDS = 4, 20
#: Share of the whole weight that counts as entirely alike, and below which nobody is similar.
ENOUGH, LEAST = 0.5, 0.125
_EIGHTHS, _SIXTEENTHS = 8, 16


class Shared(Protocol):
    """A creator who shares followers with another (`pipeline.alignment.Overlap`); see `Sharing`."""

    @property
    def profile_id(self) -> str: ...
    @property
    def n_shared(self) -> int: ...
    @property
    def n_sampled(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def lift(self) -> float: ...
    @property
    def jaccard(self) -> float: ...
    @property
    def jaccard_low(self) -> float: ...
    @property
    def jaccard_high(self) -> float: ...


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Followers in common with `of`: `n_shared` of `n_sampled` of its followers follow this
    creator, too; the share with its 95 % interval, the lift over chance, and the Jaccard index of
    the two audiences with its interval."""

    of: str
    n_shared: int
    n_sampled: int
    share: float
    low: float
    high: float
    lift: float
    jaccard: float
    jaccard_low: float
    jaccard_high: float


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """Why a creator is similar.

    by         content or audience
    likeness   0..1; `factor` is what it multiplies the score by
    words      telling words in common, the rarest first, and `topics` in common; by content
    sharing    followers in common with each creator named; by audience
    """

    by: str
    likeness: float
    factor: float
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sharing: tuple[Sharing, ...] = ()


class LikeLens:
    """By content; see `search._lens.Lens`."""

    def __init__(
        self, names: Sequence[str], ids: IdSet, words: Sequence[Distinct], topics: Sequence[str]
    ) -> None:
        self.names, self.words, self.topics = tuple(names), tuple(words), tuple(topics)
        self._ids = ids
        self._clauses: list[tuple[Node, int]] = [
            *((Term("topic", topic), TOPIC_WEIGHT) for topic in topics),
            *((Term("all", one.word), round(one.weight * 16)) for one in words),
        ]
        self.whole = sum(weight for _, weight in self._clauses)
        # The same nodes at every search, so that an index finds what it worked out before.
        self._tiers = tuple(
            (self._shares(k / _EIGHTHS * ENOUGH), k / _EIGHTHS) for k in range(_EIGHTHS, 1, -1)
        )

    @property
    def filters(self) -> tuple[tuple[str, str, Node], ...]:
        """Who is similar, without the creators themselves."""
        label = f"similar to {', '.join(self.names)} by content"
        return (("similar", label, And((self._shares(LEAST), Not(Among(self._ids))))),)

    def scale(self, node: Node) -> Node:
        """Times the likeness in eighths."""
        return Scale(node, self._tiers, 1 / _EIGHTHS)

    def see(self, creator: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        """The part and the field `similar` of a hit."""
        found = self._similar(creator)
        return {"similar": found.factor}, {"similar": found}

    def read(self) -> dict[str, Any]:
        """Nothing: the query says it."""
        return {}

    def _similar(self, creator: Mapping[str, Any]) -> Similar:
        held = {w for field in said(creator).values() for text in field for w in text.split(" ")}
        words = [one for one in self.words if one.word in held]
        has = set(creator.get("topics") or ())
        topics = tuple(topic for topic in self.topics if topic in has)
        weight = TOPIC_WEIGHT * len(topics) + sum(round(one.weight * 16) for one in words)
        likeness = min(1.0, weight / (ENOUGH * self.whole)) if self.whole else 0.0
        words.sort(key=lambda one: (-one.weight, one.word))
        return Similar(
            by="content",
            likeness=round(likeness, 4),
            factor=max(1, math.floor(likeness * _EIGHTHS)) / _EIGHTHS,
            words=tuple(one.word for one in words),
            topics=topics,
        )

    def _shares(self, share: float) -> Node:
        if not self._clauses:
            return Or(())
        return Blend(
            tuple(Constant(node, 1.0) for node, _ in self._clauses),
            tuple(float(weight) for _, weight in self._clauses),
            share * self.whole,
            0.0,
        )


def like(rows: Sequence[tuple[str, Mapping[str, Any]]], vocabulary: Vocabulary) -> LikeLens:
    """The lens of some creators, (name, row) each, in the vocabulary of a generation."""
    weights: dict[str, float] = {}
    for _, row in rows:
        listed = row.get("topics") or ()
        told = row.get("topic_weights") or [1.0] * len(listed)
        for topic, weight in zip(listed, told, strict=False):
            weights[topic] = weights.get(topic, 0.0) + weight
    topics = sorted(weights, key=lambda topic: (-weights[topic], topic))[:_MAX_TOPICS]
    # A topic is said already by its name.
    named = [word for topic in topics for word in words_of(topic)]
    words = distinctive([row for _, row in rows], vocabulary, limit=_MAX_WORDS, besides=named)
    ids = IdSet(row["profile_id"] for _, row in rows)
    return LikeLens([name for name, _ in rows], ids, words, topics)


class SharedLens:
    """By audience; see `search._lens.Lens`.

    shared   (name of a creator, who shares followers with them)
    """

    def __init__(self, ids: IdSet, shared: Sequence[tuple[str, Sequence[Shared]]]) -> None:
        self.names = tuple(name for name, _ in shared)
        self._sharing: dict[str, list[Sharing]] = {}
        for name, found in shared:
            for one in found:
                if one.profile_id not in ids.ids:
                    told = {f: getattr(one, f) for f in Sharing.__struct_fields__ if f != "of"}
                    self._sharing.setdefault(one.profile_id, []).append(Sharing(of=name, **told))
        best = {i: max(s.jaccard for s in sharing) for i, sharing in self._sharing.items()}
        most = max(best.values(), default=0.0)
        self._likeness = {i: value / most for i, value in best.items()} if most else {}
        tiers: dict[int, list[str]] = {}
        for profile_id, likeness in self._likeness.items():
            tiers.setdefault(_sixteenths(likeness), []).append(profile_id)
        self._tiers = tuple(
            (Among(IdSet(tiers[k])), k / _SIXTEENTHS) for k in sorted(tiers, reverse=True)
        )

    @property
    def filters(self) -> tuple[tuple[str, str, Node], ...]:
        """Who shares followers beyond chance."""
        label = f"similar to {', '.join(self.names)} by audience"
        return (("similar", label, Among(IdSet(self._sharing))),)

    def scale(self, node: Node) -> Node:
        """Times the likeness in sixteenths."""
        return Scale(node, self._tiers, 1 / _SIXTEENTHS) if self._tiers else node

    def see(self, creator: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        """The part and the field `similar` of a hit."""
        profile_id = creator["profile_id"]
        likeness = self._likeness.get(profile_id, 0.0)
        found = Similar(
            by="audience",
            likeness=round(likeness, 4),
            factor=_sixteenths(likeness) / _SIXTEENTHS,
            sharing=tuple(self._sharing.get(profile_id, ())),
        )
        return {"similar": found.factor} if self._tiers else {}, {"similar": found}

    def read(self) -> dict[str, Any]:
        """Nothing: the query says it."""
        return {}


def _sixteenths(likeness: float) -> int:
    return max(1, math.ceil(likeness * _SIXTEENTHS))
