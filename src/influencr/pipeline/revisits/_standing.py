"""How do the sources stand? What each knows, spent, waits for and failed at, without a call.

Everything is read from the state files in `home/sources` and from the catalogue. Runs leave word
there under `last_run` and `last_error`; where listening stands is asked of the stream's own memory.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from influencr import sources
from influencr.pipeline.revisits._due import LEAD_DAYS
from influencr.sources import Allowance
from influencr.sources.bluesky.stream import position
from influencr.sources.http import State

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.home import Home

__all__ = ["Standing", "standings"]


#: The network with a stream that is listened to.
_LISTENED = "bluesky"


class Standing(NamedTuple):
    """One source.

    accounts        profiles that it brought and that are still kept
    asked_at        when it last stored anything
    expiring        rows (of all tables) that run out within LEAD_DAYS
    next_expiry     when the first of its rows runs out
    cursors         server -> where its stream stands, as the server counts; empty: nobody listened
    lag_seconds     how old the newest event is that was stored; None: nobody listened
    gaps            stretches of time that no server had any more
    last_run        {at, command, calls, finished}; None: it never ran
    last_error      {at, says}; None, or older than a run that went well: nothing is wrong
    allowances      counters of the service
    spent_today     host (and bucket) -> units counted today, UTC or the service's own day
    resting         host -> until when it asked to be left alone
    """

    source: str
    accounts: int
    asked_at: datetime | None
    expiring: int
    next_expiry: datetime | None
    cursors: dict[str, int]
    lag_seconds: float | None
    gaps: int
    last_run: dict[str, Any] | None
    last_error: dict[str, Any] | None
    allowances: tuple[Allowance, ...]
    spent_today: dict[str, int]
    resting: dict[str, datetime]


def standings(home: Home, catalogue: Catalogue, *, now: datetime | None = None) -> list[Standing]:
    """Every source that can be asked over a network and has rows or a state file, by name."""
    instant = now if now is not None else datetime.now(UTC)
    rows = _rows(catalogue, instant)
    found = []
    for name in sorted(sources.installed()):
        kind = sources.load(name)
        file = home.sources / f"{name}.sqlite"
        if not hasattr(kind, "open") or not (file.exists() or name in rows):
            continue
        kept = rows.get(name, {})
        told = _told(file, instant) if file.exists() else _Told(None, None, {}, {})
        allowances = getattr(kind, "allowances", None)
        stream = position(file) if name == _LISTENED else None
        lag = None
        if stream is not None and stream.at_us:
            lag = max(0.0, instant.timestamp() - stream.at_us / 1e6)
        error = told.last_error
        if stream is not None and stream.problem is not None:
            error = {"at": stream.written_us / 1e6, "says": stream.problem}
        found.append(
            Standing(
                name,
                kept.get("accounts", 0),
                kept.get("asked_at"),
                kept.get("expiring", 0),
                kept.get("next_expiry"),
                dict(stream.cursors) if stream is not None else {},
                lag,
                len(stream.gaps) if stream is not None else 0,
                _dated(told.last_run),
                _dated(error),
                allowances(home) if allowances is not None else (),
                told.spent,
                told.resting,
            )
        )
    return found


def _rows(catalogue: Catalogue, now: datetime) -> dict[str, dict[str, Any]]:
    """Source -> what the catalogue holds of it."""
    ends = pl.col("expires_at")
    made: dict[str, dict[str, Any]] = {}
    for table in ("profiles", "posts", "packs", "follows", "engagements"):
        alive = ends.is_null() | (ends > now)
        counted = (
            catalogue.scan(table)
            .filter(alive)
            .group_by("source")
            .agg(
                pl.col("fetched_at").max().alias("asked_at"),
                (ends <= now + timedelta(days=LEAD_DAYS)).sum().alias("expiring"),
                ends.min().alias("next_expiry"),
                (pl.col("profile_id").n_unique() if table == "profiles" else pl.lit(0)).alias(
                    "accounts"
                ),
            )
            .collect(engine="streaming")
        )
        for row in counted.to_dicts():
            mine = made.setdefault(
                row["source"], {"accounts": 0, "expiring": 0, "asked_at": None, "next_expiry": None}
            )
            mine["accounts"] += row["accounts"]
            mine["expiring"] += row["expiring"] or 0
            mine["asked_at"] = max(filter(None, (mine["asked_at"], row["asked_at"])), default=None)
            mine["next_expiry"] = min(
                filter(None, (mine["next_expiry"], row["next_expiry"])), default=None
            )
    return made


class _Told(NamedTuple):
    last_run: dict[str, Any] | None
    last_error: dict[str, Any] | None
    spent: dict[str, int]
    resting: dict[str, datetime]


def _told(file: Any, now: datetime) -> _Told:
    with State(file) as state:
        run, error = state.get("last_run"), state.get("last_error")
        with state.transaction() as connection:
            spent = connection.execute("SELECT host, day, units FROM spent").fetchall()
            pauses = connection.execute(
                "SELECT host, paused_until FROM pace WHERE paused_until > ?", (now.timestamp(),)
            ).fetchall()
        # A service's day may be yesterday's in UTC: the newest day of each counter is meant, if it
        # is not older than that.
        newest: dict[str, tuple[str, int]] = {}
        for host, day, units in spent:
            if day >= (now - timedelta(days=1)).date().isoformat():
                newest[host] = max(newest.get(host, ("", 0)), (day, units))
        return _Told(
            run,
            error,
            {host: units for host, (_, units) in sorted(newest.items())},
            {host: datetime.fromtimestamp(until, UTC) for host, until in sorted(pauses)},
        )


def _dated(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same with `at` as an instant."""
    if told is None or not isinstance(told.get("at"), int | float):
        return told
    return {**told, "at": datetime.fromtimestamp(told["at"], UTC)}
