"""The operator's file of who is known elsewhere, kept in the home without those who left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr.influence import labels
from influencr.pipeline._durable import locked, publish
from influencr.pipeline.influence._store import NOTABILITY_FILE

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["forget_notability", "keep_notability"]


def keep_notability(judged: Path, catalogue: Catalogue, file: Path) -> None:
    """Read the operator's file and keep it in place of the one before.

    judged   folder of the judged files

    Raises UnreadableInput when it cannot be read, Busy while another process refreshes.
    """
    rows = labels.read_notability(file)
    with locked(judged, "refresh"):
        _write(judged, _without_removed(rows, catalogue))


def forget_notability(judged: Path, catalogue: Catalogue) -> None:
    """Take out whom the registry of removals names; the file names people, listed or not."""
    file = judged / NOTABILITY_FILE
    if not file.exists():
        return
    rows = pl.read_parquet(file)
    kept = _without_removed(rows, catalogue)
    if len(kept) < len(rows):
        _write(judged, kept)


def _without_removed(rows: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    return rows.filter(~catalogue.is_removed(rows["platform"] + ":@" + rows["handle"]))


def _write(judged: Path, rows: pl.DataFrame) -> None:
    partial = judged / f".{NOTABILITY_FILE}.partial"
    rows.write_parquet(partial)
    publish(partial, judged / NOTABILITY_FILE)
