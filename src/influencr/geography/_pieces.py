"""Finds the gazetteer names in the segments of a location string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from influencr.geography._prepare import Prepared, weak_split
from influencr.geography._words import CONTEXT_PREFIXES, CONTEXT_SUFFIXES, FILLER, NOT_A_PLACE
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["Piece", "pieces"]

#: Segments beyond this many are not read: a location that long is a sentence.
MAX_SEGMENTS = 6
MAX_WORDS = 8

# Scripts written without spaces: Han, Kana, Hangul, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile(
    r"^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+$"
)


@dataclass(slots=True)
class Piece:
    """A part of the string with the places that it can mean.

    postings       as the gazetteer gives them, best first; never empty
    listed         it follows a separator that lists places rather than narrows them
    is_code        written as a code: two or three capitals
    context_only   it may contain another piece but is no answer itself
    cost           how much was cut off or guessed to find the name (score points)
    """

    text: str
    key: str
    postings: Sequence[int]
    listed: bool = False
    is_code: bool = False
    context_only: bool = False
    cost: float = 0.0


def pieces(parts: Prepared, key: str, gazetteer: Gazetteer, *, query: bool) -> list[Piece]:
    """The pieces of a prepared string that name places, in order; empty when none does."""
    # The whole first: "Trinidad and Tobago", "Newcastle upon Tyne", "Washington, DC".
    if whole := _piece(parts.whole, key, gazetteer):
        strong = any((p >> KIND_SHIFT) <= NameKind.ALIAS for p in whole.postings)
        if len(parts.segments) <= 1 or strong:
            return [whole]
    found: list[Piece] = []
    has_words = False
    for segment, listed in list(zip(parts.segments, parts.listed, strict=True))[:MAX_SEGMENTS]:
        segment_key = name_key(segment)
        if not segment_key:
            continue
        if segment_key in NOT_A_PLACE and not query and not _upper(segment):
            has_words = True
        inner = _segment(segment, segment_key, gazetteer)
        for at, piece in enumerate(inner):
            piece.listed = piece.listed or (listed and at == 0)
        found.extend(inner)
    return _without_words(found, gazetteer) if has_words else found


def _without_words(found: list[Piece], gazetteer: Gazetteer) -> list[Piece]:
    """Stop-listed words count as places only inside a region beside them: "Mobile, AL".

    Not inside a country: "Heaven, USA" is the United States.
    """
    frames = {p & ROW_MASK for f in found if f.key not in NOT_A_PLACE for p in f.postings}
    kept = []
    for piece in found:
        if piece.key in NOT_A_PLACE and not piece.is_code:
            piece.postings = [
                p for p in piece.postings if gazetteer.admin1s[p & ROW_MASK] in frames
            ]
        if piece.postings:
            kept.append(piece)
    return kept


def _upper(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.isupper()


def _piece(text: str, key: str, gazetteer: Gazetteer, cost: float = 0.0) -> Piece | None:
    postings = gazetteer.postings(key) if key else ()
    if not postings:
        return None
    return Piece(text, key, postings, is_code=_upper(text), cost=cost)


def _segment(text: str, key: str, gazetteer: Gazetteer) -> list[Piece]:
    if not key:
        return []
    if piece := _piece(text, key, gazetteer):
        return [piece]
    if _UNSPACED.match(solid := key.replace(" ", "")):
        return _walk(solid, gazetteer)
    listed = weak_split(text)
    if len(listed) > 1:
        several: list[Piece] = []
        for part in listed[:MAX_SEGMENTS]:
            inner = _segment(part, name_key(part), gazetteer)
            for piece in inner[:1]:
                piece.listed = bool(several)
            several.extend(inner)
        return several
    words = key.split()
    if len(words) == 1:
        return _single(text, key, gazetteer)
    if len(words) > MAX_WORDS:
        return []
    if peeled := _peel(words, gazetteer):
        return peeled
    if trimmed := _trim(text, words, gazetteer):
        return [trimmed]
    return []


def _single(text: str, key: str, gazetteer: Gazetteer) -> list[Piece]:
    """One unknown word: "LosAngeles" may be two words run together."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    if spaced != text and (piece := _piece(text, name_key(spaced), gazetteer)):
        return [piece]
    if key.endswith("based") and (piece := _piece(text, key[:-5].strip(), gazetteer, 0.5)):
        return [piece]
    return []


def _peel(words: list[str], gazetteer: Gazetteer) -> list[Piece]:
    """ "Austin Texas", "Paris TX USA": countries and regions off the right end, then a place."""
    tail: list[Piece] = []
    rest = words
    while len(rest) > 1 and len(tail) < 2:
        for length in range(min(3, len(rest) - 1), 0, -1):
            key = " ".join(rest[-length:])
            postings = [
                p
                for p in gazetteer.postings(key)
                if gazetteer.kinds[p & ROW_MASK]
                in (PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.UNION)
                and ((p >> KIND_SHIFT) != NameKind.CODE or _code_at(gazetteer, p & ROW_MASK))
            ]
            if postings:
                break
        else:
            break
        rest = rest[:-length]
        tail.insert(0, Piece(key, key, postings, is_code=len(key) <= 3))
        if head := _piece(" ".join(rest), " ".join(rest), gazetteer):
            if _fits(head, tail, gazetteer):
                return [head, *tail]
            return _peel_left(words, gazetteer)
    if not tail:
        return _peel_left(words, gazetteer)
    # What is left is no place. "sunny California" is one; "I love Paris" and "SEC country" not.
    left = [w for w in rest if w not in FILLER]
    trimmed = _trim(" ".join(rest), rest, gazetteer)
    if trimmed and _fits(trimmed, tail, gazetteer):
        return [trimmed, *tail]
    if len(left) == 0 or (len(left) == 1 and f"{left[0]}" in CONTEXT_PREFIXES):
        for piece in tail:
            piece.cost = 0.3
        return tail
    return []


def _peel_left(words: list[str], gazetteer: Gazetteer) -> list[Piece]:
    """ "Россия Москва", "Egypt Cairo": a country or region in front of a place in it."""
    for length in range(min(3, len(words) - 1), 0, -1):
        frame, rest = " ".join(words[:length]), " ".join(words[length:])
        postings = [
            p
            for p in gazetteer.postings(frame)
            if gazetteer.kinds[p & ROW_MASK] in (PlaceKind.COUNTRY, PlaceKind.ADMIN1)
            and (p >> KIND_SHIFT) != NameKind.CODE
        ]
        head = _piece(rest, rest, gazetteer) if postings else None
        if head and _fits(head, [tail := Piece(frame, frame, postings)], gazetteer):
            return [head, tail]
    return []


def _code_at(gazetteer: Gazetteer, row: int) -> bool:
    """Codes that people write without a comma: countries, and states of US, CA, AU and BR."""
    return gazetteer.kinds[row] == PlaceKind.COUNTRY or gazetteer.country(row) in (
        "US",
        "CA",
        "AU",
        "BR",
        "GB",
    )


def _fits(head: Piece, tail: Sequence[Piece], gazetteer: Gazetteer) -> bool:
    frames = {p & ROW_MASK for piece in tail for p in piece.postings}
    for posting in head.postings:
        row = posting & ROW_MASK
        if gazetteer.country_row_of(row) in frames or gazetteer.admin1s[row] in frames:
            return True
    return any(gazetteer.kinds[f] == PlaceKind.UNION for f in frames)


def _trim(text: str, words: list[str], gazetteer: Gazetteer) -> Piece | None:
    """Words that say nothing off both ends: "city of Leeds", "Simcoe County", "living in Graz"."""
    whole = " ".join(words)
    for prefix in CONTEXT_PREFIXES:
        if whole.startswith(f"{prefix} "):
            rest = whole[len(prefix) + 1 :]
            if rest not in NOT_A_PLACE and (piece := _piece(text, rest, gazetteer, 0.3)):
                return piece
            if rest.count(" ") and (piece := _trim(text, rest.split(), gazetteer)):
                return piece
            break
    for suffix in CONTEXT_SUFFIXES:
        if whole.endswith(f" {suffix}"):
            rest = whole[: -len(suffix) - 1]
            if rest not in NOT_A_PLACE and (piece := _piece(text, rest, gazetteer, 0.3)):
                return piece
            break
    for short, long in (("st", "saint"), ("mt", "mount"), ("ft", "fort")):
        if words[0] == short and (piece := _piece(text, " ".join([long, *words[1:]]), gazetteer)):
            return piece
    return None


def _walk(key: str, gazetteer: Gazetteer) -> list[Piece]:
    """Longest name first, from the left, for scripts without spaces; coarse places contain fine.

    神奈川県横浜市大倉山 is 神奈川県, then 横浜市; the rest is finer than the data. A string that
    does not start with a place is not one.
    """
    found: list[Piece] = []
    at = 0
    while at < len(key) and len(found) < 4:
        for end in range(min(len(key), at + 12), at + 1, -1):
            if piece := _piece(key[at:end], key[at:end], gazetteer):
                found.append(piece)
                at = end
                break
        else:
            break
    covered = sum(len(p.key) for p in found)
    if not found or covered * 3 < len(key):
        return []
    # Written from large to small: the last one is the place, so it goes first.
    return found[::-1]
