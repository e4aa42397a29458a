"""What an engine opens on first use, shared by threads: every concern of `Engine` builds on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from influencr.engine._demo import DEMO_MARK
from influencr.engine._expiry import Expiry
from influencr.errors import HomeError
from influencr.home import Home

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.index import SearchIndex
    from influencr.search import SavedSearches, Searcher
    from influencr.search.brand import Brands

__all__ = ["Opened", "Progress"]

#: Stage, done, in all. Stages: world, import, judge, vet, act, index, brand.
type Progress = Callable[[str, int, int], None]


class Opened:
    """A data home with its catalogue, its index and what is kept in it.

    home     a folder, a Home, or None for INFLUENCR_HOME or the user data folder
    create   make the home when it does not exist; otherwise HomeError says how to begin
    """

    #: Whose brands, searches and lists these are; see `Engine.of`.
    owner: str = ""

    def __init__(
        self, home: Home | str | os.PathLike[str] | None = None, *, create: bool = False
    ) -> None:
        self.home = home if isinstance(home, Home) else Home(home, create=create)
        self._lock = threading.RLock()
        self._expiry = Expiry(self.home.judged)

    # What is opened on first use.

    @cached_property
    def catalogue(self) -> Catalogue:
        """The tables of what was observed."""
        from influencr.catalogue import Catalogue

        with self._lock:
            return Catalogue(self.home.catalogue, salt=self.home.secret("removals"))

    @cached_property
    def index(self) -> SearchIndex:
        """The search index of this home."""
        from influencr.index import open_index

        with self._lock:
            return open_index(self.home.index)

    @cached_property
    def _searcher(self) -> Searcher:
        from influencr.engine._members import lenses_of
        from influencr.search import Searcher

        with self._lock:
            return Searcher(self.index, lenses=lenses_of(self))

    @property
    def searcher(self) -> Searcher:
        """What questions are asked of."""
        return self._searcher

    def searcher_over(self, index: SearchIndex) -> Searcher:
        """What questions are asked of, over another index of the same home; see `answers.verify`.

        Lists, brands and saved searches are those of `owner`.
        """
        from influencr.engine._members import lenses_of
        from influencr.kept import Kept
        from influencr.search import Searcher

        lenses = lenses_of(self)
        return Searcher(index, lenses=lenses).keeping(Kept(self.home.path, self.owner))

    @cached_property
    def brands(self) -> Brands:
        """The brands that are kept in this home."""
        from influencr.engine._members import brands_of

        with self._lock:
            return brands_of(self)

    @cached_property
    def saved(self) -> SavedSearches:
        """The searches that are kept in this home."""
        from influencr.engine._members import saved_of

        self._need_index()
        with self._lock:
            return saved_of(self)

    def close(self) -> None:
        """Let go of files and locks; the engine opens them again when it is asked again."""
        with self._lock:
            if "index" in self.__dict__:
                self.index.close()
            for name in ("catalogue", "index", "_searcher", "brands", "saved"):
                self.__dict__.pop(name, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_demo(self) -> bool:
        """Whether the world in this home is invented."""
        return self._demo_mark.exists()

    @property
    def demo_preset(self) -> str | None:
        """Which of PRESETS the invented world in this home is, None in a home of real data."""
        if not self.is_demo:
            return None
        return self._demo_mark.read_text(encoding="ascii").split()[0]

    # Inside.

    @property
    def _demo_mark(self) -> Path:
        return self.home.path / DEMO_MARK

    def _need_index(self) -> None:
        self._expiry.observe(self)
        if self.index.snapshot().info.generation == 0:
            raise HomeError(
                f"Nothing is indexed in {self.home.path} yet; run `influencr import FILE` or "
                "`influencr demo` first, or name the right folder with --home."
            )
