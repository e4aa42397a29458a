"""What was typed, piece by piece: words, phrases, and what nobody may say; and pieces put to it."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Piece", "pieces", "said", "with_phrase", "without_words"]

_QUOTES = str.maketrans(dict.fromkeys("“”„«»″＂", '"'))
# As `search` reads a text: a quoted run, or whatever stands between spaces.
_PIECE = re.compile(r'(-?)"([^"]*)(?:"|$)|([^\s"]+)')


class Piece(NamedTuple):
    """One piece: its kind ("words", "phrase", "not"), how it is shown, the text without it."""

    kind: str
    shown: str
    rest: str


def pieces(text: str) -> list[Piece]:
    """All plain words as one piece, then every phrase and every exclusion, each by itself.

    >>> [(p.kind, p.shown, p.rest) for p in pieces('vegan baking -giveaway "sour dough"')]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('words', 'vegan baking', '-giveaway "sour dough"'),
     ('not', 'giveaway', 'vegan baking "sour dough"'),
     ('phrase', '“sour dough”', 'vegan baking -giveaway')]
    """
    found: list[tuple[str, str, str]] = []
    for match in _PIECE.finditer(text.translate(_QUOTES)):
        no, quoted, bare = match.groups()
        written = match[0]
        if bare is None:
            if quoted.strip():
                found.append(("not" if no else "phrase", f"“{quoted.strip()}”", written))
        elif bare.startswith("-") and len(bare) > 1:
            found.append(("not", bare[1:], written))
        else:
            found.append(("words", bare, written))
    plain = " ".join(shown for kind, shown, _ in found if kind == "words")
    answer = []
    if plain:
        rest = " ".join(written for kind, _, written in found if kind != "words")
        answer.append(Piece("words", plain, rest))
    for i, (kind, shown, _) in enumerate(found):
        if kind != "words":
            rest = " ".join(written for j, (_, _, written) in enumerate(found) if j != i)
            answer.append(Piece(kind, shown, rest))
    return answer


def said(text: str) -> str:
    """The text without what it excludes, for a heading; all of it where it says nothing else."""
    return " ".join(p.shown for p in pieces(text) if p.kind != "not") or text


def with_phrase(text: str, phrase: str) -> str:
    """The text with a phrase that must be said word for word.

    >>> with_phrase("vegan", 'sour "dough"')
    'vegan "sour dough"'
    """
    words = " ".join(phrase.translate(_QUOTES).replace('"', " ").split())
    return f'{text} "{words}"'.strip() if words else text


def without_words(text: str, unwanted: str) -> str:
    """The text with words that nobody may say; commas part them, and quotes hold some together.

    >>> without_words("vegan", 'giveaway, -raffle, "raw fish"')
    'vegan -giveaway -raffle -"raw fish"'
    """
    added = []
    for part in unwanted.translate(_QUOTES).split(","):
        for match in _PIECE.finditer(part):
            _, quoted, bare = match.groups()
            word = bare.lstrip("-") if bare is not None else f'"{quoted.strip()}"'
            if word.strip('"'):
                added.append(f"-{word}")
    return " ".join([text, *added]).strip()
