"""Well-known names with one typing mistake, or with their spaces left out.

"phillipines", "Trindad", "sandiego": read only where nothing else in the string is known, and only
as a country, a region or a city of half a million. Inside a region that stands beside the name,
smaller places are mended too (`Gazetteer.similar`).
"""

from __future__ import annotations

import functools
from collections import defaultdict

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._words import NOT_A_PLACE

__all__ = ["MIN_LETTERS", "mistyped", "run_together"]

#: Letters of a name in which a mistake is mended; shorter ones are too near to other words.
MIN_LETTERS = 7
#: People of a city that a mistyped word, or one without its spaces, can mean.
MIN_MISTYPED = 500_000
MIN_RUN_TOGETHER = 200_000
# The best names by people: enough for every city of MIN_RUN_TOGETHER in every language.
_N_NAMES = 20_000
# Region names are mended where people write them most; elsewhere they are near to each other.
_REGIONS_OF = ("US", "GB", "CA", "AU", "IN", "BR", "MX", "DE", "FR", "ES", "IT", "NG", "ZA")


type _Near = dict[tuple[str, int], list[tuple[str, str]]]


@functools.lru_cache(maxsize=4)
def _known(gazetteer: Gazetteer) -> tuple[_Near, dict[str, str]]:
    """(first letter, length) -> (squeezed name, name); name without spaces -> name."""
    near: _Near = defaultdict(list)
    joined: dict[str, str] = {}
    for position in gazetteer.best_keys("", _N_NAMES):
        key = gazetteer.key(position)
        # The length first: looking names up is what costs.
        if len(key) < MIN_LETTERS or not key.isascii() or key in NOT_A_PLACE:
            continue
        solid = key.replace(" ", "")
        if len(solid) < MIN_LETTERS:
            continue
        rows = [
            p & ROW_MASK
            for p in gazetteer.postings(key)[:4]
            if (p >> KIND_SHIFT) <= NameKind.ALIAS
            and gazetteer.kinds[p & ROW_MASK] not in (PlaceKind.UNION, PlaceKind.ADMIN2)
        ]
        if not rows:
            continue
        people = max(gazetteer.populations[row] for row in rows)
        if " " in key and people >= MIN_RUN_TOGETHER:
            joined.setdefault(solid, key)
        if any(_is_known(row, gazetteer) for row in rows):
            squeezed = _squeezed(key)
            near[squeezed[0], len(squeezed)].append((squeezed, key))
    return dict(near), joined


def _is_known(row: int, gazetteer: Gazetteer) -> bool:
    place = gazetteer.kinds[row]
    return (
        place == PlaceKind.COUNTRY
        or (place == PlaceKind.ADMIN1 and gazetteer.country(row) in _REGIONS_OF)
        or (place == PlaceKind.CITY and gazetteer.populations[row] >= MIN_MISTYPED)
    )


def _squeezed(key: str) -> str:
    """Double letters once: people double the wrong one ("phillipines")."""
    return "".join(c for at, c in enumerate(key) if at == 0 or c != key[at - 1])


def run_together(key: str, gazetteer: Gazetteer) -> str | None:
    """The well-known name that a word without spaces is ("sandiego")."""
    return _known(gazetteer)[1].get(key) if len(key) >= MIN_LETTERS else None


def mistyped(key: str, gazetteer: Gazetteer) -> str | None:
    """The one well-known name at a distance of one letter, with the same first letter."""
    if len(key) < MIN_LETTERS - 1 or not key.isascii():
        return None
    near = _known(gazetteer)[0]
    word = _squeezed(key)
    found = {
        name
        for length in (len(word) - 1, len(word), len(word) + 1)
        for squeezed, name in near.get((word[0], length), ())
        if _one_apart(word, squeezed)
    }
    return found.pop() if len(found) == 1 else None


def _one_apart(one: str, other: str) -> bool:
    """One letter more, less, changed, or two neighbours exchanged."""
    short, long = sorted((one, other), key=len)
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (swapped and short[at + 2 :] == long[at + 2 :])
