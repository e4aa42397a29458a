"""The API of the stand-in: which question changes or tells what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.standins.stripe_world import things
from tests.standins.stripe_world.account import KEY, Account
from tests.standins.stripe_world.forms import decoded, switched
from tests.standins.stripe_world.things import Thing, listed


class Refusal(Exception):
    """A question that Stripe refuses."""

    def __init__(self, status: int, code: str | None, message: str, param: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error: Thing = {"type": "invalid_request_error", "message": message}
        if code:
            self.error["code"] = code
        if param:
            self.error["param"] = param


class Exchange(NamedTuple):
    """A question and its answer, for the contract."""

    method: str
    path: str
    sent: Thing
    status: int
    answer: Thing


_SESSION = {
    *("mode", "customer", "client_reference_id", "line_items", "payment_method_collection"),
    *("tax_id_collection", "customer_update", "subscription_data", "success_url", "cancel_url"),
}


class Api:
    """Answers on an account; what was asked is in `exchanges`. `broken` questions fail first."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.exchanges: list[Exchange] = []
        self.broken = 0
        #: Called before a question is answered: what happens in between.
        self.meanwhile: Callable[[str], None] = lambda path: None
        self._once: dict[str, tuple[int, Thing]] = {}
        self._routes: list[tuple[str, str, set[str], Callable[..., Thing]]] = [
            ("POST", r"/v1/customers", {"email", "metadata"}, self._make_customer),
            ("GET", r"/v1/customers/(\w+)", set(), self._customer),
            ("POST", r"/v1/customers/(\w+)", {"email", "metadata"}, self._change_customer),
            ("DELETE", r"/v1/customers/(\w+)", set(), self._delete_customer),
            ("GET", r"/v1/prices", {"lookup_keys", "active", "limit"}, self._prices),
            (
                "POST",
                r"/v1/prices",
                {"currency", "unit_amount", "recurring", "lookup_key", "product_data"},
                self._make_price,
            ),
            ("GET", r"/v1/prices/(\w+)", set(), self._price),
            ("POST", r"/v1/checkout/sessions", _SESSION, self._make_session),
            ("GET", r"/v1/checkout/sessions", {"customer", "status"}, self._sessions),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", set(), self._expire),
            (
                "POST",
                r"/v1/billing_portal/sessions",
                {"customer", "return_url"},
                self._make_portal,
            ),
            ("GET", r"/v1/subscriptions", {"customer", "status", "limit"}, self._subscriptions),
            ("GET", r"/v1/subscriptions/(\w+)", set(), self._subscription),
            ("POST", r"/v1/subscriptions/(\w+)", {"cancel_at_period_end"}, self._change),
            ("DELETE", r"/v1/subscriptions/(\w+)", set(), self._cancel),
            ("GET", r"/v1/invoices", {"customer", "limit", "expand"}, self._invoices),
            ("GET", r"/v1/invoice_payments", {"invoice", "status", "limit"}, self._payments),
            ("GET", r"/v1/charges", {"customer", "limit"}, self._charges),
            (
                "POST",
                r"/v1/refunds",
                {"payment_intent", "amount", "reason", "metadata"},
                self._refund,
            ),
        ]

    def __call__(
        self, method: str, path: str, query: str, body: str, headers: dict[str, str]
    ) -> tuple[int, Thing]:
        """Status and answer of one question."""
        sent = {**decoded(query), **decoded(body)}
        self.meanwhile(path)
        if self.broken:
            self.broken -= 1
            return 500, {"error": {"type": "api_error", "message": "out of order"}}
        once = headers.get("idempotency-key", "")
        if method == "POST" and once in self._once:
            return self._once[once]
        try:
            if headers.get("authorization") != f"Bearer {KEY}":
                raise Refusal(401, None, "Invalid API Key provided.")
            status, answer = 200, self._answer(method, path, sent)
        except Refusal as refusal:
            status, answer = refusal.status, {"error": refusal.error}
        answer = json.loads(json.dumps(answer))
        if method == "POST" and once and status == 200:
            self._once[once] = (status, answer)
        self.exchanges.append(Exchange(method, path, sent, status, answer))
        return status, answer

    def _answer(self, method: str, path: str, sent: Thing) -> Thing:
        for verb, pattern, allowed, answer in self._routes:
            found = re.fullmatch(pattern, path)
            if found is None or verb != method:
                continue
            unknown = sorted(set(sent) - allowed)
            if unknown:
                message = f"Received unknown parameter: {unknown[0]}"
                raise Refusal(400, "parameter_unknown", message, unknown[0])
            return answer(*found.groups(), sent)
        raise Refusal(404, None, f"Unrecognized request URL ({method}: {path}).")

    def _make_customer(self, sent: Thing) -> Thing:
        account = self.account
        name = account.name("cus")
        metadata = sent.get("metadata", {})
        made = things.customer(name, account.now, sent.get("email"), metadata)
        account.customers[name] = made
        account.tell("customer.created", made)
        return made

    def _customer(self, name: str, sent: Thing) -> Thing:
        return _found(self.account.customers, name, "customer")

    def _change_customer(self, name: str, sent: Thing) -> Thing:
        one = _found(self.account.customers, name, "customer")
        one.update(sent)
        self.account.tell("customer.updated", one)
        return one

    def _delete_customer(self, name: str, sent: Thing) -> Thing:
        _found(self.account.customers, name, "customer")
        return self.account.delete_customer(name)

    def _prices(self, sent: Thing) -> Thing:
        keys = sent.get("lookup_keys", [])
        rows = [one for one in self.account.prices.values() if one["lookup_key"] in keys]
        return listed("/v1/prices", rows, int(sent.get("limit", 10)))

    def _make_price(self, sent: Thing) -> Thing:
        return self.account.make_price(
            int(sent["unit_amount"]), sent["currency"], sent.get("lookup_key")
        )

    def _price(self, name: str, sent: Thing) -> Thing:
        return _found(self.account.prices, name, "price")

    def _make_session(self, sent: Thing) -> Thing:
        account = self.account
        _found(account.customers, sent.get("customer", ""), "customer")
        cost = _found(account.prices, sent["line_items"][0]["price"], "line_items[0][price]")
        name = account.name("cs_test")
        trial = int(sent.get("subscription_data", {}).get("trial_end", 0))
        if trial and trial < account.now + 2 * 86_400:
            message = "The `trial_end` date has to be at least 2 days in the future."
            raise Refusal(400, None, message, "subscription_data[trial_end]")
        made = things.session(name, account.now, f"{account.base}/pay/{name}", sent)
        account.open_session(made, cost, trial)
        return made

    def _sessions(self, sent: Thing) -> Thing:
        rows = [
            one
            for one in reversed(self.account.sessions.values())
            if sent.get("customer") in (None, one["customer"])
            and sent.get("status") in (None, one["status"])
        ]
        return listed("/v1/checkout/sessions", rows, 10)

    def _expire(self, name: str, sent: Thing) -> Thing:
        one = _found(self.account.sessions, name, "session")
        if one["status"] != "open":
            raise Refusal(400, None, "Only Checkout Sessions with a status of open can be expired.")
        self.account.expire(one)
        return one

    def _make_portal(self, sent: Thing) -> Thing:
        account = self.account
        _found(account.customers, sent["customer"], "customer")
        name = account.name("bps")
        made = things.portal(name, account.now, f"{account.base}/portal/{name}", sent)
        account.portals[name] = made
        return made

    def _subscriptions(self, sent: Thing) -> Thing:
        who = sent.get("customer")
        if who is not None and who not in self.account.customers:
            known = any(one["customer"] == who for one in self.account.subscriptions.values())
            if not known:
                raise Refusal(404, "resource_missing", f"No such customer: '{who}'", "customer")
        rows = [
            one
            for one in reversed(self.account.subscriptions.values())
            if who in (None, one["customer"])
            and (sent.get("status") == "all" or one["status"] != "canceled")
        ]
        return listed("/v1/subscriptions", rows, int(sent.get("limit", 10)))

    def _subscription(self, name: str, sent: Thing) -> Thing:
        return _found(self.account.subscriptions, name, "id")

    def _change(self, name: str, sent: Thing) -> Thing:
        sub = self._alive(name)
        ends = switched(sent["cancel_at_period_end"])
        period_end = sub["items"]["data"][0]["current_period_end"]
        sub.update(
            cancel_at_period_end=ends,
            cancel_at=period_end if ends else None,
            canceled_at=self.account.now if ends else None,
        )
        sub["cancellation_details"]["reason"] = "cancellation_requested" if ends else None
        self.account.tell("customer.subscription.updated", sub)
        return sub

    def _cancel(self, name: str, sent: Thing) -> Thing:
        sub = self._alive(name)
        self.account.cancel_now(sub)
        return sub

    def _alive(self, name: str) -> Thing:
        sub = _found(self.account.subscriptions, name, "id")
        if sub["status"] == "canceled":
            raise Refusal(404, "resource_missing", f"No such subscription: '{name}'", "id")
        return sub

    def _invoices(self, sent: Thing) -> Thing:
        rows = []
        for one in reversed(self.account.invoices.values()):
            if sent.get("customer") not in (None, one["customer"]):
                continue
            told = dict(one)
            if "data.payments" in sent.get("expand", []):
                url = f"/v1/invoice_payments?invoice={one['id']}"
                told["payments"] = listed(url, self._payments_of(one["id"]))
            rows.append(told)
        return listed("/v1/invoices", rows, int(sent.get("limit", 10)))

    def _payments_of(self, invoice: str | None) -> list[Thing]:
        return [p for p in self.account.payments.values() if invoice in (None, p["invoice"])]

    def _payments(self, sent: Thing) -> Thing:
        rows = self._payments_of(sent.get("invoice"))
        return listed("/v1/invoice_payments", rows, int(sent.get("limit", 10)))

    def _charges(self, sent: Thing) -> Thing:
        rows = [
            one
            for one in reversed(self.account.charges.values())
            if sent.get("customer") in (None, one["customer"])
        ]
        return listed("/v1/charges", rows, int(sent.get("limit", 10)))

    def _refund(self, sent: Thing) -> Thing:
        charges = self.account.charges.values()
        of = next((c for c in charges if c["payment_intent"] == sent["payment_intent"]), None)
        if of is None:
            raise Refusal(404, "resource_missing", "No such payment_intent", "payment_intent")
        left = of["amount"] - of["amount_refunded"]
        cents = int(sent.get("amount", left))
        if not 0 < cents <= left:
            message = f"Refund amount is greater than unrefunded amount on charge ({left})."
            code = "charge_already_refunded" if not left else "amount_too_large"
            raise Refusal(400, code, message, "amount")
        return self.account.give_back(of, cents, sent)


def _found(kept: dict[str, Any], name: str, param: str) -> Thing:
    if name not in kept:
        raise Refusal(404, "resource_missing", f"No such {param}: '{name}'", param)
    found: Thing = kept[name]
    return found


__all__ = ["Api", "Exchange", "Refusal"]
