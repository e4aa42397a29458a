"""Which of somebody's words tell them from others: rare in the index, and said where it counts.

A word weighs by its rarity, log2(creators / creators who say it) over log2(creators), rounded to
sixteenths, and by where it stands: PLACES of the field, each once, and once more when several of
the rows given say it. Words that a twentieth of all creators say tell nothing, and one that nobody
else says finds nobody.

PLACES and COMMON are our own choice, fixed by tests/unit/search/test_distinct.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from influencr.index import Vocabulary, said

__all__ = ["COMMON", "Distinct", "distinctive", "rarity"]

#: Share of creators from which a word tells nobody from anybody.
COMMON = 0.05
#: What it is worth that a word stands in a field; names and handles name the person.
PLACES = {"bio": 2.0, "posts": 1.0, "called": 1.0}
#: Letters that a word must have, unless a letter of its script is a word.
_SHORTEST = 3


class Distinct(msgspec.Struct, frozen=True):
    """A word, its weight (sixteenths, above 0, at most 1), and which of the rows say it."""

    word: str
    weight: float
    rows: tuple[int, ...]


def rarity(frequency: int, n: int) -> float:
    """0 for a word that everybody says, 1 for one that one creator says, in sixteenths.

    >>> rarity(1, 1024), rarity(32, 1024), rarity(1024, 1024)
    (1.0, 0.5, 0.0)
    """
    if n < 2 or frequency < 1:
        return 0.0
    return math.floor(16 * math.log2(n / min(frequency, n)) / math.log2(n) + 0.5) / 16


def distinctive(
    rows: Sequence[Mapping[str, Any]],
    vocabulary: Vocabulary,
    *,
    limit: int,
    besides: Iterable[str] = (),
) -> tuple[Distinct, ...]:
    """The words that tell these creators from others, heaviest first.

    besides   words that are known already
    """
    n = vocabulary.n_creators
    worth: dict[str, float] = {}
    who: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        texts = said(row)
        for field, value in PLACES.items():
            for word in {w for text in texts[field] for w in text.split(" ")}:
                worth[word] = worth.get(word, 0.0) + value
                who.setdefault(word, set()).add(number)
    passed = set(besides)
    found: list[tuple[float, Distinct]] = []
    for word, value in worth.items():
        if word in passed or not _tells(word):
            continue
        frequency = vocabulary.frequency(word)
        said_by = len(who[word])
        # In a small index every word is common; two creators more are still few.
        if not said_by < frequency <= max(COMMON * n, said_by + 2):
            continue
        rare = rarity(frequency, n)
        if rare > 0:
            shared = len(who[word]) / len(rows)
            found.append(
                (value * rare * (1 + shared), Distinct(word, rare, tuple(sorted(who[word]))))
            )
    found.sort(key=lambda pair: (-pair[0], pair[1].word))
    return tuple(distinct for _, distinct in found[:limit])


def _tells(word: str) -> bool:
    if not word or word[0] in "@#" or word.isdecimal():
        return False
    return len(word) >= _SHORTEST or not word.isascii()
