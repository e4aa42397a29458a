"""Countries of the telephone numbers that somebody publishes.

Calling codes are the ITU's, as GeoNames lists them. +1 is told apart by the area codes of the
North American plan outside the United States (NANPA's public list, by hand), +7 by its first digit
(6 and 7 are Kazakhstan's). Only numbers with a calling code are read: "030 123456" is a number in
any country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from influencr.geography.hints._world import calling_codes

__all__ = ["phones"]

# A number behind "+" or "00", with the marks that people set between digits.
_NUMBER = re.compile(r"(?<![\w+])(?:\+|00)[ ]?\(?(\d[\d\s().\-/\u00a0]{6,20}\d)(?!\w)")
_WA = re.compile(
    r"(?:wa\.me/(?:message/)?|whatsapp\.com/send/?\?(?:[^\s]*&)?phone=|tel:)\+?(\d{8,15})"
)
_MIN_DIGITS, _MAX_DIGITS = 8, 15

_AREAS = {
    code: country
    for country, codes in {
        "CA": "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 "
        "437 438 450 460 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 "
        "742 753 778 780 782 807 819 825 867 873 879 902 905 942",
        "BS": "242", "BB": "246", "AI": "264", "AG": "268", "VG": "284", "VI": "340", "KY": "345",
        "BM": "441", "GD": "473", "TC": "649", "JM": "658 876", "MS": "664", "MP": "670",
        "GU": "671", "AS": "684", "SX": "721", "LC": "758", "DM": "767", "VC": "784",
        "PR": "787 939", "DO": "809 829 849", "TT": "868", "KN": "869",
    }.items()
    for code in codes.split()
}  # fmt: skip


def phones(texts: Iterable[str]) -> list[tuple[str, Mapping[str, float]]]:
    """Calling code as shown ("+49", "+1 416") and its countries, each code once, in order.

    >>> phones(["WhatsApp +49 170 5550123", "https://wa.me/5511955501234"])[0]
    ('+49', {'DE': 1.0})
    >>> phones(["+18 tips, 00 7"])
    []
    """
    found: dict[str, Mapping[str, float]] = {}
    for text in texts:
        if "+" not in text and "00" not in text and "wa.me" not in text and "tel:" not in text \
                and "phone=" not in text:  # fmt: skip
            continue
        for match in (*_NUMBER.finditer(text), *_WA.finditer(text)):
            digits = re.sub(r"\D", "", match[1])
            if _MIN_DIGITS <= len(digits) <= _MAX_DIGITS and (told := _country(digits)):
                found.setdefault(*told)
    return list(found.items())


def _country(digits: str) -> tuple[str, Mapping[str, float]] | None:
    if digits[0] == "1":
        area = digits[1:4]
        if len(digits) != 11 or digits[1] in "01":
            return None
        return (f"+1 {area}", {_AREAS[area]: 1.0}) if area in _AREAS else ("+1", {"US": 1.0})
    if digits[0] == "7":
        if len(digits) != 11:
            return None
        return ("+7 7", {"KZ": 1.0}) if digits[1] in "67" else ("+7", {"RU": 1.0})
    for length in (3, 2):
        if countries := calling_codes().get(digits[:length]):
            return f"+{digits[:length]}", countries
    return None
