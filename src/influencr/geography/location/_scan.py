"""A place inside a phrase: "a garage in Denver", "Detroit baby", "proud citizen of Kenya".

Only three shapes are read, because a free scan takes songs, clubs and people for places: a
preposition and a name up to the end; a well-known name at the end; a well-known name at the start
with one word behind it that people say of themselves. Names that are also first names or that
start the name of a club or a thing need the preposition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._pieces import Piece, is_code, peel, piece_of
from influencr.geography.location._words import (
    ALSO_NAMES,
    AREA_WORDS,
    BELONGING,
    FAN_WORDS,
    LOCATIVES,
    NOT_A_PLACE,
)

__all__ = ["MIN_LOCATIVE", "MIN_WELL_KNOWN", "scan"]

#: People of a city that a phrase can end or start with. Ours, as are all limits here; fixed by
#: tests/unit/geography/test_location_classes.py.
MIN_WELL_KNOWN = 300_000
#: People of a city that a phrase can name in another language.
MIN_FOREIGN = 1_000_000
#: People of a city behind "in" or "from".
MIN_LOCATIVE = 15_000
#: Words of a phrase that are read; longer ones are sentences.
MAX_PHRASE = 12
#: Words in front of a name at the end of a phrase.
MAX_LEFT = 5
_LONGEST_NAME = 4
_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[^\W_])?\.?|[^\W_]")


def scan(text: str, gazetteer: Gazetteer) -> list[Piece]:
    """The place at the end or start of a phrase, with what contains it; empty when there is none.

    The first piece has a cost, so that the phrase loses against a segment that is a name.
    """
    words = [part for word in _WORD.findall(text) for part in _parts(word)]
    if not 2 <= len(words) <= MAX_PHRASE:
        return []
    keys = [name_key(word) for word in words]
    if FAN_WORDS.intersection(keys):
        return []
    if pair := _pair(keys, gazetteer):
        return pair
    for length in range(min(_LONGEST_NAME, len(words) - 1), 0, -1):
        start = len(words) - length
        before = keys[start - 1]
        named = " ".join(words[start:])
        if before in LOCATIVES or (before == "the" and start > 1 and keys[start - 2] in LOCATIVES):
            if piece := _behind(named, gazetteer):
                return [piece]
            continue
        if start <= MAX_LEFT and (piece := _well_known(named, gazetteer)):
            return [piece]
    if len(words) <= _LONGEST_NAME + 1 and keys[-1] in BELONGING:
        for length in range(len(words) - 1, 0, -1):
            named = " ".join(words[:length])
            piece = _well_known(named, gazetteer, alone=False)
            if piece is not None and length >= len(words) - 2:
                return [piece]
    return []


def _pair(keys: list[str], gazetteer: Gazetteer) -> list[Piece]:
    """A place and what it lies in, side by side at the start or the end: "Leeds UK dad of two"."""
    for length in range(min(_LONGEST_NAME, len(keys) - 1), 1, -1):
        for words in (keys[:length], keys[-length:]):
            found = peel(words, gazetteer)
            if len(found) > 1 and " ".join(p.key for p in found) == " ".join(words):
                found[0].cost += 0.6
                return found
    return []


def _parts(word: str) -> list[str]:
    """ "Leeds-ish", "Metro-Detroit": two words; "Stratford-upon-Avon" is one."""
    return word.split("-") if word.count("-") == 1 else [word]


def _behind(named: str, gazetteer: Gazetteer) -> Piece | None:
    """A name behind a preposition."""
    piece = _kept(named, gazetteer, MIN_LOCATIVE, 0.6)
    if piece is None or piece.key in NOT_A_PLACE or piece.key in AREA_WORDS:
        return None
    return piece


def _well_known(named: str, gazetteer: Gazetteer, *, alone: bool = True) -> Piece | None:
    """A large city, a region or a country by its own name, written as a name."""
    if not named.islower() and named[0].isascii() and not named[0].isupper():
        # "new York"; all in small letters is how some write everything: "otra dubai".
        return None
    piece = _kept(named, gazetteer, MIN_WELL_KNOWN, 0.9)
    if piece is None or piece.key in NOT_A_PLACE or piece.key in AREA_WORDS:
        return None
    if alone and piece.key in ALSO_NAMES:
        return None
    if len(piece.key) < 4 and piece.key.isascii() and not is_code(named):
        return None
    return piece


def _kept(named: str, gazetteer: Gazetteer, people: int, cost: float) -> Piece | None:
    piece = piece_of(named, name_key(named), gazetteer, cost)
    if piece is None:
        return None
    piece.postings = _postings(piece, gazetteer, people)
    return piece if piece.postings else None


def _postings(piece: Piece, gazetteer: Gazetteer, people: int) -> Sequence[int]:
    kept = []
    for posting in piece.postings:
        row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
        place = gazetteer.kinds[row]
        if kind == NameKind.CODE:
            # "in DC", "from TX": American states in capitals; "in OR" is hardly ever anything else.
            if piece.is_code and place == PlaceKind.ADMIN1 and gazetteer.country(row) == "US":
                kept.append(posting)
        elif kind == NameKind.CAPITALS:
            if piece.text.isupper():
                kept.append(posting)
        elif kind == NameKind.WEAK:
            continue
        elif kind == NameKind.ALIAS:
            if not (len(piece.key) <= 3 and piece.key.isascii() and not piece.is_code):
                kept.append(posting)
        elif place != PlaceKind.CITY:
            is_large = place == PlaceKind.COUNTRY or gazetteer.populations[row] >= MIN_WELL_KNOWN
            if (
                place != PlaceKind.ADMIN2
                and is_large
                and (len(piece.key) > 3 or not piece.key.isascii() or piece.text.isupper())
            ):
                kept.append(posting)
        elif gazetteer.populations[row] >= people and (
            kind == NameKind.OFFICIAL
            or gazetteer.populations[row] >= MIN_FOREIGN
            or not piece.key.isascii()
        ):
            kept.append(posting)
    return kept
