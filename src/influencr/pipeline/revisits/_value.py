"""What is it worth to look at somebody again now?

An account changes at some rate (Poisson, `rate` a day). Of an account looked at f times a day, what
we hold is right a share F = (f / rate)(1 - exp(-rate / f)) of the time. With a fixed number of
looks for everybody, the sum of interest * F is greatest where the last look is worth the same
everywhere, and the derivative of F in f, with age = 1 / f, is

    value = interest / rate * (1 - exp(-x) * (1 + x)),        x = rate * age

so whoever has the greatest value now is asked first. This is the schedule of Cho and Garcia-Molina
(Effective page refresh policies for web crawlers, ACM TODS 28(4), 2003) in the greedy form that
Azar, Horvitz, Lubetzky, Peres and Shahaf show to be near the optimum (Tractable near-optimal
policies for crawling, PNAS 115(32), 2018). It is 0 for whom we have just looked at, grows with age
and with interest, and falls again for accounts that change so often that no budget keeps up.

The rate is not known, only in how many of the looks something had changed. With a Gamma prior worth
PRIOR_CHANGES in PRIOR_DAYS the estimate is (changes + PRIOR_CHANGES) / (days + PRIOR_DAYS). Several
changes between two looks count as one, so it is a lower bound for whoever changes more often than
they are looked at.

PRIOR_CHANGES, PRIOR_DAYS: our own choice, an account nobody knows anything of is taken to change
once a week.
"""

from __future__ import annotations

import numpy as np

__all__ = ["PRIOR_CHANGES", "PRIOR_DAYS", "change_rate", "value"]

PRIOR_CHANGES = 1.0
PRIOR_DAYS = 7.0
# Below this x the difference of two nearly equal numbers would lose more digits than the series.
_SMALL = 1e-3


def value(interest: np.ndarray, rate_per_day: np.ndarray, age_days: np.ndarray) -> np.ndarray:
    """What looking again now is worth, in interest times days; float64, shape (n,).

    interest       0 or more, any unit: only comparisons between accounts mean something
    rate_per_day   changes a day, above 0
    age_days       days since the last look; negative counts as 0

    >>> value(np.array([1.0, 2.0]), np.array([0.1, 0.1]), np.array([7.0, 7.0])).round(3)
    array([1.558, 3.117])
    """
    rate = np.asarray(rate_per_day, dtype=np.float64)
    x = rate * np.clip(np.asarray(age_days, dtype=np.float64), 0.0, None)
    exact = -np.expm1(-x) - x * np.exp(-x)
    series = x * x * (0.5 - x / 3.0 + x * x / 8.0)
    worth = np.where(x < _SMALL, series, exact)
    found: np.ndarray = np.asarray(interest, dtype=np.float64) / rate * worth
    return found


def change_rate(changes: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Changes a day, float64 of shape (n,), always above 0.

    changes   looks at which something differed from the look before
    days      from the first look to the last

    >>> change_rate(np.array([0, 3]), np.array([0.0, 21.0])).round(3)
    array([0.143, 0.143])
    """
    n = np.asarray(changes, dtype=np.float64)
    seen = np.clip(np.asarray(days, dtype=np.float64), 0.0, None)
    return (n + PRIOR_CHANGES) / (seen + PRIOR_DAYS)
