"""The folder of an index: segments that never change, and generations that name them.

    CURRENT                   name of the manifest in use; replaced by renaming, atomically
    columns-000012.manifest   one generation: its segments, who in them was deleted, its info
    000034-5be1c0d2.segment   a segment (`_files`), of any number of generations
    LOCK                      held by the one writer

A kill at any moment leaves CURRENT at a whole generation. Files that its manifest does not name
are unfinished or replaced; the writer removes them, the next writer what a kill left. Readers
never wait and hold no lock: whoever has mapped a file keeps its content, also without a name
(POSIX); who finds a file gone before mapping it reads CURRENT again. Where mapped files cannot be
removed (Windows) they stay until a later writer can.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import zstandard

from influencr.errors import OtherFormat
from influencr.index._lock import LOCK, WriteLock
from influencr.index.columns._files import write_whole

__all__ = ["FORMAT", "Folder", "Manifest", "Part", "alive_bits", "packed_bits"]

#: Version of manifest, segment and document layout; raised with every change that needs a rebuild.
FORMAT = 5

_NAME = re.compile(r"columns-(\d+)\.manifest")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One segment in one generation.

    alive   who of it can be found, one bit each (lowest first), compressed; None = everybody
    """

    name: str
    n: int
    n_alive: int
    alive: bytes | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One generation. `purge`: segments that hold somebody who was erased, to be written anew."""

    format: int
    number: int
    as_of: datetime | None
    demo: bool
    built_at: datetime | None
    edges: dict[str, list[float]]
    parts: tuple[Part, ...] = ()
    purge: tuple[str, ...] = ()


class _FormatOnly(msgspec.Struct, frozen=True):
    format: int


class Folder:
    """Names, pointer and lock of an index folder; knows nothing of documents."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = WriteLock(path)
        self._pointer = path / "CURRENT"

    def stamp(self) -> object:
        """Changes with every generation; None when nothing was ever built."""
        try:
            status = os.stat(self._pointer)  # noqa: PTH116 - no Path per request
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def current(self) -> Manifest | None:
        """The generation in use, None when nothing was ever built.

        Raises OtherFormat when this version cannot read it, FileNotFoundError when it was replaced
        in this moment.
        """
        name = self._current_name()
        if name is None:
            return None
        if not _NAME.fullmatch(name):
            raise OtherFormat(
                f"The search index in {self.path} was written by another engine; refresh it to "
                "build it anew from the catalogue."
            )
        raw = (self.path / name).read_bytes()
        written = msgspec.msgpack.decode(raw, type=_FormatOnly).format
        if written != FORMAT:
            newer = written > FORMAT
            age = "a newer" if newer else "an older"
            raise OtherFormat(
                f"The search index in {self.path} was written by {age} influencr (format "
                f"{written}, this one reads {FORMAT}); refresh it to build it anew from the "
                "catalogue.",
                newer=newer,
            )
        return msgspec.msgpack.decode(raw, type=Manifest)

    def last_number(self) -> int:
        """Number of the generation in use, also of one in another format; 0 for none."""
        found = _NAME.fullmatch(self._current_name() or "")
        return int(found[1]) if found else 0

    def new_segment(self) -> Path:
        """A name for a segment that no file here ever had."""
        return self.path / f"{self.last_number() + 1:06d}-{secrets.token_hex(4)}.segment"

    def publish(self, manifest: Manifest) -> None:
        """Make this the generation in use, durably; its segments are already on the disk."""
        name = f"columns-{manifest.number:06d}.manifest"
        write_whole(self.path / name, msgspec.msgpack.encode(manifest))
        write_whole(self._pointer, f"{name}\n".encode("ascii"))

    def clean(self) -> None:
        """Remove everything that the generation in use does not name. The lock is held.

        Nothing is removed while that generation is of another engine or format.
        """
        try:
            manifest = self.current()
        except OtherFormat:
            return
        kept = {LOCK, self._pointer.name}
        if manifest is not None:
            kept |= {part.name for part in manifest.parts}
            kept.add(self._current_name() or "")
        for entry in self.path.iterdir():
            if entry.name in kept:
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
                continue
            try:
                entry.unlink()
            except PermissionError:
                # Still mapped by a reader, on a system that then refuses: a later writer's work.
                if os.name != "nt":
                    raise

    def _current_name(self) -> str | None:
        try:
            return self._pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None


def packed_bits(alive: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bytes | None:
    """The form of `Part.alive`."""
    if alive.all():
        return None
    bits = np.packbits(alive, bitorder="little").tobytes()
    return zstandard.ZstdCompressor(level=1).compress(bits)


def alive_bits(packed: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """One bit a creator, lowest first, in bytes, from `Part.alive`."""
    return np.frombuffer(zstandard.ZstdDecompressor().decompress(packed), np.uint8)
