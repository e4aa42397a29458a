"""The index of this machine: any number of reader processes, one writer, every step crash-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from influencr.errors import Busy, OtherFormat, SchemaError
from influencr.index._documents import check_frame, documents
from influencr.index._interface import IndexInfo
from influencr.index._quality import engagement_edges
from influencr.index.columns._build import write_parts
from influencr.index.columns._manifest import FORMAT, Folder, Manifest, Part, alive_bits
from influencr.index.columns._merge import Source, merge_sorted
from influencr.index.columns._segment import Segment, uid_hashes
from influencr.index.columns._snapshot import ColumnSnapshot
from influencr.index.columns._transaction import Transaction

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ColumnIndex"]

type _Array = np.ndarray[Any, Any]


class ColumnIndex:
    """A `SearchIndex` in a folder, as arrays that are searched where they lie.

    folder   made by the first write; reading a folder that does not exist gives an empty index

    Safe to share between threads for reading. Raises OtherFormat for an index of another format
    or engine and Busy when somebody else is writing.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = Folder(Path(folder))
        self._guard = threading.RLock()
        self._snapshot: ColumnSnapshot | None = None
        self._seen: object = None
        self._open: dict[str, Segment] = {}
        self._bits: dict[bytes, _Array] = {}
        self._writing: Transaction | None = None

    @property
    def path(self) -> Path:
        """The folder."""
        return self._folder.path

    # Reading

    def snapshot(self) -> ColumnSnapshot:
        """The newest committed generation; costs one file look-up when nothing is new."""
        with self._guard:
            for _ in range(100):
                stamp = self._folder.stamp()
                if self._snapshot is not None and stamp == self._seen:
                    return self._snapshot
                try:
                    self._snapshot = self._load()
                except FileNotFoundError:
                    # Replaced between reading the pointer and opening what it names; a pointer
                    # that did not move means that something is really missing.
                    if self._folder.stamp() == stamp:
                        raise OtherFormat(
                            f"Files of the search index in {self.path} are missing; refresh it "
                            "to build it anew from the catalogue."
                        ) from None
                    continue
                self._seen = stamp
                return self._snapshot
            raise Busy(f"The search index in {self.path} is being rewritten again and again.")

    def _load(self) -> ColumnSnapshot:
        manifest = self._folder.current()
        if manifest is None:
            return ColumnSnapshot((), (), _info(_new_manifest(), 0))
        segments = tuple(self._segment(part.name) for part in manifest.parts)
        self._open = {segment.name: segment for segment in segments}
        bits: dict[bytes, _Array] = {}
        for part in manifest.parts:
            if part.alive is not None:
                known = self._bits.get(part.alive)
                bits[part.alive] = alive_bits(part.alive) if known is None else known
        self._bits = bits
        return ColumnSnapshot(
            segments,
            tuple(None if part.alive is None else bits[part.alive] for part in manifest.parts),
            _info(manifest, sum(part.n_alive for part in manifest.parts)),
        )

    def _segment(self, name: str) -> Segment:
        known = self._open.get(name)
        return known if known is not None else Segment.open(self.path / name)

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
        manifest = msgspec.structs.replace(
            _new_manifest(),
            as_of=as_of,
            demo=demo,
            edges={platform: list(rates) for platform, rates in cuts.items()},
        )
        self.rollback()
        self._folder.lock.take("build it")
        try:
            self._folder.clean()
            self._build(frames, manifest, progress)
        finally:
            # After a failure: what it left. After a success: the generation before.
            self._folder.clean()
            self._folder.lock.let_go()
        return self.snapshot().info.generation

    def _build(
        self,
        frames: Iterable[pl.DataFrame],
        manifest: Manifest,
        progress: Callable[[int], None] | None,
    ) -> None:
        paths, n = write_parts(self._folder, frames, manifest.edges, progress)
        written = [Segment.open(path) for path in paths]
        n_different = _n_different(written)
        if n_different != n:
            raise SchemaError(
                f"creators: {n - n_different} rows name a profile that came before; the frame "
                "must hold each profile_id once."
            )
        if len(written) > 1:
            made = merge_sorted(
                [Source(segment, None) for segment in written], self._folder.new_segment
            )
            written = [Segment.open(path) for path in made]
        self._folder.publish(
            msgspec.structs.replace(
                manifest,
                number=self._folder.last_number() + 1,
                built_at=datetime.now(UTC),
                parts=tuple(Part(name=s.name, n=s.n, n_alive=s.n, alive=None) for s in written),
            )
        )
        if progress is not None:
            progress(n)

    # Writing some

    def upsert(self, creators: pl.DataFrame) -> None:
        """Put creators in, replacing rows of the same profile; visible after `commit`."""
        writing = self._begin()
        for document in documents(creators, writing.manifest.edges):
            writing.put(document)

    def delete(self, profile_ids: Iterable[str]) -> None:
        """Take creators out; visible after `commit`."""
        writing = self._begin()
        for profile_id in profile_ids:
            writing.drop(profile_id)

    def commit(self, *, as_of: datetime | None = None) -> int:
        """Make upserts and deletes visible at once; returns the generation.

        as_of   the instant that ages refer to from now on; unchanged when None
        """
        if self._writing is None and as_of is not None:
            self._begin()
        if self._writing is not None:
            try:
                self._writing.commit(as_of)
                self._writing.tidy()
            finally:
                self.rollback()
        return self.snapshot().info.generation

    def rollback(self) -> None:
        """Forget what was not committed and let the next writer in."""
        if self._writing is not None:
            try:
                self._folder.clean()
            finally:
                self._writing = None
                self._folder.lock.let_go()

    def _begin(self, purpose: str = "write") -> Transaction:
        """What is being written; takes the lock on the first call."""
        if self._writing is None:
            self._folder.lock.take(purpose)
            try:
                manifest = self._folder.current()
                self._folder.clean()
                writing = Transaction(
                    self._folder,
                    _new_manifest(as_of=datetime.now(UTC)) if manifest is None else manifest,
                    self._segment,
                )
                writing.finish_purge()
                self._writing = writing
            except BaseException:
                self._folder.lock.let_go()
                raise
        return self._writing

    # Erasing

    def erase(self, profile_ids: Iterable[str]) -> int:
        """Take people out for good: invisible at once, then no byte of theirs left in any file.

        Every segment that holds one of them, also one that a later segment replaced or that was
        deleted before, is written anew without them. A kill in between leaves a mark in the
        manifest; the next writer finishes the work.
        """
        names = list(profile_ids)
        self.rollback()
        if self._folder.stamp() is None:
            self._folder.lock.take("erase")
            self._folder.lock.let_go()
            return 0
        try:
            writing = self._begin("erase")
            writing.erase(uid_hashes(names))
            writing.finish_purge()
        finally:
            self.rollback()
        return self.snapshot().info.generation

    def purge(self) -> int:
        """Write segments that hold deleted creators anew without them."""
        self.rollback()
        try:
            writing = self._begin("purge")
            writing.purge_deleted()
            writing.finish_purge()
        finally:
            self.rollback()
        return self.snapshot().info.generation

    def close(self) -> None:
        """Let go of files and locks; what was not committed is forgotten."""
        self.rollback()
        with self._guard:
            self._snapshot = None
            self._open = {}
            self._bits = {}
            self._seen = None

    def __enter__(self) -> ColumnIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _new_manifest(as_of: datetime | None = None) -> Manifest:
    return Manifest(format=FORMAT, number=0, as_of=as_of, demo=False, built_at=as_of, edges={})


def _info(manifest: Manifest, n_creators: int) -> IndexInfo:
    return IndexInfo(
        format=manifest.format,
        generation=manifest.number,
        as_of=manifest.as_of,
        demo=manifest.demo,
        n_creators=n_creators,
        built_at=manifest.built_at,
        edges=manifest.edges,
    )


def _n_different(segments: Sequence[Segment]) -> int:
    """How many different profiles the segments hold."""
    if not segments:
        return 0
    high = np.concatenate([segment.uids for segment in segments])
    low = np.concatenate([segment.uid_lows for segment in segments])
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    same = (high[1:] == high[:-1]) & (low[1:] == low[:-1])
    return len(high) - int(same.sum())
