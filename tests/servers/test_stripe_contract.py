"""Our stand-in and our questions, held against what Stripe publishes of its API.

Whatever the official library sends for us goes to stripe-mock as well, which knows each parameter;
whatever our stand-in answers has the form that Stripe's OpenAPI file gives it, with no member that
is not in it.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe as library
import time_machine
from jsonschema import Draft202012Validator
from tests.standins.members import Cast, open_members
from tests.standins.stripe_world import KEY, SECRET, Account, Api, InProcess

from influencr.service import _modes
from influencr.service._payments import Payments
from influencr.service.accounts import teams
from influencr.service.billing import operating
from influencr.service.billing.providers import stripe
from influencr.service.billing.providers.stripe import _client

pytestmark = [pytest.mark.server_stripe_mock, pytest.mark.django_db]

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def served() -> dict[str, str]:
    told = os.environ.get("INFLUENCR_TEST_STRIPE_MOCK")
    if not told:
        pytest.fail("INFLUENCR_TEST_STRIPE_MOCK is not set: run these with `make test-servers`.")
    return json.loads(told)


class Contract:
    """Stripe's OpenAPI file as a check of answers."""

    def __init__(self, file: Path) -> None:
        whole = json.loads(file.read_text(encoding="utf-8"))
        self.paths = whole["paths"]
        self.components = _strict(whole["components"]["schemas"])

    def wrong(self, schema: dict[str, Any], thing: Any) -> list[str]:
        """What is wrong with a thing, in lines."""
        document = {"components": {"schemas": self.components}, **_strict(schema)}
        found = Draft202012Validator(document).iter_errors(thing)
        return [f"{one.json_path}: {one.message[:300]}" for one in found]

    def answer_of(self, method: str, path: str, status: int) -> dict[str, Any]:
        """The schema of the answer to a question."""
        for template, verbs in self.paths.items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in verbs:
                answers = verbs[method.lower()]["responses"]
                told = answers.get(str(status), answers["default"])
                return told["content"]["application/json"]["schema"]
        raise AssertionError(f"Stripe has no {method} {path}")

    def thing(self, name: str) -> dict[str, Any]:
        """The schema of an object."""
        return {"$ref": f"#/components/schemas/{name}"}


_WORDS = ("nullable", "description", "title")


def _strict(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema that allows no member beyond those it names."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Under `properties` these are names of members, whose values are schemas.
    told = {
        key: _strict(value)
        for key, value in schema.items()
        if isinstance(value, dict) or not (key in _WORDS or key.startswith("x-"))
    }
    if isinstance(told.get("properties"), dict) and told.get("type") == "object":
        told.setdefault("additionalProperties", False)
    if schema.get("nullable") is True:
        return {"anyOf": [told, {"type": "null"}]}
    return told


@pytest.fixture(scope="module")
def contract(served: dict[str, str]) -> Contract:
    return Contract(Path(served["openapi"]))


class Both(InProcess):
    """Each question goes to stripe-mock first, which has to find it valid, then to the stand-in."""

    def __init__(self, api: Api, address: str) -> None:
        super().__init__(api)
        self.address = address
        self.asked: list[str] = []

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None
    ) -> tuple[str, int, dict[str, str]]:
        asked = urlsplit(url)
        where = f"{self.address}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        body = post_data.encode() if post_data else None
        request = urllib.request.Request(where, body, dict(headers), method=method.upper())
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {url}: {error.read().decode()}") from error
        self.asked.append(f"{method.upper()} {asked.path}")
        return super().request(method, url, headers, post_data)


@pytest.fixture
def life(settings: Any, monkeypatch: Any, served: dict[str, str]) -> Iterator[tuple[Api, Both]]:
    """A team pays in the trial, is refused, pays, is given back, cancels, resumes, comes again."""
    with time_machine.travel(NOW, tick=False) as clock:
        open_members(settings)
        for name, value in _modes.settings_of("stripe").items():
            setattr(settings, name, value)
        settings.INFLUENCR_PAYMENTS = Payments(
            KEY, SECRET, "influencr_monthly", "https://api.stripe.com"
        )
        account, people = Account(NOW), Cast()
        account.prices.clear()
        api = Api(account)
        way = Both(api, served["address"])
        client = library.StripeClient(KEY, http_client=way)
        monkeypatch.setattr(_client, "_client", lambda key, address: client)
        team = people.olga.team

        def later(**time: float) -> None:
            account.forward(**time)
            clock.move_to(account.instant)

        def opened() -> str:
            pages = {"back": "https://search.example/billing", "done": "https://search.example/x"}
            return stripe.checkout(team, **pages).rpartition("/")[2]

        def reread() -> None:
            payer = operating.payer_of(team)
            assert payer is not None
            stripe.reread(payer)

        stripe.make_price()
        opened()
        account.pay(opened())
        later(days=8)
        reread()
        stripe.cancel(team)
        stripe.resume(team)
        sub = next(iter(account.subscriptions.values()))
        account.cards[sub["customer"]] = False
        later(days=31)
        reread()
        stripe.card(team, back="https://search.example/billing")
        account.set_card(sub["customer"], works=True)
        account.settle(sub["latest_invoice"])
        bills = stripe.invoices(team)
        stripe.refund(team, bills[0].id, 1_000)
        stripe.refund(team, bills[0].id, end=True)
        teams.hand_over(team, people.olga, people.tomas)
        account.pay(opened())
        stripe.leave(team)
        yield api, way


def test_every_question_of_ours_is_valid_and_every_one_is_asked(life: Any):
    _, way = life
    kinds = {re.sub(r"/(cus|sub|cs_test|in|price)_\w+", "/X", one) for one in way.asked}
    assert kinds == {
        "POST /v1/customers",
        "POST /v1/customers/X",
        "DELETE /v1/customers/X",
        "GET /v1/prices",
        "POST /v1/prices",
        "POST /v1/checkout/sessions",
        "GET /v1/checkout/sessions",
        "POST /v1/checkout/sessions/X/expire",
        "POST /v1/billing_portal/sessions",
        "GET /v1/subscriptions",
        "GET /v1/subscriptions/X",
        "POST /v1/subscriptions/X",
        "DELETE /v1/subscriptions/X",
        "GET /v1/invoices",
        "GET /v1/invoice_payments",
        "GET /v1/charges",
        "POST /v1/refunds",
    }


def test_every_answer_of_the_stand_in_has_stripes_form(life: Any, contract: Contract):
    api, _ = life
    assert len(api.exchanges) > 30
    for method, path, _sent, status, answer in api.exchanges:
        schema = contract.answer_of(method, path, status)
        assert contract.wrong(schema, answer) == [], (method, path, status)


def test_every_event_of_the_stand_in_has_stripes_form(life: Any, contract: Contract):
    api, _ = life
    kinds = {event["type"] for event in api.account.outbox}
    assert len(kinds) >= 15
    for event in api.account.outbox:
        assert contract.wrong(contract.thing("event"), event) == [], event["type"]
        thing = event["data"]["object"]
        schema = contract.thing(thing["object"])
        assert contract.wrong(schema, thing) == [], event["type"]


def test_the_check_finds_what_is_wrong(contract: Contract):
    customer = {"id": "cus_1", "object": "customer", "created": 1, "livemode": False}
    schema = contract.thing("customer")
    assert contract.wrong(schema, customer) == []
    assert contract.wrong(schema, {**customer, "created": "yesterday"})
    assert contract.wrong(schema, {**customer, "shoe_size": 43})
    assert contract.wrong(schema, {"id": "cus_1"})


def test_stripe_mock_refuses_what_stripe_would(served: dict[str, str]):
    client = library.StripeClient(
        KEY, base_addresses={"api": served["address"]}, max_network_retries=0
    )
    with pytest.raises(library.InvalidRequestError):
        client.v1.customers.create({"shoe_size": 43})
