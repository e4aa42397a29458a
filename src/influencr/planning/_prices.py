"""What a post of somebody costs: a range with where it comes from, or not known.

In this order: the price typed for this plan or read from a file, the member's kept price, the
member's own price for 1,000 followers, a published table (`_rates`). A range is never narrowed: a
plan counts on its upper end, so that it is not exceeded by anybody's bargaining.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from influencr.errors import UnreadableInput, UsageError
from influencr.planning._rates import published

__all__ = [
    "Price",
    "Pricing",
    "checked_range",
    "price_of",
    "read_agencies",
    "read_prices",
    "read_range",
]

_WHO = ("profile", "profile_id", "handle", "creator", "who")
_ALIKE = ("price", "cost")
_AGENCY = ("agency", "group", "management")


class Price(msgspec.Struct, frozen=True):
    """Money for one post.

    basis   "typed", "kept", "per 1,000 followers", or the published source with its year
    """

    low: float
    high: float
    basis: str

    @property
    def likely(self) -> float:
        """The middle of the range: what is expected where nothing else is known."""
        return (self.low + self.high) / 2


class Pricing(msgspec.Struct, frozen=True, kw_only=True):
    """Where prices come from.

    typed       profile id -> range for this plan
    kept        profile id -> range that the member keeps
    per_1000    range for each 1,000 followers that a profile states, None for none
    published   whether published tables are used where nothing else is known
    currency    ISO 4217; a published table in another one is not used
    """

    typed: Mapping[str, tuple[float, float]] = {}
    kept: Mapping[str, tuple[float, float]] = {}
    per_1000: tuple[float, float] | None = None
    published: bool = True
    currency: str = "USD"


def price_of(creator: Mapping[str, Any], pricing: Pricing) -> Price | None:
    """The price of a creator's post; None where nobody says any."""
    who = creator["profile_id"]
    if who in pricing.typed:
        return Price(*pricing.typed[who], "typed")
    if who in pricing.kept:
        return Price(*pricing.kept[who], "kept")
    followers = creator.get("followers")
    if pricing.per_1000 is not None and followers:
        low, high = (round(rate * followers / 1_000, 2) for rate in pricing.per_1000)
        return Price(low, high, "per 1,000 followers")
    if pricing.published:
        found = published(creator["platform"], followers, pricing.currency)
        if found is not None:
            rate, table = found
            return Price(rate.low, rate.high, f"{table.source}, {table.year}")
    return None


def read_range(text: str, *, field: str) -> tuple[float, float]:
    """ "120", "120-180", "1,200 - 1,800" as a range of money.

    >>> read_range("90-140", field="price")
    (90.0, 140.0)
    """
    plain = text.strip().replace("–", "-").replace(",", "").lstrip("$€£ ")
    low, dash, high = plain.partition("-") if not plain.startswith("-") else (plain, "", "")
    try:
        ends = (float(low), float(high.strip().lstrip("$€£ ")) if dash else float(low))
    except ValueError as error:
        raise UsageError(
            f"{field} {text!r} is no amount; write 120 or 120-180.", field=field
        ) from error
    return checked_range(ends, field)


def checked_range(ends: tuple[float, float], field: str) -> tuple[float, float]:
    """The range, or UsageError where it cannot be one."""
    low, high = ends
    text = f"{low:g}" if low == high else f"{low:g}-{high:g}"
    if not (math.isfinite(low) and math.isfinite(high)) or low < 0 or high < 0:
        raise UsageError(f"{field} {text} is below 0; give 0 or more.", field=field)
    if high < low:
        raise UsageError(
            f"{field} {text} ends below where it begins; write {high:g}-{low:g}.", field=field
        )
    return low, high


def read_prices(path: Path) -> dict[str, tuple[float, float]]:
    """Prices from a CSV file: name as typed there -> range.

    A column `profile` (or profile_id, handle, creator, who) and either `price` (120 or 120-180) or
    `low` and `high`. Raises UnreadableInput naming the line.
    """
    rows, names = _table(path)
    who = next((names[n] for n in _WHO if n in names), None)
    price = next((names[n] for n in _ALIKE if n in names), None)
    both = ("low" in names and "high" in names) or price is not None
    if who is None or not both:
        raise UnreadableInput(
            f"{path} needs a column `profile` and either `price` or `low` and `high`; it has "
            f"{', '.join(sorted(n for n in names if n)) or 'no line'}."
        )
    found: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows, start=2):
        name = (row[who] or "").strip()
        text = row[price] if price is not None else f"{row[names['low']]}-{row[names['high']]}"
        if not name or not (text or "").strip(" -"):
            continue
        try:
            found[name] = read_range(text or "", field="price")
        except UsageError as error:
            raise UnreadableInput(f"{path}, line {number}: {error}") from error
    return found


def read_agencies(path: Path) -> dict[str, str]:
    """Who is with which agency, from the same file: name as typed there -> agency.

    A column `profile` (or profile_id, handle, creator, who) and one of `agency`, `group` or
    `management`; lines without an agency say nothing. Raises UnreadableInput where a column is
    missing.
    """
    rows, names = _table(path)
    who = next((names[n] for n in _WHO if n in names), None)
    agency = next((names[n] for n in _AGENCY if n in names), None)
    if who is None or agency is None:
        raise UnreadableInput(
            f"{path} needs a column `profile` and a column `agency`; it has "
            f"{', '.join(sorted(n for n in names if n)) or 'no line'}."
        )
    told = {(row[who] or "").strip(): (row[agency] or "").strip() for row in rows}
    return {name: group for name, group in told.items() if name and group}


def _table(path: Path) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Rows of a CSV file, and its columns by their name in small letters."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}.") from error
    return rows, {(name or "").strip().lower(): name for name in (rows[0] if rows else ())}
