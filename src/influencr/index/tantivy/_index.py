"""The embedded index: any number of reader processes, one writer, every step crash-safe."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import tantivy

from influencr.errors import Busy, SchemaError
from influencr.index._documents import check_frame, document, documents
from influencr.index._interface import IndexInfo
from influencr.index._quality import engagement_edges
from influencr.index.tantivy._folder import Folder, Sheet
from influencr.index.tantivy._schema import FORMAT, add_all, add_weight, open_index, schema
from influencr.index.tantivy._snapshot import TantivySnapshot

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TantivyIndex"]

# Memory for documents not yet written, per thread, and threads of a full build; measured on 2
# cores (benchmarks/bench_index.py): more of either was not faster.
_BUILD_HEAP = 128_000_000
_BUILD_THREADS = 2
_COMMIT_HEAP = 32_000_000
_PROGRESS_EVERY = 1_000
# generation = number of the full build x this + tantivy's count of operations since.
_OPERATIONS = 10**10
_PURGE = "PURGE"


class TantivyIndex:
    """A `SearchIndex` in a folder.

    folder   made by the first write; reading a folder that does not exist gives an empty index

    Safe to share between threads for reading. Raises HomeError for an index of another format and
    Busy when somebody else is writing.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = Folder(Path(folder))
        self._guard = threading.RLock()
        self._snapshot: TantivySnapshot | None = None
        self._seen: object = None
        self._open: tuple[Path, Any] | None = None
        self._writer: Any = None
        self._writing: tuple[Path, Sheet] | None = None

    @property
    def path(self) -> Path:
        """The folder."""
        return self._folder.path

    # Reading

    def snapshot(self) -> TantivySnapshot:
        """The newest committed generation; costs three file look-ups when nothing is new."""
        with self._guard:
            for _ in range(100):
                state = self._state()
                if self._snapshot is not None and state == self._seen:
                    return self._snapshot
                try:
                    self._snapshot = self._load()
                except (OSError, ValueError):
                    # The generation was replaced between reading the pointer and opening it; a
                    # pointer that did not move means that it is really damaged.
                    if self._state() == state:
                        raise
                    self._open = None
                    continue
                if self._state() == state:
                    self._seen = state
                    return self._snapshot
            raise Busy(f"The search index in {self.path} is being rewritten again and again.")

    def _state(self) -> object:
        current = self._folder.current()
        if current is None:
            return None
        return (
            current,
            *(_stamp(current / name) for name in ("meta.json", "generation.json")),
        )

    def _load(self) -> TantivySnapshot:
        current = self._folder.current()
        if current is None:
            empty = open_index(None)
            return TantivySnapshot(
                empty.searcher(),
                IndexInfo(
                    format=FORMAT,
                    generation=0,
                    as_of=None,
                    demo=False,
                    n_creators=0,
                    built_at=None,
                    edges={},
                ),
            )
        sheet = self._folder.sheet(current)
        if self._open is None or self._open[0] != current:
            self._open = (current, open_index(current))
        index = self._open[1]
        index.reload()
        operations = msgspec.json.decode((current / "meta.json").read_bytes())["opstamp"]
        searcher = index.searcher()
        return TantivySnapshot(
            searcher,
            IndexInfo(
                format=sheet.format,
                generation=sheet.number * _OPERATIONS + operations,
                as_of=sheet.as_of,
                demo=sheet.demo,
                n_creators=int(searcher.num_docs),
                built_at=sheet.built_at,
                edges=sheet.edges,
            ),
        )

    # Writing everything

    def build(
        self,
        creators: pl.DataFrame | Iterable[pl.DataFrame],
        *,
        as_of: datetime,
        demo: bool = False,
        edges: Mapping[str, Sequence[float]] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Write everything anew beside the old generation and swap; returns the generation.

        Raises SchemaError for a profile that comes twice.
        """
        import polars as pl

        if isinstance(creators, pl.DataFrame):
            check_frame(creators)
            frames: Iterable[pl.DataFrame] = (creators,)
            cuts = edges if edges is not None else engagement_edges(creators)
        else:
            frames = creators
            cuts = edges if edges is not None else {}
        stored_cuts = {platform: list(rates) for platform, rates in cuts.items()}
        self.rollback()
        with self._folder.locked("build it"):
            self._write_generation(
                (d for frame in frames for d in documents(frame, stored_cuts)),
                Sheet(
                    format=FORMAT,
                    number=0,
                    as_of=as_of,
                    demo=demo,
                    built_at=datetime.now(UTC),
                    edges=stored_cuts,
                ),
                progress,
            )
        return self.snapshot().info.generation

    def _write_generation(
        self,
        fields: Iterator[dict[str, Any]],
        sheet: Sheet,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Write documents into a new generation and point at it. The lock is held."""
        self._folder.clean()
        folder, number = self._folder.start()
        index = open_index(folder, create=True)
        writer = index.writer(_BUILD_HEAP * _BUILD_THREADS, _BUILD_THREADS)
        the_schema = schema()
        seen: set[int] = set()
        from_dict = tantivy.Document.from_dict
        for field in fields:
            seen.add(field["tie"])
            writer.add_document(from_dict(add_weight(add_all(field)), the_schema))
            if progress is not None and len(seen) % _PROGRESS_EVERY == 0:
                progress(len(seen))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        n = int(index.searcher().num_docs)
        if n != len(seen):
            self._folder.clean()
            raise SchemaError(
                f"creators: {n - len(seen)} rows name a profile that came before; the frame "
                "must hold each profile_id once."
            )
        self._folder.write_sheet(folder, msgspec.structs.replace(sheet, number=number))
        self._folder.publish(folder)
        if progress is not None:
            progress(n)

    # Writing some

    def upsert(self, creators: pl.DataFrame) -> None:
        """Put creators in, replacing rows of the same profile; visible after `commit`."""
        writer, sheet = self._begin()
        the_schema = schema()
        for field in documents(creators, sheet.edges):
            writer.delete_documents_by_term("uid", field["uid"])
            writer.add_document(tantivy.Document.from_dict(add_weight(add_all(field)), the_schema))

    def delete(self, profile_ids: Iterable[str]) -> None:
        """Take creators out; visible after `commit`."""
        writer, _ = self._begin()
        for profile_id in profile_ids:
            writer.delete_documents_by_term("uid", profile_id)

    def commit(self, *, as_of: datetime | None = None) -> int:
        """Make upserts and deletes visible at once; returns the generation.

        as_of   the instant that ages refer to from now on; unchanged when None
        """
        if self._writing is None and as_of is not None:
            self._begin()
        if self._writing is not None:
            folder, sheet = self._writing
            self._writer.commit()
            self._writer.wait_merging_threads()
            if as_of is not None:
                self._folder.write_sheet(folder, msgspec.structs.replace(sheet, as_of=as_of))
            self._end()
        return self.snapshot().info.generation

    def rollback(self) -> None:
        """Forget what was not committed and let the next writer in."""
        if self._writing is not None:
            self._writer.rollback()
            self._end()

    def _begin(self) -> tuple[Any, Sheet]:
        """The writer of the current generation; takes the lock on the first call."""
        if self._writing is None:
            self._folder.lock("write")
            try:
                self._finish_purge()
                current = self._folder.current()
                if current is None:
                    self._write_generation(
                        iter(()),
                        Sheet(
                            format=FORMAT,
                            number=0,
                            as_of=datetime.now(UTC),
                            demo=False,
                            built_at=datetime.now(UTC),
                            edges={},
                        ),
                    )
                    current = self._folder.current()
                if current is None:
                    raise SchemaError(f"{self.path} lost its generation while being written.")
                sheet = self._folder.sheet(current)
                self._writer = _writer(current)
                self._writing = (current, sheet)
            except BaseException:
                self._end()
                raise
        return self._writer, self._writing[1]

    def _end(self) -> None:
        self._writer = None
        self._writing = None
        self._folder.unlock()

    # Erasing

    def erase(self, profile_ids: Iterable[str]) -> int:
        """Take people out for good: invisible at once, then no byte of theirs left in any file.

        A deleted document stays in tantivy's files until they are merged, so the remaining
        creators are written into a new generation and the old files are removed. A kill in
        between leaves a mark; the next writer, or `purge`, finishes the work.
        """
        self.rollback()
        with self._folder.locked("erase"):
            current = self._folder.current()
            if current is None:
                return 0
            sheet = self._folder.sheet(current)
            (current / _PURGE).touch()
            writer = _writer(current)
            for profile_id in profile_ids:
                writer.delete_documents_by_term("uid", profile_id)
            writer.commit()
            writer.wait_merging_threads()
            self._rewrite(sheet)
        return self.snapshot().info.generation

    def purge(self) -> int:
        """Write the current creators into a new generation, so that nothing old is left."""
        self.rollback()
        with self._folder.locked("purge"):
            current = self._folder.current()
            if current is not None:
                self._rewrite(self._folder.sheet(current))
        return self.snapshot().info.generation

    def _finish_purge(self) -> None:
        current = self._folder.current()
        if current is not None and (current / _PURGE).exists():
            self._rewrite(self._folder.sheet(current))

    def _rewrite(self, sheet: Sheet) -> None:
        snapshot = self.snapshot()
        rows = (snapshot.row(address) for address in snapshot.rows())
        known = ({c: v for c, v in row.items() if v is not None} for row in rows)
        self._write_generation((document(row, sheet.edges) for row in known), sheet)

    def close(self) -> None:
        """Let go of files and locks; what was not committed is forgotten."""
        self.rollback()
        with self._guard:
            self._snapshot = None
            self._open = None
            self._seen = None

    def __enter__(self) -> TantivyIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _writer(generation: Path) -> Any:
    """A writer for a few changes to a generation."""
    writer = open_index(generation).writer(_COMMIT_HEAP, 1)
    # A commit that was killed leaves files whose names the next commit would use again (the
    # counter of operations goes on from the last whole commit) and then fails on, for ever.
    writer.garbage_collect_files()
    return writer


def _stamp(file: Path) -> tuple[int, int, int]:
    status = os.stat(file)  # noqa: PTH116 - no Path per request
    return status.st_ino, status.st_mtime_ns, status.st_size
