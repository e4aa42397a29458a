"""Other words for the thing that a piece names, from the lists of concepts and topics.

A piece names a concept in the languages that its sense says. Words of a language asked for, or of
one in which the piece itself names the concept, are `same`; those of other languages
`other_language`. A kind of the thing ("pastry chef" for "baker") and words that such people use a
lot (`near`) count less. Somebody with only the topic of the concept counts least: it is wider.

Every language has its first PER_LANGUAGE words looked up; kinds are said in the languages of the
piece and in English only. Phrases are also sought written together, as tags and handles have them,
in the same languages. A phrase is taken for as common as its longest word over RARER_TOGETHER for
each further one, which decides only what is left out when there is too much.

A piece that names several concepts ("coach") is shared between them: everything counts a quarter
less for each further concept, down to half.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from influencr.search.meaning._reading import Candidate, Kind
from influencr.search.meaning._weights import Asked, Weights
from influencr.topics import (
    Said,
    concepts_of,
    narrower,
    phrases,
    topic_of,
    topic_of_concept,
)

__all__ = ["other_words"]

#: Words of one concept and language that are looked up; the lists begin with the usual ones.
PER_LANGUAGE = 6
#: How much rarer words are side by side than the longest of them: our own guess.
RARER_TOGETHER = 4

# English names of the languages that word lists have.
_NAMES = {
    **{"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese"},
    **{"it": "Italian", "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "id": "Indonesian"},
    **{"ru": "Russian", "ar": "Arabic", "hi": "Hindi", "ja": "Japanese", "ko": "Korean"},
    **{"zh": "Chinese", "th": "Thai", "sv": "Swedish", "uk": "Ukrainian", "fa": "Persian"},
    **{"vi": "Vietnamese", "ca": "Catalan", "da": "Danish", "no": "Norwegian", "fi": "Finnish"},
    **{"cs": "Czech", "el": "Greek", "he": "Hebrew", "ro": "Romanian", "hu": "Hungarian"},
    **{"bn": "Bengali", "ur": "Urdu", "tl": "Tagalog", "ms": "Malay", "sr": "Serbian"},
}


class _Way(NamedTuple):
    """One way to say something: the words, the one looked up, and all of them as one word or ""."""

    words: tuple[str, ...]
    longest: str
    joined: str


class _Group(NamedTuple):
    """Ways of one weight and reason."""

    weight: Literal["same", "other_language", "narrower", "near"]
    kind: Kind
    because: str
    ways: tuple[_Way, ...]


def other_words(words: tuple[str, ...], asked: Asked) -> list[Candidate]:
    """Alternatives of a piece that the vocabulary can hold; none for one that names nothing."""
    frequency, weights = asked.vocabulary.frequency, asked.weights
    senses = concepts_of(words)
    doubt = max(8, 16 - 4 * (len(senses) - 1)) if senses else 16
    found: list[Candidate] = []
    topics: dict[str, str] = {}
    for sense in senses:
        for group in _groups(sense.concept, frozenset((*asked.languages, *sense.languages))):
            weight = _shared(weights, group.weight, doubt)
            for said, longest, joined in group.ways:
                if common := frequency(longest):
                    rare = common / RARER_TOGETHER ** (len(said) - 1)
                    found.append(Candidate(weight, rare, said, None, group.kind, group.because))
                if joined and (common := frequency(joined)):
                    found.append(
                        Candidate(weight, common, (joined,), None, group.kind, group.because)
                    )
        if (topic := topic_of_concept(sense.concept)) is not None:
            topics.setdefault(topic, sense.concept)
    if len(words) == 1 and (named := topic_of(words[0])) is not None:
        topics.setdefault(named.topic, words[0])
    least = _shared(weights, "topic", doubt)
    return found + [
        Candidate(least, 0.0, (), topic, "topic", f"the topic of {of}")
        for topic, of in topics.items()
    ]


def _shared(
    weights: Weights,
    name: Literal["same", "other_language", "narrower", "near", "topic"],
    doubt: int,
) -> int:
    weight: int = getattr(weights, name)
    return max(1, (weight * doubt + 8) // 16)


@functools.lru_cache(maxsize=4096)
def _groups(concept: str, own: frozenset[str]) -> tuple[_Group, ...]:
    """Everything to look up for a concept; `own` are the languages asked in."""
    found: list[_Group] = []
    usual = own | {"en"}
    by_language: dict[str, list[Said]] = {}
    for said in phrases(concept):
        by_language.setdefault(said.language, []).append(said)
    for language, sayings in by_language.items():
        if language == "":
            because = f"said by many a {concept}"
            found.append(_Group("near", "near", because, _ways(sayings, joining=False)))
        elif language in own:
            because = f"another word for {concept}"
            found.append(_Group("same", "same", because, _ways(sayings, joining=True)))
        else:
            because = f"{_NAMES.get(language, language)} for {concept}"
            ways = _ways(sayings[:PER_LANGUAGE], joining=language in usual)
            found.append(_Group("other_language", "other_language", because, ways))
    for one in narrower(concept):
        sayings = [s for s in phrases(one) if s.kind == "same" and s.language in usual]
        because = f"{one} is a kind of {concept}"
        found.append(_Group("narrower", "near", because, _ways(sayings, joining=False)))
    return tuple(found)


def _ways(sayings: Iterable[Said], *, joining: bool) -> tuple[_Way, ...]:
    return tuple(dict.fromkeys(_each_way(sayings, joining=joining)))


def _each_way(sayings: Iterable[Said], *, joining: bool) -> Iterator[_Way]:
    for said in sayings:
        words = said.words
        if said.tag:
            yield _Way((tag := "#" + "".join(words),), tag, "")
        elif words:
            # Words of one sign each are found apart anyway.
            together = joining and len(words) > 1 and min(map(len, words)) > 1
            yield _Way(words, max(words, key=len), "".join(words) if together else "")
