"""By which number of the index the results of a question are sorted."""

from __future__ import annotations

from influencr.index import Order
from influencr.search._plan import Plan

__all__ = ["order_of"]

_ORDERS = {
    "followers": Order("followers"),
    "influence": Order("influence"),
    "closeness": Order("closeness"),
    "engagement": Order("engagement"),
    "last_post": Order("last_post"),
    "posts_per_week": Order("posts_per_week"),
    "bought_share": Order("not_bought"),
    "name": Order("name", descending=False),
}
_BY_SCORE = Order("score")
_BY_QUALITY = Order("quality")


def order_of(plan: Plan) -> Order:
    """The order of a plan's results; by relevance without anything to be relevant for, by quality.

    Only an order by "score" needs the plan's scored node.
    """
    query = plan.query
    if query.sort == "growth":
        return Order(f"growth_{query.growth_months}m")
    return _ORDERS.get(query.sort) or (_BY_QUALITY if plan.is_plain else _BY_SCORE)
