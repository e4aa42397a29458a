"""The tables of this folder in memory: people, languages, calling codes, domains, time zones.

Base rates: people per country (GeoNames), since how many of them are on a network is not in any
package that we may use; North Korea, which has no public internet, counts a five-thousandth. They
decide between countries only where clues leave it open ("writes Spanish").
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["Language", "Zone", "base_rates", "calling_codes", "domains", "languages", "zones"]

_HERE = Path(__file__).parent


class Language(NamedTuple):
    """A language: its English name and where those who write it are (shares up to 1)."""

    name: str
    countries: Mapping[str, float]


class Zone(NamedTuple):
    """A time zone of one country: share of the country's people in it, minutes before UTC."""

    name: str
    country: str
    share: float
    offsets: frozenset[int]


def _table(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@functools.cache
def base_rates() -> dict[str, float]:
    """Alpha-2 -> share of the world's people; sums to 1.

    >>> 0.15 < base_rates()["IN"] < 0.2
    True
    """
    people = {row["code"]: float(row["people"]) for row in _table("countries.csv")}
    total = sum(people.values())
    # An uninhabited territory is still a place that somebody may claim.
    return {code: max(n, 1.0) / total for code, n in people.items()}


@functools.cache
def languages() -> dict[str, Language]:
    """ISO 639-1 code (and zh_Hant) -> language."""
    found = {}
    for row in _table("languages.csv"):
        pairs = (pair.split(":") for pair in row["countries"].split())
        found[row["code"]] = Language(row["name"], {code: float(share) for code, share in pairs})
    return found


def _shared(column: str) -> dict[str, dict[str, float]]:
    """Value of a column -> the countries that share it, by people."""
    base = base_rates()
    by_value: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _table("countries.csv"):
        if row[column]:
            by_value[row[column]][row["code"]] = base[row["code"]]
    return {
        value: {code: n / sum(found.values()) for code, n in found.items()}
        for value, found in by_value.items()
    }


@functools.cache
def calling_codes() -> dict[str, dict[str, float]]:
    """Calling code without + -> countries that share it ("44": mostly GB, also JE, GG, IM)."""
    return _shared("calling_code")


@functools.cache
def domains() -> dict[str, dict[str, float]]:
    """Top-level domain without a dot -> its country."""
    return _shared("domain")


@functools.cache
def zones() -> dict[str, list[Zone]]:
    """Name of a time zone (IANA, old and Windows names, folded) -> its countries."""
    found: dict[str, list[Zone]] = defaultdict(list)
    for row in _table("zones.csv"):
        offsets = frozenset((int(row["january"]), int(row["july"])))
        zone = Zone(row["zone"], row["country"], float(row["share"]), offsets)
        for name in (row["zone"], *filter(None, row["other_names"].split("|"))):
            found[name.casefold()].append(zone)
    return dict(found)
