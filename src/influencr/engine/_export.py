"""Creators as a file: CSV, JSONL or Parquet, without those who may not be taken along."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.search import Hit

__all__ = ["Exported", "export"]

_EXPORTS = (".csv", ".jsonl", ".parquet")
#: A spreadsheet runs a cell that begins so; an apostrophe in front keeps it text.
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"


class Exported(NamedTuple):
    """Rows written, and creators left out because their source does not allow taking them along
    or because they left since the index was built."""

    n_rows: int
    n_not_allowed: int
    n_removed: int


def export(
    hits: Iterable[Hit],
    catalogue: Catalogue,
    path: str | os.PathLike[str],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Exported:
    """Write these creators; see `Engine.export`."""
    import polars as pl

    from influencr.pipeline import CREATORS_SCHEMA
    from influencr.records import Policy

    target = Path(path)
    if target.suffix.lower() not in _EXPORTS:
        raise UsageError(
            f"{target.name}: the ending says the format; valid: {', '.join(_EXPORTS)}.",
            field="path",
            valid=list(_EXPORTS),
        )
    rows: list[dict[str, Any]] = []
    n_not_allowed = 0
    for hit in hits:
        if (hit.creator["policy"] or 0) & Policy.EXPORT:
            rows.append({**hit.creator, "score": hit.score, "distance_km": hit.distance_km})
        else:
            n_not_allowed += 1
        if progress is not None:
            progress("export", len(rows) + n_not_allowed, 0)
    schema = {**CREATORS_SCHEMA, "score": pl.Float64, "distance_km": pl.Float64}
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    by_handle = frame["platform"] + ":@" + frame["handle"]
    removed = catalogue.is_removed(frame["profile_id"]) | catalogue.is_removed(by_handle)
    kept = frame.filter(~removed)
    _write(kept, target)
    return Exported(len(kept), n_not_allowed, len(frame) - len(kept))


def _write(frame: Any, target: Path) -> None:
    """Write beside the target and give it its name when it is whole."""
    import polars as pl
    from polars import selectors

    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        ending = target.suffix.lower()
        if ending == ".parquet":
            frame.write_parquet(partial)
        elif ending == ".jsonl":
            frame.with_columns(selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_ndjson(
                partial
            )
        else:
            flat = frame.with_columns(
                selectors.list().cast(pl.List(pl.String)).list.join("; "),
                selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
            flat.with_columns(
                pl.when(pl.col(name).str.contains(_RUN_BY_SPREADSHEETS))
                .then("'" + pl.col(name))
                .otherwise(pl.col(name))
                .alias(name)
                for name, dtype in flat.schema.items()
                if dtype == pl.String
            ).write_csv(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
