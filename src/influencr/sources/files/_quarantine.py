"""Rows that could not be taken: where each stood, why, and what it said.

One JSON line per row in `<quarantine>/<file name>-<hash of its path>.jsonl`: `line` (of the row's
beginning; the row's number in Parquet), `reason`, and where known `field`, `value`, `row`. The
file is written anew by each import of the same path, so importing twice leaves one copy, and is
gone when nothing was refused. Columns that are never stored do not come here either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

import xxhash

__all__ = ["Quarantine", "purge_quarantine"]

_SHOWN = 500  # characters of a value that are kept


class Quarantine:
    """The quarantine file of one imported file; written beside, moved into place by `close`."""

    def __init__(self, folder: Path, source: Path) -> None:
        digest = xxhash.xxh3_64_hexdigest(os.fsencode(source.resolve()))[:12]
        self.path = folder / f"{source.name}-{digest}.jsonl"
        self._partial = self.path.with_suffix(f".{os.getpid()}.partial")
        self._file: IO[str] | None = None

    def add(
        self,
        line: int,
        reason: str,
        *,
        field: str | None = None,
        value: str | None = None,
        row: Mapping[str, object] | str | None = None,
    ) -> None:
        """Write one refused row."""
        entry: dict[str, object] = {"line": line, "reason": reason}
        if field is not None:
            entry["field"] = field
        if value is not None:
            entry["value"] = value[:_SHOWN]
        if isinstance(row, str):
            entry["row"] = row[:_SHOWN]
        elif row is not None:
            entry["row"] = {k: str(v)[:_SHOWN] for k, v in row.items() if v is not None}
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("w", encoding="utf-8", newline="\n")
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def close(self) -> Path | None:
        """Put the file into place; None, and no file, when nothing was refused."""
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return None
        self._file.close()
        self._file = None
        self._partial.replace(self.path)
        return self.path

    def abandon(self) -> None:
        """Forget an import that was stopped; the file of an earlier one stays."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._partial.unlink(missing_ok=True)


def purge_quarantine(folder: Path, references: Iterable[str]) -> int:
    """Take every row about these profiles out of all quarantine files; returns how many.

    references   `platform:native id` or `platform:@handle`, as in the catalogue; a row goes when
                 one of its values is that id or handle, or when an unsplit row mentions it.
    """
    names = {ref.partition(":")[2].lstrip("@").casefold() for ref in references} - {""}
    n_gone = 0
    for path in sorted(folder.glob("*.jsonl")) if names else []:
        kept: list[str] = []
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for line in lines:
            if not _mentions(json.loads(line), names):
                kept.append(line)
        if len(kept) == len(lines):
            continue
        n_gone += len(lines) - len(kept)
        if not kept:
            path.unlink()
            continue
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text("".join(kept), encoding="utf-8")
        partial.replace(path)
    return n_gone


def _mentions(entry: Mapping[str, object], names: set[str]) -> bool:
    row = entry.get("row")
    if isinstance(row, dict):
        values = [str(value).strip().casefold() for value in row.values()]
        return any(
            value.lstrip("@") in names or any(f"/{name}" in value for name in names)
            for value in values
        )
    text = str(row or "").casefold()
    return any(name in text for name in names)
