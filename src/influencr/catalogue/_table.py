"""One Delta table: opened, grown, read, rewritten and swept; the only module that drives deltalake.

Statistics in the log cover instants only (`delta.dataSkippingStatsColumns`), never text: the log
outlives rows, and the smallest and largest handle of a file are names of people. For the same
reason rows are deleted by merging with a frame of what must go: a delete by predicate would write
the names into the log.

Files are zstd level 1: measured on follows, 30 % smaller than snappy and no slower to write.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import (
    CommitFailedError,
    DeltaProtocolError,
    TableNotFoundError,
)
from deltalake.schema import ArrayType, Field, PrimitiveType, Schema

from influencr.catalogue._locks import held
from influencr.catalogue._schema import TableSchema
from influencr.errors import Busy, HomeError, Terminal

__all__ = ["Table"]

_STATISTICS = "delta.dataSkippingStatsColumns"
_LOG_RETENTION = "delta.logRetentionDuration"
#: How long the log of past versions is kept, as Delta writes it. Delta's own default.
_LOG_KEPT = "interval 30 days"
#: Once so many files lie below SMALL_BYTES, an append merges them. Our own choice: it bounds a
#: table to about a hundred small files at about one rewrite of each row per table doubling.
SMALL_FILES = 64
SMALL_BYTES = 16 << 20
TARGET_BYTES = 64 << 20
#: Readers decode whole row groups, several at a time; a million profiles of 50 columns in one group
#: (the default) made a scan of 10 million take 4.2 GB; polars reads up to 128 ahead.
ROW_GROUP_ROWS = 32_000
#: Files that no version names (a writer was killed before its commit) are swept at this age where
#: no lock can prove that nobody is about to commit them.
_ORPHAN_AGE_HOURS = 24
#: Conflicts with other writers are retried with growing pauses, about 20 s in all.
_ATTEMPTS = 12

_DELTA: dict[pl.DataType, PrimitiveType | ArrayType] = {
    pl.String(): PrimitiveType("string"),
    pl.Int64(): PrimitiveType("long"),
    pl.Float64(): PrimitiveType("double"),
    pl.Boolean(): PrimitiveType("boolean"),
    pl.Datetime("us", "UTC"): PrimitiveType("timestamp"),
    pl.List(pl.String()): ArrayType(PrimitiveType("string"), contains_null=True),
}


class _Process:
    """What this process did with deltalake: its threads do not survive a fork, so a child forked
    after a table was touched would panic or hang on its first call."""

    used = False
    forked = False


def _note_fork() -> None:
    _Process.forked = _Process.used


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


class Table:
    """One table below a catalogue's root; made by its first append."""

    def __init__(self, root: str, schema: TableSchema, storage: Mapping[str, str] | None) -> None:
        self.schema = schema
        self.uri = f"{root}/{schema.name}"
        self.is_folder = "://" not in root
        self._storage = dict(storage) if storage else None
        self._delta: DeltaTable | None = None

    def held(self) -> Any:
        """The lock of this table as a context manager (nothing on object storage)."""
        return held(Path(f"{self.uri}.lock") if self.is_folder else None)

    # Opening.

    def open(self) -> DeltaTable | None:
        """The newest version, or None when nothing was ever appended.

        Raises HomeError when the table has a column that this version does not know, or one of
        another type: it was written by a newer influencr.
        """
        if _Process.forked:
            raise Terminal(
                "The catalogue cannot be used in a forked process; start workers with "
                "multiprocessing.get_context('spawn')."
            )
        _Process.used = True
        try:
            if self._delta is not None:
                self._delta.update_incremental()
            elif self.is_folder and not Path(self.uri, "_delta_log").is_dir():
                return None
            else:
                self._delta = DeltaTable(self.uri, storage_options=self._storage)
        except TableNotFoundError:
            self._delta = None
            return None
        except DeltaProtocolError as error:
            raise HomeError(
                f"{self.uri} needs features that this influencr cannot read ({error}); update "
                "influencr."
            ) from error
        self._check(self._delta)
        return self._delta

    def _check(self, delta: DeltaTable) -> None:
        stored = self.schema.stored
        for field in delta.schema().fields:
            if field.name not in stored:
                raise HomeError(
                    f"{self.uri} has the column {field.name!r}, which this influencr does not "
                    "know: it was written by a newer version; update influencr or choose another "
                    "--home."
                )
            if field.type != _DELTA[stored[field.name]]:
                raise HomeError(
                    f"{self.uri} holds {field.name!r} as {field.type}, this influencr expects "
                    f"{_DELTA[stored[field.name]]}; it was written by another version, update "
                    "influencr or choose another --home."
                )

    def for_writing(self) -> DeltaTable:
        """The newest version, made or given the columns it lacks first."""
        delta = self.open()
        if delta is None:
            if self.is_folder:
                Path(self.uri).mkdir(parents=True, exist_ok=True)
            DeltaTable.create(
                self.uri,
                Schema(list(self._fields())),
                mode="ignore",
                configuration={
                    _STATISTICS: ",".join(self._instants()),
                    _LOG_RETENTION: _LOG_KEPT,
                },
                storage_options=self._storage,
            )
            delta = self.open()
            if delta is None:
                raise Busy(f"{self.uri} could not be opened right after it was made; try again.")
        present = {field.name for field in delta.schema().fields}
        if missing := [field for field in self._fields() if field.name not in present]:
            delta.alter.add_columns(missing)
        if delta.metadata().configuration.get(_STATISTICS) is None:
            delta.alter.set_table_properties({_STATISTICS: ",".join(self._instants())})
        return delta

    def _fields(self) -> list[Field]:
        return [
            Field(name, _DELTA[dtype], nullable=True) for name, dtype in self.schema.stored.items()
        ]

    def _instants(self) -> list[str]:
        columns = ("fetched_at", "expires_at", "removed_at")
        return [c for c in columns if c in self.schema.stored]

    # Reading.

    def files(self, delta: DeltaTable | None) -> list[str]:
        """Addresses of the data files of an opened version."""
        return delta.file_uris() if delta is not None else []

    def scan(self, delta: DeltaTable | None) -> pl.LazyFrame:
        """Every row of an opened version; columns that old files lack are null."""
        return self.scan_files(self.files(delta))

    def scan_files(self, files: list[str]) -> pl.LazyFrame:
        """Every row of the given data files."""
        if not files:
            return pl.LazyFrame(schema=self.schema.stored)
        return pl.scan_parquet(
            files,
            schema=self.schema.stored,
            missing_columns="insert",
            storage_options=self._storage,
            credential_provider=None,
        )

    def transaction(self, name: str) -> int:
        """The number last committed under an application's name (0 when never)."""
        delta = self.open()
        return (delta.transaction_version(name) or 0) if delta is not None else 0

    # Writing.

    def append(self, frame: pl.DataFrame, *, transactions: Mapping[str, int] | None = None) -> None:
        """Commit the rows; they are durable when this returns.

        Raises CommitFailedError when another writer changed what the rows were compared with.
        """
        delta = self.for_writing()
        write_deltalake(
            delta,
            frame.select(self.schema.stored.names()),
            mode="append",
            writer_properties=_writer(),
            commit_properties=CommitProperties(
                app_transactions=[Transaction(n, v) for n, v in (transactions or {}).items()]
            ),
        )

    def retried[Result](self, commit: Callable[[], Result]) -> Result:
        """Run a commit again while other writers win; Busy when they always do."""
        for attempt in range(_ATTEMPTS):
            try:
                return commit()
            except CommitFailedError as error:
                if attempt + 1 == _ATTEMPTS:
                    raise Busy(
                        f"{self.schema.name}: other writers won {_ATTEMPTS} times in a row; try "
                        "again later."
                    ) from error
                self._delta = None
                time.sleep(min(0.02 * 2**attempt, 4.0))
        raise AssertionError("unreachable")

    def delete(self, rows: pl.DataFrame) -> int:
        """Delete every stored row that equals a row of `rows` in the columns of `rows`."""
        return self._merge(rows, None)

    def amend(self, rows: pl.DataFrame, *, on: list[str], values: Mapping[str, str]) -> int:
        """Set `values` (stored column -> column of `rows`) on rows that match in `on`."""
        return self._merge(rows, (on, values))

    def _merge(self, rows: pl.DataFrame, change: tuple[list[str], Mapping[str, str]] | None) -> int:
        on = change[0] if change else rows.columns
        predicate = " AND ".join(f't."{c}" = s."{c}"' for c in on)

        def commit() -> int:
            delta = self.open()
            if delta is None or rows.is_empty():
                return 0
            merge = delta.merge(
                rows.unique(on),
                predicate,
                source_alias="s",
                target_alias="t",
                writer_properties=_writer(),
            )
            if change:
                updates = {f'"{k}"': f's."{v}"' for k, v in change[1].items()}
                done = merge.when_matched_update(updates).execute()
                return int(done["num_target_rows_updated"])
            done = merge.when_matched_delete().execute()
            return int(done["num_target_rows_deleted"])

        return self.retried(commit)

    # Tidying.

    def small_files(self, delta: DeltaTable) -> int:
        """How many data files lie below SMALL_BYTES."""
        sizes = pl.DataFrame(delta.get_add_actions(flatten=True)).get_column("size_bytes")
        return int((sizes < SMALL_BYTES).sum())

    def merge_files(self, *, target_bytes: int = TARGET_BYTES) -> int:
        """Merge small data files; returns how many went."""

        def commit() -> int:
            delta = self.open()
            if delta is None:
                return 0
            done = delta.optimize.compact(
                target_size=target_bytes, max_concurrent_tasks=1, writer_properties=_writer()
            )
            return int(done["numFilesRemoved"])

        return self.retried(commit)

    def sweep(self, retention: timedelta) -> int:
        """Delete data files that no kept version needs; returns how many went.

        Files that were never committed go too: at once in a folder, where the caller holds the
        lock, after a day on object storage.
        """
        delta = self.open()
        if delta is None:
            return 0
        hours = int(retention.total_seconds() // 3600)
        gone = delta.vacuum(retention_hours=hours, enforce_retention_duration=False, dry_run=False)
        orphans = delta.vacuum(
            retention_hours=hours if self.is_folder else max(hours, _ORPHAN_AGE_HOURS),
            enforce_retention_duration=False,
            dry_run=False,
            full=True,
        )
        return len(gone) + len(orphans)

    def checkpoint(self) -> None:
        """Write a checkpoint, so that opening reads one file instead of the whole log."""
        delta = self.open()
        if delta is not None:
            delta.create_checkpoint()
            delta.cleanup_metadata()

    def forget_log(self) -> None:
        """Drop the log of every past version (in a folder only, with the lock held).

        Our own commits hold no names, but a table may have been written by other software, whose
        statistics and predicates do. On object storage a late writer could take the number of a
        dropped commit, so there the log is kept; see the decision record.
        """
        delta = self.open()
        if delta is None or not self.is_folder:
            return
        delta.alter.set_table_properties({_LOG_RETENTION: "interval 0 days"})
        self.checkpoint()
        delta.alter.set_table_properties({_LOG_RETENTION: _LOG_KEPT})


def _writer() -> WriterProperties:
    return WriterProperties(
        compression="ZSTD", compression_level=1, max_row_group_size=ROW_GROUP_ROWS
    )
