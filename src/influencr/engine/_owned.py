"""One engine as one owner sees it: creators, index and memory are shared, what is kept is not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from influencr.engine._engine import Engine

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.index import SearchIndex
    from influencr.search import SavedSearches, Searcher
    from influencr.search.brand import Brands

__all__ = ["Owned"]


class Owned(Engine):
    """An engine over the brands and searches of one owner; cheap to make, nothing to close.

    base    the engine whose files are open
    owner   "team:<id>"
    """

    def __init__(self, base: Engine, owner: str) -> None:
        self._base, self.owner = base, owner
        self.home = base.home
        self._lock = base._lock
        self._expiry = base._expiry

    # What is opened on first use is opened once, by the engine underneath.

    @property
    def catalogue(self) -> Catalogue:
        """The tables of what was observed."""
        return self._base.catalogue

    @property
    def index(self) -> SearchIndex:
        """The search index of this home."""
        return self._base.index

    @cached_property
    def _searcher(self) -> Searcher:
        from influencr.kept import Kept

        return self._base.searcher.keeping(Kept(self.home.path, self.owner))

    @cached_property
    def brands(self) -> Brands:
        """The brands of this owner."""
        from influencr.engine._members import brands_of

        return brands_of(self, self.owner)

    @cached_property
    def saved(self) -> SavedSearches:
        """The searches of this owner."""
        from influencr.engine._members import saved_of

        self._need_index()
        return saved_of(self, self.owner)

    def close(self) -> None:
        """Nothing: the files belong to the engine underneath."""

    # All of it at once.

    def everything(self) -> dict[str, Any]:
        """All that this owner keeps, as plain values: brands, lists with who is on them,
        searches with who was seen, what was told of both, and own prices."""
        import msgspec

        from influencr.kept import Kept, kept_key

        kept = Kept(self.home.path, self.owner)
        return {
            "brands": [msgspec.json.decode(body) for body in kept.brands()],
            "lists": self.lists.everything(),
            "searches": [
                {
                    "name": one.name,
                    "query": msgspec.json.decode(one.query),
                    "saved_at": one.saved_at.isoformat(),
                    "seen_at": None if one.seen_at is None else one.seen_at.isoformat(),
                    "seen": kept.seen(kept_key(one.name)),
                }
                for one in kept.searches()
            ],
            "alerts": [
                {
                    "about": one.profile_id,
                    "what": one.what,
                    "before": one.before,
                    "after": one.after,
                    "at": one.at.isoformat(),
                }
                for one in kept.alerts.told(limit=10_000)
            ],
            "muted": kept.alerts.hushed(),
            "prices": kept.prices.everything(),
        }

    def drop(self) -> None:
        """Forget all that this owner keeps, and what was prepared for their brands."""
        from influencr.kept import Kept

        for brand in self.brands.list():
            self.brands.remove(brand.name)
        Kept(self.home.path, self.owner).drop()
