"""What is planted in the graph: innocent crowds, bought batches, rings and pods.

Each plan adds edges with a cause and an event number, and a row of truth. Planned edges win over
organic doubles, so a member of a batch really follows inside the batch's window.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._market import Market
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import Parameters

__all__ = ["CAUSES", "Pack", "Plans", "Special", "make_plans"]

CAUSES = (
    "organic",
    "pack",
    "onboarding",
    "viral",
    "giveaway",
    "press",
    "bought",
    "ring",
    "follow_back",
)

#: How sellers deliver: (accounts made in batches?, shortest and longest delivery in days).
STYLES = {
    "instant": (True, 0.04, 0.5),
    "aged": (False, 0.8, 3.0),
    "drip": (True, 20.0, 60.0),
    "three_days": (True, 2.0, 3.5),
}


#: Share of follows that come from starter packs (reported for the real network: about a fifth).
_PACK_SHARE, _MAX_PACK_FOLLOWS = 0.12, 20e6


class Pack(NamedTuple):
    """A starter pack: `theme` is topic, place or mixed."""

    owner: int
    theme: str
    topic: int
    place: int
    language: int
    made_at: int
    members: Array
    added_at: Array


class Special(NamedTuple):
    """A post that must exist: the cause of a viral burst or a giveaway."""

    creator: int
    at: int
    kind: str
    event: int


class Edges(NamedTuple):
    """Planned follows, sorted by follower; kept narrow, for there may be tens of millions.

    cause, pack   per event: number into CAUSES, and the pack behind it or -1
    """

    follower: Array
    followed: Array
    at: Array
    event: Array
    cause: Array
    pack: Array


class Plans(NamedTuple):
    """Everything planted; `rows` holds truth tables by name as lists of dicts."""

    edges: Edges
    packs: list[Pack]
    specials: list[Special]
    pods: list[Array]
    rows: dict[str, list[dict[str, Any]]]


def make_plans(p: Parameters, cast: Cast, market: Market) -> Plans:
    """Plan all crowds. Sets the creation times of bought accounts in `cast`, in place."""
    planner = _Planner(p, cast, market)
    planner.bought()
    planner.packs()
    planner.onboarding()
    planner.bursts()
    planner.rings()
    planner.pods()
    return planner.done()


class _Planner:
    def __init__(self, p: Parameters, cast: Cast, market: Market) -> None:
        self.p, self.cast, self.market = p, cast, market
        self.graph = cast.in_graph(p.n_creators)
        self.people = self.graph[cast.is_kind("creator")[self.graph]]
        self.pieces: list[tuple[Array, Array, Array, int]] = []
        self.causes: list[int] = []
        self.pack_of: list[int] = []
        self.pack_list: list[Pack] = []
        self.specials: list[Special] = []
        self.pod_list: list[Array] = []
        self.rows: dict[str, list[dict[str, Any]]] = {
            "batches": [],
            "bursts": [],
            "rings": [],
            "pods": [],
        }
        self.n_events = 0
        audience = p.n_creators + np.flatnonzero(
            ~cast.is_kind("bought", "exchange")[p.n_creators :]
        )
        order = np.argsort(cast.language[audience], kind="stable")
        self.audience = audience[order]
        self.bounds = np.searchsorted(
            cast.language[self.audience], np.arange(int(cast.language.max()) + 2)
        )

    def add(
        self, follower: Array, followed: Array, at: Array, cause: str, *, via: int = -1
    ) -> None:
        created = self.cast.created
        keep = (
            (at > created[follower])
            & (at > created[followed])
            & (at < self.p.now)
            & (follower != followed)
        )
        self.pieces.append(
            (
                follower[keep].astype(np.int32),
                followed[keep].astype(np.int32),
                at[keep].astype(np.uint32),
                self.n_events,
            )
        )
        self.causes.append(CAUSES.index(cause))
        self.pack_of.append(via)

    def crowd(self, rng: np.random.Generator, language: int, n: int, *, before: int) -> Array:
        """Up to n different ordinary accounts of a language that existed by then."""
        low, high = self.bounds[language], self.bounds[language + 1]
        if high <= low or n <= 0:
            return np.empty(0, dtype=np.int64)
        drawn = np.unique(self.audience[rng.integers(low, high, size=2 * n + 8)])
        drawn = drawn[self.cast.created[drawn] < before]
        return rng.permutation(drawn)[:n]

    def bought(self) -> None:
        p, cast = self.p, self.cast
        fakes = np.flatnonzero(cast.is_kind("bought"))
        if not len(fakes):
            return
        rng = stream(p.seed, "plan-bought")
        expected = self.market.expected[self.people]
        able = self.people[expected >= min(150.0, float(np.quantile(expected, 0.6)))]
        n_customers = max(3, round(0.045 * len(self.graph)))
        customers = rng.permutation(able)[:n_customers]
        n_sellers = max(2, min(len(customers) // 18, len(fakes) // 40))
        fakes = rng.permutation(fakes)
        for seller, (pool, clients) in enumerate(
            zip(np.array_split(fakes, n_sellers), np.array_split(customers, n_sellers), strict=True)
        ):
            style = list(STYLES)[seller % len(STYLES)]
            self._sell(rng, seller, style, pool, clients)

    def _sell(
        self, rng: np.random.Generator, seller: int, style: str, pool: Array, clients: Array
    ) -> None:
        p, cast = self.p, self.cast
        in_batches, shortest, longest = STYLES[style]
        again = rng.random(len(clients)) < 0.15
        orders = np.concatenate([clients, clients[again]])
        if not len(orders):
            return
        earliest = cast.created[orders] + 10 * DAY
        latest = p.now - int((longest + 2) * DAY)
        starts = np.maximum(earliest, p.now - (rng.uniform(15, 300, len(orders)) * DAY))
        starts = np.minimum(starts, latest).astype(np.int64)
        first = int(starts.min())
        if in_batches:
            n_batches = int(rng.integers(1, 4))
            opened = first - (rng.uniform(3, 25, n_batches) * DAY).astype(np.int64)
            length = rng.uniform(0.3, 3.0, n_batches) * DAY
            lot = rng.integers(0, n_batches, len(pool))
            made = opened[lot] - (rng.random(len(pool)) * length[lot]).astype(np.int64)
        else:
            made = np.minimum(
                cast.created[pool],
                first - (rng.uniform(90, 900, len(pool)) * DAY).astype(np.int64),
            )
        cast.created[pool] = made
        for customer, start in zip(orders, starts, strict=True):
            share = np.exp(rng.uniform(np.log(0.03), np.log(0.7)))
            size = max(3, round(share * float(self.market.expected[customer])))
            members = rng.permutation(pool)[: min(size, round(0.85 * len(pool)) or 1)]
            lasts = rng.uniform(shortest, longest) * DAY
            at = start + (rng.random(len(members)) * lasts).astype(np.int64)
            self.add(members, np.full(len(members), customer), at, "bought")
            self.rows["batches"].append(
                {
                    "event": self.n_events,
                    "seller": seller,
                    "style": style,
                    "customer": int(customer),
                    "started_at": int(start),
                    "lasted_days": float(lasts / DAY),
                    "ordered": len(members),
                }
            )
            self.n_events += 1

    def packs(self) -> None:
        p, cast = self.p, self.cast
        rng = stream(p.seed, "plan-packs")
        n_packs = max(3, len(self.graph) // 60)
        main = cast.topics[: p.n_creators, 0]
        # Bounded, because planned follows are held in memory.
        share = min(_PACK_SHARE * p.n_audience * p.mean_follows, _MAX_PACK_FOLLOWS)
        budget = share / (1.8 * n_packs)
        for number in range(n_packs):
            anchor = int(rng.choice(self.people))
            theme = str(rng.choice(["topic", "place", "mixed"], p=[0.6, 0.25, 0.15]))
            same = self.people
            if theme != "mixed":
                same = same[cast.language[same] == cast.language[anchor]]
            if theme == "place":
                same = same[self.market.hub[same] == self.market.hub[anchor]]
            else:
                same = same[main[same] == main[anchor]]
            if len(same) < 8:
                theme = "mixed"
                same = self.people[cast.language[self.people] == cast.language[anchor]]
            if len(same) < 8:
                same = self.people
            size = min(len(same), int(rng.integers(8, 61)))
            members = rng.permutation(same)[:size]
            made = int(
                max(
                    np.sort(cast.created[members])[size // 2] + DAY,
                    p.now - rng.uniform(20, 520) * DAY,
                )
            )
            made = min(made, p.now - 5 * DAY)
            members = members[cast.created[members] < made]
            added = made + (rng.random(len(members)) ** 3 * 40 * DAY).astype(np.int64)
            added = np.minimum(added, p.now - DAY)
            owner = int(members[0]) if len(members) and rng.random() < 0.5 else anchor
            self.pack_list.append(
                Pack(
                    owner,
                    theme,
                    int(main[anchor]),
                    int(cast.place[anchor]),
                    int(cast.language[anchor]),
                    made,
                    members,
                    added,
                )
            )
            for _ in range(int(rng.integers(1, 4))):
                self._wave(rng, number, int(budget / max(len(members), 1) * rng.uniform(0.4, 1.6)))

    def _wave(self, rng: np.random.Generator, number: int, n: int) -> None:
        pack = self.pack_list[number]
        if not len(pack.members):
            return
        start = int(rng.integers(pack.made_at, self.p.now - 3 * DAY))
        n = max(4, min(n, int(0.15 * self.p.n_audience)))
        fans = self.crowd(rng, pack.language, n, before=start + 5 * DAY)
        joins = np.maximum(
            start + rng.exponential(0.5 * DAY, len(fans)),
            self.cast.created[fans] + rng.uniform(120, 1_200, len(fans)),
        )
        keep = rng.random((len(fans), len(pack.members))) < rng.uniform(0.75, 1.0)
        who, whom = np.nonzero(keep)
        # One click follows everybody: a second or two apart, in the order of the list.
        at = joins[who] + whom * rng.uniform(0.4, 2.0)
        self.add(fans[who], pack.members[whom], at, "pack", via=number)
        self._burst("pack", -1, start, len(self.pieces[-1][0]), pack=number, post=False)

    def _burst(
        self, kind: str, creator: int, start: int, n: int, *, pack: int = -1, post: bool
    ) -> None:
        self.rows["bursts"].append(
            {
                "event": self.n_events,
                "kind": kind,
                "creator": creator,
                "pack": pack,
                "started_at": start,
                "follows": n,
                "has_post": post,
            }
        )
        self.n_events += 1

    def onboarding(self) -> None:
        cast, p = self.cast, self.p
        rng = stream(p.seed, "plan-onboarding")
        for language in range(len(self.bounds) - 1):
            local = self.people[cast.language[self.people] == language]
            if len(local) < 12:
                continue
            top = local[np.argsort(-cast.popularity[local], kind="stable")[2:10]]
            newcomers = self.audience[self.bounds[language] : self.bounds[language + 1]]
            newcomers = newcomers[rng.random(len(newcomers)) < 0.12]
            who, whom = np.nonzero(rng.random((len(newcomers), len(top))) < 0.5)
            at = cast.created[newcomers[who]] + rng.uniform(20, 400, len(who))
            self.add(newcomers[who], top[whom], at, "onboarding")
            self._burst("onboarding", -1, 0, len(self.pieces[-1][0]), post=False)

    def bursts(self) -> None:
        p, cast = self.p, self.cast
        rng = stream(p.seed, "plan-bursts")
        customers = {row["customer"] for row in self.rows["batches"]}
        calm = np.array([c for c in self.people if int(c) not in customers], dtype=np.int64)
        recent = calm[cast.last_post[calm] > p.now - 20 * DAY]
        recent = rng.permutation(recent)
        calm = rng.permutation(calm)
        n_viral = max(2, len(self.graph) // 110)
        n_giveaway = max(2, len(self.graph) // 160)
        taken = 0
        for creator in recent[:n_viral]:
            taken += 1
            start = self._start(rng, int(creator), 6)
            n = max(10, int(rng.uniform(0.15, 0.6) * self.market.expected[creator]))
            fans = self.crowd(rng, int(cast.language[creator]), n, before=start)
            at = start + 7_200 + np.minimum(rng.exponential(0.6 * DAY, len(fans)), 2.5 * DAY)
            self.add(fans, np.full(len(fans), creator), at, "viral")
            self.specials.append(Special(int(creator), start, "viral", self.n_events))
            self._burst("viral", int(creator), start, len(self.pieces[-1][0]), post=True)
        for _ in range(n_giveaway):
            size = int(rng.choice([1, 1, 1, 3, 4, 6]))
            hosts = recent[taken : taken + size]
            taken += size
            if not len(hosts):
                break
            start = max(self._start(rng, int(host), 9) for host in hosts)
            n = max(10, int(rng.uniform(0.1, 0.5) * self.market.expected[hosts].mean()))
            fans = self.crowd(rng, int(cast.language[hosts[0]]), n, before=start)
            enter = start + 600 + rng.random(len(fans)) * rng.uniform(3, 6) * DAY
            for place, host in enumerate(hosts):
                self.add(fans, np.full(len(fans), host), enter + 8 * place, "giveaway")
                self.specials.append(Special(int(host), start, "giveaway", self.n_events))
                self._burst("giveaway", int(host), start, len(self.pieces[-1][0]), post=True)
        for creator in calm[: max(1, len(self.graph) // 200)]:
            start = int(max(cast.created[creator] + 5 * DAY, p.now - rng.uniform(10, 300) * DAY))
            n = max(10, int(rng.uniform(0.1, 0.4) * self.market.expected[creator]))
            fans = self.crowd(rng, int(cast.language[creator]), n, before=start)
            at = start + rng.gamma(1.5, 0.8 * DAY, len(fans))
            self.add(fans, np.full(len(fans), creator), at, "press")
            self._burst("press", int(creator), start, len(self.pieces[-1][0]), post=False)

    def _start(self, rng: np.random.Generator, creator: int, margin_days: int) -> int:
        """A moment inside the window of posts, after the account was made."""
        p = self.p
        begin = max(int(self.cast.created[creator]) + 3 * DAY, p.now - (p.n_days - 4) * DAY)
        end = int(self.cast.last_post[creator]) - margin_days * DAY
        return int(rng.integers(begin, max(end, begin + 1)))

    def rings(self) -> None:
        p, cast = self.p, self.cast
        rng = stream(p.seed, "plan-rings")
        exchange = rng.permutation(np.flatnonzero(cast.is_kind("exchange")))
        n_rings = max(1, len(self.graph) // 250)
        small = self.people[
            self.market.expected[self.people] < np.median(self.market.expected[self.people])
        ]
        for number, part in enumerate(np.array_split(exchange, n_rings)):
            ring = np.concatenate([part[:40], rng.permutation(small)[: int(rng.integers(6, 22))]])
            start = p.now - rng.uniform(40, 400) * DAY
            who, whom = np.nonzero(rng.random((len(ring), len(ring))) < 0.75)
            at = start + rng.random(len(who)) * 35 * DAY
            self.add(ring[who], ring[whom], at, "ring")
            self.rows["rings"] += [
                {"ring": number, "event": self.n_events, "account": int(member)} for member in ring
            ]
            self.n_events += 1

    def pods(self) -> None:
        rng = stream(self.p.seed, "plan-pods")
        cast = self.cast
        for number in range(max(1, len(self.graph) // 400)):
            anchor = int(rng.choice(self.people))
            local = self.people[cast.language[self.people] == cast.language[anchor]]
            members = np.sort(rng.permutation(local)[: int(rng.integers(8, 17))])
            if len(members) < 4:
                continue
            self.pod_list.append(members)
            self.rows["pods"] += [{"pod": number, "account": int(member)} for member in members]

    def done(self) -> Plans:
        """The edges in order of follower; one column at a time, to hold few copies."""
        order = np.argsort(np.concatenate([piece[0] for piece in self.pieces]), kind="stable")
        columns = [np.concatenate([piece[i] for piece in self.pieces])[order] for i in range(3)]
        lengths = [len(piece[0]) for piece in self.pieces]
        numbers = np.array([piece[3] for piece in self.pieces], dtype=np.int32)
        self.pieces.clear()
        edges = Edges(
            columns[0],
            columns[1],
            columns[2],
            np.repeat(numbers, lengths)[order],
            np.array(self.causes, dtype=np.int8),
            np.array(self.pack_of, dtype=np.int32),
        )
        return Plans(edges, self.pack_list, self.specials, self.pod_list, self.rows)
