"""A generator of follows with planted lockstep groups, for benchmark B7 only.

After section 4.2 of the method: about a million organic follows of 150,000 followers on 50,000
creators in 60 communities, heavy tails, 300 viral bursts; every bought account follows each of the
customers with a chance (the density), and once more at random, by popularity, for every order
(camouflage). Beside it: packs, slow drip, sellers who place all orders of an account within a
minute, sellers who click a known pack in the same sitting, and accounts made long before.

Nothing here is fitted to a network. What it cannot show: bought accounts never are real people's
accounts, and no set of labelled real purchases with follow times exists to compare it with.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from influencr.vetting import crowds
from influencr.vetting._audience import Accounts, Audience

__all__ = ["LIMITS", "Order", "Planted", "make"]

Array = npt.NDArray[Any]

LIMITS = (
    "Generated data: bought accounts never overlap with genuine ones, no account is hijacked, and "
    "no labels of real purchases were seen."
)

DAY = 86_400
#: All times lie in these many days; a year, so that a slow delivery is a sixth of it.
DAYS = 365
N_FOLLOWERS, N_CREATORS, N_COMMUNITIES = 150_000, 50_000, 60
_N_ORGANIC, _N_VIRAL = 1_000_000, 300
_N_PACKS, _PACK_FOLLOWS = 40, 870_000
_START = 1_700_000_000


class Order(NamedTuple):
    """What one seller delivers.

    fakes, customers, density   every fake follows each customer with this chance
    days                        how long one delivery takes
    way                         "orders" (each customer has an own start), "sitting" (an account
                                places all its orders within a minute, all customers at a time),
                                "laundered" (as before, and clicks a known pack in the same sitting)
    aged                        accounts made years before, not in a batch
    """

    fakes: int
    customers: int
    density: float
    days: float
    way: str = "orders"
    aged: bool = False


class Planted(NamedTuple):
    """A generated graph and what is true of it.

    fake        bool per account
    customer    bool per creator
    packs       rows of creators in each known pack
    n_follows   follows in the audience
    """

    audience: Audience
    fake: Array
    customer: Array
    packs: list[Array]
    n_follows: int


def make(seed: int, orders: list[Order], *, packs: bool = True, viral: int = _N_VIRAL) -> Planted:
    """Draw a graph; the same one for the same arguments. `orders` may be empty."""
    rng = np.random.default_rng([seed, 7])
    popularity = (1.0 - rng.random(N_CREATORS)) ** (-1 / 1.3)
    popularity = np.minimum(popularity, 3_000.0)
    community = rng.integers(0, N_COMMUNITIES, N_CREATORS)
    home = rng.integers(0, N_COMMUNITIES, N_FOLLOWERS)
    pieces = [_organic(rng, popularity, community, home)]
    pieces += _viral(rng, popularity, community, home, viral)
    members: list[Array] = []
    if packs:
        drawn, members = _packs(rng, popularity, community, home)
        pieces += drawn
    n_fakes = sum(order.fakes for order in orders)
    customer = np.zeros(N_CREATORS, dtype=bool)
    first = N_FOLLOWERS
    for order in orders:
        chosen, bought = _deliver(rng, order, first, popularity, members)
        customer[chosen] = True
        pieces += bought
        first += order.fakes
    who, whom, at = (np.concatenate(column) for column in zip(*pieces, strict=True))
    keep = (at >= _START) & (at < _START + DAYS * DAY)
    audience = _audience(rng, who[keep], whom[keep], at[keep], members, n_fakes, orders)
    fake = np.zeros(N_FOLLOWERS + n_fakes, dtype=bool)
    fake[N_FOLLOWERS:] = True
    return Planted(audience, fake, customer, members, len(audience.who))


def _pick(rng: np.random.Generator, weight: Array, n: int) -> Array:
    cumulative = np.cumsum(weight)
    return np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")


def _organic(
    rng: np.random.Generator, popularity: Array, community: Array, home: Array
) -> tuple[Array, Array, Array]:
    appetite = np.exp(rng.normal(0, 1.0, N_FOLLOWERS))
    who = _pick(rng, appetite, _N_ORGANIC)
    whom = _pick(rng, popularity, _N_ORGANIC)
    near = np.flatnonzero(rng.random(_N_ORGANIC) < 0.7)
    order = np.argsort(community, kind="stable")
    bounds = np.searchsorted(community[order], np.arange(N_COMMUNITIES + 1))
    sums = np.concatenate([[0.0], np.cumsum(popularity[order])])
    low, high = sums[bounds[home[who[near]]]], sums[bounds[home[who[near]] + 1]]
    at = np.searchsorted(sums, low + rng.random(len(near)) * (high - low), side="right") - 1
    whom[near] = order[np.minimum(at, len(order) - 1)]
    # The network grows: the second half of the year sees more follows than the first.
    when = _START + (rng.random(_N_ORGANIC) ** 0.85 * DAYS * DAY).astype(np.int64)
    return who, whom, when


def _viral(
    rng: np.random.Generator, popularity: Array, community: Array, home: Array, n: int
) -> list[tuple[Array, Array, Array]]:
    """A post is seen widely: a crowd, mostly of the creator's own community, within days."""
    pieces = []
    for creator in _pick(rng, np.sqrt(popularity), n):
        size = int(np.exp(rng.normal(np.log(120), 0.8)))
        near = np.flatnonzero(home == community[creator])
        local = rng.choice(near, min(size * 2 // 3, len(near)), replace=False)
        fans = np.concatenate([local, rng.integers(0, N_FOLLOWERS, size - len(local))])
        start = _START + rng.uniform(5, DAYS - 8) * DAY
        at = start + np.minimum(rng.exponential(0.7 * DAY, len(fans)), 4 * DAY)
        pieces.append((fans, np.full(len(fans), creator), at.astype(np.int64)))
    return pieces


def _packs(
    rng: np.random.Generator, popularity: Array, community: Array, home: Array
) -> tuple[list[tuple[Array, Array, Array]], list[Array]]:
    """Lists that are followed with one click; clicks come in a wave of some days."""
    pieces, members = [], []
    for _ in range(_N_PACKS):
        theme = int(rng.integers(0, N_COMMUNITIES))
        inside = np.flatnonzero(community == theme)
        size = int(rng.integers(25, 90))
        pack = inside[np.unique(_pick(rng, popularity[inside], size * 2))[:size]]
        members.append(pack)
        n = int(_PACK_FOLLOWS / _N_PACKS / max(len(pack), 1) / 0.9)
        near = np.flatnonzero(home == theme)
        fans = np.concatenate(
            [
                rng.choice(near, min(n * 3 // 4, len(near)), replace=False),
                rng.integers(0, N_FOLLOWERS, n // 4),
            ]
        )
        start = _START + rng.uniform(5, DAYS - 8) * DAY
        click = start + rng.random(len(fans)) * 3 * DAY
        who, whom = np.nonzero(rng.random((len(fans), len(pack))) < 0.9)
        at = click[who] + whom * rng.uniform(0.4, 2.0)
        pieces.append((fans[who], pack[whom], at.astype(np.int64)))
    return pieces, members


def _deliver(
    rng: np.random.Generator, order: Order, first: int, popularity: Array, packs: list[Array]
) -> tuple[Array, list[tuple[Array, Array, Array]]]:
    # Customers of every size but the tiniest: who buys has something to show.
    able = np.flatnonzero(popularity > np.quantile(popularity, 0.5))
    chosen = rng.choice(able, order.customers, replace=False)
    who, column = np.nonzero(rng.random((order.fakes, order.customers)) < order.density)
    last = DAYS - order.days - 5
    if order.way == "orders":
        start = rng.uniform(5, last, order.customers)
        when = start[column] * DAY + rng.random(len(who)) * order.days * DAY
        sitting = np.zeros(0)
    else:
        sitting = (rng.uniform(5, last) + rng.random(order.fakes) * order.days) * DAY
        when = sitting[who] + rng.random(len(who)) * 60
    pieces = [(first + who, chosen[column], (_START + when).astype(np.int64))]
    hidden = _pick(rng, popularity, len(who))
    aside = _START + rng.uniform(5, DAYS - 5, len(who)) * DAY
    pieces.append((first + who, hidden, aside.astype(np.int64)))
    if order.way == "laundered":
        pack = packs[int(rng.integers(0, len(packs)))]
        every = np.repeat(np.arange(order.fakes), len(pack))
        at = _START + sitting[every] + 60 + np.tile(np.arange(len(pack)), order.fakes)
        pieces.append((first + every, np.tile(pack, order.fakes), at.astype(np.int64)))
    return chosen, pieces


def _audience(
    rng: np.random.Generator,
    who: Array,
    whom: Array,
    at: Array,
    packs: list[Array],
    n_fakes: int,
    orders: list[Order],
) -> Audience:
    m = N_FOLLOWERS + n_fakes
    pair = whom.astype(np.int64) * m + who
    _, first = np.unique(pair, return_index=True)
    who, whom, at = who[first], whom[first], at[first]
    order = np.lexsort((at, whom))
    who, whom, at = who[order], whom[order], at[order]
    created = np.full(m, _START - 400 * DAY) + rng.integers(0, 300 * DAY, m)
    begin = N_FOLLOWERS
    for plan in orders:
        if not plan.aged:
            created[begin : begin + plan.fakes] = _START - 5 * DAY - rng.integers(0, DAY)
        begin += plan.fakes
    key = np.arange(1, m + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    creator = np.arange(1, N_CREATORS + 1, dtype=np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    return Audience.of(
        pl.DataFrame(
            {
                "key": creator,
                "profile_id": [f"did:example:{i}" for i in range(N_CREATORS)],
                "platform": "bluesky",
                "language": "en",
                "topic": pl.Series([None] * N_CREATORS, dtype=pl.String),
                "followers": np.bincount(whom, minlength=N_CREATORS),
                "created": np.full(N_CREATORS, _START - 500 * DAY),
            }
        ),
        np.searchsorted(whom, np.arange(N_CREATORS + 1)),
        who.astype(np.int32),
        Accounts.of(key, created=created),
        at=at,
        cause=_clicks(who, whom, at, key, creator, created, packs),
    )


def _clicks(
    who: Array,
    whom: Array,
    at: Array,
    keys: Array,
    creators: Array,
    created: Array,
    packs: list[Array],
) -> Array:
    """The cause of each follow, told by the method's own pass over follow lists."""
    members = pl.DataFrame(
        {
            "pack": np.repeat(np.arange(len(packs)), [len(pack) for pack in packs]),
            "member": creators[np.concatenate([np.zeros(0, dtype=np.int64), *packs])],
        },
        schema={"pack": pl.UInt64, "member": pl.UInt64},
    ).with_columns(
        added=pl.lit(None, dtype=pl.Int64),
        removed=pl.lit(None, dtype=pl.Int64),
        kind=pl.lit("pack"),
    )
    follows = pl.DataFrame({"follower": keys[who], "followed": creators[whom], "at": at})
    return crowds.click_causes(
        follows.with_columns(via=pl.lit(None, dtype=pl.UInt64)),
        pl.DataFrame({"key": keys, "created": created}),
        members,
    ).to_numpy()
