"""What a bill is, whoever takes the money."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

__all__ = ["Invoice", "Refunded", "money"]


class Invoice(NamedTuple):
    """One invoice; amounts in the smallest unit of the currency (cents).

    status      "paid", "open" (owed), "uncollectible", or "void"
    href, pdf   pages of who takes the money; empty when there is none
    again_at    when the card is tried again; None: it is not
    """

    id: str
    number: str
    made_at: datetime
    amount: int
    refunded: int
    currency: str
    status: str
    href: str
    pdf: str
    again_at: datetime | None = None

    @property
    def money(self) -> str:
        """The amount as it is written: "$49.00", or "49.00 EUR"."""
        return money(self.amount, self.currency)

    @property
    def money_back(self) -> str:
        """What was given back, as it is written."""
        return money(self.refunded, self.currency)


class Refunded(NamedTuple):
    """What was given back; status "succeeded", or "pending" until the bank has done it."""

    id: str
    cents: int
    currency: str
    status: str


def money(cents: int, currency: str) -> str:
    """An amount in words that a member reads."""
    written = f"{cents / 100:,.2f}"
    return f"${written}" if currency == "usd" else f"{written}\xa0{currency.upper()}"
