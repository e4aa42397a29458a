"""The two rules that anybody would write first: one flag, and names found in running text."""

from __future__ import annotations

import math
import re

from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["MIN_PEOPLE", "PlainScan", "single_flag"]

#: Cities of at least so many people, as the widely used `cities15000` file of GeoNames.
MIN_PEOPLE = 15_000
#: Shorter names are words or codes more often than cities.
_MIN_LETTERS = 3
#: Names of so many letters are also read in small letters: the rule that did best for this
#: baseline on the sets that count as seen, so that nobody beats a straw man.
_ANY_CASE_LETTERS = 5

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_NATION = re.compile("\U0001f3f4\U000e0067\U000e0062[\U000e0061-\U000e007a]+\U000e007f")
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_COUNTRY_SHORT = {
    "USA": "US", "U.S.A": "US", "U.S": "US", "UK": "GB", "U.K": "GB", "UAE": "AE",
    "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
}  # fmt: skip


def single_flag(text: str) -> str | None:
    """The country of the flags of a text when all of them are the same one.

    >>> single_flag("Bread 🇫🇷 and butter 🇫🇷"), single_flag("🇫🇷🇩🇪"), single_flag("none")
    ('FR', None, None)
    """
    found = {"".join(chr(ord(c) - 0x1F1E6 + 65) for c in flag) for flag in _FLAG.findall(text)}
    if _NATION.search(text):
        found.add("GB")
    return found.pop() if len(found) == 1 else None


class PlainScan:
    """The longest names from the left, of countries and of cities of MIN_PEOPLE; the most populous
    city wins, and where no city is named the most populous country.

    Names are the gazetteer's main ones, with and without accents; short ones as written, long ones
    in any case. That is how tools of this kind read: no context, no rejection, no other languages.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._names: dict[tuple[str, ...], tuple[bool, float, int]] = {}
        self._longest = 1
        for code, row in gazetteer.country_row.items():
            if gazetteer.kinds[row] == PlaceKind.COUNTRY:
                self._add(gazetteer.name(row), False, gazetteer.populations[row], row)
                if code in _COUNTRY_SHORT.values():
                    for name in (n for n, c in _COUNTRY_SHORT.items() if c == code):
                        self._add(name, False, gazetteer.populations[row], row)
        for row, kind in enumerate(gazetteer.kinds):
            if kind == PlaceKind.CITY and gazetteer.populations[row] >= MIN_PEOPLE:
                self._add(gazetteer.name(row), True, gazetteer.populations[row], row)

    def _add(self, name: str, is_city: bool, people: int, row: int) -> None:
        if is_city and len(name) < _MIN_LETTERS:
            return
        value = (is_city, math.log10(people + 1), row)
        spellings = {name, name_key(name).title()}
        if len(name) >= _ANY_CASE_LETTERS:
            spellings |= {name.casefold(), name_key(name)}
        for spelling in spellings:
            words = tuple(_WORD.findall(spelling))
            if words and value > self._names.get(words, (False, -1.0, -1)):
                self._names[words] = value
                self._longest = max(self._longest, len(words))

    def __call__(self, text: str) -> tuple[int, float] | None:
        """Row of the winner and log10 of its people; None when no name is in the text."""
        words = _WORD.findall(text)
        folded = [word.casefold() for word in words]
        best: tuple[bool, float, int] | None = None
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                hit = self._names.get(tuple(words[at : at + size])) or self._names.get(
                    tuple(folded[at : at + size])
                )
                if hit is not None:
                    best = hit if best is None or hit > best else best
                    at += size
                    break
            else:
                at += 1
        return (best[2], best[1]) if best else None
