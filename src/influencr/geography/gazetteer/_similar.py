"""Names one typing error away, for text whose country or region is already known.

No index of errors is kept: every spelling one error away (about 600 for a Latin name of ten
letters) is looked up in the hash table, which takes half a millisecond.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind

if TYPE_CHECKING:
    from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["MIN_LETTERS", "similar", "spellings"]

#: Shorter names are one error away from too many others (design document, section 5).
MIN_LETTERS = 6

#: Scripts whose letters lie in one block of 128 and whose words are spelt letter by letter; in
#: Han, Kana and Hangul a wrong sign is another word.
_LAST_ALPHABET = 0x10FF
_BLOCK = 0x80


def similar(gazetteer: Gazetteer, key: str, within: int) -> list[int]:
    """See `Gazetteer.similar`."""
    if len(key) < MIN_LETTERS:
        return []
    found: dict[int, tuple[float, int]] = {}
    for spelling in spellings(key):
        for posting in gazetteer.postings(spelling):
            row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
            if kind <= NameKind.ALTERNATE and gazetteer.contains(within, row):
                people = gazetteer.populations[row]
                # As in the order of postings: another language's name costs a decade of people.
                rank = (-people / (10 if kind == NameKind.ALTERNATE else 1), gazetteer.ids[row])
                found[posting] = min(rank, found.get(posting, rank))
    best: dict[int, int] = {}
    for posting in sorted(found, key=lambda p: found[p]):
        best.setdefault(posting & ROW_MASK, posting)
    return list(best.values())


def spellings(key: str) -> Iterator[str]:
    """Every other string one error away from a key, with the same first letter; some twice."""
    letters = _alphabet(key)
    for at in range(1, len(key)):
        head, tail = key[:at], key[at + 1 :]
        yield head + tail
        if at + 1 < len(key) and key[at] != key[at + 1]:
            yield head + key[at + 1] + key[at] + key[at + 2 :]
        for letter in letters:
            if letter != key[at]:
                yield head + letter + tail
                yield head + letter + key[at:]
    for letter in letters:
        yield key + letter


def _alphabet(key: str) -> str:
    """The letters of the key's script, and the space; empty for scripts without an alphabet."""
    block = ord(max(key)) // _BLOCK
    return _letters(block) if block * _BLOCK <= _LAST_ALPHABET else ""


@lru_cache(maxsize=64)
def _letters(block: int) -> str:
    found = [" "]
    for point in range(block * _BLOCK, (block + 1) * _BLOCK):
        char = chr(point)
        # Marks are letters where they are vowels; keys hold no capitals.
        if unicodedata.category(char) in ("Ll", "Lo", "Mn", "Mc"):
            found.append(char)
    return "".join(found)
