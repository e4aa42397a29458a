"""Which engine searches: the one place that knows them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from influencr.errors import UnknownValue

if TYPE_CHECKING:
    from influencr.index._interface import SearchIndex

__all__ = ["ENGINES", "VARIABLE", "open_index"]

#: The engines that can be chosen; the first is the default.
ENGINES = ("columns", "tantivy")

#: The environment variable that chooses one.
VARIABLE = "INFLUENCR_INDEX_ENGINE"


def open_index(folder: Path, *, environ: Mapping[str, str] = os.environ) -> SearchIndex:
    """The index in a folder, by the engine that INFLUENCR_INDEX_ENGINE names.

    An index that another engine wrote answers with OtherFormat until it is built anew. Raises
    UnknownValue for an engine that there is not.
    """
    name = environ.get(VARIABLE, "").strip().casefold() or ENGINES[0]
    if name not in ENGINES:
        raise UnknownValue(VARIABLE, name, ENGINES)
    if name == "tantivy":
        from influencr.index.tantivy import TantivyIndex

        return TantivyIndex(folder)
    from influencr.index.columns import ColumnIndex

    return ColumnIndex(folder)
