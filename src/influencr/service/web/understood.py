"""How a place was understood, as the search page says it: the reading, its rivals, distances."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from influencr.search import PlaceChoice, Query, Results
from influencr.service.web import numbers
from influencr.service.web.address import Address

__all__ = [
    "Offer",
    "Radius",
    "Rival",
    "Understood",
    "apart",
    "offer",
    "short",
    "understood",
    "where",
]

# Kinds of places that a radius can be drawn around.
_CENTRES = ("city", "point")
_RADII_KM = (10, 25, 50, 100)
# Other readings of a place that are offered; the first are the likeliest.
_RIVALS = 3
KINDS = {"union": "group of regions", "admin1": "region", "admin2": "district"}


class Rival(NamedTuple):
    """Another place of the same name, as a link."""

    label: str
    href: str


class Radius(NamedTuple):
    """One distance around the place, as a link."""

    text: str
    href: str
    chosen: bool


class Understood(NamedTuple):
    """How the place was read, with its rivals, and who matches without saying where they are.

    corrected   what was read as a misspelling, empty when the name is right
    words       the search words that it was taken from, with the address that searches them
    """

    asked: str
    label: str
    about: str
    covers: str
    corrected: str
    words: str
    words_href: str
    rivals: tuple[Rival, ...]
    radii: tuple[Radius, ...]
    unlocated: str
    include_href: str


class Offer(NamedTuple):
    """Words that end with a place's bare name, and the address that asks for it as a place."""

    text: str
    label: str
    href: str


def apart(query: Query, results: Results, address: Address) -> tuple[Query, Address]:
    """The question with the place that was taken from its words set apart, page kept.

    Everything on the page is a change of this, so that no link reads the words a second time.
    """
    place = results.place
    if place is None or not place.words:
        return query, address
    kept = [
        (key, value)
        for key, values in address.params().items()
        for value in values
        if key not in ("text", "place")
    ]
    plain = msgspec.structs.replace(query, text=results.text, place=place.words)
    return plain, Address([("text", results.text), ("place", place.words), *kept])


def understood(
    query: Query, results: Results, address: Address, asked: Address
) -> Understood | None:
    """What the page says of the place; None without one.

    address   the question with its place apart; `asked` as it was typed
    """
    place = results.place
    if place is None:
        return None
    covers = ""
    if place.within_km:
        covers = f"within {numbers.km(place.within_km)}"
        if place.n_places:
            covers += f", {numbers.plural(place.n_places, 'place', 'places')}"
    elif place.n_places > 1:
        covers = numbers.plural(place.n_places, "place", "places")
    field = "near" if query.near else "place"
    included = query.include_region_level
    same = place.asked.casefold() == place.label.casefold()
    return Understood(
        asked="" if same or place.words else place.asked,
        label=place.label,
        about=_about(place),
        covers=covers,
        corrected=place.corrected or "",
        words=place.words or "",
        words_href=asked.with_({"words_only": ["true"]}).href if place.words else "",
        rivals=tuple(
            Rival(label, address.with_({field: [ask]}).href)
            for label, ask in list(zip(place.alternatives, place.asks, strict=False))[:_RIVALS]
        ),
        radii=_radii(query, place, address),
        unlocated=_unlocated(results.unlocated or 0, place),
        include_href=""
        if included or place.kind not in _CENTRES
        else address.with_({"include_region_level": ["true"]}).href,
    )


def offer(results: Results, address: Address) -> Offer | None:
    """The place that the words may mean, when none was asked for."""
    found = results.offer
    if found is None:
        return None
    changed = address.with_({"text": [found.text] if found.text else [], "place": [found.place]})
    return Offer(found.text, found.label, changed.href)


def where(query: Query, place: PlaceChoice | None) -> str:
    """What the second box says: the place as typed, or with the radius that was set beside it."""
    if place is not None and query.within_km is not None:
        return f"within {query.within_km:g} km of {'; '.join(place.several) or place.label}"
    return query.place or (f"near {query.near}" if query.near else "")


def short(place: PlaceChoice) -> str:
    """The name of a place for a heading: "Lyon", "Berlin or Hamburg"."""
    names = place.several or (place.label.partition(" except ")[0],)
    said = " or ".join(name.partition(",")[0] for name in names)
    _, excepted, out = place.label.partition(" except ")
    return f"{said} except {out.partition(',')[0]}" if excepted else said


def _about(place: PlaceChoice) -> str:
    if place.kind in ("point", "several"):
        return ""
    kind = KINDS.get(place.kind, place.kind)
    return f"{kind}, {people(place.population)}" if place.population else kind


def people(n: int) -> str:
    """A number of inhabitants in a few figures.

    >>> people(2_138_551), people(24_782)
    ('2.1\\xa0M people', '24,782\\xa0people')
    """
    nbsp = "\N{NO-BREAK SPACE}"
    if n >= 1_000_000:
        return f"{n / 1_000_000:.1f}{nbsp}M people"
    return f"{n:,}{nbsp}people"


def _unlocated(n: int, place: PlaceChoice) -> str:
    if not n:
        return ""
    known = "are not known as closely" if place.kind in _CENTRES else "their place is unknown"
    return f"{numbers.count(n)} more match but {known}"


def _radii(query: Query, place: PlaceChoice, address: Address) -> tuple[Radius, ...]:
    """Distances to choose from around a place that has a centre."""
    if place.lat is None or place.kind not in _CENTRES:
        return ()
    found = []
    if not query.near and place.kind != "point" and (query.within_km or not place.within_km):
        href = address.without("within_km", "include_region_level").href
        found.append(Radius("the place itself", href, place.within_km is None))
    for distance in _RADII_KM:
        href = address.with_({"within_km": [str(distance)]}).href
        found.append(Radius(numbers.km(distance), href, place.within_km == distance))
    return tuple(found)
