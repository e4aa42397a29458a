"""Which place does a location string name? Exact gazetteer names, weighed by what stands beside.

A string is taken apart at its separators; the whole string is looked up first, then each piece
(`_pieces`, `_scan`). Every place that a piece can mean is scored (`_score`): people (log10), the
kind of name, pieces that contain it ("TX" for Paris), pieces that it leaves unexplained, its
position, and hints. What is left over is refused rather than guessed (MIN_ALONE, MIN_OFFICIAL).

Constants are our own choice by error class, fixed by the tests of tests/unit/geography; the
confidence is fitted (`_confidence`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from influencr.geography._evidence import Prior
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._area_codes import area_code_regions
from influencr.geography.location._confidence import (
    AREA_CODE,
    FLAG_ALONE,
    FLAG_FIRST,
    POINT,
    Traits,
    confidence,
)
from influencr.geography.location._pieces import Found, Piece, is_code, pieces
from influencr.geography.location._prepare import coordinates, plain_letters, prepare
from influencr.geography.location._score import Hints, Reading, inside, mend, scored
from influencr.geography.location._words import (
    ABJAD_COUNTRIES,
    AREA_WORDS,
    NOT_A_PLACE,
    SUPRANATIONAL,
)

__all__ = ["MIN_ALONE", "MIN_ENDONYM", "MIN_OFFICIAL", "Resolution", "resolve"]

#: People below which a place is not believed when only a foreign or old name says it, without
#: context (design document, section 7).
MIN_ALONE = 100_000
#: People below which not even a place's own name is believed without context (section 7).
MIN_OFFICIAL = 1_000
#: People of a place that a long single word names in another language than ours ("Mantova").
MIN_ENDONYM = 30_000
#: People of a place that other segments which name nothing, or something else, do not refute; of
#: a name of several words, which is hardly anything else.
MIN_BESIDE = 15_000
MIN_TWO_WORDS = 5_000
#: People of a county that a word or two beside its name does not hide.
MIN_PART = 300_000
#: Decades of population within which two readings count as ambiguous.
MARGIN = 0.7
#: Characters of a location string that are read; the longest real ones have about 150.
MAX_TEXT = 300
#: People of a city that a state's code behind it does not move elsewhere.
MIN_CITY_BEFORE_CODE = 300_000
#: Points of other hints that an area code, or a code of several places, needs.
MIN_HINT = 0.5
#: What is left of the confidence where letters of another alphabet were read as Latin ones.
LOOKS_LIKE = 0.85
#: More flags than this are a collection, not a home.
MAX_FLAGS = 3
#: Places that a string is taken to name, with the first one.
MAX_PLACES = 3

# A city that shares the name of its region or country is meant when it holds this share of it.
# Quebec is the province, Valencia and Zurich are the cities.
_CITY_SHARE = 0.1
# The same where the city lies outside the region of its name (Buenos Aires, Almaty, Minsk).
_APART_SHARE = 0.3
# A region by another name than its city's: hardly anything but that city.
_SEAT_SHARE = 0.7
# A city state: Singapore and Monaco are cities, Luxembourg is the country.
_STATE_SHARE = 0.5
# Codes behind an unknown name are read as states of these countries, in this order.
_STATES_OF = ("US", "CA", "AU")


@dataclass(slots=True)
class Resolution:
    """What a string was understood as.

    row            place, or None with the reason
    confidence     0..1, that the country is right
    alternatives   rows of the other readings, best first
    words          the part of the string that says it
    point          coordinates that the string itself holds
    others         further places that the string names: (row, "lives" or "origin", weight); the
                   first place has the rest of the weight
    features       what the confidence was made from (`_confidence.FEATURES`); empty for flags and
                   coordinates
    """

    row: int | None
    reason: str
    confidence: float = 0.0
    alternatives: list[int] = field(default_factory=list)
    words: str = ""
    point: tuple[float, float] | None = None
    others: list[tuple[int, str, float]] = field(default_factory=list)
    features: tuple[float, ...] = ()


def resolve(
    text: str,
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    within: int | None = None,
    query: bool = False,
    prior: Prior | None = None,
    phrases: bool = True,
) -> Resolution:
    """Resolve one string.

    country   alpha-2 that other fields give: a strong prior, never a condition
    within    row of a country or region: a condition, places outside are not considered
    query     somebody searches: nothing is refused for being small or a word
    prior     weaker hints (clock, language): they choose between readings
    phrases   False for words that somebody cut out of a text: names only, no phrases, no mending
    """
    text = text[:MAX_TEXT]
    point = coordinates(text)
    if point is not None:
        row, km = gazetteer.nearest_city(*point)
        if km <= 100.0:
            return Resolution(row, "coordinates", POINT, words=text.strip(), point=point)
        return Resolution(None, f"the coordinates lie {km:.0f} km from any place we know")
    parts = prepare(text)
    flag_rows = [r for code in parts.flags if (r := _flag_row(gazetteer, code)) is not None]
    key = name_key(parts.whole)
    if not key:
        return _from_flags(gazetteer, flag_rows)
    if not query and key in SUPRANATIONAL:
        return Resolution(None, f"{parts.whole!r} is more than one country")
    if not query and key in NOT_A_PLACE and not flag_rows and not is_code(parts.whole):
        return Resolution(None, f"{parts.whole!r} is not taken for a place")
    hints = Hints.of(gazetteer, country, prior)
    if not query and key[0].isdigit() and (area := _area_code(text, gazetteer, hints)):
        return area
    found = pieces(parts, key, gazetteer, query=query, phrases=phrases)
    if not phrases and found.unread:
        return Resolution(None, f"{short(text)} holds more than names")
    if not query and phrases:
        mend(found, gazetteer)
    candidates = scored(found, flag_rows, gazetteer, hints, within, query=query)
    if not candidates:
        if flag_rows and within is None:
            return _from_flags(gazetteer, flag_rows)
        if not text.isascii() and not query and (plain := plain_letters(text)) != text.lower():
            again = resolve(
                plain, gazetteer, country=country, within=within, prior=prior, phrases=False
            )
            if again.row is not None:
                again.words = short(text)
                again.confidence = round(again.confidence * LOOKS_LIKE, 3)
                return again
        return Resolution(None, f"{short(text)} names no place that we know")
    return _choose(candidates, found, gazetteer, text, query=query, within=within, hints=hints)


def _flag_row(gazetteer: Gazetteer, code: str) -> int | None:
    return gazetteer.country_row.get(code, gazetteer.region_row.get(code))


def _area_code(text: str, gazetteer: Gazetteer, hints: Hints) -> Resolution | None:
    """ "918" of somebody whose clock or country says North America."""
    regions = area_code_regions(text)
    if not regions:
        return None
    row = gazetteer.region_row.get(regions[0])
    if row is None or hints.points(gazetteer, row) < MIN_HINT:
        return None
    return Resolution(row, "area code", AREA_CODE, words=short(text))


def _from_flags(gazetteer: Gazetteer, rows: list[int]) -> Resolution:
    """One flag, or the first of two or three: "🇳🇬🇬🇧" says both, and the first most."""
    if not rows:
        return Resolution(None, "no words")
    if len(rows) > MAX_FLAGS:
        return Resolution(None, f"{len(rows)} different flags", alternatives=rows)
    first, *others = rows
    return Resolution(
        first,
        "flag",
        FLAG_ALONE if not others else FLAG_FIRST,
        alternatives=others,
        words="flag" if not others else "flags",
        others=[(row, "lives", round(1.0 / len(rows), 2)) for row in others],
    )


def _choose(
    candidates: list[Reading],
    found: Found,
    gazetteer: Gazetteer,
    text: str,
    *,
    query: bool,
    within: int | None,
    hints: Hints,
) -> Resolution:
    best = _city_of_region(candidates, found, gazetteer)
    piece = found.pieces[best.piece]
    others = [c for c in candidates if c.piece == best.piece and c.row != best.row]
    rivals = [c for c in others if not _same_name_spot(gazetteer, c, best)]
    margin = best.score - rivals[0].score if rivals else 9.0
    best.ambiguous = margin < MARGIN
    is_hinted = best.name_kind == NameKind.WEAK and hints.points(gazetteer, best.row) >= MARGIN
    supported = best.n_contained > 0 or within is not None or is_hinted
    if not query and not supported:
        if listed := _country_codes(candidates, found, gazetteer):
            best, piece = listed, found.pieces[listed.piece]
            others = []
        elif state := _state(candidates, found, gazetteer, best):
            best, piece, margin = state, found.pieces[state.piece], MARGIN
            others = [c for c in candidates if c.piece == best.piece and c.row != best.row]
        elif refusal := _refuse(best, piece, found, gazetteer):
            return Resolution(None, refusal, alternatives=[c.row for c in candidates[:3]])
    sure = confidence(
        traits := Traits(
            kind=gazetteer.kinds[best.row],
            name_kind=best.name_kind,
            population=gazetteer.populations[best.row],
            n_contained=best.n_contained + (within is not None),
            margin=margin,
            cost=piece.cost,
            n_pieces=len(found.pieces),
            n_unread=len(found.unread),
            lonely=piece.lonely,
            hint=hints.points(gazetteer, best.row),
        )
    )
    further = [] if query else _further(best, candidates, found, gazetteer)
    if gazetteer.kinds[best.row] == PlaceKind.UNION and not query:
        return _union(gazetteer, best.row, piece.text, sure, traits.features())
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
    return Resolution(
        best.row,
        "",
        sure,
        alternatives[:8],
        short(text),
        others=further,
        features=traits.features(),
    )


def _state(
    candidates: list[Reading], found: Found, gazetteer: Gazetteer, best: Reading
) -> Reading | None:
    """The state that a code behind a comma means: "Smallville, CT".

    Not where the name before it is a large city elsewhere ("Chicago, LA" is two places).
    """
    codes = [at for at, piece in enumerate(found.pieces) if piece.lonely]
    if not codes or len(found.pieces) > 2:
        return None
    if best.piece not in codes and gazetteer.populations[best.row] >= MIN_CITY_BEFORE_CODE:
        return None
    for country in _STATES_OF:
        for reading in candidates:
            if (
                reading.piece in codes
                and gazetteer.kinds[reading.row] == PlaceKind.ADMIN1
                and gazetteer.country(reading.row) == country
            ):
                return reading
    return None


def _country_codes(candidates: list[Reading], found: Found, gazetteer: Gazetteer) -> Reading | None:
    """ "SG|PH", "MN/LA": codes of countries, or of states, and nothing else; the first of them."""
    if len(found.pieces) < 2 or found.unread or not all(p.is_code for p in found.pieces):
        return None
    countries = {
        reading.piece: reading
        for reading in candidates
        if gazetteer.kinds[reading.row] == PlaceKind.COUNTRY
    }
    states = {reading.piece for reading in candidates if gazetteer.country(reading.row) == "US"}
    if len(states) == len(found.pieces) and all(len(p.key) == 2 for p in found.pieces):
        return next(
            (
                reading
                for reading in candidates
                if reading.piece == 0
                and gazetteer.country(reading.row) == "US"
                and gazetteer.kinds[reading.row] == PlaceKind.ADMIN1
            ),
            None,
        )
    return countries[0] if len(countries) == len(found.pieces) else None


def _further(
    best: Reading, candidates: list[Reading], found: Found, gazetteer: Gazetteer
) -> list[tuple[int, str, float]]:
    """Other places that the string lists: "London via Lagos", "Paris / NYC"."""
    out: list[tuple[int, str, float]] = []
    seen = {best.piece}
    for reading in candidates:
        piece = found.pieces[reading.piece]
        if reading.piece in seen:
            continue
        seen.add(reading.piece)
        related = _same_spot(gazetteer, reading.row, best.row) or reading.row == best.row
        apart = piece.listed or piece.origin or found.pieces[best.piece].listed
        if related or not apart or gazetteer.kinds[reading.row] == PlaceKind.UNION:
            continue
        if reading.n_contained or not _refuse(reading, piece, found, gazetteer):
            # A place of origin says less about today than one of two homes.
            out.append(
                (reading.row, "origin", 0.25) if piece.origin else (reading.row, "lives", 0.35)
            )
    return out[: MAX_PLACES - 1]


def _city_of_region(candidates: list[Reading], found: Found, gazetteer: Gazetteer) -> Reading:
    """The best reading; a self-named region or city state gives way to its city.

    Vienna, Cairo, Madrid, Geneva, Singapore: the city, when it holds _CITY_SHARE of the people and
    is really called so ("Belize" is not Belize City, which some call by that name). Counties
    ("Firenze", "Antwerpen") always give way to the city that has the name in any language.
    """
    best = candidates[0]
    kind = gazetteer.kinds[best.row]
    if kind in (PlaceKind.CITY, PlaceKind.UNION):
        return best
    share = _STATE_SHARE if kind == PlaceKind.COUNTRY else _CITY_SHARE
    people = gazetteer.populations[best.row]
    own = name_key(gazetteer.name(best.row))
    is_ascii = found.pieces[best.piece].key.isascii()
    for other in candidates[1:]:
        if other.piece != best.piece or gazetteer.kinds[other.row] != PlaceKind.CITY:
            continue
        if gazetteer.countries[other.row] != gazetteer.countries[best.row]:
            continue
        within = inside(gazetteer, other.row, best.row)
        if gazetteer.populations[other.row] < people * (share if within else _APART_SHARE):
            continue
        if (
            name_key(gazetteer.name(other.row)) == own
            or kind == PlaceKind.ADMIN2
            or (
                kind == PlaceKind.ADMIN1
                and (
                    other.name_kind <= NameKind.ALIAS
                    or not is_ascii
                    or gazetteer.populations[other.row] >= people * _APART_SHARE
                )
            )
        ):
            other.n_contained = max(other.n_contained, best.n_contained)
            return other
    return best if kind == PlaceKind.COUNTRY else _seat_of(best, share, gazetteer)


def _seat_of(best: Reading, share: float, gazetteer: Gazetteer) -> Reading:
    """The city that a region is named after and nearly all of ("Bogotá D.C.", "Lisboa")."""
    people = gazetteer.populations[best.row]
    for posting in gazetteer.postings(name_key(gazetteer.name(best.row))):
        row = posting & ROW_MASK
        if (
            gazetteer.kinds[row] == PlaceKind.CITY
            and (posting >> KIND_SHIFT) <= NameKind.ALIAS
            and inside(gazetteer, row, best.row)
            and gazetteer.populations[row] >= max(share, _SEAT_SHARE) * people
        ):
            return dataclasses.replace(best, row=row)
    return best


def _same_spot(gazetteer: Gazetteer, one: int, other: int) -> bool:
    return inside(gazetteer, one, other) or inside(gazetteer, other, one)


def _same_name_spot(gazetteer: Gazetteer, one: Reading, other: Reading) -> bool:
    """No rivals: a place and what it lies in, or a city and a region of its name in one country."""
    if _same_spot(gazetteer, one.row, other.row):
        return True
    is_region = (PlaceKind.ADMIN1, PlaceKind.ADMIN2)
    return gazetteer.countries[one.row] == gazetteer.countries[other.row] and (
        (gazetteer.kinds[one.row] in is_region) != (gazetteer.kinds[other.row] in is_region)
    )


def _refuse(best: Reading, piece: Piece, found: Found, gazetteer: Gazetteer) -> str | None:
    people = gazetteer.populations[best.row]
    kind = gazetteer.kinds[best.row]
    label = gazetteer.label(best.row)
    if piece.key in NOT_A_PLACE:
        return f"{piece.text!r} is not taken for a place"
    if best.name_kind == NameKind.WEAK:
        return f"{piece.text!r} says {label} only where something else does too"
    if best.name_kind == NameKind.CODE and not piece.is_code:
        return f"{piece.text!r} alone is too short for a place"
    if best.name_kind == NameKind.CODE and best.ambiguous:
        return f"{piece.text!r} is a code of several places"
    if (
        best.name_kind == NameKind.CODE
        and kind == PlaceKind.ADMIN1
        and gazetteer.country(best.row) not in _STATES_OF
    ):
        return f"{piece.text!r} says {label} only where something else does too"
    if len(piece.key) <= 3 and piece.key.isascii():
        if best.name_kind == NameKind.ALTERNATE:
            return f"{piece.text!r} is too short for another name of {label}"
        is_place = kind in (PlaceKind.CITY, PlaceKind.ADMIN1, PlaceKind.ADMIN2)
        is_letters = piece.is_code or piece.text.islower()
        if best.name_kind == NameKind.OFFICIAL and is_place and is_letters:
            # "OSU" in capitals is a university before it is a town of that name, and "est" a word.
            return f"{piece.text!r} reads like letters, not like {label}"
    if (
        len(piece.key) <= 3
        and "\u0590" <= piece.key[0] <= "\u08ff"
        and gazetteer.country(best.row) not in ABJAD_COUNTRIES
    ):
        return f"{piece.text!r} is too short for another name of {label}"
    if kind not in (PlaceKind.CITY, PlaceKind.ADMIN2):
        return None
    if kind == PlaceKind.ADMIN2 and piece.cost and (people < MIN_PART or piece.key in AREA_WORDS):
        return f"{piece.text!r} names {label} only in part"
    if best.name_kind == NameKind.OFFICIAL:
        if people < MIN_OFFICIAL:
            return f"{label} has fewer than {MIN_OFFICIAL:,} people and nothing else says so"
        if piece.cost and people < MIN_ALONE:
            return f"{piece.text!r} names {label} only in part"
        is_long = " " in piece.key and people >= MIN_TWO_WORDS
        n_said = len(found.pieces) + len(found.unread)
        if n_said > 1 and people < MIN_BESIDE and not best.beside and not is_long:
            return f"the rest of the text does not fit {label}"
        return None
    if best.name_kind != NameKind.ALIAS and people < MIN_ALONE:
        if people >= MIN_ENDONYM and len(piece.key) >= 6 and " " not in piece.key:
            # "Mantova": a long single word that we show in another language.
            return None
        return f"{piece.text!r} is only another name of {label}, and nothing else says so"
    return None


def _union(
    gazetteer: Gazetteer, row: int, words: str, sure: float, features: tuple[float, ...]
) -> Resolution:
    """A composite region: what all of it has in common, or unknown."""
    parent = gazetteer.admin1s[row] if gazetteer.admin1s[row] >= 0 else None
    if parent is None and gazetteer.country(row) is not None:
        parent = gazetteer.country_row[gazetteer.country(row) or ""]
    if parent is None:
        return Resolution(None, f"{words!r} is more than one country", alternatives=[row])
    return Resolution(parent, "", sure, [row], words, features=features)


def short(text: str) -> str:
    """A string as it stands in a reason: one line, 60 characters."""
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:59] + "…")
