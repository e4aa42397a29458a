"""First digits of how many accounts the followers follow, against Benford's law. Never decisive.

Counts that grow by themselves begin with 1 in 30 % of cases and with 9 in 5 %; counts that a seller
sets do not (Golbeck, PLOS ONE 2015: the hundred most deviant of 20,000 accounts were all
suspicious). Platforms that limit or suggest follows bend the law for everybody, so the deviation is
a figure to look at beside others, in no family, and nothing ever fires on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from influencr.vetting._audience import Audience

__all__ = ["MIN_FOLLOWERS", "first_digits"]

#: Fewer counts say nothing about nine digits (methods, section 4.1).
MIN_FOLLOWERS: Final = 500
#: Benford's law: log10(1 + 1 / d) for d from 1 to 9.
_LAW: Final = np.log10(1.0 + 1.0 / np.arange(1, 10))


def first_digits(audience: Audience) -> pl.DataFrame:
    """Deviation of each creator's followers from Benford's law.

    returns   `creator` (row), `n` (followers who follow a known number above 0), `mad` (mean
              absolute deviation of the nine shares, null below MIN_FOLLOWERS) and `chi2`
    """
    following = audience.accounts.following[audience.who].astype(np.int64)
    n_creators = len(audience.starts) - 1
    owner = np.repeat(np.arange(n_creators), np.diff(audience.starts))
    known = following > 0
    values = following[known]
    digit = values // 10 ** np.floor(np.log10(values) + 1e-12).astype(np.int64)
    counts = np.bincount(owner[known] * 9 + digit - 1, minlength=9 * n_creators).reshape(-1, 9)
    n = counts.sum(axis=1)
    expected = n[:, None] * _LAW
    chi2 = ((counts - expected) ** 2 / np.maximum(expected, 1e-9)).sum(axis=1)
    mad = np.abs(counts / np.maximum(n, 1)[:, None] - _LAW).mean(axis=1)
    enough = pl.col("n") >= MIN_FOLLOWERS
    return pl.DataFrame(
        {"creator": np.arange(n_creators), "n": n, "mad": mad, "chi2": chi2}
    ).select("creator", "n", pl.when(enough).then("mad"), pl.when(enough).then("chi2"))
