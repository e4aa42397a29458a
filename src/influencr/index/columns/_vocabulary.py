"""The words of one generation, out of the dictionaries of its segments."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final

import numpy as np

from influencr.index.columns._segment import Segment

__all__ = ["SegmentVocabulary"]

#: Where more words of a segment than this end alike, only its most frequent ones are compared
#: with those of other segments: our own choice.
_MANY: Final = 20_000


class SegmentVocabulary:
    """See `index.Vocabulary`. Frequencies of the segments add up, deleted creators with them."""

    def __init__(self, segments: Sequence[Segment], n_creators: int) -> None:
        self._segments = segments
        self._n_creators = n_creators

    @property
    def n_creators(self) -> int:
        """Creators that frequencies are out of."""
        return self._n_creators

    def frequency(self, word: str) -> int:
        """Creators whose `all` holds exactly this folded word; 0 for an unknown one."""
        total = 0
        for segment in self._segments:
            number = segment.words.find(word)
            if number >= 0:
                total += int(segment.starts[number + 1]) - int(segment.starts[number])
        return total

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of the first `limit` words that start so, alphabetically."""
        found: dict[str, int] = {}
        for segment in self._segments:
            low, high = segment.words.between(prefix)
            high = min(high, low + limit)
            self._add(found, segment, segment.words.texts(low, high), np.arange(low, high))
        first = heapq.nsmallest(limit, found)
        if len(self._segments) > 1:
            # A word cut off in one segment may be among the first of another.
            return [(word, self.frequency(word)) for word in first]
        return [(word, found[word]) for word in first]

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of up to `limit` words that end so: the most frequent, then by word."""
        found: dict[str, int] = {}
        for segment in self._segments:
            words = segment.words
            numbers = words.ending(suffix).astype(np.int64) if suffix else np.arange(len(words))
            if len(numbers) > max(_MANY, limit):
                held = segment.starts[numbers + 1] - segment.starts[numbers]
                kept = max(_MANY, limit)
                numbers = np.sort(numbers[np.argpartition(held, len(held) - kept)[-kept:]])
            elif len(self._segments) == 1 and len(numbers) > limit:
                held = (segment.starts[numbers + 1] - segment.starts[numbers]).astype(np.int64)
                numbers = np.sort(numbers[np.argsort(-held, kind="stable")[:limit]])
            texts = [segment.words.text(number) for number in numbers.tolist()]
            self._add(found, segment, texts, numbers)
        return heapq.nsmallest(limit, found.items(), key=lambda item: (-item[1], item[0]))

    def _add(
        self,
        found: dict[str, int],
        segment: Segment,
        words: Sequence[str],
        numbers: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> None:
        held = (segment.starts[numbers + 1] - segment.starts[numbers]).tolist()
        for word, n in zip(words, held, strict=True):
            found[word] = found.get(word, 0) + n
