"""What time does to a creator's response: one part stays, another part is slowly forgotten.

    u(t) = character + mood(t)      mood: Ornstein-Uhlenbeck, correlation exp(-days / memory)

Posts of a year are taken together in slots of age, short ones for what is recent; the state that is
asked for is that of AHEAD_DAYS from now, of which nothing was seen: earlier slots tell about it as
far as they are alike. So old posts keep telling about character, however many months ago, and
yesterday's tell about both. A weight that halves with age has to choose between the two.

EDGES_DAYS and AHEAD_DAYS are our own choice: the middle of the 28 days that the score foretells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["AHEAD_DAYS", "EDGES_DAYS", "Memory"]

#: Ages at which one slot ends and the next begins.
EDGES_DAYS = (14.0, 28.0, 56.0, 91.0, 140.0, 224.0)
#: Middle of the last slot.
_OLDEST_DAYS = 300.0
#: How far ahead the state is asked for.
AHEAD_DAYS = 14.0
#: Keeps the matrix invertible where nearly everything is character.
_JITTER = 1e-6


class Memory(NamedTuple):
    """moving   share of the variance between creators that moves, 0..1
    days     in which what moves loses 63 % of itself
    """

    moving: float
    days: float

    def slots(self, age_days: Floats) -> NDArray[np.int64]:
        """The slot of each post; 0 is the one ahead, which has none."""
        return 1 + np.searchsorted(np.array(EDGES_DAYS), age_days).astype(np.int64)

    def together(self) -> Floats:
        """(slots, slots) correlation of a creator's states."""
        edges = np.array([0.0, *EDGES_DAYS])
        middles = np.concatenate([[-AHEAD_DAYS], (edges[:-1] + edges[1:]) / 2, [_OLDEST_DAYS]])
        gap = np.abs(middles[:, None] - middles[None, :])
        value: Floats = 1.0 - self.moving + self.moving * np.exp(-gap / self.days)
        return value + _JITTER * np.eye(len(middles))
