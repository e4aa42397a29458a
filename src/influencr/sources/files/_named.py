"""What people put into the free key and value fields of their profile (Mastodon and its kin).

The keys are the person's own words in their own language: "Location", "Ort", "所在地". A value
under a key that asks for a place is the location, one under a key for the clock the time zone, and
what holds an address is a link. Everything else (pronouns above all) is not read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from influencr.sources.files._words import plain_text

__all__ = ["NamedFields", "named_fields"]

# Keys are compared in lower case, with everything but letters gone. Words for where somebody comes
# from (hometown, Heimat) are not here: that is not where they are.
_PLACE = frozenset(
    name
    for line in (
        "location locations place based basedin livingin livesin ilivein where whereabouts home",
        "city country residence locale region area locatedin currentlyin",
        "lugar ubicación ubicacion ciudad país pais vivoen residencia localización localizacion",
        "ort wohnort standort stadt land wohnhaft lebtin wohntin zuhause",
        "lieu ville pays localisation emplacement jhabite habiteà résidence",
        "luogo città citta paese residenza posizione dove localização localizacao",
        "cidade onde moroem",
        "plaats woonplaats locatie stad plats bor bori stedet sted bosted poststed sijainti",
        "paikkakunta kotipaikka asuinpaikka kaupunki miejsce miejscowość lokalizacja miasto",
        "místo město bydliště mesto miesto bydlisko lokalita lokacija grad hely lakhely helyszín",
        "város oraș oraş locație locatie τοποθεσία πόλη τόπος konum şehir sehir yer",
        "город место местоположение страна местожительства місто розташування місце",
        "所在地 場所 居住地 在住 住まい 都道府県 位置 城市 地点 地點 坐标 坐標 现居 現居 地区",
        "위치 지역 사는곳 도시",
        "الموقع المدينة المكان البلد مكان موقع מיקום עיר מקוםמגורים موقعیت شهر مکان",
        "lokasi kota tempat domisili tinggal địađiểm thànhphố nơiở",
        "ที่อยู่ จังหวัด สถานที่ जगह शहर स्थान",
    )
    for name in line.split()
)
_CLOCK = frozenset(
    name
    for line in (
        "timezone tz zeitzone zonahoraria fusohorário fusohorario fuseau fuseauhoraire tijdzone",
        "タイムゾーン 时区 時區 часовойпояс strefaczasowa saatdilimi",
    )
    for name in line.split()
)
_HREF = re.compile(r"""href=["']?([^"'\s>]+)""", re.I)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.I)


class NamedFields(NamedTuple):
    """What the fields say; None and () where they do not."""

    place: str | None
    time_zone: str | None
    links: tuple[str, ...]


def named_fields(fields: object) -> NamedFields:
    """Place, time zone and links among the fields of a profile.

    fields   a list of {"name", "value"} (as Mastodon gives them), a mapping of keys to values, or
             either of them as JSON text; values may be HTML. Anything else holds nothing.

    >>> named_fields({"Standort": "Graz", "Pronomen": "sie", "Web": "https://ofen.example"})
    NamedFields(place='Graz', time_zone=None, links=('https://ofen.example',))
    """
    place = clock = None
    links: list[str] = []
    for name, value in _pairs(fields):
        found = [*_HREF.findall(value), *_ADDRESS.findall(value)]
        text = plain_text(value)
        # Marks belong to the letters of Thai and Hindi.
        key = "".join(
            c for c in name.casefold() if c.isalpha() or unicodedata.category(c)[0] == "M"
        )
        if found:
            links += found
        elif text and place is None and ("📍" in name or key in _PLACE):
            place = text
        elif text and clock is None and key in _CLOCK:
            clock = text
    return NamedFields(place, clock, tuple(dict.fromkeys(links)))


def _pairs(fields: object) -> Iterable[tuple[str, str]]:
    if isinstance(fields, str):
        try:
            fields = json.loads(fields)
        except ValueError:
            return
    if isinstance(fields, dict):
        for name, value in fields.items():
            if isinstance(value, str | int | float):
                yield str(name), str(value)
    elif isinstance(fields, list):
        for item in fields:
            pair: Any = item
            if isinstance(pair, dict) and isinstance(pair.get("name"), str):
                value = pair.get("value")
                if isinstance(value, str):
                    yield pair["name"], value
