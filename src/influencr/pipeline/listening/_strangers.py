"""Strangers whose standing changed: what they did to the known follows them.

Millions of accounts change their standing without ever having touched anybody here, so whoever is
not a known profile is only noted, and now and then it is looked whether a row names them: whoever
was deleted is erased, whoever is hidden gets a profile row that says so (and may not be indexed),
which hides their follows, reactions and replies until they are back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Sorted", "sort_out"]

#: Where an account may stand as an end of a row.
_ENDS = (
    ("profiles", "profile_id"),
    ("posts", "profile_id"),
    ("follows", "follower_id"),
    ("follows", "followed_id"),
    ("engagements", "actor_id"),
)


class Sorted(NamedTuple):
    """deleted: profile ids to be erased; hidden, shown: rows say so from now on."""

    deleted: list[str]
    hidden: list[str]
    shown: list[str]


def sort_out(catalogue: Catalogue, strangers: dict[str, tuple[str, int]]) -> Sorted:
    """Write the standing of those who stand in the catalogue; whom to erase.

    strangers   profile id -> (status, instant in microseconds)
    """
    here = _present(catalogue, strangers)
    deleted = sorted(name for name in here if strangers[name][0] == "deleted")
    others = sorted(name for name in here if strangers[name][0] != "deleted")
    if others:
        policy = Policy.default() & ~Policy.INDEX
        frame = pl.DataFrame(
            {
                "profile_id": others,
                "status": [strangers[name][0] for name in others],
                "fetched_at": [
                    datetime.fromtimestamp(strangers[name][1] / 1_000_000, UTC) for name in others
                ],
            },
            schema_overrides={"fetched_at": pl.Datetime("us", "UTC")},
        ).with_columns(
            platform=pl.lit("bluesky"),
            source=pl.lit("bluesky"),
            fetch_method=pl.lit("stream"),
            licence=pl.lit("open-protocol"),
            policy=pl.lit(int(policy), dtype=pl.Int64()),
        )
        catalogue.append("profiles", frame)
    shown = [name for name in others if strangers[name][0] == "active"]
    return Sorted(deleted, sorted(set(others) - set(shown)), shown)


def _present(catalogue: Catalogue, names: Iterable[str]) -> set[str]:
    wanted = pl.Series("name", list(names), dtype=pl.String)
    found: set[str] = set()
    for table, column in _ENDS:
        rows = (
            catalogue.scan(table)
            .filter(pl.col(column).is_in(wanted.implode()))
            .select(pl.col(column).unique())
            .collect(engine="streaming")
        )
        found.update(rows[column].to_list())
    return found
