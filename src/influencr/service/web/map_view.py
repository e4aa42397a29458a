"""The map of a search and the list beside it: places with exact counts of the whole result.

The list is the map in words: it stands alone without a script. Whoever is known to a region or a
country only has no point, and is told beside the map.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from influencr.search import Hit, PlaceChoice, PlaceCount, Query, Results, Whereabouts
from influencr.service.web import numbers
from influencr.service.web.address import VIEW, Address

__all__ = ["MapView", "Place", "View", "map_view", "shown_as", "views"]

#: Places that the list names before it is opened further.
_SHOWN = 60
#: Regions and countries that are named for those who are known no closer.
_COARSE_SHOWN = 8
_BAR_PX = 56
_OF_PLACE = ("place", "near", "within_km", "include_region_level", "words_only")


class View(NamedTuple):
    """One way to show the results, as a link."""

    name: str
    text: str
    icon: str
    href: str
    chosen: bool


class Place(NamedTuple):
    """One place of the list; `around` is what it lies in, `bar` in px, `href` narrows to it."""

    place_id: int
    name: str
    around: str
    told: str
    bar: float
    href: str


class MapView(NamedTuple):
    """The map and its list.

    sentence   how many are where, in words
    coarse     regions and countries of those who are known no closer, with counts
    unknown    those whose place nobody knows, in words
    data       what the script draws
    closed     only the first results may be seen
    """

    sentence: str
    places: tuple[Place, ...]
    more_text: str
    more_href: str
    coarse_text: str
    coarse: tuple[tuple[str, str], ...]
    coarse_more: str
    unknown: str
    data: dict[str, Any]
    closed: bool


def shown_as(address: Address) -> str:
    """`map` or `list`: how an address wants its results shown."""
    return "map" if address.values(VIEW)[:1] == ["map"] else "list"


def views(address: Address) -> list[View]:
    """The two ways to show the results."""
    chosen = shown_as(address)
    return [
        View("list", "List", "list", address.without(VIEW).href, chosen == "list"),
        View("map", "Map", "map", address.with_({VIEW: ["map"]}).href, chosen == "map"),
    ]


def map_view(
    query: Query,
    results: Results,
    found: Whereabouts,
    address: Address,
    *,
    only: Iterable[Hit] | None = None,
) -> MapView:
    """The map of an answer.

    found   where everybody who matches is
    only    the hits that may be seen, for who may not see all: the map then shows no others
    """
    base = address.without(*_OF_PLACE).with_({VIEW: ["map"]})
    seen = found.places if only is None else _of_hits(found, only)
    every = only is not None or address.values("places")[:1] == ["all"]
    shown = seen if every else seen[:_SHOWN]
    most = max((one.n for one in seen), default=1)
    behind = sum(one.n for one in seen[len(shown) :])
    more = ""
    if behind:
        n_more = numbers.plural(len(seen) - len(shown), "further place", "further places")
        more = f"{n_more} with {numbers.plural(behind, 'creator', 'creators')}"
    coarse = [(one.place.label if one.place else "elsewhere", one.n) for one in found.coarse]
    named = coarse[:_COARSE_SHOWN]
    beyond = sum(n for _, n in coarse[_COARSE_SHOWN:])
    told = only is None
    return MapView(
        sentence=_sentence(found, seen, closed=not told),
        places=tuple(_place(one, most, base) for one in shown),
        more_text=more,
        more_href=Address([*address.fields(), ("places", "all")]).href if more else "",
        coarse_text=_coarse(found) if told and found.n_coarse else "",
        coarse=tuple((label, numbers.count(n)) for label, n in named) if told else (),
        coarse_more=f"{numbers.count(beyond)} in others" if told and beyond else "",
        unknown=_unknown(found) if told and found.unknown else "",
        data={
            "places": [_drawn(one) for one in seen],
            "circle": _circle(query, results.place),
            "base": base.href,
            "closed": not told,
        },
        closed=not told,
    )


def _of_hits(found: Whereabouts, hits: Iterable[Hit]) -> tuple[PlaceCount, ...]:
    """The places of some hits, with how many of those are there."""
    there = Counter(hit.creator.get("place_id") for hit in hits)
    return tuple(
        msgspec.structs.replace(one, n=there[one.place.place_id])
        for one in found.places
        if there[one.place.place_id]
    )


def _sentence(found: Whereabouts, seen: tuple[PlaceCount, ...], *, closed: bool) -> str:
    if closed:
        shown = sum(one.n for one in seen)
        known = f"{shown} of the rows below {'is' if shown == 1 else 'are'} known to a city"
        return f"{known}; where the other creators are opens with their rows."
    if not found.places:
        return "Nobody among them is known to a city, so the map is empty."
    where = numbers.plural(len(found.places), "place", "places")
    return f"{numbers.plural(found.n_placed, 'creator', 'creators')} in {where}."


def _coarse(found: Whereabouts) -> str:
    return (
        f"{numbers.count(found.n_coarse)} more are known to a region or country only, "
        "and have no point on the map:"
    )


def _unknown(found: Whereabouts) -> str:
    rest = "more" if found.n_placed or found.n_coarse else "of them"
    return f"{numbers.count(found.unknown)} {rest} do not say where they are."


def _place(one: PlaceCount, most: int, base: Address) -> Place:
    place = one.place
    return Place(
        place_id=place.place_id,
        name=place.name,
        around=place.label.removeprefix(place.name).removeprefix(", "),
        told=numbers.count(one.n),
        bar=round(max(1.5, math.ceil(one.n / most * _BAR_PX * 2) / 2), 1),
        href=base.with_({"place": [place.typed]}).href,
    )


def _drawn(one: PlaceCount) -> list[Any]:
    place = one.place
    return [
        *(place.place_id, round(one.lat, 4), round(one.lon, 4), one.n),
        *(place.name, place.label, place.typed),
    ]


def _circle(query: Query, place: PlaceChoice | None) -> list[float] | None:
    if place is None or place.within_km is None or place.lat is None or place.lon is None:
        return None
    return [place.lat, place.lon, place.within_km]
