"""The words of one generation of a tantivy index, out of the term dictionary of the field `all`."""

from __future__ import annotations

import functools
import heapq
from typing import Any

__all__ = ["TantivyVocabulary"]


class TantivyVocabulary:
    """See `index.Vocabulary`. Frequencies count deleted creators until tantivy merges them away."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher

    @property
    def n_creators(self) -> int:
        """Creators that frequencies are out of."""
        return int(self._searcher.num_docs)

    def frequency(self, word: str) -> int:
        """Creators whose `all` holds exactly this folded word; 0 for an unknown one."""
        return int(self._searcher.doc_freq("all", word))

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of the first `limit` words that start so, alphabetically."""
        # The binding's own limit keeps the most frequent ones, not the first ones.
        found: list[tuple[str, int]] = self._searcher.terms_with_prefix("all", prefix)
        return heapq.nsmallest(limit, found)

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of up to `limit` words that end so: the most frequent, then by word."""
        found = [w for w in self._every if w[0].endswith(suffix)]
        return heapq.nsmallest(limit, found, key=lambda w: (-w[1], w[0]))

    @functools.cached_property
    def _every(self) -> list[tuple[str, int]]:
        """Every word: a scan, kept for this generation."""
        found: list[tuple[str, int]] = self._searcher.terms_with_prefix("all", "")
        return found
