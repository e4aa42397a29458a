"""When a creator's posting rate changed: the date, both rates, and how sure that is.

The null hypothesis is one constant rate from the first post seen to the last look. Given their
number, posts then lie evenly in that time. Every moment is tried as the border between two rates;
the largest likelihood ratio counts, and its p-value is that of the largest over all moments (Miller
and Siegmund 1982, for the standardised Brownian bridge between TRIM and 1 - TRIM). People post in
threads and in moods. So posts within THREAD_S of the one before count as one time of posting, and
the ratio is divided by how much more than chance counts vary from one week to the next, with
Student's tail for how well that is known; both only make a break harder to find.

A break is stated with p < ALPHA and one rate at least MIN_RATIO times the other. The parts before
and after are tried again, DEPTH times in all. `tests/unit/vetting/activity/test_breaks.py` measures
the error on constant rates, one by one, in threads and with moods of weeks.

All posts of all creators are tried in a few passes over arrays; nothing is done per creator.

A break is no sign of a bought audience. ALPHA, MIN_RATIO, MIN_POSTS, TRIM, DEPTH, THREAD_S,
BREAK_DAYS are our own choice, fixed by the same tests.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["ALPHA", "BREAK_DAYS", "MIN_POSTS", "MIN_RATIO", "cadence_breaks"]

#: Error of the first kind that one test of one stretch may have.
ALPHA = 0.01
#: A change is called a break when one rate is so many times the other.
MIN_RATIO = 2.0
#: Fewer times of posting after the first one tell nothing.
MIN_POSTS = 12
#: No break is looked for in this share of a stretch at either end, nor within MIN_SIDE_DAYS of one.
TRIM = 0.05
MIN_SIDE_DAYS = 7
#: Posts this soon after the one before belong to the same thread or sitting.
THREAD_S = 3 * 3_600
#: Posts of so many days before the last look are read.
BREAK_DAYS = 365
#: Times that the parts are tried again: at most 2 ** DEPTH - 1 breaks.
DEPTH = 2
#: Bins in which the variation of counts is measured: at least a week, at most so many.
_BIN_S, _MAX_BINS = 7 * 86_400, 26
#: Pairs of neighbouring bins that are left out of the variation, for there may lie breaks.
_DROPPED = 2
_DAY = 86_400
_WEEK = 7 * _DAY


class _Stretches(NamedTuple):
    """owner        row of the creator, per stretch
    begin, end   seconds
    starts       slices of `at`: posts of stretch i are starts[i] .. starts[i + 1] - 1
    at           seconds, rising inside a stretch, begin < at <= end
    """

    owner: Whole
    begin: Floats
    end: Floats
    starts: Whole
    at: Floats


class _Found(NamedTuple):
    """Per stretch: the best border (seconds), posts before it, its p-value; p = 1 for none."""

    border: Floats
    n_before: Whole
    p: Floats


BREAK_COLUMNS: Final = (
    "profile_id",
    "break_at",
    "per_week_before",
    "per_week_after",
    "n_before",
    "n_after",
    "p",
    "break_reason",
)


def cadence_breaks(posts: pl.LazyFrame, *, as_of: datetime) -> pl.DataFrame:
    """Every break in the posting rate of every creator.

    posts     `profile_id, created_at, deleted_at, kind, fetched_at`; reposts, deleted posts and
              posts dated after `as_of` are not read
    as_of     the instant that the catalogue stands for, with a time zone; the last look is the
              newest `fetched_at` up to it
    returns   one row per break, by profile and time: `profile_id`, `break_at`, `per_week_before`
              and `per_week_after` (times of posting per week in the stretches next to the break, a
              thread once), `n_before`, `n_after` (times of posting in them), `p`, `break_reason`.
              No row: no break was found, or there were too few posts to tell
    """
    import numpy as np
    import polars as pl

    own = (
        posts.filter(
            pl.col("deleted_at").is_null(),
            pl.col("created_at") <= as_of,
            pl.col("kind").is_null() | (pl.col("kind") != "repost"),
        )
        .select(
            "profile_id",
            at=pl.col("created_at").dt.epoch("s"),
            looked=pl.min_horizontal("fetched_at", pl.lit(as_of)).dt.epoch("s"),
        )
        .with_columns(looked=pl.col("looked").max().over("profile_id"))
        .filter(
            pl.col("at") > pl.col("looked") - BREAK_DAYS * _DAY,
            # A post is never newer than the look that saw it.
            pl.col("at") <= pl.col("looked"),
        )
        .collect()
    )
    # Numbers sort faster than names.
    own = own.with_columns(owner=pl.col("profile_id").hash()).sort("owner", "at")
    n_all = len(own)
    owner, at = own["owner"].to_numpy(), own["at"].to_numpy()
    new = np.ones(n_all, dtype=bool)
    new[1:] = owner[1:] != owner[:-1]
    alone = new.copy()
    alone[1:] |= np.diff(at) > THREAD_S
    number = np.cumsum(new)[alone]
    enough = np.bincount(number, minlength=1)[number] > MIN_POSTS
    kept = np.flatnonzero(alone)[enough]
    if not len(kept):
        return _rows({}, own["profile_id"].head(0))
    at = at[kept].astype(np.float64)
    new = np.diff(number[enough], prepend=-1) != 0
    first = np.flatnonzero(new)
    names = own["profile_id"].gather(kept[first])
    looked = own["looked"].gather(kept[first]).to_numpy().astype(np.float64)
    # The first post opens the stretch and is not counted in it.
    stretches = _Stretches(
        np.arange(len(first)),
        at[first],
        looked,
        np.append(first - np.arange(len(first)), len(at) - len(first)),
        at[~new],
    )
    whole, owners, borders, chances = stretches, [], [], []
    for _ in range(DEPTH):
        found = _scan(stretches)
        hit = np.flatnonzero(found.p < ALPHA)
        if not len(hit):
            break
        owners.append(stretches.owner[hit])
        borders.append(found.border[hit])
        chances.append(found.p[hit])
        stretches = _halves(stretches, found, hit)
    if not owners:
        return _rows({}, names.head(0))
    owner, border = np.concatenate(owners), np.concatenate(borders)
    order = np.lexsort((border, owner))
    owner = owner[order]
    facts = _measured(whole, owner, border[order])
    return _rows(facts | {"p": np.concatenate(chances)[order]}, names.gather(owner))


def _scan(stretches: _Stretches) -> _Found:
    import numpy as np

    n = np.diff(stretches.starts)
    each = np.repeat(np.arange(len(n)), n)
    span = np.maximum(stretches.end - stretches.begin, 1.0)
    x = (stretches.at - stretches.begin[each]) / span[each]
    rank = np.arange(len(x)) - stretches.starts[:-1][each]
    total = n[each].astype(np.float64)
    edge = np.maximum(TRIM, MIN_SIDE_DAYS * _DAY / span)
    inside = (x >= edge[each]) & (x <= 1 - edge[each]) & (total >= MIN_POSTS)
    border = np.zeros(len(n))
    before = np.zeros(len(n), dtype=np.int64)
    best = np.full(len(n), -1.0)
    rows = np.flatnonzero(inside)
    # The ratio is largest just before or just after a post.
    for offset in (0, 1):
        ratio = _ratio(rank[rows] + offset, total[rows], x[rows])
        # Silence after the very first post is no posting rate.
        ratio[rank[rows] + offset == 0] = -1.0
        top = np.full(len(n), -1.0)
        np.maximum.at(top, each[rows], ratio)
        is_top = rows[ratio >= top[each[rows]]]
        # Of equal ones the first.
        owner, where = np.unique(each[is_top], return_index=True)
        better = owner[top[owner] > best[owner]]
        chosen = is_top[where[top[owner] > best[owner]]]
        best[better] = top[better]
        # What comes at the border or later is after it.
        border[better] = stretches.at[chosen] + offset
        before[better] = rank[chosen] + offset
    p = np.ones(len(n))
    tried = np.flatnonzero(best > 0)
    if len(tried):
        extra, free = _variation(stretches, tried, each)
        top = np.sqrt(2 * best[tried] / extra)
        # Where counts vary clearly more than by chance, how much so is estimated: Student's tail,
        # as a normal deviate (Wallace 1959).
        moody = extra > 1 + 2 * np.sqrt(2 / free)
        normal = (8 * free + 1) / (8 * free + 3) * np.sqrt(free * np.log1p(top**2 / free))
        p[tried] = _p_value(np.where(moody, normal, top), edge[tried])
        p[tried] = np.where(_rates_differ(stretches, border, before, tried), p[tried], 1.0)
    return _Found(border, before, p)


def _ratio(k: Whole, total: Floats, x: Floats) -> Floats:
    """ln of the likelihood ratio of two rates to one: k of `total` posts in a share x of time."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(k > 0, k * np.log(k / (total * x)), 0.0)
        rest = total - k
        right = np.where(rest > 0, rest * np.log(rest / (total * (1 - x))), 0.0)
    ratio: Floats = left + right
    return ratio


def _lengths(stretches: _Stretches, border: Floats, rows: Whole) -> tuple[Floats, Floats]:
    return border[rows] - stretches.begin[rows], stretches.end[rows] - border[rows]


def _rates_differ(
    stretches: _Stretches, border: Floats, before: Whole, rows: Whole
) -> NDArray[np.bool_]:
    import numpy as np

    left, right = _lengths(stretches, border, rows)
    n = np.diff(stretches.starts)[rows]
    one, other = before[rows] * right, (n - before[rows]) * left
    differ: NDArray[np.bool_] = np.maximum(one, other) >= MIN_RATIO * np.minimum(one, other)
    return differ


def _variation(stretches: _Stretches, rows: Whole, each: Whole) -> tuple[Floats, Floats]:
    """How many times more than by chance counts vary from week to week; at least 1.

    And the degrees of freedom with which that is known. Told from neighbouring bins alone, so that
    breaks hardly disturb it, and without the two pairs that differ most, where breaks may lie.
    """
    import numpy as np

    n = np.diff(stretches.starts)
    span = stretches.end - stretches.begin
    n_bins = np.clip((span // _BIN_S).astype(np.int64), 3, _MAX_BINS)
    width = span / n_bins
    number = np.minimum(
        ((stretches.at - stretches.begin[each]) / width[each]).astype(np.int64), n_bins[each] - 1
    )
    offset = np.concatenate([[0], np.cumsum(n_bins)])
    counts = np.bincount(offset[each] + number, minlength=int(offset[-1]))
    owner = np.repeat(np.arange(len(n)), n_bins)
    both = counts[1:] + counts[:-1]
    live = (owner[1:] == owner[:-1]) & (both > 0)
    apart = (counts[1:] - counts[:-1])[live] ** 2 / both[live]
    owner = owner[1:][live]
    order = np.lexsort((-apart, owner))
    owner, apart = owner[order], apart[order]
    n_pairs = np.bincount(owner, minlength=len(n))
    place = np.arange(len(owner)) - (np.cumsum(n_pairs) - n_pairs)[owner]
    kept = np.bincount(owner, np.where(place >= _DROPPED, apart, 0.0), len(n))
    typical = kept[rows] / np.maximum(n_pairs[rows], 1) / _kept_share()[n_pairs[rows]]
    # Neighbouring pairs share a bin, which costs a third of the degrees of freedom.
    free = np.maximum(2 / 3 * (n_pairs[rows] - _DROPPED), 1.0)
    return np.maximum(1.0, np.where(n_pairs[rows] > _DROPPED, typical, 1.0)), free


def _kept_share() -> Floats:
    """Of n squared normal deviates, what is left of their sum without the largest; by n."""
    import numpy as np

    share = np.ones(_MAX_BINS + 1)
    for n in range(_DROPPED + 1, _MAX_BINS + 1):
        bar = NormalDist().inv_cdf(1 - _DROPPED / (2 * n)) ** 2
        share[n] = 1 - _DROPPED / n - math.sqrt(2 * bar / math.pi) * math.exp(-bar / 2)
    return share


def _p_value(top: Floats, edge: Floats) -> Floats:
    """Chance that the largest standardised deviation passes `top` under one constant rate."""
    import numpy as np

    high = np.maximum(top, 1.0)
    density = np.exp(-0.5 * high**2) / np.sqrt(2 * np.pi)
    p = density * ((high - 1 / high) * 2 * np.log((1 - edge) / edge) + 4 / high)
    chance: Floats = np.clip(p, 0.0, 1.0)
    return chance


def _measured(whole: _Stretches, owner: Whole, border: Floats) -> dict[str, Floats | Whole]:
    """Rates and counts between neighbouring breaks; `owner` and `border` sorted."""
    import numpy as np

    same = owner[1:] == owner[:-1]
    begin, end = whole.begin[owner], whole.end[owner]
    begin[1:][same] = border[:-1][same]
    end[:-1][same] = border[1:][same]
    # One number orders posts by creator and time: seconds fit into 40 bits.
    each = np.repeat(np.arange(len(whole.owner)), np.diff(whole.starts))
    posts = (each << 40) + whole.at.astype(np.int64)

    def until(moment: Floats) -> Whole:
        return np.searchsorted(posts, (owner << 40) + moment.astype(np.int64), side="left")

    last = np.where(end == whole.end[owner], end + 1, end)
    n_before = until(border) - until(begin)
    n_after = until(last) - until(border)
    return {
        "break_at": border.astype(np.int64),
        "per_week_before": n_before / np.maximum(border - begin, 1.0) * _WEEK,
        "per_week_after": n_after / np.maximum(end - border, 1.0) * _WEEK,
        "n_before": n_before,
        "n_after": n_after,
    }


def _halves(stretches: _Stretches, found: _Found, hit: Whole) -> _Stretches:
    """The parts before and after each break, as stretches of their own."""
    import numpy as np

    n = np.diff(stretches.starts)[hit]
    n_left = found.n_before[hit]
    border = found.border[hit]
    lengths = np.stack([n_left, n - n_left], axis=1).ravel()
    first = np.repeat(stretches.starts[hit], 2)
    first[1::2] += n_left
    starts = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.arange(int(starts[-1])) + np.repeat(first - starts[:-1], lengths)
    begin = np.stack([stretches.begin[hit], border], axis=1).ravel()
    end = np.stack([border, stretches.end[hit]], axis=1).ravel()
    return _Stretches(np.repeat(stretches.owner[hit], 2), begin, end, starts, stretches.at[rows])


def _rows(facts: dict[str, Floats | Whole], names: pl.Series) -> pl.DataFrame:
    import polars as pl

    kinds = {
        "break_at": pl.Int64,
        "per_week_before": pl.Float64,
        "per_week_after": pl.Float64,
        "n_before": pl.Int64,
        "n_after": pl.Int64,
        "p": pl.Float64,
    }
    day = pl.col("break_at").dt.strftime("%Y-%m-%d")
    return (
        pl.DataFrame(facts, schema=kinds)
        .with_columns(
            names.alias("profile_id"),
            pl.col("per_week_before", "per_week_after").round(2),
            break_at=pl.from_epoch("break_at", "s")
            .dt.cast_time_unit("us")
            .dt.replace_time_zone("UTC"),
        )
        .with_columns(
            break_reason=pl.format(
                "From posting {} to {} times per week around {} ({} times before, {} after).",
                "per_week_before",
                "per_week_after",
                day,
                "n_before",
                "n_after",
            )
        )
        .select(BREAK_COLUMNS)
        .sort("profile_id", "break_at")
    )
