"""Everything that names one person, as it is stored: what somebody may ask to see.

The same names by which an erasure finds people (`_names`), so that nothing is erased that could
not be shown, and nothing shown that would stay.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from influencr.catalogue import _erasure
from influencr.catalogue._names import ROLES, canonical_reference
from influencr.catalogue._schema import CONTENT_HASH
from influencr.catalogue._table import Table
from influencr.catalogue._views import Views

__all__ = ["about"]


def about(tables: Mapping[str, Table], views: Views, reference: str) -> dict[str, pl.DataFrame]:
    """See `Catalogue.about`."""
    names = _erasure.purge_names(tables, views, [canonical_reference(reference)])
    found: dict[str, pl.DataFrame] = {}
    for name, roles in ROLES.items():
        table = tables[name]
        rows = table.scan(table.open())
        named = pl.any_horizontal(role.name.is_in(names).fill_null(value=False) for role in roles)
        stored = rows.filter(named).collect(engine="streaming")
        found[name] = stored.drop(CONTENT_HASH).sort("fetched_at")
    return found
