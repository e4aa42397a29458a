"""A sorted dictionary of words on disk: word -> number, number -> word, beginnings and endings.

Words lie in blocks of BLOCK, each word between line feeds (no word holds one). Of every block the
first word, its head, is kept in memory: finding is one bisection of the heads and one search of a
block of some hundred bytes, about a microsecond whatever the size. The order is that of the code
points, which is the order of the bytes of UTF-8.

Endings are beginnings of the words read backwards: large dictionaries keep a second one of those,
small ones (SMALL words) are read through.

BLOCK, SMALL: our own choice, measured (docs/decisions/0011).
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from influencr.index.columns._files import Arrays, ArraysWriter

__all__ = ["BLOCK", "SMALL", "Words", "write_words"]

BLOCK = 64
SMALL = 20_000

_AFTER = b"\xff"


class Words:
    """A dictionary in a file of arrays under `name`."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._arrays = arrays
        self._name = name
        self._raw = arrays.raw
        self._base = arrays.span(f"{name}.blob")[0]
        self._starts = arrays[f"{name}.blocks"]
        self._n = int(arrays[f"{name}.n"][0])
        self._head_list: list[bytes] | None = None
        self._backwards: tuple[Words, np.ndarray[Any, Any]] | None = None

    def __len__(self) -> int:
        return self._n

    def find(self, word: str) -> int:
        """Its number, -1 when it is not here."""
        raw = word.encode("utf-8", "surrogatepass")
        number = bisect.bisect_right(self._heads, raw) - 1
        if number < 0 or b"\n" in raw:
            return -1
        block = self._block(number)
        at = block.find(b"\n" + raw + b"\n")
        if at < 0:
            return -1
        return number * BLOCK + block.count(b"\n", 0, at)

    def text(self, number: int) -> str:
        """The word of a number."""
        block, place = divmod(number, BLOCK)
        return (
            self._block(block).split(b"\n", place + 2)[place + 1].decode("utf-8", "surrogatepass")
        )

    def texts(self, low: int, high: int) -> list[str]:
        """The words low .. high - 1."""
        return [raw.decode("utf-8", "surrogatepass") for raw in self.raws(low, high)]

    def raws(self, low: int, high: int) -> list[bytes]:
        """The same as UTF-8."""
        high = min(high, self._n)
        if low >= high:
            return []
        first, last = low // BLOCK, (high - 1) // BLOCK
        found = itertools.chain.from_iterable(
            self._block(b)[1:-1].split(b"\n") for b in range(first, last + 1)
        )
        return list(itertools.islice(found, low - first * BLOCK, high - first * BLOCK))

    def between(self, prefix: str) -> tuple[int, int]:
        """(low, high): the words that start so are low .. high - 1."""
        raw = prefix.encode("utf-8", "surrogatepass")
        if b"\n" in raw:
            return 0, 0
        return self._first_from(raw), self._first_from(raw + _AFTER)

    def ending(self, suffix: str) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """Numbers of the words that end so, ascending."""
        if "\n" in suffix:
            return np.empty(0, np.uint32)
        if f"{self._name}.backwards" in self._arrays:
            if self._backwards is None:
                self._backwards = (
                    Words(self._arrays, f"{self._name}.reversed"),
                    self._arrays[f"{self._name}.backwards"],
                )
            words, numbers = self._backwards
            low, high = words.between(suffix[::-1])
            return np.sort(numbers[low:high])
        return np.fromiter(self._ending_read_through(suffix), np.uint32)

    def _ending_read_through(self, suffix: str) -> Iterator[int]:
        raw = suffix.encode("utf-8", "surrogatepass") + b"\n"
        for number in range(len(self._starts) - 1):
            block = self._block(number)
            at = block.find(raw, 1)
            while at >= 0:
                yield number * BLOCK + block.count(b"\n", 0, at) - 1
                at = block.find(raw, at + 1)

    @property
    def _heads(self) -> list[bytes]:
        if self._head_list is None:
            start, end = self._arrays.span(f"{self._name}.heads")
            self._head_list = self._raw[start:end].split(b"\n") if self._n else []
        return self._head_list

    def _block(self, number: int) -> bytes:
        base, starts = self._base, self._starts
        return self._raw[base + int(starts[number]) : base + int(starts[number + 1])]

    def _first_from(self, raw: bytes) -> int:
        """The number of the first word not before these bytes."""
        number = bisect.bisect_left(self._heads, raw) - 1
        if number < 0:
            return 0
        words = self._block(number)[1:-1].split(b"\n")
        return number * BLOCK + bisect.bisect_left(words, raw)


def write_words(
    out: ArraysWriter, name: str, words: Sequence[bytes], *, endings: bool = False
) -> None:
    """Write sorted, different words (UTF-8, no line feeds); `endings` when `ending` is asked."""
    _write(out, name, words)
    if endings and len(words) > SMALL:
        backwards = [raw.decode("utf-8", "surrogatepass")[::-1] for raw in words]
        order = sorted(range(len(words)), key=backwards.__getitem__)
        _write(
            out,
            f"{name}.reversed",
            [backwards[i].encode("utf-8", "surrogatepass") for i in order],
        )
        out.add(f"{name}.backwards", np.array(order, np.uint32))


def _write(out: ArraysWriter, name: str, raws: Sequence[bytes]) -> None:
    starts = [0]

    def blocks() -> Iterable[bytes]:
        for first in range(0, len(raws), BLOCK):
            block = b"\n%b\n" % b"\n".join(raws[first : first + BLOCK])
            starts.append(starts[-1] + len(block))
            yield block

    out.add_bytes(f"{name}.blob", blocks())
    out.add(f"{name}.blocks", np.array(starts, np.uint64))
    out.add_bytes(f"{name}.heads", (b"\n".join(raws[::BLOCK]),))
    out.add(f"{name}.n", np.array([len(raws)], np.uint64))
