"""From a source into the catalogue, batch by batch; stopping anywhere loses nothing.

A batch is stored or not stored, and storing it again changes nothing, so the way to resume is to
run again. A file that cannot be read does not keep the other files out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from influencr.catalogue import Appended
from influencr.errors import InfluencrError, UnreadableInput, UsageError

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.sources import Source
    from influencr.sources.files import FilePlan, FileReport

__all__ = ["Collected", "FileOutcome", "ImportReport", "collect", "files_in", "import_files"]

#: What a folder is searched for; a file named on the command line may be called anything.
_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet")
_PACKED = (".gz", ".zst")


class Collected(NamedTuple):
    """What one run of a source brought: table -> rows new, unchanged and blocked."""

    source: str
    tables: dict[str, Appended]

    @property
    def n_new(self) -> int:
        """Rows stored in all tables."""
        return sum(counts.new for counts in self.tables.values())


class FileOutcome(NamedTuple):
    """What became of one file: how it was understood, what was read, what was stored.

    plan, report   None when the file could not be opened as anything
    stored         table -> rows new, unchanged, blocked; what was read before an error is stored
    error          why the file could not be read (to its end), None when it was
    """

    path: Path
    plan: FilePlan | None
    report: FileReport | None
    stored: dict[str, Appended]
    error: InfluencrError | None


class ImportReport(NamedTuple):
    """One outcome per file, in the order in which they were read."""

    files: tuple[FileOutcome, ...]

    @property
    def failed(self) -> tuple[FileOutcome, ...]:
        """The files that could not be read to their end."""
        return tuple(file for file in self.files if file.error is not None)

    @property
    def n_new(self) -> int:
        """Rows stored from all files."""
        return sum(c.new for file in self.files for c in file.stored.values())


def collect(
    source: Source,
    catalogue: Catalogue,
    *,
    progress: Callable[[Collected], None] | None = None,
) -> Collected:
    """Append everything that the source yields.

    progress   called after every stored batch with the sums so far

    Errors of the source or the catalogue pass through; what was stored before stays.
    """
    tables: dict[str, Appended] = {}
    for table, frame in source.batches():
        _add(tables, table, catalogue.append(table, frame))
        if progress is not None:
            progress(Collected(source.name, dict(tables)))
    return Collected(source.name, tables)


def import_files(
    catalogue: Catalogue,
    paths: Iterable[str | Path],
    *,
    quarantine: Path,
    licence: str,
    lawful_basis: str | None = None,
    platform: str | None = None,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    encoding: str | None = None,
    observed_at: datetime | None = None,
    contact_published: bool = False,
    progress: Callable[[Path, int, int], None] | None = None,
) -> ImportReport:
    """Import files and folders; each file is told by its own columns.

    paths       files, or folders whose data files are taken in name order
    quarantine  folder for rows that cannot be taken
    progress    called with (file, bytes read, bytes in all) while reading

    The other options are those of `sources.files.inspect` and `FileSource` and hold for all files.
    A wrong option raises UsageError before anything is read; a file that cannot be read is in the
    report with its error, and the others are imported.
    """
    from influencr.sources.files import FileSource, inspect

    outcomes: list[FileOutcome] = []
    for path in files_in(paths):
        plan: FilePlan | None = None
        source: FileSource | None = None
        stored: dict[str, Appended] = {}
        error: InfluencrError | None = None
        try:
            plan = inspect(
                path,
                platform=platform,
                kind=kind,
                mapping=mapping,
                only=only,
                encoding=encoding,
            )
            source = FileSource(
                plan,
                licence=licence,
                lawful_basis=lawful_basis,
                observed_at=observed_at,
                contact_published=contact_published,
                quarantine=quarantine,
                progress=None if progress is None else _for_file(progress, path),
            )
            for table, frame in source.batches():
                _add(stored, table, catalogue.append(table, frame))
        except InfluencrError as failure:
            error = failure
        report = source.report if source is not None else None
        if error is None and report is not None and report.problem is not None:
            # The rows before the break are stored, but the file was not read to its end.
            error = UnreadableInput(report.problem)
        outcomes.append(FileOutcome(path, plan, report, stored, error))
    return ImportReport(tuple(outcomes))


def files_in(paths: Iterable[str | Path]) -> list[Path]:
    """The files that these paths mean: a folder means its data files, in name order.

    Raises UsageError when nothing was given and UnreadableInput for a path that does not exist or
    a folder without a data file.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and _is_data(p.name))
            if not inside:
                raise UnreadableInput(
                    f"{path} holds no data file; files ending in {', '.join(_ENDINGS)} (also "
                    f"{' or '.join(_PACKED)}) are taken from a folder."
                )
            found.extend(inside)
        elif not path.exists():
            raise UnreadableInput(f"{path} does not exist; check the spelling.")
        else:
            found.append(path)
    if not found:
        raise UsageError("Nothing to import; name at least one file or folder.", field="FILE")
    return list(dict.fromkeys(found))


def _is_data(name: str) -> bool:
    lowered = name.lower()
    for ending in _PACKED:
        lowered = lowered.removesuffix(ending)
    return lowered.endswith(_ENDINGS) and not lowered.startswith(".")


def _add(tables: dict[str, Appended], table: str, counts: Appended) -> None:
    before = tables.get(table, Appended(0, 0, 0))
    tables[table] = Appended(
        before.new + counts.new,
        before.unchanged + counts.unchanged,
        before.blocked + counts.blocked,
    )


def _for_file(progress: Callable[[Path, int, int], None], path: Path) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        progress(path, done, total)

    return report
