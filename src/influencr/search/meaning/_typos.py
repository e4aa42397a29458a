"""What was probably meant by a word that hardly anybody writes.

Only a word is read as another one when it is unknown, or so rare beside the other that the other
is RARER_BY times as frequent; when it has at least ONE_ERROR letters (TWO_ERRORS for two errors)
and no digits; and when it neither names a concept or topic nor is a form of one. What was typed
stays the first alternative, so a correction never takes an exact hit away.

An error is a letter too many, too few, another one, or two neighbours exchanged (optimal string
alignment). One error leaves the first or the second half of the word intact, so both halves are
looked up as beginning and end; two errors are found when they fall into the same half, or when the
word is listed and only vowels and doubled letters are wrong ("recepies"). A short half begins
thousands of words: there the possible spellings are generated instead.

Of several candidates the one with fewer errors is likelier, a word that no list holds counting as
one error more; then the more frequent.
RARER_BY, ONE_ERROR, TWO_ERRORS, SUPPORT: our own choice, fixed by tests/unit/search/meaning.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from influencr.index import Vocabulary
from influencr.search.meaning._compounds import listed
from influencr.text import stem
from influencr.topics import concept_names, phrases

__all__ = ["corrections", "distance"]

#: A known word is read as another one only if that is so many times as frequent.
RARER_BY = 20
#: Letters of a word in which one error, or two, are looked for.
ONE_ERROR, TWO_ERRORS = 5, 8
#: Creators who use a word, or one with its stem, before it can be what was meant; listed words
#: need one.
SUPPORT = 3
# From this length on halves are looked up, below it spellings are generated.
_HALVED = 8
_LOOKED_AT = 600
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщъыьэюя"


def corrections(word: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """(word, errors) for at most two words that may have been meant, likeliest first."""
    if len(word) < ONE_ERROR or not word.isalpha() or listed(word):
        return []
    known = vocabulary.frequency(word)
    if known * RARER_BY > vocabulary.n_creators:
        return []
    needed = max(1, known * RARER_BY)
    found: list[tuple[int, int, int, str]] = []
    for other, frequency in dict(_candidates(word, vocabulary)).items():
        if frequency < needed or other == word or not other.isalpha():
            continue
        is_listed = listed(other)
        errors = distance(word, other, 2 if len(word) >= TWO_ERRORS else 1)
        if errors is None or len(other) < ONE_ERROR - 1:
            continue
        if is_listed or _support(other, frequency, vocabulary) >= SUPPORT:
            found.append((errors + (not is_listed), errors, -frequency, other))
    found.sort()
    return [(other, errors) for _, errors, _, other in found[:2]]


def _support(word: str, frequency: int, vocabulary: Vocabulary) -> int:
    """Creators who use the word or another one that begins with its English stem."""
    if frequency >= SUPPORT or not word.isascii():
        return frequency
    return sum(found for _, found in vocabulary.starting(stem(word, "en"), _LOOKED_AT))


@functools.cache
def _listed_by_consonants() -> dict[str, tuple[str, ...]]:
    """Listed words of Latin letters by their consonants; made on first use."""
    found: dict[str, list[str]] = {}
    for concept in concept_names():
        for said in phrases(concept):
            word = said.words[0] if len(said.words) == 1 else ""
            if said.kind == "same" and len(word) >= ONE_ERROR and word.isascii():
                found.setdefault(_consonants(word), []).append(word)
    return {key: tuple(dict.fromkeys(words)) for key, words in found.items()}


def _consonants(word: str) -> str:
    """The first letter and the consonants behind it, doubled ones once, ph as f."""
    word = word.replace("ph", "f")
    kept = [word[0]]
    for letter in word[1:]:
        if letter not in "aeiouy" and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


def _candidates(word: str, vocabulary: Vocabulary) -> Iterator[tuple[str, int]]:
    for other in _listed_by_consonants().get(_consonants(word), ()):
        if frequency := vocabulary.frequency(other):
            yield other, frequency
    if len(word) >= _HALVED:
        half = len(word) // 2
        yield from vocabulary.starting(word[:half], _LOOKED_AT)
        yield from vocabulary.ending(word[half:], _LOOKED_AT)
        crossed = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
        yield crossed, vocabulary.frequency(crossed)
        return
    alphabet = _LATIN if word.isascii() else _CYRILLIC
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        tried = [left + letter + right for letter in alphabet]
        if right:
            tried.append(left + right[1:])
            tried += [left + letter + right[1:] for letter in alphabet]
        if len(right) > 1:
            tried.append(left + right[1] + right[0] + right[2:])
        for other in tried:
            if frequency := vocabulary.frequency(other):
                yield other, frequency


def distance(word: str, other: str, most: int) -> int | None:
    """Errors between two words, None when they are more than `most`.

    >>> distance("motivatonal", "motivational", 2), distance("vgean", "vegan", 1)
    (1, 1)
    >>> distance("vegan", "pagan", 1) is None
    True
    """
    if abs(len(word) - len(other)) > most:
        return None
    start = 0
    shorter = min(len(word), len(other))
    while start < shorter and word[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and word[-1 - end] == other[-1 - end]:
        end += 1
    left, right = word[start : len(word) - end], other[start : len(other) - end]
    if not left or not right:
        errors = len(left) + len(right)
        return errors if errors <= most else None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        # Rows never fall by more than a swap takes back.
        if min(row) > most and min(before) > most:
            return None
    return row[-1] if row[-1] <= most else None
