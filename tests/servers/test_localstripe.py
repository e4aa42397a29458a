"""Webhooks that somebody else's Stripe signs: our route takes them, and asks it how things stand.

localstripe sends them to a letterbox, from which each is handed to the route unchanged: the tests'
database lives in one thread.
"""

from __future__ import annotations

import base64
import os
import queue
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe as library
from django.test import Client
from tests.standins.members import Cast, open_members

from influencr.service import _modes
from influencr.service._payments import Payments
from influencr.service.billing.models import Payer, ProcessedEvent

pytestmark = [pytest.mark.server_localstripe, pytest.mark.django_db]

KEY = "sk_test_localstripe"
SECRET = "whsec_localstripe"
PATIENCE_S = 30


@pytest.fixture(scope="module")
def address() -> str:
    told = os.environ.get("INFLUENCR_TEST_LOCALSTRIPE")
    if not told:
        pytest.fail("INFLUENCR_TEST_LOCALSTRIPE is not set: run these with `make test-servers`.")
    return told


class Letterbox:
    """Where the server sends its events."""

    def __init__(self, stripes: str, url: str) -> None:
        self.stripes = stripes
        self.url = url
        self.letters: queue.Queue[tuple[bytes, str]] = queue.Queue()

    def signed_with(self, secret: str) -> None:
        """From now on the server signs with a secret."""
        token = base64.b64encode(f"{KEY}:".encode()).decode()
        request = urllib.request.Request(
            f"{self.stripes}/_config/webhooks/ours",
            urllib.parse.urlencode({"url": self.url, "secret": secret}).encode(),
            {"Authorization": f"Basic {token}"},
        )
        urllib.request.urlopen(request, timeout=30).close()

    def hand_on(self) -> int:
        """The next event, handed to the route; the state of its answer."""
        body, signature = self.letters.get(timeout=PATIENCE_S)
        response = Client().post(
            "/billing/webhook",
            body,
            content_type="application/json",
            headers={"stripe-signature": signature},
        )
        return response.status_code

    def hand_on_until(self, kind: str) -> None:
        while not ProcessedEvent.objects.filter(kind=kind).exists():
            assert self.hand_on() == 200


@pytest.fixture
def letters(address: str) -> Iterator[Letterbox]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            box.letters.put((body, self.headers.get("Stripe-Signature", "")))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Say nothing: a test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box = Letterbox(address, f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield box
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def payer(settings: Any, address: str) -> Payer:
    """Olga's team as a customer there."""
    open_members(settings)
    for name, value in _modes.settings_of("stripe").items():
        setattr(settings, name, value)
    settings.INFLUENCR_PAYMENTS = Payments(KEY, SECRET, "unused", address)
    made = client(address).v1.customers.create({"email": "olga@rye.example"})
    return Payer.objects.create(team=Cast().olga.team, customer=made.id)


def client(address: str) -> library.StripeClient:
    return library.StripeClient(KEY, base_addresses={"api": address})


def subscribe(address: str, customer: str) -> str:
    asked = client(address)
    number = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    card = asked.v1.payment_methods.create({"type": "card", "card": number})
    asked.v1.payment_methods.attach(card.id, {"customer": customer})
    asked.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})
    name = f"monthly-{time.monotonic_ns()}"
    asked.v1.plans.create(
        {
            "id": name,
            "amount": 4_900,
            "currency": "usd",
            "interval": "month",
            "product": {"name": "influencr"},
        }
    )
    made = asked.v1.subscriptions.create({"customer": customer, "items": [{"plan": name}]})
    return made.id


def test_events_signed_by_others_are_taken_and_the_state_is_asked_for(
    payer: Payer, letters: Letterbox, address: str
):
    letters.signed_with(SECRET)
    name = subscribe(address, payer.customer)
    letters.hand_on_until("customer.subscription.created")
    letters.hand_on_until("invoice.payment_succeeded")
    payer.refresh_from_db()
    assert payer.subscription == name
    client(address).v1.subscriptions.cancel(name)
    letters.hand_on_until("customer.subscription.deleted")
    payer.refresh_from_db()
    assert payer.subscription == ""


def test_events_signed_with_another_secret_are_refused(
    payer: Payer, letters: Letterbox, address: str
):
    letters.signed_with("whsec_of_somebody_else")
    client(address).v1.customers.update(payer.customer, {"email": "olga@other.example"})
    assert letters.hand_on() == 400
    assert not ProcessedEvent.objects.exists()
    letters.signed_with(SECRET)
    client(address).v1.customers.update(payer.customer, {"email": "olga@rye.example"})
    # What was signed before may still lie in the letterbox.
    states = []
    while 200 not in states:
        states.append(letters.hand_on())
    assert set(states) <= {200, 400}
    payer.refresh_from_db()
    assert (payer.asked, ProcessedEvent.objects.count()) == (1, 1)
