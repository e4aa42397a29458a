"""What may still be asked of a service that counts?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

__all__ = ["Allowance"]


class Allowance(NamedTuple):
    """One counter of a service, as a source's optional `allowances(home)` tells it.

    name         what is counted, in words
    used         counted in the present period
    limit        at most so many in it
    renewed_at   when the period ends, or the oldest of what counts stops counting; None: nothing
                 is used
    """

    name: str
    used: int
    limit: int
    renewed_at: datetime | None

    @property
    def left(self) -> int:
        """How many are left, never below 0."""
        return max(0, self.limit - self.used)
