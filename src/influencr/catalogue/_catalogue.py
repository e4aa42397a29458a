"""The catalogue: append what was observed, read it back, forget somebody.

Only this folder knows that Delta Lake lies underneath. What the records mean is not decided here,
apart from what every reader must be able to rely on: who may be seen (`_views`), who has left
(`_registry`, `_erasure`) and whether an observation says anything new (`_seen`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from deltalake.exceptions import CommitFailedError

from influencr.catalogue import _erasure
from influencr.catalogue._about import about
from influencr.catalogue._erasure import Erased
from influencr.catalogue._hashing import content_hashes, instants, key_hash_expr, key_hashes
from influencr.catalogue._names import canonical_reference
from influencr.catalogue._registry import Registry
from influencr.catalogue._schema import CONTENT_HASH, TABLES, fit, schema_of
from influencr.catalogue._seen import Seen
from influencr.catalogue._table import SMALL_FILES, Table
from influencr.catalogue._views import Views
from influencr.errors import UsageError

__all__ = ["Appended", "Catalogue", "Snapshot", "TableStatistics"]


class Appended(NamedTuple):
    """What became of the rows of one append; the three add up to the rows given.

    new         stored
    unchanged   known already: the same observation, or the same content as the state before it
    blocked     about somebody who left
    """

    new: int
    unchanged: int
    blocked: int


class TableStatistics(NamedTuple):
    """Size of one table: `rows` stored observations in `files` of `n_bytes` at `version`.

    version is -1 and the instants are None while nothing was ever appended.
    """

    table: str
    rows: int
    files: int
    n_bytes: int
    version: int
    first_fetched_at: datetime | None
    last_fetched_at: datetime | None


class _Session:
    """What this process knows of one table's stored rows."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.files: frozenset[str] = frozenset()


class Snapshot:
    """The catalogue at one moment: every read sees the same versions while writers go on.

    A snapshot's files stay for the retention given to `compact`; an erasure takes them at once, and
    reading then fails: take a new snapshot.
    """

    def __init__(self, files: Mapping[str, list[str]], owner: Catalogue) -> None:
        #: table -> addresses of the data files that this snapshot reads
        self.files = {table: tuple(sorted(names)) for table, names in files.items()}
        self._owner = owner
        self._views = Views(
            lambda table: owner._tables[table].scan_files(files[table]), owner._read
        )

    def added(self, table: str, since: Iterable[str]) -> pl.LazyFrame | None:
        """Stored rows of the files that came after `since`, an earlier snapshot's files.

        None when files of `since` are gone (merged or erased): what came after is then unknown.
        """
        known = set(since)
        if known - set(self.files[table]):
            return None
        fresh = [name for name in self.files[table] if name not in known]
        return self._owner._tables[table].scan_files(fresh)

    def scan(self, table: str, *, as_of: datetime | None = None) -> pl.LazyFrame:
        """As `Catalogue.scan`."""
        return self._views.scan(table, as_of)

    def latest(
        self, table: str, *, as_of: datetime | None = None, among: pl.Series | None = None
    ) -> pl.LazyFrame:
        """As `Catalogue.latest`; `among` reads these profiles' rows only, at a fraction."""
        return self._views.latest(table, as_of, among)

    def identities(self, *, as_of: datetime | None = None) -> pl.LazyFrame:
        """As `Catalogue.identities`."""
        return self._views.identities(as_of)


class Catalogue:
    """Delta tables of what was observed, below one root.

    root              folder, or the address of a prefix on object storage ("s3://bucket/prefix")
    salt              secret of this home (`Home.secret("removals")`); keys the removal registry, so
                      it must never change while the registry is to work
    storage_options   for object storage, as deltalake takes them (AWS_ENDPOINT_URL, ...)

    Any number of processes may append and read at the same time. Processes must be spawned, not
    forked, once a catalogue was used: a forked child gets a Terminal error that says so. One object
    may be shared by threads.
    """

    def __init__(
        self,
        root: Path | str,
        *,
        salt: bytes,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        if not salt:
            raise UsageError("The catalogue needs a salt of at least one byte.", field="salt")
        # Kept as text throughout: pathlib would turn "s3://" into "s3:/".
        self.root = os.fspath(root).removeprefix("file://").rstrip("/\\") or os.sep
        self._tables = {
            name: Table(self.root, schema, storage_options) for name, schema in TABLES.items()
        }
        self._registry = Registry(self._tables["removals"], salt)
        self._sessions = {name: _Session() for name in TABLES}
        self._lock = threading.RLock()

    # Writing.

    def append(self, table: str, frame: pl.DataFrame) -> Appended:
        """Store observations; what is reported as new is durable when this returns.

        frame   any subset of the record's columns that holds all required ones, any number of
                rows; 50,000 to 500,000 at a time is best (one append is one file and one log entry)

        A row is unchanged when the same key, instant and content is stored, or when the state of
        its key just before it has the same content; so a second delivery changes nothing, in
        whatever batches it comes. Provenance that changes no meaning (source, fetched_at,
        fetch_method) is not content; licence, basis, expiry and policy are. Rows about people who
        left are blocked, pointers at them in other people's rows are blanked.

        Raises SchemaError for a batch that does not fit (nothing of it is stored), UnknownValue for
        a table that does not exist, UsageError for `removals` (use `erase`), Busy when another
        writer holds the table too long.
        """
        schema = schema_of(table)
        if table == "removals":
            raise UsageError("removals is written by erase() only.", field="table")
        frame = fit(table, frame)
        if frame.is_empty():
            return Appended(0, 0, 0)
        store = self._tables[table]
        with self._lock:
            self._finish_interrupted()
            with store.held():
                registry = self._registry.refresh()
                given = len(frame)
                if len(registry):
                    frame = frame.filter(~registry.rows(table, frame))
                    frame = registry.without_pointers(table, frame)
                blocked = given - len(frame)
                frame = frame.with_columns(pl.Series(CONTENT_HASH, content_hashes(schema, frame)))
                keys, at = key_hashes(schema, frame), instants(frame)
                contents = frame[CONTENT_HASH].to_numpy()
                new = store.retried(lambda: self._commit(table, frame, keys, at, contents))
                if not store.is_folder and self._registry.version != registry.refresh().version:
                    # No lock on object storage: somebody may have left while we wrote.
                    _erasure.purge_removed(self._tables, self._registry)
        return Appended(new, len(frame) - new, blocked)

    def _commit(
        self,
        table: str,
        frame: pl.DataFrame,
        keys: np.ndarray,
        at: np.ndarray,
        contents: np.ndarray,
    ) -> int:
        """Compare with the newest version and store what is new; returns how many rows were."""
        store, session = self._tables[table], self._sessions[table]
        self._catch_up(table)
        fresh = ~session.seen.unchanged(keys, at, contents)
        n_new = int(fresh.sum())
        if not n_new:
            return 0
        before = store.for_writing()
        version = before.version()
        store.append(frame if n_new == len(frame) else frame.filter(pl.Series(fresh)))
        delta = store.open()
        if delta is not None and delta.version() == version + 1:
            session.seen.add(keys[fresh], at[fresh], contents[fresh])
            session.files = frozenset(store.files(delta))
            if len(session.files) >= SMALL_FILES and store.small_files(delta) >= SMALL_FILES:
                try:
                    store.merge_files()
                except CommitFailedError:
                    return n_new  # another writer merged them: nothing is lost
                session.files = frozenset(store.files(store.open()))
        return n_new

    def _catch_up(self, table: str) -> None:
        """Learn what other processes stored since this one last looked."""
        store, session = self._tables[table], self._sessions[table]
        files = frozenset(store.files(store.open()))
        if session.files - files:
            # Files went: merged or erased by another process. Start over.
            session.seen, session.files = Seen(), frozenset()
        for file in sorted(files - session.files):
            rows = (
                store.scan_files([file])
                .filter(pl.col(CONTENT_HASH).is_not_null())
                .select(
                    key_hash_expr(store.schema).reinterpret(signed=True).alias("key"),
                    pl.col("fetched_at").to_physical(),
                    CONTENT_HASH,
                )
                .collect(engine="streaming")
            )
            session.seen.add(*(rows[c].to_numpy() for c in rows.columns))
        session.files = files

    def erase(self, references: Iterable[str], *, reason: str) -> Erased:
        """Forget people: rows, past versions and log entries go, and no import brings them back.

        references   `platform:@handle` or `platform:native id`; every other name the catalogue
                     knows for the same profile goes with it
        reason       opt_out, deletion, takedown or operator

        Everything that names them as an end goes: their profiles and posts, follows on both sides,
        their engagements and those on their posts, their memberships and the packs they own. Where
        somebody else's row points at them (reply_to, via_id, mentions), the pointer is blanked. The
        text of other people's posts stays as it is.

        Safe to interrupt: running it again, or any later append, compact or erase, completes it.
        Readers that hold an older snapshot will miss its files: they open a new one.
        Raises UsageError for a reference without platform, UnknownValue for another reason.
        """
        with self._lock:
            erased = _erasure.erase(self._tables, self._registry, self._views(), references, reason)
            for name in self._sessions:
                self._sessions[name] = _Session()
            return erased

    def about(self, reference: str) -> dict[str, pl.DataFrame]:
        """Table -> every stored row that names this person, past observations too, oldest first.

        reference   as `erase` takes it: what is shown is what an erasure would take
        """
        with self._lock:
            self._finish_interrupted()
            return about(self._tables, self._views(), reference)

    def recover(self) -> bool:
        """Complete an erasure that was interrupted; False when there was none."""
        with self._lock:
            return self._finish_interrupted()

    def _finish_interrupted(self) -> bool:
        finished = _erasure.finish(self._tables, self._registry)
        if finished:
            for name in self._sessions:
                self._sessions[name] = _Session()
        return finished

    def compact(
        self, table: str | None = None, *, retention: timedelta = timedelta(hours=24)
    ) -> dict[str, int]:
        """Merge small files, drop expired rows, sweep old files; returns files merged per table.

        table       one table, or all of them
        retention   files of past versions stay this long (whole hours), so that a reader that
                    started within it is not disturbed
        """
        if retention < timedelta(0):
            raise UsageError(f"retention {retention} is negative.", field="retention")
        names = [schema_of(table).name] if table is not None else list(TABLES)
        merged: dict[str, int] = {}
        with self._lock:
            self._finish_interrupted()
            for name in names:
                store = self._tables[name]
                with store.held():
                    self._drop_expired(store)
                    merged[name] = store.merge_files(target_bytes=128 << 20)
                    store.sweep(retention)
                    store.checkpoint()
        return merged

    def drop_expired(self) -> dict[str, int]:
        """Delete rows whose `expires_at` has passed, past versions too; rows gone per table.

        What a source allows to be kept until an instant is not on disk after it once this has run,
        as with an erasure: readers that hold an older snapshot open a new one. Costs one look at
        the log while nothing has run out.
        """
        gone: dict[str, int] = {}
        with self._lock:
            self._finish_interrupted()
            for name, store in self._tables.items():
                due = _first_expiry(store)
                if due is None or due > datetime.now(UTC):
                    continue
                with store.held():
                    gone[name] = self._drop_expired(store)
                    store.sweep(timedelta(0))
                    store.checkpoint()
        return gone

    def next_expiry(self) -> datetime | None:
        """The earliest `expires_at` of all stored rows, from the log alone; None: nothing ends."""
        with self._lock:
            found = (_first_expiry(store) for store in self._tables.values())
            return min((at for at in found if at is not None), default=None)

    def next_purge(self) -> datetime | None:
        """When the first account has been hidden for so long that it is to be purged; None: nobody.

        Of accounts that are taken down, suspended or deactivated, and were not seen active since.
        Costs one column of the profiles while nobody is.
        """
        with self._lock:
            return self._views().paused()["purge_at"].min()  # type: ignore[return-value]

    def purge_names(self) -> list[str]:
        """Every name of everybody who is to be purged by now: ids, handles, posts, packs.

        Ids stand there as the rows spell them and in lower case.
        """
        with self._lock:
            views = self._views()
            due = views.paused().filter(pl.col("purge_at") <= datetime.now(UTC))
            if due.is_empty():
                return []
            ids = due["profile_id"].to_list()
            return sorted({*ids, *_erasure.purge_names(self._tables, views, ids)})

    def purge(self, names: Iterable[str]) -> dict[str, int]:
        """Delete everything that names these people, past versions too; rows gone per table.

        names   as `purge_names` gave them; keep them until this returned, and ask with the same
                names again after a kill

        As `erase`, but nobody is registered: whoever comes back is stored anew. Of profiles, the
        rows of their ids go; another account's rows from when it had the handle stay.
        """
        with self._lock:
            gone = _erasure.purge(self._tables, self._registry, self._views(), names)
            for name in self._sessions:
                self._sessions[name] = _Session()
            return gone

    def _drop_expired(self, store: Table) -> int:
        if "expires_at" not in store.schema.stored:
            return 0
        expired = (
            store.scan(store.open())
            .filter(pl.col("expires_at") <= datetime.now(UTC))
            .select("expires_at")
            .unique()
            .collect(engine="streaming")
        )
        return store.delete(expired)

    # Reading.

    @property
    def _read(self) -> Registry:
        return self._registry.refresh()

    def _views(self) -> Views:
        def rows(table: str) -> pl.LazyFrame:
            store = self._tables[table]
            return store.scan(store.open())

        return Views(rows, self._read)

    def scan(self, table: str, *, as_of: datetime | None = None) -> pl.LazyFrame:
        """Every stored observation with `fetched_at` <= as_of, content fingerprint included.

        A table that does not exist yet reads as no rows. The frame is bound to the version that is
        newest now. Row order is not promised.
        """
        schema_of(table)
        with self._lock:
            return self._views().scan(table, as_of)

    def latest(self, table: str, *, as_of: datetime | None = None) -> pl.LazyFrame:
        """One row per natural key with the record's columns, references resolved.

        Left out: people who left, expired rows, tombstones, and everything at either end of a
        profile that is deleted, taken down, suspended or deactivated. See `_views` for every rule.
        """
        schema_of(table)
        with self._lock:
            return self._views().latest(table, as_of)

    def identities(self, *, as_of: datetime | None = None) -> pl.LazyFrame:
        """[reference, profile_id]: `platform:@handle` -> `platform:native id`.

        Made from observations that carry both; a handle that changed hands belongs to whoever was
        last seen with it.
        """
        with self._lock:
            return self._views().identities(as_of)

    def snapshot(self) -> Snapshot:
        """All tables as they are now, for a run of reads that must agree with each other."""
        with self._lock:
            files = {name: store.files(store.open()) for name, store in self._tables.items()}
            return Snapshot(files, self)

    def is_removed(self, references: pl.Series) -> pl.Series:
        """Boolean series: which references name somebody who left (ill-formed: no)."""
        with self._lock:
            registry = self._read
            if not len(registry):
                return pl.Series(references.name, [False]).new_from_index(0, len(references))
            names = references.unique().drop_nulls()
            canonical = pl.Series(
                [_canonical_or_none(name) for name in names.to_list()], dtype=pl.String
            )
            gone = names.filter(registry.removed(canonical))
            return references.is_in(gone.implode()).fill_null(value=False)

    def versions(self) -> dict[str, int]:
        """Newest version of every table; -1 while it does not exist."""
        with self._lock:
            found = {name: store.open() for name, store in self._tables.items()}
            return {n: delta.version() if delta is not None else -1 for n, delta in found.items()}

    def statistics(self) -> list[TableStatistics]:
        """Rows, files, bytes and time span of every table, read from the log alone."""
        with self._lock:
            return [self._statistics(name) for name in TABLES]

    def _statistics(self, table: str) -> TableStatistics:
        delta = self._tables[table].open()
        if delta is None:
            return TableStatistics(table, 0, 0, 0, -1, None, None)
        files = pl.DataFrame(delta.get_add_actions(flatten=True))
        instant = "fetched_at" if table != "removals" else "removed_at"
        first, last = f"min.{instant}", f"max.{instant}"
        return TableStatistics(
            table=table,
            rows=int(files["num_records"].sum()),
            files=len(files),
            n_bytes=int(files["size_bytes"].sum()),
            version=delta.version(),
            first_fetched_at=files[first].min() if first in files.columns else None,  # type: ignore[arg-type]
            last_fetched_at=files[last].max() if last in files.columns else None,  # type: ignore[arg-type]
        )


def _first_expiry(store: Table) -> datetime | None:
    delta = store.open() if "expires_at" in store.schema.stored else None
    if delta is None:
        return None
    files = pl.DataFrame(delta.get_add_actions(flatten=True))
    column = "min.expires_at"
    return files[column].min() if column in files.columns else None  # type: ignore[return-value]


def _canonical_or_none(reference: str) -> str | None:
    try:
        return canonical_reference(reference)
    except UsageError:
        return None
