"""Events of Stripe: who sent them, how often and in which order they come."""

from __future__ import annotations

import itertools
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.standins.stripe_world import KEY, signed

from influencr.service.billing import tasks
from influencr.service.billing.models import Payer, ProcessedEvent
from influencr.service.billing.providers import stripe

DAY = timedelta(days=1)


@pytest.fixture
def paid(till: Any) -> Any:
    """Olga's team has paid, and the news of it wait."""
    till.forward(days=6)
    till.subscribe()
    return till


def instants(till: Any) -> tuple[Any, ...]:
    row = till.row
    return (row.paid_until, row.grace_until, row.failed_at, row.ends, till.payer.subscription)


def refused(response: Any) -> bool:
    return response.status_code == 400 and response.json()["error"]["code"] == "forged"


def test_a_forged_event_changes_nothing(paid: Any):
    event = paid.account.outbox[-1]
    assert refused(paid.tell(event, secret="whsec_another"))
    body, signature = signed(event, paid.account.now)
    client = Client()

    def sent(body: bytes, **headers: str) -> Any:
        return client.post(
            "/billing/webhook", body, content_type="application/json", headers=headers
        )

    assert refused(sent(body))
    assert refused(sent(body, **{"stripe-signature": ""}))
    assert refused(sent(body, **{"stripe-signature": "t=now,v1=0"}))
    assert refused(sent(body, **{"stripe-signature": signature.replace("v1=", "v0=")}))
    assert refused(sent(body.replace(b"session", b"mission"), **{"stripe-signature": signature}))
    assert refused(sent(b"\xff" + body, **{"stripe-signature": signature}))
    for junk in (b"{}", b"[]", b"null", b"not json", b'{"id": 1, "type": 2, "data": 3}'):
        junk_signature = signed(json.loads(junk), paid.account.now) if junk[:3] != b"not" else None
        told = junk_signature or (junk, signature)
        assert refused(sent(told[0], **{"stripe-signature": told[1]}))
    assert paid.state == "locked"
    assert not ProcessedEvent.objects.exists()


def test_an_old_signature_is_refused_and_a_young_one_taken(paid: Any):
    event = paid.account.outbox[-1]
    assert refused(paid.tell(event, at=paid.account.now - 301))
    assert paid.tell(event, at=paid.account.now - 299).json() == {"done": "reread"}
    assert paid.state == "active"


def test_an_event_is_acted_on_once(paid: Any):
    event = paid.account.outbox[-1]
    assert paid.tell(event).json() == {"done": "reread"}
    n = len(paid.api.exchanges)
    for _ in range(3):
        assert paid.tell(event).json() == {"done": "seen"}
    assert len(paid.api.exchanges) == n
    assert ProcessedEvent.objects.count() == 1


def test_what_concerns_nobody_here_is_acknowledged(paid: Any):
    event = paid.account.outbox[-1]
    for kind, thing in (
        ("payout.paid", {"object": "payout"}),
        ("customer.created", {"object": "customer", "id": "cus_of_somebody_else"}),
        ("invoice.paid", {"object": "invoice", "customer": None}),
        ("invoice.paid", "no object"),
        ("a.kind.that.does.not.exist.yet", {}),
    ):
        strange = {**event, "id": f"evt_{kind}_{thing}"[:200], "type": kind}
        strange["data"] = {"object": thing}
        assert paid.tell(strange).json() == {"done": "ignored"}
    assert paid.state == "locked"


def test_an_event_that_could_not_be_acted_on_is_wanted_again(paid: Any):
    event = paid.account.outbox[-1]
    paid.api.broken = 1
    response = paid.tell(event)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "stripe_away")
    assert not ProcessedEvent.objects.exists()
    assert paid.tell(event).status_code == 200
    assert paid.state == "active"


def test_every_order_of_the_news_ends_in_the_same_state(paid: Any):
    sub = paid.sub
    paid.deliver()
    paid.account.cards[sub["customer"]] = False
    paid.forward(days=32)
    paid.account.set_card(sub["customer"], works=True)
    paid.forward(days=3)
    news = list(paid.account.outbox)
    paid.deliver()
    assert len(news) >= 7
    expected = instants(paid)
    shuffled = random.Random(7)
    for _ in range(8):
        shuffled.shuffle(news)
        ProcessedEvent.objects.all().delete()
        for event in itertools.chain(news, news[:3]):
            assert paid.tell(event).status_code == 200
            assert instants(paid) == expected


def test_the_answer_to_an_older_question_does_not_undo_a_newer_one(paid: Any):
    """Two events are worked on at once; the one that asked first answers last."""
    sub = paid.sub
    paid.deliver()
    payer = Payer.objects.get(team=paid.team)
    asked = 0

    def meanwhile(path: str) -> None:
        nonlocal asked
        asked += 1
        if path == "/v1/invoices" and asked == 2:
            # The first has the subscription as it was; now it is cancelled, and told.
            paid.account.cancel_now(sub)
            paid.deliver(paid.account.outbox[-1])
            assert paid.row.ends

    paid.api.meanwhile = meanwhile
    stripe.reread(payer)
    assert paid.row.ends
    assert paid.state == "locked"


def test_an_event_that_is_too_large_is_refused(paid: Any):
    event = paid.account.outbox[-1]
    event["data"]["object"]["metadata"] = {"long": "x" * 70_000}
    assert paid.tell(event).status_code in (400, 413)
    assert paid.state == "locked"


def test_the_route_takes_nothing_but_events(paid: Any):
    assert Client().get("/billing/webhook").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/billing/webhook").status_code == 400
    assert Client(enforce_csrf_checks=True).post("/billing/pay").status_code in (302, 403)


def test_no_secret_is_in_what_is_kept_or_shown(paid: Any):
    paid.deliver()
    client = paid.client()
    for path in ("/billing", "/pricing", "/billing/cancel"):
        markup = client.get(path).content.decode()
        assert KEY not in markup
        assert "whsec" not in markup
    told = client.post("/account/export").content.decode()
    assert KEY not in told


def test_old_events_are_forgotten(paid: Any):
    paid.deliver()
    assert ProcessedEvent.objects.exists()
    paid.forward(days=61)
    tasks.forget_events.call()
    assert not ProcessedEvent.objects.exists()
