"""Rows in the making: one dict per row, frames per table when they are asked for.

All rows of a batch share provenance; instants are microseconds until the frame is made. A natural
key stands at most once with one instant: rows of a profile that do are merged, of the others the
later one is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencr.records import Policy
from influencr.sources import Batch

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Rows"]

#: Table -> column -> kind: t text, i instant, b bool, l list of texts.
_COLUMNS = {
    "profiles": {
        "profile_id": "t",
        "platform": "t",
        "handle": "t",
        "display_name": "t",
        "bio_text": "t",
        "links": "l",
        "has_avatar": "b",
        "has_banner": "b",
        "is_bot": "b",
        "status": "t",
        "no_signed_out": "b",
        "no_recommend": "b",
    },
    "posts": {
        "post_id": "t",
        "profile_id": "t",
        "created_at": "i",
        "kind": "t",
        "text": "t",
        "language": "t",
        "hashtags": "l",
        "mentions": "l",
        "links": "l",
        "reply_to": "t",
        "deleted_at": "i",
    },
    "follows": {
        "follower_id": "t",
        "followed_id": "t",
        "followed_at": "i",
        "via_id": "t",
        "deleted_at": "i",
    },
    "engagements": {"actor_id": "t", "post_id": "t", "kind": "t", "at": "i", "deleted_at": "i"},
    "packs": {
        "pack_id": "t",
        "member_id": "t",
        "name": "t",
        "description": "t",
        "owner_id": "t",
        "added_at": "i",
        "removed_at": "i",
    },
}
_KEYS = {
    "profiles": ("profile_id",),
    "posts": ("post_id",),
    "follows": ("follower_id", "followed_id"),
    "engagements": ("actor_id", "post_id", "kind", "at"),
    "packs": ("pack_id", "member_id"),
}


class Rows:
    """Rows of a batch, per table; `fetched_us` is the instant of each."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {t: {} for t in _COLUMNS}

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def add(self, table: str, fetched_us: int, row: dict[str, Any]) -> None:
        """One row; columns that it does not name are null."""
        key = (fetched_us, *(row[name] for name in _KEYS[table]))
        before = self._rows[table].get(key)
        if before is not None and table == "profiles":
            row = before | row
        self._rows[table][key] = row

    def batches(self) -> list[Batch]:
        """What was added, as frames of the tables that have rows, in import order."""
        return [
            Batch(table, self._frame(table, rows)) for table, rows in self._rows.items() if rows
        ]

    def _frame(self, table: str, rows: dict[tuple[Any, ...], dict[str, Any]]) -> pl.DataFrame:
        import polars as pl

        kinds = {
            "t": pl.String(),
            "i": pl.Int64(),
            "b": pl.Boolean(),
            "l": pl.List(pl.String()),
        }
        columns = _COLUMNS[table]
        frame = pl.DataFrame(
            {name: [row.get(name) for row in rows.values()] for name in columns},
            schema={name: kinds[kind] for name, kind in columns.items()},
        )
        instants = [name for name, kind in columns.items() if kind == "i"]
        at = pl.Datetime("us", "UTC")
        return frame.with_columns(
            *(pl.col(name).cast(at) for name in instants),
            pl.Series("fetched_at", [key[0] for key in rows], dtype=pl.Int64()).cast(at),
            source=pl.lit("bluesky"),
            fetch_method=pl.lit("stream"),
            licence=pl.lit("open-protocol"),
            policy=pl.lit(int(Policy.default()), dtype=pl.Int64()),
        )
