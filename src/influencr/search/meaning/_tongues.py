"""Which languages is a query word in, how surely?

From its letters and script, the word lists (a word that names a concept in Spanish is Spanish, and
so is one whose Spanish form does), and the languages asked for. Otherwise it may be in any of
GUESSED, and only its plainest forms are tried.

GUESSED: the languages with most creators among those whose endings are regular; our own choice.
"""

from __future__ import annotations

from influencr.text import inflections, written_in
from influencr.topics import concepts_of, topic_of

__all__ = ["tongues"]

# Tried for a word that no list holds: do they have a form of it?
_TRIED = ("en", "es", "fr", "de", "pt", "it", "nl")


def tongues(typed: str, word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages (ISO 639-1) that a word is in, likeliest first; () when nothing tells.

    typed       as the member wrote it: accents tell languages apart
    word        the same, folded
    languages   asked for with the query; () for none
    """
    listed = dict.fromkeys(code for sense in concepts_of((word,)) for code in sense.languages)
    if (named := topic_of(word)) is not None:
        listed.update(dict.fromkeys(named.languages))
    written = written_in(typed)
    if not listed:
        tried = written if written is not None else (*languages, *_TRIED)
        listed = dict.fromkeys(code for code in tried if _has_listed_form(word, code))
    likely = sorted(listed, key=lambda code: (code not in languages, code != "en", code))
    if written is None:
        return tuple(dict.fromkeys((*likely, *languages)))
    for open_ in (likely, languages):
        if both := tuple(code for code in open_ if code in written):
            return both
    return written[:2]


def _has_listed_form(word: str, language: str) -> bool:
    return any(
        language in sense.languages
        for form in inflections(word, language)
        for sense in concepts_of((form,))
    )
