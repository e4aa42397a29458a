"""What one creator is worth for the words of a query, and why: the same sums as in the index.

An engine says who is found and in which order. What is shown with a hit, and what is said of
creators who are no hit, is worked out here from the creator's own row; the property tests hold both
to the same figures.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from influencr.index import WORD_FIELDS, Phrase, Prefix, Term, coverage_factor, n_words, said
from influencr.search._meant import (
    ACCOUNT_WORTH,
    POWER,
    REST,
    TOPIC_WORTH,
    WORTHS,
    Meant,
    Piece,
    Way,
    focus_factor,
)
from influencr.search._results import PiecePoints, WayFound
from influencr.search._words import Item

__all__ = ["Points", "Said", "points"]

#: A word that no text holds: it stands between texts, so that no phrase reaches over.
_BETWEEN = " \x01 "


class Said:
    """What a creator says, arranged for questions about single words; `row` as the index holds it.

    n_words   words and tags in name, bio and topics
    """

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        texts = said(row)
        self._texts = {f: f" {_BETWEEN.join(texts[f])} " for f in WORD_FIELDS if texts[f]}
        self.n_words = n_words(texts)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word and name, each once."""
        return frozenset(word for text in self._texts.values() for word in text.split(" "))

    def fields(self, node: Term | Prefix | Phrase) -> tuple[str, ...]:
        """The fields in which a word, beginning or phrase stands, in the order of WORD_FIELDS."""
        match node:
            case Term(_, value):
                if value not in self.words:
                    return ()
                sought = f" {value} "
            case Phrase(_, words, last_is_prefix):
                if not all(word in self.words for word in words[: len(words) - last_is_prefix]):
                    return ()
                sought = f" {' '.join(words)}" + ("" if last_is_prefix else " ")
            case Prefix(_, value):
                sought = f" {value}"
        return tuple(f for f, text in self._texts.items() if sought in text)

    def has(self, node: Term | Prefix | Phrase) -> bool:
        """Whether the creator has a topic or an account name."""
        if node.field == "topic":
            return node.value in (self.row.get("topics") or ()) if isinstance(node, Term) else False
        return "handle" in self.fields(node)

    def holds(self, item: Item) -> bool:
        """Whether an item stands letter for letter."""
        if self.fields(item.node()):
            return True
        return item.account is not None and self.has(Term("handle", item.account))


class Points:
    """What the words are worth for one creator.

    words      the part `words` of the score
    focus      the part `focus`
    coverage   the share of the soft pieces' rarity that was found, as a factor
    pieces     every piece, with the ways found of it
    ways       the same ways as they were looked for, each with its fields
    run        the plain words side by side, where they stand so
    """

    def __init__(
        self,
        pieces: tuple[PiecePoints, ...],
        ways: tuple[tuple[tuple[Way, tuple[str, ...]], ...], ...],
        coverage: float,
        run: WayFound | None,
        focus: float,
    ) -> None:
        self.pieces = pieces
        self.ways = ways
        self.coverage = coverage
        self.run = run
        self.focus = focus
        soft = math.fsum(p.points for p in pieces if p.is_soft) * coverage
        strict = math.fsum(p.points for p in pieces if not p.is_soft)
        self.words = soft + strict + (run.points if run is not None else 0.0)


_NO_WORDS = Points((), (), 1.0, None, 1.0)


def points(row: Mapping[str, Any], meant: Meant) -> Points:
    """What the words of a query are worth for a creator."""
    if not meant.pieces:
        # No words are asked for: what is said need not be read, which is most of the work.
        return _NO_WORDS
    creator = Said(row)
    found = [list(_found(creator, piece)) for piece in meant.pieces]
    pieces = tuple(
        PiecePoints(
            piece=piece.item.typed,
            is_soft=piece.item.is_soft,
            read_as=piece.correction,
            rarity=piece.rarity,
            found=tuple(way for _, way in ways),
            points=_together([way.points for _, way in ways]),
        )
        for piece, ways in zip(meant.pieces, found, strict=True)
    )
    matched = math.fsum(p.rarity for p in pieces if p.is_soft and p.found)
    coverage = coverage_factor(matched, meant.whole, POWER) if meant.soft else 1.0
    run = None
    if meant.run and (fields := creator.fields(Phrase("all", meant.run))):
        run = WayFound(
            said=" ".join(meant.run),
            kind="run",
            because="side by side, in the order typed",
            weight=meant.run_weight,
            fields=fields,
            points=meant.run_weight * _worth(fields),
        )
    looked_for = tuple(tuple((way, told.fields) for way, told in ways) for ways in found)
    return Points(pieces, looked_for, coverage, run, focus_factor(creator.n_words))


def _found(creator: Said, piece: Piece) -> Iterator[tuple[Way, WayFound]]:
    numbers = list(piece.others)
    for word in creator.words & piece.by_word.keys():
        numbers += piece.by_word[word]
    for number in sorted(numbers):
        way = piece.ways[number]
        if way.is_said:
            fields = creator.fields(way.node)
            worth = _worth(fields)
        elif creator.has(way.node):
            fields = ("topics",) if way.node.field == "topic" else ("handle",)
            worth = ACCOUNT_WORTH if way.kind == "account" else TOPIC_WORTH
        else:
            continue
        if fields:
            yield (
                way,
                WayFound(
                    said=way.said,
                    kind=way.kind,
                    because=way.because,
                    weight=way.weight,
                    fields=fields,
                    points=way.weight * worth * piece.rarity,
                ),
            )


def _together(found: list[float]) -> float:
    """The best way in full, the others by REST."""
    if not found:
        return 0.0
    best = max(found)
    return best + REST * (math.fsum(found) - best)


@functools.cache
def _worth(fields: tuple[str, ...]) -> float:
    """What it is worth to stand in these fields."""
    return math.fsum(WORTHS.get(field, 0.0) for field in fields) + WORTHS["all"]
