"""When there are hardly other creators to compare with: does the creator's own audience explain it?

Sign-ups of a home of one creator are those of its own followers. A wave that brought a third of
them then looks like a batch: the weeks around it do not tell of it. Two things tell a wave from a
delivery even so, both from this creator's followers alone:

* by age: people of a wave follow some at once and others over months, as everybody else here did
  after signing up; delivered accounts come all at about the same age;
* by share: whatever brings many at once (a pack, a post) brings people of the wave as often as they
  come at other times; in a delivery their share is far higher than outside it.

The larger of the two expectations counts, and is doubled like that of the scan. Ages at the follow
are cut off by the end of the records (who signed up a month ago cannot have followed after two), so
their distribution is the product-limit estimate for such data (Lynden-Bell 1971).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from influencr.vetting.arrivals._streaks import DOUBT, excess

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.arrivals._batch import Batch

__all__ = ["stands_alone"]

#: Chance that some batch of an ordinary audience stands, before the many stretches that the scan
#: could have chosen: about one for each pair of arrivals.
_P: Final = 1e-4


def stands_alone(at: NDArray[np.int64], created: NDArray[np.int64], batch: Batch) -> bool:
    """Whether a batch is more than the creator's other followers lead to expect.

    at, created   int64[n], of this creator, in order of arrival, as `follow_times` gives them
    """
    usable = (at >= 0) & (created >= 0)
    first, last = int(batch.members[0]), int(batch.members[-1])
    begin, end = int(at[batch.members].min()), int(at[batch.members].max())
    alike = np.zeros(len(at), dtype=bool)
    for low, high in batch.lots:
        alike |= (created >= low) & (created < high)
    alike &= usable
    inside = np.zeros(len(at), dtype=bool)
    inside[first : last + 1] = usable[first : last + 1]
    seen = float((alike & inside).sum())
    # By share: of all that came elsewhere once such accounts existed.
    others = usable & ~inside & (at >= min(low for low, _ in batch.lots))
    share = (float((alike & others).sum()) + 1.0) / (float(others.sum()) + 1.0)
    by_share = float(inside.sum()) * min(share, 1.0)
    by_age = _by_age(at, created, usable & ~alike, created[alike], begin, end)
    measure = float(excess(seen, np.array([DOUBT * max(by_share, by_age)]))[0])
    return bool(measure >= 2.0 * np.log(max(int(usable.sum()), 2)) - np.log(_P))


def _by_age(
    at: NDArray[np.int64],
    created: NDArray[np.int64],
    others: NDArray[np.bool_],
    born: NDArray[np.int64],
    begin: int,
    end: int,
) -> float:
    """How many of those born then would follow between `begin` and `end`, by others' ages."""
    now = int(at.max())
    age = np.sort((at - created)[others])
    if not len(age):
        return float(len(born))
    longest = np.sort(now - created[others])
    at_risk = np.arange(1, len(age) + 1) - np.searchsorted(longest, age, side="left")
    # Of those who could have been seen at this age or younger, not so many were younger.
    stays = 1.0 - 1.0 / (np.maximum(at_risk, 1) + 1.0)
    up_to = np.append(np.cumprod(stays[::-1])[::-1], 1.0)

    def reached(limit: NDArray[np.int64]) -> NDArray[np.float64]:
        below: NDArray[np.float64] = up_to[np.searchsorted(age, limit, side="right")]
        return np.where(limit < 0, 0.0, below)

    could = np.maximum(reached(now - born), 1e-9)
    return float(((reached(end - born) - reached(begin - born - 1)) / could).sum())
