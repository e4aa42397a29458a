"""Where the world's files go; every file carries `as_of` as its modification time.

The importer takes a file's modification time as the instant of observation where rows have none,
so a world imports the same on any day.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from influencr.errors import UsageError
from influencr.sources.synthetic._sizes import Parameters

__all__ = ["Output"]


class Output:
    """The folder of one world: `observed/`, `truth/`, README and world.json.

    Raises UsageError for a folder that holds something other than a world.
    """

    def __init__(self, folder: Path, p: Parameters, parts: frozenset[str]) -> None:
        self.folder = Path(folder)
        self._now, self._parts = p.now, parts
        marker = self.folder / "world.json"
        if self.folder.exists() and any(self.folder.iterdir()) and not marker.exists():
            raise UsageError(
                f"{self.folder} is not empty and holds no synthetic world; give a new folder."
            )
        self.observed, self.truth = self.folder / "observed", self.folder / "truth"
        for part in (self.observed, self.truth):
            if part.exists():
                shutil.rmtree(part)
            part.mkdir(parents=True)
        self.files: list[Path] = []
        self.n_rows: dict[str, int] = {}

    def wants(self, part: str) -> bool:
        """Whether this part is to be written."""
        return part in self._parts

    def table(
        self, part: str, name: str, frame: pl.DataFrame, *, number: int | None = None
    ) -> None:
        """Write one Parquet file (`number` counts the parts of a large table)."""
        if not self.wants(part):
            return
        suffix = "" if number is None else f"-{number:04d}"
        path = (self.truth if part == "truth" else self.observed) / f"{name}{suffix}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=1, statistics=False)
        self._written(path, name, frame.height)

    def csv(self, part: str, name: str, frame: pl.DataFrame, *, separator: str = ",") -> None:
        """Write one CSV file."""
        if self.wants(part):
            path = self.observed / f"{name}.csv"
            frame.write_csv(path, separator=separator)
            self._written(path, name, frame.height)

    def json_lines(
        self, part: str, name: str, rows: Iterable[dict[str, Any]], *, packed: bool = False
    ) -> None:
        """Write one JSON Lines file, gzipped if `packed` (without a time stamp inside)."""
        if not self.wants(part):
            return
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        data = ("\n".join(lines) + "\n").encode()
        path = self.observed / f"{name}.jsonl{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data, 6, mtime=0) if packed else data)
        self._written(path, name, len(lines))

    def text(self, name: str, text: str) -> None:
        """Write a text file into the world's own folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (self._now, self._now))

    def _written(self, path: Path, name: str, n: int) -> None:
        os.utime(path, (self._now, self._now))
        self.files.append(path)
        self.n_rows[name] = self.n_rows.get(name, 0) + n
