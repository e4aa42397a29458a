"""Text of posts and replies, many at a time: sentences with slots, closers, emoji, hashtags.

Every piece is a row number into a table of text, so a million posts are a few gathers and one
concatenation, whatever their languages.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from influencr.sources.synthetic._random import Array
from influencr.sources.synthetic._words import Words

__all__ = ["SECTIONS", "Texts"]

#: Kinds of sentence that can be asked for, by number.
SECTIONS = (
    "post",
    "smalltalk",
    "sponsored",
    "giveaway",
    "reply",
    "answer",
    "generic",
    "botpost",
    "follower",
    "placed",
)
_CODES = ("SUN15", "HELLO10", "MAKER15", "SPRING20", "FRIENDS15", "GOOD10")
_YEARS = tuple(str(year) for year in range(2009, 2027))
_GENERIC_EMOJI = ("🔥🔥🔥", "😍", "👏👏", "💯", "❤️❤️", "🙌")


class Texts:
    """Composes texts for rows given by section, language, topic and place."""

    def __init__(self, words: Words) -> None:
        self._words = words
        parts = [words.phrases(section) for section in SECTIONS]
        lengths = np.cumsum([0, *(len(part.slots) for part in parts)])
        self._start = np.stack([part.start + lengths[i] for i, part in enumerate(parts)])
        self._count = np.stack([part.number for part in parts])
        self._literals = [
            pl.Series([text for part in parts for text in part.literals[i]]) for i in range(3)
        ]
        self._slots = np.concatenate([part.slots for part in parts])
        closers = words.phrases("closer")
        self._closer_start, self._closer_count = closers.start, closers.number
        table: list[str] = [""]
        self._things = self._append(table, words.things)
        self._spelled = self._append(
            table,
            [
                place.spelled(language.code)
                for place in words.places
                for language in words.languages
            ],
        )
        emoji = [mark for topic in words.topics for mark in topic.emoji]
        self._emoji_start = np.cumsum([0, *(len(topic.emoji) for topic in words.topics)])
        self._emoji = self._append(table, emoji)
        #: From an emoji to the same one with a space before it.
        self._spaced = self._append(table, [" " + mark for mark in emoji]) - self._emoji
        self._codes = self._append(table, list(_CODES))
        self._years = self._append(table, list(_YEARS))
        self._flags = self._append(table, [place.flag for place in words.places])
        self._tags = self._append(table, [" " + tag for tag in words.tags])
        self._closers = self._append(table, [" " + text for text in closers.literals[0]])
        self._town_tags = self._append(
            table,
            [
                " #" + place.spelled(language.code).lower().replace(" ", "").replace(",", "")
                for place in words.places
                for language in words.languages
            ],
        )
        self._generic = self._append(table, list(_GENERIC_EMOJI))
        self._table = pl.Series(table)
        #: Language codes, by number.
        self.codes = pl.Series([language.code for language in words.languages])

    @staticmethod
    def _append(table: list[str], texts: list[str]) -> int:
        start = len(table)
        table.extend(texts)
        return start

    def compose(
        self,
        rng: np.random.Generator,
        *,
        section: Array,
        language: Array,
        topic: Array,
        place: Array,
    ) -> pl.Series:
        """One text per row; a language that lacks the topic speaks of it in English."""
        n = len(section)
        language = language.astype(np.int64)
        topic = topic.astype(np.int64)
        language = np.where(self._words.known[language, topic], language, 0)
        count = self._count[section, language]
        sentence = self._start[section, language] + (rng.random(n) * count).astype(np.int64)
        n_languages = len(self._words.languages)
        here = place.astype(np.int64) * n_languages + language
        thing = self._thing(rng, language, topic, n)
        values = [
            np.zeros(n, dtype=np.int64),
            thing[0],
            thing[1],
            self._spelled + here,
            self._emoji_of(rng, topic),
            self._codes + rng.integers(0, len(_CODES), n),
            self._years + rng.integers(0, len(_YEARS), n),
            self._flags + place.astype(np.int64),
        ]
        pieces = []
        for i in range(3):
            pieces.append(self._literals[i].gather(sentence))
            if i < 2:
                pieces.append(self._table.gather(np.choose(self._slots[sentence, i], values)))
        pieces += [
            self._table.gather(tail) for tail in self._tails(rng, section, language, topic, here)
        ]
        return (
            pl.DataFrame({f"c{i}": piece for i, piece in enumerate(pieces)})
            .select(pl.concat_str(pl.all()))
            .to_series()
        )

    def _thing(
        self, rng: np.random.Generator, language: Array, topic: Array, n: int
    ) -> tuple[Array, Array]:
        start = self._things + self._words.things_start[language, topic]
        count = self._words.things_count[language, topic]
        first = (rng.random(n) * count).astype(np.int64)
        second = (first + 1 + (rng.random(n) * (count - 1)).astype(np.int64)) % count
        return start + first, start + second

    def _emoji_of(self, rng: np.random.Generator, topic: Array) -> Array:
        low, high = self._emoji_start[topic], self._emoji_start[topic + 1]
        mark: Array = low + (rng.random(len(topic)) * (high - low)).astype(np.int64)
        return mark + self._emoji

    def _tails(
        self, rng: np.random.Generator, section: Array, language: Array, topic: Array, here: Array
    ) -> list[Array]:
        """Row numbers of closer, emoji, up to three hashtags and a town tag; 0 is no text."""
        n = len(section)
        own = np.isin(section, [SECTIONS.index("post"), SECTIONS.index("sponsored")])
        closer = self._closers + self._closer_start[language]
        closer = closer + (rng.random(n) * self._closer_count[language]).astype(np.int64)
        tails = [np.where((section == 0) & (rng.random(n) < 0.55), closer, 0)]
        marked = np.isin(section, [0, SECTIONS.index("reply"), SECTIONS.index("answer")])
        marked &= rng.random(n) < 0.28
        tails.append(np.where(marked, self._emoji_of(rng, topic) + self._spaced, 0))
        n_tags = np.searchsorted([0.38, 0.62, 0.85], rng.random(n), side="right")
        start = self._tags + self._words.tags_start[language, topic]
        count = self._words.tags_count[language, topic]
        first = rng.integers(0, 1_000, n)
        for i in range(3):
            wanted = own & (n_tags > i) & (count > i)
            tails.append(np.where(wanted, start + (first + i) % np.maximum(count, 1), 0))
        tails.append(np.where(own & (rng.random(n) < 0.08), self._town_tags + here, 0))
        return tails

    def generic(self, rng: np.random.Generator, n: int) -> pl.Series:
        """Comments without words, as reciprocal groups leave them."""
        return self._table.gather(self._generic + rng.integers(0, len(_GENERIC_EMOJI), n))
