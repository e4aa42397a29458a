"""Copies a home while it is served, imported into and judged.

In which order, and why what comes out is whole:

    index, judged      all files are opened in one moment, then read: both are replaced by renaming,
                       so this is a state in which a kill could have left them
    SQLite files       by SQLite's own backup, one moment each
    sources            before the catalogue: no cursor is ahead of the rows it stands for
    catalogue, last    each table at one version; what came in since the index is brought in by the
                       next refresh, and who left since is taken out by it

Everything is written into a folder beside the wanted one, which gets its name when the manifest is
in it and all of it is on the disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from influencr import __version__
from influencr.catalogue import copy_table, tables_in
from influencr.errors import Busy, UsageError
from influencr.home import Home
from influencr.service import _environment
from influencr.service._addresses import Database
from influencr.service.operations.backup import _postgres
from influencr.service.operations.backup._manifest import (
    DUMP,
    FORMAT,
    MANIFEST,
    Held,
    Manifest,
    digest_of,
)

__all__ = ["backup"]

_SQLITE = b"SQLite format 3\x00"
#: Copies of a moment: opened all at once.
_MOMENTS = ("index", "judged")
#: Nobody's data: locks, and what SQLite keeps beside a file while it is used.
_LEFT = (".lock", "-wal", "-shm", "-journal", ".partial")
_TRIES = 200
_PAUSE_S = 0.05


def backup(
    home: Home, to: Path, *, database: Database | None = None, say: Callable[[str], object] = str
) -> Manifest:
    """Write everything of a home into a new folder, which exists only when it is whole.

    database   the PostgreSQL that members lie in; default: as INFLUENCR_DATABASE says

    Raises UsageError for a folder that is there already or lies in the home, and where PostgreSQL's
    tools are missing; Busy when files are replaced faster than they can be opened.
    """
    to = to.expanduser().absolute()
    if to.exists():
        raise UsageError(f"{to} is there already; name a new folder.", field="TO")
    if to.is_relative_to(home.path):
        raise UsageError(f"{to} lies inside of the home; name a folder elsewhere.", field="TO")
    database = database or _environment.read().database
    if database is not None:
        _postgres.need("pg_dump")
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f".{to.name}.{os.getpid()}.partial")
    _sweep(to)
    # Secrets and people are in it: it is the owner's alone, like the secrets' own folder.
    partial.mkdir(mode=0o700)
    try:
        manifest = _written(home, partial, database, say)
        _to_disk(partial)
        partial.rename(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _sync(to.parent)
    return manifest


def _sweep(to: Path) -> None:
    """Remove what backups into this folder left that were killed: people are in it."""
    for left in to.parent.glob(f".{to.name}.*.partial"):
        number = left.name.removesuffix(".partial").rpartition(".")[2]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(left)


def _runs(process: int) -> bool:
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _written(
    home: Home, folder: Path, database: Database | None, say: Callable[[str], object]
) -> Manifest:
    made_at = datetime.now(UTC)
    into = folder / "home"
    into.mkdir(mode=0o700)
    say("index and judged files")
    generation = _moment(home, into)
    for entry in sorted(home.path.iterdir()):
        if entry.name in (*_MOMENTS, "catalogue") or _is_left(entry):
            continue
        say(entry.name)
        _copied(entry, into / entry.name, skip_members=database is not None)
    if database is not None:
        say("PostgreSQL")
        _postgres.dump(database, folder / DUMP)
    say("catalogue")
    versions = {
        name: copy_table(home.catalogue, name, into / "catalogue")
        for name in tables_in(home.catalogue)
    }
    say("checksums")
    manifest = Manifest(
        format=FORMAT,
        version=__version__,
        made_at=made_at,
        database="sqlite" if database is None else "postgresql",
        generation=generation,
        tables=versions,
        files=[_held(file, folder) for file in _files(folder)],
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _moment(home: Home, into: Path) -> int:
    """Copy the folders of _MOMENTS as they stood in one moment; the generation of the index."""
    for n in range(_TRIES):
        if n:
            time.sleep(_PAUSE_S)
        with contextlib.ExitStack() as stack:
            before = _standing(home.path)
            try:
                opened = {
                    name: stack.enter_context((home.path / name).open("rb")) for name in before
                }
            except FileNotFoundError:
                continue
            if _standing(home.path) != before:
                continue
            for name, file in opened.items():
                _poured(file, into / name)
            return _generation(into / "index")
    raise Busy("The index is being replaced faster than it can be read; try again in a minute.")


def _standing(home: Path) -> dict[str, tuple[int, int, int]]:
    """File below the home -> what changes when it is replaced."""
    found = {}
    for folder in _MOMENTS:
        for file in _files(home / folder):
            with contextlib.suppress(FileNotFoundError):
                told = file.stat()
                name = str(file.relative_to(home))
                found[name] = told.st_ino, told.st_mtime_ns, told.st_size
    return found


def _generation(index: Path) -> int:
    try:
        current = (index / "CURRENT").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    digits = "".join(c for c in current if c.isdigit())
    return int(digits) if digits else 0


def _copied(entry: Path, to: Path, *, skip_members: bool) -> None:
    """A file, or a folder with all below it; what vanishes meanwhile was not to be kept."""
    if entry.is_symlink():
        raise UsageError(f"{entry} is a link; a home holds its files itself.", field="home")
    if entry.is_dir():
        to.mkdir(mode=entry.stat().st_mode & 0o777)
        for inside in sorted(entry.iterdir()):
            members = skip_members and entry.name == "service" and inside.suffix == ".sqlite"
            if not _is_left(inside) and not members:
                _copied(inside, to / inside.name, skip_members=skip_members)
        return
    try:
        with entry.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                file.seek(0)
                _poured(file, to)
                return
    except FileNotFoundError:
        return
    _of_sqlite(entry, to)


def _of_sqlite(entry: Path, to: Path) -> None:
    # Opened read-write: a log that a kill left beside the file is read into it first.
    with (
        contextlib.closing(sqlite3.connect(entry, timeout=60)) as base,
        contextlib.closing(sqlite3.connect(to)) as copy,
    ):
        base.backup(copy)
    to.chmod(entry.stat().st_mode & 0o777)


def _poured(file: IO[bytes], to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("wb") as out:
        shutil.copyfileobj(file, out, 1 << 20)
    to.chmod(os.fstat(file.fileno()).st_mode & 0o777)


def _is_left(entry: Path) -> bool:
    return entry.name.startswith(".") or entry.name == "LOCK" or entry.name.endswith(_LEFT)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder in order of name, but for what is left out."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        if _is_left(entry):
            continue
        if entry.is_dir():
            yield from _files(entry)
        elif entry.is_file():
            yield entry


def _held(file: Path, folder: Path) -> Held:
    told = file.stat()
    name = file.relative_to(folder).as_posix()
    return Held(name, told.st_size, digest_of(file), told.st_mode & 0o777)


def _to_disk(folder: Path) -> None:
    for entry in folder.rglob("*"):
        _sync(entry)
    _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
