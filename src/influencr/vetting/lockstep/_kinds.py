"""What a group is: driven arrivals, people who follow each other back, or one click.

Everybody who follows nearly all of a group's creators within the hour has clicked a list that we do
not know, or entered one giveaway. So do the accounts of a seller who sells a list of customers. The
two differ in who they are: the people behind a list signed up over years, a seller's batch in days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KINDS", "kind_of"]

#: What a group is: bought or otherwise driven arrivals; people who follow each other back; or one
#: click on a list that we do not know (or one giveaway), where everybody follows nearly all within
#: the hour.
KINDS = ("lockstep", "reciprocal", "one click")
#: Share of follows that are returned from which a group is a ring (own choice: a ring's members
#: follow nearly all others, a seller's accounts are followed by next to nobody).
_RECIPROCAL = 0.4
#: A click on a list: this share of the members' follows came within the hour of their first, and
#: members follow this share of the creators (lists are followed whole, orders are not). Own choice.
_SAME_HOUR, _WHOLE = 0.9, 0.7
#: Told from the creators whom _MOST of the members follow, if they are _MOST of the creators and
#: have _NEARLY_ALL of the follows: who clicks follows somebody else that week, too. Own choice.
_MOST, _NEARLY_ALL = 0.5, 0.8
#: No innocent click is made by accounts of which at least _SETTLED signed up more than a day
#: before, and _TOGETHER of these on at most _FEW_DAYS days (_A_DAY each) that brought _LUMPED times
#: fewer accounts to the network. Our own choice, the same as for known packs (`crowds`).
_SETTLED, _TOGETHER, _FEW_DAYS, _A_DAY, _LUMPED = 20, 0.8, 10, 3, 4.0
_DAY = 86_400


def kind_of(
    who: NDArray[np.int32],
    whom: NDArray[np.int64],
    at: NDArray[np.int64],
    mutual: NDArray[np.bool_],
    created: NDArray[np.int64],
) -> int:
    """Place in KINDS of a group with these follows.

    who, whom, at, mutual   of every follow of the group's members at its creators
    created                 of every account, seconds, -1 unknown
    """
    if not len(who):
        return 0
    if mutual.mean() >= _RECIPROCAL:
        return 1
    members = np.unique(who)
    creators, place, n = np.unique(whom, return_inverse=True, return_counts=True)
    core = n >= _MOST * len(members)
    if core.sum() < _MOST * len(creators) or n[core].sum() < _NEARLY_ALL * len(who):
        return 0
    who, at = who[core[place]], at[core[place]]
    order = np.lexsort((at, who))
    begins = np.append(True, np.diff(who[order]) != 0)
    first = at[order][begins]
    since = at[order] - first[np.cumsum(begins) - 1]
    whole = len(who) / (len(first) * int(core.sum()))
    if (since < 3_600).mean() < _SAME_HOUR or whole < _WHOLE:
        return 0
    return 0 if _made_together(created[who[order][begins]], first, created) else 2


def _made_together(
    born: NDArray[np.int64], first: NDArray[np.int64], created: NDArray[np.int64]
) -> bool:
    """Whether accounts that came at `first` were made on a few days that brought few others."""
    settled = born[(born >= 0) & (first - born > _DAY)] // _DAY
    if len(settled) < _SETTLED:
        return False
    days, n = np.unique(settled, return_counts=True)
    lumps = np.argsort(-n, kind="stable")[:_FEW_DAYS]
    lumps = lumps[n[lumps] >= _A_DAY]
    share = n[lumps].sum() / len(settled)
    known = created[created >= 0] // _DAY
    usual = np.isin(known, days[lumps]).mean()
    return bool(share >= _TOGETHER and share >= _LUMPED * usual)
