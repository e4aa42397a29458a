"""Judge what changed and build the index from it; afterwards nobody who left is in either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from influencr.errors import OtherFormat
from influencr.home import Home
from influencr.index import SearchIndex, engagement_edges
from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._expire import drop_expired, note_expiry
from influencr.pipeline._forget import reconcile
from influencr.pipeline._judge import CREATORS_FILE, JudgeReport, judge, read_report
from influencr.pipeline._said import Said
from influencr.pipeline._update import Updated, bring_in_said, brought_in, start_over

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Refreshed", "build_index", "refresh"]

_BATCH = 10_000
_INDEXED_FILE = "indexed.json"


class Refreshed(NamedTuple):
    """What a refresh left: the judges' report, the index generation, what was done anew.

    n_searchable   creators in the index now
    updated        the few changed people who were judged and put in alone; then the report is
                   still that of the last whole judgement
    """

    report: JudgeReport
    generation: int
    judged: bool
    indexed: bool
    n_searchable: int
    updated: Updated | None = None


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

    as_of      the instant that ages refer to; naming one judges the whole
    demo       mark the new generation as an invented world
    force      judge and build anew in any case
    progress   called with (stage, done, in all); stages are "judge", "vet", "act" and "index"

    May be killed at any moment: searches go on in the old generation, and the next run completes
    the work. Raises Busy while another process refreshes.
    """
    judged = home.judged
    with locked(judged, "refresh"):
        catalogue.recover()
        # What ran out is not read again: files that held it are gone, so everybody is judged.
        drop_expired(home, catalogue, index)
        before = (judged / CREATORS_FILE).stat().st_mtime_ns if _exists(judged) else None
        last = read_report(judged)
        if (
            last is not None
            and not force
            and as_of is None
            and _is_whole(index, judged, last, demo)
        ):
            updated = brought_in(home, catalogue, index, last)
            if updated is not None:
                bring_in_said(home, catalogue, index, last)
                reconcile(home, catalogue, index)
                note_expiry(home, catalogue)
                now = index.snapshot().info
                return Refreshed(
                    last,
                    now.generation,
                    judged=False,
                    indexed=False,
                    n_searchable=now.n_creators,
                    updated=updated,
                )
        report = judge(
            catalogue,
            out=judged,
            as_of=as_of,
            force=force,
            progress=None if progress is None else lambda d, n: progress("judge", d, n),
            vetting_progress=None if progress is None else lambda d, n: progress("vet", d, n),
            influence_progress=None if progress is None else lambda d, n: progress("act", d, n),
            said=Said.of(home.path),
        )
        was_judged = before != (judged / CREATORS_FILE).stat().st_mtime_ns
        build = force or not _is_whole(index, judged, report, demo)
        if build:
            generation = build_index(
                judged / CREATORS_FILE,
                index,
                as_of=report.as_of,
                demo=demo,
                progress=None if progress is None else lambda d, n: progress("index", d, n),
            )
            done = _Indexed(report.judged_at, generation, demo)
            start_over(judged)
            write_whole(judged / _INDEXED_FILE, msgspec.json.encode(done))
        # Somebody may have said something while the judges worked, or have left.
        begun = report.judged_at - timedelta(seconds=report.seconds)
        bring_in_said(home, catalogue, index, report, since=begun if build else None)
        reconcile(home, catalogue, index)
        note_expiry(home, catalogue)
    now = index.snapshot().info
    return Refreshed(report, now.generation, was_judged, build, now.n_creators)


def _generation(index: SearchIndex) -> int | None:
    """The generation in use; None when another version wrote it: it is then built anew."""
    try:
        return index.snapshot().info.generation
    except OtherFormat:
        return None


def _is_whole(index: SearchIndex, judged: Path, report: JudgeReport, demo: bool) -> bool:
    """The index holds this judgement, with or without people brought in since."""
    known, generation = _read_indexed(judged), _generation(index)
    return (
        known is not None
        and generation is not None
        and (known.judged_at, known.demo) == (report.judged_at, demo)
        and generation >= known.generation
    )


def _exists(judged: Path) -> bool:
    return (judged / CREATORS_FILE).exists()


def _read_indexed(judged: Path) -> _Indexed | None:
    try:
        return msgspec.json.decode((judged / _INDEXED_FILE).read_bytes(), type=_Indexed)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
