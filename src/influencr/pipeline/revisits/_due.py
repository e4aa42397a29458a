"""Who is asked again first, when there are not enough calls for everybody?

In this order, until the calls are spent:

1. expiring   rows that run out within LEAD_DAYS: what is not asked for now has to be dropped; the
              most interesting first, then the earliest end
2. sweep      whoever was not asked for SWEEP_DAYS: the promise that somebody who left a network is
              gone here within about a week [platform duties: re-check every account weekly]; the
              longest ago first
3. value      everybody else by what a look is worth (`_value`), if they were left alone for
              REST_DAYS

Ties go by profile id, so the same frame gives the same answer in any order of its rows.

LEAD_DAYS, REST_DAYS: our own choice (three daily runs may fail before a row is lost; nobody is
asked for twice on one day).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from influencr.errors import UsageError
from influencr.pipeline.revisits._value import value

__all__ = ["KNOWN_SCHEMA", "LEAD_DAYS", "REST_DAYS", "SWEEP_DAYS", "Due", "due"]

SWEEP_DAYS = 7.0
LEAD_DAYS = 3.0
REST_DAYS = 0.8

_TIME = pl.Datetime("us", "UTC")
#: What `due` reads. asked_at is null for somebody who was never asked for by themselves.
KNOWN_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "profile_id": pl.String,
    "asked_at": _TIME,
    "expires_at": _TIME,
    "rate_per_day": pl.Float64,
    "interest": pl.Float64,
}
_REASONS = ("expiring", "sweep", "value")


class Due(NamedTuple):
    """Who to ask again, and whether the calls suffice.

    rows           profile_id, why (expiring, sweep, value), value, asked_at, expires_at; in order
    n_known        accounts in the frame
    n_expiring     accounts whose rows run out within LEAD_DAYS
    n_overdue      accounts not asked for SWEEP_DAYS
    calls_a_week   calls that asking everybody once a week takes
    """

    rows: pl.DataFrame
    n_known: int
    n_expiring: int
    n_overdue: int
    calls_a_week: int


def due(known: pl.DataFrame, *, now: datetime, calls: int | None, per_call: int = 1) -> Due:
    """Whom to ask again now, most urgent first.

    known      KNOWN_SCHEMA, one row per account
    now        instant in UTC
    calls      at most so many calls; None: everybody who is due
    per_call   accounts that one call asks for

    Raises UsageError for a negative number of calls or accounts per call below 1.
    """
    if per_call < 1 or (calls is not None and calls < 0):
        raise UsageError(f"{calls} calls for {per_call} accounts each cannot be meant.")
    day = timedelta(days=1) / timedelta(microseconds=1)
    asked = (pl.lit(now) - pl.col("asked_at")).dt.total_microseconds() / day
    aged = known.select(
        *KNOWN_SCHEMA,
        # Never asked is longest ago.
        age=asked.fill_null(float("inf")),
    )
    rated = aged.with_columns(
        pl.Series(
            "value",
            value(
                aged["interest"].to_numpy(),
                aged["rate_per_day"].to_numpy(),
                np.minimum(aged["age"].to_numpy(), 3_650.0),
            ),
            dtype=pl.Float64,
        ),
        expiring=pl.col("expires_at").is_not_null()
        & (pl.col("expires_at") <= now + timedelta(days=LEAD_DAYS)),
        overdue=pl.col("age") >= SWEEP_DAYS,
    )
    group = (
        pl.when(pl.col("expiring") & (pl.col("age") >= REST_DAYS))
        .then(0)
        .when("overdue")
        .then(1)
        .when(pl.col("age") >= REST_DAYS)
        .then(2)
    )
    ordered = (
        rated.with_columns(group=group)
        .filter(pl.col("group").is_not_null())
        .sort(
            "group",
            pl.when(pl.col("group") == 0).then(-pl.col("interest")),
            pl.when(pl.col("group") == 0).then("expires_at"),
            pl.when(pl.col("group") == 1).then(-pl.col("age")),
            pl.when(pl.col("group") == 2).then(-pl.col("value")),
            "profile_id",
            nulls_last=True,
        )
        .with_columns(
            why=pl.col("group").replace_strict(dict(enumerate(_REASONS)), return_dtype=pl.String)
        )
    )
    if calls is not None:
        ordered = ordered.head(calls * per_call)
    return Due(
        ordered.select("profile_id", "why", "value", "asked_at", "expires_at"),
        len(known),
        int(rated["expiring"].sum()),
        int(rated["overdue"].sum()),
        -(-len(known) // per_call),
    )
