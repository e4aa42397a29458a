"""What was worked out about one segment and may be asked again: sets, standings, columns.

A segment never changes, so nothing here ever goes stale, whichever generation asks: deletions are
no part of it. It is bounded by bytes; what was not asked for longest is let go first.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final

from influencr.index.columns._segment import Segment

__all__ = ["BITMAPS", "LEAST", "Kept", "kept_of"]

#: Room per segment, in bitmaps of all of its creators, and the least of it in bytes: our own
#: choice. At ten million creators that is 400 MB, at one million 40.
BITMAPS: Final = 320
LEAST: Final = 4_000_000


class Kept:
    """Values by key, the least recently used dropped when they take more than `room` bytes."""

    def __init__(self, room: int) -> None:
        self._pinned: dict[Hashable, Any] = {}
        self._room = room
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """What is kept under the key, None when there is nothing."""
        with self._guard:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, nbytes: int) -> None:
        """Keep a value that takes so many bytes, unless it alone would fill the room."""
        if nbytes * 2 > self._room:
            return
        with self._guard:
            old = self._held.pop(key, None)
            self._bytes += nbytes - (old[1] if old is not None else 0)
            self._held[key] = value, nbytes
            while self._bytes > self._room:
                _, (_, freed) = self._held.popitem(last=False)
                self._bytes -= freed

    def made(self, key: Hashable, make: Callable[[], Any], nbytes: Callable[[Any], int]) -> Any:
        """What is kept under the key, made now if it is not."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found, nbytes(found))
        return found

    def pinned(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The same for the few things that stay for as long as the segment does."""
        found = self._pinned.get(key)
        if found is None:
            # Two threads may both make it; all go on with the first.
            found = self._pinned.setdefault(key, make())
        return found


_KEPT: weakref.WeakKeyDictionary[Segment, Kept] = weakref.WeakKeyDictionary()
_GUARD = threading.Lock()


def kept_of(segment: Segment) -> Kept:
    """The values kept about a segment, as long as somebody holds the segment."""
    with _GUARD:
        found = _KEPT.get(segment)
        if found is None:
            found = _KEPT[segment] = Kept(max(LEAST, segment.n // 8 * BITMAPS))
        return found
