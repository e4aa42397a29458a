"""Somebody leaves: out of the catalogue, the judged files, the index and the quarantine.

Order: a note of who is asked for (so that a kill can be repaired), the catalogue's registry and
tables, the index at once where a refresh is under way that the rest has to wait for, the creators
and the places file, the index, quarantined rows that name them, what sources remember, what members
keep and what was prepared for brands, and the note goes. Every step may be repeated; `reconcile`
repeats all of them and costs one comparison of numbers when nobody left since it last ran.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from influencr import sources
from influencr.catalogue import Erased
from influencr.errors import Busy, OtherFormat
from influencr.home import Home
from influencr.index import SearchIndex, open_index
from influencr.kept import Kept, Rights
from influencr.pipeline._durable import locked, publish, write_whole
from influencr.pipeline._judge import CREATORS_FILE, PLACES_FILE
from influencr.pipeline.alignment._follows import forget_follows
from influencr.pipeline.alignment._prepare import forget_prepared
from influencr.pipeline.audiences import forget_audiences
from influencr.pipeline.influence import INFLUENCE_FILE, forget_notability
from influencr.pipeline.vetting import EVIDENCE_FILE, VETTING_FILE, forget_usual
from influencr.records import platform_of
from influencr.sources.bluesky.stream import forget as forget_stream
from influencr.sources.files import purge_quarantine
from influencr.sources.http import State

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Forgotten", "complete_removals", "forget", "pending_removals", "reconcile"]

_NOTE = "leaving.json"
_DONE = "removals.json"
#: A removal must win over a refresh that is under way; one of a million creators takes minutes.
_PATIENCE_SECONDS = 1_800.0


class Forgotten(NamedTuple):
    """What went: the catalogue's account, creators out of the index, quarantined rows dropped."""

    erased: Erased
    n_creators: int
    n_quarantined: int


class _Leaving(msgspec.Struct, frozen=True):
    references: list[str]
    reason: str


class _Reconciled(msgspec.Struct, frozen=True):
    removals: int


def forget(
    home: Home,
    catalogue: Catalogue,
    index: SearchIndex,
    references: Iterable[str],
    *,
    reason: str,
) -> Forgotten:
    """Take people out everywhere, and keep every later import from bringing them back.

    references   `platform:@handle` or `platform:native id`
    reason       one of `catalogue.REASONS`

    Not one of their bytes is left below the home when this returns. Killed in between, it is
    completed by running it again or by the next refresh.
    """
    asked = sorted(set(references))
    judged = home.judged
    # Blocks re-import at once, before waiting for a refresh that may be under way.
    note = _read_note(judged)
    names = sorted({*asked, *(note.references if note else ())})
    write_whole(judged / _NOTE, msgspec.json.encode(_Leaving(names, reason)))
    try:
        erased = catalogue.erase(asked, reason=reason)
    except Exception:
        # Refused, not interrupted: nobody is on the way out.
        if note is None:
            (judged / _NOTE).unlink(missing_ok=True)
        else:
            write_whole(judged / _NOTE, msgspec.json.encode(note))
        raise
    names = sorted({*names, *erased.names})
    write_whole(judged / _NOTE, msgspec.json.encode(_Leaving(names, reason)))
    _hide_meanwhile(home, names)
    with locked(judged, "remove", patience_seconds=_PATIENCE_SECONDS):
        for left in judged.glob(".work-*"):
            # Of a run that was killed; whoever runs now would hold the lock.
            shutil.rmtree(left)
        n_creators, n_quarantined = reconcile(home, catalogue, index)
    return Forgotten(erased, n_creators, n_quarantined)


def _hide_meanwhile(home: Home, names: list[str]) -> None:
    """While a refresh is under way, out of the index that is searched: the rest has to wait for it.

    Through an index of its own, since the one that is passed may be in the middle of a change.
    """
    try:
        with locked(home.judged, "remove"):
            return
    except Busy:
        own = open_index(home.index)
    try:
        if held := own.snapshot().creators(names):
            own.erase(sorted(held))
    except (Busy, OtherFormat):
        # The refresh writes the index at this moment: it takes them out itself when it ends.
        return
    finally:
        own.close()


def pending_removals(home: Home, catalogue: Catalogue) -> bool:
    """Whether a removal was begun and is not complete everywhere."""
    judged = home.judged
    if (judged / _NOTE).exists():
        return True
    return (judged / CREATORS_FILE).exists() and not _is_reconciled(judged, catalogue)


def complete_removals(home: Home, catalogue: Catalogue, index: SearchIndex) -> tuple[int, int]:
    """`reconcile` with the lock that it needs; waits for a refresh that is under way."""
    with locked(home.judged, "remove", patience_seconds=_PATIENCE_SECONDS):
        return reconcile(home, catalogue, index)


def reconcile(home: Home, catalogue: Catalogue, index: SearchIndex) -> tuple[int, int]:
    """Take everybody whom the registry names out of creators, index and quarantine.

    Returns creators and quarantined rows that went. The caller holds the lock of `home.judged`.
    """
    judged = home.judged
    note = _read_note(judged)
    if note is None and _is_reconciled(judged, catalogue):
        return 0, 0
    if note is not None:
        # A kill between the note and the registry: the person asked, so the person goes.
        catalogue.erase(note.references, reason=note.reason)
    catalogue.recover()
    version = catalogue.versions()["removals"]
    files = _named_in(judged)
    gone = sorted({name for file in files for name in _removed_creators(file, catalogue)})
    unlisted = _removed_places(judged / PLACES_FILE, catalogue, gone)
    names = sorted({*gone, *(note.references if note else ())})
    if gone:
        # Noted before the file loses them: a kill after that must still find them in the index.
        reason = note.reason if note else "operator"
        write_whole(judged / _NOTE, msgspec.json.encode(_Leaving(names, reason)))
        drop_from_judged(judged, gone)
    if unlisted:
        _rewrite_without(judged / PLACES_FILE, unlisted)
    held = index.snapshot().creators(names) if names else {}
    if held:
        index.erase(sorted(held))
    n_quarantined = purge_quarantine(home.quarantine, names)
    if names:
        forget_in_sources(home, names)
        Kept(home.path).forget(names)
        Rights(home.path).forget(names)
        forget_usual(judged, names)
        forget_notability(judged, catalogue)
        forget_prepared(home.path, names)
        forget_follows(home.path)
    # Without a note nobody says which followers left: the sets are then made anew.
    forget_audiences(home.path, names if note is not None else None)
    write_whole(judged / _DONE, msgspec.json.encode(_Reconciled(version)))
    (judged / _NOTE).unlink(missing_ok=True)
    return len(held), n_quarantined


def forget_in_sources(home: Home, names: list[str]) -> int:
    """Take people out of what sources remember between runs; how many entries went.

    Every source clears what it keeps in tables of its own. Then the marks and values of every state
    file are looked through for the names of its network, so that a source that forgets to forget
    leaves nothing either.
    """
    gone = 0
    for source in sources.installed():
        own = getattr(sources.load(source), "forget", None)
        if own is not None:
            gone += own(home, names)
    gone += forget_stream(home.sources, names)
    for file in sorted(home.sources.glob("*.sqlite")):
        called = [n.partition(":")[2].lstrip("@") for n in names if platform_of(n) == file.stem]
        with State(file) as state:
            gone += state.forget(called)
            # What was deleted still stands in the log of writes until that is written back.
            state.checkpoint()
    return gone


def forget_found_again(home: Home, catalogue: Catalogue, source: str) -> int:
    """Whoever left and was found anew by a run goes out of the source's memory; entries gone.

    Their rows were blocked already; this is about the marks of who was found and looked at.
    """
    file = home.sources / f"{source}.sqlite"
    if not file.exists() or catalogue.versions()["removals"] < 0:
        return 0
    with State(file) as state, state.transaction() as connection:
        keys = [key for (key,) in connection.execute("SELECT DISTINCT key FROM done")]
    names = pl.Series([f"{source}:{sign}{key}" for key in keys for sign in ("", "@")])
    gone = names.filter(catalogue.is_removed(names)) if len(names) else names
    return forget_in_sources(home, gone.to_list()) if len(gone) else 0


def drop_from_judged(judged: Path, profile_ids: list[str]) -> None:
    """Take creators out of every judged file. The caller holds the lock of `judged`."""
    told = (judged / name for name in (VETTING_FILE, EVIDENCE_FILE, INFLUENCE_FILE, PLACES_FILE))
    for file in (*_named_in(judged), *told):
        if file.exists():
            _rewrite_without(file, profile_ids)


def _named_in(judged: Path) -> list[Path]:
    """Files that name creators by id and by handle."""
    return [judged / CREATORS_FILE, *sorted(judged.glob("updates-*.parquet"))]


def _is_reconciled(judged: Path, catalogue: Catalogue) -> bool:
    try:
        done = msgspec.json.decode((judged / _DONE).read_bytes(), type=_Reconciled)
    except (FileNotFoundError, msgspec.DecodeError):
        done = _Reconciled(-1)
    return done.removals == catalogue.versions()["removals"]


def _read_note(judged: Path) -> _Leaving | None:
    with contextlib.suppress(FileNotFoundError):
        return msgspec.json.decode((judged / _NOTE).read_bytes(), type=_Leaving)
    return None


def _removed_creators(file: Path, catalogue: Catalogue) -> list[str]:
    """Profile ids of the creators file whom the registry names, by id or by handle."""
    if not file.exists():
        return []
    names = (
        pl.scan_parquet(file)
        .select("profile_id", by_handle=pl.col("platform") + ":@" + pl.col("handle"))
        .collect()
    )
    removed = catalogue.is_removed(names["profile_id"]) | catalogue.is_removed(names["by_handle"])
    return names.filter(removed)["profile_id"].to_list()


def _removed_places(file: Path, catalogue: Catalogue, gone: list[str]) -> list[str]:
    """Profile ids of the places file whom the registry names, listed as creators or not."""
    if not file.exists():
        return []
    ids = pl.scan_parquet(file).select("profile_id").collect()["profile_id"]
    return ids.filter(catalogue.is_removed(ids) | ids.is_in(gone)).to_list()


def _rewrite_without(file: Path, profile_ids: list[str]) -> None:
    partial = file.with_name(f".{file.name}.partial")
    pl.scan_parquet(file).filter(~pl.col("profile_id").is_in(profile_ids)).sink_parquet(partial)
    publish(partial, file)
