"""The curve of followers, what it gained over months, and its jumps.

Two kinds of evidence, never mixed for one number:

follows   when those who follow today began to. Whoever left is in no list, so the curve of the past
          is a lower bound, and a gain read from it is the most that it can have been: followers
          won, those lost in between not taken off. Where only part of the followers is dated, gains
          are scaled up to all (`growth_seen_share` says how many were); below MIN_SEEN nothing is
          stated
counts    what the platform showed at different times: net changes, losses included. A change over h
          days needs a count at most TOLERANCE h away from either end, or two that enclose it and
          lie no farther apart than h; in between is read a straight line of logarithms

Counts win where they reach, because they know of losses. Changes are of months of 365.25 / 12 days.
TOLERANCE, MIN_SEEN and the horizons are our own choice, fixed by tests/unit/influence/growth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import SchemaError, UsageError
from influencr.influence._counted import counted
from influencr.influence.growth._curve import MIN_FOLLOWS, curve_of_counts, curve_of_follows
from influencr.influence.growth._days import DAY, Days, days_of
from influencr.influence.growth._jumps import (
    JUMPS_SCHEMA,
    MAX_JUMPS,
    jumps_of_counts,
    jumps_of_follows,
)
from influencr.records import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["FACTS_SCHEMA", "HORIZONS", "MAX_POINTS", "MIN_SEEN", "Growth", "measure"]

#: Months -> days.
HORIZONS: Final[Mapping[int, int]] = {1: 30, 3: 91, 6: 183, 12: 365}
#: Points of a curve, marks included.
MAX_POINTS = 120
#: Share of the followers that has to be dated.
MIN_SEEN = 0.5
#: How far from where it should be a count may lie, as a share of the horizon.
TOLERANCE = 0.15

FACTS_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    **{
        f"growth_{months}m{suffix}": kind
        for months in HORIZONS
        for suffix, kind in (
            ("", pl.Int64()),
            ("_relative", pl.Float64()),
            ("_basis", pl.String()),
            ("_reason", pl.String()),
        )
    },
    "growth_n": pl.Int64(),
    "growth_seen_share": pl.Float64(),
    "growth_jumps": pl.Int64(),
    # The curve: s UTC, followers; its kind of evidence.
    "growth_at": pl.List(pl.Int64()),
    "growth_followers": pl.List(pl.Int64()),
    "growth_basis": pl.String(),
    "growth_reason": pl.String(),
}


class Growth(NamedTuple):
    """facts   FACTS_SCHEMA, one row per creator asked about, in their order
    jumps   JUMPS_SCHEMA, by creator and time
    """

    facts: pl.DataFrame
    jumps: pl.DataFrame


def measure(
    creators: pl.DataFrame,
    *,
    follows: pl.DataFrame | pl.LazyFrame | None = None,
    snapshots: pl.DataFrame | pl.LazyFrame | None = None,
    as_of: int,
    n_points: int = 80,
) -> Growth:
    """Growth of these creators up to `as_of` (s UTC).

    creators    `profile_id, creator` (u64), `followers, audience_hidden, policy,
                account_created_at` (datetime, null unknown)
    follows     one row per follow that stands: `creator`, `at` (s UTC, -1 unknown)
    snapshots   one row per dated count: `creator`, `at` (s UTC), `followers`
    n_points    of a curve without marks; at most MAX_POINTS - 2 x MAX_JUMPS, so that with marks
                none has more than MAX_POINTS

    Raises SchemaError when a column is missing, UsageError for an impossible `n_points`.
    """
    most = MAX_POINTS - 2 * MAX_JUMPS
    if not 3 <= n_points <= most:
        raise UsageError(f"A curve takes 3 to {most} points; {n_points} were asked for.")
    who = _who(creators, as_of)
    keys = who.unique("creator", keep="first", maintain_order=True).filter("open")
    keys = keys.select("creator", "followers").with_row_index("row").cast({"row": pl.Int64})
    rows = keys.select("creator", "row")
    names, jumps = keys["creator"], []
    told = keys
    curves = []
    if follows is not None:
        _require(follows, ("creator", "at"), "follows")
        days = days_of(follows.lazy(), rows, as_of=as_of)
        if len(days.row):
            found = jumps_of_follows(days, names, as_of=as_of)
            jumps.append(found)
            told = told.join(_gains(days, len(rows), as_of), on="row", how="left")
            curves.append(curve_of_follows(days, found, rows, as_of, n_points))
    counts = None
    if snapshots is not None:
        _require(snapshots, ("creator", "at", "followers"), "snapshots")
        counts = _counts(snapshots.lazy(), rows, as_of)
        jumps.append(jumps_of_counts(_steps(counts), names))
        told = told.join(_changes(counts, len(rows), as_of), on="row", how="left")
        curves.append(curve_of_counts(counts, n_points))
    marks = pl.concat([pl.DataFrame(schema=JUMPS_SCHEMA), *jumps]).sort(
        "creator", "from_at", "basis"
    )
    told = _with_all(told, curves)
    told = told.join(marks.group_by("creator").agg(n_jumps=pl.len()), on="creator", how="left")
    return Growth(_stated(who, told), marks)


def _require(frame: pl.DataFrame | pl.LazyFrame, names: tuple[str, ...], what: str) -> None:
    known = frame.collect_schema().names()
    for name in names:
        if name not in known:
            raise SchemaError(f"Growth needs the column {name!r} of {what}.", field=name)


def _who(creators: pl.DataFrame, as_of: int) -> pl.DataFrame:
    _require(
        creators,
        (
            *("profile_id", "creator", "followers", "audience_hidden", "policy"),
            "account_created_at",
        ),
        "creators",
    )
    return creators.select(
        "profile_id",
        pl.col("creator").cast(pl.UInt64),
        pl.col("followers").cast(pl.Int64),
        scored=pl.col("policy").fill_null(0) & int(Policy.SCORE) != 0,
        hidden=pl.col("audience_hidden").fill_null(False),
        age_days=(as_of - pl.col("account_created_at").dt.epoch("s")) / DAY,
    ).with_columns(open=pl.col("scored") & ~pl.col("hidden"))


def _gains(days: Days, n: int, as_of: int) -> pl.DataFrame:
    """Per row: dated follows, and those of each horizon."""
    row, today = np.arange(n), np.full(n, as_of // DAY)
    total = days.until(row, today)
    columns = {f"won_{m}": total - days.until(row, today - h) for m, h in HORIZONS.items()}
    return pl.DataFrame({"row": row, "n_dated": total, **columns})


def _counts(snapshots: pl.LazyFrame, rows: pl.DataFrame, as_of: int) -> pl.DataFrame:
    """row, at, count: the last of each day, by row and time."""
    return (
        snapshots.filter(pl.col("followers") >= 0, pl.col("at") <= as_of)
        .select("creator", "at", count=pl.col("followers").cast(pl.Int64))
        .join(rows.lazy(), on="creator")
        .sort("row", "at", "count")
        .with_columns(day=pl.col("at") // DAY)
        .unique(["row", "day"], keep="last", maintain_order=True)
        .select("row", pl.col("at").cast(pl.Int64), "count")
        .collect()
    )


def _steps(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.select(
        "row",
        from_at=pl.col("at").shift(1).over("row"),
        to_at="at",
        before=pl.col("count").shift(1).over("row"),
        after="count",
    ).filter(pl.col("before") > 0, pl.col("after") > 0, pl.col("to_at") - pl.col("from_at") >= DAY)


def _changes(counts: pl.DataFrame, n: int, as_of: int) -> pl.DataFrame:
    """Per row: counts known, and the count at either end of each horizon, NaN unknown."""
    row, at = counts["row"].to_numpy(), counts["at"].to_numpy()
    value = counts["count"].to_numpy().astype(np.float64)
    known = np.bincount(row, minlength=n)
    columns: dict[str, Ints | Floats] = {"row": np.arange(n), "n_counts": known}
    for months, horizon in HORIZONS.items():
        for end, name in ((as_of, "now"), (as_of - horizon * DAY, "then")):
            columns[f"{name}_{months}"] = _count_at(row, at, value, n, end, horizon)
    return pl.DataFrame(columns)


def _count_at(row: Ints, at: Ints, value: Floats, n: int, end: int, horizon: int) -> Floats:
    first, stop = (np.searchsorted(row, np.arange(n), side=side) for side in ("left", "right"))
    # How many counts of each creator are not after `end`.
    early = np.bincount(row[at <= end], minlength=n)
    left, right = first + early - 1, first + early
    has_left, has_right = early > 0, right < stop
    last = max(len(at) - 1, 0)
    if not len(at):
        return np.full(n, np.nan)
    before, after = np.clip(left, 0, last), np.clip(right, 0, last)
    far_left = np.where(has_left, end - at[before], np.inf)
    far_right = np.where(has_right, at[after] - end, np.inf)
    both = has_left & has_right & (far_left + far_right <= horizon * DAY)
    near = np.minimum(far_left, far_right) <= TOLERANCE * horizon * DAY
    share = np.where(both, far_left, 0.0) / np.where(both, np.maximum(far_left + far_right, 1), 1.0)
    low, high = np.log(value[before] + 0.5), np.log(value[after] + 0.5)
    line = np.exp(low + share * (high - low)) - 0.5
    nearest = np.where(far_left <= far_right, value[before], value[after])
    return np.where(both, line, np.where(near, nearest, np.nan))


def _with_all(told: pl.DataFrame, curves: list[pl.DataFrame]) -> pl.DataFrame:
    """With every column that the statements read, and the curve: the one that reaches back most."""
    numbers = [f"{name}_{m}" for m in HORIZONS for name in ("won", "now", "then")]
    for name in ("n_dated", "n_counts", *numbers):
        if name not in told.columns:
            told = told.with_columns(pl.lit(None, dtype=pl.Float64).alias(name))
    empty = pl.DataFrame(
        schema={
            "row": pl.Int64,
            "growth_at": pl.List(pl.Int64),
            "growth_followers": pl.List(pl.Int64),
            "growth_basis": pl.String,
        }
    )
    lists = [
        part.group_by("row", maintain_order=True).agg(
            growth_at=pl.col("at").cast(pl.Int64),
            growth_followers=pl.col("followers").cast(pl.Int64),
            growth_basis=pl.col("basis").first(),
        )
        for part in curves
    ]
    chosen = (
        pl.concat([empty, *lists])
        .sort("row", pl.col("growth_at").list.first(), "growth_basis")
        .unique("row", keep="first", maintain_order=True)
    )
    return told.join(chosen, on="row", how="left")


def _stated(who: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    whole = who.join(told.drop("followers"), on="creator", how="left", maintain_order="left")
    dated, counts = (pl.col(n).cast(pl.Int64).fill_null(0) for n in ("n_dated", "n_counts"))
    # More follows than the platform counts (it counts late, or hides some) are all of them.
    share = pl.when(pl.col("followers") > 0).then((dated / pl.col("followers")).clip(0, 1))
    whole = whole.with_columns(
        share=pl.when(dated > 0).then(share),
        dated=dated,
        counts=counts,
        usable=(dated >= MIN_FOLLOWS) & (share.fill_null(1.0) >= MIN_SEEN),
    )
    columns = [
        expression
        for months, horizon in HORIZONS.items()
        for expression in _change(months, horizon)
    ]
    return whole.with_columns(
        *columns,
        growth_n=pl.when(pl.col("growth_basis") == "counts").then("counts").otherwise("dated"),
        growth_seen_share="share",
        growth_jumps=pl.when(pl.col("growth_basis").is_not_null()).then(
            pl.col("n_jumps").fill_null(0)
        ),
        growth_reason=_why_no_curve(),
    ).select(pl.col(name).cast(kind) for name, kind in FACTS_SCHEMA.items())


def _change(months: int, horizon: int) -> list[pl.Expr]:
    now, then = pl.col(f"now_{months}"), pl.col(f"then_{months}")
    counted = now.is_finite() & then.is_finite()
    counted = counted.fill_null(False)
    dated = ~counted & pl.col("usable").fill_null(False)
    scale = 1.0 / pl.col("share").fill_null(1.0)
    won = pl.col(f"won_{months}") * scale
    before = (pl.col("dated") - pl.col(f"won_{months}")) * scale
    young = (pl.col("age_days") < horizon).fill_null(False) | (before <= 0)
    name = f"growth_{months}m"
    reason = (
        pl.when(~pl.col("scored"))
        .then(pl.lit("The source's terms do not allow a computed number."))
        .when(pl.col("hidden"))
        .then(pl.lit("The audience is hidden."))
        .when(counted)
        .then(pl.lit("Difference of the counts shown then and now."))
        .when(dated & young)
        .then(pl.lit("All followers that stand came since; there is nothing to compare with."))
        .when(dated)
        .then(
            pl.lit("Follows since then that still stand; followers lost since are not taken off.")
        )
        .when(pl.col("dated") >= MIN_FOLLOWS)
        .then(
            pl.format(
                "Only {} % of the followers are dated; "
                + f"{MIN_SEEN:.0%}".replace("%", " %")
                + " are needed.",
                (pl.col("share") * 100).round(0).cast(pl.Int64),
            )
        )
        .when(pl.col("counts") > 0)
        .then(
            pl.format(
                "{} dated counts, none near enough to " + f"{horizon} days ago and to now.",
                "counts",
            )
        )
        .otherwise(
            pl.format(
                "{} dated follows; " + f"{MIN_FOLLOWS} are needed, or counts of two dates.",
                "dated",
            )
        )
    )
    return [
        pl.when(counted).then((now - then).round()).when(dated).then(won.round()).alias(name),
        pl.when(counted & (then > 0))
        .then(now / then - 1)
        .when(dated & ~young)
        .then(won / before)
        .alias(f"{name}_relative"),
        pl.when(counted)
        .then(pl.lit("counts"))
        .when(dated)
        .then(pl.lit("follows"))
        .alias(f"{name}_basis"),
        reason.alias(f"{name}_reason"),
    ]


def _why_no_curve() -> pl.Expr:
    return (
        pl.when(~pl.col("scored"))
        .then(pl.lit("The source's terms do not allow a computed number."))
        .when(pl.col("hidden"))
        .then(pl.lit("The audience is hidden."))
        .when(pl.col("growth_basis") == "follows")
        .then(
            pl.format(
                "{} follows that still stand, by the day they began; whoever left since is "
                "missing, so earlier numbers are lower bounds.",
                counted("dated"),
            )
        )
        .when(pl.col("growth_basis") == "counts")
        .then(pl.format("{} counts that the platform showed.", counted("counts")))
        .otherwise(pl.lit("Neither dated follows nor counts of several dates are known."))
    )
