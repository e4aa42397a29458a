"""Finds the gazetteer names in the segments of a location string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._mistyped import run_together
from influencr.geography.location._prepare import Prepared, weak_split
from influencr.geography.location._words import (
    AREA_WORDS,
    CONTEXT_PREFIXES,
    CONTEXT_SUFFIXES,
    FAN_WORDS,
    FILLER,
    INSTITUTION,
    NOT_A_PLACE,
    SIDES,
    WORD_CODES,
)

__all__ = ["Found", "Piece", "fits", "is_code", "is_strong", "peel", "piece_of", "pieces"]

#: Segments beyond this many are not read: a location that long is a sentence.
MAX_SEGMENTS = 6
MAX_WORDS = 8
#: People of the place behind an institution ("Leeds University") that a bare name can mean.
MIN_SEAT = 50_000
#: People of a city whose sides are better known than a village named after one.
MIN_SIDES = 500_000

# Scripts written without spaces: Han, Kana, Hangul, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile(
    r"^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+$"
)
# American states as people type them behind a comma: "Compton, Ca"; not words ("me", "in", "oh").
_TITLE_CODE = re.compile(
    r"(?:Al|Ak|Az|Ar|Ca|Co|Ct|Fl|Ga|Ia|Il|Ks|Ky|Md|Mn|Mo|Ms|Mt|Nc|Nd|Ne|Nh|Nj|Nm|Nv|Ny|Pa|Ri|Sc|Sd"
    r"|Tn|Tx|Ut|Va|Vt|Wa|Wi|Wv|Wy|Dc)\.?"
).fullmatch
_MOST_AROUND = 6
_LEFT = re.compile(r"\bfrom\b", re.I)
_HYPHEN = re.compile(r"(?<=\w)\s?-\s?(?=\w)")
_FRAMES = (PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.UNION)


@dataclass(slots=True)
class Piece:
    """A part of the string with the places that it can mean.

    postings       as the gazetteer gives them, best first; never empty
    group          counts the lists before it: "A, B / C, D" has two groups
    listed         it follows a separator that lists places rather than narrows them
    is_code        written as a code: two or three capitals
    origin         the words around it say that somebody comes from there
    cost           how much was cut off or guessed to find the name (score points)
    is_frame       it follows a comma and a name that we do not know: "Smallville, Kent"
    lonely         a code behind a comma: a state, even if the name before it is none we know there
    """

    text: str
    key: str
    postings: Sequence[int]
    listed: bool = False
    group: int = 0
    is_code: bool = False
    origin: bool = False
    cost: float = 0.0
    is_frame: bool = False
    lonely: bool = False


@dataclass(slots=True)
class Found:
    """The names of a string, in order, and the segments that name nothing we know."""

    pieces: list[Piece] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def pieces(
    parts: Prepared, key: str, gazetteer: Gazetteer, *, query: bool, phrases: bool = True
) -> Found:
    """The pieces of a prepared string that name places.

    phrases   also read a place inside a phrase and in the name of an institution
    """
    # The whole first: "Trinidad and Tobago", "Newcastle upon Tyne", "Washington, DC".
    if whole := piece_of(parts.whole, key, gazetteer):
        whole.lonely = whole.is_code and not parts.whole[0].isalnum()
        if not query and len(parts.segments) == 1:
            whole = _side_of(whole, gazetteer)
        # "LA, California" is no village called La California: a comma inside a name must pay.
        strong = any(
            is_strong(p, whole.text)
            and (len(parts.segments) <= 1 or _is_known(p & ROW_MASK, gazetteer))
            for p in whole.postings
        )
        if len(parts.segments) <= 1 or strong:
            return Found([whole])
    found = Found()
    has_words = False
    for at, segment in enumerate(parts.segments[:MAX_SEGMENTS]):
        segment_key = name_key(segment)
        if not segment_key:
            continue
        if segment_key in NOT_A_PLACE and not query and not is_code(segment):
            has_words = True
        inner = _segment(segment, segment_key, gazetteer, query=query or not phrases)
        if not inner:
            found.unread.append(segment)
        if inner and found.unread and not found.pieces and not parts.listed[at]:
            inner[0].is_frame = True
        for order, piece in enumerate(inner):
            piece.listed = piece.listed or (parts.listed[at] and order == 0)
            piece.origin = piece.origin or parts.origin[at]
        if len(inner) == 1 and not inner[0].listed and (inner[0].is_code or _TITLE_CODE(segment)):
            # "Smallville, CT", and "..., CT" too.
            inner[0].lonely = at > 0 or not parts.whole[0].isalnum()
        found.pieces.extend(inner)
    if (
        found.unread
        and len(parts.segments) > 1
        and (joined := peel(key.split()[:MAX_WORDS], gazetteer))
        and sum(len(p.key) + 1 for p in joined) > len(key)
    ):
        # "KwaZulu - Natal, South Africa": a separator inside a name.
        return Found(joined)
    if whole is not None and found.unread:
        return Found([whole])
    group = 0
    for piece in found.pieces:
        group += piece.listed
        piece.group = group
    if has_words:
        found.pieces = _without_words(found.pieces, gazetteer)
    return found


def _is_known(row: int, gazetteer: Gazetteer) -> bool:
    return gazetteer.kinds[row] != PlaceKind.CITY or gazetteer.populations[row] >= MIN_SIDES


def _side_of(piece: Piece, gazetteer: Gazetteer) -> Piece:
    """ "East Berlin" is the east of Berlin before it is a village in Pennsylvania."""
    side, _, rest = piece.key.partition(" ")
    if side not in SIDES or gazetteer.populations[piece.postings[0] & ROW_MASK] >= MIN_SEAT:
        return piece
    city = piece_of(piece.text, rest, gazetteer, 0.3)
    if city is None or rest in NOT_A_PLACE:
        return piece
    first = city.postings[0]
    is_large = gazetteer.populations[first & ROW_MASK] >= MIN_SIDES
    if gazetteer.kinds[first & ROW_MASK] == PlaceKind.ADMIN2:
        return piece
    return city if is_large and (first >> KIND_SHIFT) <= NameKind.ALIAS else piece


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


def is_code(text: str) -> bool:
    """Written as codes are: two or three capitals, dots between them or not."""
    if len(text) > 6 or not text.isascii() or not text.isupper():
        return False
    letters = text.replace(".", "").strip()
    return 2 <= len(letters) <= 3 and letters.isalpha()


def is_strong(posting: int, text: str) -> bool:
    """A name of its own: official, of our list, or of our list in capitals and written so."""
    kind = posting >> KIND_SHIFT
    return kind <= NameKind.ALIAS or (kind == NameKind.CAPITALS and text.isupper())


def piece_of(text: str, key: str, gazetteer: Gazetteer, cost: float = 0.0) -> Piece | None:
    """The piece for a name that the gazetteer has, None otherwise."""
    postings = gazetteer.postings(key) if key else ()
    if not postings:
        return None
    return Piece(text, key, postings, is_code=is_code(text.strip(" .,")), cost=cost)


def _segment(text: str, key: str, gazetteer: Gazetteer, *, query: bool) -> list[Piece]:
    if not key:
        return []
    if piece := piece_of(text, key, gazetteer):
        return [piece]
    if _UNSPACED.match(solid := key.replace(" ", "")):
        return _walk(solid, gazetteer)
    words = key.split()
    is_fan = not query and len(words) > 2 and bool(FAN_WORDS.intersection(words))
    listed = weak_split(text)
    if is_fan:
        # "New Zealand but soon Amsterdam": the other half may still be true.
        listed = [(p, o) for p, o in listed if not FAN_WORDS.intersection(name_key(p).split())]
        if not listed or any(o for _, o in listed) or _LEFT.search(text):
            return []
        if len(listed) == 1:
            return _segment(*(t := listed[0][0], name_key(t)), gazetteer, query=query)
    if len(listed) > 1:
        several: list[Piece] = []
        n_unread = 0
        for part, origin in listed[:MAX_SEGMENTS]:
            inner = _segment(part, name_key(part), gazetteer, query=query) if part else []
            for piece in inner[:1]:
                piece.listed = bool(several)
                piece.origin = origin
            several.extend(inner)
            n_unread += not inner
        if several:
            for piece in several:
                piece.cost += 0.3 * (n_unread > 0)
            return several
    if "-" in text and (hyphened := _hyphened(text, gazetteer)):
        return hyphened
    if len(words) == 1:
        return _single(text, key, gazetteer)
    if len(words) <= MAX_WORDS:
        if peeled := peel(words, gazetteer):
            return peeled
        if trimmed := _trim(text, words, gazetteer):
            return [trimmed]
        if not query and (seat := _seat(text, key, gazetteer)):
            return [seat]
    if query:
        return []
    from influencr.geography.location._scan import scan

    return scan(text, gazetteer)


def _hyphened(text: str, gazetteer: Gazetteer) -> list[Piece]:
    """ "NYC-LA", "Lagos-Abuja": a hyphen between names that are known on both sides."""
    parts = [p.strip() for p in _HYPHEN.split(text)]
    if not 2 <= len(parts) <= 4:
        return []
    found = [piece_of(part, name_key(part), gazetteer) for part in parts]
    if not all(p is not None and _is_name(p, gazetteer) for p in found):
        return []
    several = [p for p in found if p is not None]
    for piece in several[1:]:
        piece.listed = True
    return several


def _is_name(piece: Piece, gazetteer: Gazetteer) -> bool:
    first = piece.postings[0]
    return (
        piece.is_code
        or is_strong(first, piece.text)
        or gazetteer.populations[first & ROW_MASK] >= MIN_SIDES
    )


def _single(text: str, key: str, gazetteer: Gazetteer) -> list[Piece]:
    """One unknown word: "LosAngeles" may be two words run together."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    if spaced != text:
        # "LosAngeles", "DallasTX"
        if piece := piece_of(text, name_key(spaced), gazetteer):
            return [piece]
        peeled = peel(name_key(spaced).split(), gazetteer)
        if len(peeled) > 1:
            return peeled
    if (joined := run_together(key, gazetteer)) and (piece := piece_of(text, joined, gazetteer)):
        piece.cost = 0.3
        return [piece]
    if key.endswith("based") and (piece := piece_of(text, key[:-5].strip(), gazetteer, 0.5)):
        return [piece]
    return []


def peel(words: list[str], gazetteer: Gazetteer) -> list[Piece]:
    """ "Austin Texas", "Paris TX USA": countries and regions off the right end, then a place."""
    tail: list[Piece] = []
    rest = words
    while len(rest) > 1 and len(tail) < 2:
        for length in range(min(3, len(rest) - 1), 0, -1):
            key = " ".join(rest[-length:])
            postings = [
                p
                for p in gazetteer.postings(key)
                if gazetteer.kinds[p & ROW_MASK] in _FRAMES
                and ((p >> KIND_SHIFT) != NameKind.CODE or _code_at(gazetteer, p & ROW_MASK))
                and not (tail and key in WORD_CODES)
            ]
            if postings:
                break
        else:
            break
        rest = rest[:-length]
        tail.insert(0, Piece(key, key, postings, is_code=len(key) <= 3))
        if head := _expanded(" ".join(rest), rest, gazetteer):
            if fits(head, tail, gazetteer):
                return [head, *tail]
            return _peel_left(words, gazetteer)
    if not tail:
        return _peel_left(words, gazetteer)
    if tail[-1].key in WORD_CODES:
        return []
    # What is left is no place. "sunny California" is one; "I love Paris" and "SEC country" not.
    left = [w for w in rest if w not in FILLER]
    trimmed = _trim(" ".join(rest), rest, gazetteer)
    if trimmed and fits(trimmed, tail, gazetteer):
        return [trimmed, *tail]
    if len(left) == 0 or (len(left) == 1 and f"{left[0]}" in CONTEXT_PREFIXES):
        for piece in tail:
            piece.cost = 0.3
        # Only the words before it were peeled off: "now in Berlin" may be the city after all.
        tail[0].postings = gazetteer.postings(tail[0].key)
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
        head = piece_of(rest, rest, gazetteer) if postings else None
        if head and fits(head, [tail := Piece(frame, frame, postings)], gazetteer):
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


def fits(head: Piece, tail: Sequence[Piece], gazetteer: Gazetteer) -> bool:
    """Can the first piece lie in one of the others?"""
    frames = {p & ROW_MASK for piece in tail for p in piece.postings}
    for posting in head.postings:
        row = posting & ROW_MASK
        if gazetteer.country_row_of(row) in frames or gazetteer.admin1s[row] in frames:
            return True
    return any(gazetteer.kinds[f] == PlaceKind.UNION for f in frames)


def _expanded(text: str, words: list[str], gazetteer: Gazetteer) -> Piece | None:
    """The name as it stands, or with a first word that is usually cut short written out."""
    if piece := piece_of(text, " ".join(words), gazetteer):
        return piece
    long = _SHORT.get(words[0])
    if long is None or len(words) < 2:
        return None
    return piece_of(text, " ".join([long, *words[1:]]), gazetteer)


_SHORT = {
    "st": "saint",
    "mt": "mount",
    "ft": "fort",
    "pt": "port",
    "sta": "santa",
    "sto": "santo",
    "ste": "sainte",
    "gral": "general",
    "cd": "ciudad",
    "tp": "thanh pho",
    "univ": "university",
}


def _trim(text: str, words: list[str], gazetteer: Gazetteer) -> Piece | None:
    """Words that say nothing off both ends: "city of Leeds", "Simcoe County", "living in Graz"."""
    whole = " ".join(words)
    if piece := _expanded(text, words, gazetteer):
        return piece
    # The longest first; and only one, or "the city of" would leave "of".
    for length in range(min(_MOST_AROUND, len(words) - 1), 0, -1):
        prefix = " ".join(words[:length])
        if prefix in CONTEXT_PREFIXES:
            rest = whole[len(prefix) + 1 :]
            if (
                rest not in NOT_A_PLACE
                and rest not in AREA_WORDS
                and (piece := piece_of(text, rest, gazetteer, 0.3))
            ):
                # "County of X" is the county, which is called "X County" in the data.
                county = piece_of(text, f"{rest} county", gazetteer) if "county" in prefix else None
                return county or piece
            if rest.count(" ") and (piece := _trim(text, rest.split(), gazetteer)):
                piece.cost = max(piece.cost, 0.3)
                return piece
            break
    for length in range(min(_MOST_AROUND, len(words) - 1), 0, -1):
        suffix = " ".join(words[-length:])
        if suffix in CONTEXT_SUFFIXES:
            rest = whole[: -len(suffix) - 1]
            if (
                rest not in NOT_A_PLACE
                and rest not in AREA_WORDS
                and (piece := piece_of(text, rest, gazetteer, 0.3))
            ):
                return piece
            break
    return None


def _seat(text: str, key: str, gazetteer: Gazetteer) -> Piece | None:
    """ "University of Leeds", "Leeds University": the place in the name of an institution."""
    match = INSTITUTION.fullmatch(key)
    if match is None:
        return None
    name = match["after"] or match["before"]
    if name is None or name in NOT_A_PLACE:
        return None
    piece = piece_of(text, name, gazetteer, 1.0)
    if piece is None:
        return None
    piece.postings = [
        p
        for p in piece.postings
        if (p >> KIND_SHIFT) <= NameKind.ALTERNATE
        and gazetteer.populations[p & ROW_MASK] >= MIN_SEAT
    ]
    return piece if piece.postings else None


def _walk(key: str, gazetteer: Gazetteer) -> list[Piece]:
    """Longest name first, from the left, for scripts without spaces; coarse places contain fine.

    神奈川県横浜市大倉山 is 神奈川県, then 横浜市; the rest is finer than the data. A string that
    does not start with a place is not one.
    """
    found: list[Piece] = []
    at = 0
    while at < len(key) and len(found) < 4:
        for end in range(min(len(key), at + 12), at + 1, -1):
            if piece := piece_of(key[at:end], key[at:end], gazetteer):
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
