"""Forgetting somebody for good: registry first, then rows, then old files, then old log entries.

The order makes it safe to stop anywhere. Once the registry knows the names (one atomic commit that
also notes "erasure begun"), no import brings the person back and no view shows them. Everything
after that can be repeated: rows that name them are deleted, pointers at them blanked, files of past
versions and of killed writers swept with no retention, and the log of past versions dropped. A
second commit notes "done". Whoever opens the catalogue for writing after an interruption finishes
it from the registry alone, by hashing every name in the tables.

Purging takes the same rows and files, and registers nobody: who comes back is collected anew. Then
nothing here says that it was begun, so whoever purges keeps the names until it returns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from influencr.catalogue._hashing import content_hashes
from influencr.catalogue._names import (
    POINTERS,
    ROLES,
    Role,
    canonical_reference,
    mentioned,
    pack_name,
    post_name,
    without_mentions,
)
from influencr.catalogue._registry import Registry
from influencr.catalogue._schema import CONTENT_HASH
from influencr.catalogue._table import Table
from influencr.catalogue._views import Views
from influencr.errors import UnknownValue, UsageError

__all__ = ["REASONS", "Erased", "erase", "finish", "purge", "purge_names"]

#: Why somebody is removed, as stored in the registry.
REASONS = ("opt_out", "deletion", "takedown", "operator")

#: Whose row it is by id alone. A handle may have been somebody else's before, whose rows stay; rows
#: that know a person by handle only have it as their id.
_BY_ID = {**ROLES, "profiles": ROLES["profiles"][:1]}

#: A frame with a column `name` -> its rows whose name must go.
type _Match = Callable[[pl.LazyFrame], pl.DataFrame]


class Erased(NamedTuple):
    """What an erasure did.

    names        canonical profile names now registered for the references (ids and handles)
    registered   hashes new in the registry, posts and packs of the person included
    rows         table -> rows deleted; an unknown person has 0 everywhere and is blocked all the
                 same
    """

    names: tuple[str, ...]
    registered: int
    rows: dict[str, int]

    @property
    def n_rows(self) -> int:
        """Rows deleted in all tables."""
        return sum(self.rows.values())


def erase(
    tables: Mapping[str, Table],
    registry: Registry,
    views: Views,
    references: Iterable[str],
    reason: str,
) -> Erased:
    """See `Catalogue.erase`."""
    if reason not in REASONS:
        raise UnknownValue("reason", reason, REASONS)
    asked = sorted({canonical_reference(reference) for reference in references})
    if not asked:
        raise UsageError("Nobody to erase; give at least one reference such as tiktok:@ana.")
    with _all_held(tables):
        registry.refresh()
        if registry.pending:
            _complete(tables, registry)
        names = _names_of(views, asked)
        works = _works_of(tables, names)
        registered = registry.begin([*names, *works], reason)
        rows = _purge(tables, _among(names + works))
        _tidy(tables)
        registry.finish()
    return Erased(tuple(names), registered, rows)


def purge_names(tables: Mapping[str, Table], views: Views, profile_ids: Iterable[str]) -> list[str]:
    """See `Catalogue.purge_names`."""
    names = _names_of(views, sorted({canonical_reference(one) for one in profile_ids}))
    return [*names, *_works_of(tables, names)]


def purge(
    tables: Mapping[str, Table], registry: Registry, views: Views, names: Iterable[str]
) -> dict[str, int]:
    """See `Catalogue.purge`."""
    leaving = set(names)
    with _all_held(tables):
        if registry.refresh().pending:
            _complete(tables, registry)
        # Repeated after a kill: a handle may be somebody else's by now.
        owners = views.identities(None).filter(pl.col("reference").is_in(sorted(leaving))).collect()
        taken = owners.filter(~pl.col("profile_id").str.to_lowercase().is_in(sorted(leaving)))
        rows = _purge(tables, _among(sorted(leaving - set(taken["reference"]))), _BY_ID)
        _tidy(tables)
    return rows


def finish(tables: Mapping[str, Table], registry: Registry) -> bool:
    """Complete an interrupted erasure; False when there was none."""
    if not registry.refresh().pending:
        return False
    with _all_held(tables):
        if not registry.refresh().pending:
            return False  # another process was faster
        _complete(tables, registry)
    return True


def _complete(tables: Mapping[str, Table], registry: Registry) -> None:
    purge_removed(tables, registry)
    _tidy(tables)
    registry.finish()


def purge_removed(tables: Mapping[str, Table], registry: Registry) -> dict[str, int]:
    """Delete every row of everybody in the registry; returns rows per table."""

    def match(rows: pl.LazyFrame) -> pl.DataFrame:
        found = rows.collect(engine="streaming")
        return found.filter(registry.removed(found["name"]))

    return _purge(tables, match)


def _all_held(tables: Mapping[str, Table]) -> contextlib.ExitStack:
    """Every table's lock, always in the same order, so that two erasures cannot wait for each
    other."""
    stack = contextlib.ExitStack()
    try:
        for name in sorted(tables):
            stack.enter_context(tables[name].held())
    except BaseException:
        stack.close()
        raise
    return stack


def _names_of(views: Views, asked: list[str]) -> list[str]:
    """The asked names, the native ids behind them, and every handle of those ids."""
    known = (
        views.identities(None)
        .with_columns(native=pl.col("profile_id").str.to_lowercase())
        .select("reference", "native")
    )
    natives = known.filter(pl.col("reference").is_in(asked)).select("native").collect()
    ids = sorted({*asked, *natives["native"]})
    handles = known.filter(pl.col("native").is_in(ids)).select("reference").collect()
    return sorted({*ids, *handles["reference"]})


def _works_of(tables: Mapping[str, Table], names: list[str]) -> list[str]:
    """Names of the posts they wrote and of the packs they own."""
    posts = _distinct(tables["posts"], "post_id", "profile_id", names)
    packs = _distinct(tables["packs"], "pack_id", "owner_id", names)
    return [*map(post_name, posts), *map(pack_name, packs)]


def _distinct(table: Table, column: str, owner: str, names: list[str]) -> list[str]:
    rows = table.scan(table.open())
    found = rows.filter(pl.col(owner).str.to_lowercase().is_in(names)).select(column).unique()
    return sorted(found.collect(engine="streaming")[column].drop_nulls())


def _among(names: list[str]) -> _Match:
    def match(rows: pl.LazyFrame) -> pl.DataFrame:
        return rows.filter(pl.col("name").is_in(names)).collect(engine="streaming")

    return match


def _purge(
    tables: Mapping[str, Table],
    match: _Match,
    belongs: Mapping[str, tuple[Role, ...]] = ROLES,
) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name, roles in belongs.items():
        table = tables[name]
        rows[name] = 0
        for role in roles:
            stored = table.scan(table.open()).select(*role.columns, role.name.alias("name"))
            gone = match(stored.filter(pl.col("name").is_not_null()).unique())
            rows[name] += table.delete(gone.select(role.columns).unique())
        _blank(table, match)
    return rows


def _blank(table: Table, match: _Match) -> None:
    """Blank the pointers at removed people in rows that stay, and renew their fingerprints."""
    name = table.schema.name
    for column, roles in POINTERS.get(name, {}).items():
        for role in roles:
            stored = table.scan(table.open()).filter(pl.col(column).is_not_null())
            named = stored.select(pl.col(column), role.name.alias("name"))
            gone = match(named.filter(pl.col("name").is_not_null()).unique())[column].unique()
            if gone.is_empty():
                continue
            rows = stored.filter(pl.col(column).is_in(gone.implode())).collect(engine="streaming")
            blank = rows.with_columns(pl.lit(None, dtype=pl.String).alias(column))
            _amend(table, rows, blank, column)
    if name == "posts":
        _blank_mentions(table, match)


def _blank_mentions(posts: Table, match: _Match) -> None:
    stored = posts.scan(posts.open())
    named = mentioned(stored.select("profile_id", "mentions")).filter(pl.col("name").is_not_null())
    gone = match(named.unique())
    if gone.is_empty():
        return
    spellings, names = gone["mention"].unique().implode(), gone["name"].unique().implode()
    rows = stored.filter(
        pl.col("mentions").list.eval(pl.element().is_in(spellings)).list.any()
    ).collect(engine="streaming")
    # The same spelling may name somebody else on another platform: only their names go.
    kept = without_mentions(rows, lambda found: found.is_in(names).fill_null(value=False))
    _amend(posts, rows, kept, "mentions")


def _amend(table: Table, old: pl.DataFrame, new: pl.DataFrame, column: str) -> None:
    fresh = pl.Series(content_hashes(table.schema, new))
    table.amend(
        old.select("fetched_at", CONTENT_HASH).with_columns(
            new[column].alias("new_value"), fresh.alias("new_hash")
        ),
        on=["fetched_at", CONTENT_HASH],
        values={column: "new_value", CONTENT_HASH: "new_hash"},
    )


def _tidy(tables: Mapping[str, Table]) -> None:
    for table in tables.values():
        table.sweep(timedelta(0))
        table.forget_log()
