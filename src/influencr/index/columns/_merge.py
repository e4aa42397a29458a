"""Several segments -> one, by array operations: no text is cut into words again.

Creators get new numbers; then every posting and position is moved by what its creator moved.
Words are renumbered in the union of the dictionaries, which keeps their order, so a range of new
words is one range of words in every source: postings are merged range by range, in bounded memory.
In each source they are in order already, so sorting a range is merging runs.

What a deleted creator alone held (words, values, rows) is not in the result.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from influencr.index.columns._files import ArraysWriter
from influencr.index.columns._segment import MANY, NUMBERS, ROWS, SINGLE, Keyword, Segment
from influencr.index.columns._words import write_words
from influencr.index.columns._writer import (
    SORTED_BY,
    document_order,
    first_codes,
    lengths_of,
    starts_of,
    take_lists,
    write_keyword,
    write_rows,
    write_uids,
)

__all__ = ["MOST_POSITIONS", "Source", "merge", "merge_sorted"]

type _Array = np.ndarray[Any, Any]

#: Positions are 32-bit numbers.
MOST_POSITIONS = 2**32 - 1

# Positions that are sorted at a time: about 100 MB of work space.
_AT_A_TIME = 2_000_000


class Source(NamedTuple):
    """A segment and who of it is taken: (n,) of bool, None for everybody."""

    segment: Segment
    alive: _Array | None


class _Moved(NamedTuple):
    """One source in the result.

    number   (n,) new number of each creator, -1 for who is left out
    shift    (n,) what to add to the positions of each creator
    words    new number of each word; a word that nobody holds any more has that of the word before
    """

    segment: Segment
    number: _Array
    shift: _Array
    words: _Array


def merge_sorted(
    sources: Sequence[Source], path: Callable[[], Path], *, most: int = MOST_POSITIONS
) -> list[Path]:
    """Write all creators of the sources in order of SORTED_BY; usually into one segment.

    path   names the next segment
    most   positions that one segment may hold; more go into a second one, and so on
    """
    if not sources:
        return []
    taken = _Taken(sources)
    order = taken.sorted()
    ends = np.cumsum(taken.lengths()[order])
    paths = []
    first = 0
    while first < len(order):
        base = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, base + most, side="right")))
        made = path()
        _write(taken, order[first:last], made, is_sorted=True)
        paths.append(made)
        first = last
    return paths


def merge(sources: Sequence[Source], path: Path) -> None:
    """Write the creators of the sources into one segment, in the order in which they come."""
    taken = _Taken(sources)
    _write(
        taken,
        np.arange(len(taken.ords)),
        path,
        is_sorted=len(sources) == 1 and sources[0].segment.is_sorted,
    )


class _Taken:
    """Those creators of the sources who are taken, one source after the other.

    which, ords   (k,) their source and their number in it
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self.segments = [source.segment for source in sources]
        self._ords = [
            np.arange(source.segment.n, dtype=np.uint32)
            if source.alive is None
            else np.flatnonzero(source.alive).astype(np.uint32)
            for source in sources
        ]
        self.which = np.repeat(np.arange(len(sources)), [len(ords) for ords in self._ords])
        self.ords = np.concatenate(self._ords)

    def column(self, read: Callable[[Segment], _Array]) -> _Array:
        """An array that every segment has, of those taken."""
        return np.concatenate(
            [read(s)[ords] for s, ords in zip(self.segments, self._ords, strict=True)]
        )

    def lengths(self) -> _Array:
        """Positions that each of them owns."""
        return self.column(lambda s: lengths_of(s.doc_starts))

    def keyword(self, field: str) -> tuple[list[Any], _Array, _Array | None]:
        """(values, codes, starts) of a field; some of the values may be of nobody."""
        columns = [segment.keyword(field) for segment in self.segments]
        values = list(
            dict.fromkeys(sorted(itertools.chain.from_iterable(c.values for c in columns)))
        )
        code_of = {value: code for code, value in enumerate(values)}
        codes, lengths = [], []
        for column, ords in zip(columns, self._ords, strict=True):
            new = np.fromiter(map(code_of.__getitem__, column.values), np.int64, len(column))
            mine, starts = _codes(column, ords)
            codes.append(new[mine])
            if starts is not None:
                lengths.append(lengths_of(starts))
        together = np.concatenate(codes)
        if not lengths:
            return values, together, None
        return values, together, starts_of(np.cumsum(np.concatenate(lengths)))

    def sorted(self) -> _Array:
        """Their order by SORTED_BY."""
        columns = []
        for field in SORTED_BY:
            _, codes, starts = self.keyword(field)
            columns.append(codes if starts is None else first_codes(starts, codes))
        return document_order(columns)


def _codes(column: Keyword, ords: _Array) -> tuple[_Array, _Array | None]:
    if column.starts is None:
        return column.codes[ords], None
    return take_lists(column.codes, column.starts, ords)


def _write(taken: _Taken, order: _Array, path: Path, *, is_sorted: bool) -> None:
    """Write those of the taken that `order` names, in its order."""
    n = len(order)
    doc_starts = starts_of(np.cumsum(taken.lengths()[order]))
    with ArraysWriter(path) as out:
        _write_words(out, taken, order, doc_starts)
        out.add("doc_starts", doc_starts)
        out.add("field_starts", taken.column(lambda s: s.field_starts)[order])
        for field in (*SINGLE, *MANY, "sort_name"):
            values, codes, starts = taken.keyword(field)
            inverted = field != "sort_name"
            if starts is None:
                write_keyword(out, field, values, codes[order], inverted=inverted)
            else:
                write_keyword(out, field, values, *take_lists(codes, starts, order))
        for field in NUMBERS:
            out.add(field, taken.column(lambda s, field=field: s.number(field))[order])  # type: ignore[misc]
        write_uids(out, taken.column(lambda s: s.uids_by_ord())[order])
        write_rows(out, _rows(taken.segments, taken.which[order], taken.ords[order]))
        out.close({"n": n, "sorted": is_sorted})


def _write_words(out: ArraysWriter, taken: _Taken, order: _Array, doc_starts: _Array) -> None:
    numbers = np.full(len(taken.ords), -1, np.int64)
    numbers[order] = np.arange(len(order))
    moved, used = [], []
    for i, segment in enumerate(taken.segments):
        mine = taken.which == i
        number = np.full(segment.n, -1, np.int64)
        number[taken.ords[mine]] = numbers[mine]
        here = number >= 0
        shift = np.zeros(segment.n, np.int64)
        shift[here] = doc_starts.view(np.int64)[number[here]]
        shift -= segment.doc_starts.view(np.int64)[:-1]
        per_word, positions_per_word = _held(segment, here)
        moved.append(_Moved(segment, number, shift, per_word))
        used.append((per_word, positions_per_word))

    texts = [segment.words.raws(0, len(segment.words)) for segment in taken.segments]
    held_words = [
        words if per_word.all() else list(itertools.compress(words, per_word.tolist()))
        for words, (per_word, _) in zip(texts, used, strict=True)
    ]
    # Every list is in order, and sorting lists that are joined merges them.
    union = list(dict.fromkeys(sorted(itertools.chain.from_iterable(held_words))))
    del held_words
    code_of = {word: code for code, word in enumerate(union)}
    n_docs = np.zeros(len(union) + 1, np.int64)
    n_positions = np.zeros(len(union) + 1, np.int64)
    for i, (words, (per_word, positions_per_word)) in enumerate(zip(texts, used, strict=True)):
        codes = np.fromiter(map(code_of.get, words, itertools.repeat(-1)), np.int64, len(words))
        # In a source where nobody holds a word any more it counts nothing, wherever it points.
        codes = np.maximum.accumulate(np.maximum(codes, 0)) if len(codes) else codes
        np.add.at(n_docs, codes + 1, per_word)
        np.add.at(n_positions, codes + 1, positions_per_word)
        moved[i] = moved[i]._replace(words=codes)
    del texts, code_of
    write_words(out, "words", union, endings=True)
    starts = np.cumsum(n_docs[: len(union) + 1])
    position_starts = np.cumsum(n_positions[: len(union) + 1])
    out.add("starts", starts.astype(np.uint64))
    out.add("position_starts", position_starts.astype(np.uint64))

    docs = out.reserve("docs", np.uint32, int(starts[-1]))
    masks = out.reserve("masks", np.uint8, int(starts[-1]))
    counts = out.reserve("counts", np.uint16, int(starts[-1]))
    positions = out.reserve("positions", np.uint32, int(position_starts[-1]))
    for low, high in _ranges(position_starts):
        pieces = [_piece(source, low, high) for source in moved]
        held = np.concatenate([piece[0] for piece in pieces])
        by_word = np.argsort(held, kind="stable")
        docs.append(held[by_word] & np.uint64(0xFFFFFFFF))
        masks.append(np.concatenate([piece[1] for piece in pieces])[by_word])
        counts.append(np.concatenate([piece[2] for piece in pieces])[by_word])
        stood = np.concatenate([piece[3] for piece in pieces])
        stood.sort(kind="stable")
        positions.append(stood & np.uint64(0xFFFFFFFF))


def _held(segment: Segment, here: _Array) -> tuple[_Array, _Array]:
    """(creators, positions) of each word among the creators that are taken."""
    if not len(segment.words):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = segment.starts.view(np.int64)
    if here.all():
        return lengths_of(segment.starts), lengths_of(segment.position_starts)
    # Every word of a segment is held by somebody, so no group is empty.
    taken = here[segment.docs]
    first = starts[:-1]
    return (
        np.add.reduceat(taken, first, dtype=np.int64),
        np.add.reduceat(np.where(taken, segment.counts, 0), first, dtype=np.int64),
    )


def _ranges(position_starts: _Array) -> Iterator[tuple[int, int]]:
    """Ranges of words of about _AT_A_TIME positions."""
    low, n = 0, len(position_starts) - 1
    while low < n:
        most = int(position_starts[low]) + _AT_A_TIME
        high = max(low + 1, int(np.searchsorted(position_starts, most, side="right")) - 1)
        yield low, high
        low = high


def _piece(source: _Moved, low: int, high: int) -> tuple[_Array, _Array, _Array, _Array]:
    """(word and creator, masks, counts, word and position) of a range of new words: one source.

    Word and the other number are the upper and lower half of a 64-bit one.
    """
    segment = source.segment
    first, last = np.searchsorted(source.words, (low, high)).tolist()
    starts = segment.starts.view(np.int64)[first : last + 1]
    if first == last:
        nothing = np.empty(0, np.uint64)
        return nothing, np.empty(0, np.uint8), np.empty(0, np.uint16), nothing
    begin, end = int(starts[0]), int(starts[-1])
    docs = segment.docs[begin:end]
    masks, counts = segment.masks[begin:end], segment.counts[begin:end]
    words = (source.words[first:last] - low).astype(np.uint64) << np.uint64(32)
    word = np.repeat(words, starts[1:] - starts[:-1])
    stands = segment.positions[
        int(segment.position_starts[first]) : int(segment.position_starts[last])
    ]
    number = source.number[docs]
    here = number >= 0
    if not here.all():
        stands = stands[np.repeat(here, counts)]
        docs, masks, counts = docs[here], masks[here], counts[here]
        word, number = word[here], number[here]
    moved = (stands.astype(np.int64) + np.repeat(source.shift[docs], counts)).astype(np.uint64)
    return word | number.astype(np.uint64), masks, counts, np.repeat(word, counts) | moved


def _rows(segments: Sequence[Segment], which: _Array, ords: _Array) -> Iterator[bytes]:
    """The stored rows; every source is read from front to back where the order allows it."""
    blocks: list[list[bytes]] = [[] for _ in segments]
    numbers = [-1] * len(segments)
    for first in range(0, len(ords), 1 << 16):
        for source, ord_ in zip(
            which[first : first + (1 << 16)].tolist(),
            ords[first : first + (1 << 16)].tolist(),
            strict=True,
        ):
            block, place = divmod(ord_, ROWS)
            if numbers[source] != block:
                numbers[source] = block
                blocks[source] = segments[source].rows(block)
            yield blocks[source][place]
