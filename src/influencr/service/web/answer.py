"""A page of results as plain values: the heading, how the question was understood, the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from influencr.search import Hit, Query, Results
from influencr.service.web import chips, funnel, numbers, rail, spread, words
from influencr.service.web.address import VIEW, Address
from influencr.service.web.brand_facts import Understood as BrandRead
from influencr.service.web.brand_facts import understood as brand_read
from influencr.service.web.figures import axis
from influencr.service.web.marked import plain
from influencr.service.web.pieces import said
from influencr.service.web.reasons import typos
from influencr.service.web.row import Row, row
from influencr.service.web.understood import Offer, Understood, apart, offer, short, understood

__all__ = ["Answer", "Mistyped", "Pager", "Sort", "answer"]

# Cursors of earlier pages that an address carries; beyond it "Previous" becomes "First page".
_TRAIL = 24


# Orders by a number that many indexes have of nobody: no choice there.
_RARE = ("growth", "bought_share")


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


class Mistyped(NamedTuple):
    """A word that nobody says, what it was read as, and the address that asks for it exactly."""

    typed: str
    read_as: str
    exact: str


class Like(NamedTuple):
    """Whom the results are like, by what, and the address that compares by the other."""

    by: str
    other: str
    href: str


class Answer(NamedTuple):
    """All that the search page shows.

    whole   of the total, who holds every word and who holds a part of them; empty where that is
            the same
    whole_query   the address without its page, for forms that add to it
    query   the same as a question, without how it is shown
    """

    heading: str
    whole: str
    total: int
    total_text: str
    mistyped: list[Mistyped]
    like: Like | None
    chips: list[chips.Chip]
    n_filters: int
    understood: Understood | None
    offer: Offer | None
    steps: list[funnel.Step]
    ways: list[funnel.Way]
    emptied_by: str
    groups: list[rail.Group]
    spreads: list[spread.Spread]
    audience: rail.Audience
    contact: rail.Option
    brand: rail.Brand
    brand_read: BrandRead | None
    carried: list[tuple[str, str]]
    whole_query: list[tuple[str, str]]
    query: list[tuple[str, str]]
    query_string: str
    sorts: list[Sort]
    sort_text: str
    rows: list[Row]
    pager: Pager
    as_of: str
    took: str


def answer(asked: Query, results: Results, typed: Address, *, brands: Sequence[str] = ()) -> Answer:
    """The page for these results.

    asked, typed   the question as it was put
    brands         names of the brands to choose from
    """
    query, address = apart(asked, results, typed)
    start = _start(address)
    shown = chips.chips(query, results, address)
    shared = axis(hit.creator for hit in results.hits)
    return Answer(
        heading=_heading(query, results),
        whole=_whole(results),
        mistyped=[
            Mistyped(plain(word), plain(read_as), _exactly(query, word, address))
            for word, read_as in typos(results.hits).items()
        ],
        like=_like(query, address),
        total=results.total,
        total_text=numbers.plural(results.total, "creator", "creators"),
        chips=shown,
        n_filters=sum(chip.field not in ("words", "phrase", "hidden") for chip in shown),
        understood=understood(query, results, address, typed),
        offer=offer(results, address),
        steps=funnel.steps(query, results, address),
        ways=funnel.ways(results.loosenings[:2], address),
        emptied_by=_emptied_by(query, results),
        groups=rail.groups(results, address),
        spreads=spread.spreads(query, results, address),
        audience=rail.audience(address),
        contact=rail.contact(query, address),
        brand=rail.brand(brands, query, address),
        brand_read=brand_read(results.brand) if results.brand else None,
        carried=address.fields(without=spread.TYPED),
        whole_query=address.fields(),
        query=address.fields(without=(VIEW,)),
        query_string=urlencode(address.fields(without=(VIEW,))),
        sorts=_sorts(query, results, address),
        sort_text=words.SORT[query.sort],
        rows=[
            row(
                hit,
                start + i + 1,
                results.as_of,
                inside=_country(results),
                shared=shared,
                why=_why(results.hits, i, start, address),
            )
            for i, hit in enumerate(results.hits)
        ],
        pager=_pager(query, results, address, start),
        as_of=numbers.instant(results.as_of),
        took=f"{max(results.took_ms, 1):,.0f}",
    )


def _whole(results: Results) -> str:
    part = results.total - results.n_all
    if not part or not results.text:
        return ""
    every, some = numbers.count(results.n_all), numbers.count(part)
    return f"{every} with every word, {some} in part"


def _like(query: Query, address: Address) -> Like | None:
    if not query.similar:
        return None
    other = "audience" if query.similar_by == "content" else "content"
    changed = [other] if other != "content" else []
    return Like(query.similar_by, other, address.with_({"similar_by": changed}).href)


def _exactly(query: Query, word: str, address: Address) -> str:
    """The question with a word in quotation marks, so that nothing stands for it."""
    text = query.text.replace(word, f'"{word}"', 1)
    return address.with_({"text": [text]}).href


def _why(hits: Sequence[Hit], i: int, start: int, address: Address) -> tuple[tuple[str, str], ...]:
    """Links that ask why the hit stands above the next one and below the one before."""
    found = []
    for standing, other in (("above", i + 1), ("below", i - 1)):
        if 0 <= other < len(hits):
            name = plain(hits[other].creator.get("display_name") or hits[other].handle or "")
            rank = numbers.count(start + other + 1)
            href = address.why(hits[i].profile_id, hits[other].profile_id)
            whom = f"{rank}, {name}" if name else rank
            found.append((f"Why {standing} {whom}?", href))
    return tuple(found)


def _country(results: Results) -> str:
    place = results.place
    return "" if place is None or place.several else place.label.rpartition(", ")[2]


def _heading(query: Query, results: Results) -> str:
    heading = numbers.plural(results.total, "creator", "creators")
    if query.text:
        heading += f" for {said(query.text)}"
    if query.similar:
        named = " or ".join(
            plain(name).partition(":")[2] if ":@" in name else plain(name) for name in query.similar
        )
        heading += f" like {named}"
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


def _sorts(query: Query, results: Results, address: Address) -> list[Sort]:
    found = []
    for name, text in words.SORT.items():
        chosen = name == query.sort
        if name in _RARE and not chosen and not _is_known(name, results):
            continue
        href = address.with_({"sort": [] if name == "relevance" else [name]}).href
        found.append(Sort(text, href, chosen))
    return found


def _is_known(name: str, results: Results) -> bool:
    spread = results.histograms.get(name)
    return spread is not None and any(spread.counts)


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
