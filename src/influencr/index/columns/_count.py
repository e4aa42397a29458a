"""How many of those who match have each value, lie in each band, pass each filter: exactly.

Four ways to count the values of a field, chosen by how many match and how the values lie:

    few match            their codes are gathered and counted; so are always those of topics (or of
                         who does not match, whichever are fewer)
    values lie in runs   (the field that the segment is sorted by) ends of runs are looked up in a
                         running count of the bits
    a common value       its bitmap AND the matches, bits counted
    rare values          their posting lists are read through flags of who matches

A common value is one that more than one creator in COMMON has: a bitmap then costs less than its
list. Constants are our own choice, measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from influencr.index._nodes import Node
from influencr.index.columns._match import Matcher
from influencr.index.columns._segment import Keyword
from influencr.index.columns._sets import Docs

__all__ = ["bands", "funnel", "values"]

type _Array = np.ndarray[Any, Any]

COMMON: Final = 40
_PIECE: Final = 1 << 16
#: Values of a field of no more are read all at once, and then known.
_LISTED: Final = 4_096
#: To look a number up among the bands costs as much as this many numbers of a bitmap.
_PER_BAND: Final = 1_000
#: Fewer matches than one creator in this many are counted one by one.
FEW_MATCH: Final = 10
#: So many codes of a creator lie in the table, in 64 bits together, with the number of codes
#: standing for none; fields of more codes have no table.
_FIRST: Final = 4
_NOBODY: Final = (1 << 16) - 2


def values(matcher: Matcher, found: Docs, field: str) -> dict[Any, int]:
    """value -> how many of `found` have it; values that nobody of them has are left out."""
    keyword = matcher.keyword(field)
    counts = counted(matcher, keyword, found)
    present = np.flatnonzero(counts)
    if len(keyword) <= _LISTED or len(present) * 2 > len(keyword):
        every = keyword.values
        return {
            every[c]: n for c, n in zip(present.tolist(), counts[present].tolist(), strict=True)
        }
    return {
        keyword.value(c): n for c, n in zip(present.tolist(), counts[present].tolist(), strict=True)
    }


def counted(matcher: Matcher, keyword: Keyword, found: Docs) -> _Array:
    """For each code of the field how many of `found` have it; int64."""
    k = len(keyword)
    if not len(found) or not k:
        return np.zeros(k, np.int64)
    starts, docs = keyword.value_starts, keyword.value_docs
    if starts is None or docs is None or len(found) * FEW_MATCH <= matcher.n:
        return _gathered(matcher, keyword, found)
    ends = starts.astype(np.int64)
    if len(found) == matcher.n:
        return np.diff(ends)
    if keyword.starts is not None and k <= _NOBODY:
        if len(found) * 2 <= matcher.n:
            return _gathered(matcher, keyword, found)
        others = Docs.everybody(matcher.n) - found
        return np.diff(ends) - _gathered(matcher, keyword, others)
    runs = matcher.kept.made(
        ("runs", keyword.field), lambda: _runs(ends, docs), lambda flags: flags.nbytes
    )
    counts = np.zeros(k, np.int64)
    if runs.any():
        at = np.flatnonzero(runs)
        first = docs[ends[at]].astype(np.int64)
        below = _ranks(found.bits, np.concatenate((first, first + np.diff(ends)[at])))
        counts[at] = below[len(at) :] - below[: len(at)]
        if len(at) == k:
            return counts
    held = np.diff(ends)
    common = ~runs & (held * COMMON > matcher.n)
    for code in np.flatnonzero(common).tolist():
        members: Docs = matcher.having(keyword, code)
        counts[code] = found.common(members)
    rare = np.flatnonzero(~runs & ~common & (held > 0))
    if len(rare):
        flags = found.flags
        # Neighbouring rare values are read in one go.
        breaks = np.flatnonzero(np.diff(rare) != 1) + 1
        for group in np.split(rare, breaks):
            low, high = int(ends[group[0]]), int(ends[group[-1] + 1])
            hits = _taken(flags, docs[low:high])
            for code in group.tolist():
                piece = hits[int(ends[code]) - low : int(ends[code + 1]) - low]
                counts[code] = np.count_nonzero(piece)
    return counts


def _taken(flags: _Array, docs: _Array) -> _Array:
    """The flags of these creators; piece by piece, as the wide numbers that NumPy looks up by
    then stay in the cache of the processor."""
    hits = np.empty(len(docs), bool)
    wide = np.empty(min(_PIECE, len(docs)), np.intp)
    for start in range(0, len(docs), _PIECE):
        piece = docs[start : start + _PIECE]
        at = wide[: len(piece)]
        at[:] = piece
        flags.take(at, mode="clip", out=hits[start : start + _PIECE])
    return hits


def _gathered(matcher: Matcher, keyword: Keyword, found: Docs) -> _Array:
    """Counts of codes by reading those of every match."""
    k = len(keyword)
    if keyword.starts is None:
        return _tally((keyword.codes[piece] for piece in _pieces(found.ids)), k)
    if k > _NOBODY:
        return _tally((_listed(keyword, found.ids, 0),), k)
    # The first codes of a creator lie side by side in a table; who has more is looked up apart.
    first, more = matcher.kept.pinned(("first codes", keyword.field), lambda: _first_codes(keyword))
    counts = _tally(
        (first[piece].view(np.uint16) for piece in _pieces(found.ids)), k + 1, nobody=k
    )[:k]
    longer = found & more
    if len(longer):
        counts += _tally((_listed(keyword, longer.ids, _FIRST),), k)
    return counts


def _pieces(ids: _Array) -> Iterator[_Array]:
    """Pieces so short that what is computed of them stays in the cache of the processor."""
    return (ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE))


def _tally(pieces: Iterable[_Array], k: int, *, nobody: int | None = None) -> _Array:
    """How often each of k codes occurs; `nobody` is written where there is none."""
    counts = np.zeros(k, np.int64)
    for codes in pieces:
        if k > 16 * len(codes):
            # Points: far more values than matches.
            different, times = np.unique(codes, return_counts=True)
            counts[different] += times
        else:
            counts += np.bincount(codes, minlength=k)[:k]
    if nobody is not None:
        counts[nobody:] = 0
    return counts


def _listed(keyword: Keyword, ids: _Array, skipped: int) -> _Array:
    """The codes of these creators in a field of many, the first ones of each left out."""
    if keyword.starts is None:
        codes: _Array = keyword.codes[ids]
        return codes
    start = keyword.starts[ids].astype(np.int64) + skipped
    held = np.maximum(keyword.starts[ids + np.uint32(1)].astype(np.int64) - start, 0)
    ends = np.cumsum(held)
    total = int(ends[-1]) if len(ends) else 0
    some: _Array = keyword.codes[np.arange(total) + np.repeat(start - (ends - held), held)]
    return some


def _first_codes(keyword: Keyword) -> tuple[_Array, Docs]:
    """(the first codes of each creator as one 64-bit number, who has more of them)."""
    starts = keyword.starts
    if starts is None:
        raise TypeError(f"{keyword.field} has one value a creator")
    begin = starts[:-1].astype(np.int64)
    held = starts[1:].astype(np.int64) - begin
    table = np.full((len(begin), _FIRST), len(keyword), np.uint16)
    for place in range(_FIRST):
        has = np.flatnonzero(held > place)
        table[has, place] = keyword.codes[begin[has] + place]
    return table.view(np.uint64).ravel(), Docs.where(held > _FIRST)


def _runs(ends: _Array, docs: _Array) -> _Array:
    """For each value whether its creators lie side by side; a short list is no run."""
    held = np.diff(ends)
    flags = np.zeros(len(held), bool)
    some = np.flatnonzero(held >= 8)
    last = docs[ends[some + 1] - 1].astype(np.int64)
    flags[some] = last - docs[ends[some]] == held[some] - 1
    return flags


def _ranks(bits: _Array, at: _Array) -> _Array:
    """How many bits are set before each of these numbers."""
    before = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), dtype=np.int64, out=before[1:])
    word = at >> 6
    padded = bits[np.minimum(word, len(bits) - 1)]
    below = padded & ((np.uint64(1) << (at & 63).astype(np.uint64)) - np.uint64(1))
    ranks: _Array = before[word] + np.bitwise_count(below)
    return ranks


def bands(matcher: Matcher, found: Docs, field: str, edges: Sequence[float]) -> _Array:
    """How many lie in each band: unknown, below edges[0], ..., from edges[-1] on; int64."""
    cuts = np.array([0.0, *edges], np.float64)
    column = matcher.numbers(field)
    if len(found) * _PER_BAND <= (len(cuts) + 1) * matcher.n:
        return _banded(column[found.ids], cuts)
    sets: list[Docs] = matcher.kept.made(
        ("bands", field, tuple(edges)), lambda: _band_sets(column, cuts), _room
    )
    return np.array([found.common(band) for band in sets], np.int64)


def _banded(numbers: _Array, cuts: _Array) -> _Array:
    band = np.searchsorted(cuts, numbers, side="right")
    return np.bincount(band, minlength=len(cuts) + 1)


def _band_sets(column: _Array, cuts: _Array) -> list[Docs]:
    band = np.searchsorted(cuts, column, side="right").astype(np.uint16)
    return [Docs.where(band == i) for i in range(len(cuts) + 1)]


def _room(sets: Sequence[Docs]) -> int:
    return sum(docs.nbytes for docs in sets)


def funnel(matcher: Matcher, nodes: Sequence[Node], alive: Docs) -> list[tuple[int, int]]:
    """For filters in order: (left after it and all before, total without it alone)."""
    sets = [matcher.docs(node) for node in nodes]
    left: list[Docs] = [alive]
    for docs in sets:
        left.append(left[-1] & docs)
    answer: list[tuple[int, int]] = []
    rest = Docs.everybody(matcher.n)
    for i in reversed(range(len(sets))):
        answer.append((len(left[i + 1]), left[i].common(rest)))
        rest = sets[i] & rest
    return answer[::-1]
