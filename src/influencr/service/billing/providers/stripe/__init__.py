"""Cards, through Stripe: the only place that knows it.

What a team may do is never decided from what an event says, but from how its subscriptions and
invoices stand at Stripe when the event arrives (`_reread`, docs/decisions/0022-payments.md).
"""

from influencr.service.billing.providers.stripe._client import StripeAway
from influencr.service.billing.providers.stripe._events import Forged, take
from influencr.service.billing.providers.stripe._invoices import invoices, refund
from influencr.service.billing.providers.stripe._paying import (
    cancel,
    card,
    checkout,
    end,
    leave,
    resume,
)
from influencr.service.billing.providers.stripe._prices import Price, find_price, make_price
from influencr.service.billing.providers.stripe._reread import reread, reread_due

__all__ = [
    "Forged",
    "Price",
    "StripeAway",
    "cancel",
    "card",
    "checkout",
    "end",
    "find_price",
    "invoices",
    "leave",
    "make_price",
    "refund",
    "reread",
    "reread_due",
    "resume",
    "take",
]
