"""Which lenses a query is looked at through, made once per generation of the index."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from influencr.errors import UnknownValue, UsageError
from influencr.index import Among, IdSet, Not, Snapshot
from influencr.kept import Kept, kept_key
from influencr.search._people import found_person
from influencr.search._plan import Filter
from influencr.search._query import Query
from influencr.search._similar import LikeLens, Shared, SharedLens, like
from influencr.search.brand._brand import Brand
from influencr.search.brand._fit import FitPlan, fit_plan
from influencr.search.brand._lens import BrandLens
from influencr.search.brand._prepared import Prepared, read_prepared

if TYPE_CHECKING:
    from influencr.search._lens import Lens

__all__ = ["Lenses"]

#: Brands whose plan is kept in memory.
_KEPT = 64


class Lenses:
    """Makes the lenses of queries; safe to share between threads.

    kept      where brands are kept; None = this searcher knows no brands
    brands    folder of what was prepared for brands (`pipeline.alignment`)
    sharing   who shares followers with a creator, and in one sentence what was read; None = it is
              not known who follows whom
    """

    def __init__(
        self,
        kept: Kept | None = None,
        brands: Path | None = None,
        sharing: Callable[[str], tuple[Sequence[Shared], str]] | None = None,
    ) -> None:
        self._kept, self._brands, self._sharing = kept, brands, sharing
        self._plans: dict[tuple[str, int], FitPlan] = {}
        self._prepared: dict[tuple[str, int], Prepared] = {}
        self._alike: dict[tuple[tuple[str, ...], str, int], LikeLens | SharedLens] = {}
        self._lock = threading.Lock()

    def keeping(self, kept: Kept) -> Lenses:
        """The same lenses, and what they remember, over the brands of another owner."""
        other = copy.copy(self)
        other._kept = kept
        return other

    def of(self, query: Query, snapshot: Snapshot) -> tuple[Lens, ...]:
        """The lenses of a query, brand first.

        Raises UnknownValue for a brand that is not kept, UsageError for creators who are not in
        the index or whose audience is not known.
        """
        found: list[Lens] = []
        if query.brand is not None:
            found.append(self._brand(query, snapshot))
        if query.similar:
            found.append(self._similar(query, snapshot))
        return tuple(found)

    def lists(self, query: Query) -> tuple[Filter, ...]:
        """Who is on the lists that a query names, and who is not on the others.

        Raises UnknownValue for a list that is not kept.
        """
        found: list[Filter] = []
        for field, said in (("on_list", "on the list"), ("not_on_list", "not on the list")):
            names: tuple[str, ...] = getattr(query, field)
            if names:
                node = Among(IdSet(self._on(field, names)))
                label = f"{said} {', '.join(names)}"
                found.append(Filter(field, label, node if field == "on_list" else Not(node)))
        return tuple(found)

    def plan(self, brand: Brand, snapshot: Snapshot) -> FitPlan:
        """What a brand asks of a generation. Raises UsageError for an ambiguous example."""
        key = brand.digest, snapshot.info.generation
        plan = self._plans.get(key)
        if plan is None:
            examples = {
                name: found_person(snapshot, name, field="examples") for name in brand.examples
            }
            plan = fit_plan(brand, snapshot.vocabulary, examples)
            with self._lock:
                if len(self._plans) >= _KEPT:
                    self._plans.clear()
                self._plans[key] = plan
        return plan

    def of_brand(self, brand: Brand, snapshot: Snapshot) -> BrandLens:
        """The lens of a brand that need not be kept."""
        return BrandLens(brand, self.plan(brand, snapshot), self._read(brand))

    def _on(self, field: str, names: tuple[str, ...]) -> list[str]:
        kept = [] if self._kept is None else self._kept.lists.all()
        known = {kept_key(one.name) for one in kept}
        for name in names:
            if kept_key(name) in known:
                continue
            if not known:
                raise UsageError(
                    f"{field}: no list is kept here, {name!r} neither; make one first.", field=field
                )
            raise UnknownValue(field, name, [one.name for one in kept])
        return [] if self._kept is None else self._kept.lists.ids(kept_key(n) for n in names)

    def _brand(self, query: Query, snapshot: Snapshot) -> BrandLens:
        name = query.brand or ""
        body = None if self._kept is None else self._kept.brand(kept_key(name))
        if body is None:
            known = [] if self._kept is None else self._kept.brands()
            names = [msgspec.json.decode(one, type=Brand).name for one in known]
            if not names:
                raise UsageError(
                    f"brand: no brand is kept here, {name!r} neither; save one first.",
                    field="brand",
                )
            raise UnknownValue("brand", name, names)
        brand = msgspec.json.decode(body, type=Brand)
        return BrandLens(
            brand,
            self.plan(brand, snapshot),
            self._read(brand),
            fit_min=query.fit_min,
            alignment_min=query.alignment_min,
        )

    def _read(self, brand: Brand) -> Prepared:
        if self._brands is None:
            return Prepared(judged_at=None, pieces=(), reason="audiences are not read here")
        folder = self._brands / brand.digest
        try:
            stamp = (folder / "about.json").stat().st_mtime_ns
        except FileNotFoundError:
            stamp = 0
        key = brand.digest, stamp
        found = self._prepared.get(key)
        if found is None:
            found = read_prepared(folder)
            with self._lock:
                if len(self._prepared) >= _KEPT:
                    self._prepared.clear()
                self._prepared[key] = found
        return found

    def _similar(self, query: Query, snapshot: Snapshot) -> LikeLens | SharedLens:
        key = query.similar, query.similar_by, snapshot.info.generation
        found = self._alike.get(key)
        if found is None:
            found = self._make_similar(query, snapshot)
            with self._lock:
                if len(self._alike) >= _KEPT:
                    self._alike.clear()
                self._alike[key] = found
        return found

    def _make_similar(self, query: Query, snapshot: Snapshot) -> LikeLens | SharedLens:
        rows = []
        for name in query.similar:
            row = found_person(snapshot, name, field="similar")
            if row is None:
                raise UsageError(
                    f"similar: {name!r} is not in the index; name a listed creator.",
                    field="similar",
                )
            rows.append((name, row))
        if query.similar_by == "content":
            return like(rows, snapshot.vocabulary)
        shared = []
        for name, row in rows:
            found: Sequence[Shared] = ()
            reason = "nobody's followers are known one by one in this home"
            if self._sharing is not None:
                found, reason = self._sharing(row["profile_id"])
            if not found and len(rows) == 1:
                raise UsageError(
                    f"similar: {name!r} cannot be compared by audience: {reason}; ask by content.",
                    field="similar",
                )
            shared.append((name, found))
        return SharedLens(IdSet(row["profile_id"] for _, row in rows), shared)
