"""How a creator's own content fits a brand: a number from 0 to 1 that an index can rank by.

Four parts, those of them that the brand gives anything for; the fit is the weight of what a
creator has over the weight of what was asked (sixteenths over sixteenths):

    words      1, 2, 3 and more of the brand's words, each in any of its forms, other languages
               and compounds (`search.meaning`)                                       3 + 2 + 1
    topics     1, 2 and more of the topics that the brand's words, description and examples are
               about, and of those that its audience should care about                3 + 1
    examples   2, 4 and more of the words that tell the example creators from others  2 + 2
    language   writes in one of the brand's languages                                 2

Steps rather than a sum over words: who says three of a brand's words fits it, and nobody says
thirty. All of it is a tree of index nodes, so a fit is as fresh as the index, exact, and the same
for every creator who says the same; which words, which topics and which examples is told with it.

In the ranking the fit is a factor: eighths of it, rounded down, at least one (`fit_factor`).

The weights are our own choice, fixed by tests/unit/search/brand/test_fit.py: what a creator says
weighs most, and no part alone reaches a half but the words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from influencr.index import (
    Blend,
    Constant,
    Node,
    Or,
    Phrase,
    Term,
    Terms,
    Vocabulary,
    said,
)
from influencr.search._distinct import Distinct, distinctive, rarity
from influencr.search.brand._brand import Brand
from influencr.search.meaning import alternatives
from influencr.text import words as words_of
from influencr.topics import topic_of

__all__ = ["Fit", "FitPlan", "Resembles", "SaysWord", "fit_factor", "fit_plan"]

#: (at least so many, sixteenths for it) per part.
WORD_STEPS = ((1, 3), (2, 2), (3, 1))
TOPIC_STEPS = ((1, 3), (2, 1))
EXAMPLE_STEPS = ((2, 2), (4, 2))
LANGUAGE_WEIGHT = 2
#: Words of a brand that are asked for, those of its description among them; and of its examples.
_MAX_WORDS, _MAX_OF_DESCRIPTION, _MAX_OF_EXAMPLES = 24, 8, 16
#: Ways of saying a word that are asked for; weaker ones are hardly meant.
_MAX_WAYS, _LEAST_WEIGHT = 16, 0.5
#: Words of a description that more creators than this say are no brand's own.
_COMMON = 0.05
_EIGHTHS = 8


class Way(msgspec.Struct, frozen=True):
    """A way of saying a word of the brand: words side by side, and why it counts."""

    words: tuple[str, ...]
    because: str


class Asked(msgspec.Struct, frozen=True):
    """A word or phrase of the brand as the member wrote it, with every way of saying it."""

    typed: str
    ways: tuple[Way, ...]

    def node(self) -> Node:
        """Who says it in any way."""
        return _either(
            Phrase("all", way.words) if len(way.words) > 1 else Term("all", way.words[0])
            for way in self.ways
        )


class SaysWord(msgspec.Struct, frozen=True):
    """A word of the brand, as this creator says it; `because` is empty for the word itself."""

    word: str
    as_: str
    because: str


class Resembles(msgspec.Struct, frozen=True):
    """An example creator, with the telling words and the topics that both share."""

    example: str
    words: tuple[str, ...]
    topics: tuple[str, ...]


class Fit(msgspec.Struct, frozen=True):
    """How a creator's content fits: the number, the factor in the ranking, and the evidence."""

    fit: float
    factor: float
    words: tuple[SaysWord, ...]
    topics: tuple[str, ...]
    resembles: tuple[Resembles, ...]
    language: str | None


class FitPlan(msgspec.Struct, frozen=True):
    """A brand turned into questions to one generation of an index.

    asked      the brand's words
    topics     topics that it is about
    examples   (reference, row) of the example creators that the index holds
    distinct   words that tell the examples from others
    languages  of the brand
    clauses    (who, sixteenths)
    tiers      (who, factor) from the best on, for a `Scale`; the others have an eighth. The same
               nodes at every search, so that an index finds what it worked out before
    missing    example creators that the index does not hold
    """

    asked: tuple[Asked, ...]
    topics: tuple[str, ...]
    examples: tuple[tuple[str, dict[str, Any]], ...]
    distinct: tuple[Distinct, ...]
    languages: tuple[str, ...]
    clauses: tuple[tuple[Node, int], ...]
    tiers: tuple[tuple[Node, float], ...]
    missing: tuple[str, ...] = ()

    @property
    def whole(self) -> int:
        """Sixteenths of a creator who has everything; 0 when nothing could be asked."""
        return sum(weight for _, weight in self.clauses)

    def at_least(self, fit: float) -> Node:
        """Who fits this well or better; fit in (0, 1]."""
        return _enough(self.clauses, max(fit * self.whole, 1 / 16))

    def told(self, row: Mapping[str, Any]) -> Fit:
        """A creator's fit with its evidence, read from the creator's own row."""
        texts = [f" {text} " for field in said(row).values() for text in field]
        held = {word for text in texts for word in text.split()}
        topics = set(row.get("topics") or ())
        said_words = []
        for asked in self.asked:
            for way in asked.ways:
                if _says(way.words, held, texts):
                    said_words.append(SaysWord(asked.typed, " ".join(way.words), way.because))
                    break
        shared = [distinct for distinct in self.distinct if distinct.word in held]
        resembles = []
        for number, (reference, example) in enumerate(self.examples):
            common = tuple(d.word for d in shared if number in d.rows)
            both = tuple(t for t in example.get("topics") or () if t in topics)
            if (common or both) and example["profile_id"] != row["profile_id"]:
                resembles.append(Resembles(reference, common, both))
        resembles.sort(key=lambda r: (-len(r.words), -len(r.topics), r.example))
        language = row.get("language")
        has = (
            _reached(len(said_words), len(self.asked), WORD_STEPS)
            + _reached(len(topics.intersection(self.topics)), len(self.topics), TOPIC_STEPS)
            + _reached(len(shared), len(self.distinct), EXAMPLE_STEPS)
            + (LANGUAGE_WEIGHT if language in self.languages else 0)
        )
        fit = has / self.whole if self.whole else 0.0
        return Fit(
            fit=fit,
            factor=fit_factor(fit),
            words=tuple(said_words),
            topics=tuple(t for t in self.topics if t in topics),
            resembles=tuple(resembles),
            language=language if language in self.languages else None,
        )


def _enough(clauses: tuple[tuple[Node, int], ...], at_least: float) -> Node:
    """Who has clauses of this weight and more."""
    if not clauses:
        return Or(())
    # Each clause is worth 1 to whoever has it, whatever is inside.
    return Blend(
        tuple(Constant(node, 1.0) for node, _ in clauses),
        tuple(float(weight) for _, weight in clauses),
        at_least,
        0.0,
    )


def fit_factor(fit: float) -> float:
    """What a fit multiplies a score by: whole eighths of it, at least one.

    >>> fit_factor(0.0), fit_factor(0.6), fit_factor(1.0)
    (0.125, 0.5, 1.0)
    """
    return max(1, int(fit * _EIGHTHS)) / _EIGHTHS


def fit_plan(
    brand: Brand, vocabulary: Vocabulary, examples: Mapping[str, Mapping[str, Any] | None]
) -> FitPlan:
    """The plan of a brand for the vocabulary of a generation.

    examples   reference as the member wrote it -> row, None for one that is not in the index
    """
    asked = _asked(brand, vocabulary)
    rows = tuple((name, dict(row)) for name, row in examples.items() if row is not None)
    topics = _topics(brand, [row for _, row in rows])
    known = [way.words[0] for one in asked for way in one.ways if len(way.words) == 1]
    known += [word for topic in topics for word in words_of(topic)]
    distinct = distinctive(
        [row for _, row in rows], vocabulary, limit=_MAX_OF_EXAMPLES, besides=known
    )
    clauses = [
        *_steps([one.node() for one in asked], WORD_STEPS),
        *_steps([Term("topic", topic) for topic in topics], TOPIC_STEPS),
        *_steps([Term("all", one.word) for one in distinct], EXAMPLE_STEPS),
    ]
    if brand.languages:
        clauses.append((Terms("language", brand.languages), LANGUAGE_WEIGHT))
    return FitPlan(
        asked=asked,
        topics=topics,
        examples=rows,
        distinct=distinct,
        languages=brand.languages,
        clauses=tuple(clauses),
        tiers=_tiers(tuple(clauses)),
        missing=tuple(name for name, row in examples.items() if row is None),
    )


def _tiers(clauses: tuple[tuple[Node, int], ...]) -> tuple[tuple[Node, float], ...]:
    whole = sum(weight for _, weight in clauses)
    steps = range(_EIGHTHS, 1, -1) if clauses else ()
    return tuple((_enough(clauses, k * whole / _EIGHTHS), k / _EIGHTHS) for k in steps)


def _steps(nodes: list[Node], steps: tuple[tuple[int, int], ...]) -> list[tuple[Node, int]]:
    """A clause per step. With fewer nodes than a step asks for, all of them reach it."""
    found: list[tuple[Node, int]] = []
    if not nodes:
        return found
    for least, weight in steps:
        needed = min(least, len(nodes))
        alike = (1.0,) * len(nodes)
        node = _either(nodes) if needed == 1 else Blend(tuple(nodes), alike, float(needed), 0.0)
        found.append((node, weight))
    return found


def _reached(count: int, of: int, steps: tuple[tuple[int, int], ...]) -> int:
    """What `_steps` are worth to somebody who has so many of so many."""
    return sum(weight for least, weight in steps if of and count >= min(least, of))


def _asked(brand: Brand, vocabulary: Vocabulary) -> tuple[Asked, ...]:
    typed = list(brand.words)
    own = {word for piece in typed for word in words_of(piece)}
    typed += _telling(brand.description, vocabulary, own)
    found: list[Asked] = []
    for piece in typed[:_MAX_WORDS]:
        words = tuple(words_of(piece))
        ways = [Way(words, "")]
        for reading in alternatives(piece.split(), vocabulary, languages=brand.languages):
            if reading.words != words:
                continue  # a part of the phrase is not the phrase
            ways += [
                Way(one.words, "" if one.kind == "word" else one.because)
                for one in reading.alternatives
                if one.words and one.weight >= _LEAST_WEIGHT
            ]
        first: dict[tuple[str, ...], Way] = {}
        for way in ways:
            first.setdefault(way.words, way)
        found.append(Asked(piece, tuple(first.values())[:_MAX_WAYS]))
    return tuple(found)


def _telling(description: str, vocabulary: Vocabulary, known: set[str]) -> list[str]:
    """The rarest words of a description that somebody in the index says."""
    n = vocabulary.n_creators
    weighed = []
    for word in dict.fromkeys(words_of(description)):
        frequency = vocabulary.frequency(word)
        if word not in known and len(word) > 2 and 0 < frequency <= max(2, _COMMON * n):
            weighed.append((-rarity(frequency, n), word))
    return [word for _, word in sorted(weighed)[:_MAX_OF_DESCRIPTION]]


def _topics(brand: Brand, examples: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    named = [topic_of(piece) for piece in brand.words]
    told = words_of(brand.description)
    named += [topic_of(word) for word in told]
    named += [topic_of(f"{a} {b}") for a, b in itertools.pairwise(told)]
    found = [*brand.topics, *(one.topic for one in named if one is not None)]
    for row in examples:
        # The heaviest two are what somebody is about; the eighth is what they once said.
        found += list(row.get("topics") or ())[:2]
    return tuple(dict.fromkeys(found))


def _says(words: tuple[str, ...], held: set[str], texts: Sequence[str]) -> bool:
    if len(words) == 1:
        return words[0] in held
    phrase = f" {' '.join(words)} "
    return any(phrase in text for text in texts)


def _either(nodes: Iterable[Node]) -> Node:
    found = tuple(nodes)
    return found[0] if len(found) == 1 else Or(found)
