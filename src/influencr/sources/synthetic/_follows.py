"""The follower graph, written in chunks of followers so that memory stays bounded.

A chunk draws the follows of its accounts, adds the planned ones, drops doubles (planned edges
win) and is written. What later parts need is kept small: degrees, followers by country, and for
each creator a sample of its organic followers, its regulars, from whom engagement comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl

from influencr.errors import UsageError
from influencr.sources.synthetic._cast import DAY, Cast, kind_number
from influencr.sources.synthetic._market import Market
from influencr.sources.synthetic._names import Names, instants
from influencr.sources.synthetic._output import Output
from influencr.sources.synthetic._plans import CAUSES, Plans
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import (
    ACT_LEVEL,
    ACT_POWER,
    ACT_SPREAD,
    LIKE_LEVEL,
    LIKE_POWER,
    Parameters,
)
from influencr.sources.synthetic._words import Words

__all__ = ["Graph", "Pool", "write_follows"]

_ROWS_PER_FILE = 4_000_000


class Pool(NamedTuple):
    """Followers who may react where influence is planted: slices by `start`, busy ones first."""

    account: Array
    since: Array
    start: Array


class Graph(NamedTuple):
    """What is known once all follows are drawn.

    followers, following   per account, exactly the edges written
    organic, bought        per creator; organic is whatever was not ordered
    sellers                per creator, followers that are sellers' accounts or came by an order,
                           whether the creator ordered them or not
    by_country             (creators, countries) organic followers
    regulars               followers sampled per creator, slices by `regular_start`
    regular_since          when each of them followed
    pool                   who may react where influence is planted, else None
    """

    followers: Array
    following: Array
    organic: Array
    bought: Array
    sellers: Array
    by_country: Array
    countries: tuple[str, ...]
    regulars: Array
    regular_since: Array
    regular_start: Array
    pool: Pool | None = None


#: Event numbers of follows that nobody planned.
_ORGANIC, _FOLLOW_BACK = -1, -2


class _Chunk(NamedTuple):
    follower: Array
    followed: Array
    at: Array
    event: Array


def write_follows(
    p: Parameters,
    words: Words,
    cast: Cast,
    market: Market,
    plans: Plans,
    names: Names,
    out: Output,
    progress: Callable[[str, int, int], None],
) -> Graph:
    """Draw and write every follow; the audience first, creators last (they follow back)."""
    n, n_c = p.n_accounts, p.n_creators
    countries = tuple(sorted({place.country for place in words.places}))
    country_of = np.array([countries.index(place.country) for place in words.places])
    followers = np.zeros(n, dtype=np.int64)
    following = np.zeros(n, dtype=np.int64)
    organic = np.zeros(n_c, dtype=np.int64)
    bought = np.zeros(n_c, dtype=np.int64)
    sellers = np.zeros(n_c, dtype=np.int64)
    by_country = np.zeros(n_c * len(countries), dtype=np.int32)
    # The last two places stand for the negative numbers of follows without an event.
    is_purchase = np.append(plans.edges.cause == CAUSES.index("bought"), [False, False])
    keep = _regular_share(p, cast, market)
    pool: list[tuple[Array, Array, Array]] = []
    wide: list[tuple[Array, Array, Array]] = []
    writer = _Writer(names, plans, out)
    # The bounds depend on the parameters alone, so that memory never changes the bytes.
    step = max(256, min(32_768, int(2_000_000 / p.mean_follows)))
    bounds = [(begin, min(begin + step, n)) for begin in range(n_c, n, step)]
    bounds += [(begin, min(begin + step, n_c)) for begin in range(0, n_c, step)]
    for number, (begin, end) in enumerate(bounds):
        if begin == 0:
            pool = [_joined(pool)]
        rng = stream(p.seed, "follows", number)
        back = _follow_backs(rng, cast, pool[0], begin, end, p.now) if begin < n_c else None
        chunk = _draw(rng, p, market, plans, begin, end, back)
        followers += np.bincount(chunk.followed, minlength=n)
        following[begin:end] += np.bincount(chunk.follower - begin, minlength=end - begin)
        to_creator = chunk.followed < n_c
        own = to_creator & ~is_purchase[chunk.event]
        organic += np.bincount(chunk.followed[own], minlength=n_c)
        bought += np.bincount(chunk.followed[to_creator & ~own], minlength=n_c)
        theirs = to_creator & (is_purchase[chunk.event] | (cast.seller[chunk.follower] >= 0))
        sellers += np.bincount(chunk.followed[theirs], minlength=n_c)
        where = country_of[cast.place[chunk.follower[own]]]
        by_country += np.bincount(
            chunk.followed[own].astype(np.int64) * len(countries) + where,
            minlength=len(by_country),
        ).astype(np.int32)
        if begin >= n_c:
            _sample(rng, chunk, cast, keep, n_c, pool)
            if p.influence is not None:
                rng = stream(p.seed, "response-pool", number)
                wide.append(_widely(rng, chunk, cast, market, plans, n_c))
        writer.add(chunk)
        progress("follows", number + 1, len(bounds))
    writer.close()
    creator, regulars, since = pool[0]
    # Inside a creator's slice talkative accounts tend to come first: they engage most.
    rank = stream(p.seed, "regulars").random(len(creator), dtype=np.float32)
    rank -= np.float32(0.6) * (cast.kind[regulars] == kind_number("talkative"))
    order = np.lexsort((rank, creator))
    return Graph(
        followers,
        following,
        organic,
        bought,
        sellers,
        by_country.reshape(n_c, len(countries)),
        countries,
        regulars[order],
        since[order],
        np.searchsorted(creator[order], np.arange(n_c + 1)),
        _busy_first(p, cast, wide) if wide else None,
    )


def _widely(
    rng: np.random.Generator, chunk: _Chunk, cast: Cast, market: Market, plans: Plans, n_c: int
) -> tuple[Array, Array, Array]:
    """A larger sample of followers, the same share for every z: nobody's own or ordered ones."""
    expected = np.maximum(market.expected, 1.0)
    wanted = 250 + 25 * ACT_LEVEL * expected**ACT_POWER + 8 * LIKE_LEVEL * expected**LIKE_POWER
    innocent = ~np.isin(plans.edges.cause, [CAUSES.index(x) for x in ("bought", "ring")])
    innocent = np.append(innocent, [True, True])
    rows = np.flatnonzero(
        (chunk.followed < n_c) & innocent[chunk.event] & (cast.seller[chunk.follower] < 0)
    )
    rows = rows[rng.random(len(rows)) < (wanted / expected)[chunk.followed[rows]]]
    return chunk.followed[rows], chunk.follower[rows], chunk.at[rows].astype(np.uint32)


def _busy_first(p: Parameters, cast: Cast, wide: list[tuple[Array, Array, Array]]) -> Pool:
    """Inside a creator's slice the accounts that react to many come first."""
    creator, account, since = _joined(wide)
    busy = stream(p.seed, "response-busy").normal(size=p.n_accounts).astype(np.float32)
    busy += np.float32(1.2) * (cast.kind == kind_number("talkative"))
    rank = stream(p.seed, "response-rank").normal(size=len(creator)).astype(np.float32)
    order = np.lexsort((rank - busy[account], creator))
    start = np.searchsorted(creator[order], np.arange(p.n_creators + 1))
    return Pool(account[order], since[order], start)


def _regular_share(p: Parameters, cast: Cast, market: Market) -> Array:
    """Chance that a follower of each creator is kept among its sampled regulars."""
    expected = np.maximum(market.expected, 1.0)
    acts = ACT_LEVEL * expected**ACT_POWER * np.exp(ACT_SPREAD * cast.influence)
    wanted = 40 + 5.0 * acts + 2.5 * LIKE_LEVEL * expected**LIKE_POWER
    return np.minimum(1.0, wanted / expected)


def _draw(
    rng: np.random.Generator,
    p: Parameters,
    market: Market,
    plans: Plans,
    begin: int,
    end: int,
    back: tuple[Array, Array, Array] | None,
) -> _Chunk:
    accounts = np.arange(begin, end, dtype=np.int32)
    follower = np.repeat(accounts, market.degree[begin:end])
    followed = market.draw(rng, follower).astype(np.int32)
    at = market.times(rng, follower, followed)
    edges = plans.edges
    low, high = np.searchsorted(edges.follower, [begin, end])
    planned = slice(int(low), int(high))
    pieces = [
        _Chunk(
            edges.follower[planned],
            edges.followed[planned],
            edges.at[planned].astype(np.int64),
            edges.event[planned],
        )
    ]
    if back is not None:
        pieces.append(_plain(*back, event=_FOLLOW_BACK))
    pieces.append(_plain(follower, followed, at, event=_ORGANIC))
    whole = _Chunk(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
    return _merge(whole, begin)


def _plain(follower: Array, followed: Array, at: Array, *, event: int) -> _Chunk:
    return _Chunk(follower, followed, at, np.full(len(follower), event, dtype=np.int32))


def _merge(chunk: _Chunk, begin: int) -> _Chunk:
    """Without doubles and self-follows; of a double the first stays; sorted by pair.

    The pair and the row number share one integer, so that a plain sort does the grouping:
    15 bits of follower in the chunk, 25 of target, 23 of row.
    """
    row_bits = 23
    if len(chunk.follower) >= 1 << row_bits:
        raise UsageError(
            "mean_follows: one chunk of follows outgrew its sort key; choose a smaller one."
        )
    key = (chunk.follower.astype(np.int64) - begin) << 25 | chunk.followed
    key = key << row_bits | np.arange(len(key))
    key.sort()
    pair = key >> row_bits
    first = np.ones(len(key), dtype=bool)
    first[1:] = pair[1:] != pair[:-1]
    rows = key[first] & ((1 << row_bits) - 1)
    rows = rows[chunk.follower[rows] != chunk.followed[rows]]
    return _Chunk(*(column[rows] for column in chunk))


def _joined(pool: list[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    first, second, third = zip(*pool, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(third)


def _follow_backs(
    rng: np.random.Generator,
    cast: Cast,
    pool: tuple[Array, Array, Array],
    begin: int,
    end: int,
    now: int,
) -> tuple[Array, Array, Array]:
    """Warm creators follow some of their regulars back, mostly within days."""
    creator, follower, since = pool
    inside = np.flatnonzero((creator >= begin) & (creator < end))
    back = inside[rng.random(len(inside)) < 0.3 * cast.closeness[creator[inside]] ** 1.5]
    at = since[back].astype(np.int64) + 60 + rng.exponential(2.0 * DAY, len(back)).astype(np.int64)
    in_time = at < now
    return creator[back][in_time], follower[back][in_time], at[in_time]


def _sample(
    rng: np.random.Generator,
    chunk: _Chunk,
    cast: Cast,
    keep: Array,
    n_creators: int,
    pool: list[tuple[Array, Array, Array]],
) -> None:
    engaged = (chunk.followed < n_creators) & (chunk.event == _ORGANIC)
    rows = np.flatnonzero(engaged)
    rows = rows[rng.random(len(rows)) < keep[chunk.followed[rows]]]
    rows = rows[cast.kind[chunk.follower[rows]] != kind_number("bought")]
    pool.append((chunk.followed[rows], chunk.follower[rows], chunk.at[rows].astype(np.uint32)))


class _Writer:
    """Collects chunks and writes files of about `_ROWS_PER_FILE` rows, in order of time."""

    def __init__(self, names: Names, plans: Plans, out: Output) -> None:
        self._names, self._out, self._edges = names, out, plans.edges
        self._packs = pl.Series(
            [names.pack_uri(i, pack.owner) for i, pack in enumerate(plans.packs)], dtype=pl.String
        )
        self._waiting: list[_Chunk] = []
        self._n_waiting = self._n_files = 0

    def add(self, chunk: _Chunk) -> None:
        self._waiting.append(chunk)
        self._n_waiting += len(chunk.follower)
        if self._n_waiting >= _ROWS_PER_FILE:
            self._flush(more=True)

    def close(self) -> None:
        self._flush(more=False)

    def _flush(self, *, more: bool) -> None:
        if not self._waiting:
            return
        number = self._n_files if more or self._n_files else None
        self._n_files += 1
        if self._out.wants("follows"):
            # Column by column, so that only one full-length copy exists at a time.
            at = np.concatenate([chunk.at for chunk in self._waiting])
            order = np.argsort(at, kind="stable")

            def column(name: str) -> Array:
                return np.concatenate([getattr(chunk, name) for chunk in self._waiting])[order]

            event = column("event")
            via = pl.Series(np.append(self._edges.pack, [-1, -1])[event])
            frame = pl.DataFrame(
                {
                    "follower": self._names.did(column("follower")),
                    "followed": self._names.did(column("followed")),
                    "followed_at": instants(at[order]),
                    "via": self._packs.gather(via.set(via < 0, None))
                    if len(self._packs)
                    else pl.Series([None] * len(via), dtype=pl.String),
                }
            )
            self._out.table("follows", "bluesky_follows", frame, number=number)
        self._write_members(number)
        self._waiting, self._n_waiting = [], 0

    def _write_members(self, number: int | None) -> None:
        """Who really is in each planned event, after doubles were dropped."""
        if not self._out.wants("truth"):
            return
        planned = [
            _Chunk(*(column[chunk.event >= 0] for column in chunk)) for chunk in self._waiting
        ]
        columns = _Chunk(*(np.concatenate(c) for c in zip(*planned, strict=True)))
        causes = pl.Series(CAUSES).gather(self._edges.cause[columns.event].astype(np.int64))
        self._out.table(
            "truth",
            "event_members",
            pl.DataFrame(
                {
                    "planted_event": columns.event,
                    "planted_cause": causes,
                    "planted_actor": self._names.did(columns.follower),
                    "planted_target": self._names.did(columns.followed),
                    "planted_time": instants(columns.at),
                }
            ),
            number=number,
        )
