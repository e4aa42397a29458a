"""Which topic does a word or a hashtag name? Read once per process from `lexicon.toml`.

A word names a topic when it stands in the lexicon after folding. Three liberties are taken, and no
others: a plural `-s` is dropped, the Arabic article is dropped, and scripts written without spaces
(and Korean, whose particles stick to the word) are searched for the lexicon's words of two signs
or more. A hashtag may join words: "veganfood" is vegan and food, "londonfoodie" is food.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Any, NamedTuple

from influencr.text import fold

__all__ = ["Lexicon", "Named", "topic_names", "topic_of"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: What people add to a topic's word in a tag; an addition says nothing by itself.
_ADDITIONS = _set(
    "a addict addicts artist blog blogger bloggers boy club coach community content creator "
    "creators daily de diary family fan fanatic fun gallery girl girls goals gram guide guru guy "
    "head hub ideas in insp inspiration inspo insta is junkie lady life lifestyle love lover "
    "lovers mad magazine mania me mom my nation nerd nut obsessed of official online our page "
    "photo pics porn queen school shop spot stagram star stories store story studio style talk "
    "team the time tips tok travel trip tutorial tutorials uk us usa vibes video videos with "
    "world 4life"
)
#: A lexicon word this long may stand at the end of a tag with anything before it, or (one letter
#: longer, because names begin like words: "parenteau") at its start with anything behind it.
_FREE_LENGTH = 6
#: Forget what was looked up when so many different words were seen (bounds memory on a stream).
_MAX_REMEMBERED = 300_000

# (the words behind the first one of a phrase, topic)
_Following = tuple[tuple[tuple[str, ...], str], ...]

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_ASCII_WORDS = re.compile("[a-z0-9]+")
_ARTICLES = ("وال", "بال", "لل", "ال")


def _words() -> Any:
    import regex

    return regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Lexicon:
    """The words of every topic, arranged for quick questions; use `Lexicon.load()`."""

    def __init__(self, words_by_topic: dict[str, list[str]]) -> None:
        self.names = tuple(sorted(words_by_topic))
        self.n_words = {topic: len(written) for topic, written in words_by_topic.items()}
        self.languages: dict[str, frozenset[str]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._tags: dict[str, tuple[str, ...]] = {}
        # first word -> [(the following words, topics)]
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        unspaced: dict[str, None] = {}
        for topic, written in words_by_topic.items():
            for word in (topic, *written):
                first, *rest = fold(word.lstrip("#")).replace("-", " ").split()
                joined = "".join((first, *rest))
                _add(self._tags, joined, topic)
                if word.startswith("#") or f"#{word}" in written:
                    continue
                if rest:
                    self._phrases.setdefault(first, []).append((tuple(rest), topic))
                else:
                    _add(self._words, first, topic)
                if len(joined) >= 2 and _UNSPACED.search(joined):
                    unspaced[joined] = None
        # Longest first, so that the most special word of several is found.
        self._unspaced = re.compile(
            "|".join(map(re.escape, sorted(unspaced, key=lambda w: (-len(w), w)))) or r"(?!)"
        )
        self._tokens = _words()
        self._remembered: dict[str, tuple[tuple[str, ...], _Following]] = {}
        self._remembered_tags: dict[str, tuple[str, ...]] = {}

    @classmethod
    @functools.cache
    def load(cls) -> Lexicon:
        """The shipped lexicon, read on first use (about 10 ms)."""
        file = resources.files("influencr.topics") / "lexicon.toml"
        text = file.read_text(encoding="utf-8")
        by_topic = tomllib.loads(text)
        lexicon = cls(
            {
                topic: [w.strip() for words in languages.values() for w in words.split(",")]
                for topic, languages in by_topic.items()
            }
        )
        spoken: dict[str, set[str]] = {}
        for languages in by_topic.values():
            for language, words in languages.items():
                for word in words.split(","):
                    spoken.setdefault(fold(word.strip()), set()).add(language)
        lexicon.languages = {word: frozenset(codes) for word, codes in spoken.items()}
        return lexicon

    def in_text(self, text: str) -> dict[str, str]:
        """Topic -> the first word that names it, in running text (no tags, links or handles)."""
        found: dict[str, str] = {}
        lowered = text.lower()
        tokens = (_ASCII_WORDS if lowered.isascii() else self._tokens).findall(lowered)
        remembered = self._remembered
        for position, token in enumerate(tokens):
            entry = remembered.get(token)
            if entry is None:
                entry = self._remember(token)
            topics, following = entry
            for topic in topics:
                if topic not in found:
                    found[topic] = token
            for rest, topic in following:
                if topic not in found:
                    behind = tokens[position + 1 : position + 1 + len(rest)]
                    if tuple(map(fold, behind)) == rest:
                        found[topic] = " ".join((token, *behind))
        return found

    def of_word(self, token: str) -> tuple[str, ...]:
        """Topics that one lower-case word names."""
        entry = self._remembered.get(token)
        return (entry if entry is not None else self._remember(token))[0]

    def phrases(self) -> dict[str, str]:
        """Folded phrase of several words -> its topic."""
        return {
            " ".join((first, *rest)): topic
            for first, following in self._phrases.items()
            for rest, topic in following
        }

    def in_tag(self, tag: str) -> tuple[str, ...]:
        """Topics of a folded hashtag without `#`, or of a piece of a handle.

        >>> Lexicon.load().in_tag("veganfood"), Lexicon.load().in_tag("londonfoodie")
        (('food', 'vegan'), ('food',))
        """
        topics = self._remembered_tags.get(tag)
        if topics is None:
            if len(self._remembered_tags) > _MAX_REMEMBERED:
                self._remembered_tags.clear()
            topics = self._remembered_tags[tag] = self._look_up_tag(tag)
        return topics

    def _remember(self, token: str) -> tuple[tuple[str, ...], _Following]:
        if len(self._remembered) > _MAX_REMEMBERED:
            self._remembered.clear()
        folded = fold(token)
        entry = self._look_up(folded), tuple(self._phrases.get(folded, ()))
        self._remembered[token] = entry
        return entry

    def _look_up(self, word: str) -> tuple[str, ...]:
        if (topics := self._words.get(word)) is not None:
            return topics
        if word.isascii():
            return self._words.get(word[:-1], ()) if len(word) > 4 and word[-1] == "s" else ()
        for article in _ARTICLES:
            if word.startswith(article) and (topics := self._words.get(word[len(article) :])):
                return topics
        if _UNSPACED.search(word):
            inside = {t for m in self._unspaced.finditer(word) for t in self._words.get(m[0], ())}
            return tuple(sorted(inside))
        return ()

    def _look_up_tag(self, tag: str) -> tuple[str, ...]:
        tags = self._tags
        if (topics := tags.get(tag)) is not None:
            return topics
        if "_" in tag:
            return tuple(sorted({t for piece in tag.split("_") for t in self.in_tag(piece)}))
        if topics := self._look_up(tag):
            return topics
        found: set[str] = set()
        if tag.isascii() and len(tag) >= 6:
            for cut in range(3, len(tag) - 1):
                left, right = tag[:cut], tag[cut:]
                in_left, in_right = tags.get(left, ()), tags.get(right, ())
                joins = len(right) >= 3 and in_left and in_right and len(tag) >= 7
                if joins or (in_left and (right in _ADDITIONS or cut > _FREE_LENGTH)):
                    found.update(in_left)
                if joins or (
                    in_right
                    and len(right) >= 3
                    and (left in _ADDITIONS or len(right) >= _FREE_LENGTH)
                ):
                    found.update(in_right)
        return tuple(sorted(found))


def _add(table: dict[str, tuple[str, ...]], word: str, topic: str) -> None:
    known = table.get(word, ())
    if topic not in known:
        table[word] = tuple(sorted((*known, topic)))


def topic_names() -> tuple[str, ...]:
    """Every topic that the lexicon can name, sorted; declared categories may add others."""
    return Lexicon.load().names


class Named(NamedTuple):
    """What a word names: the topic, and the languages (ISO 639-1) in which the word says so."""

    topic: str
    languages: tuple[str, ...]


@functools.lru_cache(maxsize=1 << 14)
def topic_of(word: str) -> Named | None:
    """The topic that one word names by itself in some language, None when it names none.

    Of several topics the one with the fewest words: the most special.

    >>> topic_of("comédie"), topic_of("blue")
    (Named(topic='comedy', languages=('fr',)), None)
    """
    lexicon = Lexicon.load()
    folded = fold(word)
    topics = lexicon.of_word(folded)
    if not topics:
        return None
    topic = min(topics, key=lambda t: (lexicon.n_words[t], t))
    return Named(topic, tuple(sorted(lexicon.languages.get(folded, ()))))
