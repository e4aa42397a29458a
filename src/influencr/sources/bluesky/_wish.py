"""What is wanted, as questions for a search and as a test of what a text says.

The search services read Lucene-like words and know no meaning, so every way of saying the topic is
asked for beside every name of the place, the usual ones first. What comes back is held against the
same words: a fuzzy search gives neighbours of a word too.
"""

from __future__ import annotations

from collections.abc import Iterable

from influencr.sources import Phrase, Wanted
from influencr.text import fold, words

__all__ = ["Wish", "queries"]

#: Shorter words are not looked for inside longer ones ("lx" in "flx"): own choice.
_JOINED = 6


class Wish:
    """Tests of whether a text holds a wanted word or place."""

    def __init__(self, wanted: Wanted) -> None:
        said = [p.text for p in wanted.phrases] or ([wanted.words] if wanted.words else [])
        named = [p.text for p in wanted.places] or ([wanted.place] if wanted.place else [])
        self._topic = _Words(said)
        self._place = _Words(named)

    def belongs(self, *texts: str | None) -> bool:
        """Whether the texts of an account hold a wanted word or a name of the place.

        True for everything where neither words nor a place were given.
        """
        together = _line(texts)
        if not self._topic and not self._place:
            return True
        return self._topic.within(together) or self._place.within(together)

    def is_meant(self, *texts: str | None) -> bool:
        """The same, asking for both where both were given: what a pack or list must say."""
        together = _line(texts)
        topic = not self._topic or self._topic.within(together)
        return topic and (not self._place or self._place.within(together))


class _Words:
    def __init__(self, said: Iterable[str]) -> None:
        cut = [words(text) for text in said]
        self._phrases = tuple(dict.fromkeys(f" {' '.join(w)} " for w in cut if w))
        joined = ("".join(w) for w in cut)
        self._joined = tuple(dict.fromkeys(j for j in joined if len(j) >= _JOINED))

    def __bool__(self) -> bool:
        return bool(self._phrases)

    def within(self, line: tuple[str, str]) -> bool:
        spaced, joined = line
        return any(p in spaced for p in self._phrases) or any(j in joined for j in self._joined)


def _line(texts: Iterable[str | None]) -> tuple[str, str]:
    """All words with a space around each, and the folded tokens (handles join words)."""
    given = [text for text in texts if text]
    spaced = " ".join(" ".join(words(text)) for text in given)
    return f" {spaced} ", fold(" ".join(given))


def queries(wanted: Wanted, limit: int) -> list[str]:
    """At most `limit` questions: ways of saying the topic beside names of the place.

    The combinations of the most usual words come first; a language's word for the topic comes
    beside the place's names early, because the names stand in order of use there.

    >>> from influencr.sources import Phrase, Wanted
    >>> w = Wanted(phrases=(Phrase("coffee"), Phrase("cafe")), places=(Phrase("Lisbon"),))
    >>> queries(w, 5)
    ['coffee Lisbon', 'cafe Lisbon']
    """
    topic = _texts(wanted.phrases, wanted.words)
    place = _texts(wanted.places, wanted.place or "")
    if not topic or not place:
        return (topic or place)[:limit]
    pairs = sorted(
        ((a + b, a, b) for a in range(len(topic)) for b in range(len(place))),
    )
    return list(dict.fromkeys(f"{topic[a]} {place[b]}" for _, a, b in pairs))[:limit]


def _texts(phrases: tuple[Phrase, ...], typed: str) -> list[str]:
    given = [p.text for p in phrases] or ([typed] if typed else [])
    return list(dict.fromkeys(text.strip() for text in given if text.strip()))
