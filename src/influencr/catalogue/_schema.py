"""The one place that says which columns a table has; every batch is fitted to it before writing.

Columns come from the record types, so that a field added to a record is a column added to its
table. The stored types avoid what Delta cannot hold (unsigned integers, categories, durations,
instants without a zone). Fitting is strict: a value is stored as it was given or refused by name,
never rounded, parsed, wrapped or guessed. NaN and infinity are refused: unknown is null.

One column is ours: `content_hash`, a 64-bit fingerprint of everything an observation says apart
from where and when it was heard (see `_hashing`).
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from influencr.errors import SchemaError, UnknownValue
from influencr.records import OBSERVED, Column, columns, key_of

__all__ = ["CONTENT_HASH", "TABLES", "TableSchema", "empty", "fit", "schema_of"]

#: Name of the stored fingerprint column.
CONTENT_HASH = "content_hash"

#: Where and when something was heard; a row that differs only in these says nothing new.
HEARD = frozenset({"source", "fetched_at", "fetch_method"})

_TIME = pl.Datetime("us", "UTC")
_POLARS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "time": _TIME,
    "texts": pl.List(pl.String()),
}
#: Whole numbers beyond this cannot be held exactly by a 64-bit float.
_EXACT_FLOAT = 2**53


class TableSchema(NamedTuple):
    """One table: `columns` as in its record, `key` its natural key, `stored` the written types."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    stored: pl.Schema

    @property
    def content(self) -> tuple[str, ...]:
        """Columns that the fingerprint covers, sorted by name."""
        return tuple(sorted(c.name for c in self.columns if c.name not in HEARD))


def _schema(table: str) -> TableSchema:
    record = OBSERVED[table]
    found = columns(record)
    stored = {c.name: _POLARS[c.kind] for c in found}
    if "fetched_at" in stored:
        stored[CONTENT_HASH] = pl.Int64()
    return TableSchema(table, found, key_of(record), pl.Schema(stored))


#: Table name -> schema, in import order.
TABLES: dict[str, TableSchema] = {table: _schema(table) for table in OBSERVED}


def schema_of(table: str) -> TableSchema:
    """The schema of a table; UnknownValue names the tables that exist."""
    if table not in TABLES:
        raise UnknownValue("table", table, TABLES)
    return TABLES[table]


def empty(table: str) -> pl.DataFrame:
    """A frame of no rows with the record columns of the table, in stored types."""
    schema = schema_of(table)
    return pl.DataFrame(schema={c.name: schema.stored[c.name] for c in schema.columns})


def fit(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The batch with every record column of the table, in order, in the stored types.

    frame    any subset of the record's columns that holds all required ones
    returns  same rows, same order; absent optional columns are null

    Raises SchemaError naming the column and the first value that does not fit, a missing required
    column, a null in one, or a column that the table does not have.
    """
    schema = schema_of(table)
    names = [c.name for c in schema.columns]
    if unknown := [c for c in frame.columns if c not in names]:
        raise SchemaError(
            f"{table} has no column {unknown[0]!r}; valid: {', '.join(names)}.",
            field=unknown[0],
            valid=names,
        )
    fitted: list[pl.Series] = []
    for column in schema.columns:
        if column.name not in frame.columns:
            if column.required:
                raise SchemaError(
                    f"{table}: the required column {column.name!r} is missing; every row must "
                    "carry it.",
                    field=column.name,
                )
            dtype = schema.stored[column.name]
            fitted.append(pl.Series(column.name, [None], dtype=dtype).new_from_index(0, len(frame)))
            continue
        series = _fit_column(table, column, frame.get_column(column.name))
        if column.required and series.null_count():
            row = series.is_null().arg_max()
            raise SchemaError(
                f"{table}: the required column {column.name!r} is null in row {row}; give it a "
                "value or leave the row out.",
                field=column.name,
            )
        fitted.append(series)
    return pl.DataFrame(fitted)


def _fit_column(table: str, column: Column, series: pl.Series) -> pl.Series:
    target = _POLARS[column.kind]
    given = series.dtype
    if given == target:
        _check_values(table, column, series)
        return series
    if given == pl.Null:
        return series.cast(target)
    fits = {
        "text": isinstance(given, pl.Categorical | pl.Enum),
        "int": given.is_integer() or given.is_float(),
        "float": given.is_numeric() and not given.is_decimal(),
        "bool": False,
        "time": isinstance(given, pl.Datetime) and given.time_zone is not None,
        "texts": isinstance(given, pl.List)
        and isinstance(given.inner, pl.String | pl.Null | pl.Categorical | pl.Enum),
    }[column.kind]
    if not fits:
        first = series.drop_nulls().head(1).to_list()
        if not first:
            return series.clear().cast(target, strict=False).extend_constant(None, len(series))
        hint = " (an instant needs a time zone)" if column.kind == "time" else ""
        _refuse(table, column, first[0], f"has type {given}{hint}")
    result = series.cast(target, strict=False)
    if column.kind in ("int", "float"):
        _check_numbers(table, column, series, result)
    _check_values(table, column, result)
    return result


def _check_numbers(table: str, column: Column, given: pl.Series, result: pl.Series) -> None:
    """A number must come through unchanged: no overflow, no lost fraction, no lost digits."""
    bad = given.is_not_null() & result.is_null()
    if given.dtype.is_float() and column.kind == "int":
        bad = bad | (given != result.cast(given.dtype)) | ~given.is_finite()
    if given.dtype.is_integer() and column.kind == "float":
        bad = bad | (result.abs() > _EXACT_FLOAT)
    bad = bad.fill_null(value=False)
    if bad.any():
        _refuse(table, column, given.filter(bad)[0], "cannot be held exactly")


def _check_values(table: str, column: Column, series: pl.Series) -> None:
    if column.kind == "float":
        bad = ~series.is_finite().fill_null(value=True)
        if bad.any():
            _refuse(table, column, series.filter(bad)[0], "is not a finite number")
    elif column.kind == "texts" and series.dtype == _POLARS["texts"]:
        bad = series.list.eval(pl.element().is_null()).list.any().fill_null(value=False)
        if bad.any():
            _refuse(table, column, series.filter(bad)[0].to_list(), "holds a null")


def _refuse(table: str, column: Column, value: object, why: str) -> None:
    meaning = {
        "text": "text",
        "int": "a whole number of 64 bits",
        "float": "a finite number",
        "bool": "true or false",
        "time": "an instant in UTC",
        "texts": "a list of texts",
    }[column.kind]
    shown = repr(value)
    if len(shown) > 80:
        shown = shown[:77] + "..."
    raise SchemaError(
        f"{table}.{column.name}: {shown} {why}; the column holds {meaning}.", field=column.name
    )
