"""Names one typing error away, for text whose country or region is already known.

No index of errors is kept: every spelling one error away (about 600 for a Latin name of ten
letters) is looked up in the hash table, which takes half a millisecond.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind

if TYPE_CHECKING:
    from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["MIN_LETTERS", "alphabets", "similar", "spellings"]

#: Shorter names are one error away from too many others (design document, section 5).
MIN_LETTERS = 6

#: Scripts whose letters lie in one block of 128 and whose words are spelt letter by letter; in
#: Han, Kana and Hangul a wrong sign is another word.
_LAST_ALPHABET = 0x10FF
_BLOCK = 0x80
#: Names that a letter stands in, from which on it is worth trying.
_COMMON = 20


def similar(gazetteer: Gazetteer, key: str, within: int) -> list[int]:
    """See `Gazetteer.similar`."""
    if len(key) < MIN_LETTERS:
        return []
    found: dict[int, tuple[float, int]] = {}
    for spelling in gazetteer.perhaps_known(spellings(key, _alphabet(gazetteer, key))):
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


def spellings(key: str, letters: str) -> Iterator[str]:
    """Every other string one error away from a key, with the same first letter; some twice."""
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


def _alphabet(gazetteer: Gazetteer, key: str) -> str:
    """The letters of the key's script, and the space; empty for scripts without an alphabet."""
    return gazetteer.alphabets.get(str(ord(max(key)) // _BLOCK), "")


def alphabets(keys: Iterable[str]) -> dict[str, str]:
    """Block of 128 code points -> its letters that names use, and the space; for the builder."""
    counts = Counter(char for key in keys for char in key if ord(char) <= _LAST_ALPHABET)
    found: dict[str, str] = {}
    for char, n_names in sorted(counts.items()):
        # Marks are letters where they are vowels; keys hold no capitals.
        if n_names >= _COMMON and unicodedata.category(char) in ("Ll", "Lo", "Mn", "Mc"):
            block = str(ord(char) // _BLOCK)
            found[block] = found.get(block, " ") + char
    return found
