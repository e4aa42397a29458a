"""Lists and exports: what is taken out of an index to be worked with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from influencr.engine._asking import Asking
from influencr.engine._opened import Progress
from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.engine._export import Exported, Piece
    from influencr.engine._lists import Lists
    from influencr.engine._look_up import LookedUp
    from influencr.search import Query

__all__ = ["Listing"]


class Listing(Asking):
    """Lists of creators, their rows, and files of them."""

    @property
    def lists(self) -> Lists:
        """The lists that are kept in this home."""
        from influencr.engine._lists import Lists

        return Lists(self)

    def rows(self, profile_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Profile id -> row of the index, for those who are listed."""
        wanted = list(profile_ids)
        if not wanted:
            return {}
        self._need_index()
        return self.index.snapshot().creators(wanted)

    def ids(self, who: Iterable[str]) -> list[str]:
        """Profile ids of listed creators, named as `show` takes them; each once, in this order.

        Raises UsageError for nobody and for somebody who is not listed, naming them.
        """
        named = list(dict.fromkeys(who))
        known = self.rows(named)
        others = (name for name in named if name not in known)
        told = {one.asked: one.creator for one in self.look_up(others)} if named else {}
        found = []
        for name in named:
            row = known.get(name) or told.get(name)
            if row is None:
                # Whoever is not listed is asked for alone: that says why, and whom it may mean.
                row = self.show(name)
            if row is None or "why_not" in row:
                why = "is not listed" if row else "is not known here"
                because = f": {row['why_not']}" if row else "; check the spelling"
                raise UsageError(f"{name!r} {why}{because}.", field="creator")
            found.append(str(row["profile_id"]))
        return list(dict.fromkeys(found))

    def look_up(self, who: Iterable[str]) -> Iterator[LookedUp]:
        """What each of many names comes to, in the order given; see `LookedUp`.

        who   names as `show` takes them; 10,000 of them take a second or two

        Only who is listed is found. All answers are of one generation of the index.
        """
        from influencr.engine._look_up import look_up

        self._need_index()
        return look_up(self.index.snapshot(), who)

    def pieces(self, query: Query, ending: str) -> Iterator[Piece]:
        """Every creator that matches, in the query's order, as the pieces of a file.

        ending   ".csv", ".jsonl" or ".parquet"

        The same bytes as `export` writes, made while they are taken. What cannot be asked is
        refused before the first piece.
        """
        from influencr.engine._export import asked, found, pieces

        self._need_index()
        self._searcher.count(query)
        return pieces(
            found(self._searcher.told(query)),
            self.catalogue,
            ending,
            as_of=self.index.snapshot().info.as_of,
            query=asked(query),
        )

    def export(
        self, query: Query, path: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> Exported:
        """Write every creator that matches, in the query's order, whatever its `limit`.

        path   ends in .csv, .jsonl or .parquet; replaced as a whole, or not at all

        Creators whose source does not allow taking them along (`Policy.EXPORT`) and people who
        left are never written. In CSV, lists are joined by "; " and texts that a spreadsheet would
        run get an apostrophe in front.
        """
        from influencr.engine._export import ending_of, written

        return written(self.pieces(query, ending_of(path)), path, progress=progress)
