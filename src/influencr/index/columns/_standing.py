"""Where words stand: the creators who say something, each with the fields in which they say it.

A `Standing` is made for a word, for every word with some beginning, or for a phrase: ascending
creators, and beside each a mask of the fields (bit i = field i of TEXT_FIELDS, never 0). What it
is worth that a word stands somewhere is a table of 64 numbers by mask, so one list serves every
weighting.

To look creators up in a long list by bisection costs some 20 steps each; a bitmap of the list with
the number of set bits before each of its words finds the place in three.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import numpy as np

from influencr.index.columns._segment import Segment
from influencr.index.columns._sets import FEW, Docs

__all__ = ["MASKS", "Standing", "of_prefix", "of_term"]

type _Array = np.ndarray[Any, Any]

#: How many different masks there are.
MASKS: Final = 64

_ONE = np.uint64(1)


class Standing:
    """Who says it, and in which fields.

    docs    ascending creators, uint32 (k,)
    masks   the fields that hold it, uint8 (k,)
    key     what it is the standing of, to keep what is worked out of it
    """

    __slots__ = ("_before", "_kinds", "_members", "docs", "key", "masks", "n")

    def __init__(self, n: int, docs: _Array, masks: _Array) -> None:
        self.key: Hashable = None
        self.n = n
        self.docs = docs
        self.masks = masks
        self._members: Docs | None = None
        self._before: _Array | None = None
        self._kinds: _Array | None = None

    def __len__(self) -> int:
        return len(self.docs)

    @property
    def nbytes(self) -> int:
        """Memory that it takes, the mapped file not counted."""
        held = [self.docs, self.masks, self._before]
        owned = sum(a.nbytes for a in held if a is not None and a.flags.owndata)
        return owned + (self._members.nbytes if self._members is not None else 0) + 200

    @property
    def members(self) -> Docs:
        """The creators as a set."""
        if self._members is None:
            self._members = Docs.of(self.n, self.docs)
        return self._members

    @property
    def kinds(self) -> _Array:
        """How many creators there are of each mask; int64 (MASKS,)."""
        if self._kinds is None:
            self._kinds = np.bincount(self.masks, minlength=MASKS)
        return self._kinds

    def within(self, bit: int) -> Docs:
        """The creators in whom it stands in the field of this bit."""
        return Docs.of(self.n, self.docs[self.masks & np.uint8(1 << bit) != 0])

    def masks_at(self, ids: _Array) -> _Array:
        """For each of these ascending creators the mask, 0 for who does not say it; uint8."""
        k = len(self.docs)
        found = np.zeros(len(ids), np.uint8)
        if not k or not len(ids):
            return found
        if k * FEW > self.n:
            return self._ranked(ids, found)
        if k < len(ids):
            at = np.searchsorted(ids, self.docs)
            at[at == len(ids)] = 0
            hit = ids[at] == self.docs
            found[at[hit]] = self.masks[hit]
            return found
        at = np.searchsorted(self.docs, ids)
        at[at == k] = 0
        hit = self.docs[at] == ids
        found[hit] = self.masks[at[hit]]
        return found

    def _ranked(self, ids: _Array, found: _Array) -> _Array:
        bits = self.members.bits
        if self._before is None:
            held = np.bitwise_count(bits)
            before = np.cumsum(held, dtype=np.uint32)
            before -= held
            self._before = before
        word = ids >> np.uint32(6)
        there = bits.take(word, mode="clip")
        own = np.left_shift(_ONE, (ids & np.uint32(63)).astype(np.uint64))
        hit = np.flatnonzero((there & own) != 0)
        if not len(hit):
            return found
        below = np.bitwise_count(there[hit] & (own[hit] - _ONE))
        at = self._before.take(word[hit], mode="clip") + below
        found[hit] = self.masks.take(at, mode="clip")
        return found


def of_term(segment: Segment, word: str) -> Standing:
    """Where a word stands."""
    number = segment.words.find(word)
    if number < 0:
        return _nowhere(segment.n)
    start, end = int(segment.starts[number]), int(segment.starts[number + 1])
    return Standing(segment.n, segment.docs[start:end], segment.masks[start:end])


def of_prefix(segment: Segment, prefix: str) -> Standing:
    """Where any word with this beginning stands."""
    low, high = segment.words.between(prefix)
    if low >= high:
        return _nowhere(segment.n)
    start, end = int(segment.starts[low]), int(segment.starts[high])
    docs, masks = segment.docs[start:end], segment.masks[start:end]
    if high - low == 1:
        return Standing(segment.n, docs, masks)
    return merged(segment.n, docs, masks)


def merged(n: int, docs: _Array, masks: _Array) -> Standing:
    """One standing out of (creator, mask) pairs in any order: masks of a creator are joined."""
    if len(docs) * 4 > n:
        # So many that a mask for everybody costs less than sorting: one pass a field.
        joined = np.zeros(n, np.uint8)
        for bit in range(MASKS.bit_length() - 1):
            own = np.uint8(1 << bit)
            flags = np.zeros(n, bool)
            flags[docs[masks & own != 0]] = True
            joined |= flags.view(np.uint8) << np.uint8(bit)
        ids = np.flatnonzero(joined).astype(np.uint32)
        return Standing(n, ids, joined[ids])
    keys = docs.astype(np.uint64)
    keys <<= np.uint64(8)
    keys |= masks
    keys.sort()
    sorted_docs = (keys >> np.uint64(8)).astype(np.uint32)
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(sorted_docs[1:], sorted_docs[:-1], out=new[1:])
    first = np.flatnonzero(new)
    if not len(first):
        return _nowhere(n)
    return Standing(n, sorted_docs[first], np.bitwise_or.reduceat(keys.astype(np.uint8), first))


def _nowhere(n: int) -> Standing:
    return Standing(n, np.empty(0, np.uint32), np.empty(0, np.uint8))
