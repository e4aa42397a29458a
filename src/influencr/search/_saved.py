"""Saved searches: who is new since the last time, and who is gone.

A search is saved with its words and filters and without order of pages. Running it shows, as an
ordinary answer (ranked, counted, with facets and reasons), the creators whom no run has shown, and
who was shown and is not found any more. Profile ids are compared, so judging everybody anew brings
nobody back, and a creator who changes their name is the same. Who went and comes again is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import UnknownValue, UsageError
from influencr.index import Among, And, IdSet, Node, Not, Order, Snapshot
from influencr.kept import Kept, kept_key
from influencr.search._make import MAX_LIMIT, make_query, stated
from influencr.search._query import Query
from influencr.search._results import Results

if TYPE_CHECKING:
    from influencr.search._lens import Lens
    from influencr.search._searcher import Searcher

__all__ = ["MAX_SEEN", "Beyond", "Gone", "News", "SavedSearch", "SavedSearches"]

#: A search that finds more creators than this is no shortlist; nobody reads what is new in it.
MAX_SEEN = 100_000
_MAX_NAME = 80
#: Fields of a query that say which part of the answer is wanted, and are no part of what is saved.
_NOT_SAVED = ("after", "limit", "facets", "funnel")


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A saved search: `query` are the fields that differ from the default."""

    name: str
    query: dict[str, Any]
    saved_at: datetime
    seen_at: datetime | None


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A creator who was shown, is still in the index, and is not found any more."""

    profile_id: str
    platform: str
    handle: str | None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of a saved search tells.

    since        when it was run before; None on the first run, when everybody is new
    n_found      creators found in all
    results      the new ones; `results.total` of them
    n_gone       shown before and not found any more: those of `gone` that are still in the index
                 (at most a page of them is named), and `n_unlisted` that are in it no more
    """

    name: str
    since: datetime | None
    n_found: int
    results: Results
    n_gone: int
    gone: tuple[Gone, ...]
    n_unlisted: int


class Beyond(msgspec.Struct, frozen=True, kw_only=True):
    """Who a saved search finds beyond those who are known: `ids` of all of them, the first of
    them ranked as an ordinary answer, of one generation of the index.
    """

    results: Results
    ids: tuple[str, ...]


class _NotSeen:
    """Leaves out whom earlier runs have shown; see `search._lens.Lens`."""

    def __init__(self, seen: IdSet) -> None:
        self._seen = seen

    @property
    def filters(self) -> tuple[tuple[str, str, Node], ...]:
        return (("new", "not shown by an earlier run", Not(Among(self._seen))),)

    def scale(self, node: Node) -> Node:
        return node

    def see(self, creator: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        return {}, {}

    def read(self) -> dict[str, Any]:
        return {}


class SavedSearches:
    """The saved searches of one data home."""

    def __init__(self, kept: Kept, searcher: Searcher) -> None:
        self._kept, self._searcher = kept, searcher

    def save(self, name: str, query: Query) -> SavedSearch:
        """Keep a search under a name, in place of one of that name; nobody was seen by it yet.

        Raises UsageError for an empty or long name, and for a query that cannot be asked now.
        """
        key = kept_key(name)
        if not key or len(name.strip()) > _MAX_NAME or not name.strip().isprintable():
            raise UsageError(
                f"name: give the search a name of 1 to {_MAX_NAME} characters.", field="name"
            )
        default = Query()
        kept = msgspec.structs.replace(query, **{f: getattr(default, f) for f in _NOT_SAVED})
        self._searcher.count(kept)  # what cannot be asked is refused now, not at the first run
        self._kept.save_search(key, name.strip(), msgspec.json.encode(stated(kept)))
        return self.get(name)

    def list(self) -> list[SavedSearch]:
        """Every saved search, in order of name."""
        return [
            SavedSearch(
                name=one.name,
                query=msgspec.json.decode(one.query),
                saved_at=one.saved_at,
                seen_at=one.seen_at,
            )
            for one in self._kept.searches()
        ]

    def get(self, name: str) -> SavedSearch:
        """One saved search; UnknownValue with the nearest names when there is none."""
        for one in self.list():
            if kept_key(one.name) == kept_key(name):
                return one
        raise UnknownValue("name", name, [one.name for one in self.list()])

    def remove(self, name: str) -> None:
        """Forget a saved search and whom it has shown. Raises as `get`."""
        self.get(name)
        self._kept.remove_search(kept_key(name))

    def run(self, name: str, *, limit: int = 20, mark: bool = True) -> News:
        """Who is new, and who is gone, since the last run.

        limit   new creators in the answer; all of them are marked as seen
        mark    False looks without marking anybody as seen

        Everything is of one generation of the index. Raises as `get`, and UsageError for a search
        that finds more than MAX_SEEN creators.
        """
        saved = self.get(name)
        query = make_query(**saved.query)
        key = kept_key(name)
        seen = IdSet(self._kept.seen(key))
        snapshot = self._searcher.snapshot()
        through: tuple[Lens, ...] = (_NotSeen(seen),)
        page = msgspec.structs.replace(query, limit=limit)
        results = self._searcher.search(page, through=through, snapshot=snapshot)
        if results.total > MAX_SEEN:
            raise _too_many(saved.name, results.total)
        found = self._searcher.node(query, snapshot)
        left = And((Among(seen), Not(found)))
        n_listed = snapshot.count(Among(seen))
        n_left = snapshot.count(left) if len(seen) else 0
        went = snapshot.page(left, Order("followers"), limit=MAX_LIMIT) if n_left else []
        news = News(
            name=saved.name,
            since=saved.seen_at,
            n_found=snapshot.count(found),
            results=results,
            n_gone=n_left + len(seen) - n_listed,
            gone=tuple(
                Gone(
                    profile_id=entry.profile_id,
                    platform=entry.creator["platform"],
                    handle=entry.creator.get("handle"),
                )
                for entry in went[:limit]
            ),
            n_unlisted=len(seen) - n_listed,
        )
        if mark:
            came = self._all(And((found, Not(Among(seen)))), snapshot)
            known = snapshot.creators(seen.ids) if n_listed < len(seen) else {}
            unlisted = [i for i in seen if i not in known] if n_listed < len(seen) else []
            self._kept.see(key, came, (*(entry.profile_id for entry in went), *unlisted))
        return news

    def count(self, name: str) -> int:
        """How many creators a search finds now. Raises as `run`."""
        saved = self.get(name)
        n = self._searcher.count(make_query(**saved.query))
        if n > MAX_SEEN:
            raise _too_many(saved.name, n)
        return n

    def beyond(self, name: str, known: Iterable[str], *, limit: int) -> Beyond:
        """Who is found and not known; nobody is marked. Raises as `run`."""
        saved = self.get(name)
        query = make_query(**saved.query)
        seen = IdSet(sorted(known))
        snapshot = self._searcher.snapshot()
        through: tuple[Lens, ...] = (_NotSeen(seen),)
        page = msgspec.structs.replace(query, limit=limit)
        results = self._searcher.search(page, through=through, snapshot=snapshot)
        if results.total > MAX_SEEN:
            raise _too_many(saved.name, results.total)
        if not results.total:
            return Beyond(results=results, ids=())
        found = self._searcher.node(query, snapshot)
        ids = self._all(And((found, Not(Among(seen)))), snapshot)
        return Beyond(results=results, ids=ids)

    def forget(self, profile_ids: Iterable[str]) -> int:
        """Take people out of what was seen, for good."""
        return self._kept.forget(profile_ids)

    def _all(self, node: Node, snapshot: Snapshot) -> tuple[str, ...]:
        """Profile ids of everybody who matches, a page at a time."""
        found: list[str] = []
        after = None
        while True:
            entries = snapshot.page(
                node, Order("followers"), limit=MAX_LIMIT, after=after, rank=len(found)
            )
            found += [entry.profile_id for entry in entries]
            if len(entries) < MAX_LIMIT:
                return tuple(found)
            after = entries[-1].value, entries[-1].tie


def _too_many(name: str, n: int) -> UsageError:
    return UsageError(
        f"{name}: {n:,} creators are too many to tell what is new; narrow the search to "
        f"{MAX_SEEN:,} at most.",
        field="name",
    )
