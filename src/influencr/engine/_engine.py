"""One data home, every question and every order: what CLI, web, API and notebooks call.

    with Engine("path/to/home") as engine:
        engine.search("vegan baking", near="Austin, TX")

Nothing is opened before it is needed; an engine may be shared by threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from influencr.engine._demo import DEMO_MARK, PRESETS
from influencr.engine._expiry import Expiry
from influencr.engine._export import Exported
from influencr.errors import HomeError, OtherFormat, UsageError
from influencr.home import Home

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.engine._influence import Influence
    from influencr.engine._vetting import Disputed
    from influencr.geography import Area
    from influencr.index import SearchIndex
    from influencr.kept import Dispute
    from influencr.pipeline import Forgotten, ImportReport, Refreshed
    from influencr.pipeline.vetting import Vetted
    from influencr.search import (
        Compared,
        Explained,
        PlaceSuggestion,
        Query,
        Results,
        SavedSearches,
        Searcher,
    )
    from influencr.search.brand import Brands

__all__ = ["PRESETS", "Engine", "Exported"]

#: Stage, done, in all. Stages: world, import, judge, vet, act, index, brand.
type Progress = Callable[[str, int, int], None]


class Engine:
    """Everything that can be asked of one data home, and done to it.

    home     a folder, a Home, or None for INFLUENCR_HOME or the user data folder
    create   make the home when it does not exist; otherwise HomeError says how to begin
    """

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

    # Asking.

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
            raise _ambiguous(who, [(i, p, h) for i, p, h in found])
        if found:
            row = self.index.snapshot().creators([found[0][0]]).get(found[0][0])
            if row is not None:
                return {**row, "indexed": True}
        known = unlisted(self.catalogue, name)
        if len(known) > 1:
            raise _ambiguous(who, [(k["profile_id"], k["platform"], k["handle"]) for k in known])
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

    def vet(self, handles: Iterable[str] | None = None) -> Iterator[Vetted]:
        """Whose audience looks real: what the last whole judgement found, with the evidence.

        handles   as `show` takes them, answered in this order; None: every listed creator, in
                  order of profile id

        Raises UsageError for nobody, for several, and for somebody who is not listed; HomeError
        when nothing was looked at yet. Nothing is read before the first answer is asked for.
        """
        from influencr.engine._vetting import vet

        self._expiry.observe(self)
        return vet(self, handles)

    def evidence(self, profile_id: str) -> Vetted | None:
        """The same for one profile id; None when nothing is stored about it."""
        from influencr.engine._vetting import evidence

        return evidence(self, profile_id)

    def influence(self, profile_id: str, *, cohort: bool = False) -> Influence | None:
        """Everything measured about whom somebody moves; None when nothing is stored about them.

        cohort   with those whom they are compared with, for a drawing
        """
        from influencr.engine._influence import influence

        return influence(self, profile_id, cohort=cohort)

    def evidence_members(self, profile_id: str) -> list[tuple[str, ...]]:
        """Who the members of each finding are, in the order of the verdict's evidence.

        Profile ids, read from the follows that are known now. Never for a page: it says of named
        people that they arrived together, which may be nobody's fault.
        """
        from influencr.engine._vetting import members

        return members(self, profile_id)

    def dispute(self, who: str, reason: str = "", *, progress: Progress | None = None) -> Disputed:
        """Look at one audience again from the records as they are now, and keep what came out.

        The reason is kept with it, who disputes is not. Interrupted, the next whole refresh settles
        it. Raises Busy while another process refreshes.
        """
        from influencr.engine._vetting import dispute

        return dispute(self, who, reason, progress)

    def disputes(self, profile_id: str | None = None) -> list[Dispute]:
        """Disputes of a creator's verdict, or of everybody's, and what the check said then."""
        from influencr.engine._vetting import disputes

        return disputes(self, profile_id)

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

    def export(
        self, query: Query, path: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> Exported:
        """Write every creator that matches, in the query's order, whatever its `limit`.

        path   ends in .csv, .jsonl or .parquet; replaced as a whole, or not at all

        Creators whose source does not allow taking them along (`Policy.EXPORT`) and people who
        left are never written. In CSV, lists are joined by "; " and texts that a spreadsheet would
        run get an apostrophe in front.
        """
        from influencr.engine._export import export

        self._need_index()
        return export(self._searcher.every(query), self.catalogue, path, progress=progress)

    # Doing.

    def import_files(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        licence: str,
        lawful_basis: str | None = None,
        platform: str | None = None,
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        only: Mapping[str, str] | None = None,
        encoding: str | None = None,
        observed_at: datetime | None = None,
        contact_published: bool = False,
        progress: Callable[[Path, int, int], None] | None = None,
    ) -> ImportReport:
        """Import files or folders of files; `refresh` makes what came in searchable.

        See `pipeline.import_files`. Raises UsageError in a home that holds an invented world, so
        that no invented person ever stands beside a real one.
        """
        from influencr.pipeline import import_files

        if self.is_demo:
            raise UsageError(
                f"{self.home.path} holds the invented demo world; import into another --home."
            )
        return import_files(
            self.catalogue,
            [Path(path) for path in paths],
            quarantine=self.home.quarantine,
            licence=licence,
            lawful_basis=lawful_basis,
            platform=platform,
            kind=kind,
            mapping=mapping,
            only=only,
            encoding=encoding,
            observed_at=observed_at,
            contact_published=contact_published,
            progress=progress,
        )

    def refresh(
        self,
        *,
        as_of: datetime | None = None,
        force: bool = False,
        notability: Path | None = None,
        progress: Progress | None = None,
    ) -> Refreshed:
        """Judge what changed and put it into the index; cheap when nothing changed.

        as_of        the instant that ages refer to; default: the newest observation
        notability   a file of who is known elsewhere (`influence.labels.read_notability`): kept in
                     the home and read by every judgement from now on; everybody is judged anew

        Raises UnreadableInput when that file cannot be read, before anything is changed.
        """
        from influencr.pipeline import refresh

        if notability is not None:
            from influencr.pipeline.influence import keep_notability

            keep_notability(self.home.judged, self.catalogue, notability)
            force = True

        done = refresh(
            self.home,
            self.catalogue,
            self.index,
            as_of=as_of,
            demo=self.is_demo,
            force=force,
            progress=progress,
        )
        if done.judged:
            from influencr.engine._vetting import settle_open

            settle_open(self)
            self.brands.prepare(progress=progress)
        return done

    @property
    def is_outdated(self) -> bool:
        """Whether an older version of this program wrote the index: `refresh` builds it anew, and
        nothing is lost, for everything in it comes from the catalogue.

        Raises OtherFormat for an index of a newer version, which may still be in use.
        """
        try:
            self.index.snapshot()
        except OtherFormat as told:
            if told.newer:
                raise
            return True
        return False

    def forget(self, references: Iterable[str], *, reason: str = "opt_out") -> Forgotten:
        """Take people out everywhere and for good; no later import brings them back.

        references   `platform:@handle`, `platform:native id`, `platform:handle`, or a profile's
                     address
        reason       opt_out, deletion, takedown or operator

        Raises UsageError naming the candidates when several people are meant.
        """
        from influencr.pipeline import forget, known_as, meant
        from influencr.records import profile_id

        named: list[str] = []
        for typed in references:
            who = meant(typed)
            if who.platform is None:
                raise UsageError(
                    f"{typed!r} does not say on which platform; write it like tiktok:@ana.",
                    field="reference",
                )
            known = known_as(self.catalogue, who)
            if len(known) > 1:
                raise _ambiguous(typed, known)
            if known:
                named.append(known[0][0])
                continue
            # Nobody seen under that name: both things that it may be are blocked for good.
            if who.handle is not None:
                named.append(profile_id(who.platform, handle=who.handle))
            if who.native_id is not None:
                named.append(profile_id(who.platform, native_id=who.native_id))
        return forget(self.home, self.catalogue, self.index, named, reason=reason)

    def demo(
        self, *, preset: str = "demo", seed: int = 1, progress: Progress | None = None
    ) -> Refreshed:
        """Make the invented world, import it through the same door as real files, index it.

        preset   one of PRESETS: how large the world is

        Every row carries the licence "synthetic", and the home is marked as a demo for good.
        Raises UsageError in a home that holds imported data.
        """
        from influencr.engine._demo import invented

        invented(self, preset, seed, progress)
        return self.refresh(progress=progress)

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


def _ambiguous(who: str, candidates: list[tuple[str, str, str | None]]) -> UsageError:
    names = [f"{p}:@{h}" if h else i for i, p, h in candidates]
    if len(set(names)) < len(names):
        names = [i for i, _, _ in candidates]
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return UsageError(
        f"{who!r} names {len(names)} profiles; say which: {shown}.", field="reference", valid=names
    )
