"""Other words for the thing that a piece names, from the lists of concepts and topics.

A piece names a concept in the languages that its sense says. Words of a language asked for, or of
one in which the piece itself names the concept, are `same`; those of other languages
`other_language`. A kind of the thing ("pastry chef" for "baker") and words that such people use a
lot (`near`) count less. Somebody with only the topic of the concept counts least: it is wider.

Kinds are said in the languages of the piece and in English only: there are many of them.

A piece that names several concepts ("coach") is shared between them: everything but the words of
the first kind counts a quarter less for each further concept, down to half.
"""

from __future__ import annotations

from collections.abc import Iterator

from influencr.index import Vocabulary
from influencr.search.meaning._reading import Alternative, Kind
from influencr.search.meaning._weights import Asked, sixteenths
from influencr.topics import (
    Said,
    concepts_of,
    narrower,
    phrases,
    topic_of,
    topic_of_concept,
)

__all__ = ["other_words"]

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


def other_words(words: tuple[str, ...], asked: Asked) -> Iterator[Alternative]:
    """Alternatives of a piece that the vocabulary can hold; nothing for one that names nothing."""
    vocabulary, weights = asked.vocabulary, asked.weights
    senses = concepts_of(words)
    doubt = max(8, 16 - 4 * (len(senses) - 1)) if senses else 16
    topics: dict[str, str] = {}
    for sense in senses:
        own = {*asked.languages, *sense.languages}
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
        for one in narrower(sense.concept):
            less = sixteenths(weights.narrower, doubt)
            because = f"{one} is a kind of {sense.concept}"
            for said in phrases(one):
                if said.kind == "same" and (said.language in own or said.language == "en"):
                    yield from _said(said, less, "near", because, vocabulary)
        if (topic := topic_of_concept(sense.concept)) is not None:
            topics.setdefault(topic, sense.concept)
    if len(words) == 1 and (named := topic_of(words[0])) is not None:
        topics.setdefault(named.topic, words[0])
    for topic, of in topics.items():
        least = sixteenths(weights.topic, doubt)
        yield Alternative((), topic, least, "topic", f"the topic of {of}")


def _said(
    said: Said, weight: float, kind: Kind, because: str, vocabulary: Vocabulary
) -> Iterator[Alternative]:
    words, frequency = said.words, vocabulary.frequency
    if said.tag:
        if frequency(tag := "#" + "".join(words)):
            yield Alternative((tag,), None, weight, kind, because)
        return
    if len(words) == 1:
        if frequency(words[0]):
            yield Alternative(words, None, weight, kind, because)
        return
    # The longest word is mostly the rarest: one question is enough for most phrases.
    if words and all(frequency(word) for word in sorted(words, key=len, reverse=True)):
        yield Alternative(words, None, weight, kind, because)
    # Written together in tags and handles; words of one sign each are found apart anyway.
    if words and min(map(len, words)) > 1 and frequency(joined := "".join(words)):
        yield Alternative((joined,), None, weight, kind, because)
