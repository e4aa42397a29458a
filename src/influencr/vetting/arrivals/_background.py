"""When do accounts that follow on a given day come from? The instance's own sign-ups.

Young followers prove nothing: after a migration wave or at onboarding most followers of everybody
are days old. So a streak of creation dates is judged against sign-ups *conditional on the date of
the follow*, taken from the follows of this very instance. The age of a follower at the follow is
cut into classes, each day has its own shares of these classes, and inside a class creation dates
follow the sign-ups of that time hour by hour. Waves are therefore inside the expectation, at the
right dates, for young and for old followers.

A creator adds at most a bounded number of followers per creation day, so that a bought batch does
not excuse itself, nor its seller's other customers.

Where the times of follows are unknown, the running maximum of creation dates in order of arrival
is a lower bound on the time of the follow: nobody follows before their account exists. Real lists
are not quite in order, so a date counts as reached when several neighbours reach it. Ages are then
ages against that bound, here and in the scan alike.

AGE_EDGES, the bounds and the smoothing are our own choice; the tests in
tests/unit/vetting/arrivals/test_background.py fix them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.vetting.arrivals._signups import CAP_FLOOR, sign_ups

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting._audience import Accounts, Audience

__all__ = ["AGE_EDGES", "Background", "age_class", "background", "follow_times", "owners"]

HOUR: Final = 3_600
DAY: Final = 86_400
#: Lower edges of the age classes, in seconds: 10 minutes to 2,048 days, doubling beyond a day.
AGE_EDGES: Final = np.array(
    [0, 600, 3_600, 4 * 3_600, 12 * 3_600, *(DAY * 2**i for i in range(12))], dtype=np.int64
)
#: The oldest class ends here: older than any open network.
_OLDEST: Final = 40 * 365 * DAY
_EDGES: Final = np.append(AGE_EDGES, _OLDEST)
_LENGTHS: Final = np.diff(_EDGES).astype(np.float64)
#: One creator counts for a day of follows at most this many times what its size leads to expect...
_CAP_RATIO: Final = 3.0
#: So many followers in a row with the same second share the time of a look or of a day, not theirs.
_STANDING: Final = 20
#: How many of how many neighbours reach a date in the order, and over how many such stretches on
#: either side the pace is taken. Own choice.
_SUPPORT, _STRETCH, _SLOPE = 2, 8, 2
#: This part of an age class is spread evenly over its time, whatever sign-ups say: a sample has not
#: seen everything, and dates beyond it must not look impossible.
_EVEN: Final = 0.1
#: So many days before the first sign-up and behind the last one go on as the days next to them.
_BEYOND: Final = 60
#: Rows of `mass` at a time; keeps its arrays in the cache.
_AT_A_TIME: Final = 4_096
#: A day's shares of ages lean on the days around it with as many follows as this.
_PRIOR: Final = 100.0


class Background(NamedTuple):
    """Where followers come from, by the date of the follow and the creator's language.

    first_at      start of the first day of follows, seconds UTC
    ages          float64[days, classes]: share of follows of that day by age class
    first_day     start of creation day 0, seconds UTC
    cumulative    float64[circles, hours + 1]: sign-ups (as followers) before each hour began; of
                  everybody first, then of each circle of `languages`: never fewer than everybody's,
                  more on days on which more of those signed up who follow creators of the language
    languages     str[circles]: the language of the creators of each circle; "" is everybody
    n             follows it was made from
    creators      creators that these are follows of
    """

    first_at: int
    ages: NDArray[np.float64]
    first_day: int
    cumulative: NDArray[np.float64]
    languages: NDArray[np.str_]
    n: int
    creators: int

    def circles(self, languages: pl.Series) -> NDArray[np.int64]:
        """The circle of creators of these languages; that of everybody where there is none."""
        place = {name: number for number, name in enumerate(self.languages.tolist())}
        return np.array([place.get(name, 0) for name in languages.to_list()], dtype=np.int64)

    def slot(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of `ages` for follow times; times outside get the nearest day."""
        slots: NDArray[np.int64] = (at - self.first_at) // DAY
        return np.minimum(np.maximum(slots, 0), len(self.ages) - 1)

    def signed_up(
        self, at: NDArray[np.int64], circle: NDArray[np.int64] | int = 0
    ) -> NDArray[np.float64]:
        """Sign-ups before these instants, straight inside an hour."""
        hours = self.cumulative.shape[1]
        position = np.minimum(np.maximum((at - self.first_day) / HOUR, 0.0), hours - 1.0)
        whole = np.minimum(position.astype(np.int64), hours - 2)
        position -= whole
        whole += np.asarray(circle) * hours
        flat = self.cumulative.ravel()
        low = flat[whole]
        total: NDArray[np.float64] = low + position * (flat[whole + 1] - low)
        return total

    def density(
        self,
        created: NDArray[np.int64],
        at: NDArray[np.int64],
        circle: NDArray[np.int64] | int = 0,
    ) -> NDArray[np.float64]:
        """Share per second of creation times at `created` among follows made at `at`."""
        kind = age_class(at - created)
        of_class = self.signed_up(at - AGE_EDGES[kind]) - self.signed_up(at - _EDGES[kind + 1])
        hours = self.cumulative.shape[1]
        hour = np.minimum(np.maximum((created - self.first_day) // HOUR, 0), hours - 2)
        hour += np.asarray(circle) * hours
        flat = self.cumulative.ravel()
        here = (flat[hour + 1] - flat[hour]) / HOUR
        share = self.ages[self.slot(at), kind]
        even = 1.0 / _LENGTHS[kind]
        # A class that reaches beyond the first sign-up has no sign-ups to spread over.
        known = of_class > 0
        inside = np.where(known, here / np.where(known, of_class, 1.0), even)
        result: NDArray[np.float64] = share * ((1.0 - _EVEN) * inside + _EVEN * even)
        return result

    def mass(
        self,
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        at: NDArray[np.int64],
        weights: NDArray[np.float64] | None = None,
        circle: NDArray[np.int64] | int = 0,
    ) -> NDArray[np.float64]:
        """Expected share of follows made at `at` by accounts created in [begin, end).

        begin, end, at   int64[n], seconds UTC
        weights          float64[n, classes] or [classes]: how much more often than elsewhere each
                         age class is met here; 1 when not given
        circle           int64[n] or one number, of `circles`
        """
        begin, end, at, circle = np.broadcast_arrays(begin, end, at, circle)
        total = np.empty(begin.shape)
        for first in range(0, len(begin), _AT_A_TIME):
            part = slice(first, first + _AT_A_TIME)
            theirs = weights[part] if weights is not None and weights.ndim == 2 else weights
            total[part] = self._mass(begin[part], end[part], at[part], theirs, circle[part])
        return total

    def _mass(
        self,
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        at: NDArray[np.int64],
        weights: NDArray[np.float64] | None,
        circle: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        bounds = at[:, None] - _EDGES
        newest, oldest = bounds[:, :-1], bounds[:, 1:]
        low = np.maximum(begin[:, None], oldest)
        high = np.maximum(np.minimum(end[:, None], newest), low)
        row, kind = np.nonzero(high > low)
        low, high, circle = low[row, kind], high[row, kind], circle[row]
        newest, oldest = newest[row, kind], oldest[row, kind]
        part = self.signed_up(high, circle) - self.signed_up(low, circle)
        of_class = self.signed_up(newest) - self.signed_up(oldest)
        length = (high - low) / (newest - oldest)
        known = of_class > 0
        share = np.where(known, part / np.where(known, of_class, 1.0), length)
        share = ((1.0 - _EVEN) * share + _EVEN * length) * self.ages[self.slot(at)[row], kind]
        if weights is not None:
            share *= weights[kind] if weights.ndim == 1 else weights[row, kind]
        return np.bincount(row, weights=share, minlength=len(at))

    def below(
        self, created: NDArray[np.int64], at: int, weights: NDArray[np.float64], circle: int = 0
    ) -> NDArray[np.float64]:
        """`mass` from the beginning of time up to each creation time, for one time of follow.

        created   int64[n]; times after `at` count as `at`
        weights   float64[classes]
        """
        born = np.minimum(created, at)
        kind = age_class(at - born)
        whole = self.ages[int(self.slot(np.array([at]))[0])] * weights
        signed = self.signed_up(at - _EDGES)
        of_class = signed[:-1] - signed[1:]
        theirs = self.signed_up(at - _EDGES, circle) if circle else signed
        known = of_class > 0
        per = np.where(known, 1.0 / np.where(known, of_class, 1.0), 0.0)
        lifted = np.where(known, (theirs[:-1] - theirs[1:]) * per, 1.0)
        full = whole * ((1.0 - _EVEN) * lifted + _EVEN)
        older = np.append(np.cumsum(full[::-1])[::-1], 0.0)[1:]
        length = (born - (at - _EDGES[1:][kind])) / _LENGTHS[kind]
        part = (self.signed_up(born, circle) - theirs[1:][kind]) * per[kind]
        share = np.where(known[kind], part, length)
        total: NDArray[np.float64] = older[kind] + whole[kind] * (
            (1.0 - _EVEN) * share + _EVEN * length
        )
        return total


def age_class(age: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the age class of each age in seconds; a negative age counts as none.

    >>> age_class(np.array([-5, 30, 86_400, 10**9])).tolist()
    [0, 0, 5, 16]
    """
    kinds: NDArray[np.int64] = np.searchsorted(AGE_EDGES[1:], age, side="right")
    return kinds


def owners(audience: Audience) -> NDArray[np.int64]:
    """int64[n]: the creator of each follow."""
    return np.repeat(np.arange(len(audience.starts) - 1), np.diff(audience.starts))


def follow_times(audience: Audience) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each follow was made, or about when at least, and when the follower's account was made.

    returns   at, created; both int64[n]; `created` is -1 where it is unknown, and `at` is -1 where
              neither a time nor any creation date before it in the order is known

    A time before the account's creation is a client's clock and counts as unknown, as does one
    that `_STANDING` followers in a row share: that is when somebody looked, not when they came.
    """
    created = audience.accounts.created[audience.who]
    known = (audience.at >= 0) & (audience.at >= created)
    known &= ~_standing(audience)
    if known.all():
        return audience.at, created
    owner = owners(audience)
    reached = _reached(owner, np.where(known, audience.at, created))
    # A known time before it in the order is a bound that nothing can put in doubt.
    reached = np.maximum(reached, _running(owner, np.where(known, audience.at, -1)))
    return np.where(known, audience.at, np.maximum(reached, created)), created


def _standing(audience: Audience) -> NDArray[np.bool_]:
    """Follows in a row of the same creator that carry the same second, too many of them."""
    turn = np.diff(audience.at) != 0
    begins = np.zeros(len(audience.at) + 1, dtype=bool)
    begins[1:-1] = turn
    begins[audience.starts] = True
    edges = np.flatnonzero(begins)
    length = np.diff(edges)
    return np.repeat(length >= _STANDING, length)


def _reached(owner: NDArray[np.int64], newest: NDArray[np.int64]) -> NDArray[np.int64]:
    """The running maximum, held to what neighbours in the order reach.

    A platform's list is not quite in order of arrival, and one follower out of place would set the
    plain maximum for all that come after it. So the maximum may lead what `_SUPPORT` of `_STRETCH`
    neighbours reach by no more than these gain over the `_SLOPE` stretches before and behind: by
    weeks where a few followers come a week, by minutes where hundreds come an hour.
    """
    if not len(owner):
        return newest
    first = np.searchsorted(owner, np.arange(int(owner[-1]) + 1))
    block = (owner << 32) | ((np.arange(len(owner)) - first[owner]) // _STRETCH)
    order = np.lexsort((newest, block))
    end = np.append(np.flatnonzero(np.diff(block)), len(block) - 1)
    begin = np.append(0, end[:-1] + 1)
    level = _running(owner[end], newest[order][np.maximum(end + 1 - _SUPPORT, begin)])
    number = np.arange(len(end))
    low = np.maximum(number - _SLOPE, np.searchsorted(owner[end], owner[end]))
    high = np.minimum(number + _SLOPE, np.searchsorted(owner[end], owner[end], side="right") - 1)
    most = np.repeat(level + level[high] - level[low], end - begin + 1)
    held: NDArray[np.int64] = np.minimum(_running(owner, newest), most)
    return held


def _running(owner: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Running maximum inside each owner; owners rise."""
    # The owner stands in the high bits, so that one running maximum serves all.
    shift = owner << 40
    result: NDArray[np.int64] = np.maximum.accumulate(values + 1 + shift) - shift - 1
    return result


def background(accounts: Accounts, sample: Audience) -> Background:
    """Sign-ups conditional on the date of the follow, from a sample of creators.

    accounts   whose creation dates count (those of `sample`)
    sample     some creators with all their follows, drawn at random; a few million follows are
               plenty. `at` may be unknown throughout: then lower bounds are used here and in the
               scan

    An empty sample gives a background that knows nothing: every age is as likely as its class is
    wide, and the scan then compares a creator with its own other followers only.
    """
    at, created = follow_times(sample._replace(accounts=accounts))
    usable = np.flatnonzero((created >= 0) & (at >= 0))
    if not len(usable):
        nothing, nobody = np.array([[0.0, 1.0]]), np.array([""])
        return Background(0, (_LENGTHS / _LENGTHS.sum())[None], 0, nothing, nobody, 0, 0)
    at, created = at[usable], created[usable]
    owner = owners(sample)[usable]
    first_at = int(at.min()) // DAY * DAY
    on = (at - first_at) // DAY
    n_days, n_kinds = int(on.max()) + 1, len(AGE_EDGES)
    kind = age_class(at - created)
    counts = np.bincount(
        on * n_kinds + kind, weights=_evened(owner, on), minlength=n_days * n_kinds
    ).reshape(n_days, n_kinds)
    first_day = int(created.min()) // DAY * DAY
    spoken = sample.creators["language"].fill_null("").to_numpy().astype(np.str_)
    hourly, languages = sign_ups(owner, (created - first_day) // HOUR, spoken)
    # A sample does not hold the very first and last account: sign-ups go on a while as they were.
    edge = min(24 * _BEYOND, hourly.shape[1])
    before, after = hourly[:, :edge].mean(axis=1), hourly[:, -edge:].mean(axis=1)
    beyond = np.ones(24 * _BEYOND)
    hourly = np.hstack([np.outer(before, beyond), hourly, np.outer(after, beyond)])
    first_day -= _BEYOND * DAY
    cumulative = np.pad(np.cumsum(hourly, axis=1), ((0, 0), (1, 0)))
    return Background(
        first_at,
        _shares(counts),
        first_day,
        cumulative,
        languages,
        len(usable),
        len(np.unique(owner)),
    )


def _evened(owner: NDArray[np.int64], on: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights that let a creator's follows of one day count no more than a few usual days of it.

    In a small instance a batch of forty would otherwise be most of what came that day, and hence
    what was to be expected. A wave comes to everybody, and shares of ages stay what they are.
    """
    n_days = int(on.max()) + 1
    _, where, times = np.unique(owner * n_days + on, return_inverse=True, return_counts=True)
    usual = np.bincount(owner) / n_days
    most = np.maximum(CAP_FLOOR, _CAP_RATIO * usual[owner])
    result: NDArray[np.float64] = np.minimum(1.0, most / times[where])
    return result


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of age classes per day; thin days lean on those around them, and on all days."""
    overall = counts.sum(axis=0) + 0.5
    overall /= overall.sum()
    padded = np.pad(counts, ((4, 4), (0, 0)))
    around = np.sum([padded[i : i + len(counts)] for i in range(9)], axis=0)
    around = (around + 50.0 * overall) / (around.sum(axis=1, keepdims=True) + 50.0)
    total = counts.sum(axis=1, keepdims=True)
    result: NDArray[np.float64] = (counts + _PRIOR * around) / (total + _PRIOR)
    return result
