"""What a member does about money: pay, change the card, cancel, resume, go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import stripe
from django.db import transaction
from django.utils import timezone

from influencr.errors import UsageError
from influencr.service.accounts.models import Membership, Team, User
from influencr.service.billing.models import Payer, Subscription
from influencr.service.billing.providers.stripe._client import asking, client, is_missing
from influencr.service.billing.providers.stripe._prices import find_price
from influencr.service.billing.providers.stripe._reread import reread

__all__ = ["cancel", "card", "checkout", "end", "leave", "resume"]

#: Checkout takes an end of a trial that is at least two days away; an hour for who types slowly.
_TRIAL_LEFT = timedelta(days=2, hours=1)


def checkout(team: Team, *, back: str, done: str) -> str:
    """The address of Stripe's page on which the team pays.

    back, done   whole addresses of ours, to return to without and with having paid

    Who pays during the trial loses none of it: the first month begins when it ends. Earlier pages
    that were left open are closed, so that nobody pays twice. Raises UsageError when the team has a
    subscription, and StripeAway.
    """
    payer = _customer(team)
    reread(payer)
    if payer.subscription:
        raise UsageError("subscription: this team has one already.", field="subscription")
    price = find_price()
    trial_until = Subscription.objects.values_list("trial_until", flat=True).get(team=team)
    told: dict[str, Any] = {"metadata": {"team": str(team.pk)}}
    if trial_until - timezone.now() > _TRIAL_LEFT:
        told["trial_end"] = int(trial_until.timestamp())
    asked = client().v1.checkout.sessions
    with asking("Opening the payment page"):
        for open_ in asked.list({"customer": payer.customer, "status": "open"}).data:
            asked.expire(open_.id)
        page: Any = {
            "mode": "subscription",
            "customer": payer.customer,
            "client_reference_id": str(team.pk),
            "line_items": [{"price": price.id, "quantity": 1}],
            "payment_method_collection": "always",
            # Companies put their number on the invoice; it is kept with their name.
            "tax_id_collection": {"enabled": True},
            "customer_update": {"name": "auto", "address": "auto"},
            "subscription_data": told,
            "success_url": done,
            "cancel_url": back,
        }
        made = asked.create(page)
    return _address(made.url)


def card(team: Team, *, back: str) -> str:
    """The address of Stripe's page on which the card is changed and invoices lie.

    Raises UsageError for a team that Stripe does not know, and StripeAway.
    """
    payer = _customer(team) if _known(team) else None
    if payer is None:
        raise UsageError("card: this team has not paid yet.", field="card")
    with asking("Opening the page of the card"):
        made = client().v1.billing_portal.sessions.create(
            {"customer": payer.customer, "return_url": back}
        )
    return _address(made.url)


def cancel(team: Team) -> None:
    """Nothing is charged any more: it ends with what is paid, or now when nothing is.

    Raises UsageError without a subscription, and StripeAway.
    """
    payer = _alive(team)
    with asking("Cancelling"):
        now = client().v1.subscriptions.retrieve(payer.subscription)
        if now.status in ("active", "trialing"):
            client().v1.subscriptions.update(payer.subscription, {"cancel_at_period_end": True})
        elif now.status != "canceled":
            client().v1.subscriptions.cancel(payer.subscription)
    reread(payer)


def resume(team: Team) -> None:
    """Take the cancelling back, while what is paid lasts. Raises UsageError, and StripeAway."""
    payer = _alive(team)
    with asking("Resuming"):
        client().v1.subscriptions.update(payer.subscription, {"cancel_at_period_end": False})
    reread(payer)


def end(team: Team) -> None:
    """The subscription ends now, whatever is paid; nothing happens without one. Raises
    StripeAway.
    """
    payer = _known(team)
    if payer is None:
        return
    if payer.subscription:
        with asking("Ending the subscription"):
            try:
                client().v1.subscriptions.cancel(payer.subscription)
            except stripe.InvalidRequestError as error:
                if not is_missing(error):
                    raise
    reread(payer)


def leave(team: Team) -> None:
    """Forget a team at Stripe: subscriptions end, the card and the address go; what has to be kept
    about money that was taken stays there. Raises StripeAway.
    """
    payer = _known(team)
    if payer is None:
        return
    with asking("Ending the subscription"):
        try:
            client().v1.customers.delete(payer.customer)
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
    payer.delete()


def _known(team: Team) -> Payer | None:
    return Payer.objects.filter(team=team).exclude(customer="").select_related("team").first()


def _alive(team: Team) -> Payer:
    payer = _known(team)
    if payer is None or not payer.subscription:
        raise UsageError("subscription: this team has none.", field="subscription")
    return payer


def _customer(team: Team) -> Payer:
    """The team as a customer, with the address of its owner; made when there is none."""
    owner = User.objects.get(memberships__team=team, memberships__role=Membership.OWNER)
    payer, _ = Payer.objects.select_related("team").get_or_create(team=team)
    told: Any = {"email": owner.email, "metadata": {"team": str(team.pk)}}
    with asking("Opening the payment page"):
        if not payer.customer:
            made = client().v1.customers.create(told)
            if not _keep(payer, made.id):
                # Somebody of the team was a moment faster: theirs counts.
                client().v1.customers.delete(made.id)
                payer.refresh_from_db()
        elif payer.owner_id != owner.pk:
            client().v1.customers.update(payer.customer, told)
    if payer.owner_id != owner.pk:
        Payer.objects.filter(pk=payer.pk).update(owner=owner)
    return payer


def _keep(payer: Payer, customer: str) -> bool:
    with transaction.atomic():
        kept = Payer.objects.filter(pk=payer.pk, customer="").update(customer=customer)
    payer.customer = customer
    return bool(kept)


def _address(url: str | None) -> str:
    if not url:
        raise UsageError("payment: Stripe gave no address of its page.", field="payment")
    return url
