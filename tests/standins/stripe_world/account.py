"""What happens to the money of an account, moment by moment."""

from __future__ import annotations

import calendar
import copy
from datetime import UTC, datetime
from typing import Any

from tests.standins.stripe_world import things
from tests.standins.stripe_world.things import Thing

KEY = "sk_test_standin"
SECRET = "whsec_standin"
DAY = 86_400
HOUR = 3_600
#: Days after which a refused card is tried again; after the last, the account's rule says what.
TRIES = (3, 5, 7)


class Account:
    """Customers, prices, subscriptions and invoices, and the news of them in `outbox`.

    gives_up   what follows the last try: "cancel", "unpaid", or "past_due"
    base       where its pages are, once it is served
    """

    def __init__(self, now: datetime, *, gives_up: str = "cancel", price: int = 4_900) -> None:
        self.now = int(now.timestamp())
        self.gives_up = gives_up
        self.base = "http://127.0.0.1:1"
        self.customers: dict[str, Thing] = {}
        self.prices: dict[str, Thing] = {}
        self.sessions: dict[str, Thing] = {}
        self.portals: dict[str, Thing] = {}
        self.subscriptions: dict[str, Thing] = {}
        self.invoices: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.payments: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        #: Whether the card of a customer works.
        self.cards: dict[str, bool] = {}
        self.outbox: list[Thing] = []
        self._trials: dict[str, int] = {}
        self._costs: dict[str, Thing] = {}
        self._finalized_at: dict[str, int] = {}
        self._n = 0
        self.make_price(price, "usd", "influencr_monthly")

    def name(self, kind: str) -> str:
        """A new id."""
        self._n += 1
        return f"{kind}_{self._n:014d}"

    def tell(self, kind: str, thing: Thing) -> None:
        """News of a thing as it is now."""
        told = things.event(self.name("evt"), self.now, kind, copy.deepcopy(thing))
        self.outbox.append(told)

    def make_price(self, cents: int, currency: str, lookup_key: str | None) -> Thing:
        made = things.price(self.name("price"), self.now, cents, currency, lookup_key)
        self.prices[made["id"]] = made
        return made

    def open_session(self, session: Thing, cost: Thing, trial: int) -> None:
        """A page to pay on, until it expires."""
        self.sessions[session["id"]] = session
        self._costs[session["id"]] = cost
        if trial:
            self._trials[session["id"]] = trial

    # What somebody does on Stripe's pages.

    def pay(self, session_id: str, *, works: bool = True) -> bool:
        """Type a card on the page of a session; whether that was it."""
        session = self.sessions[session_id]
        if session["status"] != "open":
            raise AssertionError("the page is closed")
        who = session["customer"]
        if not works and session_id not in self._trials:
            return False
        self.cards[who] = works
        trial = self._trials.get(session_id)
        trial = trial if trial and trial > self.now else None
        cost = self._costs[session_id]
        until = trial or _month_after(self.now, self.now)
        sub = things.subscription(self.name("sub"), self.now, until, trial, who, cost)
        self.subscriptions[sub["id"]] = sub
        cents = 0 if trial else cost["unit_amount"]
        bill = self._bill(sub, cents, (self.now, until), "subscription_create")
        self._finalize(bill)
        session.update(
            status="complete",
            payment_status="no_payment_required" if trial else "paid",
            subscription=sub["id"],
            url=None,
        )
        self.tell("customer.subscription.created", sub)
        self.tell("checkout.session.completed", session)
        return True

    def set_card(self, customer: str, *, works: bool) -> None:
        """Another card, on the page of the portal."""
        self.cards[customer] = works
        self.tell("customer.updated", self.customers[customer])

    def settle(self, invoice_id: str) -> bool:
        """Pay an open invoice on its own page with the card; whether that worked."""
        bill = self.invoices[invoice_id]
        if bill["status"] != "open":
            return False
        self._attempt(bill)
        return bool(bill["status"] == "paid")

    # What the account's owner does, and the API.

    def cancel_now(self, sub: Thing, reason: str = "cancellation_requested") -> None:
        """It ends at this moment; what is owed is not asked for any more."""
        sub.update(status="canceled", ended_at=self.now, canceled_at=self.now)
        sub["cancellation_details"]["reason"] = reason
        for bill in self.bills_of(sub):
            bill.update(auto_advance=False, next_payment_attempt=None)
            self._finalized_at.pop(bill["id"], None)
        self.tell("customer.subscription.deleted", sub)

    def give_back(self, charge: Thing, cents: int, told: Thing) -> Thing:
        made = things.refund(self.name("re"), self.now, charge, cents, told)
        self.refunds[made["id"]] = made
        charge["amount_refunded"] += cents
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("charge.refunded", charge)
        self.tell("refund.created", made)
        return made

    def delete_customer(self, customer: str) -> Thing:
        for sub in self.subscriptions.values():
            if sub["customer"] == customer and sub["status"] not in ("canceled",):
                self.cancel_now(sub)
        gone = self.customers.pop(customer)
        self.tell("customer.deleted", gone)
        return {"id": customer, "object": "customer", "deleted": True}

    def bills_of(self, sub: Thing) -> list[Thing]:
        """The invoices of a subscription, oldest first."""
        return [
            one
            for one in self.invoices.values()
            if one["parent"]["subscription_details"]["subscription"] == sub["id"]
        ]

    # The clock.

    @property
    def instant(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    def forward(self, *, days: float = 0, hours: float = 0) -> None:
        """Time passes; what is due in it happens in its order."""
        self.until(self.now + int(days * DAY + hours * HOUR))

    def until(self, end: int) -> None:
        while (due := self._next()) is not None and due[0] <= end:
            self.now = max(self.now, due[0])
            kind, thing = due[1], due[2]
            {
                "expire": self.expire,
                "period": self._period_over,
                "cancel": self._cancel_due,
                "finalize": self._finalize,
                "retry": self._attempt,
            }[kind](thing)
        self.now = max(self.now, end)

    def expire(self, session: Thing) -> None:
        session.update(status="expired", url=None)
        self.tell("checkout.session.expired", session)

    def _next(self) -> tuple[int, str, Thing] | None:
        due: list[tuple[int, str, Thing]] = []
        for session in self.sessions.values():
            if session["status"] == "open":
                due.append((session["expires_at"], "expire", session))
        for sub in self.subscriptions.values():
            if sub["status"] == "canceled":
                continue
            due.append((_item(sub)["current_period_end"], "period", sub))
            if sub["cancel_at"]:
                due.append((sub["cancel_at"], "cancel", sub))
        for bill_id, at in self._finalized_at.items():
            due.append((at, "finalize", self.invoices[bill_id]))
        for bill in self.invoices.values():
            if bill["status"] == "open" and bill["next_payment_attempt"]:
                due.append((bill["next_payment_attempt"], "retry", bill))
        return min(due, key=lambda one: one[0], default=None)

    def _cancel_due(self, sub: Thing) -> None:
        self.cancel_now(sub)

    def _period_over(self, sub: Thing) -> None:
        if sub["cancel_at_period_end"]:
            self.cancel_now(sub)
            return
        item = _item(sub)
        start = item["current_period_end"]
        end = _month_after(sub["billing_cycle_anchor"], start)
        item.update(current_period_start=start, current_period_end=end)
        if sub["status"] == "trialing":
            sub["status"] = "active"
        bill = self._bill(sub, item["price"]["unit_amount"], (start, end), "subscription_cycle")
        if sub["status"] == "unpaid":
            bill["auto_advance"] = False
        else:
            # An hour in which an account may still change it.
            self._finalized_at[bill["id"]] = self.now + HOUR
        self.tell("customer.subscription.updated", sub)

    def _bill(self, sub: Thing, cents: int, period: tuple[int, int], reason: str) -> Thing:
        name = self.name("in")
        bill = things.invoice(name, self.now, sub, cents, period, reason, self.base)
        self.invoices[name] = bill
        sub["latest_invoice"] = name
        self.tell("invoice.created", bill)
        return bill

    def _finalize(self, bill: Thing) -> None:
        self._finalized_at.pop(bill["id"], None)
        bill.update(
            status="open",
            number=f"INF-{len(self.invoices):04d}",
            hosted_invoice_url=f"{self.base}/invoice/{bill['id']}",
            invoice_pdf=f"{self.base}/invoice/{bill['id']}/pdf",
        )
        bill["status_transitions"]["finalized_at"] = self.now
        self.tell("invoice.finalized", bill)
        self._attempt(bill)

    def _attempt(self, bill: Thing) -> None:
        sub = self.subscriptions[bill["parent"]["subscription_details"]["subscription"]]
        if bill["total"] and not self.cards.get(bill["customer"], False):
            self._refused(bill, sub)
            return
        if bill["total"]:
            bill["attempt_count"] += 1
            intent = self.name("pi")
            taken = things.charge(self.name("ch"), self.now, bill, intent)
            self.charges[taken["id"]] = taken
            made = things.invoice_payment(self.name("inpay"), self.now, bill, intent)
            self.payments[made["id"]] = made
            self.tell("charge.succeeded", taken)
        bill.update(
            status="paid",
            attempted=True,
            amount_paid=bill["total"],
            amount_remaining=0,
            next_payment_attempt=None,
        )
        bill["status_transitions"]["paid_at"] = self.now
        self.tell("invoice.paid", bill)
        self.tell("invoice.payment_succeeded", bill)
        is_latest = sub["latest_invoice"] == bill["id"]
        if is_latest and sub["status"] in ("past_due", "unpaid"):
            sub["status"] = "active"
            self.tell("customer.subscription.updated", sub)

    def _refused(self, bill: Thing, sub: Thing) -> None:
        tried = bill["attempt_count"]
        bill.update(attempted=True, attempt_count=tried + 1, next_payment_attempt=None)
        goes_on = sub["status"] not in ("canceled", "unpaid")
        if goes_on and tried < len(TRIES):
            bill["next_payment_attempt"] = self.now + TRIES[tried] * DAY
        self.tell("invoice.payment_failed", bill)
        if not goes_on:
            return
        if sub["status"] == "active":
            sub["status"] = "past_due"
            self.tell("customer.subscription.updated", sub)
        if tried >= len(TRIES):
            if self.gives_up == "cancel":
                self.cancel_now(sub, "payment_failed")
            elif self.gives_up == "unpaid":
                sub["status"] = "unpaid"
                self.tell("customer.subscription.updated", sub)


def _item(sub: Thing) -> Thing:
    found: Any = sub["items"]["data"][0]
    return found


def _month_after(anchor: int, at: int) -> int:
    """The same day of the next month as the anchor's, or its last."""
    first = datetime.fromtimestamp(anchor, UTC)
    now = datetime.fromtimestamp(at, UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    day = min(first.day, calendar.monthrange(year, month)[1])
    return int(first.replace(year=year, month=month, day=day).timestamp())


__all__ = ["DAY", "HOUR", "KEY", "SECRET", "Account"]
