"""Questions about creators: search, one creator's row, why somebody is found, places, status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from influencr.engine._named import ambiguous
from influencr.engine._opened import Opened

if TYPE_CHECKING:
    from influencr.geography import Area
    from influencr.search import (
        Compared,
        Explained,
        Hit,
        PlaceSuggestion,
        Query,
        Results,
        Whereabouts,
    )

__all__ = ["Asking"]


class Asking(Opened):
    """What can be asked about creators."""

    def search(self, text: str = "", **filters: Any) -> Results:
        """Creators that match words and filters; the names are the fields of `search.Query`.

        Raises UsageError or UnknownValue for a filter or a value that cannot be meant, HomeError
        when nothing is indexed yet.
        """
        from influencr.search import make_query

        return self.query(make_query(text=text, **filters))

    def query(self, query: Query) -> Results:
        """The same for a query made before."""
        self._need_index()
        return self._searcher.search(query)

    def count(self, text: str = "", **filters: Any) -> int:
        """How many match, exactly; filters are those of `search`, and none of them is looked at."""
        from influencr.search import make_query

        self._need_index()
        return self._searcher.count(make_query(text=text, **filters))

    def every(self, text: str = "", **filters: Any) -> Iterator[Hit]:
        """Everybody who matches, one after the other in the order of `search`, whatever `limit`.

        Raises as `search`, at the latest when the first one is taken.
        """
        from influencr.search import make_query

        self._need_index()
        return self._searcher.every(make_query(text=text, **filters))

    def whereabouts(self, query: Query) -> Whereabouts:
        """Where everybody who matches a query is, counted by place: what a map of it shows.

        Exact counts; whoever is known to a region or country only has no point. Raises as `query`.
        """
        self._need_index()
        return self._searcher.whereabouts(query)

    def similar(self, who: str, *, by: str = "content", limit: int = 20, **filters: Any) -> Results:
        """Creators like one creator, by "content" or by "audience"; filters are those of `search`.

        The same as `search(similar=who, similar_by=by, ...)`. By audience the first call after a
        refresh reads all follows, which takes a while.
        """
        return self.search(similar=(who,), similar_by=by, limit=limit, **filters)

    def show(self, who: str) -> dict[str, Any] | None:
        """One creator's row with every reason, or None when nobody is known by that name.

        who       `platform:@handle`, `platform:native id`, `@handle`, a bare handle, or the
                  address of a profile
        returns   the columns of docs/reference/creators and `indexed` True; for somebody whom the
                  catalogue knows but who is not listed only `profile_id, platform, handle`,
                  `indexed` False and `why_not`, a sentence

        Raises UsageError naming the candidates when several are meant.
        """
        from influencr.pipeline import find_creators, meant, unlisted

        self._expiry.observe(self)
        name = meant(who)
        found = find_creators(self.home.judged, name)
        if len(found) > 1:
            raise ambiguous(who, [(i, p, h) for i, p, h in found])
        if found:
            row = self.index.snapshot().creators([found[0][0]]).get(found[0][0])
            if row is not None:
                return {**row, "indexed": True}
        known = unlisted(self.catalogue, name)
        if len(known) > 1:
            raise ambiguous(who, [(k["profile_id"], k["platform"], k["handle"]) for k in known])
        return {**known[0], "indexed": False} if known else None

    def explain(self, query: Query, who: str) -> Explained:
        """Why a creator is, or is not, among the results of a query.

        who   as `show` takes it; somebody whom the catalogue knows and who is not listed is told
              with the reason

        Raises UsageError for nobody, and naming the candidates when several are meant.
        """
        from influencr.engine._why import explain

        self._need_index()
        return explain(self, query, who)

    def compare(self, query: Query, one: str, other: str) -> Compared:
        """Which of two creators stands above the other under a query, and what decides.

        one, other   as `explain` takes them, in any order
        """
        from influencr.engine._why import compare

        self._need_index()
        return compare(self, query, one, other)

    def suggest_places(self, prefix: str, *, limit: int = 10) -> list[PlaceSuggestion]:
        """Places whose name begins so in any script, for a box that completes what is typed.

        Ranked by people and by how many creators of this index are there; without an index, by
        people alone. Words in front of the name are passed over: "near par" completes "par".
        """
        return self._searcher.suggest_places(prefix, limit=limit)

    def read_place(self, text: str) -> Area:
        """How a place in a query is understood (`geography.ask`), weighed with the creators of
        this index. Raises what `geography.ask` raises.
        """
        return self._searcher.read_place(text)

    def status(self) -> dict[str, Any]:
        """What is in this home and how fresh it is; see `engine._status` for every key."""
        from influencr.engine._status import status

        return status(self)
