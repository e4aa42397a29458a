"""What members keep in a home: brands and saved searches, wired to index, follows and catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.engine._opened import Opened
    from influencr.geography import Area
    from influencr.pipeline.alignment import Follows, Overlap
    from influencr.search import Lenses, SavedSearches
    from influencr.search.brand import Brand, Brands

__all__ = ["brands_of", "lenses_of", "saved_of"]


def lenses_of(engine: Opened) -> Lenses:
    """What searches of this home may be looked at through."""
    from influencr.kept import Kept
    from influencr.pipeline.alignment import BRANDS_FOLDER
    from influencr.search import Lenses

    return Lenses(Kept(engine.home.path), engine.home.path / BRANDS_FOLDER, _Sharing(engine))


def brands_of(engine: Opened, owner: str = "") -> Brands:
    """The brands that an owner keeps in this home."""
    from influencr.kept import Kept
    from influencr.pipeline.alignment import Target, prepare_brand, sweep_prepared
    from influencr.search.brand import Brands

    home = engine.home

    def prepare(
        brand: Brand,
        places: tuple[Area, ...],
        names: Sequence[tuple[str, str]],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        target = Target(places, brand.languages, brand.topics)
        prepare_brand(
            home.path, home.judged, engine.catalogue, brand.digest, target, names, progress=progress
        )

    def sweep(digests: Sequence[str]) -> None:
        sweep_prepared(home.path, digests)

    return Brands(Kept(home.path, owner), engine.searcher, prepare, sweep)


def saved_of(engine: Opened, owner: str = "") -> SavedSearches:
    """The searches that an owner keeps in this home."""
    from influencr.kept import Kept
    from influencr.search import SavedSearches

    return SavedSearches(Kept(engine.home.path, owner), engine.searcher)


class _Sharing:
    """Who shares followers with a creator; the follows are read once per judgement."""

    def __init__(self, engine: Opened) -> None:
        self._engine = engine
        self._follows: Follows | None = None

    def __call__(self, profile_id: str) -> tuple[Sequence[Overlap], str]:
        from influencr.pipeline import read_report
        from influencr.pipeline.alignment import follows_of, overlaps

        home = self._engine.home
        report = read_report(home.judged)
        known = self._follows
        if known is None or report is None or known.judged_at != report.judged_at:
            known = self._follows = follows_of(home.path, home.judged, self._engine.catalogue)
        if known is None:
            return (), "nobody's followers are known one by one in this home"
        found = overlaps(known, profile_id)
        return found.found, found.reason
