"""The place that search words end with: "vegan food in Bavaria", "comedians near Austin".

Only the end of the words is read, never what stands in quotes, and only a name that surely is a
place as it stands: a country, a region, a known composite, a city of some size. Behind "in", "near"
or a distance (in any language that `_phrases` knows) it is certain; bare ("vegan Bay Area") it is
an offer. What is an everyday word too ("books in reading") needs a capital letter; "women in IT"
names no country, because codes are not read at all.

The limits are our own choice, fixed by tests/unit/geography/test_in_words.py.
"""

from __future__ import annotations

from typing import NamedTuple

from influencr.errors import InfluencrError
from influencr.geography.gazetteer._format import ROW_MASK, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._words import NOT_A_PLACE
from influencr.geography.query._ask import ask
from influencr.geography.query._choices import is_called, is_strong, readings
from influencr.geography.query._phrases import ARTICLES, Phrase, parse_phrase, split_places

__all__ = ["PlaceInWords", "place_in_words"]

#: People from which a city is believed behind "in" or "near", and as the bare last words. Another
#: language's name of it needs ten times as many.
MIN_PEOPLE = 15_000
MIN_PEOPLE_BARE = 300_000
_FOREIGN = 10
#: Words at the end that are looked at.
_MOST_WORDS = 8
_MOST_BARE = 3
#: Names of cities that are words of everyday bios in small letters.
_EVERYDAY = frozenset(
    word
    for line in (
        "arte bath batman bend boom bundle buy carne chic come corner date eden enterprise essen",
        "fame general global good green hell home hope ideal independence index job joy lane",
        "liberty life love male marathon media mobile mode moda moody mora most nice normal of",
        "orange paradise peace pearl pero piano polo power progress reading reality rich rule",
        "sale salt same sandwich school security shape show split sport spring sun surprise time",
        "tours trust truth union van vista war wedding wish wood work",
    )
    for word in line.split()
)
_QUOTES = '"“”„«»″＂'


class PlaceInWords(NamedTuple):
    """rest: the words without the place. place: the words that say it, to be asked for as they
    stand. label: what they are read as. is_certain: they say "in", "near" or a distance."""

    rest: str
    place: str
    label: str
    is_certain: bool


def place_in_words(text: str, gazetteer: Gazetteer | None = None) -> PlaceInWords | None:
    """The place at the end of search words; None when they end with none.

    >>> found = place_in_words("vegan food in Bavaria")
    >>> found.rest, found.place, found.label
    ('vegan food', 'in Bavaria', 'Bavaria, Germany')
    >>> place_in_words("women in IT"), place_in_words('"made in Italy"')
    (None, None)
    """
    known = gazetteer or Gazetteer.load()
    words = text.split()
    # What stands in quotes is meant letter for letter; a sign or a star belongs to a word.
    barred = [i for i, w in enumerate(words) if any(q in w for q in _QUOTES) or _is_sign(w)]
    first = max(barred[-1] + 1 if barred else 0, len(words) - _MOST_WORDS)
    for at in range(first, len(words)):
        tail = " ".join(words[at:])
        if found := _certain(tail, known):
            return PlaceInWords(" ".join(words[:at]), tail, found, True)
    for at in range(max(first, len(words) - _MOST_BARE), len(words)):
        tail = " ".join(words[at:])
        if found := _bare(tail, known):
            return PlaceInWords(" ".join(words[:at]), tail, found, False)
    return None


def _is_sign(word: str) -> bool:
    return word[0] in "#@＃＠-" or word.endswith("*")


def _certain(tail: str, gazetteer: Gazetteer) -> str | None:
    """What "in X", "near X" or "50 km of X" is read as, when every name in it is known."""

    def is_name(words: str) -> bool:
        return is_called(words, gazetteer)

    phrases = [parse_phrase(p, is_name) for p in split_places(tail, is_name)]
    if not phrases[0].said or not all(_is_known(p, gazetteer) for p in phrases):
        return None
    try:
        return ask(tail, gazetteer).label
    except InfluencrError:
        # "close to Bavaria" has no centre: then these are words like any others.
        return None


def _is_known(phrase: Phrase, gazetteer: Gazetteer) -> bool:
    name = phrase.name
    if len(ARTICLES.sub("", name)) < 2:
        return False
    head, comma, tail = name.partition(",")
    if comma and not gazetteer.postings(name_key(tail)):
        return False
    people = 0 if comma else MIN_PEOPLE
    for written in (head, ARTICLES.sub("", head)):
        if _is_place(written, gazetteer, people=people):
            return True
    return False


def _bare(tail: str, gazetteer: Gazetteer) -> str | None:
    if not _is_place(tail, gazetteer, people=MIN_PEOPLE_BARE):
        return None
    rows = readings(tail, gazetteer)
    return gazetteer.label(rows[0])


def _is_place(name: str, gazetteer: Gazetteer, *, people: int) -> bool:
    """Is it a place's name as it stands, of a place that a search would mean?"""
    key = name_key(name)
    small = name == name.lower() and name != name.upper()
    if key in NOT_A_PLACE or (small and key in _EVERYDAY):
        return False
    if len(key) <= 3 and key.isascii() and name != name.upper():
        return False  # "in us", "in la": codes are written in capitals
    strong = [
        p & ROW_MASK
        for p in gazetteer.postings(key)
        if is_strong(p, gazetteer, people=people, foreign=people * _FOREIGN)
    ]
    if small and key.startswith("the "):
        strong = [r for r in strong if gazetteer.kinds[r] == PlaceKind.COUNTRY]
    return bool(strong)
