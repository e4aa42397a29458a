"""How a team stands, read from Stripe as it is now and written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import stripe
from django.db import transaction
from django.utils import timezone

from influencr.service.billing import entitlements
from influencr.service.billing.models import Payer, Subscription
from influencr.service.billing.providers.stripe._client import asking, client, is_missing
from influencr.service.billing.providers.stripe._standing import Standing, standing

__all__ = ["reread", "reread_due"]

#: Invoices that are looked at: eight years of months.
_INVOICES = 100
#: A payment that is due within this time is looked after without waiting for news of it.
_SOON = timedelta(hours=1)


def reread(payer: Payer) -> None:
    """Ask Stripe how the team of a payer stands, and write that.

    The question takes a number first. An answer is written only when no answer to a later question
    was: two events that are worked on at once cannot leave the older state. What changed after the
    later question has an event of its own, which asks again. Raises StripeAway.
    """
    with transaction.atomic():
        asked = Payer.objects.select_for_update().get(pk=payer.pk).asked + 1
        Payer.objects.filter(pk=payer.pk).update(asked=asked)
    told = _ask(payer.customer)
    with transaction.atomic():
        fresh = Payer.objects.filter(pk=payer.pk, told__lt=asked)
        if not fresh.update(told=asked, subscription=told.subscription):
            return
        entitlements.begin_trial(payer.team)
        Subscription.objects.filter(team_id=payer.team_id).update(
            paid_until=told.paid_until,
            grace_until=told.grace_until,
            failed_at=told.failed_at,
            ends=told.ends,
        )
    payer.subscription = told.subscription


def reread_due() -> int:
    """Reread the teams whose payment is due or overdue, in case no event of it came; how many."""
    soon = timezone.now() + _SOON
    due = Payer.objects.exclude(subscription="").filter(team__subscription__paid_until__lt=soon)
    payers = list(due)
    for payer in payers:
        reread(payer)
    return len(payers)


def _ask(customer: str) -> Standing:
    if not customer:
        return standing([], [])
    asked = client().v1
    with asking("Looking up the subscription"):
        try:
            subscriptions = asked.subscriptions.list(
                {"customer": customer, "status": "all", "limit": 100}
            )
            invoices = asked.invoices.list({"customer": customer, "limit": _INVOICES})
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            return standing([], [])
    return standing(_plain(subscriptions), _plain(invoices))


def _plain(listed: Any) -> list[dict[str, Any]]:
    return [one.to_dict() for one in listed.data]
