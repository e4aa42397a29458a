"""Whom to look at when not everybody can be: spread over all arrivals, and at random inside.

Followers in order of arrival are cut into STRATA equal parts, and every flagged burst is a part of
its own, so that a batch is neither missed nor mistaken for the whole. Inside a part a hash of
follower and creator decides, so that the same audience gives the same sample on any machine and a
larger sample holds the smaller one. Never the newest first: who audits the newest of a large
audience audits last month.

STRATA is the method's choice. That a burst gets as many as one arrival part is our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from influencr.errors import UsageError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["STRATA", "Sample", "sample"]

#: Equal parts of the arrivals.
STRATA: Final = 20


class Sample(NamedTuple):
    """Follows to look at, in order of the audience.

    rows      int64[k], rows of `audience.who`
    creator   int64[k], row of `audience.creators`
    stratum   int64[k], 0..STRATA-1 by arrival, from STRATA on a burst of the creator's
    size      int64[k], followers in that stratum of the creator
    weight    float64[k], followers that each one stands for; sums to the followers seen
    """

    rows: NDArray[np.int64]
    creator: NDArray[np.int64]
    stratum: NDArray[np.int64]
    size: NDArray[np.int64]
    weight: NDArray[np.float64]


def sample(audience: Audience, n: int, *, bursts: pl.DataFrame | None = None) -> Sample:
    """About n followers of each creator, or all where there are no more.

    n        per creator, shared out evenly over the arrival strata; each burst comes on top with as
             many as one arrival stratum
    bursts   ledger rows whose `member_rows` are strata of their own; later rows do not take
             followers from earlier ones

    Raises UsageError for n below STRATA: every stratum has to be looked at.
    """
    if n < STRATA:
        raise UsageError(f"A sample needs one follower per stratum, {STRATA}; received {n}.")
    seen = audience.seen
    n_creators = len(seen)
    owner = np.repeat(np.arange(n_creators), seen)
    place = np.arange(len(owner)) - audience.starts[owner]
    stratum = place * STRATA // np.maximum(seen[owner], 1)
    widest = STRATA
    if bursts is not None and len(bursts):
        numbers = np.full(n_creators, STRATA)
        for creator, members in bursts.select("creator", "member_rows").iter_rows():
            rows = audience.starts[creator] + np.asarray(members, dtype=np.int64)
            stratum[rows[stratum[rows] < STRATA]] = numbers[creator]
            numbers[creator] += 1
        widest = int(numbers.max())
    cell = owner * widest + stratum
    size = np.bincount(cell, minlength=n_creators * widest)
    # Small audiences are looked at whole; the rest gets the same number from every stratum.
    wanted = np.minimum(size, -(-n // STRATA))
    wanted = np.where(np.repeat(seen <= n, widest), size, wanted)
    draw = _hash(audience.accounts.key[audience.who], audience.creators["key"].to_numpy()[owner])
    order = np.lexsort((draw, cell))
    begins = np.concatenate([[0], np.cumsum(size)])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - begins[cell[order]]
    rows = np.flatnonzero(rank < wanted[cell])
    chosen = cell[rows]
    weight = size[chosen] / wanted[chosen]
    return Sample(rows, owner[rows], stratum[rows], size[chosen], weight)


def _hash(who: NDArray[np.uint64], whom: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64 of both keys: fast, well mixed, the same everywhere."""
    z = who ^ (whom.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
