"""Sets of creators of one segment: ascending numbers where they are few, a bitmap where many.

A number costs 4 bytes and a step of about 5 ns, a bitmap n / 8 bytes and n / 64 steps of half a
nanosecond, so a set is kept as numbers up to one creator in FEW and as a bitmap above. Either form
is made from the other when it is needed and then kept: a set never changes.

Bitmaps are 64-bit words, creator d being bit d % 64 of word d // 64 (so their bytes are little
endian and `numpy.unpackbits` reads them); bits beyond the last creator are 0.

FEW: where both forms take the same room. SMALL: a bitmap of no more bits is done with in less time
than NumPy needs to be called twice. Both our own choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

__all__ = ["FEW", "SMALL", "Docs", "pack", "union"]

type _Array = np.ndarray[Any, Any]

FEW: Final = 32
SMALL: Final = 32_768

#: From one number in so many on, a byte for everybody costs less than sorting: measured.
_SORTED: Final = 100

_ONE = np.uint64(1)
_NOTHING = np.empty(0, np.uint32)
_BYTE_BITS = np.left_shift(np.uint8(1), np.arange(8, dtype=np.uint8))


class Docs:
    """Some of the n creators of a segment."""

    __slots__ = ("_bits", "_count", "_ids", "n")

    def __init__(self, n: int, ids: _Array | None, bits: _Array | None, count: int | None) -> None:
        self.n = n
        self._ids = ids
        self._bits = bits
        self._count = count

    @classmethod
    def none(cls, n: int) -> Docs:
        """Nobody."""
        return cls(n, _NOTHING, None, 0)

    @classmethod
    def everybody(cls, n: int) -> Docs:
        """All n."""
        return cls.between(n, 0, n)

    @classmethod
    def between(cls, n: int, low: int, high: int) -> Docs:
        """The creators low .. high - 1."""
        if n > SMALL and (high - low) * FEW <= n:
            return cls.of(n, np.arange(low, high, dtype=np.uint32))
        bits = np.zeros(_n_words(n), np.uint64)
        if low >= high:
            return cls(n, None, bits, 0)
        first, last = low >> 6, (high - 1) >> 6
        bits[first : last + 1] = ~np.uint64(0)
        bits[first] &= ~np.uint64(0) << np.uint64(low & 63)
        bits[last] &= ~np.uint64(0) >> np.uint64(63 - (high - 1 & 63))
        return cls(n, None, bits, high - low)

    @classmethod
    def of(cls, n: int, ids: _Array) -> Docs:
        """The creators of these numbers: ascending, each once, uint32."""
        return cls(n, ids, None, len(ids))

    @classmethod
    def packed(cls, n: int, bits: _Array) -> Docs:
        """The creators of a bitmap, which is not copied."""
        return cls(n, None, bits, None)

    @classmethod
    def where(cls, flags: _Array) -> Docs:
        """The creators with a true value in a bool array of shape (n,)."""
        return cls(len(flags), None, pack(flags), None)

    def __len__(self) -> int:
        if self._count is None:
            self._count = int(np.add.reduce(np.bitwise_count(self.bits), dtype=np.int64))
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory that the better form takes, whether or not it was made yet."""
        return 4 * len(self) if self.is_few else self.n // 8

    @property
    def is_few(self) -> bool:
        """The numbers are the better form: never where the bitmap is that short anyway."""
        return self.n > SMALL and len(self) * FEW <= self.n

    @property
    def is_listed(self) -> bool:
        """They are few, and their numbers are already known."""
        return self._ids is not None and self.is_few

    @property
    def ids(self) -> _Array:
        """The numbers, ascending, uint32."""
        if self._ids is None:
            self._ids = _numbers(self.bits, self.n, len(self))
        return self._ids

    @property
    def bits(self) -> _Array:
        """The bitmap, uint64."""
        if self._bits is None:
            self._bits = _bitmap(self.ids, self.n)
        return self._bits

    @property
    def flags(self) -> _Array:
        """One bool per creator, shape (n,)."""
        raw = np.unpackbits(self.bits.view(np.uint8), count=self.n, bitorder="little")
        return raw.view(np.bool_)

    def has(self, ids: _Array) -> _Array:
        """For each of these creators whether it is one of the set; bool."""
        if self._bits is None and len(ids) * FEW < self.n:
            return _among(self.ids, ids)
        octets = self.bits.view(np.uint8).take(ids >> np.uint32(3), mode="clip")
        found: _Array = (octets & _BYTE_BITS.take(ids & np.uint32(7))) != 0
        return found

    def keep(self, flags: _Array) -> Docs:
        """Those of `ids` with a true value in `flags`."""
        return Docs.of(self.n, self.ids[flags])

    def __and__(self, other: Docs) -> Docs:
        small, large = (self, other) if len(self) <= len(other) else (other, self)
        if not len(small) or len(large) == self.n:
            return small
        if small.is_listed:
            return small.keep(large.has(small.ids))
        return Docs.packed(self.n, np.bitwise_and(small.bits, large.bits))

    def __or__(self, other: Docs) -> Docs:
        return union(self.n, (self, other))

    def __sub__(self, other: Docs) -> Docs:
        if not len(self) or not len(other):
            return self
        if self.is_listed:
            return self.keep(~other.has(self.ids))
        bits = np.bitwise_not(other.bits)
        bits &= self.bits
        return Docs.packed(self.n, bits)

    def common(self, other: Docs) -> int:
        """How many are in both, without making the set of them."""
        small, large = (self, other) if len(self) <= len(other) else (other, self)
        if small.is_listed:
            return int(np.count_nonzero(large.has(small.ids)))
        both = np.bitwise_count(np.bitwise_and(small.bits, large.bits))
        return int(np.add.reduce(both, dtype=np.int64))


def union(n: int, sets: Iterable[Docs]) -> Docs:
    """Whoever is in one of the sets."""
    held = [s for s in sets if len(s)]
    if len(held) <= 1:
        return held[0] if held else Docs.none(n)
    few = [s.ids for s in held if s.is_few]
    many = [s for s in held if not s.is_few]
    n_few = sum(map(len, few))
    if few and not many and n_few * _SORTED <= n:
        return Docs.of(n, _joined(few))
    bits = many[0].bits.copy() if many else np.zeros(_n_words(n), np.uint64)
    for other in many[1:]:
        np.bitwise_or(bits, other.bits, out=bits)
    if n_few * _SORTED > n:
        bits |= _flagged(n, few)
    else:
        for ids in few:
            _set_bits(bits, ids)
    return Docs.packed(n, bits)


def pack(flags: _Array) -> _Array:
    """A bool array as a bitmap."""
    octets = np.packbits(flags, bitorder="little")
    bits = np.zeros(_n_words(len(flags)), np.uint64)
    bits.view(np.uint8)[: len(octets)] = octets
    return bits


def _n_words(n: int) -> int:
    return (n + 63) >> 6


def _joined(lists: Sequence[_Array]) -> _Array:
    ids = np.concatenate(lists)
    ids.sort()
    new = np.empty(len(ids), bool)
    new[:1] = True
    np.not_equal(ids[1:], ids[:-1], out=new[1:])
    return ids[new]


def _numbers(bits: _Array, n: int, count: int) -> _Array:
    """The bits that are set.

    NumPy finds the true values of a bool array fastest where more than a tenth is true (and far
    faster than what is not 0 in an array of numbers). So a bitmap less full than that is narrowed
    to its bytes, or words, that are not empty: one of the eight bits of such a byte is set.
    """
    if count * 10 > n:
        raw = np.unpackbits(bits.view(np.uint8), count=n, bitorder="little")
        return np.flatnonzero(raw.view(np.bool_)).astype(np.uint32)
    pieces, shift = (bits.view(np.uint8), 3) if count * 128 > n else (bits, 6)
    where = np.flatnonzero(pieces != 0)
    raw = np.unpackbits(pieces[where].view(np.uint8), bitorder="little")
    at = np.flatnonzero(raw.view(np.bool_))
    first = where.astype(np.uint32) << np.uint32(shift)
    found: _Array = first[at >> shift] | (at & ((1 << shift) - 1)).astype(np.uint32)
    return found


def _flagged(n: int, lists: Iterable[_Array]) -> _Array:
    """Lists of numbers as one bitmap, by way of a byte for everybody."""
    flags = np.zeros(n, bool)
    for ids in lists:
        flags[ids] = True
    return pack(flags)


def _bitmap(ids: _Array, n: int) -> _Array:
    if len(ids) * _SORTED > n:
        return _flagged(n, (ids,))
    bits = np.zeros(_n_words(n), np.uint64)
    _set_bits(bits, ids)
    return bits


def _set_bits(bits: _Array, ids: _Array) -> None:
    """Set bits of ascending numbers: those of one word are put together first."""
    if not len(ids):
        return
    word = ids >> np.uint32(6)
    new = np.empty(len(ids), bool)
    new[0] = True
    np.not_equal(word[1:], word[:-1], out=new[1:])
    first = np.flatnonzero(new)
    ones = np.left_shift(_ONE, (ids & np.uint32(63)).astype(np.uint64))
    bits[word[first]] |= np.bitwise_or.reduceat(ones, first)


def _among(held: _Array, ids: _Array) -> _Array:
    """For each of ascending ids whether it is in the ascending `held`."""
    if not len(held):
        return np.zeros(len(ids), bool)
    if len(held) < len(ids):
        at = np.searchsorted(ids, held)
        at[at == len(ids)] = 0
        flags = np.zeros(len(ids), bool)
        if len(ids):
            flags[at[ids[at] == held]] = True
        return flags
    at = np.searchsorted(held, ids)
    at[at == len(held)] = 0
    found: _Array = held[at] == ids
    return found
