"""What the operator does about money: see how a team stands, let it search, give back, end it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from influencr.errors import UsageError
from influencr.service.accounts.models import Team
from influencr.service.billing import entitlements
from influencr.service.billing.entitlements import Entitlement
from influencr.service.billing.models import Payer, Subscription
from influencr.service.billing.providers import by_card
from influencr.service.billing.providers.bills import Invoice, Refunded

__all__ = ["Overview", "end", "give", "invoices", "overview", "payer_of", "refund"]


class Overview(NamedTuple):
    """How a team stands, as it is written here; nobody is asked.

    provider                 "none", "manual" or "stripe"
    customer, subscription   ids at Stripe; empty without
    """

    entitlement: Entitlement
    provider: str
    trial_until: datetime | None
    paid_until: datetime | None
    given_until: datetime | None
    grace_until: datetime | None
    failed_at: datetime | None
    ends: bool
    customer: str
    subscription: str


def overview(team: Team) -> Overview:
    """How a team stands."""
    one = Subscription.objects.filter(team=team).first()
    payer = payer_of(team)
    return Overview(
        entitlements.of(team),
        settings.INFLUENCR_BILLING,
        one.trial_until if one else None,
        one.paid_until if one else None,
        one.given_until if one else None,
        one.grace_until if one else None,
        one.failed_at if one else None,
        bool(one and one.ends),
        payer.customer if payer else "",
        payer.subscription if payer else "",
    )


def payer_of(team: Team) -> Payer | None:
    """The team as Stripe knows it; None when it has never been asked to pay."""
    return Payer.objects.filter(team=team).exclude(customer="").select_related("team").first()


def give(team: Team, until: datetime | None) -> Entitlement:
    """Let a team search until an instant, whatever it pays; None takes that back.

    Raises UsageError for an instant that has passed.
    """
    if until is not None and until <= timezone.now():
        raise UsageError(
            f"until: {until:%Y-%m-%d} has passed; give a day to come, or end the subscription.",
            field="until",
        )
    entitlements.begin_trial(team)
    Subscription.objects.filter(team=team).update(given_until=until)
    return entitlements.of(team)


def end(team: Team) -> Entitlement:
    """Everything ends now: the trial, what was given, and the subscription, at Stripe too.

    Raises StripeAway when Stripe does not answer; then nothing has changed.
    """
    if by_card():
        from influencr.service.billing.providers import stripe

        stripe.end(team)
    now = timezone.now()
    entitlements.begin_trial(team)
    with transaction.atomic():
        one = Subscription.objects.select_for_update().get(team=team)
        one.trial_until = min(one.trial_until, now)
        one.paid_until = None if one.paid_until is None else min(one.paid_until, now)
        one.given_until = None if one.given_until is None else min(one.given_until, now)
        one.grace_until = one.failed_at = None
        one.save()
    return entitlements.of(team)


def invoices(team: Team) -> list[Invoice]:
    """The invoices of a team at Stripe, newest first; none where nobody pays by card.

    Raises StripeAway.
    """
    if not by_card():
        return []
    from influencr.service.billing.providers import stripe

    return stripe.invoices(team)


def refund(team: Team, invoice_id: str, cents: int | None = None, *, end: bool = False) -> Refunded:
    """Give back what a team paid on an invoice (its id or number).

    cents   how much; None: all that is left of it
    end     the subscription ends now too; else what is paid stays open

    Asking twice for the same within a day gives it back once. Raises UsageError where nobody pays
    by card, for an invoice that is not the team's or not paid, and for more than is left; and
    StripeAway.
    """
    if not by_card():
        raise UsageError("invoice: nobody pays by card on this instance.", field="invoice")
    from influencr.service.billing.providers import stripe

    return stripe.refund(team, invoice_id, cents, end=end)
