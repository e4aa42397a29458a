"""Saved searches as pages show them: what each asks, what is new in it, who is gone."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from influencr.errors import UsageError
from influencr.search import News, SavedSearch, make_query
from influencr.service.web import chips, numbers, words
from influencr.service.web.address import Address
from influencr.service.web.marked import plain
from influencr.service.web.row import Row, dossier_path, row

__all__ = ["Line", "NewsPage", "line", "news_page"]


class Line(NamedTuple):
    """One saved search in the list.

    asks     what it asks, each as (field, value)
    news     how many are new, in words; empty when it cannot be told, then `problem` says why
    """

    name: str
    href: str
    asks: tuple[tuple[str, str], ...]
    news: str
    gone: str
    is_new: bool
    found: str
    last: str
    problem: str


class NewsPage(NamedTuple):
    """What is new in one saved search.

    generation   of the index that all of it is of
    further      how many more new ones there are than rows
    """

    name: str
    href: str
    asks: tuple[tuple[str, str], ...]
    heading: str
    sentence: str
    rows: list[Row]
    further: int
    gone: tuple[tuple[str, str], ...]
    more_gone: str
    unlisted: str
    generation: int
    as_of: str
    count: int  # type: ignore[assignment]


def line(saved: SavedSearch, news: News | None, problem: str) -> Line:
    """A line of the list; `news` of a look that marks nobody, None with the problem instead."""
    address, asks = _asked(saved)
    n = news.results.total if news else 0
    text = ""
    if news:
        new = numbers.plural(n, "creator", "creators")
        text = f"{new}, all of them new" if news.since is None else f"{numbers.count(n)} new"
    return Line(
        name=saved.name,
        href=address.href,
        asks=asks,
        news=text,
        gone=f"{numbers.count(news.n_gone)} gone" if news and news.n_gone else "",
        is_new=n > 0,
        found=numbers.plural(news.n_found, "creator", "creators") if news else "",
        last=_last(saved.seen_at),
        problem=problem,
    )


def news_page(saved: SavedSearch, news: News) -> NewsPage:
    """The new creators of a saved search as rows, and who is not found any more."""
    address, asks = _asked(saved)
    results = news.results
    n = results.total
    found = numbers.plural(news.n_found, "creator is", "creators are")
    if news.since is None:
        sentence = f"Nobody has been marked as seen yet, so all {numbers.count(n)} found are new."
    else:
        sentence = f"Since {numbers.instant(news.since)}. {found} found in all."
    named = tuple(
        (
            plain(one.handle or one.profile_id),
            dossier_path(one.platform, one.handle, one.profile_id),
        )
        for one in news.gone
    )
    more = news.n_gone - news.n_unlisted - len(named)
    return NewsPage(
        name=saved.name,
        href=address.href,
        asks=asks,
        heading=f"{numbers.plural(n, 'new creator', 'new creators')} in {plain(saved.name)}",
        sentence=sentence,
        rows=[row(hit, i, results.as_of) for i, hit in enumerate(results.hits, start=1)],
        further=n - len(results.hits),
        gone=named,
        more_gone=f"{numbers.count(more)} more" if more > 0 else "",
        unlisted=numbers.count(news.n_unlisted) if news.n_unlisted else "",
        generation=results.generation,
        as_of=numbers.instant(results.as_of),
        count=n,
    )


def _asked(saved: SavedSearch) -> tuple[Address, tuple[tuple[str, str], ...]]:
    try:
        query = make_query(**saved.query)
    except UsageError:
        # A search of an older version: shown as it was written, and refused when it is run.
        pairs = [(name, value) for name, value in saved.query.items()]
        return Address(), tuple((words.FIELDS.get(n, n), plain(str(v))) for n, v in pairs)
    address = Address.asking(query)
    shown = chips.chips(query, None, address)
    asks = [(chip.field, plain(chip.value)) for chip in shown if chip.field != "hidden"]
    if query.sort != "relevance":
        asks.append(("order", words.SORT[query.sort]))
    return address, tuple(asks)


def _last(at: datetime | None) -> str:
    return f"seen {numbers.instant(at)}" if at else "never marked as seen"
