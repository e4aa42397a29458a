"""A table as it is at one version, copied while others write; and a register of who left, carried
from one catalogue into another of the same salt.

A table's files never change and its log grows by whole files, so a version is a list of files. An
erasure or a sweep may take one away before it is copied: then the newest version is copied instead.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import polars as pl

from influencr.catalogue._registry import BEGUN
from influencr.catalogue._schema import TABLES
from influencr.catalogue._table import Table
from influencr.errors import Busy

if TYPE_CHECKING:
    from influencr.catalogue._catalogue import Catalogue

__all__ = ["copy_table", "register_of", "tables_in", "take_over"]

_LOG = "_delta_log"
#: A log entry or a checkpoint (of one or several files): its version comes first.
_ENTRY = re.compile(r"(\d{20})\.")
_LAST = "_last_checkpoint"
#: An erasure rewrites a table at most once; more than that means that files are lost.
_TRIES = 10


def tables_in(root: Path) -> list[str]:
    """Names of the tables that were ever appended to."""
    return [name for name in TABLES if (root / name / _LOG).is_dir()]


def copy_table(root: Path, name: str, to: Path) -> int:
    """Copy the newest version of a table into the folder `to`; that version.

    Raises Busy when the table is rewritten faster than it can be copied.
    """
    source, target = root / name, to / name
    for _ in range(_TRIES):
        # With the lock, nobody is between two steps; copying needs it no longer.
        table = Table(str(root), TABLES[name], None)
        with table.held():
            delta = table.open()
            if delta is None:
                break
            version = delta.version()
            data = [_below(uri, source) for uri in table.files(delta)]
            log = [entry.name for entry in (source / _LOG).iterdir()]
        try:
            _copied(source, target, version, data, log)
        except FileNotFoundError:
            shutil.rmtree(target, ignore_errors=True)
            continue
        return version
    raise Busy(f"{name}: the table is rewritten faster than it can be copied; try again.")


def _copied(source: Path, target: Path, version: int, data: list[str], log: list[str]) -> None:
    (target / _LOG).mkdir(parents=True, exist_ok=True)
    for name in data:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    for name in log:
        found = _ENTRY.match(name)
        if found is not None and int(found[1]) <= version:
            shutil.copyfile(source / _LOG / name, target / _LOG / name)
    if _LAST in log:
        last = (source / _LOG / _LAST).read_bytes()
        # Without it the log is read from its beginning; with a later one nothing would be found.
        if json.loads(last)["version"] <= version:
            (target / _LOG / _LAST).write_bytes(last)


def _below(uri: str, table: Path) -> str:
    path = unquote(urlsplit(uri).path) if uri.startswith("file:") else uri
    return str(Path(path).relative_to(table))


def register_of(root: Path) -> pl.DataFrame | None:
    """The register of who left of a catalogue; None when nobody ever did."""
    table = Table(str(root), TABLES["removals"], None)
    delta = table.open()
    return None if delta is None else table.scan(delta).collect()


def take_over(catalogue: Catalogue, register: pl.DataFrame) -> int:
    """Take everybody out who is in a register of the same salt; how many entries were new."""
    registry = catalogue._registry.refresh()
    table = catalogue._tables["removals"]
    delta = table.open()
    held = table.scan(delta).select("key_hash").collect()["key_hash"]
    new = register.filter(~pl.col("key_hash").is_in(held.implode())).unique("key_hash")
    if not new.is_empty():
        begun = registry.begun + 1
        table.retried(lambda: table.append(new, transactions={BEGUN: begun}))
    catalogue.recover()
    return len(new)
