"""A page of results as plain values: the heading, how the question was understood, the rows."""

from __future__ import annotations

from typing import NamedTuple

from influencr.search import PlaceChoice, Query, Results
from influencr.service.web import chips, funnel, numbers, rail, size, words
from influencr.service.web.address import Address
from influencr.service.web.row import Row, row

__all__ = ["Answer", "Pager", "Rival", "Sort", "Understood", "answer", "where"]

# Cursors of earlier pages that an address carries; beyond it "Previous" becomes "First page".
_TRAIL = 24
# Kinds of places that a radius can be drawn around.
_CENTRES = ("city", "point")
_RADII_KM = (10, 25, 50, 100)
# Other readings of a place that are offered; the first are the likeliest.
_RIVALS = 3


class Rival(NamedTuple):
    """Another place of the same name, as a link."""

    label: str
    href: str


class Radius(NamedTuple):
    """One distance around the place, as a link."""

    text: str
    href: str
    chosen: bool


class Sort(NamedTuple):
    """One order of the results."""

    text: str
    href: str
    chosen: bool


class Pager(NamedTuple):
    """Where this page stands; empty addresses where there is no page."""

    text: str
    previous: str
    previous_text: str
    next: str
    next_text: str


class Understood(NamedTuple):
    """How the place was read, with its rivals, and who matches without saying where they are."""

    asked: str
    label: str
    covers: str
    rivals: tuple[Rival, ...]
    radii: tuple[Radius, ...]
    unlocated: str
    include_href: str


class Answer(NamedTuple):
    """All that the search page shows."""

    heading: str
    total: int
    total_text: str
    chips: list[chips.Chip]
    n_filters: int
    understood: Understood | None
    steps: list[funnel.Step]
    ways: list[funnel.Way]
    emptied_by: str
    groups: list[rail.Group]
    numbers: list[rail.NumberField]
    size: size.Histogram | None
    carried: list[tuple[str, str]]
    sorts: list[Sort]
    sort_text: str
    rows: list[Row]
    pager: Pager
    as_of: str
    took: str


def answer(query: Query, results: Results, address: Address) -> Answer:
    """The page for these results; `address` is what was asked."""
    start = _start(address)
    shown = chips.chips(query, results, address)
    return Answer(
        heading=_heading(query, results),
        total=results.total,
        total_text=numbers.plural(results.total, "creator", "creators"),
        chips=shown,
        n_filters=sum(chip.field not in ("words", "hidden") for chip in shown),
        understood=_understood(query, results, address),
        steps=funnel.steps(query, results, address),
        ways=funnel.ways(results.loosenings[:2], address),
        emptied_by=_emptied_by(query, results),
        groups=rail.groups(results, address),
        numbers=rail.number_fields(address),
        size=size.histogram(results, address),
        carried=address.fields(without=rail.TYPED),
        sorts=_sorts(query, address),
        sort_text=words.SORT[query.sort],
        rows=[
            row(hit, start + i, results.as_of, inside=_country(results))
            for i, hit in enumerate(results.hits, start=1)
        ],
        pager=_pager(query, results, address, start),
        as_of=numbers.instant(results.as_of),
        took=f"{max(results.took_ms, 1):,.0f}",
    )


def _country(results: Results) -> str:
    return results.place.label.rpartition(", ")[2] if results.place else ""


def where(query: Query, place: PlaceChoice | None) -> str:
    """What the second box says: the place as typed, or with the radius that was set beside it."""
    if place is not None and query.within_km is not None:
        return f"within {query.within_km:g} km of {place.label}"
    return query.place or (f"near {query.near}" if query.near else "")


def _heading(query: Query, results: Results) -> str:
    heading = numbers.plural(results.total, "creator", "creators")
    if query.text:
        heading += f" for {query.text}"
    if results.place:
        heading += f" {_preposition(results)} {results.place.label.partition(',')[0]}"
    return heading


def _preposition(results: Results) -> str:
    return "around" if results.place and results.place.within_km else "in"


def _understood(query: Query, results: Results, address: Address) -> Understood | None:
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
    return Understood(
        asked="" if place.asked.casefold() == place.label.casefold() else place.asked,
        label=place.label,
        covers=covers,
        rivals=tuple(
            Rival(label, address.with_({field: [label]}).href)
            for label in place.alternatives[:_RIVALS]
        ),
        radii=_radii(query, place, address),
        unlocated=_unlocated(results.unlocated or 0, place),
        include_href=""
        if included or place.kind not in _CENTRES
        else address.with_({"include_region_level": ["true"]}).href,
    )


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


def _emptied_by(query: Query, results: Results) -> str:
    for before, step in zip(results.funnel, results.funnel[1:], strict=False):
        if before.left and not step.left:
            left = numbers.plural(before.left, "creator", "creators")
            name = funnel.label(step, query, results)
            return f"“{name}” leaves nobody of the {left} before it."
    return ""


def _sorts(query: Query, address: Address) -> list[Sort]:
    found = []
    for name, text in words.SORT.items():
        chosen = name == query.sort
        href = address.with_({"sort": [] if name == "relevance" else [name]}).href
        found.append(Sort(text, href, chosen))
    return found


def _start(address: Address) -> int:
    text = (address.values("start") or ["0"])[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _pager(query: Query, results: Results, address: Address, start: int) -> Pager:
    trail = address.values("trail")[-_TRAIL:]
    n = len(results.hits)
    text = ""
    if n:
        text = f"{numbers.count(start + 1)}–{numbers.count(start + n)} of {results.total:,}"
    following = previous = previous_text = next_text = ""
    if results.next:
        behind = [*trail, query.after] if query.after else []
        following = address.paged(after=results.next, start=start + n, trail=behind[-_TRAIL:]).href
        next_text = f"Next {min(query.limit, max(results.total - start - n, 1))}"
    if query.after:
        back = max(0, start - query.limit)
        known = bool(trail) or back == 0
        earlier = trail[-1] if trail else None
        previous_text = f"Previous {query.limit}" if known else "First page"
        previous = address.paged(
            after=earlier, start=back if known else 0, trail=trail[:-1] if trail else ()
        ).href
    return Pager(text, previous, previous_text, following, next_text)
