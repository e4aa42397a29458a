"""What a place covers: the codes and the places whose creators are in it.

The area of a city. Creators write "London" or "Hackney"; a search for London should find both,
but gazetteers hold no city limits. So a bare city is the city's own place, and the smaller places
of the same first-level division within the radius that its people would fill at CITY_DENSITY people
per km2, at most CITY_RADIUS_KM. Where the data know the city as a division too (Greater London,
Gemeente Amsterdam, the department of Paris), only places in it count; where that division is the
city and not a province around it (its places hold at most CITY_SHARE times the city's people:
districts are counted twice), CITY_REACH times as far, and creators known only to the division are
in the city. Elsewhere places of another second-level division than the city's are left out
(Cambridge lies in another county than Boston). This is an estimate: `near X` and
`within R km of X` are exact.

CITY_DENSITY, CITY_RADIUS_KM, CITY_SHARE, CITY_REACH: our own choice, fixed by
tests/unit/geography/test_area.py for large and small cities.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from influencr.geography.gazetteer._format import ROW_MASK, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CITY_DENSITY", "CITY_RADIUS_KM", "Area", "city_rows", "covered"]

#: People per km2 of a large built-up area. London has 5,700, Sydney 2,200 in its urban area.
CITY_DENSITY = 3_000.0
CITY_RADIUS_KM = 30.0
CITY_SHARE = 2.5
CITY_REACH = 1.6

#: Words that make a city's name the name of its division, beside the name itself.
_OF_A_CITY = re.compile(
    r"^(?:greater|city and county of|city of|gemeente|comune di|municipio de|metropole de|kreis"
    r"|metro|district of)\s+"
    r"|\s+(?:city|stadt|municipality|metropolitan municipality|city of|dc|shi"
    r"|special capital region|metropolitan city)$"
)
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
    import numpy as np

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


def city_rows(row: int, gazetteer: Gazetteer) -> set[int]:
    """Rows of the places that a city holds by the estimate above, itself among them."""
    if spans := _SPANS.get(gazetteer.ids[row]):
        parts = [at for i in spans if (at := gazetteer.row(i)) is not None]
        return {row}.union(*(_inside(part, gazetteer) for part in parts))
    people = gazetteer.populations[row]
    radius = min(math.sqrt(people / CITY_DENSITY / math.pi), CITY_RADIUS_KM)
    divisions = [
        d
        for d in (gazetteer.admin2s[row], gazetteer.admin1s[row])
        if d >= 0 and _is_named(d, row, gazetteer)
    ]
    cities = [d for d in divisions if gazetteer.populations[d] <= CITY_SHARE * people]
    own = cities[0] if cities else divisions[0] if divisions else -1
    if cities:
        radius *= CITY_REACH
    near = gazetteer.rows_within(gazetteer.lats[row], gazetteer.lons[row], radius).tolist()
    inside = {row, *cities}
    for other in near:
        if (
            gazetteer.countries[other] != gazetteer.countries[row]
            or gazetteer.admin1s[other] != gazetteer.admin1s[row]
            or gazetteer.populations[other] >= people
        ):
            continue
        if own >= 0:
            if own in (gazetteer.admin2s[other], gazetteer.admin1s[other]):
                inside.add(other)
        elif gazetteer.admin2s[row] < 0 or gazetteer.admin2s[other] in (
            gazetteer.admin2s[row],
            -1,
        ):
            inside.add(other)
    return inside


def _is_named(division: int, city: int, gazetteer: Gazetteer) -> bool:
    """Is a division called like its city: "Greater London", "Wien Stadt", "Milano"?"""
    key = name_key(gazetteer.name(division))
    short = _OF_A_CITY.sub("", key)
    return any(
        city in {p & ROW_MASK for p in gazetteer.postings(k)} for k in {key, short.strip()} if k
    )
