"""Other words for the thing that a piece names, from the lists of concepts and topics.

A piece names a concept in the languages that its sense says. Words of a language asked for, or of
one in which the piece itself names the concept, are `same`; those of other languages
`other_language`. A kind of the thing ("pastry chef" for "baker") and words that such people use a
lot (`near`) count less. Somebody with only the topic of the concept counts least: it is wider.

A piece that names several concepts ("coach") is shared between them: everything but the words of
the first kind counts a quarter less for each further concept, down to half.
"""

from __future__ import annotations

from collections.abc import Iterator

from influencr.index import Vocabulary
from influencr.search.meaning._reading import Alternative, Kind
from influencr.search.meaning._weights import Weights, sixteenths
from influencr.topics import (
    Said,
    concepts_of,
    narrower,
    phrases,
    topic_of,
    topic_of_concept,
)

__all__ = ["named_by", "other_words"]

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


def named_by(words: tuple[str, ...]) -> bool:
    """Does the piece name a concept?"""
    return bool(concepts_of(words))


def other_words(
    words: tuple[str, ...],
    languages: tuple[str, ...],
    vocabulary: Vocabulary,
    weights: Weights,
) -> Iterator[Alternative]:
    """Alternatives of a piece that the vocabulary can hold; nothing for one that names nothing.

    languages   asked for with the query
    """
    senses = concepts_of(words)
    doubt = max(8, 16 - 4 * (len(senses) - 1)) if senses else 16
    topics: dict[str, str] = {}
    for sense in senses:
        own = {*languages, *sense.languages}
        kind: Kind
        for said in phrases(sense.concept):
            if said.kind == "near":
                kind, weight = "near", weights.near
                because = f"said by many a {sense.concept}"
            elif said.language in own:
                kind, weight = "same", weights.same
                because = f"another word for {sense.concept}"
            else:
                kind, weight = "other_language", weights.other_language
                because = f"{_NAMES.get(said.language, said.language)} for {sense.concept}"
            yield from _said(said, sixteenths(weight, doubt), kind, because, vocabulary)
        for kind_of in narrower(sense.concept):
            less = sixteenths(weights.narrower, doubt)
            for said in phrases(kind_of):
                if said.kind == "same":
                    because = f"{kind_of} is a kind of {sense.concept}"
                    yield from _said(said, less, "near", because, vocabulary)
        if (topic := topic_of_concept(sense.concept)) is not None:
            topics.setdefault(topic, sense.concept)
    if len(words) == 1 and (named := topic_of(words[0])) is not None:
        topics.setdefault(named.topic, words[0])
    for topic, because in topics.items():
        least = sixteenths(weights.topic, doubt)
        yield Alternative((), topic, least, "topic", f"the topic of {because}")


def _said(
    said: Said, weight: float, kind: Kind, because: str, vocabulary: Vocabulary
) -> Iterator[Alternative]:
    if said.tag:
        tag = "#" + "".join(said.words)
        if vocabulary.frequency(tag):
            yield Alternative((tag,), None, weight, kind, because)
        return
    if said.words and all(vocabulary.frequency(word) for word in said.words):
        yield Alternative(said.words, None, weight, kind, because)
    # Written together in tags and handles; words of one sign each are found apart anyway.
    if len(said.words) > 1 and min(map(len, said.words)) > 1:
        joined = "".join(said.words)
        if joined.isalnum() and vocabulary.frequency(joined):
            yield Alternative((joined,), None, weight, kind, because)
