"""What is known of everybody whom one source brought, as far as it decides when to ask again.

Interest is counted in one creator who can be found: LISTED for each of those, SEEN more for one
whom a saved search has shown to somebody, UNLISTED for everybody else (followers, people behind a
gate). Our own choice; only the proportions matter, and the weekly sweep reaches everybody anyway.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from influencr.kept import Kept, kept_key
from influencr.pipeline._judge import CREATORS_FILE
from influencr.pipeline.revisits._due import KNOWN_SCHEMA, Due, due
from influencr.pipeline.revisits._value import change_rate
from influencr.records import native_of
from influencr.sources.http import State

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.home import Home

__all__ = ["AGAIN", "LISTED", "SEEN", "UNLISTED", "Again", "again", "known_of"]

#: Under this name a source's state file holds who was asked for again, changed or not.
AGAIN = "again"
LISTED, SEEN, UNLISTED = 1.0, 4.0, 0.1

#: What counts as a change: what a page or a gate shows of a profile.
_SHOWN = ("handle", "display_name", "bio_text", "followers", "posts_count", "status")


class Again(NamedTuple):
    """Whom to ask for again, for `Wanted.again`, and the account of it.

    native_ids   most urgent first
    """

    native_ids: tuple[str, ...]
    due: Due


def again(
    home: Home,
    catalogue: Catalogue,
    source: str,
    *,
    calls: int | None,
    per_call: int = 1,
    now: datetime | None = None,
) -> Again:
    """Whom `source` should be asked for again within `calls` calls; see `due`."""
    instant = now if now is not None else datetime.now(UTC)
    found = due(known_of(home, catalogue, source), now=instant, calls=calls, per_call=per_call)
    ids = (native_of(name) for name in found.rows["profile_id"])
    return Again(tuple(native for native in ids if native is not None), found)


def known_of(home: Home, catalogue: Catalogue, source: str) -> pl.DataFrame:
    """KNOWN_SCHEMA, one row per account that this source brought and that has a native id.

    Rows that ran out and accounts that the network deleted are not in it.
    """
    alive = pl.col("expires_at").is_null() | (pl.col("expires_at") > datetime.now(UTC))
    newest = pl.col("fetched_at")
    seen = (
        catalogue.scan("profiles")
        .filter(
            alive,
            pl.col("source") == source,
            ~pl.col("profile_id").str.contains(":@", literal=True),
        )
        .group_by("profile_id")
        .agg(
            newest.max().alias("asked_at"),
            newest.min().alias("_first"),
            pl.col("expires_at").max_by(newest),
            pl.col("status").max_by(pl.when(pl.col("status").is_not_null()).then(newest)),
            pl.struct(_SHOWN).hash(seed=0).n_unique().alias("_states"),
        )
        .filter(pl.col("status").ne_missing("deleted"))
        .collect(engine="streaming")
    )
    marked = _asked_again(home, source)
    listed = _listed(home)
    shown = _shown(home)
    name = pl.col("profile_id")
    known = seen.join(marked, on="profile_id", how="left").with_columns(
        pl.max_horizontal("asked_at", "_marked").alias("asked_at")
    )
    days = (pl.col("asked_at") - pl.col("_first")).dt.total_seconds() / 86_400
    spans = known.select(days.alias("days"), (pl.col("_states") - 1).alias("changes"))
    return known.with_columns(
        pl.Series(
            "rate_per_day",
            change_rate(spans["changes"].to_numpy(), spans["days"].to_numpy()),
            dtype=pl.Float64,
        ),
        pl.when(name.is_in(listed.implode()))
        .then(pl.when(name.is_in(shown.implode())).then(LISTED + SEEN).otherwise(LISTED))
        .otherwise(UNLISTED)
        .alias("interest"),
    ).select(pl.col(column).cast(dtype) for column, dtype in KNOWN_SCHEMA.items())


def _asked_again(home: Home, source: str) -> pl.DataFrame:
    """profile_id, _marked: the catalogue does not store that somebody had not changed."""
    file = home.sources / f"{source}.sqlite"
    marked: dict[str, float] = {}
    if file.exists():
        with State(file) as state:
            marked = state.done_at(AGAIN)
    seconds = pl.Series("_marked", list(marked.values()), dtype=pl.Float64)
    return pl.DataFrame(
        {
            "profile_id": pl.Series([f"{source}:{native}" for native in marked], dtype=pl.String),
            "_marked": (seconds * 1_000_000)
            .cast(pl.Int64)
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone("UTC"),
        }
    )


def _listed(home: Home) -> pl.Series:
    file = home.judged / CREATORS_FILE
    if not file.exists():
        return pl.Series("profile_id", [], dtype=pl.String)
    return pl.scan_parquet(file).select("profile_id").collect()["profile_id"]


def _shown(home: Home) -> pl.Series:
    kept = Kept(home.path)
    ids = {name for search in kept.searches() for name in kept.seen(kept_key(search.name))}
    return pl.Series("profile_id", sorted(ids), dtype=pl.String)
