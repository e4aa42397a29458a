"""Why a creator is where they are, in words: what was found of each piece, what each part is."""

from __future__ import annotations

import math
from typing import NamedTuple

from influencr.search import Hit, PiecePoints, WayFound
from influencr.service.web import numbers, words
from influencr.service.web.marked import plain

__all__ = ["Part", "Piece", "Reasons", "Said", "parts", "reasons", "typos"]

# Ways of one piece that a breakdown lists; the others are summed up in a line.
_WAYS_SHOWN = 6
# What the engine calls the typed word itself: nothing stands for it.
_AS_TYPED = "as typed"


class Said(NamedTuple):
    """One way in which somebody says a piece.

    said     the words found
    how      what they have to do with what was typed
    where    the fields, in words
    weight   how surely it is meant, empty for the word itself
    points   what it adds to the piece
    typed    they are what was typed
    """

    said: str
    how: str
    where: str
    weight: str
    points: str
    typed: bool


class Piece(NamedTuple):
    """One piece of the question in one creator.

    first     the way that tells most, None when the piece is missing
    others    how many more there are, as the line of reasons shows it
    ways      all of them, the strongest first; `rest` sums up those left out
    share     what those beside the strongest count for, empty when in full
    """

    piece: str
    read_as: str
    first: Said | None
    others: str
    ways: tuple[Said, ...]
    rest: str
    share: str
    rarity: str
    points: str


class Part(NamedTuple):
    """One factor of a score: its name, its value, and what it says."""

    name: str
    value: str
    meaning: str


class Reasons(NamedTuple):
    """The words of a question in one creator.

    run        the words side by side, where they stand so
    coverage   what missing pieces leave of the rest, empty when none is missing
    missing    the pieces that are not said in any way
    """

    pieces: tuple[Piece, ...]
    run: Said | None
    coverage: str
    missing: tuple[str, ...]


def reasons(hit: Hit) -> Reasons:
    """What the words of the question are worth in this creator, and why."""
    return Reasons(
        pieces=tuple(_piece(piece) for piece in hit.words),
        run=None if hit.run is None else _said(hit.run, hit.run.points),
        coverage="" if hit.coverage == 1 else numbers.factor(hit.coverage),
        missing=tuple(plain(piece.piece) for piece in hit.words if not piece.found),
    )


def parts(hit: Hit) -> tuple[Part, ...]:
    """The factors of the score, in the order of the product."""
    return tuple(
        Part(words.part(name, hit.attention), numbers.factor(value), _meaning(name, hit))
        for name, value in hit.parts.items()
        # Without words the engine's part is 1 for everybody and says nothing.
        if name != "words" or hit.words
    )


def _meaning(name: str, hit: Hit) -> str:
    if name == "attention":
        return words.ATTENTION[hit.attention][1]
    return words.PARTS.get(name, ("", ""))[1]


def typos(hits: tuple[Hit, ...]) -> dict[str, str]:
    """Piece as typed -> what it was read as, of the pieces that nobody says as typed."""
    pieces = hits[0].words if hits else ()
    return {piece.piece: piece.read_as for piece in pieces if piece.read_as}


def _piece(piece: PiecePoints) -> Piece:
    ways = sorted(piece.found, key=lambda way: (-way.points, way.said))
    share = _share(piece, ways)
    # What each adds to the piece: the one worth most in full, the others their share.
    added = [(way, way.points * (share if i else 1.0)) for i, way in enumerate(ways)]
    rest = added[_WAYS_SHOWN:]
    # The typed word says most, then whatever means the same most surely.
    first = min(ways, key=lambda way: (-way.weight, -way.points, way.said), default=None)
    left_out = ""
    if rest:
        points = numbers.factor(math.fsum(points for _, points in rest))
        left_out = f"{numbers.plural(len(rest), 'more way', 'more ways')}: {points}"
    return Piece(
        piece=plain(piece.piece),
        read_as=plain(piece.read_as or ""),
        first=None if first is None else _said(first, first.points),
        others=numbers.plural(len(ways) - 1, "more way", "more ways") if len(ways) > 1 else "",
        ways=tuple(_said(way, points) for way, points in added[:_WAYS_SHOWN]),
        rest=left_out,
        share=numbers.factor(share) if share != 1 else "",
        rarity=numbers.factor(piece.rarity),
        points=numbers.factor(piece.points),
    )


def _share(piece: PiecePoints, ways: list[WayFound]) -> float:
    """What ways beside the best one count for in a piece, as its sum tells."""
    others = math.fsum(way.points for way in ways[1:])
    return round((piece.points - ways[0].points) / others, 4) if others else 1.0


def _said(way: WayFound, points: float) -> Said:
    return Said(
        said=plain(way.said),
        how=plain(way.because),
        where=", ".join(words.MATCH_FIELDS.get(field, field) for field in way.fields),
        weight="" if way.weight == 1 or way.kind == "run" else numbers.factor(way.weight),
        points=numbers.factor(points),
        typed=way.because == _AS_TYPED,
    )
