"""The objects of the stand-in, each with everything that Stripe's form asks for."""

from __future__ import annotations

from typing import Any

type Thing = dict[str, Any]

SELF = {"type": "self"}


def listed(url: str, rows: list[Thing], limit: int = 100) -> Thing:
    """A page of things, newest first."""
    page = rows[:limit]
    return {"object": "list", "url": url, "has_more": len(rows) > len(page), "data": page}


def customer(name: str, now: int, email: str | None, metadata: Thing) -> Thing:
    """Who pays."""
    return {
        "id": name,
        "object": "customer",
        "created": now,
        "livemode": False,
        "email": email,
        "name": None,
        "metadata": metadata,
        "balance": 0,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
    }


def price(name: str, now: int, cents: int, currency: str, lookup_key: str | None) -> Thing:
    """What a month costs."""
    return {
        "id": name,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": currency,
        "livemode": False,
        "lookup_key": lookup_key,
        "metadata": {},
        "nickname": None,
        "product": f"prod_{name[6:]}",
        "recurring": {
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "usage_type": "licensed",
        },
        "tiers_mode": None,
        "type": "recurring",
        "unit_amount": cents,
        "unit_amount_decimal": str(cents),
    }


def session(name: str, now: int, url: str, told: Thing) -> Thing:
    """A page on which somebody is asked to pay."""
    return {
        "id": name,
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": told.get("cancel_url"),
        "client_reference_id": told.get("client_reference_id"),
        "created": now,
        "currency": "usd",
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": told["customer"],
        "expires_at": now + 86_400,
        "livemode": False,
        "metadata": {},
        "mode": "subscription",
        "payment_method_collection": told.get("payment_method_collection", "always"),
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "success_url": told["success_url"],
        "ui_mode": "hosted_page",
        "url": url,
    }


def portal(name: str, now: int, url: str, told: Thing) -> Thing:
    """A page on which the card is changed."""
    return {
        "id": name,
        "object": "billing_portal.session",
        "configuration": "bpc_standard",
        "created": now,
        "customer": told["customer"],
        "flow": None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": told.get("return_url"),
        "url": url,
    }


def subscription(
    name: str, now: int, until: int, trial: int | None, who: str, cost: Thing
) -> Thing:
    """One that begins now; the first period ends at `until`."""
    item = {
        "id": f"si_{name[4:]}",
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": until,
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": cost,
        "quantity": 1,
        "subscription": name,
        "tax_rates": [],
    }
    return {
        "id": name,
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": until if trial else now,
        "billing_mode": {"type": "classic"},
        "billing_schedules": [],
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": cost["currency"],
        "customer": who,
        "default_payment_method": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": SELF},
        "items": listed(f"/v1/subscription_items?subscription={name}", [item]),
        "latest_invoice": None,
        "livemode": False,
        "metadata": {},
        "start_date": now,
        "status": "trialing" if trial else "active",
        "trial_end": trial,
        "trial_start": now if trial else None,
    }


def invoice(
    name: str, now: int, sub: Thing, cents: int, period: tuple[int, int], reason: str, url: str
) -> Thing:
    """A draft over one period of a subscription."""
    start, end = period
    item = sub["items"]["data"][0]
    line = {
        "id": f"il_{name[3:]}",
        "object": "line_item",
        "amount": cents,
        "currency": sub["currency"],
        "description": "1 x influencr, one month for a team",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": name,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": None,
                "subscription": sub["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"start": start, "end": end},
        "quantity": 1,
        "subtotal": cents,
        "taxes": [],
    }
    return {
        "id": name,
        "object": "invoice",
        "amount_due": cents,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": cents,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": sub["currency"],
        "customer": sub["customer"],
        "default_tax_rates": [],
        "discounts": [],
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": SELF,
        "lines": listed(f"/v1/invoices/{name}/lines", [line]),
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": sub["id"]},
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": now,
        "period_start": now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": cents,
        "total": cents,
    }


def charge(name: str, now: int, bill: Thing, intent: str) -> Thing:
    """Money that was taken."""
    return {
        "id": name,
        "object": "charge",
        "amount": bill["total"],
        "amount_captured": bill["total"],
        "amount_refunded": 0,
        "billing_details": {
            "address": None,
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "captured": True,
        "created": now,
        "currency": bill["currency"],
        "customer": bill["customer"],
        "disputed": False,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": intent,
        "refunded": False,
        "status": "succeeded",
    }


def invoice_payment(name: str, now: int, bill: Thing, intent: str) -> Thing:
    """Which payment settled which invoice."""
    return {
        "id": name,
        "object": "invoice_payment",
        "amount_paid": bill["total"],
        "amount_requested": bill["total"],
        "created": now,
        "currency": bill["currency"],
        "invoice": bill["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": intent},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": now},
    }


def refund(name: str, now: int, of: Thing, cents: int, told: Thing) -> Thing:
    """Money that was given back."""
    return {
        "id": name,
        "object": "refund",
        "amount": cents,
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "metadata": told.get("metadata", {}),
        "payment_intent": of["payment_intent"],
        "reason": told.get("reason"),
        "status": "succeeded",
    }


def event(name: str, now: int, kind: str, thing: Thing) -> Thing:
    """News of a thing as it was then."""
    return {
        "id": name,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": now,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
