"""Does a number change its course at a given size?

People say that engagement drops by a fifth past 100,000 followers. `change_at` fits, on ln(value)
against log10(size),

    left line for sizes below `at`, right line from `at` on, each with its own level and slope

by Huber's M-estimate, so that a few viral creators do not decide, and gives both slopes, the jump
between the lines at `at`, and percentile intervals of a bootstrap over creators. A continuous fall
is no jump: who reads two averages off two tiers sees a "drop" wherever the curve falls. So `jump`
is the break alone, and `tier_ratio` is what the two tiers say (medians), for comparison.

Constants are our own choice, fixed by tests/unit/cohorts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["MIN_SIDE", "Change", "change_at"]

#: Creators needed on either side.
MIN_SIDE = 20
_HUBER = 2.5
_ROUNDS = 6


class Change(NamedTuple):
    """Estimates, each (value, low, high) of a 95 % interval; None with a reason.

    slope_left    power of the size below `at`: 0 does not depend, -0.2 falls 37 % per 10 times
    slope_right   the same from `at` on
    bend          slope_right - slope_left
    jump          value just past `at` over value just before: 0.8 is a drop of a fifth
    tier_ratio    median of the sizes up to `width` times above over that of those below: what two
                  tiers would show, which a smooth fall lowers too
    n_left, n_right   creators
    reason        a sentence
    """

    slope_left: tuple[float, float, float] | None
    slope_right: tuple[float, float, float] | None
    bend: tuple[float, float, float] | None
    jump: tuple[float, float, float] | None
    tier_ratio: tuple[float, float, float] | None
    n_left: int
    n_right: int
    reason: str


def change_at(
    size: ArrayLike,
    value: ArrayLike,
    *,
    at: float = 100_000.0,
    width: float = 10.0,
    group: ArrayLike | None = None,
    draws: int = 1_000,
    seed: int = 0,
) -> Change:
    """Slopes left and right of `at`, and the jump between, with 95 % bootstrap intervals.

    size, value   (n,) positive; rows that are not finite or not above 0 are left out
    at            the size asked about
    width         how many times smaller and larger the sizes are that are used; also the width of
                  a tier for `tier_ratio`. Lines over many powers of ten would bend elsewhere
    group         (n,) who belongs together and is drawn together (an account seen several times)
    draws, seed   of the bootstrap

    Raises UsageError for shapes that differ or an impossible `at` or `width`.

    >>> rng = np.random.default_rng(2)
    >>> size = 10 ** rng.uniform(4, 6, 4_000)
    >>> smooth = size**-0.2 * np.exp(rng.normal(0, 0.5, 4_000))
    >>> low, high = change_at(size, smooth, draws=200).jump[1:]
    >>> low < 1 < high
    True
    """
    sizes, values = np.asarray(size, dtype=np.float64), np.asarray(value, dtype=np.float64)
    who = np.arange(len(sizes)) if group is None else np.asarray(group)
    if sizes.ndim != 1 or sizes.shape != values.shape or who.shape != sizes.shape:
        raise UsageError("Sizes, values and groups must be rows of the same length.")
    if not (at > 0 and width > 1 and draws >= 1):
        raise UsageError("A change needs a size above 0, a width above 1 and at least one draw.")
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.isfinite(sizes) & np.isfinite(values) & (sizes > 0) & (values > 0)
        near &= (sizes >= at / width) & (sizes < at * width)
    x, y = np.log10(sizes[near] / at), np.log(values[near])
    _, number = np.unique(who[near], return_inverse=True)
    right = x >= 0
    n_left, n_right = int((~right).sum()), int(right.sum())
    if min(n_left, n_right) < MIN_SIDE:
        return Change(
            *(None,) * 5,
            n_left,
            n_right,
            f"{n_left} creators below and {n_right} above; {MIN_SIDE} on either side are needed.",
        )
    point, typical = _lines(x, y, right)
    rng = np.random.default_rng(seed)
    n_groups = int(number.max()) + 1
    drawn = np.empty((draws, len(point)))
    for i in range(draws):
        # How often each group was drawn weighs its rows, the same as copying them; the typical
        # distance is that of all.
        times = np.bincount(rng.integers(0, n_groups, n_groups), minlength=n_groups)
        drawn[i], _ = _lines(x, y, right, times[number].astype(np.float64), typical)
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)

    def told(i: int, *, ratio: bool = False) -> tuple[float, float, float]:
        three = np.array([point[i], low[i], high[i]])
        a, b, c = np.exp(three) if ratio else three / np.log(10.0)
        return float(a), float(b), float(c)

    return Change(
        told(0),
        told(1),
        told(2),
        told(3, ratio=True),
        told(4, ratio=True),
        n_left,
        n_right,
        f"{n_left} creators below and {n_right} above {at:,.0f}, within {width:g} times.",
    )


def _lines(
    x: Floats,
    y: Floats,
    right: NDArray[np.bool_],
    times: Floats | None = None,
    typical: tuple[float, float] | None = None,
) -> tuple[Floats, tuple[float, float]]:
    """Slopes (of ln per log10), bend, jump and ratio of medians (both ln); typical distances."""
    times = np.ones(len(x)) if times is None else times
    known = (None, None) if typical is None else typical
    (level_left, slope_left, near_left), (level_right, slope_right, near_right) = (
        _line(x[side], y[side], times[side], scale)
        for side, scale in zip((~right, right), known, strict=True)
    )
    tiers = _median(y[right], times[right]) - _median(y[~right], times[~right])
    numbers = [slope_left, slope_right, slope_right - slope_left, level_right - level_left, tiers]
    return np.array(numbers), (near_left, near_right)


def _line(x: Floats, y: Floats, times: Floats, scale: float | None) -> tuple[float, float, float]:
    """Level and slope by Huber's M-estimate, and the typical distance from it."""
    weight = np.ones(len(x))
    level = slope = np.nan
    typical = 0.0 if scale is None else scale
    for _ in range(_ROUNDS):
        mass = weight * times
        total = mass.sum()
        middle_x, middle_y = float(mass @ x / total), float(mass @ y / total)
        across = float(mass @ (x - middle_x) ** 2)
        if not across > 0:
            return np.nan, np.nan, np.nan
        slope = float(mass @ ((x - middle_x) * (y - middle_y))) / across
        level = middle_y - slope * middle_x
        rest = np.abs(y - level - slope * x)
        if scale is None:
            typical = 1.4826 * _median(rest, times) + 1e-12
        weight = np.minimum(1.0, _HUBER * typical / np.maximum(rest, 1e-300))
    return level, slope, typical


def _median(y: Floats, times: Floats) -> float:
    order = np.argsort(y, kind="stable")
    mass = np.cumsum(times[order])
    return float(y[order][np.searchsorted(mass, mass[-1] / 2)])
