"""From words in the order of texts to postings in the order of words, by one sort.

Every word that stands somewhere becomes one 64-bit number, word first, position second; sorted,
the numbers are the position lists of the words one after the other. All the rest (who holds the
word, in which fields, how often) is read off the positions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from influencr.index.columns._segment import MOST

__all__ = ["Postings", "invert", "inverted_values"]

type _Array = np.ndarray[Any, Any]


class Postings(NamedTuple):
    """Arrays of a segment, as in `Segment`."""

    starts: _Array
    docs: _Array
    masks: _Array
    counts: _Array
    position_starts: _Array
    positions: _Array


def invert(
    words: _Array,
    positions: _Array,
    *,
    n_words: int,
    doc_of: _Array,
    field_of: _Array,
) -> Postings:
    """Postings of words 0 .. n_words - 1.

    words, positions   (k,) which word stands at which position of the stream, in any order
    doc_of, field_of   (length of the stream,) whose a position is, and in which field
    """
    keys = words.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= positions.astype(np.uint64)
    keys.sort()
    at = keys.astype(np.uint32)
    keys >>= np.uint64(32)
    word = keys.astype(np.uint32)
    del keys
    doc = doc_of[at]
    new = np.empty(len(at), bool)
    new[:1] = True
    np.not_equal(word[1:], word[:-1], out=new[1:])
    new[1:] |= doc[1:] != doc[:-1]
    first = np.flatnonzero(new)
    if not len(first):
        return _nothing(n_words)
    masks = np.bitwise_or.reduceat(np.left_shift(np.uint8(1), field_of[at]), first)
    counts = np.diff(first, append=len(at))
    if int(counts.max()) > MOST:
        nth = np.arange(len(at)) - np.repeat(first, counts)
        kept = nth < MOST
        at, word = at[kept], word[kept]
        counts = np.minimum(counts, MOST)
    docs = doc[first].astype(np.uint32)
    return Postings(
        starts=_starts(word[np.cumsum(counts) - counts], n_words),
        docs=docs,
        masks=masks.astype(np.uint8),
        counts=counts.astype(np.uint16),
        position_starts=_starts(word, n_words),
        positions=at,
    )


def inverted_values(codes: _Array, docs: _Array, n_values: int) -> tuple[_Array, _Array]:
    """(value_starts, value_docs) of pairs (code, creator) in any order."""
    keys = codes.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= docs.astype(np.uint64)
    keys.sort()
    return _starts(keys >> np.uint64(32), n_values), keys.astype(np.uint32)


def _starts(sorted_numbers: _Array, n: int) -> _Array:
    """Where each of 0 .. n - 1 begins among ascending numbers, and the end."""
    counts = np.bincount(sorted_numbers.astype(np.int64), minlength=n)
    starts = np.zeros(n + 1, np.uint64)
    np.cumsum(counts, out=starts[1:].view(np.int64))
    return starts


def _nothing(n_words: int) -> Postings:
    return Postings(
        starts=np.zeros(n_words + 1, np.uint64),
        docs=np.empty(0, np.uint32),
        masks=np.empty(0, np.uint8),
        counts=np.empty(0, np.uint16),
        position_starts=np.zeros(n_words + 1, np.uint64),
        positions=np.empty(0, np.uint32),
    )
