"""Which stretches of a creator's time brought more followers than the creator's own rate allows?

Follows are counted in bins of several lengths, each laid in two phases. A bin is kept when its
count is improbable at the creator's own rate, where "own rate" is the larger of two: the rest of
the creator's life (every day weighed by how much the whole group was followed that day, so that a
wave which reaches everybody excuses everybody), and the days around the bin (so that growth does
not look like a burst). Bins are then chosen one after another by their log likelihood ratio, each
without the follows that an earlier one took; what touches is joined into one episode.

Beside every episode stand controls: other follows of the same creator. They tell how much its
audience overlaps with somebody else's anyway, which no formula over the whole network could.

Follows that a starter pack, a list or onboarding explains, and those without a time, are not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.vetting.lockstep._bins import (
    FLOOR,
    MIN_ARRIVALS,
    MIN_EXCESS_P,
    Bins,
    choose,
    improbable,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = [
    "EXPLAINED",
    "MIN_ARRIVALS",
    "MIN_EXCESS_P",
    "WINDOW_DAYS",
    "Candidates",
    "Usable",
    "candidates",
    "follow_counts",
    "usable",
]

_DAY = 86_400
#: Bins of so many days (method, section 4.1: fast and slow deliveries).
WINDOW_DAYS = (1, 3, 14, 60)
#: Causes, as places in `crowds.CAUSES`, whose follows are removed first: pack, list, onboarding.
EXPLAINED = (1, 2, 3)
#: The days around a bin that tell the local rate, in lengths of the bin to either side, leaving
#: out one length next to it, where the rest of the same delivery may lie. Our own choice.
_AROUND, _GAP = 4, 1
#: Controls per episode: as many as its follows, at least this many. Our own choice.
_MIN_CONTROLS = 40
#: Follows per control from which those of accounts that existed then are taken (our own choice).
_SPARE = 3
#: Bins of one episode bring alike many arrivals a day, within about this factor. Our own choice.
_ALIKE = 4.0


class Candidates(NamedTuple):
    """Episodes of excess, who came in them, and who else follows the same creators.

    creator            uint64[e], key of the creator of each episode
    from_at, to_at     int64[e], seconds UTC of its first and last arrival
    arrivals, expected int64[e], float64[e], in the bins of the episode
    n_follows          int64[e], follows of the creator that were read
    life               float64[e], days over which the creator was followed
    who, episode, at   int32[n], int32[n], int64[n]: the follows inside episodes
    mutual             bool[n], the creator follows back
    other_who, other   int32[c], int32[c]: controls, `other` is the episode that they stand beside
    """

    creator: NDArray[np.uint64]
    from_at: NDArray[np.int64]
    to_at: NDArray[np.int64]
    arrivals: NDArray[np.int64]
    expected: NDArray[np.float64]
    n_follows: NDArray[np.int64]
    life: NDArray[np.float64]
    who: NDArray[np.int32]
    episode: NDArray[np.int32]
    at: NDArray[np.int64]
    mutual: NDArray[np.bool_]
    other_who: NDArray[np.int32]
    other: NDArray[np.int32]

    @classmethod
    def join(cls, parts: Sequence[Candidates]) -> Candidates:
        """Several groups of creators as one; a creator must be in one group only."""
        if not parts:
            return _none()
        shift = np.cumsum([0, *(len(part.creator) for part in parts)])
        columns: dict[str, list[Any]] = {name: [] for name in cls._fields}
        for part, by in zip(parts, shift[:-1], strict=True):
            moved = part._replace(
                episode=(part.episode + by).astype(np.int32),
                other=(part.other + by).astype(np.int32),
            )
            for name, values in moved._asdict().items():
                columns[name].append(values)
        return cls(**{name: np.concatenate(values) for name, values in columns.items()})


class Usable(NamedTuple):
    """The follows of an audience that lockstep reads, by creator and time.

    row       int64[n], position among the follows of the audience
    creator   int32[n], row of the creator; `at` int64[n]
    starts    int64[n_creators + 1]
    """

    row: NDArray[np.int64]
    creator: NDArray[np.int32]
    at: NDArray[np.int64]
    starts: NDArray[np.int64]


def usable(audience: Audience) -> Usable:
    """Follows with a known time that no pack, list or onboarding explains, in order of time.

    A time before the follower's own creation is a client's clock and counts as unknown.
    """
    keep = audience.at >= 0
    if audience.cause.any():
        lost = np.zeros(128, dtype=bool)
        lost[list(EXPLAINED)] = True
        keep &= ~lost[audience.cause]
    created = audience.accounts.created
    if len(created):
        keep &= audience.at >= created[audience.who]
    n = len(audience.creators)
    of = np.repeat(np.arange(n, dtype=np.int32), audience.seen)
    row = np.flatnonzero(keep)
    creator, at = of[row], audience.at[row]
    if len(row) and ((np.diff(at) < 0) & (np.diff(creator) == 0)).any():
        order = np.lexsort((at, creator))
        row, creator, at = row[order], creator[order], at[order]
    starts = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(creator, minlength=n), out=starts[1:])
    return Usable(row, creator, at, starts)


def follow_counts(audience: Audience) -> NDArray[np.int64]:
    """int64[m]: how often each account follows a creator of this group, in follows that are read.

    Add them up over the groups: the sum is what `blocks` takes as `totals`.
    """
    return np.bincount(
        audience.who[usable(audience).row], minlength=len(audience.accounts.key)
    ).astype(np.int64)


class _Clock:
    """How much the whole group was followed up to any moment: the wave that excuses everybody."""

    def __init__(self, at: NDArray[np.int64]) -> None:
        self.begin, self.end = int(at.min()), int(at.max()) + 1
        days = (self.end - self.begin) // _DAY + 1
        counts = np.bincount((at - self.begin) // _DAY, minlength=days).astype(float)
        # One follow a day is added everywhere, so that no stretch of time weighs nothing.
        self._sums = np.concatenate([[0.0], np.cumsum(counts + 1.0)])

    def between(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float64]:
        return self._upto(high) - self._upto(low)

    def _upto(self, moment: NDArray[np.int64]) -> NDArray[np.float64]:
        day = np.clip((moment - self.begin) / _DAY, 0.0, len(self._sums) - 1.0)
        whole = np.minimum(day.astype(np.int64), len(self._sums) - 2)
        here: NDArray[np.float64] = self._sums[whole]
        result: NDArray[np.float64] = here + (day - whole) * (self._sums[whole + 1] - here)
        return result


def candidates(audience: Audience) -> Candidates:
    """Episodes of excess of a group of creators, with the follows inside and the controls.

    Vectorised over all creators of the group; creators without an improbable bin cost nothing more
    than their follows.
    """
    follows = usable(audience)
    if not len(follows.at):
        return _none()
    clock = _Clock(follows.at)
    parts = [
        _bins(follows, clock, days * _DAY, phase) for days in WINDOW_DAYS for phase in (0.0, 0.5)
    ]
    bins = Bins(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    if not len(bins.creator):
        return _none()
    return _episodes(audience, follows, *choose(len(follows.at), bins))


def _bins(follows: Usable, clock: _Clock, length: int, phase: float) -> Bins:
    """Improbable bins of one length and phase."""
    at, starts = follows.at, follows.starts
    offset = clock.begin - int(phase * length)
    number = ((at - offset) // length).astype(np.int32)
    change = np.empty(len(at), dtype=bool)
    change[0] = True
    np.not_equal(number[1:], number[:-1], out=change[1:])
    change[starts[:-1][starts[:-1] < len(at)]] = True
    low = np.flatnonzero(change)
    high = np.append(low[1:], len(at))
    keep = high - low >= MIN_ARRIVALS
    low, high = low[keep], high[keep]
    creator = follows.creator[low]
    begin = offset + number[low].astype(np.int64) * length
    end = begin + length
    k = (high - low).astype(float)
    n = (starts[creator + 1] - starts[creator]).astype(float)
    first = at[starts[creator]]
    # The rest of the creator's life: from the first follow seen to the newest one of the group.
    share = clock.between(np.maximum(begin, first), np.minimum(end, clock.end))
    whole = clock.between(first, np.full(len(first), clock.end))
    expected = FLOOR + (n - k) * share / np.maximum(whole - share, share / _AROUND + 1e-9)
    sure = improbable(k, expected)
    low, high, creator, begin = low[sure], high[sure], creator[sure], begin[sure]
    k, expected = k[sure], expected[sure]
    around = _local(follows, clock, creator, begin, length)
    expected = np.maximum(expected, around)
    sure = improbable(k, expected)
    return Bins(
        creator[sure],
        begin[sure],
        np.full(int(sure.sum()), length, dtype=np.int64),
        low[sure],
        high[sure],
        expected[sure],
    )


def _local(
    follows: Usable,
    clock: _Clock,
    creator: NDArray[np.int32],
    begin: NDArray[np.int64],
    length: int,
) -> NDArray[np.float64]:
    """Expected arrivals by the days around: the larger of before and after would excuse a slow
    delivery that spills over, so both sides together are taken."""
    first = follows.at[follows.starts[creator]]
    end = begin + length
    count = np.zeros(len(creator))
    weight = np.zeros(len(creator))
    for low, high in (
        (begin - (_AROUND + _GAP) * length, begin - _GAP * length),
        (end + _GAP * length, end + (_AROUND + _GAP) * length),
    ):
        low, high = np.maximum(low, first), np.minimum(high, clock.end)
        high = np.maximum(high, low)
        count += _upto(follows, creator, high) - _upto(follows, creator, low)
        weight += clock.between(low, high)
    share = clock.between(np.maximum(begin, first), np.minimum(end, clock.end))
    # With less than one length of time around there is no local rate to speak of.
    return FLOOR + np.where(weight >= share, count * share / np.maximum(weight, 1e-9), 0.0)


def _upto(
    follows: Usable, creator: NDArray[np.int32], moment: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Position of the first follow of each creator at or after a moment (one bisection for all)."""
    low = follows.starts[creator].copy()
    high = follows.starts[creator + 1].copy()
    at = follows.at
    while True:
        open_ = low < high
        if not open_.any():
            return low
        middle = (low + high) // 2
        less = open_ & (at[np.minimum(middle, len(at) - 1)] < moment)
        low = np.where(less, middle + 1, low)
        high = np.where(open_ & ~less, middle, high)


def _episodes(
    audience: Audience, follows: Usable, bins: Bins, owner: NDArray[np.int32]
) -> Candidates:
    """Chosen bins of a creator that touch and brought about as many a day are one episode.

    A delivery of days inside the growth of a new creator stays apart from it: it would vanish.
    """
    order = np.lexsort((bins.begin, bins.creator))
    creator, begin = bins.creator[order], bins.begin[order]
    length = bins.length[order]
    arrivals = np.bincount(owner[owner >= 0], minlength=len(order))[order]
    excess = np.maximum(arrivals - bins.expected[order], 1.0) / length
    gap = begin[1:] - (begin + length)[:-1]
    unlike = np.abs(np.diff(np.log(excess))) > np.log(_ALIKE)
    new = np.append(
        True,
        (np.diff(creator) != 0) | unlike | (gap > 0.5 * np.minimum(length[1:], length[:-1])),
    )
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.cumsum(new) - 1
    n = int(new.sum())
    inside = np.flatnonzero(owner >= 0)
    episode = number[owner[inside]]
    at = follows.at[inside]
    by_time = np.lexsort((at, episode))
    inside, episode, at = inside[by_time], episode[by_time], at[by_time]
    bounds = np.searchsorted(episode, np.arange(n + 1))
    whose = creator[new]
    others, beside = _controls(
        audience, follows, _far(follows, bins), whose, at[bounds[1:] - 1], np.diff(bounds)
    )
    rows = follows.row[inside]
    arrivals = np.diff(bounds)
    begins = follows.at[follows.starts[whose]]
    keys = audience.creators["key"].to_numpy()
    return Candidates(
        creator=keys[whose].astype(np.uint64),
        from_at=at[bounds[:-1]],
        to_at=at[bounds[1:] - 1],
        arrivals=arrivals.astype(np.int64),
        expected=np.bincount(number, weights=bins.expected, minlength=n),
        n_follows=np.diff(follows.starts)[whose],
        life=(int(follows.at.max()) - begins) / _DAY,
        who=audience.who[rows],
        episode=episode,
        at=at,
        mutual=audience.mutual[rows],
        other_who=audience.who[follows.row[others]],
        other=beside,
    )


def _far(follows: Usable, bins: Bins) -> NDArray[np.bool_]:
    """Follows that lie at least one length of the bin away from every chosen bin.

    A slow delivery spills over the edges of its bins; what spilled must not stand for the public.
    """
    low = _upto(follows, bins.creator, bins.begin - bins.length)
    high = _upto(follows, bins.creator, bins.begin + 2 * bins.length)
    near = np.bincount(low, minlength=len(follows.at) + 1)
    near -= np.bincount(high, minlength=len(follows.at) + 1)
    result: NDArray[np.bool_] = np.cumsum(near[:-1]) == 0
    return result


def _controls(
    audience: Audience,
    follows: Usable,
    far: NDArray[np.bool_],
    whose: NDArray[np.int32],
    until: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For each episode, follows of the same creator far from all episodes, spread over its time, by
    accounts that existed when the episode ended: the public that was there to come by itself.

    Returns places among the follows that are read, and the episode that each stands beside.
    """
    n = len(follows.starts) - 1
    wanted = np.maximum(wanted, _MIN_CONTROLS)
    most = np.bincount(whose, weights=wanted, minlength=n).astype(np.int64) * _SPARE
    outside = np.flatnonzero(far & (most > 0)[follows.creator])
    outside = _thinned(outside, follows.creator[outside], most)
    creator = follows.creator[outside]
    bounds = np.searchsorted(creator, np.arange(n + 1))
    place = spread(bounds[whose], bounds[whose + 1])
    episode = np.repeat(np.arange(len(whose), dtype=np.int32), bounds[whose + 1] - bounds[whose])
    chosen = outside[place]
    there = audience.accounts.created[audience.who[follows.row[chosen]]] <= until[episode]
    chosen, episode = chosen[there], episode[there]
    kept = _thinned(np.arange(len(chosen)), episode, wanted)
    return chosen[kept], episode[kept]


def _thinned(
    values: NDArray[np.int64], group: NDArray[np.int32], most: NDArray[np.int64]
) -> NDArray[np.int64]:
    """At most `most[g]` values of each group g, evenly spread; groups come in ascending order."""
    there = np.bincount(group, minlength=len(most))
    place = np.arange(len(values)) - np.repeat(np.cumsum(there) - there, there)
    have, want = there[group], np.minimum(most, there)[group]
    # Place j is kept when the running share j * want / have passes a whole number.
    return values[(place + 1) * want // have > place * want // have]


def _none() -> Candidates:
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    small = np.zeros(0, dtype=np.int32)
    return Candidates(
        creator=np.zeros(0, dtype=np.uint64),
        from_at=whole,
        to_at=whole,
        arrivals=whole,
        expected=real,
        n_follows=whole,
        life=real,
        who=small,
        episode=small,
        at=whole,
        mutual=np.zeros(0, dtype=bool),
        other_who=small,
        other=small,
    )
