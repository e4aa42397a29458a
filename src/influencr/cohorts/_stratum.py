"""How much is usual at every size: one smooth distribution of a positive number, no tiers.

Creators are compared with those of the same platform whose number was made in the same way (a
stratum). In a stratum

    ln(value) = level(log10 size) + language + topic + language x topic
                + exp(spread(log10 size) + language + topic + language x topic) * z

`level` and `spread` are smooth curves, the cohort terms are shrunk (`_smooth`): a cohort of fewer
than about 200 is drawn towards the curve of all, the more the smaller it is. The distribution of z
is that of the creators themselves, near the asked size as far as there are enough of them (kernel
weights, blended with all). So any quantile at any size follows, quantiles cannot cross, and no
border exists at which a creator changes class. Nothing is forced to rise or fall with size.

The level is fitted robustly (Huber's weights), so that hollow or exchanged engagement of some does
not move what is called usual for the rest.

Constants are our own choice, fixed by tests/unit/cohorts and tests/unit/vetting/engagement, and
measured in benchmark B11 against fixed tiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.cohorts._share import Z_95, wilson
from influencr.cohorts._smooth import Curve, Groups, fit_curve, shrunken_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Words = NDArray[np.str_]

__all__ = ["LEVELS", "PROBABILITIES", "Stratum", "fit_stratum"]

#: Creators drawn at random from a larger stratum; more only costs time.
_MAX_FITTED = 200_000
#: Cohorts inside a stratum, in the order in which they are fitted.
LEVELS = ("language", "topic", "language x topic")
#: Quantiles of z that are kept; between them is interpolated, beyond them nothing is claimed.
PROBABILITIES = np.array(
    [
        *(0.001, 0.0025, 0.005, 0.01, 0.025),
        *(0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
        *(0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
        *(0.975, 0.99, 0.995, 0.9975, 0.999),
    ]
)
#: Sizes at which the distribution of z is kept.
_N_SIZES = 15
#: Weight of all creators beside those near a size, in creators.
_BLEND = 150.0
#: The kernel is never narrower than this (powers of ten of followers).
_MIN_WIDTH = 0.15
#: Huber's constant, in standard deviations: creators farther off pull less.
_HUBER = 2.5
_ROUNDS = 5
#: Smallest distance from the level that the spread is fitted to, in typical distances.
_NEAR = 0.1
#: Rows predicted at a time, to hold few quantiles.
_CHUNK = 100_000
_JOINT = "\x1f"


class Stratum(NamedTuple):
    """Creators who can be compared.

    n                 how many the curves were fitted on
    level, spread     curves over log10(size)
    names             per level of LEVELS: the known cohorts, sorted
    shifts, factors   per level: what a cohort adds to the level and to the log of the spread
    counts            per level: creators of each cohort
    sizes, quantiles  (k,) log10(size) and (k, len(PROBABILITIES)) quantiles of z there
    worth             (k,) how many creators these quantiles are worth
    """

    n: int
    level: Curve
    spread: Curve
    names: tuple[Words, ...]
    shifts: tuple[Groups, ...]
    factors: tuple[Groups, ...]
    counts: tuple[NDArray[np.int64], ...]
    sizes: Floats
    quantiles: Floats
    worth: Floats

    def place(self, size: Floats, language: Words, topic: Words) -> tuple[Floats, Floats]:
        """Level and spread (both of ln value) for creators of these sizes and cohorts."""
        level, log_spread = self.level(size), self.spread(size)
        for shift, factor, at, known in self._known(language, topic):
            level = level + np.where(known, shift.mean[at], 0.0)
            log_spread = log_spread + np.where(known, factor.mean[at], 0.0)
        return level, np.exp(log_spread)

    def doubt(self, size: Floats, language: Words, topic: Words) -> tuple[Floats, Floats]:
        """Variances of the level, in squared spreads, and of the log of the spread."""
        level, log_spread = self.level.variance(size), self.spread.variance(size)
        for shift, factor, at, known in self._known(language, topic):
            level = level + np.where(known, shift.variance[at], shift.between)
            log_spread = log_spread + np.where(known, factor.variance[at], factor.between)
        _, spread = self.place(size, language, topic)
        return level / spread**2, log_spread

    def _known(
        self, language: Words, topic: Words
    ) -> Iterator[tuple[Groups, Groups, NDArray[np.int64], NDArray[np.bool_]]]:
        for names, shift, factor, asked in zip(
            self.names, self.shifts, self.factors, _cohorts(language, topic), strict=True
        ):
            at = np.minimum(np.searchsorted(names, asked), len(names) - 1)
            yield shift, factor, at, names[at] == asked

    def curve(self, size: Floats, language: Words, topic: Words, probabilities: Floats) -> Floats:
        """(n, len(probabilities)) quantiles of ln(value)."""
        level, spread = self.place(size, language, topic)
        # Interpolating over sizes and over probabilities are both linear: the few asked
        # probabilities come first.
        table = np.stack([np.interp(probabilities, PROBABILITIES, row) for row in self.quantiles])
        z = self._rows(size, table)
        value: Floats = level[:, None] + spread[:, None] * z
        return value

    def percentile(self, log_value: Floats, size: Floats, language: Words, topic: Words) -> Floats:
        """Share of comparable creators with a lower ln(value); from 0.001 to 0.999."""
        out = np.empty(len(size))
        for part in _chunks(len(size)):
            level, spread = self.place(size[part], language[part], topic[part])
            rows = self._rows(size[part], self.quantiles)
            out[part] = _share_below((log_value[part] - level) / spread, rows)
        return out

    def percentile_interval(
        self,
        log_value: Floats,
        size: Floats,
        language: Words,
        topic: Words,
        *,
        below: Floats | float = 0.0,
        above: Floats | float = 0.0,
        normal: float = Z_95,
    ) -> tuple[Floats, Floats]:
        """How far the percentile may be off, for few creators near and for a value in doubt.

        below, above   how far ln(value) itself may lie below and above, at the same confidence
        normal         quantile of the normal distribution for that confidence; 95 % by default

        The doubt in the curves and in the value move z, the few creators whose quantiles were
        read make the share itself a guess (Wilson); the two are independent and add as squares.
        """
        lowest, highest = np.empty(len(size)), np.empty(len(size))
        down = np.broadcast_to(np.asarray(below, dtype=np.float64), len(size))
        up = np.broadcast_to(np.asarray(above, dtype=np.float64), len(size))
        for part in _chunks(len(size)):
            asked = size[part], language[part], topic[part]
            level, spread = self.place(*asked)
            in_level, in_spread = self.doubt(*asked)
            rows = self._rows(size[part], self.quantiles)
            z = (log_value[part] - level) / spread
            curves = normal**2 * (in_level + z**2 * in_spread)
            middle = _share_below(z, rows)
            by_low = _share_below(z - np.sqrt(curves + (down[part] / spread) ** 2), rows)
            by_high = _share_below(z + np.sqrt(curves + (up[part] / spread) ** 2), rows)
            worth = self._rows(size[part], self.worth[:, None])[:, 0]
            few_low, few_high = wilson(middle, worth, normal=normal)
            lowest[part] = middle - np.hypot(middle - by_low, middle - few_low)
            highest[part] = middle + np.hypot(by_high - middle, few_high - middle)
        return np.maximum(lowest, 0.0), np.minimum(highest, 1.0)

    def cohort(self, language: str, topic: str) -> int:
        """How many creators of this very language and topic the curves were fitted on."""
        asked = _cohorts(np.array([language]), np.array([topic]))[-1][0]
        found = np.flatnonzero(self.names[-1] == asked)
        return int(self.counts[-1][found[0]]) if len(found) else 0

    def _rows(self, size: Floats, table: Floats) -> Floats:
        """(n, columns of `table`): the table's row at these sizes."""
        if len(self.sizes) == 1:
            return np.repeat(table, len(size), axis=0)
        right = np.clip(np.searchsorted(self.sizes, size), 1, len(self.sizes) - 1)
        width = np.maximum(self.sizes[right] - self.sizes[right - 1], 1e-12)
        share = np.clip((size - self.sizes[right - 1]) / width, 0.0, 1.0)[:, None]
        rows: Floats = table[right - 1] * (1 - share) + table[right] * share
        return rows


def _chunks(n: int) -> Iterator[slice]:
    for begin in range(0, n, _CHUNK):
        yield slice(begin, begin + _CHUNK)


def _share_below(z: Floats, rows: Floats) -> Floats:
    """Where z stands among the quantiles of its row."""
    n_below = (rows < z[:, None]).sum(axis=1)
    right = np.clip(n_below, 1, len(PROBABILITIES) - 1)
    each = np.arange(len(z))
    low, high = rows[each, right - 1], rows[each, right]
    share = np.clip((z - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    gap = PROBABILITIES[right] - PROBABILITIES[right - 1]
    value: Floats = PROBABILITIES[right - 1] + share * gap
    return value


def _cohorts(language: Words, topic: Words) -> tuple[Words, ...]:
    both = np.char.add(np.char.add(language, _JOINT), topic)
    return language, topic, both


def fit_stratum(log_value: Floats, size: Floats, language: Words, topic: Words) -> Stratum:
    """The curves of one stratum.

    log_value         (n,) ln of the number
    size              (n,) log10 of the size
    language, topic   (n,) words, "" for unknown

    Deterministic: a stratum of more than _MAX_FITTED is thinned with a fixed seed.
    """
    if len(size) > _MAX_FITTED:
        rng = np.random.default_rng(0)
        kept = np.sort(rng.choice(len(size), _MAX_FITTED, replace=False))
        log_value, size, language, topic = log_value[kept], size[kept], language[kept], topic[kept]
    n = len(size)
    low, high = float(size.min()), float(size.max())
    high = max(high, low + 1e-6)
    names, groups = [], []
    for words in _cohorts(language, topic):
        known, number = np.unique(words, return_inverse=True)
        names.append(known)
        groups.append(number.astype(np.int64))
    weight, offset = np.ones(n), np.zeros(n)
    shifts = [Groups(np.zeros(0), np.zeros(0), 0.0)] * len(names)
    rest = log_value
    for _ in range(_ROUNDS):
        level = fit_curve(size, log_value - offset, weight, low=low, high=high)
        above = log_value - level(size)
        offset = np.zeros(n)
        for i, group in enumerate(groups):
            shifts[i] = shrunken_groups(group, above - offset, weight, len(names[i]))
            offset = offset + shifts[i].mean[group]
        rest = above - offset
        typical = 1.4826 * float(np.median(np.abs(rest))) + 1e-9
        weight = np.minimum(1.0, _HUBER * typical / np.maximum(np.abs(rest), 1e-12))
    log_distance = np.log(np.abs(rest) + _NEAR * typical)
    even = np.ones(n)
    spread = fit_curve(size, log_distance, even, low=low, high=high)
    above = log_distance - spread(size)
    factors = []
    for group, known in zip(groups, names, strict=True):
        factor = shrunken_groups(group, above, even, len(known))
        above = above - factor.mean[group]
        factors.append(factor)
    z = rest / np.exp(log_distance - above)
    sizes, quantiles, worth = _shapes(z, size)
    counts = tuple(
        np.bincount(group, minlength=len(known)).astype(np.int64)
        for group, known in zip(groups, names, strict=True)
    )
    return Stratum(
        n,
        level,
        spread,
        tuple(names),
        tuple(shifts),
        tuple(factors),
        counts,
        sizes,
        quantiles,
        worth,
    )


def _shapes(z: Floats, size: Floats) -> tuple[Floats, Floats, Floats]:
    """Sizes, the quantiles of z near each blended with those of all, and what these are worth."""
    n = len(z)
    width = max(_MIN_WIDTH, float(np.std(size)) * n**-0.2)
    sizes = np.unique(np.quantile(size, np.linspace(0, 1, _N_SIZES)))
    order = np.argsort(z, kind="stable")
    ranked, where = z[order], size[order]
    rows, worth = [], []
    for centre in sizes:
        near = np.exp(-0.5 * ((where - centre) / width) ** 2)
        n_near = float(near.sum() ** 2 / (near**2).sum())
        own = n_near / (n_near + _BLEND)
        weight = own * near / near.sum() + (1 - own) / n
        rows.append(np.interp(PROBABILITIES, np.cumsum(weight) - weight / 2, ranked))
        worth.append(1.0 / float((weight**2).sum()))
    return sizes, np.stack(rows), np.array(worth)
