"""The best of those who match, in order, from any point of the order on.

Order is by value, then by rising tie number, and a page starts after the (value, tie) of the last
one, so that depth costs nothing and nobody is shown twice.

Sorted by a number, only the tier of the column in which the page lies is looked at. Sorted by
score (worth x quality), three steps:

1. Some who match and are of the highest quality or the highest worth are scored. The k-th best
   score of them is one that the page cannot fall below.
2. Whoever could reach that score at all is found from posting lists (`Bounds.reaching`), tier of
   quality by tier: among lower quality only higher worth can do it.
3. Those are scored, the best kept.

Every step leaves out only who certainly is not on the page, so the page is exact.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from influencr.errors import UsageError
from influencr.index._interface import Order
from influencr.index._nodes import Node
from influencr.index._quality import PARTS
from influencr.index.columns._match import Matcher
from influencr.index.columns._reach import Bounds
from influencr.index.columns._score import Scorer
from influencr.index.columns._segment import NUMBERS, Keyword
from influencr.index.columns._sets import Docs, union
from influencr.index.columns._tiers import Tiers

__all__ = ["Ranked", "best", "everybody"]

type _Array = np.ndarray[Any, Any]
type _After = tuple[Any, int] | None

#: So many are scored at once without asking who could be left out: our own choice.
_DIRECT: Final = 3_000
#: The same when the lists of the words are this many times as long: reading those costs more.
_PER_LISTED: Final = 12
#: How many of the highest quality are scored to find what the page cannot fall below.
_SAMPLE: Final = 1_000
#: The others are looked at so many tiers of quality at a time.
_TIERS: Final = 5
#: So many scores are held at a time.
_CHUNK: Final = 1 << 16
#: So many of a sorted whole are turned into Python's numbers at a time.
_READ: Final = 4_096
#: Bounds are computed with rounding; this much lower they hold for certain.
_SLACK: Final = 1 - 1e-9

#: quality is stored in whole numbers of this part of 1 (`_quality`).
_QUALITY_UNIT: Final = 4 * PARTS


class Ranked(NamedTuple):
    """One entry of a page: number, float or name; tie number; number of the creator."""

    value: Any
    tie: int
    ord: int


def best(
    matcher: Matcher,
    node: Node,
    found: Docs,
    order: Order,
    *,
    limit: int,
    after: _After,
    floor: float = 0.0,
) -> list[Ranked]:
    """The first `limit` of the creators `found` (all of whom match) after a (value, tie).

    floor   in order of score: entries below this score are not needed, though they may come
    """
    if not len(found) or limit <= 0:
        return []
    if order.by == "score":
        if not order.descending:
            raise UsageError("score: is sorted from high to low only.")
        return _by_score(matcher, node, found, limit, after, floor)
    if order.by == "name":
        return _by_name(matcher, found, order, limit, after)
    if order.by not in NUMBERS:
        raise UsageError(
            f"sort: {order.by!r} is nothing to sort by; valid: score, name, {', '.join(NUMBERS)}."
        )
    column = matcher.segment.number(order.by)
    return _by_column(matcher, order.by, column, found, order.descending, limit, after)


def everybody(
    matcher: Matcher, node: Node, found: Docs, order: Order, *, after: _After
) -> Iterator[Ranked]:
    """All of the creators `found` after a (value, tie), in order, sorted once.

    Costs 28 bytes of memory for each, and as much again while they are sorted.
    """
    ids, ties = found.ids, matcher.segment.number("tie")
    names: Keyword | None = None
    if order.by == "score":
        values = _scores(matcher, node, ids)
    elif order.by == "name":
        names = matcher.segment.keyword("sort_name")
        values = names.codes[ids].astype(np.int64)
        after = None if after is None else _rank_after(names, after)
    else:
        values = matcher.segment.number(order.by)[ids]
    if after is not None:
        values, ids = _beyond(values, ids, ties, order.descending, after)
    own = ties[ids]
    sorted_ = np.lexsort((own, -values if order.descending else values))
    for start in range(0, len(sorted_), _READ):
        some = sorted_[start : start + _READ]
        for value, tie, ord_ in zip(
            values[some].tolist(), own[some].tolist(), ids[some].tolist(), strict=True
        ):
            yield Ranked(value if names is None else _name(names, value), tie, ord_)


def _scores(matcher: Matcher, node: Node, ids: _Array) -> _Array:
    quality = matcher.segment.number("quality")
    scorer = Scorer(matcher)
    scores = np.empty(len(ids), np.float64)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        scores[start : start + _CHUNK] = scorer.weigh(node, some) * quality[some]
    scores /= _QUALITY_UNIT
    return scores


def _by_column(
    matcher: Matcher,
    name: str,
    column: _Array,
    found: Docs,
    descending: bool,
    limit: int,
    after: _After,
) -> list[Ranked]:
    ties = matcher.segment.number("tie")
    if len(found) <= _DIRECT:
        return _first(column[found.ids], found.ids, ties, descending, limit, after)
    tiers = Tiers(matcher, name, column, descending=descending)
    first = 0 if after is None else tiers.beyond(after[0])
    before = tiers[first - 1] if first else None
    entries: list[Ranked] = []
    for tier in range(first, len(tiers)):
        some = found & tiers[tier]
        if before is not None:
            some = some - before
        if len(some) < limit and tier + 1 < len(tiers):
            continue
        entries = _first(column[some.ids], some.ids, ties, descending, limit, after)
        if len(entries) == limit:
            break
    return entries


def _by_name(
    matcher: Matcher, found: Docs, order: Order, limit: int, after: _After
) -> list[Ranked]:
    names = matcher.segment.keyword("sort_name")
    start = None if after is None else _rank_after(names, after)
    ranked = _by_column(matcher, "sort_name", names.codes, found, order.descending, limit, start)
    return [entry._replace(value=_name(names, entry.value)) for entry in ranked]


def _rank_after(names: Keyword, after: tuple[Any, int]) -> tuple[float, int]:
    """A (name, tie) as a (rank, tie); between two ranks when nobody here has the name."""
    rank = bisect.bisect_left(range(len(names)), after[0], key=names.value)
    has = rank < len(names) and names.value(rank) == after[0]
    return (rank if has else rank - 0.5), after[1]


def _name(names: Keyword, rank: int) -> str:
    return str(names.value(rank))


def _by_score(
    matcher: Matcher, node: Node, found: Docs, limit: int, after: _After, floor: float
) -> list[Ranked]:
    quality = matcher.segment.number("quality")
    ties = matcher.segment.number("tie")
    scorer = Scorer(matcher)
    bounds = Bounds(matcher, scorer)

    def scored(ids: _Array) -> _Array:
        worth: _Array = scorer.weigh(node, ids) * quality[ids]
        worth /= _QUALITY_UNIT
        return worth

    if len(found) <= _DIRECT or len(found) <= bounds.n_listed(node) // _PER_LISTED:
        return _chunked(scored, found, ties, limit, after, floor)
    tiers = Tiers(matcher, "quality", quality, descending=True)
    first = 0
    entries: list[Ranked] = []
    rest = found
    if floor <= 0:
        # Two samples, of the best in quality and of the best in worth: each has good scores.
        for first in range(len(tiers)):
            sample = found & tiers[first]
            if len(sample) >= max(_SAMPLE, 4 * limit):
                break
        if len(sample) < len(found):
            for level in reversed(bounds.levels(node)):
                if level.n >= max(_SAMPLE, 4 * limit) or level.worth <= 0:
                    break
            if level.n <= 8 * _SAMPLE:
                sample = union(found.n, (sample, found & bounds.reaching(node, level.worth)))
        entries = _chunked(scored, sample, ties, limit, after, floor)
        rest = found - sample
    # The others, tier of quality by tier: the floor rises on the way.
    highest = matcher.kept.made(("highest", "quality"), lambda: int(quality.max()), lambda _: 100)
    for tier in (*range(first, len(tiers), _TIERS), len(tiers)):
        if len(entries) == limit:
            floor = max(floor, entries[-1].value)
        if not len(rest):
            break
        some = rest & tiers[tier]
        if floor > 0 and len(some):
            if highest <= 0:
                break
            some = some & bounds.reaching(node, floor * _QUALITY_UNIT / highest * _SLACK)
        if len(some):
            more = _chunked(scored, some, ties, limit, after, floor)
            entries = sorted(entries + more, key=lambda e: (-e.value, e.tie))[:limit]
        rest = rest - tiers[tier]
        highest = tiers.cuts[tier] if tier < len(tiers.cuts) else 0
    return entries


def _chunked(
    scored: Any, docs: Docs, ties: _Array, limit: int, after: _After, floor: float
) -> list[Ranked]:
    """The first `limit` of these; those below the floor may be left out."""
    entries: list[Ranked] = []
    ids = docs.ids
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        scores = scored(some)
        if len(entries) == limit:
            floor = max(floor, entries[-1].value)
        if floor > 0:
            high = np.flatnonzero(scores >= floor)
            scores, some = scores[high], some[high]
        more = _first(scores, some, ties, True, limit, after)
        entries = sorted(entries + more, key=lambda e: (-e.value, e.tie))[:limit]
    return entries


def _first(
    values: _Array, ids: _Array, ties: _Array, descending: bool, limit: int, after: _After
) -> list[Ranked]:
    """The first `limit` in order after (value, tie)."""
    if after is not None:
        values, ids = _beyond(values, ids, ties, descending, after)
    if len(values) > limit:
        cut = len(values) - limit if descending else limit - 1
        worst = np.partition(values, cut)[cut]
        better = values > worst if descending else values < worst
        chosen = np.flatnonzero(better)
        same = np.flatnonzero(values == worst)
        need = limit - len(chosen)
        if len(same) > need:
            same = same[np.argpartition(ties[ids[same]], need - 1)[:need]]
        chosen = np.concatenate((chosen, same))
        values, ids = values[chosen], ids[chosen]
    own = ties[ids]
    order = np.lexsort((own, -values if descending else values))
    return [
        Ranked(value, tie, ord_)
        for value, tie, ord_ in zip(
            values[order].tolist(), own[order].tolist(), ids[order].tolist(), strict=True
        )
    ]


def _beyond(
    values: _Array, ids: _Array, ties: _Array, descending: bool, after: tuple[Any, int]
) -> tuple[_Array, _Array]:
    """(values, ids) of those that come after (value, tie)."""
    value, last = after
    beyond = values < value if descending else values > value
    same = np.flatnonzero(values == value)
    beyond[same[ties[ids[same]] > last]] = True
    return values[beyond], ids[beyond]
