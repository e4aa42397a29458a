"""The price that is charged: named by its id, or looked up by its key."""

from __future__ import annotations

from typing import NamedTuple

import stripe

from influencr.errors import UsageError
from influencr.service.billing.entitlements import PRICE
from influencr.service.billing.providers.stripe._client import (
    asking,
    client,
    is_missing,
    payments,
)

__all__ = ["Price", "find_price", "make_price"]


class Price(NamedTuple):
    """What a month costs.

    amount   in the smallest unit of the currency (cents)
    """

    id: str
    amount: int
    currency: str
    interval: str


def find_price() -> Price:
    """The price of the settings. Raises UsageError when there is none that renews by itself, and
    StripeAway.
    """
    named = payments().price
    with asking("Looking up the price"):
        if named.startswith("price_"):
            found = _by_id(named)
        else:
            listed = client().v1.prices.list({"lookup_keys": [named], "active": True, "limit": 1})
            found = listed.data[0] if listed.data else None
    if found is None or not found.active or found.recurring is None or found.unit_amount is None:
        raise UsageError(
            f"INFLUENCR_STRIPE_PRICE: Stripe knows no active price {named!r} that renews by "
            "itself; make one there, or run `influencr manage stripe --make-price`.",
            field="INFLUENCR_STRIPE_PRICE",
        )
    return Price(found.id, found.unit_amount, found.currency, found.recurring.interval)


def make_price() -> Price:
    """A product with the monthly price under the lookup key of the settings, unless there is one.

    Raises UsageError when the settings name an id, which nobody can choose, and StripeAway.
    """
    named = payments().price
    if named.startswith("price_"):
        raise UsageError(
            "INFLUENCR_STRIPE_PRICE: it names an id; give a lookup key to have a price made.",
            field="INFLUENCR_STRIPE_PRICE",
        )
    try:
        return find_price()
    except UsageError:
        with asking("Making the price"):
            client().v1.prices.create(
                {
                    "currency": "usd",
                    "unit_amount": PRICE * 100,
                    "recurring": {"interval": "month"},
                    "lookup_key": named,
                    "product_data": {"name": "influencr, one month for a team"},
                },
                {"idempotency_key": f"influencr-price-{named}"},
            )
    return find_price()


def _by_id(name: str) -> stripe.Price | None:
    try:
        return client().v1.prices.retrieve(name)
    except stripe.InvalidRequestError as error:
        if is_missing(error):
            return None
        raise
