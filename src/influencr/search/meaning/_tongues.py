"""Which languages is a query word in, and which listed word is it a form of?

From its letters and script, from the word lists (a word that names a concept in Spanish is Spanish,
and so is one whose Spanish form does), from the languages asked for, and from the words beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from influencr.text import inflections, written_in
from influencr.topics import concepts_of, topic_of

__all__ = ["common_tongues", "listed_forms", "listed_in", "tongues"]

# Tried for a word that no list holds: do they have a form of it?
_TRIED = ("en", "es", "fr", "de", "pt", "it", "nl")
# More languages than this say nothing about the word beside: "yoga" is yoga everywhere.
_TELLING = 2


def listed_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """Languages in which these words name a concept or topic."""
    found = dict.fromkeys(code for sense in concepts_of(words) for code in sense.languages)
    if len(words) == 1 and (named := topic_of(words[0])) is not None:
        found.update(dict.fromkeys(named.languages))
    return tuple(found)


def listed_forms(word: str, languages: Sequence[str]) -> list[tuple[str, str]]:
    """(form, language) of the forms of a word that name a concept in a language tried."""
    return [
        (form, language)
        for language in languages
        for form in sorted(inflections(word, language))
        if any(language in sense.languages for sense in concepts_of((form,)))
    ]


def common_tongues(pieces: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The one or two languages that all listed pieces of a query share; () when nothing tells."""
    shared: set[str] | None = None
    for piece in pieces:
        if codes := listed_in(piece):
            shared = set(codes) if shared is None else shared & set(codes)
    return tuple(sorted(shared)) if shared and len(shared) <= _TELLING else ()


def tongues(typed: str, word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages (ISO 639-1) that a word is in, likeliest first; () when nothing tells.

    typed       as the member wrote it: accents tell languages apart
    word        the same, folded
    languages   asked for with the query, or told by the words beside; () for none
    """
    listed = dict.fromkeys(listed_in((word,)))
    written = written_in(typed)
    if not listed:
        tried = written if written is not None else dict.fromkeys((*languages, *_TRIED))
        listed = dict.fromkeys(language for _, language in listed_forms(word, tuple(tried)))
    likely = sorted(listed, key=lambda code: (code not in languages, code != "en", code))
    if written is None:
        return tuple(dict.fromkeys((*likely, *languages)))
    for open_ in (likely, languages):
        if both := tuple(code for code in open_ if code in written):
            return both
    return written[:2]
