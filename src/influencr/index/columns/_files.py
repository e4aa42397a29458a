"""Arrays on disk: one file holds every array of a segment, written once, read by mapping it.

    magic | array | array | ... | directory (msgpack) | length of directory | digest | magic

Arrays start at multiples of 64 bytes, so that a mapped one is aligned for every type. A file gets
its name when it is whole and on the disk (`fsync`), so a name always means a whole file. All
numbers are little-endian.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec
import numpy as np
import xxhash

from influencr.errors import OtherFormat

__all__ = ["Arrays", "ArraysWriter", "Room", "sync", "write_whole"]

_MAGIC = b"INFLCOLS"
_ALIGN = 64
_TAIL = 8 + 8 + len(_MAGIC)


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    dtype: str
    offset: int
    shape: tuple[int, ...]


class _Directory(msgspec.Struct, frozen=True):
    arrays: dict[str, _Entry]
    meta: dict[str, Any]


class Room:
    """A place in a file for one array: `append` fills it from the front."""

    def __init__(self, file: IO[bytes], dtype: np.dtype[Any], start: int, end: int) -> None:
        self.end = end
        self._file = file
        self._dtype = dtype
        self._at = start

    def append(self, array: np.ndarray[Any, Any]) -> None:
        """Write the next elements. The file is left anywhere."""
        flat = np.ascontiguousarray(array, self._dtype)
        if self._at + flat.nbytes > self.end:
            raise ValueError("more elements than were announced")
        self._file.seek(self._at)
        self._file.write(flat.data if flat.size else b"")
        self._at += flat.nbytes


class ArraysWriter:
    """Writes named arrays into one file; the file has its name only after `close`.

    Used as a context manager: an exception inside removes what was written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._file = self._partial.open("w+b")
        self._file.write(_MAGIC)
        self._at = len(_MAGIC)
        self._arrays: dict[str, _Entry] = {}

    def add(self, name: str, array: np.ndarray[Any, Any]) -> None:
        """Write a whole array."""
        flat = np.ascontiguousarray(array)
        self._begin(name, flat.dtype, flat.shape)
        self._file.write(flat.data if flat.size else b"")
        self._at += flat.nbytes

    def add_bytes(self, name: str, pieces: Iterable[bytes | memoryview]) -> None:
        """Write bytes piece by piece as one array of uint8."""
        self._align()
        start = self._at
        for piece in pieces:
            self._file.write(piece)
            self._at += len(piece)
        self._arrays[name] = _Entry("|u1", start, (self._at - start,))

    def reserve(self, name: str, dtype: Any, length: int) -> Room:
        """Room for an array that is written piece by piece, in turns with others."""
        kind = np.dtype(dtype)
        self._begin(name, kind, (length,))
        room = Room(self._file, kind, self._at, self._at + kind.itemsize * length)
        self._at = room.end
        self._file.seek(self._at)
        return room

    def close(self, meta: dict[str, Any]) -> None:
        """Write the directory, bring everything to the disk and give the file its name."""
        self._file.seek(self._at)
        directory = msgspec.msgpack.encode(_Directory(self._arrays, meta))
        self._file.write(directory)
        self._file.write(len(directory).to_bytes(8, "little"))
        self._file.write(xxhash.xxh3_64_intdigest(directory).to_bytes(8, "little"))
        self._file.write(_MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            self._file.close()
            self._partial.unlink(missing_ok=True)

    def _begin(self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self._align()
        self._arrays[name] = _Entry(dtype.newbyteorder("<").str, self._at, shape)

    def _align(self) -> None:
        gap = -self._at % _ALIGN
        self._file.seek(self._at)
        self._file.write(bytes(gap))
        self._at += gap


class Arrays:
    """A file of arrays, mapped read-only: opening reads the directory alone.

    raw    the mapping itself: raw[a:b] are bytes
    meta   what `ArraysWriter.close` was given

    Nothing is ever closed by hand: the mapping lives until the last array of it is let go, so a
    reader goes on with a file that has been removed (POSIX keeps the content of a removed file
    while it is mapped; Windows refuses to remove it, and the next writer tries again).

    Raises OtherFormat for a file that is not whole or not ours.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = len(self.raw)
        tail = self.raw[max(0, size - _TAIL) :]
        length = int.from_bytes(tail[:8], "little")
        directory = self.raw[max(0, size - _TAIL - length) : size - _TAIL]
        if (
            len(tail) != _TAIL
            or tail[16:] != _MAGIC
            or self.raw[: len(_MAGIC)] != _MAGIC
            or xxhash.xxh3_64_intdigest(directory).to_bytes(8, "little") != tail[8:16]
        ):
            raise OtherFormat(
                f"{path} is damaged or no file of a search index; refresh to build the index "
                "anew from the catalogue."
            )
        found = msgspec.msgpack.decode(directory, type=_Directory)
        self._entries = found.arrays
        self.meta = found.meta

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        entry = self._entries[name]
        count = int(np.prod(entry.shape, dtype=np.int64))
        if not count:
            return np.empty(entry.shape, np.dtype(entry.dtype))
        flat: np.ndarray[Any, Any] = np.frombuffer(
            self.raw, np.dtype(entry.dtype), count, entry.offset
        )
        return flat.reshape(entry.shape)

    def get(self, name: str) -> np.ndarray[Any, Any] | None:
        """The array, None when the file has none of that name."""
        return self[name] if name in self._entries else None

    def span(self, name: str) -> tuple[int, int]:
        """(start, end) of an array of uint8 in `raw`."""
        entry = self._entries[name]
        return entry.offset, entry.offset + entry.shape[0]


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # folders cannot be opened there; renames are journalled
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(file: Path, content: bytes) -> None:
    """Replace a small file so that every reader sees the old or the new one, whole."""
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    sync(file.parent)
