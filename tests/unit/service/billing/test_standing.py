"""What is true of every life of a subscription, with news that are late, doubled and shuffled."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.standins.stripe_world import Account
from tests.unit.service.billing.conftest import NOW, Till, open_till

from influencr.service.billing import entitlements
from influencr.service.billing.entitlements import GRACE_DAYS

GRACE = timedelta(days=GRACE_DAYS)


class Truth:
    """What Stripe's own records say, read by other means than the product's."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def paid_until(self) -> datetime | None:
        """The end of what was paid for, with what was cut off by an end at once."""
        found = []
        for bill in self.account.invoices.values():
            sub = self.account.subscriptions[bill["parent"]["subscription_details"]["subscription"]]
            if bill["status"] != "paid":
                continue
            end = max(line["period"]["end"] for line in bill["lines"]["data"])
            found.append(min(end, sub["ended_at"] or end))
        return datetime.fromtimestamp(max(found), UTC) if found else None

    def goes_on(self) -> bool:
        """Whether something follows what is paid, as far as Stripe knows."""
        return any(
            sub["status"] not in ("canceled", "paused")
            and not (sub["cancel_at_period_end"] and sub["status"] in ("active", "trialing"))
            for sub in self.account.subscriptions.values()
        )


class Life(RuleBasedStateMachine):
    """One team: it tries, pays, is refused, cancels, resumes, begins again."""

    prepare: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.travel = time_machine.travel(NOW, tick=False)
        self.till: Till = type(self).prepare(self.travel.start(), Account(NOW))
        self.truth = Truth(self.till.account)
        self.held: list[Any] = []
        self.told: list[Any] = []

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @property
    def account(self) -> Account:
        return self.till.account

    @property
    def alive(self) -> list[Any]:
        return [s for s in self.account.subscriptions.values() if s["status"] != "canceled"]

    @initialize(rule=st.sampled_from(["cancel", "unpaid", "past_due"]))
    def what_follows_the_last_try(self, rule: str) -> None:
        self.account.gives_up = rule

    # What happens at Stripe; the news of it is held back.

    @rule(hours=st.integers(1, 240) | st.sampled_from([170, 400, 760]))
    def time_passes(self, hours: int) -> None:
        self.till.forward(hours=hours)
        self._hold()

    @precondition(lambda self: not self.alive)
    @rule(works=st.booleans())
    def somebody_pays(self, works: bool) -> None:
        response = self.till.client().post("/billing/pay")
        assert response.status_code == 302
        self.account.pay(response["Location"].rpartition("/")[2], works=works)
        self._hold()

    @precondition(lambda self: self.alive)
    @rule(works=st.booleans())
    def the_card_changes(self, works: bool) -> None:
        self.account.set_card(self.alive[0]["customer"], works=works)
        self._hold()

    @precondition(lambda self: any(b["status"] == "open" for b in self.account.invoices.values()))
    @rule()
    def what_is_owed_is_paid(self) -> None:
        owed = [b for b in self.account.invoices.values() if b["status"] == "open"]
        self.account.settle(owed[-1]["id"])
        self._hold()

    @precondition(lambda self: self.alive)
    @rule()
    def it_is_ended_at_stripe(self) -> None:
        self.account.cancel_now(self.alive[0])
        self._hold()

    # What the member does here; Stripe is asked at once.

    @precondition(lambda self: self._known_alive())
    @rule()
    def the_member_cancels(self) -> None:
        assert self.till.client().post("/billing/cancel").status_code == 302
        self._hold()

    @precondition(lambda self: self._known_alive() and self.till.row.ends)
    @rule()
    def the_member_resumes(self) -> None:
        assert self.till.client().post("/billing/resume").status_code == 302
        self._hold()

    @rule()
    def the_hourly_look(self) -> None:
        from influencr.service.billing.providers import stripe

        stripe.reread_due()

    # How the news come.

    @precondition(lambda self: self.held)
    @rule(seed=st.integers(0, 99), share=st.floats(0.1, 1.0))
    def some_news_come_in_any_order(self, seed: int, share: float) -> None:
        drawn = random.Random(seed)
        drawn.shuffle(self.held)
        n = max(1, int(len(self.held) * share))
        for _ in range(n):
            event = self.held.pop()
            assert self.till.tell(event).status_code == 200
            self.told.append(event)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 10_000))
    def old_news_come_again(self, which: int) -> None:
        event = self.told[which % len(self.told)]
        assert self.till.tell(event).json() in ({"done": "seen"}, {"done": "ignored"})

    @precondition(lambda self: self.held)
    @rule()
    def all_news_come_and_the_states_agree(self) -> None:
        for event in self.held:
            assert self.till.tell(event).status_code == 200
        self.told += self.held
        self.held = []
        row, paid = self.till.row, self.truth.paid_until()
        assert row.paid_until == paid
        if not self.truth.goes_on():
            assert row.grace_until is None
        elif paid is not None:
            assert row.grace_until is not None
            assert row.grace_until <= paid + GRACE
        assert bool(self.till.payer.subscription) == bool(
            [s for s in self.alive if s["customer"] == self.till.payer.customer]
        )

    # What is never otherwise, whatever has been told.

    @invariant()
    def nothing_unpaid_is_open_for_longer_than_the_grace(self) -> None:
        now, row = self.account.instant, self.till.row
        paid = self.truth.paid_until()
        if entitlements.of(self.till.team).may_search and now >= row.trial_until:
            assert paid is not None
            # What was cut short at Stripe is told by an event; until it comes we cannot know.
            bound = paid if not self.held else max(paid, row.paid_until or paid)
            assert now < bound + GRACE

    @invariant()
    def nobody_who_has_paid_is_locked_out(self) -> None:
        now, paid = self.account.instant, self.truth.paid_until()
        if paid is None or now >= paid or (self.held and not self._was_told_of_paying()):
            return
        assert entitlements.of(self.till.team).may_search

    def _was_told_of_paying(self) -> bool:
        """Whether we know at least of the period before the one that runs, and not too long ago."""
        known, now = self.till.row.grace_until, self.account.instant
        return known is not None and now < known and not self.till.row.ends

    def _known_alive(self) -> bool:
        payer = getattr(self.till.team, "payer", None)
        if payer is None:
            return False
        payer.refresh_from_db()
        sub = self.account.subscriptions.get(payer.subscription)
        return sub is not None and sub["status"] != "canceled"

    def _hold(self) -> None:
        self.held += self.account.outbox
        self.account.outbox.clear()


@pytest.mark.django_db
def test_whatever_happens_the_state_is_stripes(
    settings: Any, engine: Any, monkeypatch: Any, request: Any
):
    Life.prepare = staticmethod(
        lambda clock, account: open_till(settings, monkeypatch, clock, account)
    )
    run_state_machine_as_test(Life, settings=_QUICK)


_QUICK = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
