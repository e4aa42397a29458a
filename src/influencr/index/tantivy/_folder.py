"""The folder of an index: generations side by side, one pointer, one lock.

    CURRENT            name of the generation in use; replaced atomically
    LOCK               held by the one writer
    gen-000001/        one generation: tantivy's files and generation.json
    gen-000001/PURGE   somebody was erased here: the files must be written anew

A kill at any moment leaves CURRENT at a whole generation; a generation that CURRENT never named
is an unfinished build and is removed by the next writer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from influencr.errors import OtherFormat
from influencr.index._lock import LOCK, WriteLock
from influencr.index.tantivy._schema import FORMAT

__all__ = ["Folder", "Sheet"]

_PREFIX = "gen-"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """generation.json: what tantivy does not know about one of its indexes."""

    format: int
    number: int
    as_of: datetime | None
    demo: bool
    built_at: datetime | None
    edges: dict[str, list[float]]


class Folder:
    """Names, pointer and lock of an index folder; knows nothing of documents."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = WriteLock(path)

    @property
    def pointer(self) -> Path:
        """The file that names the generation in use."""
        return self.path / "CURRENT"

    def current(self) -> Path | None:
        """The generation in use, None when nothing was ever built."""
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        if not name.startswith(_PREFIX):
            raise OtherFormat(
                f"The search index in {self.path} was written by another engine; refresh it to "
                "build it anew from the catalogue."
            )
        return self.path / name

    def sheet(self, generation: Path) -> Sheet:
        """What the generation says of itself; OtherFormat when this version cannot read it."""
        sheet = msgspec.json.decode((generation / "generation.json").read_bytes(), type=Sheet)
        if sheet.format != FORMAT:
            newer = sheet.format > FORMAT
            age = "a newer" if newer else "an older"
            raise OtherFormat(
                f"The search index in {self.path} was written by {age} influencr (format "
                f"{sheet.format}, this one reads {FORMAT}); refresh it to build it anew from the "
                "catalogue.",
                newer=newer,
            )
        return sheet

    def write_sheet(self, generation: Path, sheet: Sheet) -> None:
        """Replace generation.json as a whole."""
        _write_whole(generation / "generation.json", msgspec.json.encode(sheet))

    def start(self) -> tuple[Path, int]:
        """A new, empty generation folder with a number never used before."""
        numbers = [int(p.name.removeprefix(_PREFIX)) for p in self._generations()]
        number = max(numbers, default=0) + 1
        folder = self.path / f"{_PREFIX}{number:06d}"
        folder.mkdir()
        return folder, number

    def publish(self, generation: Path) -> None:
        """Point at this generation, durably, then remove every other one.

        Readers that still hold an older one keep answering from it: their files are mapped and
        live on without a name until they let go.
        """
        for entry in generation.iterdir():
            # The engine may still be removing files that a merge has replaced.
            with contextlib.suppress(FileNotFoundError):
                _sync(entry)
        _sync(generation)
        _write_whole(self.pointer, f"{generation.name}\n".encode("ascii"))
        self.clean()

    def clean(self) -> None:
        """Remove everything but the generation in use: what builds that were killed left, and
        what another engine wrote here before.
        """
        try:
            current = self.current()
        except OtherFormat:
            return  # removed when there is something to take its place
        for entry in self.path.iterdir():
            if entry == current or entry.name in (LOCK, self.pointer.name):
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Hold the write lock; Busy when another writer has it."""
        self.lock(purpose)
        try:
            yield
        finally:
            self.unlock()

    def lock(self, purpose: str) -> None:
        """Take the write lock or raise Busy at once; a killed holder lets go by itself."""
        self._lock.take(purpose)

    def unlock(self) -> None:
        """Let the next writer in."""
        self._lock.let_go()

    def _generations(self) -> list[Path]:
        if not self.path.is_dir():
            return []
        return [
            p
            for p in self.path.iterdir()
            if p.name.startswith(_PREFIX) and p.name.removeprefix(_PREFIX).isdecimal()
        ]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(file: Path, content: bytes) -> None:
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    _sync(file.parent)
