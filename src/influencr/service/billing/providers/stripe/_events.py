"""Events of Stripe: who sent them is proven, each is acted on once, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import stripe
from django.utils import timezone

from influencr.errors import UsageError
from influencr.service.billing.models import Payer, ProcessedEvent
from influencr.service.billing.providers.stripe._client import payments
from influencr.service.billing.providers.stripe._reread import reread

__all__ = ["Forged", "take"]

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)

#: Events after which a team may stand otherwise than before.
_WATCHED = ("checkout.session.", "customer.", "invoice.", "charge.refund", "refund.")


class Forged(UsageError):
    """A message that does not bear Stripe's signature, or bears one that is too old."""

    code = "forged"


def take(body: bytes, signature: str | None) -> str:
    """Act on one event; what was done: "reread", "seen" before, or "ignored".

    An event says only that something has changed. How it is now is asked of Stripe, so that late,
    repeated and reordered events end in the same state. It counts as taken when the state is
    written; before that Stripe sends it again. Raises Forged, and StripeAway.
    """
    try:
        event = stripe.Webhook.construct_event(body, signature, payments().webhook_secret).to_dict()
        kind, name, made = str(event["type"]), str(event["id"]), int(event["created"])
        thing = event["data"]["object"]
    except (*_UNREADABLE, stripe.SignatureVerificationError) as error:
        raise Forged("This does not bear Stripe's signature.", field="signature") from error
    if ProcessedEvent.objects.filter(event=name).exists():
        return "seen"
    payer = _payer(thing) if kind.startswith(_WATCHED) else None
    if payer is not None:
        reread(payer)
    made_at = datetime.fromtimestamp(made, UTC)
    ProcessedEvent.objects.get_or_create(
        event=name,
        defaults={"kind": kind[:80], "made_at": made_at, "taken_at": timezone.now()},
    )
    if payer is not None and kind == "customer.deleted":
        payer.delete()
    return "ignored" if payer is None else "reread"


def _payer(thing: Any) -> Payer | None:
    """Whose event it is; None for a customer who is no team's, or not any more."""
    if not isinstance(thing, dict):
        return None
    customer = thing.get("id") if thing.get("object") == "customer" else thing.get("customer")
    if not isinstance(customer, str) or not customer:
        return None
    return Payer.objects.filter(customer=customer).select_related("team").first()
