"""A page of results as plain values: the heading, how the question was understood, the rows."""

from __future__ import annotations

from typing import NamedTuple

from influencr.search import Query, Results
from influencr.service.web import chips, funnel, numbers, rail, size, words
from influencr.service.web.address import Address
from influencr.service.web.row import Row, row
from influencr.service.web.understood import Offer, Understood, apart, offer, short, understood

__all__ = ["Answer", "Pager", "Sort", "answer"]

# Cursors of earlier pages that an address carries; beyond it "Previous" becomes "First page".
_TRAIL = 24


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


class Answer(NamedTuple):
    """All that the search page shows."""

    heading: str
    total: int
    total_text: str
    chips: list[chips.Chip]
    n_filters: int
    understood: Understood | None
    offer: Offer | None
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


def answer(asked: Query, results: Results, typed: Address) -> Answer:
    """The page for these results; `asked` and `typed` are the question as it was put."""
    query, address = apart(asked, results, typed)
    start = _start(address)
    shown = chips.chips(query, results, address)
    return Answer(
        heading=_heading(query, results),
        total=results.total,
        total_text=numbers.plural(results.total, "creator", "creators"),
        chips=shown,
        n_filters=sum(chip.field not in ("words", "hidden") for chip in shown),
        understood=understood(query, results, address, typed),
        offer=offer(results, address),
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
    place = results.place
    return "" if place is None or place.several else place.label.rpartition(", ")[2]


def _heading(query: Query, results: Results) -> str:
    heading = numbers.plural(results.total, "creator", "creators")
    if query.text:
        heading += f" for {query.text}"
    if results.place:
        heading += f" {_preposition(results)} {short(results.place)}"
    return heading


def _preposition(results: Results) -> str:
    return "around" if results.place and results.place.within_km else "in"


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
