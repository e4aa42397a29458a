"""How sellers of followers work: what their accounts look like and how an order is delivered.

A seller has one pool of accounts and one style, and sells from the pool to several customers. The
styles are those that vetting must withstand: batches made for the purpose, aged accounts, a slow
drip, accounts that place all their orders in one sitting, accounts that hide the orders behind the
click on a starter pack (a known one, or one of the seller's own), accounts that follow as many
popular creators as ordinary people do, and ordinary people's accounts that were taken over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._random import Array, stream

__all__ = ["STYLES", "Looks", "Style", "looks_of", "opened", "split_customers"]


class Style(NamedTuple):
    """One way of delivering.

    fresh      accounts are made in one to three batches shortly before the first order; otherwise
               they are months or years old
    shortest   days over which an order arrives, at least
    longest    and at most
    sitting    "" for orders delivered each in their own time; "orders" if every account follows
               all its customers within a minute; "pack" if it also clicks a known starter pack
               in the same minutes; "own pack" if the customers stand in a pack of the seller's
    taken      the accounts belong to ordinary people and go on living as they did
    cover      follows of popular creators per account, as a share of an ordinary account's
               follows; 0 for the few that every seller adds
    """

    fresh: bool
    shortest: float
    longest: float
    sitting: str = ""
    taken: bool = False
    cover: float = 0.0


#: In this order sellers are given their styles; a world with fewer sellers has the first ones.
STYLES = {
    "instant": Style(True, 0.04, 0.5),
    "aged": Style(False, 0.8, 3.0),
    "drip": Style(True, 20.0, 60.0),
    "three_days": Style(True, 2.0, 3.5),
    "one_sitting": Style(True, 1.0, 6.0, sitting="orders"),
    "laundered": Style(True, 1.0, 4.0, sitting="pack"),
    "hijacked": Style(False, 2.0, 12.0, taken=True),
    "camouflaged": Style(True, 2.0, 5.0, cover=1.0),
    "own_pack": Style(True, 1.0, 5.0, sitting="own pack"),
    "aged_drip": Style(False, 20.0, 60.0),
}

#: Every third seller has this many times the customers and accounts of the others.
_LARGE = 3.0


class Looks(NamedTuple):
    """Chances by seller, shape (n_sellers,), of what its accounts show.

    Drawn wide, so that no single field tells an account of a seller from an ordinary one.
    """

    numbered: Array
    nameless: Array
    pasted: Array
    written: Array
    avatar: Array
    posting: Array


def looks_of(seed: int, n_sellers: int) -> Looks:
    """What each seller cares about; the same seller always looks the same."""
    rng = stream(seed, "seller-looks")
    n = max(n_sellers, 1)
    lazy = rng.random(n) < 0.6
    return Looks(
        numbered=rng.uniform(0.05, 0.9, n),
        nameless=rng.uniform(0.05, 0.55, n),
        pasted=np.where(lazy, rng.uniform(0.1, 0.45, n), 0.0),
        written=rng.uniform(0.03, 0.35, n),
        avatar=rng.uniform(0.35, 0.92, n),
        posting=rng.uniform(0.0, 0.22, n),
    )


def split_customers(
    rng: np.random.Generator, customers: Array, n_sellers: int
) -> tuple[list[Array], Array]:
    """Customers of each seller, and the share of all sellers' accounts that each of them has."""
    weight = np.where(np.arange(n_sellers) % 3 == int(rng.integers(0, 3)), _LARGE, 1.0)
    share = weight / weight.sum()
    bounds = np.round(np.cumsum(share)[:-1] * len(customers)).astype(np.int64)
    return np.split(customers, bounds), share


def opened(rng: np.random.Generator, style: Style, cast: Cast, pool: Array, first: int) -> Array:
    """When the accounts of a pool were made, for a first order at that time."""
    if style.fresh:
        n_batches = int(rng.integers(1, 4))
        begun = first - (rng.uniform(3, 25, n_batches) * DAY).astype(np.int64)
        length = rng.uniform(0.3, 3.0, n_batches) * DAY
        lot = rng.integers(0, n_batches, len(pool))
        made: Array = begun[lot] - (rng.random(len(pool)) * length[lot]).astype(np.int64)
        return made
    return np.minimum(
        cast.created[pool], first - (rng.uniform(90, 900, len(pool)) * DAY).astype(np.int64)
    )
