"""Which quick follows of newcomers come from what a network proposes at sign-up.

A proposal stands for a while: newcomers of many weeks follow the same account within minutes. A
batch of accounts that was made for a customer follows it just as fast, but in the few weeks in
which it was made. So a week is judged by the other weeks: at least MIN_OTHERS newcomers of at least
MIN_OTHER_WEEKS other weeks did the same, and the week brings no more than WEEK_EXCESS times what
those let expect for its number of newcomers (and WEEK_SLACK more, for small numbers). A week in
which an account was proposed far more often than in all others has no cause here; it is left to
be explained, or not, as a burst.

All constants are our own choice, fixed by tests/unit/vetting/crowds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

__all__ = [
    "MIN_OTHERS",
    "MIN_OTHER_WEEKS",
    "ONBOARDING_S",
    "WEEK_EXCESS",
    "WEEK_SLACK",
    "proposed_rows",
]

#: A follow this many seconds after the follower's own sign-up may come from a proposal.
ONBOARDING_S = 900
#: Newcomers of other weeks, and other weeks, that must show the same proposal.
MIN_OTHERS, MIN_OTHER_WEEKS = 10, 5
#: A week may bring so many times what the others let expect, and so many follows more.
WEEK_EXCESS, WEEK_SLACK = 3.0, 5.0
_WEEK_S = 7 * 86_400


def proposed_rows(
    follows: pl.DataFrame,
    starts: NDArray[np.int64],
    at: NDArray[np.int64],
    free: NDArray[np.bool_],
    created: pl.DataFrame,
) -> NDArray[np.int64]:
    """Rows of `follows` that a proposal at sign-up explains.

    follows   `follower`, `followed`, sorted by follower
    starts    first row of each follower
    at        seconds UTC per row, -1 unknown
    free      rows that may be explained; the others are not counted either
    created   `key`, `created`, and `language` if it is known
    """
    import polars as pl

    tongue = (
        pl.col("language").cast(pl.String)
        if "language" in created.columns
        else pl.lit(None, dtype=pl.String)
    )
    # The first row of an account that is given twice is read.
    origin = (
        created.lazy()
        .select(pl.col("key").alias("follower"), "created", tongue.fill_null("").alias("language"))
        .unique("follower", keep="first")
    )
    newcomers = (
        follows.lazy()
        .select(pl.col("follower").gather(pl.Series(starts)))
        .join(origin, on="follower", how="left", maintain_order="left")
        .select(pl.col("created").fill_null(-1), pl.col("language").fill_null(""))
        .collect()
    )
    born = newcomers["created"].to_numpy()
    length = np.diff(starts, append=len(at))
    birth = np.repeat(born, length)
    rows = np.flatnonzero(free & (birth >= 0) & (at >= birth) & (at <= birth + ONBOARDING_S))
    if not len(rows):
        return rows
    owner = np.searchsorted(starts, rows, side="right") - 1
    seen = pl.DataFrame(
        {
            "row": rows,
            "owner": owner,
            "followed": follows["followed"].gather(rows),
            "week": birth[rows] // _WEEK_S,
            "language": newcomers["language"].gather(owner),
        }
    ).lazy()
    weeks = (
        seen.group_by("language", "week")
        .agg(pl.col("owner").n_unique().alias("n_newcomers"))
        .sort("language", "week")
        .with_columns(pl.col("n_newcomers").cum_sum().over("language").alias("so_far"))
    )
    here = seen.group_by("followed", "language", "week").agg(pl.len().alias("n"))
    # Newcomers of the weeks from the first to the last one in which the account was proposed.
    spans = (
        here.group_by("followed", "language")
        .agg(
            pl.col("n").sum().alias("n_all"),
            pl.len().alias("n_weeks"),
            pl.col("week").min().alias("from_week"),
            pl.col("week").max().alias("to_week"),
        )
        .filter(pl.col("n_weeks") > MIN_OTHER_WEEKS, pl.col("n_all") > MIN_OTHERS)
        .join(
            weeks.select("language", "so_far", "n_newcomers", from_week="week"),
            on=["language", "from_week"],
        )
        .with_columns(before=pl.col("so_far") - pl.col("n_newcomers"))
        .drop("so_far", "n_newcomers")
        .join(
            weeks.select("language", until="so_far", to_week="week"),
            on=["language", "to_week"],
        )
        .select(
            "followed", "language", "n_all", "n_weeks", n_span=pl.col("until") - pl.col("before")
        )
    )
    n_others = (pl.col("n_all") - pl.col("n")).cast(pl.Float64)
    elsewhere = pl.max_horizontal(pl.col("n_span") - pl.col("n_newcomers"), pl.lit(1))
    expected = n_others / elsewhere * pl.col("n_newcomers")
    proposed = (
        here.join(spans, on=["followed", "language"])
        .join(weeks.select("language", "week", "n_newcomers"), on=["language", "week"])
        .filter(
            n_others >= MIN_OTHERS,
            pl.col("n_weeks") - 1 >= MIN_OTHER_WEEKS,
            pl.col("n") <= WEEK_EXCESS * expected + WEEK_SLACK,
        )
        .select("followed", "language", "week")
    )
    found: NDArray[np.int64] = (
        seen.join(proposed, on=["followed", "language", "week"], how="semi")
        .select("row")
        .collect()
        .to_series()
        .to_numpy()
    )
    return found
