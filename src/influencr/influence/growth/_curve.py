"""A curve of few points that a page can draw, with the days around every jump among them.

MIN_FOLLOWS is our own choice, fixed by tests/unit/influence/growth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from influencr.influence.growth._days import DAY

if TYPE_CHECKING:
    from influencr.influence.growth._days import Days

__all__ = ["MIN_FOLLOWS", "curve_of_counts", "curve_of_follows"]

#: Fewer dated follows are no curve.
MIN_FOLLOWS = 10


def curve_of_follows(
    days: Days, jumps: pl.DataFrame, rows: pl.DataFrame, as_of: int, n_points: int
) -> pl.DataFrame:
    """row, at, followers: evenly spaced days, and the days around each jump."""
    some = np.flatnonzero(np.diff(days.first) > 0)
    total = days.total[days.first[some + 1] - 1]
    some = some[total >= MIN_FOLLOWS]
    begin, end = days.day[days.first[some]], as_of // DAY
    step = np.maximum(-(-(end - begin) // (n_points - 2)), 1)
    length = (end - begin) // step + 2
    row = np.repeat(some, length)
    back = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    day = np.maximum(end - back * np.repeat(step, length), np.repeat(begin, length) - 1)
    marked = jumps.join(rows, on="creator")
    marks = marked["row"].to_numpy().astype(np.int64)
    ends = [marked["from_at"].to_numpy() // DAY - 1, marked["to_at"].to_numpy() // DAY]
    kept = np.isin(marks, some)
    row = np.concatenate([row, *(marks[kept],) * 2])
    day = np.concatenate([day, *(e[kept] for e in ends)])
    points = pl.DataFrame({"row": row, "day": day}).unique().sort("row", "day")
    followers = days.until(points["row"].to_numpy(), points["day"].to_numpy())
    return points.select(
        "row",
        # A day counts when it is over.
        at=pl.col("day") * DAY + DAY - 1,
        followers=pl.Series(followers),
        basis=pl.lit("follows"),
    )


def curve_of_counts(counts: pl.DataFrame, n_points: int) -> pl.DataFrame:
    """row, at, followers: the counts, thinned evenly where they are many; first and last stay."""
    n, place = pl.len().over("row"), pl.int_range(pl.len()).over("row")
    # One of each run of positions that share a number, and the very last.
    number = (place * (n_points - 1)) // n
    return (
        counts.with_columns(number=number, is_last=place == n - 1, n=n)
        .filter(
            pl.col("is_last")
            | (pl.col("number") != pl.col("number").shift(1).over("row"))
            | pl.col("number").shift(1).over("row").is_null()
        )
        .filter(pl.col("n") >= 2)
        .select("row", "at", followers="count", basis=pl.lit("counts"))
    )
