"""Orders: import, refresh, let somebody leave, make the invented world."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from influencr.engine._named import ambiguous
from influencr.engine._opened import Opened, Progress
from influencr.errors import OtherFormat, UsageError

if TYPE_CHECKING:
    from influencr.pipeline import Forgotten, ImportReport, Refreshed

__all__ = ["Doing"]


class Doing(Opened):
    """What can be done to a data home."""

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
            from influencr.engine._plans import audiences
            from influencr.engine._vetting import settle_open

            settle_open(self)
            self.brands.prepare(progress=progress)
            # Now, and not when the first page that counts people has to wait for it.
            audiences(self, progress)
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
        from influencr.kept import Rights
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
                raise ambiguous(typed, known)
            if known:
                named.append(known[0][0])
                continue
            # Nobody seen under that name: both things that it may be are blocked for good.
            if who.handle is not None:
                named.append(profile_id(who.platform, handle=who.handle))
            if who.native_id is not None:
                named.append(profile_id(who.platform, native_id=who.native_id))
        asked_at = datetime.now(UTC)
        gone = forget(self.home, self.catalogue, self.index, named, reason=reason)
        Rights(self.home.path).removed(asked_at, reason=reason, n=len(set(named)))
        return gone

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
