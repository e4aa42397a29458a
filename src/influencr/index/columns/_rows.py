"""Stored creators on their way into a segment: packed in blocks, or copied packed as they are.

A block is the number of its rows, where each of them ends, and the rows, compressed together. The
creators of a segment may lie in it in any order (`Segment.row_at`), so merging segments copies
blocks whole, without unpacking them; only those that hold somebody who is left out, or few, are
packed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import zstandard

from influencr.index.columns._files import ArraysWriter
from influencr.index.columns._segment import ROWS, Segment

__all__ = ["copy_rows", "write_rows"]

type _Array = np.ndarray[Any, Any]

_LEVEL: Final = 1
#: A block of fewer rows is packed anew with others when it is merged: our own choice.
_LEAST: Final = ROWS // 2


def write_rows(out: ArraysWriter, rows: Iterable[bytes]) -> None:
    """Write the stored rows of creators 0 .. n - 1."""
    blocks = _Blocks()
    at: list[int] = []

    def packed() -> Iterator[bytes]:
        for row in rows:
            at.append(blocks.add(row))
            yield from blocks.full()
        yield from blocks.rest()

    out.add_bytes("rows", packed())
    out.add("row_starts", np.array(blocks.starts, np.uint64))
    out.add("row_at", np.array(at, np.uint32))


def copy_rows(out: ArraysWriter, sources: Sequence[tuple[Segment, _Array]], order: _Array) -> None:
    """Write the stored rows of creators of segments.

    sources   segments, with the numbers of the creators taken of each, ascending
    order     (n,) the creators of the result as places in the sources' creators, one source after
              the other
    """
    blocks = _Blocks()
    at: list[_Array] = []

    def packed() -> Iterator[bytes | memoryview]:
        for segment, ords in sources:
            new = np.zeros(len(ords), np.int64)
            at.append(new)
            yield from _copied(segment, ords, blocks, new)
        yield from blocks.rest()

    out.add_bytes("rows", packed())
    out.add("row_starts", np.array(blocks.starts, np.uint64))
    out.add("row_at", np.concatenate(at)[order].astype(np.uint32))


def _copied(
    segment: Segment, ords: _Array, blocks: _Blocks, new: _Array
) -> Iterator[bytes | memoryview]:
    """The blocks of one source; writes into `new` where the rows of its creators lie."""
    every = segment.row_at
    n_blocks = len(segment.row_starts) - 1
    block, place = np.divmod(every[ords].astype(np.int64), ROWS)
    held = np.bincount(every // ROWS, minlength=n_blocks)
    taken = np.bincount(block, minlength=n_blocks)
    whole = (taken == held) & (taken >= _LEAST)
    # Blocks side by side that stay whole are copied in one go.
    edges = np.flatnonzero(np.diff(whole, prepend=False, append=False)).reshape(-1, 2)
    number = np.zeros(n_blocks, np.int64)
    for low, high in edges.tolist():
        yield from blocks.rest()
        number[low:high] = blocks.copied(segment.row_starts[low : high + 1])
        yield segment.packed_rows(low, high)
    new[:] = number[block] * ROWS + place
    # Those whose blocks change, block after block.
    apart = np.flatnonzero(~whole[block])
    apart = apart[np.argsort(block[apart], kind="stable")]
    open_, rows = -1, []
    for i, b, p in zip(apart.tolist(), block[apart].tolist(), place[apart].tolist(), strict=True):
        if b != open_:
            open_, rows = b, segment.rows(b)
        new[i] = blocks.add(rows[p])
        yield from blocks.full()


class _Blocks:
    """Blocks that are written one after the other. `starts`: where each begins, and the end."""

    def __init__(self) -> None:
        self.starts = [0]
        self._open: list[bytes] = []
        zip_ = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        self._zip: Callable[[bytes], bytes] = zip_.compress

    def add(self, row: bytes) -> int:
        """Take a row into the open block: ROWS times the number of the block plus its place."""
        self._open.append(row)
        return (len(self.starts) - 1) * ROWS + len(self._open) - 1

    def full(self) -> Iterator[bytes]:
        """The open block, when nothing more fits in."""
        if len(self._open) == ROWS:
            yield from self.rest()

    def rest(self) -> Iterator[bytes]:
        """The open block, when it holds anything."""
        if self._open:
            lengths = [len(row) for row in self._open]
            head = np.array([len(lengths), *np.cumsum(lengths).tolist()], "<u4").tobytes()
            packed = self._zip(head + b"".join(self._open))
            self._open.clear()
            self.starts.append(self.starts[-1] + len(packed))
            yield packed

    def copied(self, starts: _Array) -> _Array:
        """Take blocks as they are, whose starts in their own file these are; their new numbers."""
        first = len(self.starts) - 1
        moved = starts[1:].astype(np.int64) - int(starts[0]) + self.starts[-1]
        self.starts += moved.tolist()
        return np.arange(first, len(self.starts) - 1)
