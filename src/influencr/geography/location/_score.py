"""Every reading of every name in a string, scored against what stands beside it.

Scores are decades of people: log10 of the population, plus and minus what is stated below. All
numbers are our own choice, made on error classes and fixed by the tests of tests/unit/geography;
`evaluation` measures them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from influencr.geography._evidence import Prior
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._mistyped import mistyped
from influencr.geography.location._pieces import Found, Piece
from influencr.geography.location._words import LOW_ACCESS

__all__ = ["Hints", "Reading", "inside", "mend", "scored"]

#: How many places of one name are weighed; the most common name has a few hundred.
MAX_CANDIDATES = 40
#: The same where nothing stands beside the name: the gazetteer gives them best first.
MAX_ALONE = 12
#: People of a large city that can explain a smaller one beside it.
MIN_SIBLING = 100_000
#: How far from a county's point, in the same first-level division, a place may lie and still be
#: given with it.
COUNTY_KM = 100.0
#: Letters of a name in which one typing mistake is mended.
MIN_TYPO = 6
#: Letters beyond which a segment is no name but a sentence.
MAX_TYPO = 24

_KIND_BONUS = {
    NameKind.OFFICIAL: 1.0,
    NameKind.ALIAS: 2.0,
    NameKind.ALTERNATE: -0.5,
    NameKind.CODE: -0.5,
    NameKind.WEAK: 0.5,
}
_CONTAINED = 3.0
_CONTAINED_AGAIN = 1.5
_UNEXPLAINED = 2.5
_LATER = 0.6
_LISTED = 2.0
_ORIGIN = 3.0
# A bare name means the city more often than the region of that name in another country.
_REGION = 0.4
# "Smallville, Kent" is the county: what follows an unknown name is what it lies in.
_FRAME = 1.2
# Behind a comma "CA" is California before it is Canada.
_BY_STATE = 0.6
# Accounts per head, in decades: networks began in and are fullest of English speakers, and are
# blocked or out of reach elsewhere. Judgement; the sign is what matters.
_AT_HOME = {"US": 0.4, "GB": 0.3, "CA": 0.3, "AU": 0.3, "IE": 0.3, "NZ": 0.3, "CN": -0.4}
_LOW_ACCESS = -0.7
_SAME_COUNTRY = 0.8
_DECLARED = 2.0
_IN_ZONE = 1.5
# ln of the odds that hints may add or take, in decades of people.
_MOST_HINT = 1.5
# Above this a region's people no longer count: a village in China is still the finer answer.
_REGION_CAP = 7.0
_COUNTRY_CAP = 7.2
# Row -> time zones of a region, looked up once per process.
_REGION_ZONES: dict[int, frozenset[str]] = {}


@dataclass(slots=True)
class Reading:
    """One place that one piece may mean.

    n_contained   other pieces and flags that contain it
    beside        another piece surely speaks of the same country
    """

    row: int
    name_kind: int
    piece: int
    score: float
    n_contained: int
    ambiguous: bool = False
    beside: bool = False


@dataclass(slots=True)
class Hints:
    """What is known from elsewhere, as points per country and time zone."""

    declared: int | None = None
    countries: Mapping[int, float] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, gazetteer: Gazetteer, country: str | None, prior: Prior | None) -> Hints:
        """From a declared country and a prior."""
        declared = gazetteer.country_row.get(country) if country else None
        if prior is None:
            return cls(declared)
        points = {
            row: max(-_MOST_HINT, min(_MOST_HINT, odds / math.log(10.0)))
            for code, odds in prior.countries.items()
            if (row := gazetteer.country_row.get(code)) is not None
        }
        return cls(declared, points, prior.zones)

    @property
    def is_empty(self) -> bool:
        """Nothing is known."""
        return self.declared is None and not self.countries and not self.zones

    def points(self, gazetteer: Gazetteer, row: int) -> float:
        """What the hints add to the score of a place."""
        if self.is_empty:
            return 0.0
        at = gazetteer.country_row_of(row)
        total = _DECLARED if self.declared is not None and at == self.declared else 0.0
        if self.countries:
            total += self.countries.get(at, 0.0)
        if self.zones and gazetteer.kinds[row] != PlaceKind.COUNTRY:
            total += _IN_ZONE if self.zones & _zones(gazetteer, row) else 0.0
        return total


def _zones(gazetteer: Gazetteer, row: int) -> frozenset[str]:
    """The clock of a city, or of every city of a region."""
    if gazetteer.kinds[row] == PlaceKind.CITY:
        zone = gazetteer.zone(row)
        return frozenset((zone,)) if zone else frozenset()
    known = _REGION_ZONES.get(row)
    if known is None:
        cities = gazetteer.cities_in(row).tolist()
        known = frozenset(z for city in cities[:400] if (z := gazetteer.zone(city)))
        _REGION_ZONES[row] = known
    return known


def scored(
    found: Found,
    flag_rows: Sequence[int],
    gazetteer: Gazetteer,
    hints: Hints,
    within: int | None,
    *,
    query: bool = False,
) -> list[Reading]:
    """Readings, best first; a tie goes to the smaller id.

    query   small letters are as good as capitals
    """
    names = found.pieces
    frames = [{p & ROW_MASK for p in piece.postings} for piece in names]
    told = [_countries(piece, gazetteer) for piece in names]
    has_home = any(not piece.origin for piece in names)
    out: list[Reading] = []
    alone = len(names) == 1 and not flag_rows and within is None and hints.is_empty
    most = MAX_ALONE if alone else MAX_CANDIDATES
    for at, piece in enumerate(names):
        for posting in piece.postings[:most]:
            row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
            if kind == NameKind.CAPITALS:
                if not query and not piece.text.isupper():
                    continue
                kind = NameKind.ALIAS
            if within is not None and row != within and not inside(gazetteer, row, within):
                continue
            n_contained = n_unexplained = 0
            beside = by_state = False
            for other, rows in enumerate(frames):
                if other == at:
                    continue
                is_list = piece.listed or names[other].listed
                if _contains(gazetteer, rows, row, sibling=not is_list):
                    n_contained += 1
                    by_state = by_state or (names[other].is_code and gazetteer.admin1s[row] in rows)
                else:
                    # What another home in the list lies in says nothing about this one.
                    n_unexplained += piece.group == names[other].group
                    beside = beside or gazetteer.country_row_of(row) in told[other]
            score = (
                _size(gazetteer, row)
                + _KIND_BONUS[NameKind(kind)]
                + _CONTAINED * min(n_contained, 1)
                + _CONTAINED_AGAIN * max(n_contained - 1, 0)
                - _UNEXPLAINED * n_unexplained
                - _LATER * at
                - (_LISTED if piece.listed else 0.0)
                - (_ORIGIN if piece.origin and has_home else 0.0)
                + (_SAME_COUNTRY if beside else 0.0)
                + (_BY_STATE if by_state else 0.0)
                + _at_home(gazetteer, row)
                + (_FRAME if piece.is_frame and gazetteer.kinds[row] != PlaceKind.CITY else 0.0)
                - piece.cost
                + hints.points(gazetteer, row)
            )
            if flag_rows:
                in_flag = any(r == row or inside(gazetteer, row, r) for r in flag_rows)
                n_contained += in_flag
                score += _CONTAINED if in_flag else -_UNEXPLAINED
            out.append(Reading(row, kind, at, score, n_contained, beside=beside))
    out.sort(key=lambda c: (-c.score, gazetteer.ids[c.row]))
    return out


def _size(gazetteer: Gazetteer, row: int) -> float:
    size = math.log10(gazetteer.populations[row] + 1)
    kind = gazetteer.kinds[row]
    if kind == PlaceKind.CITY:
        return size
    size = min(size, _COUNTRY_CAP if kind == PlaceKind.COUNTRY else _REGION_CAP)
    if kind == PlaceKind.ADMIN1:
        return size - _REGION
    # Nobody writes the county who can write the town.
    return size - 1.0 if kind == PlaceKind.ADMIN2 else size


def _at_home(gazetteer: Gazetteer, row: int) -> float:
    code = gazetteer.country(row) or ""
    return _LOW_ACCESS if code in LOW_ACCESS else _AT_HOME.get(code, 0.0)


def _countries(piece: Piece, gazetteer: Gazetteer) -> set[int]:
    """Countries that a piece surely speaks of: of regions and large cities by their own names."""
    return {
        gazetteer.country_row_of(row)
        for p in piece.postings[:4]
        if (p >> KIND_SHIFT) <= NameKind.ALIAS
        and (
            gazetteer.kinds[row := p & ROW_MASK] != PlaceKind.CITY
            or gazetteer.populations[row] >= MIN_SIBLING
        )
    }


def inside(gazetteer: Gazetteer, row: int, frame: int) -> bool:
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
        return any(row == m or inside(gazetteer, row, m) for m in gazetteer.members(frame))
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
    kind = gazetteer.kinds[row]
    if kind == PlaceKind.UNION:
        # "Midlands, Great Britain": all of a union lies in the country that its members share.
        return any(
            gazetteer.kinds[other] == PlaceKind.COUNTRY and gazetteer.countries[row] == other
            for other in frames
        )
    if kind != PlaceKind.CITY:
        # "Trinidad, the Caribbean": a country or region in a group.
        return any(
            gazetteer.kinds[other] == PlaceKind.UNION and inside(gazetteer, row, other)
            for other in frames
        )
    for other in frames:
        kind = gazetteer.kinds[other]
        if kind == PlaceKind.UNION and inside(gazetteer, row, other):
            return True
        if (
            sibling
            and kind == PlaceKind.ADMIN2
            and gazetteer.admin1s[other] == gazetteer.admin1s[row] >= 0
            and gazetteer.flat_km(row, other) <= COUNTY_KM
        ):
            # "Sidcup, Kent": people keep the county that a place was in before the last reform.
            return True
        if (
            sibling
            and kind == PlaceKind.CITY
            and gazetteer.populations[other] >= MIN_SIBLING
            and other != row
            and gazetteer.admin1s[other] == gazetteer.admin1s[row] >= 0
            and gazetteer.populations[other] > 2 * gazetteer.populations[row]
            and gazetteer.flat_km(row, other) <= 40.0
        ):
            return True
    return False


def mend(found: Found, gazetteer: Gazetteer) -> None:
    """Read a segment with one typing mistake as the place of the region that stands beside it.

    Small places only inside a named country or region ("Melborn, Cambs"), well-known ones alone.
    """
    if not found.unread:
        return
    if not found.pieces:
        if len(found.unread) == 1 and (name := mistyped(name_key(found.unread[0]), gazetteer)):
            found.pieces.append(Piece(found.unread.pop(), name, gazetteer.postings(name), cost=0.7))
        return
    # Countries are searched, not each of their regions: what fits the region scores best anyway.
    countries = dict.fromkeys(
        gazetteer.country_row_of(row)
        for piece in found.pieces
        for posting in piece.postings[:2]
        if gazetteer.kinds[row := posting & ROW_MASK] in (PlaceKind.COUNTRY, PlaceKind.ADMIN1)
    )
    for segment in list(found.unread):
        key = name_key(segment)
        if not MIN_TYPO <= len(key) <= MAX_TYPO or key.count(" ") > 2:
            continue
        for country in list(countries)[:2]:
            postings = gazetteer.similar(key, country) if country >= 0 else []
            if postings:
                mended = Piece(segment, key, postings, cost=0.5)
                found.pieces.insert(0, mended)
                found.unread.remove(segment)
                for piece in found.pieces[1:]:
                    piece.lonely = False
                break
