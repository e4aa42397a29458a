"""Somebody leaves: nothing about them stays in the memory of unfinished runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from influencr.sources.http import State

__all__ = ["forget"]

#: Table -> the column that may hold somebody's id or handle, whatever else stands in it.
_HOLDING = {
    "collect_calls": "params",
    "collect_rows": "record",
    "collect_found": "did || ' ' || how",
    "collect_accounts": "did",
    "collect_posts": "did || ' ' || uri",
}


def forget(file: Path, names: Sequence[str]) -> int:
    """Delete every entry of the run's tables that names one of these people.

    names     `bluesky:did:...` or `bluesky:@handle`; others are none of ours
    returns   entries deleted; 0 where nothing was ever collected

    A call that asks for several accounts at once goes as a whole: the others are found again.
    """
    ours = [n.removeprefix("bluesky:").lstrip("@") for n in names if n.startswith("bluesky:")]
    if not file.exists() or not ours:
        return 0
    deleted = 0
    with State(file) as state, state.transaction() as connection:
        there = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = {name for (name,) in connection.execute(there)}
        if "collect_rows" in tables:
            ours += _dids_of(connection, ours)
        for table, text in _HOLDING.items():
            if table not in tables:
                continue
            for name in ours:
                question = f"DELETE FROM {table} WHERE instr({text}, ?) > 0"  # noqa: S608
                deleted += connection.execute(question, (name,)).rowcount
    return deleted


def _dids_of(connection: sqlite3.Connection, handles: Sequence[str]) -> list[str]:
    """DIDs that waiting rows give for these handles: the catalogue may not know them yet."""
    found = []
    for handle in handles:
        told = connection.execute(
            "SELECT json_extract(record, '$.profile_id') FROM collect_rows "
            "WHERE kind = 'profiles' AND json_extract(record, '$.handle') = ?",
            (handle.casefold(),),
        )
        found += [str(name).removeprefix("bluesky:") for (name,) in told]
    return found
