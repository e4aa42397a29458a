"""What is usual for creators of a size, a language and a topic, per measure.

    level = curve(log10 followers) + language + topic + language x topic

The curve is smooth (`cohorts.fit_curve`); what a language or topic adds is drawn towards 0 as far
as it is noise (`cohorts.shrunken_groups`). A home with fewer than MIN_FITTED creators of a stratum
cannot tell a curve from chance: there the line of SLOPE is moved to the height of its creators.

SLOPE: acts grow slower than followers (Garcia and others, EPJ Data Science 2017, find influence
sublinear in popularity); 0.8 itself is our own choice, as is MIN_FITTED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.cohorts import Curve, fit_curve, shrunken_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Words = NDArray[np.str_]

__all__ = ["MIN_FITTED", "SLOPE", "Level", "Who", "fit_level", "start_level"]

#: Fewer creators than this get the line instead of a curve.
MIN_FITTED = 80
#: Growth of the log rate per logarithm of followers, where it cannot be fitted.
SLOPE = 0.8
_JOINT = "\x1f"


class Who(NamedTuple):
    """size        (n,) log10(followers), NaN unknown
    language, topic  (n,) words, "" unknown
    """

    size: Floats
    language: Words
    topic: Words

    def take(self, rows: NDArray[np.int64]) -> Who:
        """These creators alone."""
        return Who(self.size[rows], self.language[rows], self.topic[rows])

    def cohorts(self) -> tuple[Words, ...]:
        """Words of language, topic, and both."""
        both = np.char.add(np.char.add(self.language, _JOINT), self.topic)
        return self.language, self.topic, both


class Level(NamedTuple):
    """Of one measure.

    curve   over log10(followers)
    names   per cohort level: known words, sorted
    shifts  what each adds
    middle  mean of the curve over creators, for those whose size is not known
    spread  variance of the curve over creators
    """

    curve: Curve
    names: tuple[Words, ...]
    shifts: tuple[Floats, ...]
    middle: float
    spread: float

    def at(self, who: Who) -> Floats:
        """(n,) usual log rate."""
        sized = np.isfinite(who.size)
        value = np.where(sized, self.curve(np.where(sized, who.size, 0.0)), self.middle)
        for names, shift, asked in zip(self.names, self.shifts, who.cohorts(), strict=True):
            place = np.minimum(np.searchsorted(names, asked), len(names) - 1)
            value = value + np.where(names[place] == asked, shift[place], 0.0)
        return value


def start_level(size: Floats, log_rate: float) -> Level:
    """The line of SLOPE through `log_rate` at the mean size; no cohorts."""
    known = size[np.isfinite(size)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    high = max(high, low + 0.5)
    empty = fit_curve(np.array([low, high]), np.zeros(2), np.ones(2), low=low, high=high)
    n = len(empty.weights)
    middle = float(known.mean()) if len(known) else 0.5
    # Coefficients on a line give that line: the i-th spline stands at this place.
    where = low + (np.arange(n) - 1) * (high - low) / (n - 3)
    weights = log_rate + SLOPE * np.log(10.0) * (where - middle)
    spread = float((SLOPE * np.log(10.0)) ** 2 * known.var()) if len(known) else 1.0
    none = np.array([""])
    return Level(
        Curve(low, high, weights, np.zeros((n, n))),
        (none,) * 3,
        (np.zeros(1),) * 3,
        log_rate,
        spread,
    )


def fit_level(old: Level, who: Who, said: Floats, noise: Floats, between: float) -> Level:
    """The level that observations of creators' log rates say.

    said, noise   (n,) log rates and their variances; infinite variance: not seen
    between       variance of creators around the level
    """
    known = np.isfinite(noise) & np.isfinite(said) & np.isfinite(who.size)
    if int(known.sum()) < MIN_FITTED:
        return _moved(old, who, said, noise, between)
    rows = np.flatnonzero(known)
    some = who.take(rows)
    value, weight = said[rows], 1.0 / (noise[rows] + between)
    weight = weight / weight.mean()
    names, groups = [], []
    for words in some.cohorts():
        unique, number = np.unique(words, return_inverse=True)
        names.append(unique)
        groups.append(number.astype(np.int64))
    shifts = [np.zeros(len(unique)) for unique in names]
    offset = np.zeros(len(rows))
    curve = old.curve
    for _ in range(2):
        curve = fit_curve(some.size, value - offset, weight, low=old.curve.low, high=old.curve.high)
        above = value - curve(some.size)
        offset = np.zeros(len(rows))
        for i, group in enumerate(groups):
            shifts[i] = shrunken_means(group, above - offset, weight, len(names[i]))
            offset = offset + shifts[i][group]
    usual = curve(some.size)
    return Level(curve, tuple(names), tuple(shifts), float(usual.mean()), float(usual.var()))


def _moved(old: Level, who: Who, said: Floats, noise: Floats, between: float) -> Level:
    known = np.isfinite(noise) & np.isfinite(said)
    if not known.any():
        return old
    weight = 1.0 / (noise[known] + between)
    rows = np.flatnonzero(known)
    shift = float((weight * (said[rows] - old.at(who.take(rows)))).sum() / weight.sum())
    curve = old.curve._replace(weights=old.curve.weights + shift)
    return old._replace(curve=curve, middle=old.middle + shift)
