"""Whether everybody grew at the same time: waves of the whole network.

Follows of all creators of an audience are counted by hour, once for newcomers (accounts at most
NEWCOMER_S old when they follow) and once for others. If both kinds come in a window to all other
creators R times as often as in the weeks around it, a creator is expected to have had R times as
many too; that is what a wave explains, and not a follower more.

NEWCOMER_S, MIN_CREATORS and MIN_FOLLOWS are our own choice, fixed by tests/unit/vetting/crowds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["MIN_CREATORS", "MIN_FOLLOWS", "NEWCOMER_S", "Waves"]

NEWCOMER_S = 14 * 86_400
#: Fewer other creators, or fewer of their follows around the window, tell nothing of a network.
MIN_CREATORS, MIN_FOLLOWS = 20, 200
_HOUR = 3_600
_AROUND_S = 28 * 86_400


class Waves:
    """Counts of an audience by hour; made once, then asked window by window."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        known = audience.at >= 0
        # Clicks on packs come in waves of their own and are explained apart.
        free = known & (audience.cause == 0)
        at = audience.at[free]
        self._first = int(at.min()) // _HOUR if len(at) else 0
        last = int(at.max()) // _HOUR if len(at) else 0
        young = self._young(audience.who[free], at)
        hour = at // _HOUR - self._first
        n_hours = last - self._first + 1
        self._sums = [
            np.concatenate([[0], np.cumsum(np.bincount(hour[kind], minlength=n_hours))])
            for kind in (young, ~young)
        ]

    def _young(self, who: NDArray[np.int32], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        created = self._audience.accounts.created[who]
        young: NDArray[np.bool_] = (created >= 0) & (at - created <= NEWCOMER_S)
        return young

    def _counts(self, sums: NDArray[np.int64], begin: int, end: int) -> tuple[int, int]:
        """Follows of whole hours begin..end of everybody, and how many hours these are."""
        low = min(max(begin // _HOUR - self._first, 0), len(sums) - 1)
        high = min(max(end // _HOUR + 1 - self._first, low), len(sums) - 1)
        return int(sums[high] - sums[low]), high - low

    def migration(
        self, creator: int, begin: int, end: int, excess: float
    ) -> tuple[str, str, float]:
        """Outcome, sentence and share of the excess that a wave of the network explains."""
        audience = self._audience
        others = int((audience.seen > 0).sum()) - 1
        mine = audience.rows(creator)
        at = audience.at[mine]
        chosen = (at >= 0) & (audience.cause[mine] == 0)
        at = at[chosen]
        young = self._young(audience.who[mine][chosen], at)
        low, high = begin - _AROUND_S, end + _AROUND_S
        expected, factors, around = 0.0, [], 0
        for kind, sums in zip((young, ~young), self._sums, strict=True):
            own = at[kind]
            own_hours = (own // _HOUR) * _HOUR
            inside = int(((own_hours >= begin // _HOUR * _HOUR) & (own <= end + _HOUR)).sum())
            near = int(((own >= low) & (own <= high)).sum()) - inside
            n_inside, hours = self._counts(sums, begin, end)
            n_near, near_hours = self._counts(sums, low, high)
            n_inside, n_near = n_inside - inside, n_near - n_inside - near
            near_hours -= hours
            around += n_near
            if n_near <= 0 or near_hours <= 0 or hours <= 0:
                continue
            factor = (n_inside / hours) / (n_near / near_hours)
            factors.append(factor)
            expected += near / near_hours * hours * max(factor - 1.0, 0.0)
        if others < MIN_CREATORS or around < MIN_FOLLOWS:
            return (
                "not checked",
                f"Only {max(others, 0)} other creators are known for that time; a wave of the "
                "whole network cannot be told.",
                0.0,
            )
        top = max(factors, default=1.0)
        if top < 1.5:
            return "not found", f"{others:,} other creators grew as usual in that time.", 0.0
        return (
            "found",
            f"{others:,} other creators gained up to {top:.1f} times as many followers as usual in "
            "that time.",
            expected / excess,
        )
