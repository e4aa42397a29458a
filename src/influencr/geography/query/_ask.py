"""What does a member mean by a place? "Lyon", "in Bavaria", "50 km um Wien", "Spain not Madrid".

The same names as for profiles, with nothing refused for being small. Which reading was taken is in
`label`, the others in `alternatives` with the words that ask for them, so that a page can offer
"did you mean Paris, Texas?". `_phrases` takes the words around the names apart, `_area` says what a
place covers, `_spelling` reads a name that is written wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from influencr.errors import PlaceError, UnknownValue, UsageError
from influencr.geography._codes import country_row
from influencr.geography._distance import check_point
from influencr.geography.gazetteer._format import ROW_MASK, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._prepare import coordinates
from influencr.geography.location._resolve import resolve
from influencr.geography.query._area import CITY_DENSITY, CITY_RADIUS_KM, Area, covered
from influencr.geography.query._choices import (
    comma_groups,
    creators_first,
    framed,
    is_called,
    labelled,
    readings,
)
from influencr.geography.query._phrases import (
    ARTICLES,
    Phrase,
    inherit,
    parse_phrase,
    split_excluded,
    split_places,
)
from influencr.geography.query._spelling import misspelt, similar_names

__all__ = [
    "CITY_DENSITY",
    "CITY_RADIUS_KM",
    "MAX_PLACES",
    "MAX_RADIUS_KM",
    "NEAR_KM",
    "Area",
    "ask",
]

#: Radius of `near X` (design document, section 9).
NEAR_KM = 50.0
#: Half the way around the Earth is 20,015 km: nothing is farther.
MAX_RADIUS_KM = 20_100.0
#: Places that one query may list; our own choice, far above what people write.
MAX_PLACES = 20
#: Other readings that are offered.
_OFFERED = 5

_NOTHING = "No place was given; name a city, region or country."

_KIND_WORDS = {
    **dict.fromkeys(("country", "nation"), PlaceKind.COUNTRY),
    **dict.fromkeys(("region", "state", "province", "land"), PlaceKind.ADMIN1),
    **dict.fromkeys(("district", "county", "department"), PlaceKind.ADMIN2),
    **dict.fromkeys(("city", "town", "village"), PlaceKind.CITY),
    **dict.fromkeys(("group", "regions"), PlaceKind.UNION),
}
#: How a kind is written behind a label that several places share.
_KIND_WORD = {
    PlaceKind.COUNTRY: "country",
    PlaceKind.UNION: "group",
    PlaceKind.ADMIN1: "region",
    PlaceKind.ADMIN2: "district",
    PlaceKind.CITY: "city",
}
_KIND = re.compile(rf"^(.+?)\s*\((?:the\s+)?({'|'.join(_KIND_WORDS)})\)$", re.I | re.S)
_DEGREES = re.compile(
    r"(?P<a>\d{1,3}(?:\.\d+)?)\s*°?\s*(?:(?P<am>\d{1,2}(?:\.\d+)?)\s*['′]\s*)?"
    r"(?:(?P<as>\d{1,2}(?:\.\d+)?)\s*[\"″]\s*)?(?P<ns>[NS])\s*[,;\s]\s*"
    r"(?P<o>\d{1,3}(?:\.\d+)?)\s*°?\s*(?:(?P<om>\d{1,2}(?:\.\d+)?)\s*['′]\s*)?"
    r"(?:(?P<os>\d{1,2}(?:\.\d+)?)\s*[\"″]\s*)?(?P<ew>[EWO])",
    re.I,
)
_PLAIN_POINT = re.compile(r"\s*(?:geo:)?\s*([+-]?[\d.]+)\s*[,; ]\s*([+-]?[\d.]+)\s*")


def ask(
    text: str,
    gazetteer: Gazetteer | None = None,
    *,
    within_km: float | None = None,
    near: bool = False,
    counts: Mapping[int, int] | None = None,
) -> Area:
    """The area that a place query means.

    text        a place, `in X`, `near X` (50 km), `within R km of X` (or mi), "52.5, 13.4", several
                of them ("Berlin or Hamburg", "Spain, Portugal"), less some ("Spain not Madrid");
                the same in other languages
    within_km   radius from a separate field; wins over the one in the text
    near        the text stands in a "near" field: a city without radius gets 50 km
    counts      place id -> creators there: of two readings alike in size, the one with far more
                creators is taken first

    Raises UnknownValue with the nearest names when no place is called so, UsageError when nothing
    was asked or the radius is impossible, and PlaceError for a radius around a country or region
    (it has no centre) and for coordinates that cannot exist.

    >>> ask("Paris, TX").label, ask("near Wien").within_km, ask("in Bavaria").codes
    ('Paris, Texas, United States', 50.0, ('DE-BY',))
    """
    found = gazetteer or Gazetteer.load()
    words = " ".join(text.split())
    if not words:
        raise UsageError(_NOTHING, field="place")
    reader = _Reader(found, counts or {}, within_km, near)
    main, excluded = split_excluded(words, reader.is_whole_name)
    phrases = reader.phrases(main)
    parts = [reader.area(phrase) for phrase in phrases]
    but = []
    if excluded:
        # "near Berlin, not Potsdam" leaves out the town, not fifty kilometres around it.
        outside = _Reader(found, counts or {})
        but = [outside.area(phrase) for phrase in outside.phrases(excluded)]
    if len(parts) == 1 and not but:
        return replace(parts[0], asked=text)
    return _together(text, parts, but, found)


class _Reader:
    """One query's settings, to read each of its names with."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        counts: Mapping[int, int],
        within_km: float | None = None,
        near: bool = False,
    ) -> None:
        self.gazetteer = gazetteer
        self.counts = counts
        self.within_km = within_km
        self.near = near

    def is_whole_name(self, words: str) -> bool:
        """A name as it stands, or a pair of coordinates: not to be taken apart."""
        return is_called(words, self.gazetteer) or _point(words) is not None

    def _is_name(self, words: str) -> bool:
        # In Salah is a town, "In Salah, Algeria" is it too; "Lyon, 50 km" is more than a name.
        head, _, tail = words.partition(",")
        inside = not any(c.isdigit() for c in tail)
        return self.is_whole_name(words) or (inside and is_called(head, self.gazetteer))

    def phrases(self, words: str) -> list[Phrase]:
        """The places that a text lists, with what is said around each."""
        pieces: list[str] = []
        for piece in split_places(words, self.is_whole_name):
            pieces += comma_groups(piece, self.gazetteer, self.is_whole_name)
        if not pieces:
            raise UsageError(_NOTHING, field="place")
        if len(pieces) > MAX_PLACES:
            raise UsageError(
                f"A search takes up to {MAX_PLACES} places; {len(pieces)} were given.",
                field="place",
            )
        return inherit([parse_phrase(piece, self._is_name) for piece in pieces])

    def area(self, phrase: Phrase) -> Area:
        """The area of one place."""
        km = phrase.km if self.within_km is None else self.within_km
        if km is None and (self.near or phrase.near):
            km = NEAR_KM
        if km is not None and not 0 < km <= MAX_RADIUS_KM:
            raise UsageError(
                f"A radius of {km:g} km is not possible; give a number above 0 and at most "
                f"{MAX_RADIUS_KM:,.0f}.",
                field="within_km",
            )
        point = _point(phrase.name) or coordinates(phrase.name)
        if point is not None:
            return _around_point(phrase.name, point, NEAR_KM if km is None else km, self.gazetteer)
        rows, corrected = self._rows(phrase.name, radius=km is not None)
        # The radius of a field of its own stays there when another reading is asked for.
        said_km = km if self.within_km is None and not self.near else None
        return self._area(rows, phrase.name, km, said_km, corrected)

    def _rows(self, name: str, *, radius: bool) -> tuple[list[int], str | None]:
        """The readings, the one to take first, and what was misspelt."""
        gazetteer = self.gazetteer
        if match := _KIND.match(name):
            return self._of_kind(match[1], _KIND_WORDS[match[2].lower()], match[2]), None
        if "," in name and (same := labelled(name, gazetteer)):
            return same, None
        rows = self._resolved(name)
        corrected = None
        if not rows:
            rows = misspelt(name, gazetteer)
            corrected = name if rows else None
        if not rows:
            raise _unknown(name, gazetteer)
        if self.counts and gazetteer.postings(name_key(name)):
            rows = creators_first(rows, self.counts, gazetteer)
        if radius and gazetteer.kinds[rows[0]] != PlaceKind.CITY:
            # A radius prefers cities, which have a centre.
            inside = set(gazetteer.cities_in(rows[0]).tolist())
            same_name = [p & ROW_MASK for p in gazetteer.postings(name_key(name))]
            cities = [r for r in (*same_name, *rows) if r in inside]
            rows = [*cities[:1], *rows]
        return rows, corrected

    def _resolved(self, name: str) -> list[int]:
        """Readings of a name; one said with an article is tried without it too."""
        gazetteer = self.gazetteer
        bare = ARTICLES.sub("", name)
        if not gazetteer.postings(name_key(name)) and gazetteer.postings(name_key(bare)):
            name = bare
        if rows := readings(name, gazetteer) or framed(name, gazetteer):
            return rows
        found = resolve(name, gazetteer, query=True)
        return [] if found.row is None else [found.row, *found.alternatives]

    def _of_kind(self, name: str, kind: PlaceKind, word: str) -> list[int]:
        gazetteer = self.gazetteer
        if kind == PlaceKind.COUNTRY:
            row = country_row(name, gazetteer)
            if row is None:
                raise UnknownValue("country", name, gazetteer.country_names["en"].values())
            return [row]
        named = [p & ROW_MASK for p in gazetteer.postings(name_key(name))]
        rows = [*labelled(name, gazetteer), *named, *self._resolved(name)]
        of_kind = [r for r in dict.fromkeys(rows) if gazetteer.kinds[r] == kind]
        if not of_kind:
            raise UsageError(f"place: no {word} is called {name!r}.", field="place")
        return of_kind

    def _area(
        self,
        rows: list[int],
        name: str,
        km: float | None,
        said_km: float | None,
        corrected: str | None,
    ) -> Area:
        gazetteer = self.gazetteer
        row = rows[0]
        place = gazetteer.at(row)
        if km is None:
            codes, ids = covered(row, gazetteer)
        elif place.kind != "city" or place.lat is None or place.lon is None:
            raise PlaceError(_no_centre(row, gazetteer), field="place")
        else:
            codes, ids = (), gazetteer.within(place.lat, place.lon, km)
        others: dict[str, str] = {}
        for other in rows[1:]:
            if km is not None and gazetteer.kinds[other] != PlaceKind.CITY:
                continue  # it has no centre
            label = _asking(other, gazetteer)
            if other != row and label != place.label and len(others) < _OFFERED:
                others[label] = _with_radius(label, said_km)
        return Area(
            asked=name,
            label=place.label,
            kind=place.kind,
            place_id=place.id,
            country=place.country,
            admin1=place.admin1,
            lat=place.lat,
            lon=place.lon,
            within_km=km,
            codes=codes,
            place_ids=ids,
            alternatives=tuple(others),
            asks=tuple(others.values()),
            population=place.population,
            corrected=corrected,
        )

    def asking(self, row: int) -> str:
        """The words that ask for exactly this place: its label, with its kind where it must."""
        gazetteer = self.gazetteer
        label = gazetteer.label(row)
        if "," in label:
            first = next(iter(labelled(label, gazetteer)), row)
        else:
            first = next(iter(self._resolved(label)), row)
        return label if first == row else f"{label} ({_KIND_WORD[PlaceKind(gazetteer.kinds[row])]})"


def asking_label(place_id: int, gazetteer: Gazetteer) -> str:
    """The words that ask for exactly this place: its label, with its kind where it must.

    Raises PlaceError for an id that the gazetteer does not know.

    >>> asking_label(614540, Gazetteer.load())
    'Georgia (country)'
    """
    row = gazetteer.row(place_id)
    if row is None:
        raise PlaceError(f"No place has the id {place_id}; use an id that a search gave.")
    return _asking(row, gazetteer)


@lru_cache(maxsize=65_536)
def _asking(row: int, gazetteer: Gazetteer) -> str:
    return _Reader(gazetteer, {}).asking(row)


def name_begun(typed: str, gazetteer: Gazetteer) -> tuple[str, bool]:
    """(the name that a place field ends with so far, are its surroundings asked for).

    The words in front of it and the places before it in a list are passed over.

    >>> known = Gazetteer.load()
    >>> name_begun("within 50 km of aus", known), name_begun("Berlin or ham", known)
    (('aus', True), ('ham', False))
    """
    reader = _Reader(gazetteer, {})
    main, excluded = split_excluded(typed, reader.is_whole_name)
    last = split_places(excluded or main, reader.is_whole_name)[-1]
    phrase = parse_phrase(last, reader.is_whole_name)
    return phrase.name, phrase.near or phrase.km is not None


def _with_radius(label: str, km: float | None) -> str:
    return label if km is None else f"within {km:g} km of {label}"


def _and_radius(label: str, km: float | None) -> str:
    """The same behind the name, where it does not hold for the rest of a list."""
    return label if km is None else f"{label} + {km:g} km"


def _together(text: str, parts: list[Area], but: list[Area], gazetteer: Gazetteer) -> Area:
    """Several places as one area; the alternatives replace one place at a time."""

    def written(areas: list[Area], joint: str) -> str:
        return joint.join(
            _with_radius(a.label, a.within_km) for a in {a.label: a for a in areas}.values()
        )

    def asking(area: Area) -> str:
        row = None if area.place_id is None else gazetteer.row(area.place_id)
        name = f"{area.lat!r}, {area.lon!r}" if row is None else _asking(row, gazetteer)
        return _and_radius(name, area.within_km)

    def asked(main: list[str], out: list[str]) -> str:
        return "; ".join(main) + (f" except {'; '.join(out)}" if out else "")

    mains, outs = [asking(a) for a in parts], [asking(a) for a in but]
    others: dict[str, str] = {}
    for own, areas in ((mains, parts), (outs, but)):
        for i, area in enumerate(areas):
            for label in area.alternatives[:1]:
                changed = [*own[:i], _and_radius(label, area.within_km), *own[i + 1 :]]
                others.setdefault(
                    label, asked(changed, outs) if own is mains else asked(mains, changed)
                )
    label = written(parts, " or ") if len(parts) > 1 else parts[0].label
    if but:
        label += f" except {written(but, ' and ')}"
    one = parts[0] if len(parts) == 1 else None
    corrected = [a.corrected for a in (*parts, *but) if a.corrected]
    return Area(
        asked=text,
        label=label,
        kind=one.kind if one else "several",
        place_id=one.place_id if one else None,
        country=one.country if one else None,
        admin1=one.admin1 if one else None,
        lat=one.lat if one else None,
        lon=one.lon if one else None,
        within_km=one.within_km if one else None,
        codes=one.codes if one else (),
        place_ids=one.place_ids if one else None,
        alternatives=tuple(others)[:_OFFERED],
        asks=tuple(others.values())[:_OFFERED],
        population=one.population if one else 0,
        corrected=corrected[0] if corrected else None,
        parts=tuple(parts) if one is None else (),
        but=tuple(but),
    )


def _point(text: str) -> tuple[float, float] | None:
    """Coordinates that the whole text is; whole degrees too, which a profile never means."""
    if match := _DEGREES.fullmatch(text.strip()):
        lat, lon = _degrees(match, "a", "ns"), _degrees(match, "o", "ew")
    elif match := _PLAIN_POINT.fullmatch(text):
        try:
            lat, lon = float(match[1]), float(match[2])
        except ValueError as error:
            raise PlaceError(
                f"{text!r} is not a pair of coordinates; write 52.5, 13.4.", field="place"
            ) from error
    else:
        return None
    check_point(lat, lon)
    return lat, lon


def _degrees(match: re.Match[str], letter: str, sign: str) -> float:
    minutes, seconds = (float(match[f"{letter}{part}"] or 0) for part in "ms")
    value = float(match[letter]) + minutes / 60 + seconds / 3600
    return -value if match[sign].upper() in ("S", "W") else value


def _around_point(text: str, point: tuple[float, float], km: float, gazetteer: Gazetteer) -> Area:
    lat, lon = point
    row, _ = gazetteer.nearest_city(lat, lon)
    return Area(
        asked=text,
        label=f"{lat:g}, {lon:g} (near {gazetteer.label(row)})",
        kind="point",
        place_id=None,
        country=gazetteer.country(row),
        admin1=gazetteer.admin1(row),
        lat=lat,
        lon=lon,
        within_km=km,
        place_ids=gazetteer.within(lat, lon, km),
    )


def _unknown(name: str, gazetteer: Gazetteer) -> UsageError:
    if close := similar_names(name, gazetteer):
        return UnknownValue("place", name, close)
    return UsageError(
        f"place: no place is called {name!r}; check the spelling, or give a city, region or "
        "country nearby.",
        field="place",
    )


def _no_centre(row: int, gazetteer: Gazetteer) -> str:
    place = gazetteer.at(row)
    cities = gazetteer.cities_in(row).tolist()
    hint = ""
    if cities:
        largest = max(cities, key=lambda r: (gazetteer.populations[r], -r))
        hint = f", for example {gazetteer.name(largest)}"
    word = {"country": "country", "union": "group of regions"}.get(place.kind, "region")
    return (
        f"{place.label} is a {word} and has no centre to measure from; search `in {place.name}`, "
        f"or name a city in it{hint}."
    )
