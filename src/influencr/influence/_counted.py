"""Numbers inside sentences, as people write them."""

from __future__ import annotations

import polars as pl

__all__ = ["counted", "short"]


def counted(column: str) -> pl.Expr:
    """A whole number with commas between thousands: 2665 becomes 2,665."""
    digits = pl.col(column).cast(pl.Int64).cast(pl.String).str.reverse()
    # From the end, because the short group stands in front.
    return digits.str.replace_all(r"(\d{3})", "${1},").str.reverse().str.strip_chars_start(",")


def short(column: str, decimals: int) -> pl.Expr:
    """A number rounded to so many decimals, without a trailing `.0`."""
    return pl.col(column).round(decimals).cast(pl.String).str.replace(r"\.0$", "")
