"""Small files written by each test, and one way to import them."""

import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from influencr.sources.files import FilePlan, FileReport, FileSource, inspect

SOURCE_OPTIONS = {"licence", "lawful_basis", "observed_at", "contact_published", "batch_rows"}


class Imported(NamedTuple):
    plan: FilePlan
    report: FileReport
    tables: dict[str, pl.DataFrame]
    quarantined: list[dict[str, Any]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the table that the file is mainly about."""
        return self.tables[self.plan.kind].rows(named=True) if self.tables else []


class Desk:
    """Writes files and imports them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.quarantine = folder / "quarantine"

    def write(self, name: str, content: str | bytes, *, encoding: str = "utf-8") -> Path:
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def take(self, path: Path, **options: Any) -> Imported:
        chosen = {k: options.pop(k) for k in list(options) if k in SOURCE_OPTIONS}
        plan = inspect(path, **options)
        source = FileSource(
            plan, **{"licence": "user-import", "quarantine": self.quarantine, **chosen}
        )
        frames: dict[str, list[pl.DataFrame]] = {}
        for table, frame in source.batches():
            frames.setdefault(table, []).append(frame)
        report = source.report
        counted = report.rows_kept + report.rows_quarantined + report.rows_duplicate
        assert report.rows_read == counted + report.rows_left_out
        entries = []
        if report.quarantine_file is not None:
            lines = report.quarantine_file.read_text(encoding="utf-8").splitlines()
            entries = [json.loads(line) for line in lines]
        assert len(entries) == report.rows_quarantined == sum(report.reasons.values())
        tables = {t: pl.concat(f) for t, f in frames.items()}
        return Imported(plan, report, tables, entries)

    def text(self, name: str, content: str, **options: Any) -> Imported:
        return self.take(self.write(name, content), **options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
