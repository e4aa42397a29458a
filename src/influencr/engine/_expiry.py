"""Has something run out since the index was made? Asked before every question, so it must be cheap.

One `stat` of a small file, and a comparison with the clock. The rest is `pipeline.let_expire`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from influencr.errors import Busy

if TYPE_CHECKING:
    from influencr.engine._opened import Opened

__all__ = ["Expiry"]


class Expiry:
    """When something in one home runs out next, read again when the note of it changes."""

    def __init__(self, judged: Path) -> None:
        self._file = judged / "expiry"
        self._noted: tuple[int, datetime | None] = (0, None)

    def observe(self, engine: Opened) -> None:
        """Let go of what ran out. While another process refreshes, that one does it."""
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed != self._noted[0]:
            from influencr.pipeline import next_expiry

            self._noted = (changed, next_expiry(self._file.parent))
        at = self._noted[1]
        if at is None or at > datetime.now(UTC):
            return
        from influencr.pipeline import let_expire

        try:
            let_expire(engine.home, engine.catalogue, engine.index)
        except Busy:
            return
