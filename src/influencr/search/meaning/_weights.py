"""How surely each kind of alternative is meant: all weights in one place.

Multiples of 1/16, so that scores built on them are exact. Our own choice, ordered by how often a
reader of such a hit would agree that it answers the word; docs/algorithms/words.md states them.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from influencr.index import Vocabulary
from influencr.search.meaning._reading import Candidate

__all__ = ["WEIGHTS", "Asked", "Weights"]


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """Weights in sixteenths; the word as typed has 16.

    form            number, gender, case in a language that the word is known to be in
    guessed_form    the same in a language that it may be in
    derived         the same stem, another word
    parts           a compound typed, its parts side by side
    compound        a compound that the word begins or ends
    loose_compound  the same where the rest of it is a guess
    joined          neighbours typed, as one word
    typo, far_typo  one letter wrong; two letters wrong
    same            another word for the same thing, in a language asked in
    other_language  the same thing in another language
    narrower        a kind of the thing
    near            a word that such people use a lot
    topic           the topic of a concept or word
    """

    form: int = 14
    guessed_form: int = 11
    derived: int = 8
    parts: int = 13
    compound: int = 11
    loose_compound: int = 7
    joined: int = 15
    typo: int = 12
    far_typo: int = 9
    same: int = 12
    other_language: int = 11
    narrower: int = 9
    near: int = 4
    topic: int = 6


#: What search uses.
WEIGHTS = Weights()


class Asked(NamedTuple):
    """What every rule needs to know of a question.

    vocabulary   whose words
    languages    asked for with the query
    weights      of the alternatives
    known        candidates of words asked of this vocabulary before
    """

    vocabulary: Vocabulary
    languages: tuple[str, ...]
    weights: Weights
    known: dict[tuple[object, ...], list[Candidate]]
