"""Our own names (aliases.csv) and composite regions (unions.csv), put on top of the data."""

from __future__ import annotations

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collected import Collected
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._near import flat_km

__all__ = ["ALIAS_KINDS", "add_own_names"]

#: How far a district may lie from the point that GeoNames gives its city.
_DISTRICT_KM = 45.0
#: An alias of a city that is really the name of a place of so many people beside it (Secunderabad,
#: Omdurman) means that place.
_DISTRICT_PEOPLE = 10_000

ALIAS_KINDS = {
    "alias": NameKind.ALIAS,
    "district": NameKind.ALIAS,
    "capitals": NameKind.CAPITALS,
    "weak": NameKind.WEAK,
    "name": NameKind.OFFICIAL,
    "display": NameKind.OFFICIAL,
}


def add_own_names(out: Collected, unions: list[tuple[int, list[str]]]) -> None:
    """Apply both own files; ValueError when they name a place that the data do not hold."""
    find = _Finder(out)
    for entry in _sources.aliases():
        row = find(entry["place"])
        for name in entry["alias"].split("|"):
            if entry["kind"] == "display":
                out.places[row].name = name
            target = row
            if entry["kind"] == "district" or (
                entry["kind"] == "alias" and not _is_called(out, row, name)
            ):
                least = 0 if entry["kind"] == "district" else _DISTRICT_PEOPLE
                target = _district(out, name, row, least)
            out.name(target, name, ALIAS_KINDS[entry["kind"]])
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


def _is_called(out: Collected, row: int, name: str) -> bool:
    return (NameKind.OFFICIAL << KIND_SHIFT | row) in out.names.get(name_key(name), ())


def _district(out: Collected, name: str, city: int, least: int) -> int:
    """The place of that name with at least so many people in or beside a city, else the city."""
    places = out.places
    if places[city].kind != PlaceKind.CITY:
        return city
    own = []
    for posting in out.names.get(name_key(name), ()):
        row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
        place = places[row]
        if (
            (kind <= NameKind.ALIAS or (kind == NameKind.ALTERNATE and not least))
            and place.kind == PlaceKind.CITY
            and row != city
            and place.population >= least
            and place.country == places[city].country
            and flat_km(places[city].lat, places[city].lon, place) <= _DISTRICT_KM
        ):
            own.append((kind == NameKind.ALTERNATE, -place.population, row))
    return min(own)[2] if own else city


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
        self.union = {p.name: row for row, p in enumerate(out.places) if p.kind == PlaceKind.UNION}

    def __call__(self, reference: str) -> int:
        name, at, inside = reference.partition("@")
        if reference.startswith("#"):
            return self.by_id[int(reference[1:])]
        if not at:
            for table in (self.country, self.region, self.union):
                if reference in table:
                    return table[reference]
            raise ValueError(f"own file: no country, region or union {reference!r}")
        places = self.out.places
        frame = self.country.get(inside, self.region.get(inside, -2))
        inner = []
        for posting in self.out.names.get(name_key(name), ()):
            row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
            place = places[row]
            if place.kind in (PlaceKind.CITY, PlaceKind.ADMIN2) and frame in (
                place.country,
                place.admin1,
            ):
                # Cities before second-level divisions of the same name, unless the name says
                # County; an official name is worth a decade of people.
                weight = place.population * (10 if kind <= NameKind.ALIAS else 1)
                inner.append((place.kind == PlaceKind.CITY, weight, row))
        if not inner:
            raise ValueError(f"own file: no place {reference!r}")
        return max(inner)[2]
