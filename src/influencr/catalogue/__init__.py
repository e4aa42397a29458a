"""What was observed, when, and who has left? Delta Lake tables behind one small door.

Useful for: appending dated observations from many processes without losing or doubling one; the
latest state per key; reading as of an instant; forgetting a person for good. Not useful for:
knowing what a record means, which is the judges' work.

Importing this package is free; polars and deltalake load with the first name taken from it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.catalogue._catalogue import Appended, Catalogue, Snapshot, TableStatistics
    from influencr.catalogue._copying import copy_table, register_of, tables_in, take_over
    from influencr.catalogue._erasure import REASONS, Erased
    from influencr.catalogue._schema import TABLES, TableSchema, empty, fit
    from influencr.catalogue._views import HIDDEN_STATUS

__all__ = [
    "HIDDEN_STATUS",
    "REASONS",
    "TABLES",
    "Appended",
    "Catalogue",
    "Erased",
    "Snapshot",
    "TableSchema",
    "TableStatistics",
    "copy_table",
    "empty",
    "fit",
    "register_of",
    "tables_in",
    "take_over",
]

_HOMES = {
    "Appended": "_catalogue",
    "Catalogue": "_catalogue",
    "Snapshot": "_catalogue",
    "TableStatistics": "_catalogue",
    "copy_table": "_copying",
    "register_of": "_copying",
    "tables_in": "_copying",
    "take_over": "_copying",
    "REASONS": "_erasure",
    "Erased": "_erasure",
    "TABLES": "_schema",
    "TableSchema": "_schema",
    "empty": "_schema",
    "fit": "_schema",
    "HIDDEN_STATUS": "_views",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
