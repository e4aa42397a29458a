"""From record objects to a batch, with the types of their table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.records import columns, key_of
from influencr.sources import Batch

if TYPE_CHECKING:
    import polars as pl

__all__ = ["batches_of"]


def batches_of(records: Iterable[msgspec.Struct]) -> list[Batch]:
    """One batch per table, rows in the given order.

    records   of any of `records.OBSERVED`'s types, mixed. Of several with the same natural key and
              the same `fetched_at` one row is made: what the later ones know, else the earlier
    """
    import polars as pl

    kept: dict[type[msgspec.Struct], dict[tuple[Any, ...], dict[str, Any]]] = {}
    for record in records:
        row = {name: getattr(record, name) for name in record.__struct_fields__}
        mine = kept.setdefault(type(record), {})
        key = (*(row[name] for name in key_of(type(record))), row["fetched_at"])
        if (before := mine.get(key)) is not None:
            row = {n: before[n] if v is None else v for n, v in row.items()}
        mine[key] = row
    made = []
    for kind, rows in kept.items():
        frame = pl.DataFrame(list(rows.values()), schema=_schema(kind), orient="row")
        table: str = kind.TABLE  # type: ignore[attr-defined]
        made.append(Batch(table, frame))
    return made


def _schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    import polars as pl

    types: dict[str, pl.DataType] = {
        "text": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "bool": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String()),
    }
    return {column.name: types[column.kind] for column in columns(kind)}
