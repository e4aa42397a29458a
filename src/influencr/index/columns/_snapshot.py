"""One frozen generation: its segments, and who of each is still there."""

from __future__ import annotations

import functools
import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from influencr.index._documents import decode
from influencr.index._interface import Entry, Held, IndexInfo, Order
from influencr.index._nodes import And, Node
from influencr.index.columns import _count as count
from influencr.index.columns._bare import bare
from influencr.index.columns._match import Matcher
from influencr.index.columns._rank import Ranked, best, everybody
from influencr.index.columns._score import Scorer
from influencr.index.columns._segment import Segment, uid_hashes
from influencr.index.columns._sets import Docs
from influencr.index.columns._vocabulary import SegmentVocabulary

__all__ = ["ColumnSnapshot"]

type _Array = np.ndarray[Any, Any]

#: Sets of matches that are remembered: one search asks for the same ones again and again
#: (count, page, facets, the next page). Our own choice.
_REMEMBERED: Final = 48
#: Nodes whose plain form is remembered.
_NODES: Final = 512


class ColumnSnapshot:
    """See `index.Snapshot`; made by ColumnIndex.snapshot().

    segments   the base first, then the younger ones
    alive      for each of them one bit per creator (bit d % 8 of byte d // 8), None = all are
    info       what this generation is
    """

    def __init__(
        self, segments: Sequence[Segment], alive: Sequence[_Array | None], info: IndexInfo
    ) -> None:
        self._segments = tuple(segments)
        self._matchers = [Matcher(segment) for segment in self._segments]
        self._alive = [
            _living(segment.n, bits) for segment, bits in zip(self._segments, alive, strict=True)
        ]
        self._info = info
        self._found: OrderedDict[tuple[int, ...], tuple[Node, list[Docs]]] = OrderedDict()
        self._bare: dict[int, tuple[Node, Node]] = {}
        self._one: dict[Node, Node] = {}
        self._guard = threading.Lock()

    @property
    def info(self) -> IndexInfo:
        """What this generation is."""
        return self._info

    # One object per generation: whoever asks remembers its answers by it.
    @functools.cached_property
    def vocabulary(self) -> SegmentVocabulary:
        """The words of this generation."""
        return SegmentVocabulary(self._segments, self._info.n_creators)

    def _match(self, node: Node) -> list[Docs]:
        """Who matches in each segment, the living alone."""
        plain = self._plain(node)
        # Conjunctions of the same objects are the same: a plan puts its filters together anew
        # for every count, and to hash a tree of alternatives costs more than to look it up.
        key = tuple(map(id, plain.clauses if isinstance(plain, And) else (plain,)))
        with self._guard:
            known = self._found.get(key)
            if known is not None:
                self._found.move_to_end(key)
                return known[1]
        found = [
            matcher.docs(plain) & alive
            for matcher, alive in zip(self._matchers, self._alive, strict=True)
        ]
        with self._guard:
            # The node is kept too, so that no other object gets the numbers of its parts.
            self._found[key] = plain, found
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return found

    def _plain(self, node: Node) -> Node:
        """Who matches, without their worths: the same object for all nodes that come to the same.

        A search asks for its words as a filter and again weighted, to rank by.
        """
        if isinstance(node, And):
            return And(tuple(map(self._plain_part, node.clauses)))
        return self._plain_part(node)

    def _plain_part(self, node: Node) -> Node:
        known = self._bare.get(id(node))
        if known is not None and known[0] is node:
            return known[1]
        if len(self._bare) >= _NODES:
            self._bare.clear()
            self._one.clear()
        plain = bare(node)
        plain = self._one.setdefault(plain, plain)
        self._bare[id(node)] = node, plain
        return plain

    def count(self, node: Node) -> int:
        """How many creators match, exactly."""
        return sum(map(len, self._match(node)))

    def page(
        self,
        node: Node,
        order: Order,
        *,
        limit: int,
        after: tuple[float | str, int] | None = None,
        rank: int = 0,
    ) -> list[Entry]:
        """Up to `limit` entries in order, those after (value, tie) when given.

        rank   not needed here: a page costs the same at any depth
        """
        entries: list[tuple[Ranked, Segment]] = []
        floor = 0.0
        for matcher, found in zip(self._matchers, self._match(node), strict=True):
            if not len(found):
                continue
            some = best(matcher, node, found, order, limit=limit, after=after, floor=floor)
            entries += [(entry, matcher.segment) for entry in some]
            entries.sort(key=lambda e: e[0].tie)
            entries.sort(key=lambda e: e[0].value, reverse=order.descending)
            del entries[limit:]
            if order.by == "score" and len(entries) == limit:
                floor = max(0.0, entries[-1][0].value)
        return [_entry(entry, segment) for entry, segment in entries]

    def every(
        self, node: Node, order: Order, *, after: tuple[float | str, int] | None = None
    ) -> Iterator[Entry]:
        """All entries in order, those after (value, tie) when given; see `Snapshot.every`."""
        streams = [
            zip(
                everybody(matcher, node, found, order, after=after),
                itertools.repeat(matcher.segment),
            )
            for matcher, found in zip(self._matchers, self._match(node), strict=True)
            if len(found)
        ]
        if len(streams) == 1:
            merged: Iterator[tuple[Ranked, Segment]] = streams[0]
        else:
            sign = -1 if order.descending else 1

            def compared(one: tuple[Ranked, Segment], other: tuple[Ranked, Segment]) -> int:
                a, b = one[0], other[0]
                if a.value != b.value:
                    return sign if a.value > b.value else -sign
                return -1 if a.tie < b.tie else 1

            merged = heapq.merge(*streams, key=functools.cmp_to_key(compared))
        for entry, segment in merged:
            yield _entry(entry, segment)

    def scores(self, node: Node, profile_ids: Sequence[str]) -> dict[str, float]:
        """What the node is worth for those of the creators that match it."""
        answer: dict[str, float] = {}
        for matcher, ids, names in self._people(profile_ids):
            matching = matcher.holds(node, ids)
            ids = ids[matching]
            names = [name for name, holds in zip(names, matching.tolist(), strict=True) if holds]
            worth = Scorer(matcher).weigh(node, ids).tolist()
            answer.update(zip(names, worth, strict=True))
        return answer

    def values(self, node: Node, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """field -> each value among the matches -> its exact count."""
        found = self._match(node) if fields else []
        answer: dict[str, dict[str, int]] = {}
        for field in fields:
            counts: dict[str, int] = {}
            for matcher, docs in zip(self._matchers, found, strict=True):
                if not len(docs):
                    continue
                held = count.values(matcher, docs, field)
                if counts:
                    for value, n in held.items():
                        counts[value] = counts.get(value, 0) + n
                else:
                    counts = held
            answer[field] = counts
        return answer

    def bands(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """Matches per band of a number: unknown, below edges[0], ..., from edges[-1] on."""
        total = np.zeros(len(edges) + 2, np.int64)
        for matcher, docs in zip(self._matchers, self._match(node), strict=True):
            if len(docs):
                total += count.bands(matcher, docs, field, edges)
        return [int(n) for n in total]

    def histogram(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """The same as `bands`, by the name that sliders know it by."""
        return self.bands(node, field, edges)

    def funnel(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """For filters in order: (left after it and all before it, total without it alone)."""
        plain = [self._plain(node) for node in nodes]
        steps = [
            count.funnel(matcher, plain, alive)
            for matcher, alive in zip(self._matchers, self._alive, strict=True)
        ]
        return [
            (sum(s[i][0] for s in steps), sum(s[i][1] for s in steps)) for i in range(len(nodes))
        ]

    def held(self, field: str) -> Sequence[Held]:
        """The values of a keyword or id field, segment by segment."""
        return tuple(matcher.held(field) for matcher in self._matchers)

    def creators(self, profile_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The stored rows of these profiles, of those that the index holds."""
        answer: dict[str, dict[str, Any]] = {}
        for matcher, ids, names in self._people(profile_ids):
            for name, ord_ in zip(names, ids.tolist(), strict=True):
                answer[name] = decode(matcher.segment.row(ord_))
        return answer

    def _people(self, profile_ids: Sequence[str]) -> list[tuple[Matcher, _Array, list[str]]]:
        """Of each segment the living creators with these ids: numbers, ascending, and ids."""
        answer: list[tuple[Matcher, _Array, list[str]]] = []
        different = list(dict.fromkeys(profile_ids))
        if not different:
            return answer
        hashes = uid_hashes(different)
        for matcher, alive in zip(self._matchers, self._alive, strict=True):
            ords = matcher.segment.find_uids(hashes)
            order = np.argsort(ords)
            order = order[ords[order] >= 0]
            ids = ords[order].astype(np.uint32)
            living = alive.has(ids)
            names = [different[i] for i in order[living].tolist()]
            if names:
                answer.append((matcher, ids[living], names))
        return answer


def _entry(entry: Ranked, segment: Segment) -> Entry:
    row = decode(segment.row(entry.ord))
    return Entry(profile_id=row["profile_id"], value=entry.value, tie=entry.tie, creator=row)


def _living(n: int, octets: _Array | None) -> Docs:
    if octets is None:
        return Docs.everybody(n)
    bits = np.zeros((n + 63) >> 6, np.uint64)
    bits.view(np.uint8)[: len(octets)] = octets[: bits.nbytes]
    return Docs.packed(n, bits)
