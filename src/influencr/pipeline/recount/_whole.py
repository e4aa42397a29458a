"""Everybody judged anew from the records, beside the home, and let go of again.

For numbers that need everybody at once. It costs what a whole judgement costs
(`JudgeReport.seconds` tells what the last one took) and changes nothing: files and index lie in a
folder of their own below judged/, which goes when the answer is made. A refresh or a removal that
begins meanwhile sweeps that folder away, as it sweeps what a killed run left; the answer is then
Busy.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from influencr.errors import Busy, HomeError
from influencr.pipeline._judge import CREATORS_FILE, judge, read_report
from influencr.pipeline._refresh import build_index
from influencr.pipeline._said import Said
from influencr.pipeline.influence import INFLUENCE_FILE, NOTABILITY_FILE
from influencr.pipeline.recount._alone import Records
from influencr.pipeline.vetting import VETTING_FILE

if TYPE_CHECKING:
    from datetime import datetime

    from influencr.catalogue import Catalogue
    from influencr.home import Home
    from influencr.index import SearchIndex

__all__ = ["Whole", "judge_whole"]

_ROOM = ".work-verify-"
#: Which of the judged files holds the columns of a table.
_FILES = {"creators": CREATORS_FILE, "influence": INFLUENCE_FILE, "vetting": VETTING_FILE}


class Whole:
    """Everybody, judged anew.

    folder    creators.parquet, influence.parquet, vetting.parquet and evidence.parquet
    records   how many rows of each table were read
    """

    def __init__(self, folder: Path, records: tuple[Records, ...], as_of: datetime) -> None:
        self.folder, self.records, self._as_of = folder, records, as_of
        self._opened: SearchIndex | None = None

    def row(self, table: str, profile_id: str) -> dict[str, Any] | None:
        """A creator's row of "creators", "influence" or "vetting"; None for nobody listed."""
        rows = pl.scan_parquet(self.folder / _FILES[table])
        found = rows.filter(pl.col("profile_id") == profile_id).collect().to_dicts()
        return found[0] if found else None

    def index(self) -> SearchIndex:
        """A search index of what was judged anew; made on first use."""
        if self._opened is None:
            from influencr.index import open_index

            folder = self.folder / "index"
            folder.mkdir()
            self._opened = open_index(folder)
            build_index(self.folder / CREATORS_FILE, self._opened, as_of=self._as_of)
        return self._opened

    def close(self) -> None:
        """Let go of the index."""
        if self._opened is not None:
            self._opened.close()


@contextlib.contextmanager
def judge_whole(
    home: Home,
    catalogue: Catalogue,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Whole]:
    """Judge everybody for the instant of the last whole judgement.

    progress   called with (stage, done, in all); stages are "judge", "vet", "act"

    Raises HomeError before the first judgement, Busy when a refresh began meanwhile.
    """
    report = read_report(home.judged)
    if report is None:
        raise HomeError(f"{home.path} was never judged; run `influencr refresh` once.")
    room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=home.judged))
    whole = Whole(room, _read(catalogue), report.as_of)
    try:
        notable = home.judged / NOTABILITY_FILE
        if notable.exists():
            shutil.copyfile(notable, room / NOTABILITY_FILE)
        judge(
            catalogue,
            out=room,
            as_of=report.as_of,
            force=True,
            progress=_stage(progress, "judge"),
            vetting_progress=_stage(progress, "vet"),
            influence_progress=_stage(progress, "act"),
            said=Said.of(home.path),
        )
        yield whole
    except FileNotFoundError as error:
        if room.exists():
            raise
        raise Busy(
            "A refresh or a removal began while everybody was judged anew; ask again when it is "
            "done."
        ) from error
    finally:
        whole.close()
        shutil.rmtree(room, ignore_errors=True)


def _stage(
    progress: Callable[[str, int, int], None] | None, stage: str
) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, n: progress(stage, done, n)


def _read(catalogue: Catalogue) -> tuple[Records, ...]:
    return tuple(
        Records(
            table=one.table,
            where="every row",
            n=one.rows,
            keys=(),
            digest="",
            first=one.first_fetched_at,
            last=one.last_fetched_at,
            sources=(),
        )
        for one in catalogue.statistics()
        if one.rows
    )
