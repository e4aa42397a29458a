"""A place's name written wrongly: what may be meant.

A name one letter away (left out, doubled, swapped, another) is looked for by trying every such
change in the name table: some hundred look-ups, a millisecond. It is taken for the place without
asking only when a single well-known name is that near; otherwise names are offered. Further away,
names with the same beginning are compared by difflib's ratio, to offer and never to take.

The limits are our own choice, fixed by tests/unit/geography/test_ask.py.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator

from influencr.geography.gazetteer._format import ROW_MASK
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.query._choices import is_strong, readings

__all__ = ["misspelt", "similar_names"]

#: Letters that a name must have: nearly every shorter one is one letter away from some place.
MIN_LETTERS = 5
#: People from which a name one letter away counts: a place's own name, and another language's.
MIN_PEOPLE = 15_000
MIN_PEOPLE_FOREIGN = 200_000
_OFFERED = 3
_COMPARED = 3_000
_RATIO = 0.7

#: Letters that a wrong letter may have been, by script; folded, so no accents and no capitals.
_LETTERS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz ",
    "CYRILLIC": "абвгдежзийклмнопрстуфхцчшщъыьэюяіїє ",
    "GREEK": "αβγδεζηθικλμνξοπρστυφχψω ",
    "ARABIC": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآ ",
    "HEBREW": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ ",
}


def misspelt(name: str, gazetteer: Gazetteer) -> list[int]:
    """Rows that a misspelt name means, best first; empty unless a single known name is so near."""
    strong = [key for key, is_known in _near_keys(name, gazetteer) if is_known]
    found = [readings(key, gazetteer) for key in strong]
    # "Johannesburg" and "Johanesburgo" are one city.
    return found[0] if len({rows[0] for rows in found}) == 1 else []


def similar_names(name: str, gazetteer: Gazetteer) -> list[str]:
    """Up to three names to offer for one that no place has, best first."""
    near = _near_keys(name, gazetteer)
    shown = [_shown(key, gazetteer) for key, _ in near]
    if shown:
        return list(dict.fromkeys(shown))[:_OFFERED]
    key = name_key(name)
    for start in (key[:2], key[:1]):
        if not start:
            break
        names = [gazetteer.key(at) for at in gazetteer.best_keys(start, _COMPARED)]
        close = difflib.get_close_matches(key, names, n=_OFFERED, cutoff=_RATIO)
        if close:
            return list(dict.fromkeys(_shown(match, gazetteer) for match in close))
    return []


def _near_keys(name: str, gazetteer: Gazetteer) -> list[tuple[str, bool]]:
    """(name one letter away, is it well known), the largest place first."""
    key = name_key(name)
    if len(key) < MIN_LETTERS:
        return []
    found: dict[str, tuple[bool, int]] = {}
    for other in set(_changed(key)):
        postings = gazetteer.postings(other)
        if not postings:
            continue
        strong = [
            p
            for p in postings
            if is_strong(p, gazetteer, people=MIN_PEOPLE, foreign=MIN_PEOPLE_FOREIGN)
        ]
        most = max(gazetteer.populations[p & ROW_MASK] for p in strong or postings)
        found[other] = bool(strong), most
    order = sorted(found, key=lambda k: (not found[k][0], -found[k][1], k))
    return [(k, found[k][0]) for k in order]


def _changed(key: str) -> Iterator[str]:
    """Every text that one wrong letter may have made this one of."""
    letters = _letters(key)
    for i in range(len(key) + 1):
        head, tail = key[:i], key[i:]
        for letter in letters:
            yield head + letter + tail
        if tail:
            yield head + tail[1:]
            for letter in letters:
                yield head + letter + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _letters(key: str) -> str:
    script = next((unicodedata.name(c, "").split(" ")[0] for c in key if c.isalpha()), "")
    return _LETTERS.get(script, "")


def _shown(key: str, gazetteer: Gazetteer) -> str:
    """The name as it is written; one by another name ("wienn" is near "wien") as it is typed."""
    shown = gazetteer.name(gazetteer.postings(key)[0] & ROW_MASK)
    return shown if name_key(shown) == key else key.title()
