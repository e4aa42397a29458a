"""The shape of an answer: a piece of the query and what may stand for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

import msgspec

from influencr.index import Vocabulary

__all__ = [
    "KINDS",
    "MAX_ALTERNATIVES",
    "Alternative",
    "Candidate",
    "Kind",
    "Reading",
    "strongest",
    "weaker",
]

#: More would cost time and bring nothing: the weakest are guesses.
MAX_ALTERNATIVES = 64
# Phrases cost most to look up, and few of them stand in anybody's text.
_MAX_PHRASES = 24

Kind = Literal[
    "word",
    "form",
    "part",
    "joined",
    "typo",
    "same",
    "other_language",
    "near",
    "related",
    "topic",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Alternative(msgspec.Struct, frozen=True):
    """Something that may stand in a creator's text in place of a piece of the query.

    words     folded as the index holds them; several = side by side, in this order; () for a topic
    topic     instead of words: the name of a topic that the creator has
    weight    how surely it is meant, in (0, 1], a multiple of 1/16; the piece itself has 1
    kind      word            as typed
              form            another form of it, or a word built on its stem
              part            a compound that holds it, or the parts of a compound typed
              joined          neighbours typed, written as one word
              typo            what was probably meant
              same            another word for the same thing, in a language that it was asked in
              other_language  the same thing in another language
              near            a narrower thing, or a word that such people use a lot
              related         found near it in creators' texts; nothing gives this yet
              topic           a topic
    because   for people: "form of baker", "Spanish for baker", "read as motivational"
    """

    words: tuple[str, ...]
    topic: str | None
    weight: float
    kind: Kind
    because: str


class Reading(msgspec.Struct, frozen=True):
    """A piece of the query with its alternatives, strongest first.

    words          the piece, folded
    start, stop    which of the typed words it covers: typed[start:stop]
    alternatives   at most MAX_ALTERNATIVES. A piece of one typed word begins with the word itself,
                   weight 1. A piece of several covers the same ground as the pieces of its words
                   ("personal trainer" beside "personal" and "trainer"): whoever has an alternative
                   of it has said all of them.
    correction     what the piece was read as, when it was probably mistyped; else None
    """

    words: tuple[str, ...]
    start: int
    stop: int
    alternatives: tuple[Alternative, ...]
    correction: str | None = None


class Candidate(NamedTuple):
    """An alternative in the making: weight in sixteenths, and roughly how many creators say it."""

    weight: int
    common: float
    words: tuple[str, ...]
    topic: str | None
    kind: Kind
    because: str


def weaker(found: Iterable[Candidate], factor: int) -> Iterator[Candidate]:
    """The same with weights times factor / 16, rounded to the nearest, at least 1."""
    for one in found:
        yield one._replace(weight=max(1, (one.weight * factor + 8) // 16))


def strongest(found: Iterable[Candidate], vocabulary: Vocabulary) -> tuple[Alternative, ...]:
    """At most MAX_ALTERNATIVES, each words or topic once with its greatest weight.

    Equal weights: the more common first. A phrase that holds another alternative of at least its
    weight is left out: whoever says it says that one too. So is one with a word that nobody says.
    """
    best: dict[tuple[tuple[str, ...], str | None], Candidate] = {}
    for one in found:
        key = (one.words, one.topic)
        known = best.get(key)
        if known is None or one.weight > known.weight:
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: (-one.weight, -one.common, one.words))
    topics = [one for one in ordered if one.topic is not None]
    kept: set[tuple[str, ...]] = set()
    chosen: list[Candidate] = []
    room, phrases = MAX_ALTERNATIVES - len(topics), _MAX_PHRASES
    for one in ordered:
        if one.topic is not None or (one.kind != "word" and len(chosen) >= room):
            continue
        if len(one.words) > 1 and one.kind != "word":
            if not phrases or any(run in kept for run in _runs(one.words)):
                continue
            if not all(map(vocabulary.frequency, one.words)):
                continue
            phrases -= 1
        kept.add(one.words)
        chosen.append(one)
    # A topic is one cheap question and finds most: it is never crowded out.
    return tuple(
        Alternative(one.words, one.topic, one.weight / 16, one.kind, one.because)
        for one in sorted((*chosen, *topics), key=lambda one: -one.weight)
    )


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every shorter run of neighbours."""
    for length in range(1, len(words)):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]
