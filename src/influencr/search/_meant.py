"""What the words of a query are taken to mean: pieces, each with the ways of saying it.

Bare words and tags are soft. `search.meaning` says what may stand for each in the words of this
index: the word itself, its forms, compounds, corrections, synonyms, other languages, the topic.
What a creator is worth for a piece follows from the ways in which they say it:

    way      weight of the way x worth of the fields in which it stands (WORTHS)
    piece    its best way, and REST of what the others are worth, x the rarity of the piece
    words    the sum of the pieces x coverage, the share of the rarity that the matched pieces hold,
             + the plain words side by side, once more RUN_SHARE of what all pieces weigh

A creator is found who has AT_LEAST of the rarity of the soft pieces that anybody has. Quoted words,
beginnings and mentions are strict: each must stand as typed. Whoever says little else is more about
it: `focus` lowers the words of long texts (FOCUS).

Rarity is read from the vocabulary of the index and coarsely rounded, so that single creators who
come or go move nobody.

WORTHS, REST, RUN_SHARE, FOCUS and how rarity grows were chosen on judged queries, with
cross-validation (docs/algorithms/ranking.md says how, and what else was tried); the worths of
handle, posts and `called`, which the judged profiles do not have, are our own choice. AT_LEAST
trades a few finds against totals that mean something.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from influencr.index import (
    And,
    Best,
    Blend,
    Boost,
    Constant,
    Node,
    Not,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Scale,
    Stands,
    Term,
    Vocabulary,
)
from influencr.search._words import Item, Words
from influencr.search.meaning import Alternative, Reading, alternatives
from influencr.text import words as words_of

__all__ = [
    "ACCOUNT_WORTH",
    "AT_LEAST",
    "FOCUS",
    "LEAST_FOCUS",
    "MOST_WAYS",
    "POWER",
    "REST",
    "RUN_SHARE",
    "TOPIC_WORTH",
    "WORTHS",
    "Meant",
    "Piece",
    "Way",
    "focus_factor",
    "frequency",
    "mean",
    "rarity",
]

#: What it is worth that a word stands in a field; `all` wherever it stands.
WORTHS = {"all": 1.0, "name": 1.0, "handle": 1.0, "bio": 1.0, "topics": 1.0, "called": 1.0}
#: What it is worth that the creator has the topic which a piece names.
TOPIC_WORTH = 1.0
#: What it is worth that a piece is the creator's account name as a whole.
ACCOUNT_WORTH = 16.0
#: What the other ways of saying a piece count beside the best one.
REST = 0.5
#: Share of the rarity of all soft pieces that a creator must hold to be found.
AT_LEAST = 0.375
#: How hard a missing piece is punished (`index.coverage_factor`).
POWER = 1.0
#: Weight of the plain words side by side, as a share of the rarity of all pieces.
RUN_SHARE = 0.5
#: (most words in name, bio and topics, factor): about 1 / (1 + 0.35 log2(1 + n / 20)) in 16ths.
FOCUS = (
    (1, 1.0),
    (4, 0.9375),
    (8, 0.875),
    (14, 0.8125),
    (23, 0.75),
    (36, 0.6875),
    (57, 0.625),
    (94, 0.5625),
)
#: The factor of longer ones.
LEAST_FOCUS = 0.5

#: Ways of a piece that are tried, the strongest: more find nobody else worth finding.
MOST_WAYS = 48
#: Words that begin so and are counted for the rarity of a beginning.
_MOST_BEGUN = 64
_QUARTERS = 4


class Way(msgspec.Struct, frozen=True):
    """One way of saying a piece.

    node     Term, Prefix or Phrase on `all`; a Term on `topic` or `handle`
    said     for people: the words, the topic, or the account
    kind     see `meaning.Alternative`; besides `exact` (strict) and `account`
    weight   how surely it is meant, a multiple of 1/16
    """

    node: Term | Prefix | Phrase
    said: str
    kind: str
    because: str
    weight: float

    @property
    def is_said(self) -> bool:
        """Whether it stands in the creator's texts, and not beside them."""
        return self.node.field == "all"

    @property
    def clause(self) -> Node:
        """Its creators, worth what it is worth."""
        if self.is_said:
            return Stands(self.node, tuple((f, w * self.weight) for f, w in WORTHS.items()))
        worth = ACCOUNT_WORTH if self.kind == "account" else TOPIC_WORTH
        return Constant(self.node, worth * self.weight)


class Piece(msgspec.Struct, frozen=True, dict=True):
    """One piece of the query and every way of saying it.

    item         what was typed
    rarity       what the piece weighs among the others, a multiple of 1/4
    correction   what it was read as, when nobody says what was typed
    is_said      whether anybody in this index says it in any way
    """

    item: Item
    ways: tuple[Way, ...]
    rarity: float
    correction: str | None = None
    is_said: bool = True

    @cached_property
    def clause(self) -> Node:
        """Its creators, worth the best way in which they say it and REST of the others."""
        if len(self.ways) == 1:
            return self.ways[0].clause
        return Best(tuple(way.clause for way in self.ways), REST)

    @cached_property
    def by_word(self) -> dict[str, tuple[int, ...]]:
        """First word of a way -> the numbers of the ways that begin so, of those in texts."""
        found: dict[str, tuple[int, ...]] = {}
        for number, way in enumerate(self.ways):
            if way.is_said and not isinstance(way.node, Prefix):
                node = way.node
                word = node.words[0] if isinstance(node, Phrase) else str(node.value)
                found[word] = (*found.get(word, ()), number)
        return found

    @cached_property
    def others(self) -> tuple[int, ...]:
        """The numbers of the other ways: beginnings, topics, accounts."""
        known = {number for numbers in self.by_word.values() for number in numbers}
        return tuple(n for n in range(len(self.ways)) if n not in known)


class Meant(msgspec.Struct, frozen=True, dict=True):
    """The pieces of a query in the order typed, who is left out, and the words side by side."""

    pieces: tuple[Piece, ...] = ()
    excluded: tuple[Item, ...] = ()
    run: tuple[str, ...] = ()

    @cached_property
    def soft(self) -> tuple[Piece, ...]:
        """The pieces that may be missing."""
        return tuple(p for p in self.pieces if p.item.is_soft)

    @cached_property
    def strict(self) -> tuple[Piece, ...]:
        """The pieces that every result has."""
        return tuple(p for p in self.pieces if not p.item.is_soft)

    @cached_property
    def whole(self) -> float:
        """The rarity of all soft pieces together."""
        return math.fsum(p.rarity for p in self.soft)

    @cached_property
    def run_weight(self) -> float:
        """What the words side by side weigh."""
        return RUN_SHARE * self.whole

    @cached_property
    def filter(self) -> Node | None:
        """Who is found; None when nothing was asked."""
        clauses = self._clauses(self._least)
        return And(clauses) if clauses else None

    @cached_property
    def every(self) -> Node | None:
        """Who holds every piece; None when that is everybody found."""
        if len(self.soft) < 2:
            return None
        return And(self._clauses(self.whole))

    @cached_property
    def scored(self) -> Node | None:
        """Who is found, worth words x focus; None when there is nothing to score."""
        if not self.pieces:
            return None
        found: Node | None = self.filter
        if found is None:
            return None
        if self.run:
            worths = tuple((f, w * self.run_weight) for f, w in WORTHS.items())
            found = Prefer(found, (Stands(Phrase("all", self.run), worths),))
        lengths = tuple((Range("n_words", None, most), factor) for most, factor in FOCUS)
        return Scale(found, lengths, LEAST_FOCUS)

    @cached_property
    def _least(self) -> float:
        said = math.fsum(p.rarity for p in self.soft if p.is_said)
        return AT_LEAST * (said or self.whole)

    def _clauses(self, at_least: float) -> tuple[Node, ...]:
        clauses: list[Node] = []
        if soft := self.soft:
            weights = tuple(p.rarity for p in soft)
            clauses.append(Blend(tuple(p.clause for p in soft), weights, at_least, POWER))
        clauses += [Boost(p.clause, p.rarity) for p in self.strict]
        clauses += [Not(i.itself()) for i in self.excluded]
        return tuple(clauses)


def focus_factor(n_words: int) -> float:
    """The part of a score that says how little else is said.

    >>> focus_factor(0), focus_factor(20), focus_factor(500)
    (1.0, 0.75, 0.5)
    """
    return next((factor for most, factor in FOCUS if n_words <= most), LEAST_FOCUS)


def rarity(frequency: float, n_creators: int) -> float:
    """How much it says that somebody says what `frequency` of `n_creators` say.

    log2(1 + n / (1 + frequency)), to quarters, at least 1: a word that everybody says weighs a
    twentieth of one that a single creator of a million says.

    >>> rarity(0, 1_000_000), rarity(1_000, 1_000_000), rarity(1_000_000, 1_000_000)
    (20.0, 10.0, 1.0)
    """
    said = math.log2(1.0 + n_creators / (1.0 + frequency))
    return max(1.0, math.floor(said * _QUARTERS + 0.5) / _QUARTERS)


def mean(words: Words, vocabulary: Vocabulary) -> Meant:
    """What the words mean in an index with this vocabulary."""
    pieces: list[Piece] = []
    for is_soft, run in itertools.groupby(words.required, lambda item: item.is_soft):
        items = list(run)
        pieces += _soft(items, vocabulary) if is_soft else [_strict(i, vocabulary) for i in items]
    return Meant(tuple(pieces), words.excluded, words.run)


def _soft(items: Sequence[Item], vocabulary: Vocabulary) -> Iterator[Piece]:
    readings = alternatives([item.typed for item in items], vocabulary)
    for number, item in enumerate(items):
        own = [r for r in readings if r.start <= number < r.stop]
        ways = _ways(item, own)
        meant = max((w.weight * frequency(w.node, vocabulary) for w in ways), default=0.0)
        yield Piece(
            item,
            ways,
            rarity(meant, vocabulary.n_creators),
            next((r.correction for r in own if r.correction), None),
            meant > 0,
        )


def _ways(item: Item, readings: Iterable[Reading]) -> tuple[Way, ...]:
    """Strongest first, each once; the item as typed is the first of its weight."""
    found: dict[Node, Way] = {}
    exact = Way(item.node(), item.typed, "word", "as typed", 1.0)
    found[exact.node] = exact
    if item.account is not None:
        account = Term("handle", item.account)
        found[account] = Way(account, item.account, "account", "the account of this name", 1.0)
    for reading in readings:
        for one in reading.alternatives:
            way = _way(one)
            known = found.get(way.node)
            if known is None or way.weight > known.weight:
                found[way.node] = way
    return tuple(sorted(found.values(), key=lambda w: -w.weight)[:MOST_WAYS])


def _way(one: Alternative) -> Way:
    node: Term | Phrase
    if one.topic is not None:
        node = Term("topic", one.topic)
    elif len(one.words) == 1:
        node = Term("all", one.words[0])
    else:
        node = Phrase("all", one.words)
    return Way(node, one.topic or " ".join(one.words), one.kind, one.because, one.weight)


def _strict(item: Item, vocabulary: Vocabulary) -> Piece:
    way = Way(item.node(), item.typed, "exact", "as typed", 1.0)
    meant = frequency(way.node, vocabulary)
    return Piece(item, (way,), rarity(meant, vocabulary.n_creators))


def frequency(node: Term | Prefix | Phrase, vocabulary: Vocabulary) -> float:
    """About how many creators a way finds, from the frequencies of single words."""
    if isinstance(node, Prefix):
        begun = vocabulary.starting(node.value, _MOST_BEGUN)
        return min(vocabulary.n_creators, math.fsum(n for _, n in begun))
    if isinstance(node, Phrase):
        whole = node.words[:-1] if node.last_is_prefix else node.words
        return min(vocabulary.frequency(word) for word in whole)
    if node.field == "topic":
        # The words of a topic stand in whoever has it.
        return min(map(vocabulary.frequency, words_of(str(node.value))), default=0)
    return vocabulary.frequency(str(node.value))
