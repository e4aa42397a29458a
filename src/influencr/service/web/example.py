"""The front page's live example: a real question to this index, and more that have answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from influencr.search import Query, Results
from influencr.service.web import numbers
from influencr.service.web.address import Address
from influencr.service.web.figures import axis
from influencr.service.web.row import Row, row

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Example", "Try", "example"]

_ROWS = 5
_TRIES = 3
# Topics that are tried out; the most frequent ones of the index.
_CANDIDATES = 8


class Try(NamedTuple):
    """One more question as a link."""

    text: str
    href: str


class Example(NamedTuple):
    """The example's question, its count, its first rows."""

    what: str
    where: str
    total_text: str
    n_more: str
    href: str
    rows: list[Row]
    tries: list[Try]
    took: str
    demo: bool
    generation: int


_lock = threading.Lock()
_kept: dict[int, tuple[str, str, list[Try]]] = {}


def example(engine: Engine) -> Example:
    """The most frequent topic of the index in its most frequent country, asked afresh each time."""
    what, where, tries = _question(engine)
    query = Query(text=what, place=where or None, limit=_ROWS, facets=(), funnel=False)
    results = engine.query(query)
    address = _address(what, where)
    shared = axis(hit.creator for hit in results.hits)
    return Example(
        what=what,
        where=where,
        total_text=numbers.plural(results.total, "creator", "creators"),
        n_more=numbers.count(results.total - len(results.hits)) if results.next else "",
        href=address.href,
        rows=[
            row(hit, rank, results.as_of, shared=shared)
            for rank, hit in enumerate(results.hits, start=1)
        ],
        tries=tries,
        took=f"{max(results.took_ms, 1):,.0f}",
        demo=results.demo,
        generation=results.generation,
    )


def _address(what: str, where: str) -> Address:
    return Address([("text", what), ("place", where)])


def _question(engine: Engine) -> tuple[str, str, list[Try]]:
    """Topic, country and tries; found once for each state of the index."""
    whole = engine.query(Query(limit=1, facets=("topic",), funnel=False))
    with _lock:
        known = _kept.get(whole.generation)
    if known is None:
        known = _find(engine, whole)
        with _lock:
            _kept.clear()
            _kept[whole.generation] = known
    return known


def _find(engine: Engine, whole: Results) -> tuple[str, str, list[Try]]:
    """The questions whose first answers show best why they matched, the best first."""
    topics = [v.label for v in whole.facets.get("topic", ()) if v.count and v.value != "unknown"]
    found: list[tuple[int, str, str]] = []
    for i, topic in enumerate(topics[:_CANDIDATES]):
        everywhere = engine.query(Query(text=topic, limit=1, facets=("country",), funnel=False))
        countries = [v for v in everywhere.facets.get("country", ()) if v.value != "unknown"]
        # A different country for each, so that the tries show the breadth of the index.
        enough = [v.label for v in countries if v.count >= _ROWS]
        where = enough[i % len(enough)] if enough else ""
        shown = engine.query(
            Query(text=topic, place=where or None, limit=_ROWS, facets=(), funnel=False)
        )
        n_shown = sum(any(m.field in ("bio", "posts") for m in hit.why) for hit in shown.hits)
        if shown.hits:
            found.append((n_shown, topic, where))
    if not found:
        return "", "", []
    found.sort(key=lambda question: -question[0])
    tries = [
        Try(", ".join(part for part in (what, where) if part), _address(what, where).href)
        for _, what, where in found[1 : _TRIES + 1]
    ]
    return found[0][1], found[0][2], tries
