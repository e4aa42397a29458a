"""The words of a query in one creator, and one creator beside another, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.search import Compared, Explained, Hit, PiecePoints, WayFound

__all__ = ["compared_lines", "explained_lines", "word_lines"]

#: Ways of one piece that are told, the best first.
_MOST_WAYS = 4
_KINDS = {
    "word": "as typed",
    "exact": "as typed",
    "run": "side by side",
    "account": "the account",
}


def word_lines(hit: Hit) -> Iterator[str]:
    """What the words are worth, piece by piece: each with the ways in which it is said."""
    for piece in hit.words:
        yield _piece(piece)
        ways = sorted(piece.found, key=lambda way: -way.points)
        for way in ways[:_MOST_WAYS]:
            yield f"  {_way(way)}"
        if (rest := ways[_MOST_WAYS:]) and (points := sum(way.points for way in rest)):
            yield f"  {len(rest)} more ways: {points:.2f}"
    if hit.run is not None:
        yield f"all of them: {_way(hit.run)}"
    if hit.coverage != 1.0:
        yield f"coverage: x {hit.coverage:.2f}, as a part is missing"


def _piece(piece: PiecePoints) -> str:
    read = f", read as {piece.read_as}" if piece.read_as else ""
    if not piece.found:
        return f"{piece.piece}{read}: missing (rarity {piece.rarity:g})"
    return f"{piece.piece}{read}: {piece.points:.2f} points at rarity {piece.rarity:g}"


def _way(way: WayFound) -> str:
    told = _KINDS.get(way.kind, way.because)
    weight = "" if way.weight == 1.0 or way.kind == "run" else f", weight {way.weight:.2f}"
    return f"{way.points:.2f}  {way.said} ({told}{weight}) in {', '.join(way.fields)}"


def explained_lines(told: Explained) -> Iterator[str]:
    """The sentence, every filter with the creator's own value, then the score and the words."""
    yield told.because
    if told.filters:
        width = max(len(check.label) for check in told.filters)
        for check in told.filters:
            mark = "passed" if check.passed else "FAILED"
            yield f"  {mark}  {check.label.ljust(width)}  {check.value}"
    if told.hit is not None:
        parts = " x ".join(f"{name} {value:.2f}" for name, value in told.hit.parts.items())
        yield f"Score {told.hit.score:.2f} = {parts}"
        for line in word_lines(told.hit):
            yield f"  {line}"


def compared_lines(told: Compared) -> Iterator[str]:
    """The sentence, then the parts of both scores side by side with their ratio."""
    yield told.because
    if told.parts:
        names = [_name(told.upper), _name(told.lower)]
        widths = [max(len(name), 8) for name in names]
        width = max(len(part.part) for part in told.parts)
        heads = [name.rjust(size) for name, size in zip(names, widths, strict=True)]
        yield f"  {' ' * width}  {heads[0]}  {heads[1]}  ratio"
        for part in told.parts:
            ratio = "-" if part.ratio is None else f"{part.ratio:.2f}"
            decides = "  decides" if part.part == told.decides else ""
            yield (
                f"  {part.part.ljust(width)}  {part.upper:{widths[0]}.2f}  "
                f"{part.lower:{widths[1]}.2f}  {ratio.rjust(5)}{decides}"
            )
    for creator in (told.upper, told.lower):
        yield ""
        yield from explained_lines(creator)


def _name(told: Explained) -> str:
    return f"@{told.handle}" if told.handle else told.profile_id
