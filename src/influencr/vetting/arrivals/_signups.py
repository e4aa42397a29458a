"""Sign-ups hour by hour, as the followers of a sample tell them, and of whom the sample's batches
do not.

How many followers were made on a day is counted creator by creator. A creator counts for a day at
most a few times what *the others* lead to expect of its size, so that a batch does not excuse
itself: not in an instance of thousands and not in one of three. Where there are few others or
none, the weeks before and behind that day stand in for them.

Waves of sign-ups come to one language more than to all: after a ban in one country, half of the
new accounts follow those who write its language. So each language with enough creators has its own
factor per day, at least 1, by what its creators got beyond everybody, the one who got most of it
left aside.

The bounds are our own choice; tests/unit/vetting/arrivals/test_small_homes.py and
test_background.py fix them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CAP_FLOOR", "around", "sign_ups"]

#: One creator counts for a creation day at most this many times what its size leads to expect...
_CAP_RATIO: Final = 3.0
#: ... and at least may count this often.
CAP_FLOOR: Final = 2.0
#: The others' share of a day leans on that of the weeks around it with as many follows as this.
_LEAN: Final = 200.0
#: A wave this many times _CAP_RATIO as strong as the weeks around it is still counted in full.
_ROUNDS: Final = 5
#: These weeks: so many days in all, without so many in their midst, which a batch may fill.
_WEEKS: Final = 43
_MIDST: Final = 9
#: An hour is never thought quieter than this share of the day and of the month around it.
_QUIET_DAY: Final = 0.75
_QUIET_MONTH: Final = 0.5
#: A language is told apart from so many creators and follows on; its share of a day leans on
#: everybody's with so many follows.
_CIRCLE_CREATORS: Final = 8
_CIRCLE_FOLLOWS: Final = 2_000
_CIRCLE_LEAN: Final = 1_000.0


def sign_ups(
    owner: NDArray[np.int64], hour: NDArray[np.int64], spoken: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Followers by creation hour; inside an age class they tell how likely each hour is.

    owner     int64[n], the creator of each follow
    hour      int64[n], when the follower's account was made
    spoken    str[creators], the creators' language; "" unknown
    returns   float64[circles, hours] and the language of each circle, everybody ("") first

    Older hours had longer to be followed from, but inside one class at most twice as long.
    """
    day = hour // 24
    n_days = int(day.max()) + 1
    pair, where, times = np.unique(owner * n_days + day, return_inverse=True, return_counts=True)
    whose, on = pair // n_days, pair % n_days
    size = np.bincount(owner, minlength=len(spoken)).astype(np.float64)
    counted = _counted(whose, on, times, size, n_days)
    seen = np.bincount(hour, weights=(counted / times)[where], minlength=24 * n_days)
    quiet = np.maximum(_QUIET_DAY * around(seen, 25), _QUIET_MONTH * around(seen, 31 * 24 + 1))
    everybody = np.maximum(around(seen, 5), quiet) + 1e-9
    rows, names = [everybody], [""]
    rate = np.bincount(on, weights=counted, minlength=n_days) / size.sum()
    for language in sorted(set(spoken.tolist()) - {""}):
        theirs = spoken == language
        if theirs.sum() < _CIRCLE_CREATORS or size[theirs].sum() < _CIRCLE_FOLLOWS:
            continue
        mine = theirs[whose]
        own = size * theirs
        fair = _counted(whose[mine], on[mine], times[mine], own, n_days)
        lift = _lift(whose[mine], on[mine], fair, own, rate)
        if (lift > 1.0).any():
            rows.append(everybody * np.repeat(lift, 24))
            names.append(language)
    return np.stack(rows), np.array(names)


def _counted(
    whose: NDArray[np.int64],
    on: NDArray[np.int64],
    times: NDArray[np.int64],
    size: NDArray[np.float64],
    n_days: int,
) -> NDArray[np.float64]:
    """How often each creator counts for each day, at most `times`.

    What the others lead to expect is told from what they count for, round by round and from below:
    a wave that comes to many is counted in full, batches at a few are not.
    """
    everybody = size.sum()
    usual = _beside(np.bincount(on, weights=times, minlength=n_days)) / everybody
    expected = size[whose] * usual[on]
    for _ in range(_ROUNDS):
        counted = np.minimum(times, np.maximum(CAP_FLOOR, _CAP_RATIO * expected))
        total = np.bincount(on, weights=counted, minlength=n_days)
        others = total[on] - counted + _LEAN * usual[on]
        expected = size[whose] * others / (everybody - size[whose] + _LEAN)
    return counted


def _lift(
    whose: NDArray[np.int64],
    on: NDArray[np.int64],
    counted: NDArray[np.float64],
    size: NDArray[np.float64],
    rate: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Factor per day, at least 1: what the creators of a language got beyond everybody's rate."""
    order = np.lexsort((counted, on))
    whose, on, counted = whose[order], on[order], counted[order]
    seen = np.bincount(on, weights=counted, minlength=len(rate))
    # The one with the most of that day, and its followers, do not count.
    most = np.append(np.flatnonzero(np.diff(on)), len(on) - 1)
    exposed = np.full(len(rate), size.sum())
    seen[on[most]] -= counted[most]
    exposed[on[most]] -= size[whose[most]]
    theirs = (seen + _CIRCLE_LEAN * rate) / (exposed + _CIRCLE_LEAN)
    lift: NDArray[np.float64] = np.maximum(theirs / np.maximum(rate, 1e-12), 1.0)
    return np.where(rate > 0, lift, 1.0)


def _beside(total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the days around each, without its nearest ones; at the edges of those there are."""
    there = np.ones(len(total))
    far, near = (_summed(total, _WEEKS), _summed(total, _MIDST))
    days = _summed(there, _WEEKS) - _summed(there, _MIDST)
    mean: NDArray[np.float64] = np.where(days > 0, (far - near) / np.maximum(days, 1.0), 0.0)
    return np.maximum(mean, 0.0)


def _summed(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    padded = np.concatenate([[0.0], np.cumsum(np.pad(values, width // 2))])
    result: NDArray[np.float64] = padded[width:] - padded[:-width]
    return result


def around(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Mean of each value and its neighbours; `width`, an odd number, in all."""
    padded = np.pad(values, width // 2, mode="edge")
    total = np.concatenate([[0.0], np.cumsum(padded)])
    mean: NDArray[np.float64] = np.maximum((total[width:] - total[:-width]) / width, 0.0)
    return mean
