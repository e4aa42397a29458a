"""Phrases: words side by side, from the positions at which each of them stands.

Every text of every creator lies in one stream of positions (see `_segment`), with an empty one
after each text, so side by side means positions p, p + 1, p + 2, ... and nothing else: no phrase
can reach from one text or creator into the next.

Only creators who hold all of the words are looked at, and the rarest word leads: its positions,
moved back to where the phrase would begin, are struck out by the other words one after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencr.index.columns._segment import Segment
from influencr.index.columns._sets import Docs, union
from influencr.index.columns._standing import Standing, of_prefix, of_term

__all__ = ["of_phrase"]

type _Array = np.ndarray[Any, Any]


def of_phrase(segment: Segment, words: tuple[str, ...], *, last_is_prefix: bool) -> Standing:
    """Where these words stand side by side; the last may be a beginning. At least one word."""
    if len(words) == 1:
        return (of_prefix if last_is_prefix else of_term)(segment, words[0])
    n = segment.n
    nobody = Standing(n, np.empty(0, np.uint32), np.empty(0, np.uint8))
    pieces: list[tuple[int, int, int]] = []
    for offset, word in enumerate(words):
        if last_is_prefix and offset == len(words) - 1:
            low, high = segment.words.between(word)
        else:
            low = segment.words.find(word)
            high = low + 1
        if low < 0 or low >= high:
            return nobody
        pieces.append((offset, low, high))

    holders = [_holders(segment, low, high) for _, low, high in dict.fromkeys(pieces)]
    holders.sort(key=len)
    both = holders[0]
    for other in holders[1:]:
        both = both & other
        if not len(both):
            return nobody

    pieces.sort(key=lambda p: _n_positions(segment, p[1], p[2]))
    offset, low, high = pieces[0]
    found = _positions(segment, low, high, both)
    starts = found[found >= offset] - np.uint32(offset)
    for offset, low, high in pieces[1:]:
        starts = _struck(segment, low, high, starts, np.uint32(offset))
    if not len(starts):
        return nobody
    return _standing(segment, starts)


def _holders(segment: Segment, low: int, high: int) -> Docs:
    start, end = int(segment.starts[low]), int(segment.starts[high])
    docs = segment.docs[start:end]
    if high - low == 1:
        return Docs.of(segment.n, docs)
    if len(docs) * 4 > segment.n:
        flags = np.zeros(segment.n, bool)
        flags[docs] = True
        return Docs.where(flags)
    return union(segment.n, (Docs.of(segment.n, np.unique(docs)),))


def _n_positions(segment: Segment, low: int, high: int) -> int:
    return int(segment.position_starts[high]) - int(segment.position_starts[low])


def _slice(segment: Segment, low: int, high: int) -> _Array:
    start, end = int(segment.position_starts[low]), int(segment.position_starts[high])
    positions: _Array = segment.positions[start:end]
    return positions


def _positions(segment: Segment, low: int, high: int, docs: Docs) -> _Array:
    """Positions of words low .. high - 1 in these creators, ascending."""
    positions = _slice(segment, low, high)
    if high - low > 1:
        positions = np.sort(positions)
    if len(docs) * 8 > len(positions):
        return positions
    ids = docs.ids
    first = np.searchsorted(positions, segment.doc_starts[ids].astype(np.uint32))
    last = np.searchsorted(positions, segment.doc_starts[ids + np.uint32(1)].astype(np.uint32))
    held = last - first
    ends = np.cumsum(held)
    if not len(ends) or not ends[-1]:
        return np.empty(0, np.uint32)
    at = np.arange(int(ends[-1])) + np.repeat(first - (ends - held), held)
    found: _Array = positions[at]
    return found


def _struck(segment: Segment, low: int, high: int, starts: _Array, offset: np.uint32) -> _Array:
    """Those starts at which one of the words stands `offset` positions further on."""
    positions = _slice(segment, low, high)
    wanted = starts + offset
    if not len(starts):
        return starts
    if high - low > 1 or len(positions) < len(wanted):
        # The shorter side is looked up in the longer one; words in a range are not in order
        # of position among each other, so they are the ones looked up.
        at = np.searchsorted(wanted, positions)
        at[at == len(wanted)] = 0
        flags = np.zeros(len(wanted), bool)
        flags[at[wanted[at] == positions]] = True
        return starts[flags]
    at = np.searchsorted(positions, wanted)
    at[at == len(positions)] = 0
    found: _Array = starts[positions[at] == wanted]
    return found


def _standing(segment: Segment, starts: _Array) -> Standing:
    """Who owns these ascending positions, and in which field each of them lies."""
    owners = np.searchsorted(segment.doc_starts, starts.astype(np.uint64), side="right") - 1
    relative = starts - segment.doc_starts[owners].astype(np.uint32)
    fields = (segment.field_starts[owners, 1:6] <= relative[:, None]).sum(axis=1)
    masks = np.left_shift(np.uint8(1), fields.astype(np.uint8))
    new = np.empty(len(owners), bool)
    new[0] = True
    np.not_equal(owners[1:], owners[:-1], out=new[1:])
    first = np.flatnonzero(new)
    return Standing(
        segment.n, owners[first].astype(np.uint32), np.bitwise_or.reduceat(masks, first)
    )
