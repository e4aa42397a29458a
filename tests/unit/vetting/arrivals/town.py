"""A small town: ordinary creators, ordinary followers, and batches put among them on purpose."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from influencr.vetting._audience import Accounts, Audience

DAY = 86_400
#: The network opened here and is looked at three years later.
OPENED = 1_600_000_000 // DAY * DAY
NOW = OPENED + 3 * 365 * DAY
N_PEOPLE, N_CREATORS, FOLLOWERS = 6_000, 60, 400


class Batch(NamedTuple):
    """Who is put to a creator: when they were made, when they followed."""

    creator: int
    created: np.ndarray
    at: np.ndarray
    bio: int = -1
    followers: int = 3
    p: float = 0.1


def spread(begin: float, days: float, n: int, seed: int = 0) -> np.ndarray:
    """n instants within `days` from day `begin` of the network on."""
    rng = np.random.default_rng(seed)
    return np.sort(OPENED + (begin + days * rng.random(n)) * DAY).astype(np.int64)


def make_town(
    *batches: Batch, timed: bool = True, wave: tuple[float, float] | None = None, seed: int = 7
) -> Audience:
    """Sixty creators with four hundred ordinary followers each, and the batches.

    wave   (first day, length in days) in which a third of all people signed up
    """
    rng = np.random.default_rng(seed)
    born = OPENED + (rng.random(N_PEOPLE) * 3 * 364 * DAY).astype(np.int64)
    if wave is not None:
        some = rng.random(N_PEOPLE) < 1 / 3
        born[some] = OPENED + ((wave[0] + wave[1] * rng.random(int(some.sum()))) * DAY).astype(
            np.int64
        )
    created, bio = (
        [born],
        [np.where(rng.random(N_PEOPLE) < 0.2, rng.integers(50, 90, N_PEOPLE), -1)],
    )
    followers, p = [rng.poisson(6, N_PEOPLE)], [rng.random(N_PEOPLE) * 0.5]
    who, at, owner = [], [], []
    for creator in range(N_CREATORS):
        fans = rng.choice(N_PEOPLE, FOLLOWERS, replace=False)
        left = NOW - born[fans]
        soon = rng.random(FOLLOWERS) < 0.3
        delay = np.where(soon, rng.exponential(4 * DAY, FOLLOWERS), rng.random(FOLLOWERS) * left)
        who.append(fans)
        at.append(born[fans] + np.minimum(delay, left - 1).astype(np.int64))
        owner.append(np.full(FOLLOWERS, creator))
    total = N_PEOPLE
    for batch in batches:
        n = len(batch.created)
        who.append(np.arange(total, total + n))
        at.append(batch.at)
        owner.append(np.full(n, batch.creator))
        created.append(batch.created)
        bio.append(np.full(n, batch.bio))
        followers.append(np.full(n, batch.followers))
        p.append(np.full(n, batch.p))
        total += n
    everybody, when, whose = (np.concatenate(x) for x in (who, at, owner))
    order = np.lexsort((when, whose))
    accounts = Accounts.of(
        np.arange(total, dtype=np.uint64),
        created=np.concatenate(created),
        bio=np.concatenate(bio),
        followers=np.concatenate(followers),
        following=rng.integers(1, 900, total),
        p=np.concatenate(p),
    )
    creators = pl.DataFrame(
        {
            "key": pl.Series(range(N_CREATORS), dtype=pl.UInt64),
            "profile_id": [f"town:{i}" for i in range(N_CREATORS)],
            "platform": "town",
            "language": "en",
            "topic": pl.Series([None] * N_CREATORS, dtype=pl.String),
            "followers": FOLLOWERS,
            "created": OPENED,
        }
    )
    starts = np.concatenate([[0], np.cumsum(np.bincount(whose, minlength=N_CREATORS))])
    return Audience.of(
        creators, starts, everybody[order], accounts, at=when[order] if timed else None
    )


def is_member(audience: Audience, creator: int) -> np.ndarray:
    """Which followers of a creator, in order of arrival, were put there."""
    return np.asarray(audience.who[audience.rows(creator)] >= N_PEOPLE)


def lonely(created: np.ndarray) -> Audience:
    """One creator whose followers came in this order, nothing else known."""
    frame = pl.DataFrame(
        {
            "key": pl.Series([1], dtype=pl.UInt64),
            "profile_id": ["town:x"],
            "platform": "town",
            "language": "en",
            "topic": "news",
            "followers": len(created),
            "created": OPENED,
        }
    )
    accounts = Accounts.of(np.arange(len(created), dtype=np.uint64), created=created)
    return Audience.of(frame, np.array([0, len(created)]), np.arange(len(created)), accounts)
