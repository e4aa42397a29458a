"""Days on which far more followers came, or left, than in the weeks around.

From dated follows: a day stands out when it brought at least MIN_JUMP followers, at least MIN_SHARE
of those that were there, and lies DEVIATIONS robust standard deviations (of square roots) above the
days of the WEEKS before, and above those after. The middle of these days counts, so that other
jumps nearby do not hide it, and how much they differ tells how much a day may. Of the first
MIN_DAYS nothing is said: accounts start with a rush of their own. Days that stand out and lie at
most MERGE_DAYS apart are one jump.

From dated counts: a change between two counts stands out by the same rule against the other
changes of the same creator, of which at least MIN_STEPS are needed; it may be a fall.

A jump is a date to look at, never a conclusion: posts spread, people are named in the news, packs
and lists bring crowds. Growth that is bought evenly over months makes none.

All constants are our own choice, fixed by tests/unit/influence/growth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from influencr.influence.growth._days import DAY, Days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["JUMPS_SCHEMA", "MAX_JUMPS", "jumps_of_counts", "jumps_of_follows"]

MIN_JUMP = 20
MIN_SHARE = 0.01
DEVIATIONS = 6.0
WEEKS = 8
MERGE_DAYS = 2
MIN_DAYS = 14
MIN_STEPS = 5
# Entries looked at together.
_CHUNK = 20_000
#: Kept per creator: those with the most followers above what was expected.
MAX_JUMPS = 8

JUMPS_SCHEMA: Final[Mapping[str, Any]] = {
    "creator": pl.UInt64(),
    # First and last second (UTC).
    "from_at": pl.Int64(),
    "to_at": pl.Int64(),
    # Followers that came (below 0: left), what was expected, of how many that were there before.
    "gained": pl.Int64(),
    "expected": pl.Float64(),
    "before": pl.Int64(),
    "basis": pl.String(),
}


def jumps_of_follows(days: Days, creators: pl.Series, *, as_of: int) -> pl.DataFrame:
    """JUMPS_SCHEMA, by creator and time.

    creators   u64 keys by row of `days`
    """
    before = days.total - days.new
    # Of the first few followers nobody can say how fast they should come.
    candidate = np.flatnonzero(
        (days.new >= MIN_JUMP) & (days.new >= MIN_SHARE * before) & (before >= MIN_JUMP)
    )
    parts = [
        _unusual(days, candidate[begin : begin + _CHUNK], as_of // DAY)
        for begin in range(0, len(candidate), _CHUNK)
    ]
    if not parts:
        return pl.DataFrame(schema=JUMPS_SCHEMA)
    out, rate = (np.concatenate(column) for column in zip(*parts, strict=True))
    found = pl.DataFrame(
        {
            "row": days.row[out],
            "day": days.day[out],
            "gained": days.new[out],
            "expected": rate,
            "before": before[out],
        }
    )
    apart = (pl.col("day") - pl.col("day").shift(1) > MERGE_DAYS).fill_null(True)
    merged = (
        found.sort("row", "day")
        .with_columns(jump=apart.cast(pl.Int64).cum_sum().over("row"))
        .group_by("row", "jump")
        .agg(
            from_at=pl.col("day").min() * DAY,
            to_at=pl.col("day").max() * DAY + DAY - 1,
            gained=pl.col("gained").sum(),
            expected=pl.col("expected").sum(),
            before=pl.col("before").min(),
        )
    )
    return _named(merged, creators, "follows")


def _unusual(days: Days, candidate: Ints, last: int) -> tuple[Ints, Floats]:
    """Which of these entries stand out, and how many followers were expected there."""
    row, day = days.row[candidate], days.day[candidate]
    first = days.day[days.first[row]]
    limits, tables = [], []
    for way in (-1, 1):
        near = []
        # The neighbours of the day are left out: what begins at night goes on the next day.
        for apart in range(MERGE_DAYS + 1, 7 * WEEKS + MERGE_DAYS + 1):
            other = day + way * apart
            count = days.until(row, other) - days.until(row, other - 1)
            near.append(np.where((other >= first) & (other <= last), count, np.nan))
        table = np.stack(near, axis=1)
        known = np.isfinite(table).sum(axis=1) >= MIN_DAYS
        # Anscombe's root: counts of chance have a standard deviation of 1/2 at every rate.
        root = np.sqrt(np.where(known[:, None], table, 0.0) + 0.375)
        middle = np.nanmedian(root, axis=1)
        mad = 1.4826 * np.nanmedian(np.abs(root - middle[:, None]), axis=1)
        limit = middle + DEVIATIONS * np.maximum(mad, 0.5)
        # Without weeks before nothing can be said; without weeks after those before decide.
        limits.append(np.where(known, limit, np.inf if way < 0 else -np.inf))
        tables.append(np.where(known[:, None], table, np.nan))
    limit = np.maximum(*limits)
    out = np.sqrt(days.new[candidate] + 0.375) > limit
    around = np.concatenate(tables, axis=1)[out]
    usual = np.where(np.sqrt(around + 0.375) <= limit[out, None], around, np.nan)
    return candidate[out], np.nanmean(usual, axis=1) if len(usual) else np.empty(0)


def jumps_of_counts(steps: pl.DataFrame, creators: pl.Series) -> pl.DataFrame:
    """JUMPS_SCHEMA, by creator and time.

    steps      one row per two counts that follow one another, at least a day apart: `row`,
               `from_at`, `to_at` (s UTC), `before`, `after` (followers, above 0)
    creators   u64 keys by `row`
    """
    days = (pl.col("to_at") - pl.col("from_at")) / DAY
    rate = (pl.col("after") / pl.col("before")).log() / days
    usual = pl.col("rate").median().over("row")
    expected = pl.col("before") * ((pl.col("usual") * pl.col("days")).exp() - 1)
    gained = pl.col("after") - pl.col("before")
    # Counts vary at least as much as people who come by chance do.
    chance = (gained.abs() + 1).sqrt() / pl.col("before") / pl.col("days")
    found = (
        steps.with_columns(days=days, rate=rate, n=pl.len().over("row"))
        .with_columns(usual=usual)
        .with_columns(
            mad=1.4826 * (pl.col("rate") - pl.col("usual")).abs().median().over("row"),
            expected=expected,
            gained=gained,
        )
        .filter(
            pl.col("n") >= MIN_STEPS,
            (pl.col("gained") - pl.col("expected")).abs() >= MIN_JUMP,
            (pl.col("gained") - pl.col("expected")).abs() >= MIN_SHARE * pl.col("before"),
            (pl.col("rate") - pl.col("usual")).abs()
            > DEVIATIONS * (pl.col("mad") ** 2 + chance**2).sqrt(),
        )
    )
    return _named(found, creators, "counts")


def _named(found: pl.DataFrame, creators: pl.Series, basis: str) -> pl.DataFrame:
    """The largest of each creator, in the schema."""
    keys = pl.DataFrame({"creator": creators}).with_row_index("row").cast({"row": pl.Int64})
    above = (pl.col("gained") - pl.col("expected")).abs()
    return (
        found.with_columns(rank=above.rank("ordinal", descending=True).over("row"))
        .filter(pl.col("rank") <= MAX_JUMPS)
        .sort("row", "from_at")
        .join(keys, on="row", maintain_order="left")
        .with_columns(basis=pl.lit(basis))
        .select(pl.col(name).cast(kind) for name, kind in JUMPS_SCHEMA.items())
    )
