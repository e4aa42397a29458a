"""Invoices as Stripe has them, and money given back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from influencr.errors import UsageError
from influencr.service.accounts.models import Team
from influencr.service.billing.models import Payer
from influencr.service.billing.providers.bills import Invoice, Refunded
from influencr.service.billing.providers.stripe._client import asking, client
from influencr.service.billing.providers.stripe._paying import end as end_now
from influencr.service.billing.providers.stripe._reread import reread

__all__ = ["invoices", "refund"]

_SHOWN = 100


def invoices(team: Team) -> list[Invoice]:
    """The invoices of a team, newest first; drafts, and those over nothing, are left out.

    Raises StripeAway.
    """
    payer = Payer.objects.filter(team=team).exclude(customer="").first()
    if payer is None:
        return []
    asked = client().v1
    with asking("Looking up the invoices"):
        listed = asked.invoices.list(
            {"customer": payer.customer, "limit": _SHOWN, "expand": ["data.payments"]}
        )
        charges = asked.charges.list({"customer": payer.customer, "limit": _SHOWN})
    given = {str(one.payment_intent): one.amount_refunded for one in charges.data}
    found = []
    for one in listed.data:
        told = one.to_dict()
        if told["status"] == "draft" or not told["total"]:
            continue
        back = sum(given.get(intent, 0) for intent in _intents(told))
        found.append(_invoice(told, back))
    return found


def refund(team: Team, invoice: str, cents: int | None = None, *, end: bool = False) -> Refunded:
    """Give back what a team paid on an invoice.

    cents   how much; None: all that is left of it
    end     the subscription ends now too

    Asking twice for the same within a day gives it back once. Raises UsageError for an invoice that
    is not the team's or not paid and for more than is left, and StripeAway.
    """
    one = next((one for one in invoices(team) if invoice in (one.id, one.number)), None)
    if one is None or one.status != "paid":
        raise UsageError("invoice: the team has paid no such invoice.", field="invoice")
    left = one.amount - one.refunded
    cents = left if cents is None else cents
    asked = client().v1
    with asking("Giving the money back"):
        paid = asked.invoice_payments.list({"invoice": one.id, "status": "paid", "limit": 1})
        intent = paid.data[0].payment.payment_intent if paid.data else None
        if intent is None:
            raise UsageError("invoice: nothing was charged for it.", field="invoice")
        if not 0 < cents <= left:
            raise UsageError(
                f"amount: {left / 100:.2f} {one.currency.upper()} are left to give back.",
                field="amount",
            )
        made = asked.refunds.create(
            {
                "payment_intent": str(intent),
                "amount": cents,
                "reason": "requested_by_customer",
                "metadata": {"team": str(team.pk), "invoice": one.id},
            },
            {"idempotency_key": f"refund-{one.id}-{cents}"},
        )
    if end:
        end_now(team)
    else:
        reread(Payer.objects.get(team=team))
    return Refunded(made.id, made.amount, made.currency, made.status or "pending")


def _intents(told: dict[str, Any]) -> list[str]:
    payments = (told.get("payments") or {}).get("data", [])
    return [str(p["payment"].get("payment_intent")) for p in payments]


def _invoice(told: dict[str, Any], refunded: int) -> Invoice:
    again = told.get("next_payment_attempt")
    return Invoice(
        told["id"],
        told.get("number") or "",
        datetime.fromtimestamp(told["created"], UTC),
        told["total"],
        refunded,
        told["currency"],
        told["status"] or "",
        told.get("hosted_invoice_url") or "",
        told.get("invoice_pdf") or "",
        None if again is None else datetime.fromtimestamp(again, UTC),
    )
