"""How many of those who match have each value, lie in each band, pass each filter: exactly.

Four ways to count the values of a field, chosen by how many match and how the values lie:

    few match            the codes of those are gathered and counted
    values lie in runs   (the field that the segment is sorted by) ends of runs are looked up in a
                         running count of the bits
    a common value       its bitmap AND the matches, bits counted
    rare values          their posting lists are read through flags of who matches

A common value is one that more than one creator in COMMON has: a bitmap then costs less than its
list. Both constants are our own choice, measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from influencr.index._nodes import Node
from influencr.index.columns._match import Matcher
from influencr.index.columns._segment import Keyword
from influencr.index.columns._sets import Docs

__all__ = ["bands", "funnel", "values"]

type _Array = np.ndarray[Any, Any]

COMMON: Final = 40
#: Fewer matches than one creator in this many are counted one by one.
FEW_MATCH: Final = 10


def values(matcher: Matcher, found: Docs, field: str) -> dict[Any, int]:
    """value -> how many of `found` have it; values that nobody of them has are left out."""
    keyword = matcher.keyword(field)
    counts = counted(matcher, keyword, found)
    present = np.flatnonzero(counts)
    if len(present) * 2 > len(keyword):
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
        return _gathered(keyword, found.ids, k)
    ends = starts.astype(np.int64)
    if len(found) == matcher.n:
        return np.diff(ends)
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
            hits = flags.take(docs[low:high], mode="clip")
            for code in group.tolist():
                piece = hits[int(ends[code]) - low : int(ends[code + 1]) - low]
                counts[code] = np.count_nonzero(piece)
    return counts


def _gathered(keyword: Keyword, ids: _Array, k: int) -> _Array:
    if keyword.starts is None:
        codes = keyword.codes[ids]
    else:
        first = keyword.starts[ids].astype(np.int64)
        held = keyword.starts[ids + np.uint32(1)].astype(np.int64) - first
        ends = np.cumsum(held)
        total = int(ends[-1]) if len(ends) else 0
        codes = keyword.codes[np.arange(total) + np.repeat(first - (ends - held), held)]
    if k > 16 * len(codes):
        # Points: far more values than matches.
        counts = np.zeros(k, np.int64)
        different, times = np.unique(codes, return_counts=True)
        counts[different] = times
        return counts
    return np.bincount(codes, minlength=k)


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
    if len(found) * FEW_MATCH <= matcher.n:
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
