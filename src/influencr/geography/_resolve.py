"""Which place does a location string name? Exact gazetteer names, weighed by what stands beside.

A string is taken apart at its separators; the whole string is looked up first, then each piece.
Every place that a piece can mean is scored: people (log10), the kind of name, pieces that contain
it ("TX" for Paris), pieces that it leaves unexplained, and its position. What is left over is
refused rather than guessed (`_words`, MIN_ALONE, MIN_OFFICIAL).

Constants are our own choice, made before the development set was scored and fixed by
tests/unit/geography/test_resolve.py; the geography issue fits them by cross-validation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from influencr.geography._pieces import Piece, pieces
from influencr.geography._prepare import coordinates, prepare
from influencr.geography._words import NOT_A_PLACE, SUPRANATIONAL
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["MIN_ALONE", "MIN_OFFICIAL", "Resolution", "resolve"]

#: People below which a place is not believed when only a foreign or old name says it, without
#: context (design document, section 7).
MIN_ALONE = 100_000
#: People below which not even a place's own name is believed without context (section 7).
MIN_OFFICIAL = 1_000
#: Decades of population within which two readings count as ambiguous.
MARGIN = 0.7
#: How many places of one name are weighed; the most common name has a few hundred.
MAX_CANDIDATES = 40

#: Characters of a location string that are read; the longest real ones have about 150.
MAX_TEXT = 300

_KIND_BONUS = {
    NameKind.OFFICIAL: 1.0,
    NameKind.ALIAS: 2.0,
    NameKind.ALTERNATE: -0.5,
    NameKind.CODE: -0.5,
}
_CONTAINED = 3.0
_UNEXPLAINED = 2.5
_LATER = 0.6
_PRIOR = 2.5
# Above this a region's people no longer count: a village in China is still the finer answer.
_REGION_CAP = 7.0
_COUNTRY_CAP = 7.2
# A city that shares the name of its region or country is meant when it holds this share of it.
# Quebec is the province, Valencia and Zurich are the cities.
_CITY_SHARE = 0.1
# A city state: Singapore and Monaco are cities, Luxembourg is the country.
_STATE_SHARE = 0.5

# Confidence by kind of evidence; documented in docs/algorithms/geography.md, not yet calibrated.
_CONFIDENCE = {
    "contained": 0.92,
    "country": 0.95,
    "region": 0.88,
    "million": 0.85,
    "large": 0.75,
    "small": 0.5,
    "code": 0.7,
    "flag": 0.8,
    "point": 0.97,
}


@dataclass(slots=True)
class Resolution:
    """What a string was understood as.

    row            place, or None with the reason
    confidence     0..1
    alternatives   rows of the other readings, best first
    words          the part of the string that says it
    point          coordinates that the string itself holds
    """

    row: int | None
    reason: str
    confidence: float = 0.0
    alternatives: list[int] = field(default_factory=list)
    words: str = ""
    point: tuple[float, float] | None = None


@dataclass(slots=True)
class _Candidate:
    row: int
    name_kind: int
    piece: int
    score: float
    n_contained: int
    ambiguous: bool = False


def resolve(
    text: str,
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    within: int | None = None,
    query: bool = False,
) -> Resolution:
    """Resolve one string.

    country   alpha-2 that other evidence gives: a prior, never a condition
    within    row of a country or region: a condition, places outside are not considered
    query     somebody searches: nothing is refused for being small or a word
    """
    text = text[:MAX_TEXT]
    point = coordinates(text)
    if point is not None:
        row, km = gazetteer.nearest_city(*point)
        if km <= 100.0:
            return Resolution(
                row, "coordinates", _CONFIDENCE["point"], words=text.strip(), point=point
            )
        return Resolution(None, f"the coordinates lie {km:.0f} km from any place we know")
    parts = prepare(text)
    flag_rows = [r for code in parts.flags if (r := _flag_row(gazetteer, code)) is not None]
    key = name_key(parts.whole)
    if not key:
        return _from_flags(gazetteer, flag_rows)
    if not query and key in SUPRANATIONAL:
        return Resolution(None, f"{parts.whole!r} is more than one country")
    if not query and key in NOT_A_PLACE and not flag_rows:
        return Resolution(None, f"{parts.whole!r} is not taken for a place")
    found = pieces(parts, key, gazetteer, query=query)
    candidates = _score(found, flag_rows, gazetteer, country, within)
    if not candidates:
        if len(flag_rows) == 1 and within is None:
            return _from_flags(gazetteer, flag_rows)
        return Resolution(None, f"{_short(text)} names no place that we know")
    return _choose(candidates, found, gazetteer, text, query=query, within=within)


def _flag_row(gazetteer: Gazetteer, code: str) -> int | None:
    return gazetteer.country_row.get(code, gazetteer.region_row.get(code))


def _from_flags(gazetteer: Gazetteer, rows: list[int]) -> Resolution:
    if len(rows) == 1:
        return Resolution(rows[0], "flag", _CONFIDENCE["flag"], words="flag")
    if rows:
        return Resolution(None, f"{len(rows)} different flags", alternatives=rows)
    return Resolution(None, "no words")


def _score(
    found: Sequence[Piece],
    flag_rows: Sequence[int],
    gazetteer: Gazetteer,
    country: str | None,
    within: int | None,
) -> list[_Candidate]:
    frames = [{p & ROW_MASK for p in piece.postings} for piece in found]
    prior = gazetteer.country_row.get(country) if country else None
    out: list[_Candidate] = []
    for at, piece in enumerate(found):
        if piece.context_only:
            continue
        for posting in piece.postings[:MAX_CANDIDATES]:
            row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
            if within is not None and row != within and not _inside(gazetteer, row, within):
                continue
            n_contained = n_unexplained = 0
            for other, rows in enumerate(frames):
                if other == at:
                    continue
                sibling = not (piece.listed or found[other].listed)
                if _contains(gazetteer, rows, row, sibling=sibling):
                    n_contained += 1
                else:
                    n_unexplained += 1
            size = math.log10(gazetteer.populations[row] + 1)
            if gazetteer.kinds[row] != PlaceKind.CITY:
                is_country = gazetteer.kinds[row] == PlaceKind.COUNTRY
                size = min(size, _COUNTRY_CAP if is_country else _REGION_CAP)
                if gazetteer.kinds[row] == PlaceKind.ADMIN2:
                    size -= 1.0  # nobody writes the county who can write the town
            score = (
                size
                + _KIND_BONUS[NameKind(kind)]
                + _CONTAINED * n_contained
                - _UNEXPLAINED * n_unexplained
                - _LATER * at
                - (2.0 if piece.listed else 0.0)
                - piece.cost
            )
            if flag_rows:
                in_flag = any(r == row or _inside(gazetteer, row, r) for r in flag_rows)
                n_contained += in_flag
                score += _CONTAINED if in_flag else -_UNEXPLAINED
            if prior is not None and gazetteer.countries[row] == prior:
                score += _PRIOR
            out.append(_Candidate(row, kind, at, score, n_contained))
    out.sort(key=lambda c: (-c.score, gazetteer.ids[c.row]))
    return out


def _inside(gazetteer: Gazetteer, row: int, frame: int) -> bool:
    """Does a place lie in a country, region or union (a place does not lie in itself)?"""
    kind = gazetteer.kinds[frame]
    if row == frame:
        return False
    if kind == PlaceKind.COUNTRY:
        return gazetteer.countries[row] == gazetteer.countries[frame]
    if kind == PlaceKind.ADMIN1:
        return gazetteer.admin1s[row] == frame
    if kind == PlaceKind.ADMIN2:
        return gazetteer.admin2s[row] == frame
    if kind == PlaceKind.UNION:
        return any(row == m or _inside(gazetteer, row, m) for m in gazetteer.members(frame))
    return False


def _contains(gazetteer: Gazetteer, frames: set[int], row: int, *, sibling: bool) -> bool:
    """Does one of the readings of another piece contain this place?

    sibling   also a large city beside it ("Brooklyn, NYC"): same first-level division, within
              40 km. Not for lists: in "Hamburg & Berlin" neither lies in the other.
    """
    parents = (gazetteer.country_row_of(row), gazetteer.admin1s[row], gazetteer.admin2s[row])
    for parent in parents:
        if parent >= 0 and parent != row and parent in frames:
            return True
    if gazetteer.kinds[row] != PlaceKind.CITY:
        return False
    for other in frames:
        kind = gazetteer.kinds[other]
        if kind == PlaceKind.UNION and _inside(gazetteer, row, other):
            return True
        if (
            sibling
            and kind == PlaceKind.CITY
            and gazetteer.populations[other] >= MIN_ALONE
            and other != row
            and gazetteer.admin1s[other] == gazetteer.admin1s[row] >= 0
            and gazetteer.populations[other] > 2 * gazetteer.populations[row]
            and gazetteer.flat_km(row, other) <= 40.0
        ):
            return True
    return False


def _choose(
    candidates: list[_Candidate],
    found: Sequence[Piece],
    gazetteer: Gazetteer,
    text: str,
    *,
    query: bool,
    within: int | None,
) -> Resolution:
    best = _city_of_region(candidates, found, gazetteer)
    piece = found[best.piece]
    others = [c for c in candidates if c.piece == best.piece and c.row != best.row]
    rivals = [c for c in others if not _same_spot(gazetteer, c.row, best.row)]
    best.ambiguous = bool(rivals) and best.score - rivals[0].score < MARGIN
    supported = best.n_contained > 0 or within is not None
    if not query and not supported and (refusal := _refuse(best, piece, found, gazetteer)):
        return Resolution(None, refusal, alternatives=[c.row for c in candidates[:3]])
    kind = gazetteer.kinds[best.row]
    if kind == PlaceKind.UNION and not query:
        return _union(gazetteer, best.row, piece.text)
    confidence = _confidence(best, gazetteer, supported)
    if best.ambiguous:
        confidence *= 0.75
    if piece.cost:
        confidence *= 0.9
    alternatives: list[int] = []
    for candidate in others:
        # A member may have meant the state of New York; a profile's reader need not be told.
        wider = query and gazetteer.kinds[candidate.row] < PlaceKind.ADMIN2
        known_so = (
            candidate.name_kind < NameKind.ALTERNATE
            or gazetteer.populations[candidate.row] >= MIN_ALONE
        )
        if (
            candidate.row not in alternatives
            and known_so
            and (wider or not _same_spot(gazetteer, candidate.row, best.row))
        ):
            alternatives.append(candidate.row)
    return Resolution(best.row, "", round(confidence, 3), alternatives[:8], _short(text))


def _confidence(best: _Candidate, gazetteer: Gazetteer, supported: bool) -> float:
    kind = gazetteer.kinds[best.row]
    if best.name_kind == NameKind.CODE and not supported:
        return _CONFIDENCE["code"]
    if kind in (PlaceKind.COUNTRY, PlaceKind.UNION):
        return _CONFIDENCE["country"]
    if supported:
        return _CONFIDENCE["contained"]
    if kind != PlaceKind.CITY:
        return _CONFIDENCE["region"]
    people = gazetteer.populations[best.row]
    if people >= 1_000_000 or best.name_kind == NameKind.ALIAS:
        return _CONFIDENCE["million"]
    return _CONFIDENCE["large"] if people >= MIN_ALONE else _CONFIDENCE["small"]


def _city_of_region(
    candidates: list[_Candidate], found: Sequence[Piece], gazetteer: Gazetteer
) -> _Candidate:
    """The best reading; a self-named region or city state gives way to its city.

    Vienna, Cairo, Madrid, Geneva, Singapore: the city, when it holds _CITY_SHARE of the people and
    is really called so ("Belize" is not Belize City, which some call by that name).
    """
    best = candidates[0]
    kind = gazetteer.kinds[best.row]
    if kind in (PlaceKind.CITY, PlaceKind.UNION):
        return best
    share = _STATE_SHARE if kind == PlaceKind.COUNTRY else _CITY_SHARE
    own = name_key(gazetteer.name(best.row))
    for other in candidates[1:]:
        if (
            other.piece == best.piece
            and gazetteer.kinds[other.row] == PlaceKind.CITY
            and _inside(gazetteer, other.row, best.row)
            and gazetteer.populations[other.row] >= share * gazetteer.populations[best.row]
            and (
                name_key(gazetteer.name(other.row)) == own
                or (
                    kind != PlaceKind.COUNTRY
                    and (other.name_kind <= NameKind.ALIAS or not found[best.piece].key.isascii())
                )
            )
        ):
            other.n_contained = max(other.n_contained, best.n_contained)
            return other
    return best


def _same_spot(gazetteer: Gazetteer, one: int, other: int) -> bool:
    return _inside(gazetteer, one, other) or _inside(gazetteer, other, one)


def _refuse(
    best: _Candidate, piece: Piece, found: Sequence[Piece], gazetteer: Gazetteer
) -> str | None:
    people = gazetteer.populations[best.row]
    kind = gazetteer.kinds[best.row]
    label = gazetteer.label(best.row)
    if piece.key in NOT_A_PLACE:
        return f"{piece.text!r} is not taken for a place"
    if best.name_kind == NameKind.CODE and not piece.is_code:
        return f"{piece.text!r} alone is too short for a place"
    if best.name_kind == NameKind.CODE and best.ambiguous:
        return f"{piece.text!r} is a code of several places"
    if kind not in (PlaceKind.CITY, PlaceKind.ADMIN2):
        return None
    if best.name_kind == NameKind.OFFICIAL:
        if people < MIN_OFFICIAL:
            return f"{label} has fewer than {MIN_OFFICIAL:,} people and nothing else says so"
        if piece.cost and people < MIN_ALONE:
            return f"{piece.text!r} names {label} only in part"
        if len(found) > 1 and people < 15_000:
            return f"the rest of the text does not fit {label}"
        return None
    if best.name_kind != NameKind.ALIAS and people < MIN_ALONE:
        return f"{piece.text!r} is only another name of {label}, and nothing else says so"
    return None


def _union(gazetteer: Gazetteer, row: int, words: str) -> Resolution:
    """A composite region: what all of it has in common, or unknown."""
    parent = gazetteer.admin1s[row] if gazetteer.admin1s[row] >= 0 else None
    if parent is None and gazetteer.country(row) is not None:
        parent = gazetteer.country_row[gazetteer.country(row) or ""]
    if parent is None:
        return Resolution(None, f"{words!r} is more than one country", alternatives=[row])
    return Resolution(parent, "", _CONFIDENCE["region"], [row], words)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:59] + "…")
