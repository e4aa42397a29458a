"""Published prices of a post, as ranges with source and year: shown, never hidden in a figure.

They are what agencies and guides publish, not what anybody was paid, and they differ by a factor of
ten within a row; a member's own prices always come before them. Networks and sizes for which no
table was found have no default, and creators there have no price until somebody gives one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["PUBLISHED", "Rate", "Table", "published"]


class Rate(NamedTuple):
    """Money for a post of a creator with `followers_min` to below `followers_below` followers."""

    followers_min: int
    followers_below: int
    low: float
    high: float


class Table(NamedTuple):
    """One published table."""

    platform: str
    currency: str
    source: str
    address: str
    year: int
    rates: tuple[Rate, ...]


_WORD_ON_THE_BLOCK = (
    "Word on the Block, How Much You Should Be Paying Influencers",
    "https://www.wordontheblock.com/blog/influencer-pricing-guide",
)

#: As read in 2026. Rows without an upper price ("$10,000+") are left out.
PUBLISHED: Final[tuple[Table, ...]] = (
    Table(
        "instagram",
        "USD",
        "A Little Class, How much do influencers cost",
        "https://alittleclass.blogspot.com/2021/01/how-much-do-influencers-cost.html",
        2021,
        (
            Rate(1_000, 10_000, 10, 100),
            Rate(10_000, 50_000, 100, 500),
            Rate(50_000, 500_000, 500, 5_000),
            Rate(500_000, 1_000_000, 5_000, 10_000),
        ),
    ),
    Table(
        "tiktok",
        "USD",
        *_WORD_ON_THE_BLOCK,
        2023,
        (
            Rate(1_000, 10_000, 5, 25),
            Rate(10_000, 100_000, 25, 125),
            Rate(100_000, 1_000_000, 125, 2_500),
        ),
    ),
    Table(
        "youtube",
        "USD",
        *_WORD_ON_THE_BLOCK,
        2023,
        (
            Rate(1_000, 10_000, 20, 200),
            Rate(10_000, 100_000, 200, 1_000),
            Rate(100_000, 1_000_000, 1_000, 20_000),
        ),
    ),
)


def published(platform: str, followers: int | None, currency: str) -> tuple[Rate, Table] | None:
    """The published range for a creator, None where no table says any in this currency."""
    if followers is None:
        return None
    for table in PUBLISHED:
        if (table.platform, table.currency) != (platform, currency):
            continue
        for rate in table.rates:
            if rate.followers_min <= followers < rate.followers_below:
                return rate, table
    return None
