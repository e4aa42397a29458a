"""Where the results of a query are: exact counts by place, for a map and the list beside it.

Everybody is counted once, as closely as they are known: in a city, only in a region or country, or
nowhere. Whoever is not known to a city has no point, so no map can put them at the middle of a
country. A city's point stands for all who are in it: coordinates that somebody gave of themselves
find them within a radius, and are shown to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from influencr.index import UNKNOWN, And, Node, Snapshot, Term, Terms

__all__ = ["Coarse", "NamedPlace", "PlaceCount", "Whereabouts", "counted_places"]

_COARSE = ("admin2", "admin1", "country")


class NamedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place with its name and its point.

    label      for people: "Lyon, Auvergne-Rhône-Alpes, France"
    typed      the words that ask for exactly this place
    kind       city, admin2, admin1 or country
    lat, lon   of a city; None where the gazetteer has no point
    """

    place_id: int
    name: str
    label: str
    typed: str
    kind: str
    country: str | None
    lat: float | None
    lon: float | None


class PlaceCount(msgspec.Struct, frozen=True, kw_only=True):
    """A city with how many of the results are known to be there, and its point."""

    place: NamedPlace
    n: int
    lat: float
    lon: float


class Coarse(msgspec.Struct, frozen=True, kw_only=True):
    """A region or country, and how many are known to it and no closer; `place` is None for those
    whose place the gazetteer does not hold."""

    place: NamedPlace | None
    n: int


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """The results by place; the counts of `places` and `coarse` and `unknown` add up to `total`.

    places       cities, most creators first
    coarse       who is known to a region or country only, most first; a row without a place last
    unknown      nobody knows where
    generation   of the index
    """

    total: int
    places: tuple[PlaceCount, ...]
    coarse: tuple[Coarse, ...]
    unknown: int
    generation: int

    @property
    def n_placed(self) -> int:
        """How many are known to a city."""
        return sum(one.n for one in self.places)

    @property
    def n_coarse(self) -> int:
        """How many are known to a region or country, and no closer."""
        return sum(one.n for one in self.coarse)


class Names(Protocol):
    """What is asked of geography."""

    def named(self, place_ids: Iterable[int]) -> Mapping[int, NamedPlace]:
        """The places of these ids, those that are known."""
        ...


def counted_places(node: Node, snapshot: Snapshot, names: Names) -> Whereabouts:
    """Who matches a node, counted by place.

    names   of the places; one that they do not hold is counted without a place
    """
    levels = snapshot.values(node, ["place_level"])["place_level"]
    in_cities = _by_place(And((node, Term("place_level", "city"))), snapshot)
    elsewhere = _by_place(And((node, Terms("place_level", _COARSE))), snapshot)
    known = names.named([*in_cities, *elsewhere])
    places, nameless = [], levels.get("city", 0)
    for place_id, n in in_cities.items():
        place = known.get(place_id)
        if place is not None and place.lat is not None and place.lon is not None:
            places.append(PlaceCount(place=place, n=n, lat=place.lat, lon=place.lon))
            nameless -= n
    coarse = []
    nameless += sum(levels.get(level, 0) for level in _COARSE)
    for place_id, n in elsewhere.items():
        if place_id in known:
            coarse.append(Coarse(place=known[place_id], n=n))
            nameless -= n
    places.sort(key=lambda one: (-one.n, one.place.label, one.place.place_id))
    coarse.sort(key=lambda one: (-one.n, one.place.label if one.place else ""))
    if nameless:
        coarse.append(Coarse(place=None, n=nameless))
    return Whereabouts(
        total=sum(levels.values()),
        places=tuple(places),
        coarse=tuple(coarse),
        unknown=levels.get(UNKNOWN, 0),
        generation=snapshot.info.generation,
    )


def _by_place(node: Node, snapshot: Snapshot) -> dict[int, int]:
    return {int(i): n for i, n in snapshot.values(node, ["place"])["place"].items()}
