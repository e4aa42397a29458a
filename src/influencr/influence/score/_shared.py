"""Who else brought the same thing: acts are credited to a creator only in part where others did.

A link or hashtag that several creators post within SHARED_HOURS reaches people whoever tells
them. An act on such a post counts 1 / (creators who brought it): split credit, so that the sum over
creators is one act. What an item is, the caller says: a number per link, product or rare hashtag
(hashtags that everybody uses are no item).

SHARED_HOURS is the definition's; items with more than MANY posts are counted by blocks of so many
hours instead of exact windows, which costs less and can only widen the window.
"""

from __future__ import annotations

import polars as pl

from influencr.errors import SchemaError

__all__ = ["MANY", "SHARED_HOURS", "shared_with"]

#: Two posts of one item so far apart are about the same event.
SHARED_HOURS = 72
#: Posts of one item from which on blocks are counted.
MANY = 200
_WINDOW = SHARED_HOURS * 3_600


def shared_with(posts: pl.DataFrame) -> pl.DataFrame:
    """How many other creators brought what a post brings.

    posts     creator, post, at (seconds), item (any integer; null: nothing of the kind); one row
              per post and item, all creators of the home together
    returns   post, shared_with i64: the most over its items; only posts that bring something

    Raises SchemaError when a column is missing.

    >>> day = 86_400
    >>> frame = pl.DataFrame({
    ...     "creator": [1, 2, 3, 3], "post": [10, 20, 30, 31], "at": [0, day, 2 * day, 9 * day],
    ...     "item": [7, 7, 7, 7],
    ... })
    >>> shared_with(frame).sort("post")["shared_with"].to_list()
    [2, 2, 2, 0]
    """
    for name in ("creator", "post", "at", "item"):
        if name not in posts.columns:
            raise SchemaError(f"Shared items need the column {name!r} of posts.", field=name)
    rows = posts.select("creator", "post", pl.col("at").cast(pl.Int64), "item").filter(
        pl.col("item").is_not_null()
    )
    often = pl.len().over("item") > MANY
    few, many = rows.filter(~often), rows.filter(often)
    near = few.unique(["item", "at", "creator"]).sort("item", "at")
    windows = near.rolling(
        "at",
        period=f"{2 * _WINDOW + 1}i",
        offset=f"-{_WINDOW + 1}i",
        group_by="item",
    ).agg(pl.col("creator").n_unique().alias("n"))
    exact = few.join(windows.unique(["item", "at"]), on=["item", "at"], how="left")
    many = many.with_columns(block=pl.col("at") // _WINDOW)
    blocks = many.group_by("item", "block").agg(n=pl.col("creator").n_unique())
    rough = many.join(blocks, on=["item", "block"], how="left")
    return (
        pl.concat([exact.select("post", "n"), rough.select("post", "n")])
        .group_by("post")
        .agg(shared_with=(pl.col("n").max().cast(pl.Int64) - 1))
    )
