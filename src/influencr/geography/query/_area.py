"""What a place covers: the codes and the places whose creators are in it.

The area of a city. Creators write "London" or "Hackney"; a search for London should find both,
but gazetteers hold no city limits. So a bare city is estimated:

1. Where the data know the city as a division (Greater London, Gemeente Amsterdam, the department of
   Paris, the state of Berlin), it is that division, creators known only to the division among
   them. A division of the city's name may also be a province around it (Sevilla, Milan), so it
   counts as the city only when nearly all of its people live where the city's people fit in:
   within the radius that they fill at CITY_DENSITY people per km2, with some room. Its places count
   up to REACH times that radius: the islands that belong to Tokyo are not in the city.
2. Otherwise it is the city's own place and the smaller places within that radius (at most
   CITY_RADIUS_KM) that lie in the same first-level division and in the same second-level one:
   Cambridge is another county than Boston.

This is an estimate: `near X` and `within R km of X` are exact.

CITY_DENSITY, CITY_RADIUS_KM, ROOM, FAR_SHARE, RIM_SHARE, DOUBLE, REACH: our own choice, fixed by
tests/unit/geography/test_area.py for large and small cities.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from influencr.geography.gazetteer._format import ROW_MASK, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = [
    "CITY_DENSITY",
    "CITY_RADIUS_KM",
    "Area",
    "CityLimits",
    "city_limits",
    "city_rows",
    "covered",
    "is_its_city",
]

#: People per km2 of a large built-up area. London has 5,700, Sydney 2,200 in its urban area.
CITY_DENSITY = 3_000.0
CITY_RADIUS_KM = 30.0
#: A division is its city when at most FAR_SHARE of its people live beyond ROOM times the radius,
#: and its places hold at most DOUBLE times the city's people (districts are counted beside their
#: city) or hardly any of them (RIM_SHARE) live beyond the radius itself.
ROOM = 1.6
FAR_SHARE = 0.08
DOUBLE = 2.6
RIM_SHARE = 0.05
#: How far beyond its radius a city's own division still is the city.
REACH = 3.0

#: Words that make a city's name the name of its division, beside the name itself.
_OF_A_CITY = re.compile(
    r"^(?:greater|city and county of|city of|gemeente|comune di|municipio de|metropole de|kreis"
    r"|metro|district of)\s+"
    r"|\s+(?:city|stadt|municipality|metropolitan municipality|city of|dc|shi"
    r"|special capital region|metropolitan city)$"
)
#: Here second-level divisions are councils inside of cities: "Melbourne" is its business district.
_COUNCILS = frozenset({"AU"})
#: Cities that are several divisions: New York City is five counties.
_SPANS = {5128581: (5128594, 6941775, 5133268, 5110253, 5139559)}


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """What a place query covers: creators whose region or country is one of `codes`, or whose
    place is one of `place_ids`, or who are in one of `parts`; and in none of `but`.

    asked          the words as given
    label          the reading that was taken, as shown: "Paris, Texas, United States"
    kind           country, union, admin1, admin2, city, point, or several (see `parts`)
    place_id       gazetteer id; None for a point and for several places
    country, admin1   of the place (ISO 3166-1 alpha-2, ISO 3166-2), where it has one
    lat, lon       degrees; centre of the radius, or where a map may point
    within_km      radius; None when the place itself is meant
    codes          country codes ("ES") and region codes ("DE-BY") whose creators match
    place_ids      int64 array, ascending, of the gazetteer places that match; of a radius: the
                   cities inside, exactly. None when `codes` alone decides
    alternatives   labels of the other readings, best first
    asks           for each alternative the words that ask for it in place of `asked`
    population     people of the place, 0 when unknown; for showing only
    corrected      the words that were read as a misspelling of `label`; None when they are a name
    parts          several places that the words list, each an Area of its own
    but            places whose creators are left out
    """

    asked: str
    label: str
    kind: str
    place_id: int | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    within_km: float | None = None
    codes: tuple[str, ...] = ()
    place_ids: np.ndarray[Any, np.dtype[np.int64]] | None = None
    alternatives: tuple[str, ...] = field(default=())
    asks: tuple[str, ...] = field(default=())
    population: int = 0
    corrected: str | None = None
    parts: tuple[Area, ...] = ()
    but: tuple[Area, ...] = ()


def covered(
    row: int, gazetteer: Gazetteer
) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.int64]] | None]:
    """(codes, place ids) of a place itself; ids are None where codes alone decide."""
    kind = gazetteer.kinds[row]
    if kind == PlaceKind.COUNTRY:
        return (gazetteer.country(row) or "",), None
    if kind == PlaceKind.ADMIN1:
        return (gazetteer.admin1(row) or "",), None
    if kind == PlaceKind.UNION:
        return _union(row, gazetteer)
    if kind == PlaceKind.CITY:
        return (), _ids(city_rows(row, gazetteer), gazetteer)
    return (), _ids(_inside(row, gazetteer), gazetteer)


def _ids(rows: set[int], gazetteer: Gazetteer) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(sorted(gazetteer.ids[r] for r in rows), dtype=np.int64)


def _inside(row: int, gazetteer: Gazetteer) -> set[int]:
    return {row, *gazetteer.cities_in(row).tolist()}


def _union(
    row: int, gazetteer: Gazetteer
) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.int64]] | None]:
    """Countries and regions by their codes; counties and cities by their places."""
    members = gazetteer.union_members[row]
    codes = tuple(m for m in members if not m.startswith("#"))
    if len(codes) == len(members):
        return codes, None
    rows: set[int] = set()
    for member in members:
        if not member.startswith("#"):
            continue
        at = gazetteer.row(int(member[1:]))
        if at is not None:
            is_city = gazetteer.kinds[at] == PlaceKind.CITY
            rows |= city_rows(at, gazetteer) if is_city else _inside(at, gazetteer)
    return codes, _ids(rows, gazetteer)


class CityLimits(NamedTuple):
    """What a city is taken to hold: the places within `km` that lie in its divisions.

    whole    divisions that are the city; creators known only to them are in it
    admin2   the second-level division that places must not lie outside of; -1 for none
    """

    city: int
    whole: tuple[int, ...]
    km: float
    admin2: int

    def may_hold(self, row: int, gazetteer: Gazetteer) -> bool:
        """Does a city row lie in the right divisions? Its distance decides then."""
        if row == self.city:
            return True
        if self.whole:
            return gazetteer.admin2s[row] in self.whole or gazetteer.admin1s[row] in self.whole
        return bool(
            gazetteer.countries[row] == gazetteer.countries[self.city]
            and gazetteer.admin1s[row] == gazetteer.admin1s[self.city]
            and gazetteer.populations[row] < gazetteer.populations[self.city]
            and (self.admin2 < 0 or gazetteer.admin2s[row] in (self.admin2, -1))
        )


@lru_cache(maxsize=4_096)
def city_limits(row: int, gazetteer: Gazetteer) -> CityLimits:
    """The limits of a city by the estimate above."""
    radius = _radius_km(gazetteer.populations[row])
    if spans := _SPANS.get(gazetteer.ids[row]):
        whole = tuple(at for i in spans if (at := gazetteer.row(i)) is not None)
        return CityLimits(row, whole, REACH * radius, -1)
    admin1, admin2 = gazetteer.admin1s[row], gazetteer.admin2s[row]
    if gazetteer.country(row) in _COUNCILS:
        admin2 = -1
    named = [d for d in (admin2, admin1) if d >= 0 and _is_named(d, row, gazetteer)]
    whole = tuple(d for d in named if is_its_city(d, row, gazetteer))
    return CityLimits(row, whole, REACH * radius if whole else radius, admin2)


def city_rows(row: int, gazetteer: Gazetteer) -> set[int]:
    """Rows of the places that a city holds, itself and its own divisions among them."""
    limits = city_limits(row, gazetteer)
    near = gazetteer.rows_within(gazetteer.lats[row], gazetteer.lons[row], limits.km).tolist()
    inside = {other for other in near if limits.may_hold(other, gazetteer)}
    return {row, *limits.whole} | inside


def is_its_city(division: int, city: int, gazetteer: Gazetteer) -> bool:
    """Is a division of a city's name the city (Berlin), not a province around it (Sevilla)?"""
    people = gazetteer.populations
    radius = _radius_km(people[city])
    inside = gazetteer.cities_in(division).tolist()
    total: int = sum(people[r] for r in inside)
    away = [(gazetteer.flat_km(city, r), people[r]) for r in inside]
    far: int = sum(n for km, n in away if km > ROOM * radius)
    rim: int = sum(n for km, n in away if km > radius)
    return far <= FAR_SHARE * total and (total <= DOUBLE * people[city] or rim <= RIM_SHARE * total)


def _radius_km(people: int) -> float:
    return min(math.sqrt(people / CITY_DENSITY / math.pi), CITY_RADIUS_KM)


def _is_named(division: int, city: int, gazetteer: Gazetteer) -> bool:
    """Is a division called like its city: "Greater London", "Wien Stadt", "Milano"?"""
    key = name_key(gazetteer.name(division))
    short = _OF_A_CITY.sub("", key)
    return any(
        city in {p & ROW_MASK for p in gazetteer.postings(k)} for k in {key, short.strip()} if k
    )
