"""Which posts are read, and what they sum up to.

SETTLED_DAYS and WINDOW_DAYS are our own choice: a post of an hour ago has not got its reactions
yet, and nobody's audience of a year ago is that of today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from influencr.influence.score._latent import Posts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COLUMNS",
    "MEASURES",
    "SETTLED_DAYS",
    "STRATUM",
    "WINDOW_DAYS",
    "posts_of",
    "read",
    "sums",
]

#: What the model looks at, in its order, and the columns of the per-post table.
MEASURES = ("acts", "likes", "views")
COLUMNS = ("n_acts", "n_likes", "n_views")
#: Numbers of different strata do not compare.
STRATUM = ("platform", "basis", "shown")
#: Posts younger than this, when their reactions were seen, are not read.
SETTLED_DAYS = 2
#: Posts older than this, when their reactions were seen, are not read.
WINDOW_DAYS = 365
_DAY = 86_400


def read(
    rows: pl.DataFrame, *, as_of: int, begin: int | None = None, window_days: int = WINDOW_DAYS
) -> pl.DataFrame:
    """Posts made from `begin` until `as_of` that count, with their `age_days` at `as_of`.

    rows      the per-post table
    returns   its columns and age_days f64, sorted by creator and time; of a creator whose posts
              were seen in several ways, those seen in the way of most of them
    """
    seen = pl.min_horizontal(pl.col("seen_at"), pl.lit(as_of))
    age = seen - pl.col("at")
    used = rows.filter(
        (pl.col("at") < as_of) & (age >= SETTLED_DAYS * _DAY) & (age <= window_days * _DAY)
    )
    if begin is not None:
        used = used.filter(pl.col("at") >= begin)
    ways = used.group_by("creator", "basis", "shown").agg(n=pl.len())
    most = (
        ways.sort("creator", "n", "basis", "shown", descending=[False, True, False, True])
        .unique("creator", keep="first", maintain_order=True)
        .select("creator", "basis", "shown")
    )
    if ways.height > most.height:
        used = used.join(most, on=["creator", "basis", "shown"], how="semi")
    return used.with_columns(age_days=age.cast(pl.Float64) / _DAY).sort("creator", "at", "post")


def posts_of(
    rows: pl.DataFrame,
    creators: NDArray[np.uint64],
    measures: tuple[int, ...],
) -> Posts:
    """The posts of these creators (ascending keys) for the model, with these measures."""
    who = np.searchsorted(creators, rows["creator"].to_numpy())
    age = rows["age_days"].to_numpy().astype(np.float64)
    count = np.stack(
        [rows[COLUMNS[m]].cast(pl.Float64).fill_null(float("nan")).to_numpy() for m in measures]
    )
    then = rows["followers_then"].fill_null(float("nan")).to_numpy().astype(np.float64)
    size = np.log10(np.maximum(then, 1.0))
    return Posts(who.astype(np.int64), len(creators), count.astype(np.float64), age, size)


def sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Per creator: basis, shown, n_posts, and plain sums; by creator.

    `n_crowd` is null where nobody knows who followed.
    """
    return (
        rows.group_by("creator")
        .agg(
            pl.col("basis", "shown").first(),
            pl.len().cast(pl.Int64).alias("n_posts"),
            pl.col("n_effort", "n_clean", "n_acts", "n_apart").sum(),
            pl.when(pl.col("n_crowd").is_not_null().any())
            .then(pl.col("n_crowd").sum())
            .alias("n_crowd"),
            pl.col("n_likes", "n_views").sum(),
        )
        .sort("creator")
    )
