"""A home from a backup: checked before anything is touched, marked as a home when it is whole.

Who left since the backup was made stays gone where the home that is replaced still knows of them:
its register of removals is taken over, and they are taken out of what came back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import HomeError, InfluencrError, UsageError
from influencr.home import Home
from influencr.service import _environment
from influencr.service._addresses import Database
from influencr.service.operations.backup import _postgres
from influencr.service.operations.backup._manifest import DUMP, Manifest, checked

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Restored", "restore"]

_MARKER = "influencr-home"
_WORK = ".restoring"
_SALT = "secrets/removals"


class Restored(NamedTuple):
    """What came back.

    n_removals   people who left after the backup was made and were taken out again; None: the home
                 that was replaced knew nobody's, so whoever left since has to be told anew
    """

    manifest: Manifest
    n_removals: int | None


def restore(
    folder: Path,
    home: Path,
    *,
    replace: bool = False,
    database: Database | None = None,
    say: Callable[[str], object] = str,
) -> Restored:
    """Make a home what it was when a backup was made. No process may use it meanwhile.

    replace    drop everything that is in the home now
    database   the PostgreSQL that the members go to; default: as INFLUENCR_DATABASE says

    Raises UsageError for a home that holds anything unless `replace` is said, and for a backup
    whose members lie in another kind of database than this instance's; what `checked` raises.
    """
    folder, home = folder.expanduser().absolute(), home.expanduser().absolute()
    say("checksums")
    manifest = checked(folder)
    database = database or _environment.read().database
    _fits(manifest, database)
    if home.is_file():
        raise HomeError(f"{home} is a file; give a folder as --home or INFLUENCR_HOME.")
    # What a killed restore left is none of the operator's data.
    shutil.rmtree(home / _WORK, ignore_errors=True)
    used = home.is_dir() and any(home.iterdir())
    if used and not replace:
        raise UsageError(
            f"{home} is in use; name an empty folder with --home, or say --replace to drop "
            "everything that is in it now.",
            field="--replace",
        )
    if used and not _is_ours(home):
        raise HomeError(f"{home} is not an influencr home; nothing in it was touched.")
    left = _removals(home, folder / "home") if used else None
    work = home / _WORK
    work.mkdir(parents=True)
    say("files")
    for held in manifest.files:
        if held.path != DUMP:
            to = work / Path(held.path).relative_to("home")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / held.path, to)
            to.chmod(held.mode)
    (work / "secrets").mkdir(exist_ok=True)
    (work / "secrets").chmod(0o700)
    if database is not None:
        say("PostgreSQL")
        _postgres.load(database, folder / DUMP)
    _exchanged(home, work)
    if left is not None:
        say("who left since")
    return Restored(manifest, _taken_out(home, left))


def _fits(manifest: Manifest, database: Database | None) -> None:
    if manifest.database == "postgresql":
        if database is None:
            raise UsageError(
                "The members of this backup lay in PostgreSQL: set INFLUENCR_DATABASE to the "
                "database that they go to.",
                field="INFLUENCR_DATABASE",
            )
        _postgres.need("pg_restore")
    elif database is not None:
        raise UsageError(
            "The members of this backup lay in SQLite, but INFLUENCR_DATABASE names PostgreSQL: "
            "restore without it.",
            field="INFLUENCR_DATABASE",
        )


def _is_ours(home: Path) -> bool:
    """A home, or what a killed restore left of one."""
    known = {"catalogue", "judged", "index", "secrets", "service", "kept.sqlite", "sources"}
    return (home / _MARKER).exists() or bool(known & {entry.name for entry in home.iterdir()})


def _exchanged(home: Path, work: Path) -> None:
    """The new files in place of the old. Without its mark the folder is no home, so a kill in here
    is seen, and restoring again goes through."""
    (home / _MARKER).unlink(missing_ok=True)
    for entry in home.iterdir():
        if entry.name == _WORK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for entry in sorted(work.iterdir()):
        if entry.name != _MARKER:
            entry.rename(home / entry.name)
    with contextlib.suppress(OSError):
        os.sync()
    (work / _MARKER).rename(home / _MARKER)
    work.rmdir()


def _removals(home: Path, restored: Path) -> pl.DataFrame | None:
    """The register of a home whose salt the backup shares; None where there is none to read."""
    try:
        if (home / _SALT).read_bytes() != (restored / _SALT).read_bytes():
            return None
    except FileNotFoundError:
        return None
    from influencr.catalogue import register_of

    try:
        return register_of(home / "catalogue")
    except InfluencrError:
        return None


def _taken_out(home: Path, left: pl.DataFrame | None) -> int | None:
    if left is None:
        return None
    from influencr.catalogue import take_over
    from influencr.engine import Engine
    from influencr.pipeline import complete_removals

    with Engine(Home(home, create=False)) as engine:
        n = take_over(engine.catalogue, left)
        if n:
            complete_removals(engine.home, engine.catalogue, engine.index)
        return n
