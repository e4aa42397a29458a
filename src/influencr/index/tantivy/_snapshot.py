"""One frozen generation of a tantivy index: exact counts, facets and pages of any depth."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import tantivy

from influencr.index._documents import decode, tie
from influencr.index._interface import (
    Entry,
    Held,
    IndexInfo,
    Order,
    every_by_pages,
    funnel_by_counts,
)
from influencr.index._nodes import And, Anyone, Constant, Node, Terms
from influencr.index.tantivy._schema import schema, true_score
from influencr.index.tantivy._translate import between, translate
from influencr.index.tantivy._vocabulary import TantivyVocabulary

__all__ = ["TantivySnapshot"]

_LAST_TIE = (1 << 63) - 1
# How many matches a slice of the tie numbers should hold when a group of equal scores is cut up.
_SLICE = 2_000
# tantivy refuses more buckets than this; only coordinates (`point`) can have more values.
_VALUES = 65_000

_Hits = list[tuple[Any, Any]]


class TantivySnapshot:
    """See `index.Snapshot`; made by TantivyIndex.snapshot()."""

    def __init__(self, searcher: Any, info: IndexInfo) -> None:
        self._searcher = searcher
        self._info = info
        # A result page asks for many counts that repeat (funnel, facets, next page).
        self.count = functools.lru_cache(maxsize=2048)(self._count)

    @property
    def info(self) -> IndexInfo:
        """What this generation is."""
        return self._info

    def _count(self, node: Node) -> int:
        return self._count_query(translate(node))

    def _count_query(self, query: Any) -> int:
        flat = tantivy.Query.const_score_query(query, 0.0)
        return int(self._searcher.search(flat, limit=1, count=True).count)

    def page(
        self,
        node: Node,
        order: Order,
        *,
        limit: int,
        after: tuple[float | str, int] | None = None,
        rank: int = 0,
    ) -> list[Entry]:
        """Up to `limit` entries in order, after (value, tie) when given."""
        query = translate(node)
        found: list[tuple[Any, int, Any]] = []
        source, start = query, 0
        if after is not None:
            value, last = after
            found = self._equal(query, order, value, last + 1, limit)
            if len(found) < limit:
                source, start = self._beyond(query, order, value, rank + len(found))
        need = limit - len(found)
        if need > 0:
            hits = self._fetch(source, order, start, need + 1)
            cut = len(hits) > need and hits[need][0] == hits[need - 1][0]
            if cut:
                # The last group of equal values does not fit: its lowest ties are the next ones.
                split = hits[need][0]
                whole = [h for h in hits if h[0] != split]
                found += self._sorted(whole, order)
                found += self._equal(query, order, split, 0, need - len(whole))
            else:
                found += self._sorted(hits[:need], order)
        return [self._entry(*f) for f in found]

    def every(
        self, node: Node, order: Order, *, after: tuple[float | str, int] | None = None
    ) -> Iterator[Entry]:
        """All entries in order, page after page."""
        return every_by_pages(self, node, order, after)

    def scores(self, node: Node, profile_ids: Sequence[str]) -> dict[str, float]:
        """What the node is worth for those of the creators that match it."""
        if not profile_ids:
            return {}
        only = Constant(Terms("uid", tuple(profile_ids)), 0.0)
        hits = self._searcher.search(
            translate(And((only, node))), limit=len(profile_ids), count=False
        ).hits
        by_tie = {tie(p): p for p in profile_ids}
        return {
            by_tie[t]: float(score) for (score, _), t in zip(hits, self._ties(hits), strict=True)
        }

    def values(self, node: Node, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """field -> each value among the matches -> its exact count, in one pass."""
        if not fields:
            return {}
        wanted = {
            field: {"terms": {"field": field, "size": _VALUES, "segment_size": _VALUES}}
            for field in fields
        }
        answer = self._searcher.aggregate(translate(node), wanted)
        found = {
            field: {b["key"]: int(b["doc_count"]) for b in answer[field]["buckets"]}
            for field in fields
        }
        for field, counts in found.items():
            if len(counts) >= _VALUES:
                found[field] = self._all_values(translate(node), field, 0, _LAST_TIE)
        return found

    def _all_values(self, query: Any, field: str, low: int, high: int) -> dict[str, int]:
        """The values of a field that has more than one pass can hold: in halves of the creators."""
        wanted = {"v": {"terms": {"field": field, "size": _VALUES, "segment_size": _VALUES}}}
        answer = self._searcher.aggregate(_both(query, between("tie", low, high)), wanted)
        found = {b["key"]: int(b["doc_count"]) for b in answer["v"]["buckets"]}
        if len(found) < _VALUES or low == high:
            return found
        middle = (low + high) // 2
        first = self._all_values(query, field, low, middle)
        for value, n in self._all_values(query, field, middle + 1, high).items():
            first[value] = first.get(value, 0) + n
        return first

    def bands(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """Matches per band of a number: unknown, below edges[0], ..., from edges[-1] on."""
        cuts = [0.0, *(float(e) for e in edges)]
        ranges: list[dict[str, Any]] = [{"key": "0", "to": 0.0}]
        ranges += [
            {"key": str(i), "from": low, "to": high}
            for i, (low, high) in enumerate(itertools.pairwise(cuts), start=1)
        ]
        ranges.append({"key": str(len(cuts)), "from": cuts[-1]})
        answer = self._searcher.aggregate(
            translate(node), {"bands": {"range": {"field": field, "ranges": ranges}}}
        )
        counts = {b["key"]: int(b["doc_count"]) for b in answer["bands"]["buckets"]}
        return [counts.get(str(i), 0) for i in range(len(ranges))]

    def histogram(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """The same as `bands`, by the name that sliders know it by."""
        return self.bands(node, field, edges)

    def funnel(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """For filters in order: (left after it and all before it, total without it alone)."""
        return funnel_by_counts(self.count, nodes)

    def held(self, field: str) -> Sequence[Held]:
        """The values of a keyword or id field; the parts of tantivy cannot be asked apart."""
        return (Held(tuple(self.values(Anyone(), (field,))[field])),)

    @functools.cached_property
    def vocabulary(self) -> TantivyVocabulary:
        """The words of this generation."""
        return TantivyVocabulary(self._searcher)

    def creators(self, profile_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The stored rows of these profiles, of those that the index holds."""
        if not profile_ids:
            return {}
        query = translate(Terms("uid", tuple(profile_ids)))
        hits = self._searcher.search(query, limit=len(profile_ids), count=False).hits
        rows = [self._row(address) for _, address in hits]
        return {row["profile_id"]: row for row in rows}

    def rows(self) -> list[Any]:
        """Addresses of every document, for `row`; used to write a generation anew."""
        n = int(self._searcher.num_docs)
        if n == 0:
            return []
        hits = self._searcher.search(tantivy.Query.all_query(), limit=n, count=False).hits
        return [address for _, address in hits]

    def _row(self, address: Any) -> dict[str, Any]:
        return decode(self._searcher.doc(address).get_first("creator"))

    row = _row

    def _entry(self, value: Any, tie_number: int, address: Any) -> Entry:
        row = self._row(address)
        return Entry(profile_id=row["profile_id"], value=value, tie=tie_number, creator=row)

    def _fetch(self, query: Any, order: Order, start: int, limit: int) -> _Hits:
        """Hits in the engine's order: by value, equal values in no promised order."""
        if order.by == "score":
            hits = self._searcher.search(
                query, limit=limit, offset=start, count=False, weight_by_field="w"
            ).hits
            return [(true_score(score), address) for score, address in hits]
        found: _Hits = self._searcher.search(
            query,
            limit=limit,
            offset=start,
            count=False,
            order_by_field="sort_name" if order.by == "name" else order.by,
            order=tantivy.Order.Desc if order.descending else tantivy.Order.Asc,
        ).hits
        # A creator without a name has no value in a text column.
        return [("" if value is None else value, address) for value, address in found]

    def _ties(self, hits: _Hits) -> list[int]:
        if not hits:
            return []
        values: list[int] = self._searcher.fast_field_values("tie", [a for _, a in hits])
        return values

    def _sorted(self, hits: _Hits, order: Order) -> list[tuple[Any, int, Any]]:
        """Whole groups, already by value, with each group by tie."""
        found = [(v, t, a) for (v, a), t in zip(hits, self._ties(hits), strict=True)]
        found.sort(key=lambda f: f[1])
        found.sort(key=lambda f: f[0], reverse=order.descending)
        return found

    def _equal(
        self, query: Any, order: Order, value: Any, lowest: int, limit: int
    ) -> list[tuple[Any, int, Any]]:
        """The first `limit` creators with exactly this value and a tie of at least `lowest`."""
        if lowest > _LAST_TIE:
            return []
        if order.by == "score":
            return self._equal_scores(query, order, value, lowest, limit)
        if order.by == "name":
            same = tantivy.Query.term_query(schema(), "sort_name", value, "basic")
        else:
            same = between(order.by, value, value)
        group = _both(_both(query, same), between("tie", lowest, None))
        hits = self._searcher.search(
            group, limit=limit, count=False, order_by_field="tie", order=tantivy.Order.Asc
        ).hits
        return [(value, int(t), address) for t, address in hits]

    def _equal_scores(
        self, query: Any, order: Order, value: float, lowest: int, limit: int
    ) -> list[tuple[Any, int, Any]]:
        """The same for scores, which cannot be filtered by: walk up the tie numbers in slices.

        Every slice is a fair sample of the matches, so the work follows the size of the page and
        not the size of the group (which may be most of the index).
        """
        total = self._count_query(query)
        width = _LAST_TIE if total <= _SLICE else int(_LAST_TIE * (_SLICE / total))
        found: list[tuple[Any, int, Any]] = []
        while lowest <= _LAST_TIE and len(found) < limit:
            highest = min(lowest + width, _LAST_TIE)
            piece = _both(query, between("tie", lowest, highest))
            n = self._count_query(piece)
            if n:
                hits = [h for h in self._fetch(piece, order, 0, n) if h[0] == value]
                found += self._sorted(hits, order)
            lowest = highest + 1
            width *= 2
        return found[:limit]

    def _beyond(self, query: Any, order: Order, value: Any, guess: int) -> tuple[Any, int]:
        """(query, offset) where the values beyond this one start."""
        if order.by not in ("score", "name"):
            if order.descending:
                return _both(query, between(order.by, None, value, below=True)), 0
            return _both(query, between(order.by, value, None, above=True)), 0

        def is_beyond(offset: int) -> bool:
            hits = self._fetch(query, order, offset, 1)
            if not hits:
                return True
            return bool(hits[0][0] < value if order.descending else hits[0][0] > value)

        if (guess == 0 or not is_beyond(guess - 1)) and is_beyond(guess):
            return query, guess
        low, high = 0, self._count_query(query)
        while low < high:
            middle = (low + high) // 2
            if is_beyond(middle):
                high = middle
            else:
                low = middle + 1
        return query, low


def _both(query: Any, condition: Any) -> Any:
    """The query with one more condition that does not change its worth."""
    must = tantivy.Occur.Must
    return tantivy.Query.boolean_query(
        [(must, query), (must, tantivy.Query.const_score_query(condition, 0.0))]
    )
