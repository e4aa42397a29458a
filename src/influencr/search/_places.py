"""The place filter of a query: who is there for certain, how far, and who might be.

A radius is an exact set of places of the gazetteer. A creator known only to a region or a country
is never inside one by accident: they are counted as unlocated, and join when asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from influencr.errors import UnknownValue
from influencr.index import UNKNOWN, And, Constant, Node, Or, Term, Terms
from influencr.search._query import Query
from influencr.search._results import PlaceChoice

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer

__all__ = ["RINGS", "Geography", "PlaceFilter", "PlaceReader", "distance_km"]

#: (share of the radius, factor): the place part of a score falls in steps towards the rim. Eighths
#: keep scores exact; the steps are our own choice.
RINGS = ((0.25, 1.0), (0.5, 0.875), (0.75, 0.75), (1.0, 0.625))
#: Factor of creators known only to the region or country, when they are let in.
REGION_FACTOR = 0.5
_EARTH_KM = 6371.0088


class PlaceReader(Protocol):
    """What search needs of geography; tests bring their own small world."""

    def ask(self, text: str, *, within_km: float | None, near: bool) -> Area:
        """What the member means by a place."""
        ...

    def within(self, lat: float, lon: float, km: float) -> Sequence[int]:
        """Ids of every place within the radius, exactly."""
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


class Geography:
    """The real thing; the gazetteer is loaded with the first place that is asked for."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        self._given = gazetteer

    @property
    def _gazetteer(self) -> Gazetteer:
        if self._given is None:
            from influencr.geography import Gazetteer

            self._given = Gazetteer.load()
        return self._given

    def ask(self, text: str, *, within_km: float | None, near: bool) -> Area:
        """See `geography.ask`."""
        from influencr.geography import ask

        return ask(text, self._gazetteer, within_km=within_km, near=near)

    def within(self, lat: float, lon: float, km: float) -> Sequence[int]:
        """See `Gazetteer.within`."""
        ids: list[int] = self._gazetteer.within(lat, lon, km).tolist()
        return ids

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
    ring_ids: tuple[frozenset[int], ...]
    might: Node

    def factor(self, creator: dict[str, Any]) -> float:
        """The place part of a creator who is there."""
        for ids, (_, factor) in zip(self.ring_ids, RINGS, strict=False):
            if creator.get("place_id") in ids:
                return factor
        return REGION_FACTOR if self.rings else 1.0

    def distance(self, creator: dict[str, Any]) -> float | None:
        """Kilometres from the centre of a radius; None without a radius or coordinates."""
        lat, lon = creator.get("lat"), creator.get("lon")
        if not self.rings or lat is None or lon is None:
            return None
        return distance_km(self.area.lat, self.area.lon, lat, lon)


def place_filter(query: Query, places: PlaceReader, *, ranked: bool = True) -> PlaceFilter | None:
    """The place filter of a query, None when it has none. Raises what `geography.ask` raises.

    ranked   also cut a radius into rings; counting needs none, and they cost more than the rest
    """
    if query.place:
        area = places.ask(query.place, within_km=query.within_km, near=False)
    elif query.near:
        area = places.ask(query.near, within_km=query.within_km, near=True)
    else:
        return None
    unknown = Term("place_level", UNKNOWN)
    coarse = _coarse(area)
    rings: tuple[tuple[Node, float], ...] = ()
    ring_ids: tuple[frozenset[int], ...] = ()
    might: Node = unknown
    if area.within_km is not None:
        if area.lat is None or area.lon is None:
            raise UnknownValue("near", area.asked, area.alternatives)
        reached: Any = area.place_ids
        if reached is None:
            reached = places.within(area.lat, area.lon, area.within_km)
        every = _ids(reached)
        if ranked:
            ring_ids = _rings((area.lat, area.lon), area.within_km, frozenset(every), places)
            rings = tuple(
                (Terms("place", tuple(sorted(ids))), factor)
                for ids, (_, factor) in zip(ring_ids, RINGS, strict=True)
            )
            if query.include_region_level:
                rings = (*rings, (coarse, REGION_FACTOR))
        if not query.include_region_level:
            might = Or((unknown, coarse))
        node: Node = Terms("place", every)
        n_places = len(every)
        if query.include_region_level:
            node = Or((node, coarse))
    else:
        node, n_places = _covered(area)
        if not area.codes:
            if query.include_region_level:
                node = Or((node, coarse))
            else:
                might = Or((unknown, coarse))
    choice = PlaceChoice(
        asked=area.asked,
        label=area.label,
        place_id=area.place_id,
        kind=area.kind,
        lat=area.lat,
        lon=area.lon,
        within_km=area.within_km,
        n_places=n_places,
        alternatives=tuple(area.alternatives),
    )
    label = (
        f"within {area.within_km:g} km of {area.label}"
        if area.within_km is not None
        else area.label
    )
    return PlaceFilter(area, choice, label, node, rings, ring_ids, might)


def _covered(area: Area) -> tuple[Node, int]:
    """(who is in an area without a radius, how many places it covers)."""
    if area.place_ids is not None:
        ids = _ids(area.place_ids)
        return Terms("place", ids), len(ids)
    # A region without an ISO code is named by its GeoNames code, "PR.021".
    regions = tuple(sorted(c for c in area.codes if len(c) > 2))
    countries = tuple(sorted(c for c in area.codes if len(c) == 2))
    clauses: list[Node] = []
    if countries:
        clauses.append(Terms("country", countries))
    if regions:
        clauses.append(Terms("admin1", regions))
    return Or(tuple(clauses)), len(area.codes)


def _coarse(area: Area) -> Node:
    """Known to the region of the area's centre, or only to its country."""
    if not area.country:
        return Terms("place", ())
    country = Term("country", area.country)
    by_country = And((Term("place_level", "country"), country))
    region = Term("admin1", area.admin1) if area.admin1 else country
    return Or((by_country, And((Terms("place_level", ("admin1", "admin2")), region))))


def _rings(
    centre: tuple[float, float], km: float, every: frozenset[int], places: PlaceReader
) -> tuple[frozenset[int], ...]:
    """Disjoint sets of place ids from the centre to the rim; together `every`."""
    found: list[frozenset[int]] = []
    inner: frozenset[int] = frozenset()
    for share, _ in RINGS:
        reached = every if share == 1.0 else frozenset(places.within(*centre, km * share))
        found.append(reached - inner)
        inner |= reached
    return tuple(found)


def _ids(given: Any) -> tuple[int, ...]:
    """Rising ids of an array or of any sequence; `tolist` is ten times faster than one by one."""
    return tuple(sorted(given.tolist() if hasattr(given, "tolist") else given))


def worth_nothing(node: Node) -> Node:
    """A filter: who matches, without changing anybody's score."""
    return Constant(node, 0.0)
