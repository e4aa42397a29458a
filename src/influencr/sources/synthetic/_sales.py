"""Who orders followers from whom, and when they arrive.

What reaches a creator who ordered nothing is planted too: sellers' accounts follow strangers so as
not to be found ("unsolicited"), and one another so as to have followers ("padding").
"""

from __future__ import annotations

import numpy as np

from influencr.sources.synthetic._cast import DAY
from influencr.sources.synthetic._plans import Pack, Planner
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sellers import STYLES, Style, opened, split_customers

__all__ = ["plan_sales"]

#: Share of the creators of the graph who order; of these, share who order from the same seller
#: again, and from a second seller.
_CUSTOMERS, _AGAIN, _ELSEWHERE = 0.045, 0.15, 0.06
#: Sizes of orders, as shares of the followers that a creator may expect.
_LEAST, _MOST = 0.03, 0.7
#: Strangers per seller, and the largest share of their expected followers that they get.
_STRANGERS, _UNSOLICITED = 4, 0.08
#: Followers that sellers give their own accounts, on average.
_PADDING = (0.0, 2.0, 4.0, 8.0)


def plan_sales(plan: Planner) -> None:
    """Every order of every seller; a world without sellers' accounts has none."""
    p, cast = plan.p, plan.cast
    fakes = np.flatnonzero(cast.is_kind("bought"))
    if not len(fakes):
        return
    rng = stream(p.seed, "plan-bought")
    expected = plan.market.expected[plan.people]
    able = plan.people[expected >= min(150.0, float(np.quantile(expected, 0.6)))]
    n_customers = max(3, round(_CUSTOMERS * len(plan.graph)))
    able = rng.permutation(able)
    customers, strangers = able[:n_customers], able[n_customers:]
    n_sellers = max(2, min(len(customers) // 12, len(fakes) // 40))
    clients, share = split_customers(rng, customers, n_sellers)
    names = list(STYLES)
    styles = [STYLES[names[seller % len(names)]] for seller in range(n_sellers)]
    # Taken accounts are ordinary people's; the sellers of these own none.
    owns = np.where([style.taken for style in styles], 0.0, share)
    bounds = np.round(np.cumsum(owns / owns.sum())[:-1] * len(fakes)).astype(np.int64)
    for seller, pool in enumerate(np.split(rng.permutation(fakes), bounds)):
        style, name = styles[seller], names[seller % len(names)]
        if style.taken:
            pool = _taken(plan, rng, round(share[seller] * len(fakes)))
        guests = rng.permutation(customers)[: round(_ELSEWHERE * len(clients[seller]))]
        theirs = np.union1d(clients[seller], guests)
        sale = _Sale(plan, rng, seller, name, pool)
        (sale.together if style.sitting else sale.one_by_one)(theirs)
        if not style.taken:
            sale.pad()
            few = strangers[seller * _STRANGERS : (seller + 1) * _STRANGERS]
            sale.to_strangers(few)


def _taken(plan: Planner, rng: np.random.Generator, n: int) -> Array:
    """Ordinary accounts, older than a year, whose owners lost them."""
    old = plan.audience[plan.cast.created[plan.audience] < plan.p.now - 400 * DAY]
    return rng.permutation(old)[:n]


class _Sale:
    """All that one seller does."""

    def __init__(
        self, plan: Planner, rng: np.random.Generator, seller: int, name: str, pool: Array
    ) -> None:
        self.plan, self.rng, self.seller, self.name, self.pool = plan, rng, seller, name, pool
        self.style: Style = STYLES[name]
        self.first = self.last = 0
        if not self.style.taken:
            plan.cast.seller[pool] = seller
            plan.market.degree[pool] = self._cover(len(pool))

    def _cover(self, n: int) -> Array:
        rng = self.rng
        if self.style.cover:
            mean = self.style.cover * self.plan.p.mean_follows
            return np.clip(np.exp(rng.normal(-0.4, 0.9, n)) * mean, 1, 4_000).astype(np.int32)
        return (1 + rng.poisson(np.exp(rng.uniform(np.log(2), np.log(9))), n)).astype(np.int32)

    def _open(self, first: int, last: int) -> None:
        """The accounts exist before the first order."""
        self.first, self.last = first, last
        if not self.style.taken:
            made = opened(self.rng, self.style, self.plan.cast, self.pool, first)
            self.plan.cast.created[self.pool] = made

    def _sizes(self, customers: Array) -> Array:
        share = np.exp(self.rng.uniform(np.log(_LEAST), np.log(_MOST), len(customers)))
        size = np.maximum(3, np.round(share * self.plan.market.expected[customers]))
        return np.minimum(size, max(1, round(0.85 * len(self.pool)))).astype(np.int64)

    def _order(
        self, customer: int, members: Array, at: Array, start: float, days: float, via: int = -1
    ) -> None:
        plan = self.plan
        plan.add(members, np.full(len(members), customer), at, "bought", via=via)
        plan.rows["batches"].append(
            {
                "event": plan.n_events,
                "seller": self.seller,
                "style": self.name,
                "customer": customer,
                "started_at": int(start),
                "lasted_days": days,
                "ordered": len(members),
            }
        )
        plan.n_events += 1

    def one_by_one(self, customers: Array) -> None:
        """Each order in its own time, from any accounts of the pool."""
        plan, rng, style, now = self.plan, self.rng, self.style, self.plan.p.now
        again = rng.random(len(customers)) < _AGAIN
        orders = np.concatenate([customers, customers[again]])
        if not len(orders):
            return
        earliest = plan.cast.created[orders] + 10 * DAY
        latest = now - int((style.longest + 2) * DAY)
        starts = np.maximum(earliest, now - (rng.uniform(15, 300, len(orders)) * DAY))
        starts = np.minimum(starts, latest).astype(np.int64)
        self._open(int(starts.min()), int(starts.max()))
        for customer, start, size in zip(orders, starts, self._sizes(orders), strict=True):
            members = rng.permutation(self.pool)[:size]
            days = rng.uniform(style.shortest, style.longest)
            at = start + (rng.random(len(members)) * days * DAY).astype(np.int64)
            self._order(int(customer), members, at, start, days)

    def together(self, customers: Array) -> None:
        """Every account places all its orders in one sitting of its own."""
        plan, rng, style, p = self.plan, self.rng, self.style, self.plan.p
        start = int(p.now - rng.uniform(15, 250) * DAY)
        customers = customers[plan.cast.created[customers] < start - 10 * DAY]
        if not len(customers):
            return
        days = rng.uniform(style.shortest, style.longest)
        self._open(start, start)
        sizes, via = self._sizes(customers), -1
        sitting = start + rng.random(len(self.pool)) * days * DAY
        if style.sitting == "own pack":
            # One click follows the whole pack, so everybody gets the same.
            sizes = np.full(len(customers), int(np.median(sizes)))
            via = self._own_pack(customers, start)
            whole = rng.permutation(len(self.pool))[: round(sizes[0] / 0.9)]
        for place, (customer, size) in enumerate(zip(customers, sizes, strict=True)):
            if via >= 0:
                rows = whole[rng.random(len(whole)) < 0.9]
            else:
                rows = rng.permutation(len(self.pool))[:size]
            at = np.minimum(sitting[rows] + place * rng.uniform(0.3, 1.0), start + days * DAY)
            self._order(int(customer), self.pool[rows], at, start, days, via)
        if style.sitting == "pack":
            self._click(self._known_pack(start), np.arange(len(self.pool)), sitting)
        elif via >= 0:
            self._click(via, whole, sitting, without=customers)

    def _known_pack(self, start: int) -> int:
        """The largest starter pack that existed by then; -1 without one."""
        there = [
            (len(pack.members), -number)
            for number, pack in enumerate(self.plan.pack_list)
            if pack.made_at < start
        ]
        return -max(there)[1] if there else -1

    def _own_pack(self, customers: Array, start: int) -> int:
        """A pack of the seller's: the customers among creators whom everybody knows."""
        plan, cast = self.plan, self.plan.cast
        known = plan.people[cast.created[plan.people] < start - 10 * DAY]
        known = known[np.argsort(-plan.market.expected[known], kind="stable")[:200]]
        known = np.setdiff1d(known, customers)
        extra = self.rng.permutation(known)[: min(len(customers), 100)]
        members = self.rng.permutation(np.concatenate([customers, extra]))[:150]
        members = np.union1d(members, customers)
        owner = int(self.rng.choice(customers))
        plan.pack_list.append(
            Pack(
                owner,
                "mixed",
                int(cast.topics[owner, 0]),
                int(cast.place[owner]),
                int(cast.language[owner]),
                start - 2 * DAY,
                members,
                np.full(len(members), start - 2 * DAY),
            )
        )
        return len(plan.pack_list) - 1

    def _click(
        self, pack: int, rows: Array, sitting: Array, *, without: Array | None = None
    ) -> None:
        """The accounts of these rows of the pool click on a pack after their orders."""
        if pack < 0:
            return
        plan, rng = self.plan, self.rng
        others = plan.pack_list[pack].members
        if without is not None:
            others = np.setdiff1d(others, without)
        who, whom = np.nonzero(rng.random((len(rows), len(others))) < 0.95)
        at = sitting[rows[who]] + 20 + whom * 0.7
        plan.add(self.pool[rows[who]], others[whom], at, "unsolicited", via=pack)
        plan.burst("unsolicited", -1, self.first, len(plan.pieces[-1][0]), pack=pack)

    def pad(self) -> None:
        """The accounts follow one another in their first weeks."""
        plan, rng = self.plan, self.rng
        mean = _PADDING[int(rng.integers(0, len(_PADDING)))]
        number = rng.poisson(mean * rng.gamma(2.0, 0.5, len(self.pool)))
        followed = np.repeat(self.pool, number)
        if not len(followed) or not self.first:
            return
        follower = rng.choice(self.pool, len(followed))
        later = np.maximum(plan.cast.created[follower], plan.cast.created[followed])
        at = later + 60 + (rng.random(len(followed)) * 30 * DAY).astype(np.int64)
        plan.add(follower, followed, at, "padding")
        plan.n_events += 1

    def to_strangers(self, strangers: Array) -> None:
        """Creators who ordered nothing get some, slowly, as long as the seller is at work."""
        plan, rng = self.plan, self.rng
        if not self.first:
            return
        end = max(self.last, self.first + 40 * DAY)
        for stranger in strangers.tolist():
            share = rng.uniform(0.01, _UNSOLICITED)
            size = round(share * float(plan.market.expected[stranger]))
            members = rng.permutation(self.pool)[: min(size, len(self.pool) // 3)]
            at = rng.integers(self.first, end, len(members))
            plan.add(members, np.full(len(members), stranger), at, "unsolicited")
            n = len(plan.pieces[-1][0])
            plan.burst("unsolicited", stranger, self.first, n)
