"""Query in, results out: the one place where a question meets the index."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import UsageError
from influencr.index import UNKNOWN, And, Anyone, Entry, SearchIndex, Snapshot, Term, tie
from influencr.search._audience import audience_filter
from influencr.search._cursor import read_cursor, write_cursor
from influencr.search._explain import compared, explained
from influencr.search._facets import count_facets
from influencr.search._histograms import count_histograms
from influencr.search._lens import Lens
from influencr.search._lenses import Lenses
from influencr.search._located import Located
from influencr.search._loosen import loosenings
from influencr.search._make import stated
from influencr.search._meant import Meant, mean
from influencr.search._orders import order_of
from influencr.search._places import Geography, PlaceReader, place_filter
from influencr.search._plan import PLACE_FILTERS, Plan, attended, creator_parts, make_plan
from influencr.search._points import points
from influencr.search._query import Query
from influencr.search._results import (
    Compared,
    Explained,
    FunnelStep,
    Hit,
    Loosening,
    PlaceOffer,
    Results,
)
from influencr.search._suggest import PlaceSuggestion
from influencr.search._told import told
from influencr.search._whereabouts import Whereabouts, counted_places
from influencr.search._why import why
from influencr.search._words import Words, parse_words

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer
    from influencr.index import Node
    from influencr.kept import Kept
    from influencr.search.brand._brand import Brand
    from influencr.search.brand._lens import BrandRead

__all__ = ["Searcher"]

#: Fewer letters are no words and a place.
_SHORTEST = 4
#: Texts whose meaning is kept per generation: a page is asked for after a count, facets by facet.
_KEPT = 1_024


class _Memory:
    """What was worked out for a generation; one for all who look through the same searcher."""

    def __init__(self) -> None:
        self.located: tuple[int, Located] | None = None
        self.meant: tuple[int, dict[str, tuple[Words, Meant]]] | None = None


class Searcher:
    """Searches one index; safe to share between threads.

    index       any `SearchIndex`
    gazetteer   for places; loaded by itself with the first place asked for
    places      instead of a gazetteer: anything that reads places (`PlaceReader`)
    lenses      makes what queries are looked at through: brands, creators to be like
    """

    def __init__(
        self,
        index: SearchIndex,
        gazetteer: Gazetteer | None = None,
        *,
        places: PlaceReader | None = None,
        lenses: Lenses | None = None,
    ) -> None:
        self._index = index
        self._places = places if places is not None else Geography(gazetteer)
        self._lenses = lenses if lenses is not None else Lenses()
        self._memory = _Memory()

    def keeping(self, kept: Kept) -> Searcher:
        """The same searcher, and what it remembers, over the brands of another owner."""
        other = copy.copy(self)
        other._lenses = self._lenses.keeping(kept)
        return other

    def search(
        self, query: Query, *, through: tuple[Lens, ...] = (), snapshot: Snapshot | None = None
    ) -> Results:
        """One page of results with exact counts, facets, funnel and reasons.

        through    further lenses, beside those that the query asks for
        snapshot   the generation to ask; the newest by default

        Everything in the answer comes from one generation of the index. Raises UsageError and
        UnknownValue for what cannot be meant, never answers a part of the question.
        """
        began = time.perf_counter()
        answer = self._answer(query, snapshot or self.snapshot(), through)
        took = (time.perf_counter() - began) * 1_000
        return msgspec.structs.replace(answer, took_ms=round(took, 3))

    def every(self, query: Query) -> Iterator[Hit]:
        """All hits of a query in order, one after the other, whatever its limit.

        All of them come from the generation that is the newest when the first one is taken.
        """
        snapshot = self.snapshot()
        plan = self._planned(query, snapshot)
        for entry in self._entries(plan, snapshot):
            yield _hit(entry.creator, plan, snapshot.info.edges)

    def told(self, query: Query) -> Iterator[tuple[dict[str, Any], float, float | None]]:
        """(row of the index, score, distance in km) of all hits in order: what a file says of them.

        The same figures as `every`, without the reasons, which cost most of a hit.
        """
        snapshot = self.snapshot()
        plan = self._planned(query, snapshot)
        return told(plan, snapshot, self._entries(plan, snapshot))

    def _planned(self, query: Query, snapshot: Snapshot) -> Plan:
        meant, _, _ = self._understood(query)
        return self._plan(meant, snapshot)

    def _entries(self, plan: Plan, snapshot: Snapshot) -> Iterator[Entry]:
        cursor, order = read_cursor(plan.query), order_of(plan)
        return snapshot.every(
            plan.scored() if order.by == "score" else plan.node(),
            order,
            after=None if cursor is None else (cursor.value, tie(cursor.profile_id)),
        )

    def count(self, query: Query) -> int:
        """How many creators match; costs a fraction of a search."""
        snapshot = self.snapshot()
        return snapshot.count(self.node(query, snapshot))

    def whereabouts(self, query: Query, snapshot: Snapshot | None = None) -> Whereabouts:
        """Where everybody who matches is, counted by place; see `search.Whereabouts`."""
        asked = snapshot or self.snapshot()
        return counted_places(self.node(query, asked), asked, self._places)

    def node(self, query: Query, snapshot: Snapshot) -> Node:
        """Who matches, as a question to this generation."""
        meant, _, _ = self._understood(query)
        return self._plan(meant, snapshot, ranked=False).node()

    def snapshot(self) -> Snapshot:
        """The newest generation of the index."""
        return self._index.snapshot()

    def read_brand(self, brand: Brand) -> BrandRead:
        """How a brand is understood in the newest generation.

        Raises UsageError for an example that names several creators.
        """
        return self._lenses.of_brand(brand, self.snapshot()).understood()

    def explain(self, query: Query, profile_id: str) -> Explained:
        """Why a creator is, or is not, among the results of a query.

        Works for everybody in the index; raises UsageError for somebody who is not.
        """
        snapshot = self._index.snapshot()
        meant, _, _ = self._understood(query)
        plan = self._plan(meant, snapshot)
        row = _row(snapshot, profile_id)
        return explained(plan, snapshot, _hit(row, plan, snapshot.info.edges))

    def compare(self, query: Query, one: str, other: str) -> Compared:
        """Which of two creators stands above the other under a query, and what decides.

        one, other   profile ids in any order; raises UsageError as `explain`
        """
        snapshot = self._index.snapshot()
        meant, _, _ = self._understood(query)
        plan = self._plan(meant, snapshot)
        both = [
            explained(plan, snapshot, _hit(_row(snapshot, p), plan, snapshot.info.edges))
            for p in (one, other)
        ]
        return compared(plan, both[0], both[1])

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
        known = self._memory.located
        if known is None or known[0] != generation:
            # Two threads may both make it; they make the same.
            self._memory.located = known = generation, Located.of(snapshot)
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

    def _plan(
        self,
        query: Query,
        snapshot: Snapshot,
        through: tuple[Lens, ...] = (),
        *,
        ranked: bool = True,
    ) -> Plan:
        place = place_filter(query, self._places, lambda: self._located(snapshot), ranked=ranked)
        audience = audience_filter(query, self._places, lambda: self._located(snapshot))
        words, meant = self._mean(query.text, snapshot)
        lenses = (*self._lenses.of(query, snapshot), *through)
        as_of = _as_of(snapshot)
        lists = self._lenses.lists(query)
        return make_plan(
            query, words, meant, place, self._places, snapshot, as_of, lenses, lists, audience
        )

    def _mean(self, text: str, snapshot: Snapshot) -> tuple[Words, Meant]:
        generation = snapshot.info.generation
        kept = self._memory.meant
        if kept is None or kept[0] != generation or len(kept[1]) >= _KEPT:
            self._memory.meant = kept = generation, {}
        found = kept[1].get(text)
        if found is None:
            words = parse_words(text)
            found = kept[1][text] = words, mean(words, snapshot.vocabulary)
        return found

    def _answer(self, asked: Query, snapshot: Snapshot, through: tuple[Lens, ...]) -> Results:
        query, taken, offer = self._understood(asked)
        plan = self._plan(query, snapshot, through)
        total = snapshot.count(plan.node())
        every = plan.every()
        hits, following = self._hits(plan, snapshot)
        funnel: tuple[FunnelStep, ...] = ()
        wider: tuple[Loosening, ...] = ()
        if query.funnel:
            funnel = _funnel(plan, snapshot)
            without = {s.filter: s.without for s in funnel if s.without is not None}

            def count(changed: Query) -> int:
                return snapshot.count(self._plan(changed, snapshot, through, ranked=False).node())

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
            n_all=total if every is None else snapshot.count(every),
            hits=hits,
            facets=count_facets(plan, snapshot, self._places),
            histograms=count_histograms(plan, snapshot, _as_of(snapshot)),
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
            **{name: value for lens in plan.lenses for name, value in lens.read().items()},
        )

    def _hits(self, plan: Plan, snapshot: Snapshot) -> tuple[tuple[Hit, ...], str | None]:
        """The page and the cursor of the next one."""
        query = plan.query
        cursor = read_cursor(query)
        rank = cursor.rank if cursor is not None else 0
        order = order_of(plan)
        entries = snapshot.page(
            plan.scored() if order.by == "score" else plan.node(),
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
        hits = tuple(_hit(e.creator, plan, snapshot.info.edges) for e in entries)
        return hits, following


def _hit(creator: dict[str, Any], plan: Plan, edges: dict[str, list[float]]) -> Hit:
    """The creator with score and reasons, whether the query finds them or not."""
    place = plan.place.factor(creator) if plan.place is not None and plan.rings else None
    said = points(creator, plan.meant)
    parts = creator_parts(creator, edges, said, place)
    seen: dict[str, Any] = {}
    for lens in plan.lenses:
        factors, shown = lens.see(creator)
        parts |= factors
        seen |= shown
    return Hit(
        profile_id=creator["profile_id"],
        platform=creator["platform"],
        handle=creator.get("handle"),
        score=math.prod(parts.values()),
        parts=parts,
        why=why(creator, said.ways),
        creator=creator,
        audience=plan.audience.told(creator) if plan.audience is not None else None,
        distance_km=plan.place.distance(creator) if plan.place is not None else None,
        words=said.pieces,
        coverage=said.coverage,
        run=said.run,
        attention=attended(creator, edges).basis,
        **seen,
    )


def _row(snapshot: Snapshot, profile_id: str) -> dict[str, Any]:
    row = snapshot.creators([profile_id]).get(profile_id)
    if row is None:
        raise UsageError(
            f"{profile_id!r} is not in the index; give the profile id of a listed creator.",
            field="profile_id",
        )
    return row


def _as_of(snapshot: Snapshot) -> datetime:
    # An empty index has no instant of its own; ages of nobody refer to now.
    return snapshot.info.as_of or datetime.now(UTC)


def _funnel(plan: Plan, snapshot: Snapshot) -> tuple[FunnelStep, ...]:
    """Everybody, then each filter in order; the removed add up to everybody minus the total."""
    before = snapshot.count(Anyone())
    steps = [FunnelStep(filter="all", label="everybody in the index", left=before, removed=0)]
    counted = snapshot.funnel([applied.node for applied in plan.filters])
    for applied, (left, without) in zip(plan.filters, counted, strict=True):
        steps.append(
            FunnelStep(
                filter=applied.name,
                label=applied.label,
                left=left,
                removed=before - left,
                without=without,
            )
        )
        before = left
    return tuple(steps)


def _unlocated(plan: Plan, snapshot: Snapshot) -> int | None:
    """Results without the place filters that may be there but are known too coarsely to tell."""
    if not any(f.name in PLACE_FILTERS for f in plan.filters):
        return None
    might = plan.place.might if plan.place is not None else Term("place_level", UNKNOWN)
    return snapshot.count(And((plan.node(without=PLACE_FILTERS), might)))
