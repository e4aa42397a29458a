"""A small network with a year of follows, and sellers who deliver to some creators in it."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from influencr.vetting._audience import Accounts, Audience

DAY = 86_400
START = 1_700_000_000
N_CREATORS, N_PEOPLE = 400, 6_000


class Plan(NamedTuple):
    """One seller: `sold` accounts, each follows each of `customers` with chance `density`."""

    customers: tuple[int, ...]
    sold: int = 120
    density: float = 0.4
    days: float = 3.0
    same_hour: bool = False
    back: bool = False


class Network(NamedTuple):
    audience: Audience
    sold: np.ndarray


def make_network(*plans: Plan, seed: int = 5) -> Network:
    """Organic follows by popularity, evenly over a year, and what the plans add."""
    rng = np.random.default_rng(seed)
    weight = np.cumsum((1 - rng.random(N_CREATORS)) ** -0.7)
    n = 24_000
    whom = np.searchsorted(weight, rng.random(n) * weight[-1])
    pieces = [(rng.integers(0, N_PEOPLE, n), whom, rng.random(n) * 365, np.zeros(n, dtype=bool))]
    first = N_PEOPLE
    for plan in plans:
        who, column = np.nonzero(rng.random((plan.sold, len(plan.customers))) < plan.density)
        if plan.same_hour:
            at = 100 + (rng.random(plan.sold) * plan.days)[who] + column / DAY
        else:
            begin = rng.uniform(20, 300, len(plan.customers))
            at = begin[column] + rng.random(len(who)) * plan.days
        target = np.array(plan.customers)[column]
        pieces.append((first + who, target, at, np.full(len(who), plan.back)))
        first += plan.sold
    who, whom, at, back = (np.concatenate(part) for part in zip(*pieces, strict=True))
    _, kept = np.unique(whom * first + who, return_index=True)
    who, whom, at, back = who[kept], whom[kept], at[kept], back[kept]
    order = np.lexsort((at, whom))
    who, whom, at, back = who[order], whom[order], at[order], back[order]
    creators = pl.DataFrame(
        {
            "key": np.arange(1, N_CREATORS + 1, dtype=np.uint64) << np.uint64(40),
            "profile_id": [f"did:example:{i}" for i in range(N_CREATORS)],
            "platform": "bluesky",
            "language": "en",
            "topic": "baking",
            "followers": np.bincount(whom, minlength=N_CREATORS),
            "created": START - 500 * DAY,
        }
    )
    audience = Audience.of(
        creators,
        np.searchsorted(whom, np.arange(N_CREATORS + 1)),
        who.astype(np.int32),
        Accounts.of(
            np.arange(1, first + 1, dtype=np.uint64), created=np.full(first, START - 400 * DAY)
        ),
        at=(START + at * DAY).astype(np.int64),
        mutual=back,
    )
    sold = np.zeros(first, dtype=bool)
    sold[N_PEOPLE:] = True
    return Network(audience, sold)


@pytest.fixture(scope="session")
def network():
    """Makes a network: `make_network(Plan(...), ...)`."""
    return make_network


@pytest.fixture(scope="session")
def plan():
    return Plan


@pytest.fixture(scope="session")
def sold_to_twenty():
    return make_network(Plan(tuple(range(40, 60))))
