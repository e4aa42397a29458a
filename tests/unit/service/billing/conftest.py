"""An instance whose members pay by card, with a stand-in for Stripe and a clock of both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
import time_machine
from django.test import Client
from tests.standins.members import Cast, let_in, open_members
from tests.standins.stripe_world import KEY, SECRET, Account, Api, InProcess, signed

from influencr.service import _modes
from influencr.service._payments import Payments
from influencr.service.billing import entitlements
from influencr.service.billing.models import Payer, Subscription
from influencr.service.billing.providers.stripe import _client

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Till:
    """What a test does: pay, let time pass, and deliver news in the order that it likes."""

    def __init__(self, clock: Any, account: Account, people: Cast) -> None:
        self.clock = clock
        self.account = account
        self.api = Api(account)
        self.people = people

    @property
    def team(self) -> Any:
        return self.people.olga.team

    def client(self) -> Client:
        """A browser in which Olga, who owns the team, is signed in."""
        return let_in(self.people.olga)

    def forward(self, **time: float) -> None:
        """Time passes here and at Stripe; the news of it waits in the outbox."""
        self.account.forward(**time)
        self.clock.move_to(self.account.instant)

    def deliver(self, *events: Any) -> list[int]:
        """Tell these events, or all that wait, in their order; the answers' states."""
        told = events or tuple(self.account.outbox)
        states = [self.tell(event).status_code for event in told]
        if not events:
            self.account.outbox.clear()
        return states

    def tell(self, event: Any, *, at: int | None = None, secret: str = SECRET) -> Any:
        body, signature = signed(event, at or self.account.now, secret)
        return Client().post(
            "/billing/webhook",
            body,
            content_type="application/json",
            headers={"stripe-signature": signature},
        )

    def subscribe(self, *, works: bool = True) -> Any:
        """Olga goes to the page and types a card; the news wait."""
        response = self.client().post("/billing/pay")
        assert response.status_code == 302, response.content.decode()
        session = response["Location"].rpartition("/")[2]
        assert self.account.pay(session, works=works)
        return self.sub

    @property
    def sub(self) -> Any:
        return next(reversed(self.account.subscriptions.values()))

    @property
    def state(self) -> str:
        return entitlements.of(self.team).state

    @property
    def row(self) -> Subscription:
        return Subscription.objects.get(team=self.team)

    @property
    def payer(self) -> Payer:
        return Payer.objects.get(team=self.team)


def open_till(settings: Any, monkeypatch: Any, clock: Any, account: Account) -> Till:
    """Make the instance one that takes cards."""
    open_members(settings)
    for name, value in _modes.settings_of("stripe").items():
        setattr(settings, name, value)
    settings.INFLUENCR_PAYMENTS = Payments(
        KEY, SECRET, "influencr_monthly", "https://api.stripe.com"
    )
    till = Till(clock, account, Cast())
    way = InProcess(till.api)
    monkeypatch.setattr(
        _client, "_client", lambda key, api: stripe.StripeClient(key, http_client=way)
    )
    return till


@pytest.fixture
def till(settings: Any, db: None, engine: Any, monkeypatch: Any) -> Iterator[Till]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield open_till(settings, monkeypatch, clock, Account(NOW))
