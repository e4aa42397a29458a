"""What every search engine behind influencr promises; `testing.check_index` holds them to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    import polars as pl

    from influencr.index._nodes import Node

__all__ = [
    "Entry",
    "Held",
    "IndexInfo",
    "Order",
    "SearchIndex",
    "Snapshot",
    "Vocabulary",
    "every_by_pages",
    "funnel_by_counts",
]


class IndexInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What one generation of an index is.

    format       version of the layout; another one is refused or rebuilt, never half-read
    generation   rises with every commit and every full build
    as_of        the instant that ages and activity refer to; None in an empty index
    demo         the world in it is invented
    n_creators   creators that can be found
    built_at     when the last full build was finished
    edges        platform -> engagement rates that cut its creators into equal parts (`quality`)
    """

    format: int
    generation: int
    as_of: datetime | None
    demo: bool
    n_creators: int
    built_at: datetime | None
    edges: dict[str, list[float]]


class Order(msgspec.Struct, frozen=True):
    """How entries are sorted: by a number or by `name`, or by `score` (score x quality).

    Ties are in rising order of `documents.tie(profile_id)`, a fixed shuffle, so that no platform
    comes first because of its name.
    """

    by: str
    descending: bool = True


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One creator in a page: the value it is sorted by, its tie number, and its stored row."""

    profile_id: str
    value: float | str
    tie: int
    creator: dict[str, Any]


class Held(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """Values of one field that occur in one part of an index, which never changes.

    The same object stands for the same part in every generation that has it, so that what was
    worked out of its values can be kept beside it. Values of creators who were deleted since may
    be among them; `values` counts exactly.
    """

    values: Sequence[Any]


class Vocabulary(Protocol):
    """The words that the creators of one generation say, tags and mentions with their sign.

    Frequencies may still count creators that were deleted since the engine last merged its files:
    they say how common a word is, not how many will be found.
    """

    @property
    def n_creators(self) -> int:
        """Creators that frequencies are out of."""
        ...

    def frequency(self, word: str) -> int:
        """Creators whose `all` holds exactly this folded word; 0 for an unknown one."""
        ...

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of the first `limit` words that start so, alphabetically."""
        ...

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        """(word, frequency) of up to `limit` words that end so: the most frequent, then by word."""
        ...


class Snapshot(Protocol):
    """One generation, frozen: everything asked of it agrees, whatever is written meanwhile."""

    @property
    def info(self) -> IndexInfo:
        """What this generation is."""
        ...

    def count(self, node: Node) -> int:
        """How many creators match, exactly."""
        ...

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

        rank   how many entries the earlier pages held: only a hint that saves work
        """
        ...

    def every(
        self, node: Node, order: Order, *, after: tuple[float | str, int] | None = None
    ) -> Iterator[Entry]:
        """All entries in order, one after the other: those of `page`, however many they are.

        What is read of creators is let go as soon as it was taken.
        """
        ...

    def scores(self, node: Node, profile_ids: Sequence[str]) -> dict[str, float]:
        """What the node is worth (without quality) for those of the creators that match it."""
        ...

    def values(self, node: Node, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """field -> each value among the matches -> how many have it: exact and complete.

        Creators with several values count once in each.
        """
        ...

    def bands(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """Matches per band of a number: unknown, below edges[0], ..., from edges[-1] on."""
        ...

    def histogram(self, node: Node, field: str, edges: Sequence[float]) -> list[int]:
        """The same as `bands`, by the name that sliders know it by."""
        return self.bands(node, field, edges)

    def funnel(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """For filters in order: (left after it and all before it, total without it alone)."""
        return funnel_by_counts(self.count, nodes)

    def held(self, field: str) -> Sequence[Held]:
        """The values of a keyword or id field, part by part of the index."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of this generation."""
        ...

    def creators(self, profile_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The stored rows of these profiles, of those that the index holds."""
        ...


class SearchIndex(Protocol):
    """A search index: many readers that never wait, one writer at a time (`Busy` for the second).

    Frames are creators frames: one row per profile with the columns of docs/reference/creators.
    """

    def snapshot(self) -> Snapshot:
        """The newest committed generation; an index never built answers as an empty one."""
        ...

    def build(
        self,
        creators: pl.DataFrame | Iterable[pl.DataFrame],
        *,
        as_of: datetime,
        demo: bool = False,
        edges: Mapping[str, Sequence[float]] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Write everything anew beside the old and swap; returns the new generation.

        edges      engagement parts (`quality.engagement_edges`); made from `creators` when that is
                   one frame, required when it is a stream of frames with engagement rates
        progress   called with the number of creators written so far
        """
        ...

    def upsert(self, creators: pl.DataFrame) -> None:
        """Put creators in, replacing rows of the same profile; visible after `commit`."""
        ...

    def delete(self, profile_ids: Iterable[str]) -> None:
        """Take creators out; visible after `commit`."""
        ...

    def commit(self, *, as_of: datetime | None = None) -> int:
        """Make upserts and deletes visible at once and let the next writer in."""
        ...

    def rollback(self) -> None:
        """Forget what was not committed and let the next writer in."""
        ...

    def erase(self, profile_ids: Iterable[str]) -> int:
        """Take people out for good: invisible at once, then no byte of theirs left in any file."""
        ...

    def close(self) -> None:
        """Let go of files and locks; what was not committed is forgotten."""
        ...


#: Rows of a page of `every_by_pages`. Own choice.
_PAGE = 2_000


def every_by_pages(
    snapshot: Snapshot, node: Node, order: Order, after: tuple[float | str, int] | None
) -> Iterator[Entry]:
    """`Snapshot.every` for an engine that can do no better than page after page."""
    rank = 0
    while True:
        entries = snapshot.page(node, order, limit=_PAGE, after=after, rank=rank)
        yield from entries
        if len(entries) < _PAGE:
            return
        rank += len(entries)
        after = entries[-1].value, entries[-1].tie


def funnel_by_counts(count: Callable[[Node], int], nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """The funnel for an engine that can do no better than count again: two counts a filter."""
    from influencr.index._nodes import And

    filters = tuple(nodes)
    return [
        (count(And(filters[: i + 1])), count(And(filters[:i] + filters[i + 1 :])))
        for i in range(len(filters))
    ]
