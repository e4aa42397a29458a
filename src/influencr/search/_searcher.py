"""Query in, results out: the one place where a question meets the index."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from influencr.index import UNKNOWN, And, Anyone, Entry, Order, SearchIndex, Snapshot, Term, tie
from influencr.search._cursor import read_cursor, write_cursor
from influencr.search._facets import count_facets
from influencr.search._located import Located
from influencr.search._loosen import loosenings
from influencr.search._make import MAX_LIMIT, stated
from influencr.search._places import Geography, PlaceReader, place_filter
from influencr.search._plan import PLACE_FILTERS, Plan, creator_parts, make_plan
from influencr.search._query import Query
from influencr.search._results import FunnelStep, Hit, Loosening, PlaceOffer, Results
from influencr.search._suggest import PlaceSuggestion
from influencr.search._why import why

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer

__all__ = ["Searcher"]

_ORDERS = {
    "followers": Order("followers"),
    "engagement": Order("engagement"),
    "last_post": Order("last_post"),
    "posts_per_week": Order("posts_per_week"),
    "name": Order("name", descending=False),
}
_BY_SCORE = Order("score")
_BY_QUALITY = Order("quality")
_QUALITY_UNIT = 512
#: Fewer letters are no words and a place.
_SHORTEST = 4


class Searcher:
    """Searches one index; safe to share between threads.

    index       any `SearchIndex`
    gazetteer   for places; loaded by itself with the first place asked for
    places      instead of a gazetteer: anything that reads places (`PlaceReader`)
    """

    def __init__(
        self,
        index: SearchIndex,
        gazetteer: Gazetteer | None = None,
        *,
        places: PlaceReader | None = None,
    ) -> None:
        self._index = index
        self._places = places if places is not None else Geography(gazetteer)
        self._known: tuple[int, Located] | None = None

    def search(self, query: Query) -> Results:
        """One page of results with exact counts, facets, funnel and reasons.

        Everything in the answer comes from one generation of the index. Raises UsageError and
        UnknownValue for what cannot be meant, never answers a part of the question.
        """
        began = time.perf_counter()
        snapshot = self._index.snapshot()
        answer = self._answer(query, snapshot)
        took = (time.perf_counter() - began) * 1_000
        return msgspec.structs.replace(answer, took_ms=round(took, 3))

    def every(self, query: Query, *, page: int = 2_000) -> Iterator[Hit]:
        """All hits of a query in order, page after page, whatever their number (for exports)."""
        size = min(page, MAX_LIMIT)
        following: str | None = query.after
        while True:
            asked = msgspec.structs.replace(
                query, limit=size, after=following, facets=(), funnel=False
            )
            results = self.search(asked)
            yield from results.hits
            if results.next is None:
                return
            following = results.next

    def count(self, query: Query) -> int:
        """How many creators match; costs a fraction of a search."""
        snapshot = self._index.snapshot()
        meant, _, _ = self._understood(query)
        return snapshot.count(self._plan(meant, snapshot, ranked=False).node())

    def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """Places whose name begins so, by people and by creators of the newest generation."""
        return self._places.suggest(
            prefix, limit=limit, located=self._located(self._index.snapshot())
        )

    def read_place(self, text: str) -> Area:
        """How the place of a query is understood. Raises what `geography.ask` raises."""
        located = self._located(self._index.snapshot())
        return self._places.ask(text, within_km=None, near=False, located=located)

    def _located(self, snapshot: Snapshot) -> Located:
        generation = snapshot.info.generation
        known = self._known
        if known is None or known[0] != generation:
            # Two threads may both make it; they make the same.
            self._known = known = generation, Located.of(snapshot)
        return known[1]

    def _understood(self, query: Query) -> tuple[Query, PlaceOffer | None, PlaceOffer | None]:
        """(the query with the place that its words end with, what was taken, what is offered).

        Only when no other filter says where.
        """
        where = (query.place, query.near, query.country, query.region, query.within_km)
        if query.words_only or any(where) or len(query.text) < _SHORTEST:
            return query, None, None
        found = self._places.in_words(query.text)
        if found is None:
            return query, None, None
        offer, is_certain = found
        if not is_certain:
            return query, None, offer
        return msgspec.structs.replace(query, text=offer.text, place=offer.place), offer, None

    def _plan(self, query: Query, snapshot: Snapshot, *, ranked: bool = True) -> Plan:
        place = place_filter(query, self._places, lambda: self._located(snapshot), ranked=ranked)
        return make_plan(query, place, self._places, snapshot, _as_of(snapshot))

    def _answer(self, asked: Query, snapshot: Snapshot) -> Results:
        query, taken, offer = self._understood(asked)
        plan = self._plan(query, snapshot)
        total = snapshot.count(plan.node())
        hits, following = self._hits(plan, snapshot)
        funnel: tuple[FunnelStep, ...] = ()
        wider: tuple[Loosening, ...] = ()
        if query.funnel:
            funnel = _funnel(plan, snapshot)
            without = {s.filter: s.without for s in funnel if s.without is not None}

            def count(changed: Query) -> int:
                return snapshot.count(self._plan(changed, snapshot, ranked=False).node())

            wider = loosenings(plan, total, without, count)
            if taken is not None:
                # A change is made to what was typed, where the place still is among the words.
                apart = {"text": taken.text, "place": taken.place}
                wider = tuple(
                    msgspec.structs.replace(w, change={**apart, **w.change}) for w in wider
                )
        choice = plan.place.choice if plan.place is not None else None
        if choice is not None and taken is not None:
            choice = msgspec.structs.replace(choice, words=taken.place)
        return Results(
            query=stated(asked),
            total=total,
            hits=hits,
            facets=count_facets(plan, snapshot, self._places),
            funnel=funnel,
            loosenings=wider,
            place=choice,
            unlocated=_unlocated(plan, snapshot),
            next=following,
            as_of=_as_of(snapshot),
            generation=snapshot.info.generation,
            demo=snapshot.info.demo,
            took_ms=0.0,
            text=query.text,
            offer=offer,
        )

    def _hits(self, plan: Plan, snapshot: Snapshot) -> tuple[tuple[Hit, ...], str | None]:
        """The page and the cursor of the next one."""
        query = plan.query
        cursor = read_cursor(query)
        rank = cursor.rank if cursor is not None else 0
        order = _ORDERS.get(query.sort)
        if order is None:
            order = _BY_QUALITY if plan.is_plain else _BY_SCORE
        entries = snapshot.page(
            plan.scored() if order is _BY_SCORE else plan.node(),
            order,
            limit=query.limit + 1,
            after=None if cursor is None else (cursor.value, tie(cursor.profile_id)),
            rank=rank,
        )
        more = len(entries) > query.limit
        entries = entries[: query.limit]
        following = None
        if more:
            last = entries[-1]
            following = write_cursor(query, last.value, last.profile_id, rank + len(entries))
        worth: dict[str, float] = {}
        if order not in (_BY_SCORE, _BY_QUALITY) and not plan.is_plain:
            worth = snapshot.scores(plan.scored(), [e.profile_id for e in entries])
        hits = tuple(_hit(e, order, plan, snapshot.info.edges, worth) for e in entries)
        return hits, following


def _hit(
    entry: Entry,
    order: Order,
    plan: Plan,
    edges: dict[str, list[float]],
    worth: dict[str, float],
) -> Hit:
    creator = entry.creator
    place = plan.place.factor(creator) if plan.place is not None and plan.rings else None
    parts = creator_parts(creator, edges, 1.0, place)
    if order is _BY_SCORE:
        # Every factor is a short binary fraction, so this division gives back the whole number.
        parts["words"] = float(entry.value) / math.prod(parts.values())
    elif entry.profile_id in worth:
        parts["words"] = worth[entry.profile_id] / (1.0 if place is None else place)
    return Hit(
        profile_id=entry.profile_id,
        platform=creator["platform"],
        handle=creator.get("handle"),
        score=math.prod(parts.values()),
        parts=parts,
        why=why(creator, plan.words),
        creator=creator,
        distance_km=plan.place.distance(creator) if plan.place is not None else None,
    )


def _as_of(snapshot: Snapshot) -> datetime:
    # An empty index has no instant of its own; ages of nobody refer to now.
    return snapshot.info.as_of or datetime.now(UTC)


def _funnel(plan: Plan, snapshot: Snapshot) -> tuple[FunnelStep, ...]:
    """Everybody, then each filter in order; the removed add up to everybody minus the total."""
    left = snapshot.count(Anyone())
    steps = [FunnelStep(filter="all", label="everybody in the index", left=left, removed=0)]
    for i, applied in enumerate(plan.filters):
        names = tuple(f.name for f in plan.filters[i + 1 :])
        now = snapshot.count(plan.node(without=names))
        steps.append(
            FunnelStep(
                filter=applied.name,
                label=applied.label,
                left=now,
                removed=left - now,
                without=snapshot.count(plan.node(without=(applied.name,))),
            )
        )
        left = now
    return tuple(steps)


def _unlocated(plan: Plan, snapshot: Snapshot) -> int | None:
    """Results without the place filters that may be there but are known too coarsely to tell."""
    if not any(f.name in PLACE_FILTERS for f in plan.filters):
        return None
    might = plan.place.might if plan.place is not None else Term("place_level", UNKNOWN)
    return snapshot.count(And((plan.node(without=PLACE_FILTERS), might)))
