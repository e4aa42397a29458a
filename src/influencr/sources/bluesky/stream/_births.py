"""When was an account born? A sorted file of all did:plc with their first second, read where it
lies.

19 bytes an account: 15 of the DID, 4 of seconds since 1970. They lie in three columns, so that a
search touches only the first:

    16 bytes   "influencr births" (magic), 8 bytes count n, 8 bytes last number of the export
    8 * n      the first 8 bytes of the DID as a number, ascending
    7 * n      the rest of it
    4 * n      seconds, unsigned

Look-ups go by array: one binary search over the mapped first column, then the rest is compared.
Two accounts that share their first 64 bits are told apart by the rest (of 55 million accounts about
one pair in 12,000 such files would be).

Additions are merged into a new file that replaces the old one, a piece at a time, so memory follows
the addition and not the file. Somebody who leaves is overwritten by their neighbour's entry: the
order stays and no byte of theirs is left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.errors import UnreadableInput

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Births", "Born", "did_bytes", "extend"]

_MAGIC = b"influencr births"
_HEAD = 32
#: Entries merged at a time: 38 MB of columns.
_PIECE = 2_000_000
_PLC = b"did:plc:"


class Born(NamedTuple):
    """Accounts and their first second: head uint64 (n,), tail uint8 (n, 7), seconds uint32 (n,)."""

    head: npt.NDArray[np.uint64]
    tail: npt.NDArray[np.uint8]
    seconds: npt.NDArray[np.uint32]

    def cut(self, begin: int, end: int) -> Born:
        """The entries begin..end."""
        return Born(self.head[begin:end], self.tail[begin:end], self.seconds[begin:end])


def did_bytes(dids: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """uint8 (n, 15) of the DIDs, and which of them are a did:plc at all (the others are zeros).

    >>> did_bytes(["did:plc:" + "b" * 24, "did:web:example.org"])[1].tolist()
    [True, False]
    """
    import numpy as np

    raw = np.array([did.encode("utf-8", "replace") for did in dids], dtype=np.bytes_)
    if not len(raw):
        return np.zeros((0, 15), dtype=np.uint8), np.zeros(0, dtype=np.bool_)
    length = raw.dtype.itemsize
    letters = np.frombuffer(raw.tobytes(), dtype=np.uint8).reshape(len(raw), length)
    letters = np.pad(letters, ((0, 0), (0, max(0, 33 - length))))[:, :33]
    valid = (letters[:, :8] == np.frombuffer(_PLC, dtype=np.uint8)).all(axis=1)
    valid &= (letters[:, 32] == 0) & np.array([len(did) == 32 for did in dids])
    digits = _digits()[letters[:, 8:32]]
    valid &= (digits < 32).all(axis=1)
    digits = np.where(valid[:, None], digits, 0)
    bits = np.unpackbits(digits[:, :, None], axis=2)[:, :, 3:].reshape(len(raw), 120)
    return np.packbits(bits, axis=1), valid


def _digits() -> npt.NDArray[np.uint8]:
    import numpy as np

    table = np.full(256, 255, dtype=np.uint8)
    for value, letter in enumerate(b"abcdefghijklmnopqrstuvwxyz234567"):
        table[letter] = value
    return table


def _columns(content: npt.NDArray[np.uint8]) -> tuple[Any, Any]:
    import numpy as np

    head = np.ascontiguousarray(content[:, :8]).view(">u8")[:, 0].astype(np.uint64)
    return head, np.ascontiguousarray(content[:, 8:])


class Births:
    """The file, mapped; for any number of readers.

    Raises UnreadableInput for a file that is none, or is cut.
    """

    def __init__(self, path: Path | str) -> None:
        import numpy as np

        self.path = Path(path)
        try:
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                head = file.read(_HEAD)
        except FileNotFoundError:
            raise UnreadableInput(
                f"{self.path} does not exist; `influencr listen plc` makes it."
            ) from None
        n = int.from_bytes(head[16:24], "little")
        if head[:16] != _MAGIC or size != _HEAD + 19 * n:
            raise UnreadableInput(
                f"{self.path} is no file of births, or is cut; remove it and run "
                "`influencr listen plc`."
            )
        self._n = n
        #: The last number of the export that was read.
        self.last_seq = int.from_bytes(head[24:32], "little")
        if n:
            self._head = np.memmap(self.path, "<u8", "r", _HEAD, (n,))
            self._tail = np.memmap(self.path, "u1", "r", _HEAD + 8 * n, (n, 7))
            self._seconds = np.memmap(self.path, "<u4", "r", _HEAD + 15 * n, (n,))

    def __len__(self) -> int:
        return self._n

    def columns(self) -> Born:
        """The whole file, mapped; not in the order of `tail` where heads are equal."""
        if not self._n:
            raise UnreadableInput(f"{self.path} holds nobody.")
        return Born(self._head, self._tail, self._seconds)

    def seconds(self, dids: Sequence[str]) -> npt.NDArray[np.int64]:
        """int64 (n,): seconds since 1970 at which each account began, -1 for one not known here."""
        import numpy as np

        content, valid = did_bytes(dids)
        found = np.full(len(content), -1, dtype=np.int64)
        if not self._n:
            return found
        head, tail = _columns(content)
        place = self._places(head, tail, valid)
        there = place >= 0
        found[there] = self._seconds[place[there]]
        return found

    def _places(self, head: Any, tail: Any, valid: Any) -> npt.NDArray[np.int64]:
        import numpy as np

        place = np.searchsorted(self._head, head).astype(np.int64)
        place[~valid] = -1
        open_ = np.flatnonzero((place >= 0) & (place < self._n))
        found = np.full(len(head), -1, dtype=np.int64)
        while len(open_):
            at = place[open_]
            same_head = self._head[at] == head[open_]
            same = same_head & (self._tail[at] == tail[open_]).all(axis=1)
            found[open_[same]] = at[same]
            # Whoever shares the first 64 bits with somebody else stands one further on.
            open_ = open_[same_head & ~same]
            place[open_] += 1
            open_ = open_[place[open_] < self._n]
        return found

    def forget(self, dids: Iterable[str]) -> int:
        """Overwrite these accounts by their neighbours; how many were there."""
        import numpy as np

        if not self._n:
            return 0
        content, valid = did_bytes(list(dids))
        place = self._places(*_columns(content), valid)
        leaving = np.unique(place[place >= 0])
        if not len(leaving):
            return 0
        if self._n == len(leaving):
            _write(self.path, [], self.last_seq)
            return len(leaving)
        stays = np.ones(self._n, dtype=np.bool_)
        stays[leaving] = False
        kept = np.flatnonzero(stays)
        before = np.searchsorted(kept, leaving)
        neighbour = kept[np.maximum(before - 1, 0)]
        n = self._n
        for dtype, offset, shape in (
            ("<u8", _HEAD, (n,)),
            ("u1", _HEAD + 8 * n, (n, 7)),
            ("<u4", _HEAD + 15 * n, (n,)),
        ):
            column = np.memmap(self.path, dtype, "r+", offset, shape)
            column[leaving] = column[neighbour]
            column.flush()
        return len(leaving)


def extend(path: Path, born: Born, *, last_seq: int) -> int:
    """Merge accounts into the file, which is made when absent; returns how many it holds then.

    Of one account the earliest second counts, so reading an export twice changes nothing.
    """
    import numpy as np

    order = np.lexsort((_number(born.tail), born.head))
    new = Born(born.head[order], born.tail[order], born.seconds[order])
    old = Births(path) if path.exists() else None
    n_old = len(old) if old is not None else 0

    def pieces() -> Iterator[Born]:
        taken = 0
        if old is None or not n_old:
            yield _merged(new.cut(0, 0), new)
            return
        for start in range(0, n_old, _PIECE):
            end = min(start + _PIECE, n_old)
            held = old.columns().cut(start, end)
            # Everything of the addition up to this piece's end.
            upto = len(new.head)
            if end < n_old:
                upto = int(np.searchsorted(new.head, held.head[-1], side="right"))
            yield _merged(held, new.cut(taken, upto))
            taken = upto

    return _write(path, pieces(), max(last_seq, old.last_seq if old is not None else 0))


def _number(tail: npt.NDArray[np.uint8]) -> Any:
    """The last 7 bytes of a DID as a number, for sorting."""
    import numpy as np

    return np.pad(tail, ((0, 0), (1, 0))).view(">u8")[:, 0].astype(np.uint64)


def _merged(old: Born, new: Born) -> Born:
    import numpy as np

    head = np.concatenate([old.head, new.head])
    tail = np.concatenate([old.tail, new.tail])
    seconds = np.concatenate([old.seconds, new.seconds])
    order = np.lexsort((seconds, _number(tail), head))
    head, tail, seconds = head[order], tail[order], seconds[order]
    first = np.ones(len(head), dtype=np.bool_)
    first[1:] = (head[1:] != head[:-1]) | (tail[1:] != tail[:-1]).any(axis=1)
    return Born(head[first], tail[first], seconds[first])


def _write(path: Path, pieces: Iterable[Born], last_seq: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    n = 0
    with (
        partial.open("w+b") as file,
        tempfile.TemporaryFile(dir=path.parent) as tails,
        tempfile.TemporaryFile(dir=path.parent) as seconds,
    ):
        file.write(bytes(_HEAD))
        for piece in pieces:
            n += len(piece.head)
            file.write(piece.head.astype("<u8").tobytes())
            tails.write(piece.tail.tobytes())
            seconds.write(piece.seconds.astype("<u4").tobytes())
        for column in (tails, seconds):
            column.seek(0)
            shutil.copyfileobj(column, file, 1 << 20)
        file.seek(0)
        file.write(_MAGIC + n.to_bytes(8, "little") + last_seq.to_bytes(8, "little"))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return n
