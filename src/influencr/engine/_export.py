"""Creators as a file: CSV, JSONL or Parquet, without those who may not be taken along.

A file comes in pieces, so that its size does not matter: CSV and JSONL go out as they are made,
Parquet is put together on disk first, because what it holds stands at its end.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from influencr.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from influencr.catalogue import Catalogue
    from influencr.search import Query

__all__ = ["ENDINGS", "Exported", "Piece", "asked", "ending_of", "found", "pieces", "written"]

ENDINGS = (".csv", ".jsonl", ".parquet")
#: A spreadsheet runs a cell that begins so; an apostrophe in front keeps it text.
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"
#: Rows of a piece: a megabyte or two, and twenty times that while it is made.
_ROWS = 500
_BYTES = 1 << 20
#: Rows of a group of a Parquet file, a few of which are held while they are put together: 166 MB
#: with a million creators; polars's own quarter of a million takes 456 MB and saves 16 % of file.
_ROWS_OF_GROUP = 10_000
#: Fields of a query that say which part of the answer is wanted.
_NOT_ASKED = ("after", "limit", "facets", "funnel", "histograms", "size_bands")


class Exported(NamedTuple):
    """Rows written, and creators left out because their source does not allow taking them along
    or because they left since the index was built; None where an instance far away left them out,
    which does not tell how many."""

    n_rows: int
    n_not_allowed: int | None
    n_removed: int | None


class Piece(NamedTuple):
    """The next bytes of a file, and what they are of."""

    data: bytes
    counted: Exported


def ending_of(path: str | os.PathLike[str]) -> str:
    """The ending that says the format. Raises UsageError for another one."""
    name = Path(path)
    ending = name.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"{name.name}: the ending says the format; valid: {', '.join(ENDINGS)}.",
            field="path",
            valid=list(ENDINGS),
        )
    return ending


def asked(query: Query) -> str:
    """A query as the file says it: the parameters of its address."""
    from influencr.search import Query, query_to_params

    default = Query()
    bare = msgspec.structs.replace(query, **{f: getattr(default, f) for f in _NOT_ASKED})
    return urlencode(query_to_params(bare), doseq=True)


def found(
    told: Iterable[tuple[dict[str, Any], float, float | None]],
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What `Searcher.told` says, as rows with what the search adds."""
    for row, score, distance_km in told:
        yield row, {"score": score, "distance_km": distance_km}


def pieces(
    rows: Iterable[tuple[dict[str, Any], dict[str, Any]]],
    catalogue: Catalogue,
    ending: str,
    *,
    as_of: datetime | None,
    query: str,
    listed: bool = False,
) -> Iterator[Piece]:
    """A file of these creators, (row of the index, further columns) each.

    as_of, query   recorded with every row: the instant of the index, and what was asked
    listed         whether the further columns are those of a list, else those of a search

    The same rows give the same bytes. The first piece comes even when nobody is found.
    """
    frames = _frames(rows, catalogue, as_of, query, listed=listed)
    return _parquet(frames) if ending == ".parquet" else _texts(frames, ending)


def written(
    parts: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Exported:
    """Write pieces beside the target and give the file its name when it is whole."""
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    sums = [0, 0, 0]
    try:
        with partial.open("wb") as opened:
            for piece in parts:
                opened.write(piece.data)
                sums = [a + (b or 0) for a, b in zip(sums, piece.counted, strict=True)]
                if progress is not None:
                    progress("export", sum(sums), 0)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Exported(*sums)


def _frames(
    rows: Iterable[tuple[dict[str, Any], dict[str, Any]]],
    catalogue: Catalogue,
    as_of: datetime | None,
    query: str,
    *,
    listed: bool,
) -> Iterator[tuple[Any, Exported]]:
    import polars as pl

    from influencr.pipeline import CREATORS_SCHEMA
    from influencr.records import Policy

    instant = pl.Datetime("us", "UTC")
    more: dict[str, Any] = {"score": pl.Float64, "distance_km": pl.Float64}
    if listed:
        more = {
            **dict.fromkeys(("list", "status", "note", "added_by"), pl.String),
            "added_at": instant,
        }
    said: dict[str, Any] = {"as_of": instant, "query": pl.String}
    any_ = False
    for batch in batched(rows, _ROWS):
        any_ = True
        allowed = [pair for pair in batch if (pair[0]["policy"] or 0) & Policy.EXPORT]
        # Column by column: polars takes a list of rows to pieces value by value, at ten times
        # the time.
        frame = pl.DataFrame(
            [
                _column(name, [row.get(name) for row, _ in allowed], dtype)
                for name, dtype in CREATORS_SCHEMA.items()
            ]
            + [
                pl.Series(name, [further[name] for _, further in allowed], dtype)
                for name, dtype in more.items()
            ]
        ).with_columns(
            pl.lit(as_of, dtype=instant).alias("as_of"),
            pl.lit(query, dtype=pl.String).alias("query"),
        )
        by_handle = frame["platform"] + ":@" + frame["handle"]
        removed = catalogue.is_removed(frame["profile_id"]) | catalogue.is_removed(by_handle)
        kept = frame.filter(~removed)
        yield kept, Exported(len(kept), len(batch) - len(allowed), len(frame) - len(kept))
    if not any_:
        yield pl.DataFrame(schema={**CREATORS_SCHEMA, **more, **said}), Exported(0, 0, 0)


def _column(name: str, values: list[Any], dtype: Any) -> pl.Series:
    import polars as pl

    if not isinstance(dtype, pl.List):
        return pl.Series(name, values, dtype)
    # Lists of lists are made one Python object at a time; read as one text they take a tenth.
    text = msgspec.json.encode(values).decode()
    column = pl.Series(name, [text]).str.json_decode(pl.List(dtype))
    return column.explode(empty_as_null=False)


def _texts(frames: Iterator[tuple[Any, Exported]], ending: str) -> Iterator[Piece]:
    import polars as pl
    from polars import selectors

    dated = selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    for i, (frame, counted) in enumerate(frames):
        if ending == ".jsonl":
            text = frame.with_columns(dated).write_ndjson()
        else:
            flat = frame.with_columns(
                selectors.list().cast(pl.List(pl.String)).list.join("; "), dated
            )
            text = flat.with_columns(
                pl.when(pl.col(name).str.contains(_RUN_BY_SPREADSHEETS))
                .then("'" + pl.col(name))
                .otherwise(pl.col(name))
                .alias(name)
                for name, dtype in flat.schema.items()
                if dtype == pl.String
            ).write_csv(include_header=i == 0)
        yield Piece(text.encode(), counted)


def _parquet(frames: Iterator[tuple[Any, Exported]]) -> Iterator[Piece]:
    import polars as pl

    nothing = Exported(0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="influencr-export-") as folder:
        parts = []
        for i, (frame, counted) in enumerate(frames):
            parts.append(Path(folder) / f"{i:06d}.parquet")
            frame.write_parquet(parts[-1])
            # Nothing to send yet; whoever sends learns that work goes on.
            yield Piece(b"", counted)
        whole = Path(folder) / "whole.parquet"
        pl.scan_parquet(parts).sink_parquet(
            whole, maintain_order=True, row_group_size=_ROWS_OF_GROUP
        )
        with whole.open("rb") as opened:
            while data := opened.read(_BYTES):
                yield Piece(data, nothing)
