"""Which countries keep a clock: IANA, Windows and Rails names, offsets from UTC.

Rails names ("Pacific Time (US & Canada)") are what Twitter stored; they name one city or region
each, so they are mapped to the IANA zone of that city. An offset alone says little and is weighed
by people. "UTC" and "Europe/London" as a platform's default are noise we cannot tell from truth:
time zones shift the odds and never claim a place.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from influencr.geography.hints._world import base_rates, zones

__all__ = ["Clock", "clock"]


class Clock(NamedTuple):
    """What a time zone says.

    countries   alpha-2 -> share, sums to 1
    zones       IANA names that fit
    is_named    False for a bare offset
    """

    countries: Mapping[str, float]
    zones: frozenset[str]
    is_named: bool


# Rails name -> IANA zone, where the part behind the slash is another word; the rest ("Berlin",
# "Buenos Aires") is found by that part. From the names themselves.
_RAILS = {
    "international date line west": "Pacific/Pago_Pago", "american samoa": "Pacific/Pago_Pago",
    "midway island": "Pacific/Pago_Pago", "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage", "pacific time (us & canada)": "America/Los_Angeles",
    "arizona": "America/Phoenix", "mountain time (us & canada)": "America/Denver",
    "central time (us & canada)": "America/Chicago",
    "eastern time (us & canada)": "America/New_York",
    "indiana (east)": "America/Indiana/Indianapolis",
    "atlantic time (canada)": "America/Halifax", "newfoundland": "America/St_Johns",
    "saskatchewan": "America/Regina", "central america": "America/Guatemala",
    "guadalajara": "America/Mexico_City", "quito": "America/Guayaquil",
    "brasilia": "America/Sao_Paulo", "greenland": "America/Nuuk",
    "mid-atlantic": "Atlantic/South_Georgia", "azores": "Atlantic/Azores",
    "cape verde is.": "Atlantic/Cape_Verde", "edinburgh": "Europe/London",
    "bern": "Europe/Zurich", "west central africa": "Africa/Lagos",
    "pretoria": "Africa/Johannesburg",
    "harare": "Africa/Harare", "kyiv": "Europe/Kyiv", "st. petersburg": "Europe/Moscow",
    "jerusalem": "Asia/Jerusalem", "abu dhabi": "Asia/Dubai", "ekaterinburg": "Asia/Yekaterinburg",
    "islamabad": "Asia/Karachi", "chennai": "Asia/Kolkata", "mumbai": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata", "sri jayawardenepura": "Asia/Colombo", "astana": "Asia/Almaty",
    "hanoi": "Asia/Ho_Chi_Minh", "beijing": "Asia/Shanghai", "ulaan bataar": "Asia/Ulaanbaatar",
    "osaka": "Asia/Tokyo", "sapporo": "Asia/Tokyo", "canberra": "Australia/Sydney",
    "solomon is.": "Pacific/Guadalcanal", "new caledonia": "Pacific/Noumea",
    "marshall is.": "Pacific/Majuro", "wellington": "Pacific/Auckland",
    "nuku'alofa": "Pacific/Tongatapu", "samoa": "Pacific/Apia", "chatham is.": "Pacific/Chatham",
    "tokelau is.": "Pacific/Fakaofo", "kyev": "Europe/Kyiv",
}  # fmt: skip

# The two zones of these Rails names reach over a border, and say so.
_TWO = {"pacific time (us & canada)": "America/Vancouver", "mountain time (us & canada)":
        "America/Edmonton", "central time (us & canada)": "America/Winnipeg",
        "eastern time (us & canada)": "America/Toronto"}  # fmt: skip

_OFFSET = re.compile(
    r"\(?(?:utc|gmt)?\s*([+\-\N{MINUS SIGN}])\s*(\d{1,2})(?::?([0-5]\d))?\)?(?!\d)"
)
_SECONDS = re.compile(r"[+-]?\d{4,5}")


@functools.cache
def _by_city() -> dict[str, str]:
    """Last part of an IANA name, with blanks -> the name; "new york" -> America/New_York."""
    found: dict[str, str] = {}
    for name, of in sorted(zones().items()):
        if "/" in name:
            found.setdefault(name.rpartition("/")[2].replace("_", " "), of[0].name)
    return found


@functools.lru_cache(maxsize=4096)
def clock(text: str) -> Clock | None:
    """Countries and zones that a time zone names; None for what is no time zone or is just UTC.

    text   "Europe/Vienna", "Pacific Time (US & Canada)", "W. Europe Standard Time", "UTC+05:30",
           "-18000" (seconds)

    >>> clock("Asia/Calcutta").zones, clock("Quito").countries
    (frozenset({'Asia/Kolkata'}), {'EC': 1.0})
    """
    name = " ".join(text.split()).casefold()
    key = name.replace(" ", "_")
    names = [name] if name in zones() else [key] if key in zones() else []
    if not names:
        said = _RAILS.get(name) or _by_city().get(name)
        names = [n.casefold() for n in (said, _TWO.get(name)) if n]
    if names:
        found = [zone for n in names for zone in zones().get(n, ())]
        return _weighed([(z.name, z.country, z.share) for z in found], is_named=True)
    minutes = _minutes(name)
    if minutes is None or minutes == 0:
        return None
    every = {(z.name, z.country, z.share) for of in zones().values() for z in of
             if minutes in z.offsets}  # fmt: skip
    return _weighed(sorted(every), is_named=False)


def _minutes(text: str) -> int | None:
    if _SECONDS.fullmatch(text) and abs(int(text)) >= 3600:
        # "+0530" is hours and minutes, "19800" and "-18000" are seconds.
        if len(text.lstrip("+-")) == 4 and text[0] in "+-" and int(text[-2:]) in (0, 30, 45):
            sign = -1 if text[0] == "-" else 1
            return sign * (int(text[1:3]) * 60 + int(text[3:]))
        return int(text) // 60
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    sign = 1 if match[1] == "+" else -1
    return sign * (int(match[2]) * 60 + int(match[3] or 0))


def _weighed(found: list[tuple[str, str, float]], *, is_named: bool) -> Clock | None:
    base = base_rates()
    weights: dict[str, float] = defaultdict(float)
    for _, country, share in found:
        weights[country] += base[country] * share
    total = sum(weights.values())
    if total <= 0:
        return None
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    countries = {code: round(n / total, 4) for code, n in ranked if n / total >= 0.001}
    return Clock(countries, frozenset(zone for zone, _, _ in found), is_named)
