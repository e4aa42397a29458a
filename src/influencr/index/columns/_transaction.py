"""A few changes to a generation: a young segment of what came, marks on what it replaces.

Every young segment costs every search a little, so a commit merges small ones into larger ones
before it publishes, each creator about as often as the size doubles (`_due`): the work per creator
grows with the logarithm of what came since the last build. What is merged at a time is bounded,
so that no commit takes long; `build` alone makes one sorted segment of everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from influencr.index.columns._manifest import Folder, Manifest, Part, alive_bits, packed_bits
from influencr.index.columns._merge import MOST_POSITIONS, Source, merge
from influencr.index.columns._segment import Segment, uid_hashes
from influencr.index.columns._writer import SegmentWriter

__all__ = ["MOST_LARGE", "MOST_SMALL", "Transaction"]

type _Array = np.ndarray[Any, Any]

#: Small young segments that a commit leaves at most. Each costs a search a third of a
#: millisecond, each merge 16 us a creator: our own choice, measured (docs/decisions/0011).
MOST_SMALL: Final = 2
#: Larger ones that a commit leaves at most, unless that many are too large to be merged in one.
MOST_LARGE: Final = 4

#: A segment of so many creators is large.
_LARGE: Final = 10_000
#: Large ones are merged up to so many creators at a time: about two seconds of one core.
_MERGED_AT_ONCE: Final = 100_000
#: Beyond this many segments a commit merges whatever it takes.
_FAR_TOO_MANY: Final = 16
#: Each segment in a merge is at most so many times larger than all smaller ones in it together.
_GROWTH: Final = 2


class _Size(NamedTuple):
    """How much a segment holds: creators alive, and positions of all."""

    creators: int
    positions: int


class _Open:
    """A segment while it is written to: who is alive can change, what it holds cannot."""

    def __init__(self, segment: Segment, part: Part | None = None) -> None:
        self.segment = segment
        self.alive: _Array | None = None
        self._part = part
        self.n_alive = segment.n
        if part is not None:
            self.n_alive = part.n_alive
            if part.alive is not None:
                bits = alive_bits(part.alive)
                self.alive = np.unpackbits(bits, count=segment.n, bitorder="little").view(bool)

    def drop(self, hashes: _Array) -> None:
        """Mark those of the creators who are here as gone."""
        found = self.segment.find_uids(hashes)
        found = found[found >= 0]
        if self.alive is not None:
            found = found[self.alive[found]]
        if not len(found):
            return
        if self.alive is None:
            self.alive = np.ones(self.segment.n, bool)
        self.alive[found] = False
        self.n_alive = int(np.count_nonzero(self.alive))
        self._part = None

    @property
    def source(self) -> Source:
        """For a merge."""
        return Source(self.segment, self.alive)

    @property
    def part(self) -> Part:
        """For a manifest."""
        if self._part is None:
            self._part = Part(
                name=self.segment.name,
                n=self.segment.n,
                n_alive=self.n_alive,
                alive=None if self.alive is None else packed_bits(self.alive),
            )
        return self._part


class Transaction:
    """Changes on top of a manifest. The lock of the folder is held.

    open_segment   a segment by the name of its file, perhaps open already
    """

    def __init__(
        self, folder: Folder, manifest: Manifest, open_segment: Callable[[str], Segment]
    ) -> None:
        self.manifest = manifest
        self._folder = folder
        self._parts = [_Open(open_segment(part.name), part) for part in manifest.parts]
        self._writer = SegmentWriter()
        self._deleted: set[str] = set()

    def put(self, document: Mapping[str, Any]) -> None:
        """Take a creator in, in place of the one of the same profile."""
        self._writer.add(document)
        if self._writer.is_full:
            self._spill()

    def drop(self, profile_id: str) -> None:
        """Take a creator out."""
        self._deleted.add(profile_id)
        self._writer.drop(profile_id)

    def commit(self, as_of: datetime | None) -> None:
        """Publish the changes as the next generation."""
        self._spill()
        self._merge_young(_due_small)
        if as_of is not None:
            self.manifest = msgspec.structs.replace(self.manifest, as_of=as_of)
        self._publish()

    def tidy(self) -> None:
        """Merge large young segments when there are too many, and publish that.

        Takes longer than a commit may, so what was committed is visible before.
        """
        if self._merge_young(_due_large):
            self._publish()

    def _merge_young(self, due_of: Callable[[Sequence[_Size]], list[int]]) -> bool:
        young = [part for part in self._parts if not part.segment.is_sorted and part.n_alive]
        due = due_of([_Size(part.n_alive, len(part.segment.positions)) for part in young])
        if due:
            self._rewrite([young[i] for i in due])
        return bool(due)

    def erase(self, hashes: _Array) -> None:
        """Make people invisible, and mark every segment that holds them for `finish_purge`."""
        held = [part for part in self._parts if (part.segment.find_uids(hashes) >= 0).any()]
        for part in held:
            part.drop(hashes)
        self._publish(purge=held)

    def purge_deleted(self) -> None:
        """Mark every segment that holds somebody deleted for `finish_purge`."""
        self._publish(purge=[part for part in self._parts if part.n_alive < part.segment.n])

    def finish_purge(self) -> None:
        """Write the marked segments anew, of their living creators alone."""
        marked = [part for part in self._parts if part.segment.name in self.manifest.purge]
        for part in marked:
            self._rewrite([part])
        if self.manifest.purge:
            self._publish()
            self._folder.clean()

    def _spill(self) -> None:
        """Write the creators taken in as a segment, and mark whom they replace."""
        writer, self._writer = self._writer, SegmentWriter()
        replaced = [*self._deleted, *writer.uids()]
        self._deleted = set()
        if replaced:
            hashes = uid_hashes(replaced)
            for part in self._parts:
                part.drop(hashes)
        if writer.n_kept:
            path = self._folder.new_segment()
            writer.write(path, sort=False)
            self._parts.append(_Open(Segment.open(path)))

    def _rewrite(self, parts: Sequence[_Open]) -> None:
        """Put one new segment of their living creators in the place of segments."""
        at = self._parts.index(parts[0])
        kept = [part for part in self._parts[:at] if part not in parts]
        after = [part for part in self._parts[at:] if part not in parts]
        made = []
        if any(part.n_alive for part in parts):
            path = self._folder.new_segment()
            merge([part.source for part in parts], path)
            made.append(_Open(Segment.open(path)))
        self._parts = [*kept, *made, *after]

    def _publish(self, purge: Sequence[_Open] = ()) -> None:
        # A segment of nobody is let go; one to be purged is, when it is purged.
        self._parts = [part for part in self._parts if part.n_alive or part in purge]
        self.manifest = msgspec.structs.replace(
            self.manifest,
            number=self.manifest.number + 1,
            parts=tuple(part.part for part in self._parts),
            purge=tuple(part.segment.name for part in purge),
        )
        self._folder.publish(self.manifest)


def _due_small(young: Sequence[_Size]) -> list[int]:
    """Which young segments to merge before they are published; none when few are small."""
    small = [i for i, size in enumerate(young) if size.creators < _LARGE]
    return _chosen(young, small, 2 * _LARGE) if len(small) > MOST_SMALL else []


def _due_large(young: Sequence[_Size]) -> list[int]:
    """Which of the large ones to merge; none when few enough."""
    large = [i for i, size in enumerate(young) if size.creators >= _LARGE]
    if len(large) <= MOST_LARGE:
        return []
    return _chosen(young, large, _MERGED_AT_ONCE if len(large) < _FAR_TOO_MANY else None)


def _chosen(young: Sequence[_Size], among: Sequence[int], most: int | None) -> list[int]:
    """From the smallest on, as long as the next is not much larger than those before together.

    most   creators in all
    """
    chosen: list[int] = []
    together = positions = 0
    for i in sorted(among, key=lambda i: young[i].creators):
        size = young[i]
        if positions + size.positions > MOST_POSITIONS:
            break
        if most is not None and together + size.creators > most:
            break
        if len(chosen) >= 2 and size.creators > _GROWTH * together:
            break
        chosen.append(i)
        together += size.creators
        positions += size.positions
    return sorted(chosen) if len(chosen) > 1 else []
