"""What members pay for a post: their own prices, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from influencr.kept._file import File, now

__all__ = ["KeptPrices"]


class KeptPrices:
    """The prices of one owner, by creator and currency."""

    def __init__(self, file: File, owner: str) -> None:
        self._file, self._owner = file, owner

    def all(self, currency: str) -> dict[str, tuple[float, float]]:
        """Profile id -> lower and upper end, in one currency."""
        rows = self._file.asked(
            "SELECT profile_id, low, high FROM prices WHERE owner = ? AND currency = ?",
            self._owner,
            currency,
        )
        return {who: (low, high) for who, low, high in rows}

    def everything(self) -> list[dict[str, Any]]:
        """Every price with its creator, currency and when it was kept, as plain values."""
        rows = self._file.asked(
            "SELECT profile_id, currency, low, high, saved_at FROM prices WHERE owner = ? "
            "ORDER BY profile_id, currency",
            self._owner,
        )
        names = ("about", "currency", "low", "high", "saved_at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def keep(self, prices: Mapping[str, tuple[float, float]], currency: str) -> None:
        """Put these prices in place of those kept of the same creators."""
        with self._file.changing() as base:
            base.executemany(
                "REPLACE INTO prices VALUES (?, ?, ?, ?, ?, ?)",
                [(self._owner, w, currency, low, high, now()) for w, (low, high) in prices.items()],
            )

    def remove(self, profile_id: str, currency: str) -> bool:
        """Forget one price; whether there was one."""
        with self._file.changing() as base:
            done = base.execute(
                "DELETE FROM prices WHERE owner = ? AND profile_id = ? AND currency = ?",
                (self._owner, profile_id, currency),
            )
            return done.rowcount > 0
