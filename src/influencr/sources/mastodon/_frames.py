"""Rows become batches, with the provenance that all of them share.

Everything was published over an open protocol by who may say no to it, and is kept under the
policy that `records.Policy.default` names: contact is never among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from influencr.records import OBSERVED, Policy, key_of
from influencr.sources._frames import batches_of

if TYPE_CHECKING:
    from influencr.sources import Batch

__all__ = ["NAME", "batch"]

#: What stands in the rows' `source` column.
NAME = "mastodon"


def batch(table: str, rows: Sequence[dict[str, Any]]) -> Batch:
    """One batch of rows that hold any columns of the table; of a key, the last row stays."""
    record = OBSERVED[table]
    single = {tuple(row[name] for name in key_of(record)): row for row in rows}
    always = {
        "source": NAME,
        "fetch_method": "api",
        "licence": "open-protocol",
        "policy": int(Policy.default()),
    }
    (made,) = batches_of(record(**{**always, **row}) for row in single.values())
    return made
