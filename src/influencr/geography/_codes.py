"""Codes and names of countries and regions, as people type them in a filter."""

from __future__ import annotations

from influencr.errors import UnknownValue
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["country_code", "country_name", "country_row", "region_code", "region_name"]


def country_row(text: str, gazetteer: Gazetteer) -> int | None:
    """Row of the country that a code or a name in any language means, else None."""
    code = text.strip().upper()
    if code in gazetteer.country_row:  # a code is a code, whatever is called so in some language
        return gazetteer.country_row[code]
    if code in gazetteer.alpha3_row:
        return gazetteer.alpha3_row[code]
    for posting in gazetteer.postings(name_key(text)):
        if gazetteer.kinds[posting & ROW_MASK] == PlaceKind.COUNTRY:
            return posting & ROW_MASK
    return None


def country_code(text: str, gazetteer: Gazetteer | None = None) -> str:
    """ISO 3166-1 alpha-2 of a country given by code or by name, in about 40 languages.

    Raises UnknownValue with the nearest country names.

    >>> country_code("fr"), country_code("ESP"), country_code("Spagna"), country_code("UK")
    ('FR', 'ES', 'ES', 'GB')
    """
    found = gazetteer or Gazetteer.load()
    row = country_row(text, found)
    if row is None:
        raise UnknownValue("country", text, found.country_names["en"].values())
    return found.country_codes[row]


def country_name(code: str, language: str = "en", gazetteer: Gazetteer | None = None) -> str:
    """Name of a country in a language (English where CLDR has no name in that language).

    Raises UnknownValue for a code that is no country.

    >>> country_name("ES"), country_name("ES", "de")
    ('Spain', 'Spanien')
    """
    found = gazetteer or Gazetteer.load()
    if code not in found.country_row:
        raise UnknownValue("country", code, found.country_codes)
    english = found.country_names["en"]
    return found.country_names.get(language, english).get(code, english[code])


def region_code(text: str, gazetteer: Gazetteer | None = None) -> str:
    """ISO 3166-2 code of a first-level division given by code or by name.

    A name of several regions means the one with most people; "Limburg, NL" or "NL-LI" says which.
    Raises UnknownValue with the nearest region names.

    >>> region_code("de-by"), region_code("Bavaria"), region_code("Catalunya"), region_code("TX")
    ('DE-BY', 'DE-BY', 'ES-CT', 'US-TX')
    """
    found = gazetteer or Gazetteer.load()
    exact = found.region_row.get(text.strip().upper())
    if exact is not None and found.kinds[exact] == PlaceKind.ADMIN1:
        return found.region_of[exact]
    name, comma, around = text.rpartition(",")
    frame = country_row(around, found) if comma else None
    rows = region_rows(name if frame is not None else text, found)
    if frame is not None:
        rows = [r for r in rows if found.countries[r] == frame]
    if not rows:
        names = [found.name(r) for r in found.region_of if found.kinds[r] == PlaceKind.ADMIN1]
        raise UnknownValue("region", text, names)
    return found.region_of[rows[0]]


def region_rows(text: str, gazetteer: Gazetteer) -> list[int]:
    """Rows of the first-level divisions of that name or code, names first, largest first."""
    rows = [
        (p >> KIND_SHIFT == NameKind.CODE, -gazetteer.populations[p & ROW_MASK], p & ROW_MASK)
        for p in gazetteer.postings(name_key(text))
        if gazetteer.kinds[p & ROW_MASK] == PlaceKind.ADMIN1
    ]
    return [row for _, _, row in sorted(rows)]


def region_name(code: str, gazetteer: Gazetteer | None = None) -> str:
    """Name of a first-level division with its country; UnknownValue for a code that is none.

    >>> region_name("DE-BY")
    'Bavaria, Germany'
    """
    found = gazetteer or Gazetteer.load()
    row = found.region_row.get(code)
    if row is None:
        raise UnknownValue("region", code, found.region_row)
    return found.label(row)
