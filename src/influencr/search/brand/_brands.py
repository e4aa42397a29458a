"""The brands of one data home: kept, read, and prepared for searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from influencr.errors import UnknownValue
from influencr.kept import Kept, kept_key
from influencr.search.brand._brand import Brand
from influencr.search.brand._lens import BrandRead

if TYPE_CHECKING:
    from influencr.geography import Area
    from influencr.search._searcher import Searcher

__all__ = ["Brands", "Preparer"]

#: Stage, done, in all.
type Progress = Callable[[str, int, int], None]
#: Names of fewer letters stand in other words and texts by chance.
_SHORTEST_NAME = 3


class Preparer(Protocol):
    """Makes what a search with a brand reads (`pipeline.alignment.prepare_brand`)."""

    def __call__(
        self,
        brand: Brand,
        places: tuple[Area, ...],
        names: Sequence[tuple[str, str]],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """Prepare one brand; cheap when it belongs to the last judgement already."""
        ...


class Brands:
    """What `engine.brands` is.

    prepare   makes what searches with a brand read
    sweep     throws away what was prepared for brands of other digests than these
    """

    def __init__(
        self,
        kept: Kept,
        searcher: Searcher,
        prepare: Preparer,
        sweep: Callable[[Sequence[str]], None],
    ) -> None:
        self._kept, self._searcher = kept, searcher
        self._prepare, self._sweep = prepare, sweep

    def save(self, brand: Brand, *, progress: Progress | None = None) -> BrandRead:
        """Keep a brand, in place of one of that name, and prepare it for searches.

        progress   called with ("brand", done, in all)
        returns    how the brand is understood in this home

        Raises UnknownValue for a place that does not exist, UsageError for an example that names
        several creators; then nothing is kept.
        """
        areas = self._areas(brand)
        self._searcher.read_brand(brand)
        self._kept.save_brand(kept_key(brand.name), msgspec.json.encode(brand))
        self._prepared(brand, areas, progress)
        self._swept()
        return self._searcher.read_brand(brand)

    def list(self) -> list[Brand]:
        """Every brand, in order of name."""
        return [msgspec.json.decode(body, type=Brand) for body in self._kept.brands()]

    def get(self, name: str) -> Brand:
        """One brand; UnknownValue with the nearest names when there is none."""
        body = self._kept.brand(kept_key(name))
        if body is None:
            raise UnknownValue("brand", name, [brand.name for brand in self.list()])
        return msgspec.json.decode(body, type=Brand)

    def read(self, name: str) -> BrandRead:
        """How a brand is understood in the newest generation of the index. Raises as `get`."""
        return self._searcher.read_brand(self.get(name))

    def remove(self, name: str) -> None:
        """Forget a brand and what was prepared for it. Raises as `get`."""
        self.get(name)
        self._kept.remove_brand(kept_key(name))
        self._swept()

    def prepare(self, *, progress: Progress | None = None) -> int:
        """Prepare every brand, whoever keeps it, that was not since the last judgement; how many
        brands there are.
        """
        brands = self._of_everybody()
        for brand in brands:
            self._prepared(brand, self._areas(brand), progress)
        return len(brands)

    def _swept(self) -> None:
        self._sweep([brand.digest for brand in self._of_everybody()])

    def _of_everybody(self) -> Sequence[Brand]:
        return [msgspec.json.decode(body, type=Brand) for body in self._kept.all_brands()]

    def _prepared(self, brand: Brand, areas: tuple[Area, ...], progress: Progress | None) -> None:
        told = None if progress is None else lambda done, n: progress("brand", done, n)
        self._prepare(brand, areas, _names(brand), told)

    def _areas(self, brand: Brand) -> tuple[Area, ...]:
        return tuple(self._searcher.read_place(place) for place in brand.places)


def _names(brand: Brand) -> list[tuple[str, str]]:
    """("brand" or "competitor", name or @handle) that creators may mention."""
    own = [("brand", name) for name in (brand.name, *brand.handles)]
    rivals = [("competitor", name) for name in brand.competitors]
    return [(of, name) for of, name in (*own, *rivals) if len(name) >= _SHORTEST_NAME]
