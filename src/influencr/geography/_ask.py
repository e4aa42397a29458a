"""What does a member mean by a place? "Lyon", "in Bavaria", "near Sydney", "50 km of Paris, TX".

The same names as for profiles, with nothing refused for being small. Which reading was taken is in
`label`, the others in `alternatives`, so that a page can ask "did you mean Paris, Texas?".

The area of a city. Creators write "London" or "Hackney"; a search for London should find both,
but gazetteers hold no city limits. So a bare city is the city's own place plus the smaller places
of the same first-level division within the radius that its people would fill at
CITY_DENSITY people per km2 (at most CITY_RADIUS_KM); where the data hold a second-level division
of the city's name (Paris), only places in it. This is an estimate: `near X` and `within R km of X`
are exact.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from influencr.errors import PlaceError, UnknownValue, UsageError
from influencr.geography._codes import country_row
from influencr.geography._distance import check_point
from influencr.geography._prepare import coordinates
from influencr.geography._resolve import resolve
from influencr.geography.gazetteer._format import ROW_MASK, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CITY_DENSITY", "CITY_RADIUS_KM", "MAX_RADIUS_KM", "NEAR_KM", "Area", "ask"]

#: Radius of `near X` (design document, section 9).
NEAR_KM = 50.0
#: Half the way around the Earth is 20,015 km: nothing is farther.
MAX_RADIUS_KM = 20_100.0
#: People per km2 of a large built-up area, for the area of a bare city. London has 5,700, Sydney
#: 2,200 within its urban area; our own choice, fixed by tests/unit/geography/test_ask.py.
CITY_DENSITY = 3_000.0
CITY_RADIUS_KM = 30.0

_KM = {"km": 1.0, "mi": 1.609344, "m": 0.001}
_WITHIN = re.compile(
    r"^(?:within\s+|less than\s+|max\.?\s+|<\s*)?(\d+(?:[.,]\d+)?)\s*"
    r"(km|kms|kilomet(?:er|re)s?|mi|miles?|m|met(?:er|re)s?)\s+(?:of|from|around|near|to)\s+(.+)$",
    re.I | re.S,
)
_NEAR = re.compile(r"^(?:near|around|close to|nearby)\s+(.+)$", re.I | re.S)
_KIND = re.compile(r"^(.+?)\s*\(country\)$", re.I | re.S)
_IN = re.compile(r"^(?:in|within|inside|from|based in)\s+(.+)$", re.I | re.S)


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """What a place query covers. Exactly one of `codes` and `place_ids` says which creators match.

    asked          the words as given
    label          the reading that was taken, as shown: "Paris, Texas, United States"
    kind           country, union, admin1, admin2, city or point
    place_id       gazetteer id; None for a point
    country, admin1   of the place (ISO 3166-1 alpha-2, ISO 3166-2), where it has one
    lat, lon       degrees; centre of the radius, or where a map may point
    within_km      radius; None when the place itself is meant
    codes          country codes ("ES") and region codes ("DE-BY") whose creators match; empty
                   when `place_ids` decides
    place_ids      int64 array, ascending, of the gazetteer places that match; None when `codes`
                   decides. Of a radius: the cities inside, exactly
    alternatives   labels of the other readings, best first; each can be asked for as it stands
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


def ask(
    text: str,
    gazetteer: Gazetteer | None = None,
    *,
    within_km: float | None = None,
    near: bool = False,
) -> Area:
    """The area that a place query means.

    text        a place, `in X`, `near X` (50 km), `within R km of X` (or mi), "52.5, 13.4"
    within_km   radius from a separate field; wins over the one in the text
    near        the text stands in a "near" field: a city without radius gets 50 km

    Raises UnknownValue with the nearest names when no place is called so, UsageError when nothing
    was asked or the radius is impossible, and PlaceError for a radius around a country or region
    (it has no centre) and for coordinates that cannot exist.

    >>> ask("Paris, TX").label, ask("near Wien").within_km, ask("in Bavaria").codes
    ('Paris, Texas, United States', 50.0, ('DE-BY',))
    """
    found = gazetteer or Gazetteer.load()
    name, km, is_near = _parse(text, found)
    if within_km is not None:
        km = within_km
    if km is None and (near or is_near):
        km = NEAR_KM
    if km is not None and not 0 < km <= MAX_RADIUS_KM:
        raise UsageError(
            f"A radius of {km:g} km is not possible; give a number above 0 and at most "
            f"{MAX_RADIUS_KM:,.0f}.",
            field="within_km",
        )
    point = coordinates(name)
    if point is None and re.fullmatch(r"\s*[+-]?[\d.]+\s*[,; ]\s*[+-]?[\d.]+\s*", name):
        point = _plain_point(name)
    if point is not None:
        return _around_point(text, point, NEAR_KM if km is None else km, found)
    row, alternatives = _place(name, found, radius=km is not None)
    return _area(text, row, km, alternatives, found)


def _parse(text: str, gazetteer: Gazetteer) -> tuple[str, float | None, bool]:
    words = " ".join(text.split())
    if not words:
        raise UsageError("No place was given; name a city, region or country.", field="place")
    if match := _WITHIN.match(words):
        unit = match[2].lower()
        scale = _KM["km" if unit.startswith("k") else "mi" if unit.startswith("mi") else "m"]
        return match[3], float(match[1].replace(",", ".")) * scale, False
    if match := _NEAR.match(words):
        return match[1], None, True
    # In Salah is a town.
    if (match := _IN.match(words)) and not gazetteer.postings(name_key(words.partition(",")[0])):
        return match[1], None, False
    return words, None, False


def _plain_point(text: str) -> tuple[float, float]:
    """ "52, 13": whole degrees, which a profile's text never means but a query does."""
    parts = [p for p in re.split(r"[,; ]+", text.strip()) if p]
    try:
        lat, lon = (float(p) for p in parts)
    except ValueError as error:
        raise PlaceError(f"{text!r} is not a pair of coordinates; write 52.5, 13.4.") from error
    check_point(lat, lon)
    return lat, lon


def _around_point(text: str, point: tuple[float, float], km: float, gazetteer: Gazetteer) -> Area:
    lat, lon = point
    row, _ = gazetteer.nearest_city(lat, lon)
    return Area(
        asked=text,
        label=f"{lat:g}, {lon:g} (near {gazetteer.label(row)})",
        kind="point",
        place_id=None,
        country=gazetteer.country(row),
        admin1=gazetteer.admin1(row),
        lat=lat,
        lon=lon,
        within_km=km,
        place_ids=gazetteer.within(lat, lon, km),
    )


def _place(name: str, gazetteer: Gazetteer, *, radius: bool) -> tuple[int, list[int]]:
    """The reading to take and the others. A radius prefers cities, which have a centre."""
    if match := _KIND.match(name):
        row = country_row(match[1], gazetteer)
        if row is None:
            raise UnknownValue("country", match[1], gazetteer.country_names["en"].values())
        return row, []
    if "," in name and (same := _labelled(name, gazetteer)):
        return same[0], same[1:]
    resolution = resolve(name, gazetteer, query=True)
    rows = [] if resolution.row is None else [resolution.row, *resolution.alternatives]
    if not rows:
        raise _unknown(name, gazetteer)
    if radius and gazetteer.kinds[rows[0]] != PlaceKind.CITY:
        same_name = [p & ROW_MASK for p in gazetteer.postings(name_key(name))]
        cities = [r for r in (*same_name, *rows) if gazetteer.kinds[r] == PlaceKind.CITY]
        inside = [r for r in cities if r in set(gazetteer.cities_in(rows[0]).tolist())]
        if inside:
            rows = [inside[0], *rows]
    return rows[0], rows[1:]


def _labelled(name: str, gazetteer: Gazetteer) -> list[int]:
    """Places whose label is exactly this text, cities first: what a list of choices sends back."""
    same: list[int] = []
    at = name.find(",")
    while at > 0:  # names hold commas too
        for posting in gazetteer.postings(name_key(name[:at])):
            row = posting & ROW_MASK
            if gazetteer.label(row) == name and row not in same:
                same.append(row)
        at = name.find(",", at + 1)
    return sorted(same, key=lambda r: gazetteer.kinds[r] != PlaceKind.CITY)


def _unknown(name: str, gazetteer: Gazetteer) -> UsageError:
    key = name_key(name)
    close: list[str] = []
    for start in (key[:2], key[:1]):
        if close or not start:
            break
        names = [gazetteer.key(at) for at in gazetteer.best_keys(start, 3_000)]
        for match in difflib.get_close_matches(key, names, n=3, cutoff=0.7):
            row = gazetteer.postings(match)[0] & ROW_MASK
            shown = gazetteer.name(row)
            # A match by another name ("Wienn" is near "wien") is shown as it would be typed.
            close.append(shown if name_key(shown) == match else match)
    if close:
        return UnknownValue("place", name, dict.fromkeys(close))
    return UsageError(
        f"place: no place is called {name!r}; check the spelling, or give a city, region or "
        "country nearby.",
        field="place",
    )


def _area(
    text: str, row: int, km: float | None, alternatives: list[int], gazetteer: Gazetteer
) -> Area:
    place = gazetteer.at(row)
    codes: tuple[str, ...] = ()
    ids = None
    if km is not None:
        if place.kind != "city" or place.lat is None or place.lon is None:
            raise PlaceError(_no_centre(row, gazetteer))
        ids = gazetteer.within(place.lat, place.lon, km)
    elif place.kind == "country":
        codes = (place.country or "",)
    elif place.kind == "admin1":
        codes = (place.admin1 or "",)
    elif place.kind == "union" and not any(m.startswith("#") for m in gazetteer.union_members[row]):
        codes = tuple(gazetteer.union_members[row])
    elif place.kind == "city":
        ids = _city_ids(row, gazetteer)
    else:
        ids = _division_ids(row, gazetteer)
    # A country's name may be a region's too: "Georgia (country)" can be asked for again.
    labels = [
        gazetteer.label(r) + (" (country)" if gazetteer.kinds[r] == PlaceKind.COUNTRY else "")
        for r in alternatives
    ]
    return Area(
        asked=text,
        label=place.label,
        kind=place.kind,
        place_id=place.id,
        country=place.country,
        admin1=place.admin1,
        lat=place.lat,
        lon=place.lon,
        within_km=km,
        codes=codes,
        place_ids=ids,
        alternatives=tuple(dict.fromkeys(n for n in labels if n != place.label))[:5],
    )


def _no_centre(row: int, gazetteer: Gazetteer) -> str:
    place = gazetteer.at(row)
    cities = gazetteer.cities_in(row).tolist()
    hint = ""
    if cities:
        largest = max(cities, key=lambda r: (gazetteer.populations[r], -r))
        hint = f", for example {gazetteer.name(largest)}"
    word = {"country": "country", "union": "group of regions"}.get(place.kind, "region")
    return (
        f"{place.label} is a {word} and has no centre to measure from; search `in {place.name}`, "
        f"or name a city in it{hint}."
    )


def _city_ids(row: int, gazetteer: Gazetteer) -> np.ndarray[Any, np.dtype[np.int64]]:
    import numpy as np

    own = name_key(gazetteer.name(row))
    people = gazetteer.populations[row]
    radius = min(math.sqrt(people / CITY_DENSITY / math.pi), CITY_RADIUS_KM)
    rows = gazetteer.rows_within(gazetteer.lats[row], gazetteer.lons[row], radius).tolist()
    admin1, admin2 = gazetteer.admin1s[row], gazetteer.admin2s[row]
    only_admin2 = admin2 >= 0 and name_key(gazetteer.name(admin2)) == own
    inside = {
        r
        for r in rows
        if gazetteer.countries[r] == gazetteer.countries[row]
        and gazetteer.admin1s[r] == admin1
        and gazetteer.populations[r] < people
        and (not only_admin2 or gazetteer.admin2s[r] == admin2)
    }
    inside.add(row)
    # A creator known only to a division that is the city (Berlin, Paris) is in the city.
    for division in (admin1, admin2):
        if (
            division >= 0
            and name_key(gazetteer.name(division)) == own
            and 2 * people >= gazetteer.populations[division]
        ):
            inside.add(division)
    return np.array(sorted(gazetteer.ids[r] for r in inside), dtype=np.int64)


def _division_ids(row: int, gazetteer: Gazetteer) -> np.ndarray[Any, np.dtype[np.int64]]:
    import numpy as np

    rows = {row, *gazetteer.cities_in(row).tolist(), *gazetteer.members(row)}
    return np.array(sorted(gazetteer.ids[r] for r in rows), dtype=np.int64)
