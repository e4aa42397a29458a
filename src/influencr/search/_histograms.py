"""How the results spread over a number: what a slider draws behind its handles. Exact counts.

A number's own filter is left out while it is counted, as with facets, so the bars show what moving
the slider would let in. Edges are the same for every search and every index (`EDGES`), so that two
pictures can be laid side by side; they follow round numbers, closer where most creators are. Our
own choice.

A bar holds the creators from its lower edge up to, not including, its upper one; ages are counted
the other way round (from more than the lower edge up to and including the upper one), as "posted
within 30 days" includes the thirtieth, and so are shares that look bought.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from influencr.index import Snapshot
from influencr.search._plan import Plan
from influencr.search._results import Histogram

__all__ = ["EDGES", "count_histograms"]

#: Each of HISTOGRAMS -> the numbers at which it is cut.
EDGES: Final[dict[str, tuple[float, ...]]] = {
    "influence": (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0),
    "closeness": (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "followers": tuple(
        float(f"{lead}{'0' * zeros}") for zeros in range(2, 8) for lead in ("1", "2", "5")
    ),
    "engagement": (
        *(0.001, 0.002, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03),
        *(0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.5),
    ),
    "posts_per_week": (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 21.0, 35.0, 70.0),
    "last_post_days": (1.0, 2.0, 3.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0),
    "bought_share": (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75),
    "followers_seen": tuple(
        float(f"{lead}{'0' * zeros}") for zeros in range(2, 6) for lead in ("1", "2", "5")
    ),
    "account_days": (30.0, 90.0, 180.0, 365.0, 730.0, 1_095.0, 1_825.0, 2_555.0, 3_650.0, 5_475.0),
    "growth": (-0.1, -0.01, 0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
}

#: Each of HISTOGRAMS -> the filter that is left out while it is counted.
_OWN_FILTER: Final = {
    "influence": "influence_min",
    "closeness": "closeness_min",
    "followers": "followers",
    "engagement": "engagement",
    "posts_per_week": "posts_per_week_min",
    "last_post_days": "active_within_days",
    "bought_share": "bought_share_max",
    "followers_seen": "followers_seen_min",
    "account_days": "account_days_min",
    "growth": "growth_min",
}

#: Histogram -> index field, where it is called otherwise.
_FIELDS: Final = {"bought_share": "bought_high"}
_AT_MOST: Final = ("bought_share",)


def count_histograms(plan: Plan, snapshot: Snapshot, as_of: datetime) -> dict[str, Histogram]:
    """The histograms of plan.query.histograms, in its order.

    as_of   what ages refer to
    """
    answer: dict[str, Histogram] = {}
    for name in plan.query.histograms:
        node = plan.node(without=(_OWN_FILTER[name],))
        edges = EDGES[name]
        if name == "last_post_days":
            # Younger is later: the same cuts the other way round.
            cuts = [int((as_of - timedelta(days=days)).timestamp()) for days in reversed(edges)]
            unknown, *counts = snapshot.histogram(node, "last_post", cuts)
            counts.reverse()
        elif name == "account_days":
            # An account is N days old from that second on, so the cut lies behind it.
            cuts = [int((as_of - timedelta(days=days)).timestamp()) + 1 for days in reversed(edges)]
            unknown, *counts = snapshot.histogram(node, "created", cuts)
            counts.reverse()
        elif name == "growth":
            multiples = [1.0 + edge for edge in edges]
            field = f"growth_{plan.query.growth_months}m"
            unknown, *counts = snapshot.histogram(node, field, multiples)
        else:
            # At most so much includes the edge, so the cut lies behind it.
            cut = [math.nextafter(e, math.inf) for e in edges] if name in _AT_MOST else edges
            unknown, *counts = snapshot.histogram(node, _FIELDS.get(name, name), cut)
        answer[name] = Histogram(edges=edges, counts=tuple(counts), unknown=unknown)
    return answer
