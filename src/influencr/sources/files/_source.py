"""One file as a source of records: read, shaped, first row wins, the rest explained.

The same file gives the same batches every time, whatever happened to earlier runs: `fetched_at`
comes from the row, from `observed_at`, or from the file's own modification time, never from now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from influencr.errors import UsageError
from influencr.records import OBSERVED, key_of
from influencr.sources import Batch
from influencr.sources.files._plan import FilePlan
from influencr.sources.files._quarantine import Quarantine
from influencr.sources.files._raw import Raw
from influencr.sources.files._rows import Shaper
from influencr.sources.files._seen import Seen
from influencr.sources.files._sheet import Origin

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FileReport", "FileSource"]

#: Line, reason, field, value, row of one refused row.
_Entry = tuple[int, str, str | None, str | None, "dict[str, object] | str | None"]

_AGAIN = {
    "profiles": "the same profile again with other values",
    "posts": "the same post again with other values",
    "follows": "the same follow again with other values",
    "engagements": "the same engagement again with other values",
    "packs": "the same pack member again with other values",
}


@dataclass(kw_only=True)
class FileReport:
    """What became of a file's rows: read = kept + quarantined + duplicates + left out.

    rows_duplicate   rows that say exactly what an earlier row of the file said
    rows_left_out    rows that `only` did not ask for
    reasons          why rows were quarantined, counted
    notes            what was left empty or could not be foreseen, counted
    tables           rows given to each table; a file of posts may fill profiles as well
    truncated        the file ended before its end; `problem` says why, in a sentence
    """

    file: str
    rows_read: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    rows_left_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    quarantine_file: Path | None = None
    truncated: bool = False
    problem: str | None = None

    def __str__(self) -> str:
        parts = [f"{self.rows_read:,} rows read", f"{self.rows_kept:,} kept"]
        parts.append(f"{self.rows_quarantined:,} quarantined")
        if self.rows_duplicate:
            parts.append(f"{self.rows_duplicate:,} duplicates")
        if self.rows_left_out:
            parts.append(f"{self.rows_left_out:,} left out")
        lines = [f"{self.file}: " + ", ".join(parts)]
        lines += [f"  {n:,} x {reason}" for reason, n in sorted(self.reasons.items())]
        lines += [f"  {n:,} x {note}" for note, n in sorted(self.notes.items())]
        if self.quarantine_file is not None:
            lines.append(f"  quarantined rows are in {self.quarantine_file}")
        return "\n".join(lines)


class FileSource:
    """The rows of one planned file; a `sources.Source`.

    plan               what `inspect` decided
    licence            under which licence the rows are held; mandatory (`user-import`,
                       `dataset:CC-BY-4.0`, `synthetic`, ...)
    lawful_basis       what the operator states, free text
    observed_at        the instant for which rows without an own time hold; default: the file's
                       modification time
    contact_published  take e-mail addresses, because they were published for business
    quarantine         folder for refused rows
    progress           called with (bytes read, bytes in all) as the file is read
    batch_rows         most rows of a batch
    fetch_method       import, or synthetic for a made-up world
    """

    def __init__(
        self,
        plan: FilePlan,
        *,
        licence: str,
        quarantine: Path,
        lawful_basis: str | None = None,
        observed_at: datetime | None = None,
        contact_published: bool = False,
        progress: Callable[[int, int], None] | None = None,
        batch_rows: int = 50_000,
        fetch_method: str = "import",
    ) -> None:
        if not licence or not licence.strip():
            raise UsageError(
                "licence: say under which licence these rows are held, for example "
                "--licence user-import for your own list or --licence dataset:CC-BY-4.0; it is "
                "stored with every row.",
                field="licence",
            )
        if batch_rows < 1:
            raise UsageError(f"batch_rows: {batch_rows} is not a number of rows; give 1 or more.")
        if observed_at is None:
            seconds = int(plan.path.stat().st_mtime)
            observed_at = datetime.fromtimestamp(seconds, UTC)
        elif observed_at.tzinfo is None:
            observed_at = observed_at.replace(tzinfo=UTC)
        self.plan = plan
        self.name = f"import:{plan.path.name}"
        self.report = FileReport(file=plan.path.name)
        self._origin = Origin(
            source=self.name,
            fetched_at=observed_at.astimezone(UTC),
            fetch_method=fetch_method,
            licence=licence.strip(),
            lawful_basis=lawful_basis,
            contact_published=contact_published,
        )
        self._quarantine = quarantine
        self._progress = progress
        self._batch_rows = batch_rows

    def batches(self) -> Iterator[Batch]:
        """All rows, in file order; `report` is complete when the iterator ends."""
        report = self.report = FileReport(file=self.plan.path.name)
        refused = Quarantine(self._quarantine, self.plan.path)
        try:
            yield from self._run(report, refused)
        except BaseException:
            refused.abandon()
            raise
        report.quarantine_file = refused.close()

    def _run(self, report: FileReport, refused: Quarantine) -> Iterator[Batch]:
        reader = self.plan.reader()
        shaper = Shaper(self.plan, self._origin)
        seen = {table: Seen() for table in self.plan.tables}
        notes: Counter[str] = Counter()
        for raw in _regrouped(reader.rows(), self._batch_rows):
            yield from self._piece(raw, shaper, seen, report, refused, notes)
            if self._progress is not None:
                self._progress(min(reader.position, reader.size), reader.size)
        notes.update(reader.surprises)
        report.notes = dict(notes)
        if reader.problem:
            report.truncated = True
            report.problem = (
                f"{self.plan.path.name} could not be read to its end: {reader.problem}; the "
                f"{report.rows_kept:,} rows before that are kept. Get the file again and import "
                "it again."
            )
        if self._progress is not None:
            self._progress(reader.size, reader.size)

    def _piece(
        self,
        raw: Raw,
        shaper: Shaper,
        seen: dict[str, Seen],
        report: FileReport,
        refused: Quarantine,
        notes: Counter[str],
    ) -> Iterator[Batch]:
        shaped = shaper.shape(raw)
        main = self.plan.kind
        entries: list[_Entry] = []
        # Rows that were not even split may hold what is never stored: then their text stays out.
        withholds = any(why.startswith("not taken") for why in self.plan.unused.values())
        entries += [(b.line, b.reason, None, None, None if withholds else b.text) for b in raw.bad]
        shown = list(self.plan.mapping)
        for index, reason, name, value in shaped.refusals:
            said = raw.frame.select(shown).row(index, named=True)
            entries.append((raw.lines[index], reason, name, value, said))
        verdict = _sort_out(shaped.tables[main], key_of(OBSERVED[main]), seen[main])
        kept = shaped.tables[main].filter(verdict == 0)
        for at in (verdict == 2).arg_true().to_list():
            index = shaped.indices[at]
            said = raw.frame.select(shown).row(index, named=True)
            entries.append((raw.lines[index], _AGAIN[main], None, None, said))
        for line, reason, name, value, row in sorted(entries, key=lambda entry: entry[0]):
            refused.add(line, reason, field=name, value=value, row=row)
            key = reason if "fields where" not in reason else "wrong number of fields"
            report.reasons[key] = report.reasons.get(key, 0) + 1
        report.rows_read += raw.frame.height + len(raw.bad)
        report.rows_kept += kept.height
        report.rows_quarantined += len(entries)
        report.rows_duplicate += int((verdict == 1).sum())
        report.rows_left_out += shaped.n_left_out
        notes.update(shaped.notes)
        for table, frame in shaped.tables.items():
            if table == main:
                made = kept
            else:
                # The author beside each post: the first post's word counts, the others repeat it.
                side = frame.filter(verdict == 0)
                made = side.filter(_sort_out(side, key_of(OBSERVED[table]), seen[table]) == 0)
            if made.height:
                report.tables[table] = report.tables.get(table, 0) + made.height
                yield Batch(table, made)


def _regrouped(pieces: Iterator[Raw], batch_rows: int) -> Iterator[Raw]:
    """The same rows in pieces of exactly `batch_rows`, so that batches never depend on buffers."""
    held: list[Raw] = []
    n_held = 0
    for piece in pieces:
        held.append(piece)
        n_held += piece.frame.height
        if n_held < batch_rows:
            continue
        joined = _joined(held)
        start = 0
        while n_held - start >= batch_rows:
            bad = joined.bad if start == 0 else []
            yield Raw(
                joined.frame[start : start + batch_rows],
                joined.lines[start : start + batch_rows],
                bad,
            )
            start += batch_rows
        held = [Raw(joined.frame[start:], joined.lines[start:], [])]
        n_held -= start
    if held:
        last = _joined(held)
        if last.frame.height or last.bad:
            yield last


def _joined(pieces: list[Raw]) -> Raw:
    import polars as pl

    if len(pieces) == 1:
        return pieces[0]
    filled = [piece for piece in pieces if piece.frame.height] or pieces[:1]
    return Raw(
        pl.concat([piece.frame for piece in filled], how="vertical_relaxed"),
        pl.concat([piece.lines for piece in filled]),
        [bad for piece in pieces for bad in piece.bad],
    )


def _sort_out(frame: pl.DataFrame, key: tuple[str, ...], seen: Seen) -> pl.Series:
    """0 new, 1 the same row again, 2 the same key and time with other values."""
    import polars as pl

    # Times of the observation make two rows two observations, not a contradiction.
    named = [name for name in (*key, "fetched_at") if name in frame.columns]
    flat = frame.with_columns(
        pl.col(name).list.join("\x1f") for name, t in frame.schema.items() if t == pl.List
    )
    keys = flat.select(named).hash_rows(seed=1).to_numpy()
    contents = flat.hash_rows(seed=2).to_numpy()
    return pl.Series("verdict", seen.sort_out(keys, contents))
