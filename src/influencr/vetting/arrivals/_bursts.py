"""Family B: bursts of arrivals, and whether those who came are unlike everybody else.

Many followers at once are what every creator hopes for, so a burst alone never fires. A burst
fires when its followers carry odd signs (`_signs`) far more often than both this creator's other
followers and accounts at large: ordinary people who came for a viral post do not. This is what
sees accounts that are not of one age. It is never decisive by itself; the windows are reported
whether or not they fire, so that posts, packs and mentions can be looked up for them.

The rate expected of a window is that of the 30 days on either side of it, without the window.
The p of a burst is Chernoff's bound on the number of odd ones among those who came, given the
higher of the two shares (raised by `DOUBT` for doubt about it), times the windows looked at.

Window lengths, DOUBT and the bars are our own choice; tests/unit/vetting/arrivals/test_bursts.py
fixes them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from influencr.vetting.arrivals._background import follow_times, owners
from influencr.vetting.arrivals._members import Crowd, crowd_of
from influencr.vetting.arrivals._signs import BaseRates, Signs, base_rates, odd_signs
from influencr.vetting.arrivals._streaks import excess

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["BURST_VERSION", "WINDOWS", "bursts", "divergence"]

BURST_VERSION: Final = "1"
STATISTIC: Final = "burst_of_odd_accounts"
_HOUR: Final = 3_600
_DAY: Final = 86_400
#: Lengths of the windows in which arrivals are counted, in seconds.
WINDOWS: Final = (6 * _HOUR, _DAY, 3 * _DAY)
#: Days before and behind a window that tell the usual rate.
_AROUND: Final = 30 * _DAY
#: A burst has at least so many followers, and a measure of rate of at least this.
_MIN_BURST: Final = 8
_RATE: Final = 6.0
#: A burst of people who are not odd is reported from this measure of rate on.
_TELL: Final = 12.0
#: The usual share of odd ones is trusted up to this factor, and never thought to be below this.
DOUBT: Final = 1.5
_LEAST: Final = 0.02
#: A burst fires at this p, before the correction over creators, and above this share of followers.
_P_FIRE: Final = 1e-4
_MIN_SHARE: Final = 0.01
#: Reported bursts per creator, strongest first.
_MOST: Final = 3
#: A window begins at every so many-th follower: a burst of 8 loses three of them at worst.
_STEP: Final = 4
_POINTS: Final = 60


class _Burst(NamedTuple):
    creator: int
    first: int
    last: int
    seen: int
    expected: float
    rate: float
    odd: int
    usual: float
    log_p: float


def bursts(audience: Audience, rates: BaseRates | None = None) -> pl.DataFrame:
    """Arrival bursts of a group of creators whose follow times are known.

    rates     `base_rates` of a sample of the instance; of `audience` itself when not given
    returns   EVIDENCE_SCHEMA, family B. For a burst that fires: the estimated members among those
              who came, their first and last day, `value` the measure of oddness and `p` its bound.
              For one that does not: how many came. The chart gives `expected` and `observed`
              arrivals of the window and the shares of odd ones. A creator with times and no burst
              gets one row that says clear; one without times gets none
    """
    from influencr.vetting.verdict._ledger import as_evidence, clear_rows

    at, _ = follow_times(audience)
    timed = (audience.at >= 0) & (at == audience.at)
    counted = np.concatenate([[0], np.cumsum(timed)])
    looked = np.diff(counted[audience.starts]) >= _MIN_BURST
    signs = odd_signs(audience, base_rates(audience) if rates is None else rates)
    windows, tested = _windows(audience, timed, signs)
    rows: list[dict[str, Any]] = []
    for burst in _strongest(windows, tested):
        rows.append(_row(audience, burst, signs))
    found = {row["creator"] for row in rows}
    clear = clear_rows(
        np.array([i for i in np.flatnonzero(looked).tolist() if i not in found], dtype=np.int64),
        family="B",
        statistic=STATISTIC,
        version=BURST_VERSION,
    )
    return as_evidence(rows).vstack(clear).sort("creator", maintain_order=True)


def _windows(
    audience: Audience, timed: NDArray[np.bool_], signs: Signs
) -> tuple[list[NDArray[np.float64]], NDArray[np.int64]]:
    """Windows with more arrivals than usual, and how many windows each creator had."""
    rows = np.flatnonzero(timed)
    n_creators = len(audience.starts) - 1
    tested = np.zeros(n_creators, dtype=np.int64)
    if len(rows) < _MIN_BURST:
        return [], tested
    owner = owners(audience)[rows]
    when = audience.at[rows]
    # Creators stand so far apart that no window reaches from one into the next.
    gap = int(when.max() - when.min()) + 3 * _AROUND
    line = (when - int(when.min())) + owner * gap
    line = np.maximum.accumulate(line)
    odd = np.concatenate([[0], np.cumsum(signs.odd[rows])])
    begin = np.searchsorted(owner, np.arange(n_creators))
    end = np.searchsorted(owner, np.arange(n_creators), side="right")
    anchor = np.arange(0, len(rows), _STEP)
    whose = owner[anchor]
    tested += len(WINDOWS) * np.bincount(whose, minlength=n_creators)
    start = line[anchor]
    low = np.searchsorted(line, start - _AROUND)
    found = []
    for length in WINDOWS:
        last = np.searchsorted(line, start + length)
        seen = last - anchor
        many = np.flatnonzero(seen >= _MIN_BURST)
        if not len(many):
            continue
        a, o, stop = anchor[many], whose[many], last[many]
        high = np.searchsorted(line, start[many] + length + _AROUND)
        # What lies around, and how long that is: the first follow of all limits it.
        outside = (high - low[many]) - seen[many]
        before = np.minimum(_AROUND, line[a] - line[begin[o]])
        behind = np.minimum(_AROUND, line[end[o] - 1] - (line[a] + length))
        time = np.maximum(before + behind, length)
        expected = (outside + 1.0) * length / time
        rate = excess(seen[many].astype(np.float64), expected)
        strong = np.flatnonzero(rate >= _RATE)
        if not len(strong):
            continue
        a, o, stop = a[strong], o[strong], stop[strong]
        rate, expected = rate[strong], expected[strong]
        k = (stop - a).astype(np.float64)
        odd_in = (odd[stop] - odd[a]).astype(np.float64)
        total = (odd[end[o]] - odd[begin[o]]).astype(np.float64)
        others = (end[o] - begin[o]) - k
        usual = (total - odd_in + 1.0) / (others + 1.0 / _LEAST)
        usual = np.maximum(np.maximum(usual, signs.anywhere), _LEAST)
        oddness = divergence(k, odd_in, np.minimum(DOUBT * usual, 0.9))
        first = rows[a] - audience.starts[o]
        final = rows[stop - 1] - audience.starts[o]
        found.append(np.stack([o, first, final, k, expected, rate, odd_in, usual, oddness], axis=1))
    return found, tested


def divergence(
    n: NDArray[np.float64], odd: NDArray[np.float64], usual: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Exponent of Chernoff's bound on Binomial(n, usual) >= odd: n times the divergence."""
    share = odd / n
    with np.errstate(divide="ignore", invalid="ignore"):
        there = np.where(odd > 0, odd * np.log(share / usual), 0.0)
        rest = np.where(odd < n, (n - odd) * np.log((1 - share) / (1 - usual)), 0.0)
    measure: NDArray[np.float64] = np.where(share > usual, there + rest, 0.0)
    return measure


def _strongest(windows: list[NDArray[np.float64]], tested: NDArray[np.int64]) -> list[_Burst]:
    """Per creator the windows that do not overlap, the oddest first, then the most crowded."""
    if not windows:
        return []
    table = np.concatenate(windows)
    order = np.lexsort((-table[:, 5], -table[:, 8], table[:, 0]))
    table = table[order]
    chosen: list[_Burst] = []
    mine: list[_Burst] = []
    for row in table.tolist():
        creator, first, last = int(row[0]), int(row[1]), int(row[2])
        if not mine or mine[-1].creator != creator:
            mine = []
        if len(mine) >= _MOST or any(first <= b.last and last >= b.first for b in mine):
            continue
        log_p = float(np.log(max(int(tested[creator]), 1)) - row[8])
        if log_p > np.log(_P_FIRE) and row[5] < _TELL:
            continue
        burst = _Burst(
            creator, first, last, int(row[3]), row[4], row[5], int(row[6]), row[7], log_p
        )
        mine.append(burst)
        chosen.append(burst)
    return chosen


def _row(audience: Audience, burst: _Burst, signs: Signs) -> dict[str, Any]:
    from influencr.vetting.verdict._ledger import evidence_row

    own = audience.rows(burst.creator)
    when = audience.at[own]
    n = own.stop - own.start
    odd_enough = burst.log_p <= np.log(_P_FIRE)
    members = np.arange(burst.first, burst.last + 1)
    crowd: Crowd | None = None
    if odd_enough:
        crowd = crowd_of(when, signs.bits[own], burst.first, burst.last, burst.expected)
        members = crowd.members
    share = len(members) / n
    return evidence_row(
        creator=burst.creator,
        family="B",
        statistic=STATISTIC,
        version=BURST_VERSION,
        value=-burst.log_p if odd_enough else burst.rate,
        p=float(np.exp(np.clip(burst.log_p, -700.0, 0.0))),
        from_at=int(when[members[0]]),
        to_at=int(when[members[-1]]),
        members=len(members),
        # Of a burst that says nothing the numbers are kept, and nobody's place in it.
        member_rows=members if odd_enough else (),
        share=share,
        fires=bool(odd_enough and share >= _MIN_SHARE and len(members) >= _MIN_BURST),
        chart=json.dumps(
            {
                "kind": "arrivals",
                "observed": burst.seen,
                "expected": round(burst.expected, 2),
                "odd": burst.odd,
                "odd_usual": round(burst.usual, 4),
                "odd_anywhere": round(signs.anywhere, 4),
                "signs": list(signs.looked_at),
                "days": _per_day(when, burst.first, burst.last),
            },
            separators=(",", ":"),
        ),
    )


def _per_day(when: NDArray[np.int64], first: int, last: int) -> list[list[int]]:
    """[day start, arrivals] around the window."""
    begin = int(when[first]) // _DAY * _DAY - _POINTS // 3 * _DAY
    days = np.arange(begin, begin + _POINTS * _DAY + 1, _DAY)
    counts = np.diff(np.searchsorted(when, days))
    return [[int(day), int(count)] for day, count in zip(days[:-1], counts, strict=True)]
