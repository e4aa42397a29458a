"""Rows of a Parquet file; columns keep their types, which spares parsing them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from influencr.errors import UnreadableInput
from influencr.sources.files._raw import LIST_MARK, Raw

__all__ = ["ParquetReader", "parquet_columns"]


def parquet_columns(path: Path) -> list[str]:
    """Column names; UnreadableInput when the footer cannot be read."""
    import polars as pl

    try:
        return list(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableInput(
            f"{path.name} begins like Parquet but cannot be read as such (cut off or damaged); "
            "export it again."
        ) from error


class ParquetReader:
    """Rows of one Parquet file; see `_raw.Reader`. `lines` are row numbers from 1."""

    def __init__(
        self,
        path: Path,
        *,
        columns: list[str],
        wanted: list[str] | None = None,
        limit: int | None = None,
        batch_rows: int = 50_000,
    ) -> None:
        self._path = path
        self._wanted = wanted if wanted is not None else columns
        self._limit = limit
        self._batch_rows = batch_rows
        self.size = path.stat().st_size
        self.position = 0
        self.problem: str | None = None
        self.surprises: dict[str, int] = {}

    def rows(self) -> Iterator[Raw]:
        """All rows, streamed; damage found on the way ends the file with `problem`."""
        import polars as pl

        self.position, self.problem = 0, None
        scan = pl.scan_parquet(self._path).select(self._wanted)
        n_rows = int(pl.scan_parquet(self._path).select(pl.len()).collect().item())
        if self._limit is not None:
            scan = scan.head(self._limit)
        n_done = 0
        try:
            for frame in scan.collect_batches(chunk_size=self._batch_rows, maintain_order=True):
                lines = pl.int_range(n_done + 1, n_done + frame.height + 1, eager=True)
                n_done += frame.height
                self.position = self.size * n_done // max(n_rows, 1)
                yield Raw(frame.select(_plain(frame.schema)), lines.alias("line"), [])
        except (pl.exceptions.PolarsError, OSError):
            self.problem = f"its data is damaged behind row {n_done}"


def _plain(schema: object) -> list[object]:
    """Lists become marked text as in the other formats, binary and nested columns text."""
    import polars as pl

    made: list[object] = []
    for name, dtype in dict(schema).items():  # type: ignore[call-overload]
        column = pl.col(name)
        if dtype == pl.List or dtype == pl.Array:
            if dtype.inner == pl.Struct:
                column = column.list.eval(pl.element().struct.json_encode())
            column = column.cast(pl.List(pl.String)).list.join(LIST_MARK)
        elif dtype == pl.Binary:
            column = column.cast(pl.String, strict=False)
        elif dtype == pl.Struct:
            column = column.struct.json_encode()
        elif dtype in (pl.Categorical, pl.Enum, pl.Decimal, pl.Date, pl.Time, pl.Duration):
            column = column.cast(pl.String)
        made.append(column.alias(name))
    return made
