"""Who is among the highest (or lowest) of a number: nested sets, so that a page of the best need
not look at everybody.

The sets hold the best 1/1024, 1/256, 1/64, 1/16, 2/16, ... of the creators of a segment, cut at
values that occur, with equal values never parted; the last holds everybody. Steps: our own choice.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from influencr.index.columns._match import Matcher
from influencr.index.columns._sets import Docs

__all__ = ["Tiers"]

type _Array = np.ndarray[Any, Any]

_SHARES: Final = (1 / 1024, 1 / 256, 1 / 64, 1 / 32, *(i / 16 for i in range(1, 16)))
#: Cuts of a long column are taken from every so many'th creator, about a million of them.
_SAMPLE: Final = 1 << 20


class Tiers:
    """The tiers of a column of a segment, best first.

    column   shape (n,); `descending` tells whether high values are the best
    """

    def __init__(self, matcher: Matcher, name: str, column: _Array, *, descending: bool) -> None:
        self._matcher = matcher
        self._name = name
        self._column = column
        self._descending = descending
        self.cuts: list[Any] = matcher.kept.made(
            ("cuts", name, descending), self._cuts, lambda cuts: 100 * (1 + len(cuts))
        )

    def __len__(self) -> int:
        return len(self.cuts) + 1

    def __getitem__(self, tier: int) -> Docs:
        """Everybody at least as good as the cut of this tier."""
        if tier >= len(self.cuts):
            return Docs.everybody(self._matcher.n)
        cut = self.cuts[tier]
        found: Docs = self._matcher.kept.made(
            ("tier", self._name, self._descending, cut), lambda: self._at_least(cut), _room
        )
        return found

    def beyond(self, value: Any) -> int:
        """The first tier that holds anybody who is not better than the value."""
        for tier, cut in enumerate(self.cuts):
            if cut <= value if self._descending else cut >= value:
                return tier
        return len(self.cuts)

    def _at_least(self, cut: Any) -> Docs:
        good = self._column >= cut if self._descending else self._column <= cut
        return Docs.where(good)

    def _cuts(self) -> list[Any]:
        n = len(self._column)
        if not n:
            return []
        ordered = np.sort(self._column[:: max(1, n // _SAMPLE)])
        if self._descending:
            ordered = ordered[::-1]
        cuts = [ordered[int(len(ordered) * share)].item() for share in _SHARES]
        return list(dict.fromkeys(cuts))


def _room(docs: Docs) -> int:
    return docs.nbytes
