"""How much engagement is usual at every size: one smooth distribution per platform, no tiers.

Creators are compared with those of the same platform whose rate was made by the same definition
(a stratum). In a stratum

    ln(rate) = level(log10 followers) + language + topic + language x topic
               + exp(spread(log10 followers) + language + topic + language x topic) * z

`level` and `spread` are smooth curves, the cohort terms are shrunk (`_smooth`): a cohort of fewer
than about 200 is drawn towards the curve of all, the more the smaller it is. The distribution of z
is that of the creators themselves, near the asked size as far as there are enough of them (kernel
weights, blended with all). So any quantile at any size follows, quantiles cannot cross, and no
border exists at which a creator changes class.

The level is fitted robustly (Huber's weights), so that hollow or exchanged engagement of some does
not move what is called usual for the rest.

Constants are our own choice, fixed by tests/unit/vetting/engagement and measured in benchmark B11
against fixed tiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.vetting.engagement._smooth import Curve, fit_curve, shrunken_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Words = NDArray[np.str_]

__all__ = ["LEVELS", "MIN_STRATUM", "PROBABILITIES", "Stratum", "fit_stratum"]

#: With fewer creators to compare with nothing is said: 2.5 % of them would be fewer than three.
MIN_STRATUM = 100
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
    """Creators of one platform and one definition.

    n                 how many the curves were fitted on
    level, spread     curves over log10(followers)
    names             per level of LEVELS: the known cohorts, sorted
    shifts, factors   per level: what a cohort adds to the level and to the log of the spread
    counts            per level: creators of each cohort
    sizes, quantiles  (k,) log10(followers) and (k, len(PROBABILITIES)) quantiles of z there
    """

    n: int
    level: Curve
    spread: Curve
    names: tuple[Words, ...]
    shifts: tuple[Floats, ...]
    factors: tuple[Floats, ...]
    counts: tuple[NDArray[np.int64], ...]
    sizes: Floats
    quantiles: Floats

    def place(self, size: Floats, language: Words, topic: Words) -> tuple[Floats, Floats]:
        """Level and spread (both of ln rate) for creators of these sizes and cohorts."""
        level, log_spread = self.level(size), self.spread(size)
        for names, shift, factor, asked in zip(
            self.names, self.shifts, self.factors, _cohorts(language, topic), strict=True
        ):
            at = np.minimum(np.searchsorted(names, asked), len(names) - 1)
            known = names[at] == asked
            level = level + np.where(known, shift[at], 0.0)
            log_spread = log_spread + np.where(known, factor[at], 0.0)
        return level, np.exp(log_spread)

    def curve(self, size: Floats, language: Words, topic: Words, probabilities: Floats) -> Floats:
        """(n, len(probabilities)) quantiles of ln(rate)."""
        level, spread = self.place(size, language, topic)
        # Interpolating over sizes and over probabilities are both linear: the few asked
        # probabilities come first.
        table = np.stack([np.interp(probabilities, PROBABILITIES, row) for row in self.quantiles])
        z = self._rows(size, table)
        value: Floats = level[:, None] + spread[:, None] * z
        return value

    def percentile(self, log_rate: Floats, size: Floats, language: Words, topic: Words) -> Floats:
        """Share of comparable creators with a lower ln(rate); from 0.001 to 0.999."""
        out = np.empty(len(size))
        for begin in range(0, len(size), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            level, spread = self.place(size[part], language[part], topic[part])
            z = (log_rate[part] - level) / spread
            rows = self._rows(size[part], self.quantiles)
            n_below = (rows < z[:, None]).sum(axis=1)
            right = np.clip(n_below, 1, len(PROBABILITIES) - 1)
            each = np.arange(len(z))
            low, high = rows[each, right - 1], rows[each, right]
            share = np.clip((z - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
            gap = PROBABILITIES[right] - PROBABILITIES[right - 1]
            out[part] = PROBABILITIES[right - 1] + share * gap
        return out

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


def _cohorts(language: Words, topic: Words) -> tuple[Words, ...]:
    both = np.char.add(np.char.add(language, _JOINT), topic)
    return language, topic, both


def fit_stratum(log_rate: Floats, size: Floats, language: Words, topic: Words) -> Stratum:
    """The curves of one stratum.

    log_rate          (n,) ln of the rate
    size              (n,) log10 of the followers
    language, topic   (n,) words, "" for unknown

    Deterministic: a stratum of more than _MAX_FITTED is thinned with a fixed seed.
    """
    if len(size) > _MAX_FITTED:
        rng = np.random.default_rng(0)
        kept = np.sort(rng.choice(len(size), _MAX_FITTED, replace=False))
        log_rate, size, language, topic = log_rate[kept], size[kept], language[kept], topic[kept]
    n = len(size)
    low, high = float(size.min()), float(size.max())
    high = max(high, low + 1e-6)
    names, groups = [], []
    for words in _cohorts(language, topic):
        known, number = np.unique(words, return_inverse=True)
        names.append(known)
        groups.append(number.astype(np.int64))
    weight, offset = np.ones(n), np.zeros(n)
    shifts = [np.zeros(len(known)) for known in names]
    level = Curve(low, high, np.zeros(0))
    rest = log_rate
    for _ in range(_ROUNDS):
        level = fit_curve(size, log_rate - offset, weight, low=low, high=high)
        above = log_rate - level(size)
        offset = np.zeros(n)
        for i, group in enumerate(groups):
            shifts[i] = shrunken_means(group, above - offset, weight, len(names[i]))
            offset = offset + shifts[i][group]
        rest = above - offset
        typical = 1.4826 * float(np.median(np.abs(rest))) + 1e-9
        weight = np.minimum(1.0, _HUBER * typical / np.maximum(np.abs(rest), 1e-12))
    log_distance = np.log(np.abs(rest) + _NEAR * typical)
    even = np.ones(n)
    spread = fit_curve(size, log_distance, even, low=low, high=high)
    above = log_distance - spread(size)
    factors = []
    for group, known in zip(groups, names, strict=True):
        factor = shrunken_means(group, above, even, len(known))
        above = above - factor[group]
        factors.append(factor)
    z = rest / np.exp(log_distance - above)
    sizes, quantiles = _shapes(z, size)
    counts = tuple(
        np.bincount(group, minlength=len(known)).astype(np.int64)
        for group, known in zip(groups, names, strict=True)
    )
    return Stratum(
        n, level, spread, tuple(names), tuple(shifts), tuple(factors), counts, sizes, quantiles
    )


def _shapes(z: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Sizes, and the quantiles of z near each of them blended with those of all."""
    n = len(z)
    width = max(_MIN_WIDTH, float(np.std(size)) * n**-0.2)
    sizes = np.unique(np.quantile(size, np.linspace(0, 1, _N_SIZES)))
    order = np.argsort(z, kind="stable")
    ranked, where = z[order], size[order]
    rows = []
    for centre in sizes:
        near = np.exp(-0.5 * ((where - centre) / width) ** 2)
        n_near = float(near.sum() ** 2 / (near**2).sum())
        own = n_near / (n_near + _BLEND)
        weight = own * near / near.sum() + (1 - own) / n
        rows.append(np.interp(PROBABILITIES, np.cumsum(weight) - weight / 2, ranked))
    return sizes, np.stack(rows)
