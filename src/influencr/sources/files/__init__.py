"""What does a file hold, and what do its rows say in our words? CSV, TSV, JSON, Parquet.

    plan = inspect("creators.csv.gz")          # format, encoding, kind, network, mapping, notes
    print(plan)
    source = FileSource(plan, licence="user-import", quarantine=home.quarantine)
    for table, frame in source.batches(): ...
    source.report                              # read = kept + quarantined + duplicates + left out

Everything is told by content: compression by magic bytes, encoding and delimiter by a sample, the
meaning of columns by their names (docs/guides/import.md). A row that cannot be taken goes to the
quarantine file with its line number and the reason; nothing is dropped silently.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.sources.files._mapping import KINDS, load_mapping, targets_of
    from influencr.sources.files._named import NamedFields, named_fields
    from influencr.sources.files._plan import FilePlan, inspect
    from influencr.sources.files._quarantine import purge_quarantine
    from influencr.sources.files._source import FileReport, FileSource

__all__ = [
    "KINDS",
    "FilePlan",
    "FileReport",
    "FileSource",
    "NamedFields",
    "inspect",
    "load_mapping",
    "named_fields",
    "purge_quarantine",
    "targets_of",
]

_HOMES = {
    "KINDS": "_mapping",
    "FilePlan": "_plan",
    "FileReport": "_source",
    "FileSource": "_source",
    "NamedFields": "_named",
    "inspect": "_plan",
    "load_mapping": "_mapping",
    "named_fields": "_named",
    "purge_quarantine": "_quarantine",
    "targets_of": "_mapping",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that naming this package costs nothing.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
