"""Judge what changed and build the index from it; afterwards nobody who left is in either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from influencr.errors import OtherFormat
from influencr.home import Home
from influencr.index import SearchIndex, engagement_edges
from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._forget import reconcile
from influencr.pipeline._judge import CREATORS_FILE, JudgeReport, judge

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Refreshed", "build_index", "refresh"]

_BATCH = 10_000
_INDEXED_FILE = "indexed.json"


class Refreshed(NamedTuple):
    """What a refresh left: the judges' report, the index generation, what was done anew."""

    report: JudgeReport
    generation: int
    judged: bool
    indexed: bool


class _Indexed(msgspec.Struct, frozen=True):
    """judged/indexed.json: which judgement the index generation holds."""

    judged_at: datetime
    generation: int
    demo: bool


def build_index(
    creators: Path,
    index: SearchIndex,
    *,
    as_of: datetime,
    demo: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """A whole new generation of the index from a creators file; returns its number.

    progress   called with (creators written, creators in all)
    """
    rows = pl.scan_parquet(creators)
    n: int = rows.select(pl.len()).collect().item()
    edges = engagement_edges(rows.select("platform", "engagement_rate").collect())

    def batches() -> Iterator[pl.DataFrame]:
        for start in range(0, n, _BATCH):
            yield rows.slice(start, _BATCH).collect()

    return index.build(
        batches(),
        as_of=as_of,
        demo=demo,
        edges=edges,
        progress=None if progress is None else lambda done: progress(done, n),
    )


def refresh(
    home: Home,
    catalogue: Catalogue,
    index: SearchIndex,
    *,
    as_of: datetime | None = None,
    demo: bool = False,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Refreshed:
    """Bring judged creators and index up to the catalogue; does nothing when nothing changed.

    demo       mark the new generation as an invented world
    force      judge and build anew in any case
    progress   called with (stage, done, in all); stages are "judge" and "index"

    May be killed at any moment: searches go on in the old generation, and the next run completes
    the work. Raises Busy while another process refreshes.
    """
    judged = home.judged
    with locked(judged, "refresh"):
        catalogue.recover()
        before = (judged / CREATORS_FILE).stat().st_mtime_ns if _exists(judged) else None
        report = judge(
            catalogue,
            out=judged,
            as_of=as_of,
            force=force,
            progress=None if progress is None else lambda d, n: progress("judge", d, n),
        )
        was_judged = before != (judged / CREATORS_FILE).stat().st_mtime_ns
        generation = _generation(index)
        known = _read_indexed(judged)
        build = (
            force
            or known is None
            or generation is None
            or (known.judged_at, known.demo) != (report.judged_at, demo)
            or generation < known.generation
        )
        if build:
            generation = build_index(
                judged / CREATORS_FILE,
                index,
                as_of=report.as_of,
                demo=demo,
                progress=None if progress is None else lambda d, n: progress("index", d, n),
            )
            done = _Indexed(report.judged_at, generation, demo)
            write_whole(judged / _INDEXED_FILE, msgspec.json.encode(done))
        # Somebody may have left while the judges worked; the catalogue knows, the files do not.
        reconcile(home, catalogue, index)
    return Refreshed(report, index.snapshot().info.generation, was_judged, build)


def _generation(index: SearchIndex) -> int | None:
    """The generation in use; None when another version wrote it: it is then built anew."""
    try:
        return index.snapshot().info.generation
    except OtherFormat:
        return None


def _exists(judged: Path) -> bool:
    return (judged / CREATORS_FILE).exists()


def _read_indexed(judged: Path) -> _Indexed | None:
    try:
        return msgspec.json.decode((judged / _INDEXED_FILE).read_bytes(), type=_Indexed)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
