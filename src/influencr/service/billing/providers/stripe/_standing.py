"""What the subscriptions and invoices of a customer mean, in instants. No question to anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from influencr.service.billing.entitlements import GRACE_DAYS

__all__ = ["Standing", "standing"]

type Thing = Mapping[str, Any]

#: States in which a subscription goes on, or would when it is paid.
_ALIVE = ("trialing", "active", "past_due", "unpaid", "paused")
#: States in which a payment that is due may still come.
_AWAITING = ("trialing", "active", "past_due", "unpaid")
#: States in which nothing is owed.
_GOOD = ("trialing", "active")


class Standing(NamedTuple):
    """The instants of a subscription, and which one at Stripe is alive ("" for none)."""

    subscription: str
    paid_until: datetime | None
    grace_until: datetime | None
    failed_at: datetime | None
    ends: bool


def standing(subscriptions: Sequence[Thing], invoices: Sequence[Thing]) -> Standing:
    """How a customer stands: the same for the same things, in whatever order news of them came.

    Paid is what a paid invoice says in its lines, and nothing else: the current period of a
    subscription begins before it is paid, and goes on beginning when it is not.
    """
    paid = {one["id"]: _paid_until(one, invoices) for one in subscriptions}
    until = max((at for at in paid.values() if at is not None), default=None)
    alive = [one for one in subscriptions if one["status"] in _ALIVE]
    if not alive:
        return Standing("", _instant(until), None, None, until is not None)
    one = max(alive, key=lambda sub: (paid[sub["id"]] or 0, sub["created"], sub["id"]))
    cancel_at = one.get("cancel_at")
    ends = bool(one["cancel_at_period_end"] or cancel_at)
    grace = None
    if until is not None and one["status"] in _AWAITING and not (ends and one["status"] in _GOOD):
        grace = until + int(timedelta(days=GRACE_DAYS).total_seconds())
        grace = min(grace, cancel_at) if cancel_at else grace
    return Standing(
        one["id"],
        _instant(until),
        _instant(grace),
        _instant(_failed_at(one["id"], invoices)),
        ends,
    )


def _paid_until(subscription: Thing, invoices: Sequence[Thing]) -> int | None:
    ends = [
        line["period"]["end"]
        for invoice in invoices
        if invoice["status"] == "paid" and _of(invoice) == subscription["id"]
        for line in invoice["lines"]["data"]
    ]
    if subscription["status"] == "trialing":
        ends.append(subscription["trial_end"])
    if not ends:
        return None
    ended: int | None = subscription.get("ended_at")
    last: int = max(ends)
    return last if ended is None else min(last, ended)


def _failed_at(subscription: str, invoices: Sequence[Thing]) -> int | None:
    """Since when an attempt has failed: the oldest invoice that was tried and is owed."""
    tried: list[int] = [
        invoice["created"]
        for invoice in invoices
        if invoice["status"] == "open" and invoice["attempt_count"] and _of(invoice) == subscription
    ]
    return min(tried, default=None)


def _of(invoice: Thing) -> str | None:
    """The subscription that an invoice belongs to."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    found: str | None = details.get("subscription")
    return found


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
