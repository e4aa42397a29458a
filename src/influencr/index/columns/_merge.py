"""Several segments -> one, by array operations: no text is cut into words again.

Creators get new numbers; then every posting and position is moved by what its creator moved.
Words are renumbered in the union of the dictionaries, which keeps their order, so a range of new
words is one range of words in every source: postings are merged range by range, in bounded memory.
In each source they are in order already, so sorting a range is merging runs. Memory holds some
numbers per creator and per word, never the texts.

What a deleted creator alone held (words, values, rows) is not in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from influencr.index.columns._files import ArraysWriter
from influencr.index.columns._rows import copy_rows
from influencr.index.columns._segment import MANY, NUMBERS, SINGLE, Keyword, Segment
from influencr.index.columns._union import Union
from influencr.index.columns._words import write_words
from influencr.index.columns._writer import (
    SORTED_BY,
    document_order,
    first_codes,
    lengths_of,
    starts_of,
    take_lists,
    write_codes,
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
    taken = _Taken.of(sources)
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
    taken = _Taken.of(sources)
    _write(
        taken,
        np.arange(len(taken)),
        path,
        is_sorted=len(sources) == 1 and sources[0].segment.is_sorted,
    )


class _Taken:
    """Those creators of the sources who are taken, one source after the other.

    ords     of each source the numbers of those taken, ascending
    bounds   (sources + 1,) where those of each source begin among all, and the end
    """

    def __init__(self, segments: Sequence[Segment], ords: Sequence[_Array]) -> None:
        self.segments = segments
        self.ords = ords
        self.bounds = np.cumsum([0, *map(len, ords)])

    @classmethod
    def of(cls, sources: Sequence[Source]) -> _Taken:
        """Everybody alive."""
        return cls(
            [source.segment for source in sources],
            [
                np.arange(source.segment.n, dtype=np.uint32)
                if source.alive is None
                else np.flatnonzero(source.alive).astype(np.uint32)
                for source in sources
            ],
        )

    def only(self, order: _Array) -> tuple[_Taken, _Array]:
        """Those whom `order` names alone, and the order among those."""
        if len(order) == len(self):
            return self, order
        mine = np.zeros(len(self), bool)
        mine[order] = True
        cuts = zip(self.ords, self.bounds[:-1].tolist(), self.bounds[1:].tolist(), strict=True)
        some = _Taken(self.segments, [ords[mine[low:high]] for ords, low, high in cuts])
        return some, (np.cumsum(mine) - 1)[order]

    def __len__(self) -> int:
        return int(self.bounds[-1])

    def column(self, read: Callable[[Segment], _Array]) -> _Array:
        """An array that every segment has, of those taken."""
        return np.concatenate(
            [read(s)[ords] for s, ords in zip(self.segments, self.ords, strict=True)]
        )

    def lengths(self) -> _Array:
        """Positions that each of them owns."""
        return self.column(lambda s: lengths_of(s.doc_starts))

    def write_keyword(self, out: ArraysWriter, field: str, order: _Array) -> None:
        """Write the values that they have, and who has which, in this order."""
        columns, codes, starts = self._codes(field)
        used = []
        for column, some in zip(columns, codes, strict=True):
            flags = np.zeros(len(column), bool)
            flags[some] = True
            used.append(flags)
        if field == "place":
            held = [column.numbers[flags] for column, flags in zip(columns, used, strict=True)]
            values = np.unique(np.concatenate(held))
            out.add(f"{field}.numbers", values)
            n = len(values)
            new: list[_Array] = [np.searchsorted(values, c.numbers) for c in columns]
        else:
            union = Union([(c.words, flags) for c, flags in zip(columns, used, strict=True)])
            n, new = write_words(out, f"{field}.values", union.pieces()), union.codes
        together = _renumbered(codes, new)
        del codes, new
        if starts is None:
            write_codes(out, field, n, together[order], inverted=field != "sort_name")
        else:
            write_codes(out, field, n, *take_lists(together, starts, order))

    def _codes(self, field: str) -> tuple[list[Keyword], list[_Array], _Array | None]:
        """(the field of each source, the codes of those taken there, starts of all)."""
        columns = [segment.keyword(field) for segment in self.segments]
        codes, lengths = [], []
        for column, ords in zip(columns, self.ords, strict=True):
            if column.starts is None:
                codes.append(column.codes[ords])
                continue
            some, starts = take_lists(column.codes, column.starts, ords)
            codes.append(some)
            lengths.append(lengths_of(starts))
        if not lengths:
            return columns, codes, None
        return columns, codes, starts_of(np.cumsum(np.concatenate(lengths)))

    def sorted(self) -> _Array:
        """Their order by SORTED_BY."""
        by = []
        for field in SORTED_BY:
            columns, codes, starts = self._codes(field)
            if field == "place":
                values = np.unique(np.concatenate([column.numbers for column in columns]))
                new: list[_Array] = [np.searchsorted(values, c.numbers) for c in columns]
            else:
                union = Union([(column.words, None) for column in columns])
                for _ in union.pieces():
                    pass
                new = union.codes
            together = _renumbered(codes, new)
            by.append(together if starts is None else first_codes(starts, together))
        return document_order(by)


def _renumbered(codes: Sequence[_Array], new: Sequence[_Array]) -> _Array:
    """The codes of all sources by their new numbers, int32."""
    return np.concatenate(
        [numbers[mine].astype(np.int32) for mine, numbers in zip(codes, new, strict=True)]
    )


def _write(every: _Taken, chosen: _Array, path: Path, *, is_sorted: bool) -> None:
    """Write those of the taken that `chosen` names, in its order."""
    taken, order = every.only(chosen)
    doc_starts = starts_of(np.cumsum(taken.lengths()[order]))
    with ArraysWriter(path) as out:
        _write_words(out, taken, order, doc_starts)
        out.add("doc_starts", doc_starts)
        out.add("field_starts", taken.column(lambda s: s.field_starts)[order])
        for field in (*SINGLE, *MANY, "sort_name"):
            taken.write_keyword(out, field, order)
        for field in NUMBERS:
            out.add(field, taken.column(lambda s, field=field: s.number(field))[order])  # type: ignore[misc]
        write_uids(out, taken.column(lambda s: s.uids_by_ord())[order])
        copy_rows(out, list(zip(taken.segments, taken.ords, strict=True)), order)
        out.close({"n": len(order), "sorted": is_sorted})


def _write_words(out: ArraysWriter, taken: _Taken, order: _Array, doc_starts: _Array) -> None:
    numbers = np.empty(len(taken), np.int64)
    numbers[order] = np.arange(len(order))
    moved, used = [], []
    for i, (segment, ords) in enumerate(zip(taken.segments, taken.ords, strict=True)):
        number = np.full(segment.n, -1, np.int64)
        number[ords] = numbers[taken.bounds[i] : taken.bounds[i + 1]]
        here = number >= 0
        shift = np.zeros(segment.n, np.int64)
        shift[here] = doc_starts.view(np.int64)[number[here]]
        shift -= segment.doc_starts.view(np.int64)[:-1]
        per_word, positions_per_word = _held(segment, here)
        moved.append(_Moved(segment, number, shift, per_word))
        used.append((per_word, positions_per_word))

    union = Union(
        [(s.words, per_word > 0) for s, (per_word, _) in zip(taken.segments, used, strict=True)]
    )
    n_words = write_words(out, "words", union.pieces(), endings=True)
    n_docs = np.zeros(n_words + 1, np.int64)
    n_positions = np.zeros(n_words + 1, np.int64)
    for i, (codes, (per_word, positions_per_word)) in enumerate(
        zip(union.codes, used, strict=True)
    ):
        # In a source where nobody holds a word any more it counts nothing, wherever it points;
        # when nobody at all holds any, there is nowhere to point.
        if n_words:
            np.add.at(n_docs, codes + 1, per_word)
            np.add.at(n_positions, codes + 1, positions_per_word)
        moved[i] = moved[i]._replace(words=codes)
    del used
    starts = np.cumsum(n_docs)
    position_starts = np.cumsum(n_positions)
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
