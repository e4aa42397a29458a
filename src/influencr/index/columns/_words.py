"""A sorted dictionary of words on disk: word -> number, number -> word, beginnings and endings.

Words lie in blocks of BLOCK, each word between line feeds (no word holds one). Of every block the
first word, its head, is kept in memory: finding is one bisection of the heads and one search of a
block of some hundred bytes, about a microsecond whatever the size. The order is that of the code
points, which is the order of the bytes of UTF-8.

Endings are found by tails: the last TAIL bytes of every word, read backwards as one number, in
rising order. A longer ending is looked for among the words that share its last TAIL bytes.

BLOCK: our own choice, measured (docs/decisions/0011). TAIL: what a 64-bit number holds.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from influencr.index.columns._files import Arrays, ArraysWriter

__all__ = ["BLOCK", "TAIL", "Words", "write_words"]

BLOCK = 64
TAIL = 8

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

    def __len__(self) -> int:
        return self._n

    def find(self, word: str) -> int:
        """Its number, -1 when it is not here."""
        raw = word.encode("utf-8", "surrogatepass")
        number = bisect.bisect_right(self.heads, raw) - 1
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
        return self.first_from(raw), self.first_from(raw + _AFTER)

    def ending(self, suffix: str) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """Numbers of the words that end so, ascending. Only where `endings` were written."""
        raw = suffix.encode("utf-8", "surrogatepass")
        tails = self._arrays[f"{self._name}.tails"]
        backwards = raw[::-1][:TAIL]
        least = np.uint64(int.from_bytes(backwards.ljust(TAIL, b"\0"), "big"))
        most = np.uint64(int.from_bytes(backwards.ljust(TAIL, _AFTER), "big"))
        low, high = np.searchsorted(tails, least), np.searchsorted(tails, most, side="right")
        numbers: np.ndarray[Any, Any] = self._arrays[f"{self._name}.backwards"][low:high]
        if len(raw) > TAIL:
            kept = [self._raw_of(int(n)).endswith(raw) for n in numbers]
            numbers = numbers[np.array(kept, bool)]
        return np.sort(numbers)

    def first_from(self, raw: bytes) -> int:
        """The number of the first word not before these bytes."""
        number = bisect.bisect_left(self.heads, raw) - 1
        if number < 0:
            return 0
        words = self._block(number)[1:-1].split(b"\n")
        return number * BLOCK + bisect.bisect_left(words, raw)

    @property
    def heads(self) -> list[bytes]:
        """The first word of every block."""
        if self._head_list is None:
            start, end = self._arrays.span(f"{self._name}.heads")
            self._head_list = self._raw[start:end].split(b"\n") if self._n else []
        return self._head_list

    def _block(self, number: int) -> bytes:
        base, starts = self._base, self._starts
        return self._raw[base + int(starts[number]) : base + int(starts[number + 1])]

    def _raw_of(self, number: int) -> bytes:
        block, place = divmod(number, BLOCK)
        return self._block(block).split(b"\n", place + 2)[place + 1]


def write_words(
    out: ArraysWriter, name: str, pieces: Iterable[Sequence[bytes]], *, endings: bool = False
) -> int:
    """Write sorted, different words (UTF-8, no line feeds), which come as lists; how many.

    endings   when `ending` is going to be asked
    """
    sizes = [0]
    heads: list[bytes] = []
    tails: list[np.ndarray[Any, Any]] = []
    n = 0

    def blocks() -> Iterator[bytes]:
        nonlocal n
        open_: list[bytes] = []
        for words in pieces:
            n += len(words)
            if endings:
                tails.append(_tails(words))
            open_ += words
            whole = len(open_) - len(open_) % BLOCK
            yield from map(block, (open_[i : i + BLOCK] for i in range(0, whole, BLOCK)))
            del open_[:whole]
        if open_:
            yield block(open_)

    def block(words: Sequence[bytes]) -> bytes:
        heads.append(words[0])
        made = b"\n%b\n" % b"\n".join(words)
        sizes.append(len(made))
        return made

    out.add_bytes(f"{name}.blob", blocks())
    out.add(f"{name}.blocks", np.cumsum(sizes, dtype=np.uint64))
    out.add_bytes(f"{name}.heads", (b"\n".join(heads),))
    out.add(f"{name}.n", np.array([n], np.uint64))
    if endings:
        together = np.concatenate(tails) if tails else np.empty(0, np.uint64)
        order = np.argsort(together, kind="stable")
        out.add(f"{name}.tails", together[order])
        out.add(f"{name}.backwards", order.astype(np.uint32))
    return n


def _tails(words: Sequence[bytes]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """The last TAIL bytes of each word as a number, the last byte highest; 0 before its start."""
    text = np.frombuffer(b"".join(words), np.uint8)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    ends = np.cumsum(lengths)
    tails = np.zeros(len(words), np.uint64)
    for back in range(1, TAIL + 1):
        has = lengths >= back
        tails[has] |= text[ends[has] - back].astype(np.uint64) << np.uint64(8 * (TAIL - back))
    return tails
