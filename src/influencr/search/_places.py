"""The place filter of a query: who is there for certain, how far, and who might be.

A radius is an exact set of points of this generation (`_located`). A creator known only to a region
or a country has no point and is never inside one by accident: they are counted as unlocated, and
join when asked for. Several places are a union; a place that is left out takes its creators from
all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from influencr.errors import UnknownValue
from influencr.index import UNKNOWN, And, Constant, Node, Not, Or, Term, Terms, point_tokens
from influencr.search._located import Located
from influencr.search._query import Query
from influencr.search._results import PlaceChoice, PlaceOffer
from influencr.search._suggest import PlaceSuggestion
from influencr.search._whereabouts import NamedPlace

if TYPE_CHECKING:
    from influencr.geography import Area, CreatorsThere, Gazetteer

__all__ = [
    "RINGS",
    "Geography",
    "PlaceFilter",
    "PlaceReader",
    "distance_km",
    "place_choice",
    "place_filter",
]

#: (share of the radius, factor): the place part of a score falls in steps towards the rim. Eighths
#: keep scores exact; the steps are our own choice.
RINGS = ((0.25, 1.0), (0.5, 0.875), (0.75, 0.75), (1.0, 0.625))
#: Factor of creators known only to the region or country, when they are let in.
REGION_FACTOR = 0.5
_EARTH_KM = 6371.0088
#: Suggestions that are looked at for those that can be the centre of a radius.
_MOST_SUGGESTED = 50
#: Beginnings of names whose suggestions are kept; everybody types the same first letters.
_REMEMBERED = 4_096


class PlaceReader(Protocol):
    """What search needs of geography; tests bring their own small world."""

    def ask(self, text: str, *, within_km: float | None, near: bool, located: Located) -> Area:
        """What the member means by a place, in an index with these creators."""
        ...

    def in_words(self, text: str) -> tuple[PlaceOffer, bool] | None:
        """The place that search words end with, and whether they surely mean it; None if none."""
        ...

    def suggest(self, prefix: str, *, limit: int, located: Located) -> list[PlaceSuggestion]:
        """Places whose name begins so, the likeliest first."""
        ...

    def country(self, text: str) -> str:
        """ISO 3166-1 alpha-2 code of a code or name; UnknownValue otherwise."""
        ...

    def region(self, text: str) -> str:
        """ISO 3166-2 code of a code or name; UnknownValue otherwise."""
        ...

    def country_label(self, code: str) -> str:
        """The name of a country for people."""
        ...

    def named(self, place_ids: Iterable[int]) -> Mapping[int, NamedPlace]:
        """The places of these ids, those that are known."""
        ...


class Geography:
    """The real thing; the gazetteer is loaded with the first place that is asked for."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        self._given = gazetteer
        self._counted: tuple[Located, CreatorsThere] | None = None
        self._suggested: dict[tuple[str, int], list[PlaceSuggestion]] = {}

    @property
    def _gazetteer(self) -> Gazetteer:
        if self._given is None:
            from influencr.geography import Gazetteer

            self._given = Gazetteer.load()
        return self._given

    def there(self, located: Located) -> CreatorsThere:
        """How many creators are at each place; kept per generation."""
        if self._counted is None or self._counted[0] is not located:
            from influencr.geography import CreatorsThere

            self._suggested = {}
            self._counted = (
                located,
                CreatorsThere(located.places, located.countries, located.regions, self._gazetteer),
            )
        return self._counted[1]

    def ask(self, text: str, *, within_km: float | None, near: bool, located: Located) -> Area:
        """See `geography.ask`."""
        from influencr.geography import ask

        counts = self.there(located).counts
        return ask(text, self._gazetteer, within_km=within_km, near=near, counts=counts)

    def in_words(self, text: str) -> tuple[PlaceOffer, bool] | None:
        """See `geography.place_in_words`."""
        from influencr.geography import place_in_words

        found = place_in_words(text, self._gazetteer)
        if found is None:
            return None
        return PlaceOffer(text=found.rest, place=found.place, label=found.label), found.is_certain

    def suggest(self, prefix: str, *, limit: int, located: Located) -> list[PlaceSuggestion]:
        """See `Gazetteer.suggest`; a label that stands for several places says its kind."""
        there = self.there(located)  # before the memory is read: a new generation empties it
        known = self._suggested.get((prefix, limit))
        if known is None:
            if len(self._suggested) >= _REMEMBERED:
                self._suggested.clear()
            known = self._suggested[prefix, limit] = self._suggest(prefix, limit, there)
        return known

    def _suggest(self, prefix: str, limit: int, there: CreatorsThere) -> list[PlaceSuggestion]:
        from influencr.geography import asking_label, name_begun

        gazetteer = self._gazetteer
        begun, around = name_begun(prefix, gazetteer)
        listed = gazetteer.suggest(begun, _MOST_SUGGESTED if around else limit, counts=there.counts)
        if not listed and "," in begun:
            # "Spain, por": the next place of a list.
            begun = begun.rpartition(",")[2].strip()
            listed = gazetteer.suggest(begun, limit, counts=there.counts)
        if around:
            # A country has no centre to measure from.
            listed = [found for found in listed if found.kind == "city"][:limit]
        head = prefix[: len(prefix) - len(begun)] if prefix.endswith(begun) else ""
        labels = [asking_label(found.place_id, gazetteer) for found in listed]
        return [
            PlaceSuggestion(
                place_id=found.place_id,
                label=label,
                typed=head + label,
                kind=found.kind,
                country=found.country,
                population=found.population,
                n_creators=there.count(found.place_id),
            )
            for found, label in zip(listed, labels, strict=True)
        ]

    def country(self, text: str) -> str:
        """See `geography.country_code`."""
        from influencr.geography import country_code

        return country_code(text)

    def region(self, text: str) -> str:
        """See `geography.region_code`."""
        from influencr.geography import region_code

        return region_code(text)

    def country_label(self, code: str) -> str:
        """See `geography.country_name`."""
        from influencr.geography import country_name

        try:
            return country_name(code) or code
        except UnknownValue:
            # A catalogue may hold a code that the gazetteer has not heard of yet.
            return code

    def named(self, place_ids: Iterable[int]) -> dict[int, NamedPlace]:
        """The places of these ids; one that the gazetteer does not hold is left out."""
        from influencr.geography import asking_label

        found = {}
        for place_id in place_ids:
            row = self._gazetteer.row(place_id)
            if row is None:
                continue
            place = self._gazetteer.at(row)
            found[place_id] = NamedPlace(
                place_id=place_id,
                name=place.name,
                label=place.label,
                typed=asking_label(place_id, self._gazetteer),
                kind=place.kind,
                country=place.country,
                lat=place.lat,
                lon=place.lon,
            )
        return found


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in kilometres (haversine, R = 6371.0088 km).

    >>> round(distance_km(52.52, 13.405, 48.137, 11.575), 1)
    504.3
    """
    a, b = math.radians(lat), math.radians(other_lat)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


class _Level(msgspec.Struct, frozen=True):
    """Creators who share a place part: how the index finds them, how a row shows it."""

    node: Node
    factor: float
    holds: Callable[[dict[str, Any]], bool]


class PlaceFilter(msgspec.Struct, frozen=True):
    """How the place of a query was understood.

    node         who is there
    rings        (who, factor) for a radius: disjoint, together `node`; empty otherwise
    might        who may be there but is known too coarsely
    """

    area: Any
    choice: PlaceChoice
    label: str
    node: Node
    rings: tuple[tuple[Node, float], ...]
    levels: tuple[_Level, ...]
    might: Node

    @property
    def widest_km(self) -> float | None:
        """The radius, the widest of several; None unless every place has one."""
        radii = [part.within_km for part in self.area.parts or (self.area,)]
        return None if None in radii else max(radii)

    def factor(self, creator: dict[str, Any]) -> float:
        """The place part of a creator who is there."""
        if not self.rings:
            return 1.0
        return next((lv.factor for lv in self.levels if lv.holds(creator)), REGION_FACTOR)

    def distance(self, creator: dict[str, Any]) -> float | None:
        """Kilometres from the nearest centre; None without a radius or coordinates."""
        lat, lon = creator.get("lat"), creator.get("lon")
        if not self.rings or lat is None or lon is None:
            return None
        return min(
            distance_km(part.lat, part.lon, lat, lon)
            for part in self.area.parts or (self.area,)
            if part.within_km is not None
        )


def place_filter(
    query: Query, places: PlaceReader, located: Callable[[], Located], *, ranked: bool = True
) -> PlaceFilter | None:
    """The place filter of a query, None when it has none. Raises what `geography.ask` raises.

    located  where the creators of the generation are; asked for only when a place is
    ranked   also cut a radius into rings; counting needs none, and they cost more than the rest
    """
    if not (query.place or query.near):
        return None
    there = located()
    area = places.ask(
        query.place or query.near or "",
        within_km=query.within_km,
        near=not query.place,
        located=there,
    )
    parts: tuple[Area, ...] = area.parts or (area,)
    has_radius = any(part.within_km is not None for part in parts)
    levels = [level for part in parts for level in _levels(part, there, ranked=ranked)]
    might: list[Node] = [Term("place_level", UNKNOWN)]
    for part in parts:
        if part.within_km is None and part.codes and part.place_ids is None:
            continue  # whoever is known to the region is known to be there
        if query.include_region_level:
            levels.append(_Level(_coarse(part), REGION_FACTOR, lambda _: True))
        else:
            might.append(_coarse(part))
    out = [level.node for part in area.but for level in _levels(part, there, ranked=False)]
    node = _either([level.node for level in levels])
    if out:
        node = And((node, Not(_either(out))))
    rings: tuple[tuple[Node, float], ...] = ()
    if ranked and has_radius:
        levels.sort(key=lambda level: -level.factor)
        rings = _disjoint(levels, out, overlap=len(parts) > 1)
    choice = place_choice(area)
    label = (
        f"within {area.within_km:g} km of {area.label}"
        if area.within_km is not None
        else area.label
    )
    return PlaceFilter(
        area, choice, label, node, rings, tuple(levels) if rings else (), _either(might)
    )


def place_choice(area: Area) -> PlaceChoice:
    """What a page shows of how a place was understood."""
    parts: tuple[Area, ...] = area.parts or (area,)
    return PlaceChoice(
        asked=area.asked,
        label=area.label,
        place_id=area.place_id,
        kind=area.kind,
        lat=area.lat,
        lon=area.lon,
        within_km=area.within_km,
        n_places=sum(_n_places(part) for part in parts),
        alternatives=tuple(area.alternatives),
        asks=tuple(area.asks),
        population=area.population,
        corrected=area.corrected,
        several=tuple(part.label for part in parts) if len(parts) > 1 else (),
    )


def _levels(area: Area, located: Located, *, ranked: bool) -> list[_Level]:
    """Who is in one area, by factor; a radius that is ranked gives a ring each."""
    if area.within_km is None:
        return [_covered(area)]
    if area.lat is None or area.lon is None:
        raise UnknownValue("near", area.asked, area.alternatives)
    away = located.distances(area.lat, area.lon, within_km=area.within_km)
    if not ranked:
        inside = away <= area.within_km
        return [_Level(Terms("point", located.tokens(inside)), 1.0, lambda _: True)]
    found: list[_Level] = []
    inner = away < 0.0
    for share, factor in RINGS:
        reached = away <= area.within_km * share
        ring = reached & ~inner
        points = located.points(ring)
        found.append(_Level(Terms("point", located.tokens(ring)), factor, _at(points)))
        inner = reached
    return found


def _at(points: frozenset[str]) -> Callable[[dict[str, Any]], bool]:
    return lambda creator: not points.isdisjoint(point_tokens(creator))


def _covered(area: Area) -> _Level:
    """Who is in an area without a radius."""
    # A region without an ISO code is named by its GeoNames code, "PR.021".
    regions = tuple(sorted(c for c in area.codes if len(c) > 2))
    countries = tuple(sorted(c for c in area.codes if len(c) == 2))
    ids = _ids(area.place_ids) if area.place_ids is not None else ()
    clauses: list[Node] = []
    if countries:
        clauses.append(Terms("country", countries))
    if regions:
        clauses.append(Terms("admin1", regions))
    if area.place_ids is not None:
        clauses.append(Terms("place", ids))
    among = frozenset(ids)
    return _Level(
        _either(clauses),
        1.0,
        lambda creator: (
            creator.get("place_id") in among
            or creator.get("country") in countries
            or creator.get("admin1") in regions
        ),
    )


def _disjoint(
    levels: list[_Level], out: list[Node], *, overlap: bool
) -> tuple[tuple[Node, float], ...]:
    """(who, factor) from the highest factor on, nobody twice."""
    rings: list[tuple[Node, float]] = []
    earlier: list[Node] = []
    for factor in dict.fromkeys(level.factor for level in levels):
        mine = [level.node for level in levels if level.factor == factor]
        node = _either(mine)
        barred = [*out, *(earlier if overlap else ())]
        if barred:
            node = And((node, Not(_either(barred))))
        rings.append((node, factor))
        earlier += mine
    return tuple(rings)


def _either(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _n_places(area: Area) -> int:
    return len(area.codes) + (0 if area.place_ids is None else len(area.place_ids))


def _coarse(area: Area) -> Node:
    """Known to the region of the area's centre, or only to its country."""
    if not area.country:
        return Terms("place", ())
    country = Term("country", area.country)
    by_country = And((Term("place_level", "country"), country))
    region = Term("admin1", area.admin1) if area.admin1 else country
    return Or((by_country, And((Terms("place_level", ("admin1", "admin2")), region))))


def _ids(given: Any) -> tuple[int, ...]:
    """Rising ids of an array or of any sequence; `tolist` is ten times faster than one by one."""
    return tuple(sorted(given.tolist() if hasattr(given, "tolist") else given))


def worth_nothing(node: Node) -> Node:
    """A filter: who matches, without changing anybody's score."""
    return Constant(node, 0.0)
