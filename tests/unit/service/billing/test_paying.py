"""Paying by card, from the trial to the end, through the official library and a stand-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.standins.members import let_in

from influencr.errors import UsageError
from influencr.service.accounts import goodbye, teams
from influencr.service.accounts.models import Membership, Team, User
from influencr.service.billing import entitlements, operating
from influencr.service.billing.models import Payer, ProcessedEvent
from influencr.service.billing.plan import plan
from influencr.service.billing.providers import stripe

DAY = timedelta(days=1)


def page(till: Any, path: str = "/billing") -> str:
    response = till.client().get(path)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def test_who_pays_during_the_trial_loses_none_of_it(till: Any):
    assert till.state == "trial"
    till.subscribe()
    till.deliver()
    assert till.sub["status"] == "trialing"
    assert till.account.charges == {}
    assert till.state == "trial"
    assert "the subscription begins then" in page(till)
    assert "Nothing was charged yet" in page(till)
    till.forward(days=5, hours=2)
    till.deliver()
    assert [c["amount"] for c in till.account.charges.values()] == [4_900]
    assert till.state == "active"
    assert entitlements.of(till.team).until == till.row.paid_until
    assert "Your subscription is paid until 28 Dec 2026" in page(till)


def test_who_pays_after_the_trial_pays_at_once_and_searches_without_waiting_for_news(till: Any):
    till.forward(days=6)
    assert till.state == "locked"
    till.subscribe()
    assert till.state == "locked"
    response = till.client().get("/billing/paid", follow=True)
    assert "Thank you." in response.content.decode()
    assert till.state == "active"


def test_shortly_before_the_end_of_the_trial_the_month_begins_at_once(till: Any):
    till.forward(days=4)
    assert "is charged, today" in page(till)
    till.subscribe()
    till.deliver()
    assert (till.sub["status"], till.state) == ("active", "active")


def test_months_follow_one_another_and_late_news_close_nothing(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    for _ in range(4):
        till.forward(days=31)
        # The money is taken and nobody has told us yet.
        assert till.state == "active"
        till.deliver()
        assert till.state == "active"
        assert till.row.paid_until > till.account.instant


def test_between_the_months_the_page_says_that_the_payment_is_on_its_way(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    till.forward(hours=24 * 30 + 0.5)
    till.deliver()
    assert "the next payment is on its way" in page(till)
    assert till.state == "active"


def test_a_refused_card_leaves_a_week_and_a_paid_bill_opens_again(till: Any):
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    till.account.cards[sub["customer"]] = False
    till.forward(days=30, hours=2)
    till.deliver()
    due = till.row.paid_until
    assert (sub["status"], till.state) == ("past_due", "grace")
    assert till.row.grace_until == due + entitlements.GRACE_DAYS * DAY
    shown = page(till)
    assert "The card was refused" in shown
    assert "$49.00 are owed since" in shown
    assert "Pay $49.00 now" in shown
    till.forward(days=7)
    till.deliver()
    assert (sub["status"], till.state) == ("past_due", "locked")
    till.account.set_card(sub["customer"], works=True)
    assert till.account.settle(sub["latest_invoice"])
    till.deliver()
    assert till.state == "active"
    assert till.row.paid_until == due + 30 * DAY or till.row.paid_until == due + 31 * DAY


@pytest.mark.parametrize("rule", ["cancel", "unpaid", "past_due"])
def test_what_is_never_paid_opens_nothing_for_longer_than_a_week(till: Any, rule: str):
    till.account.gives_up = rule
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    till.account.cards[sub["customer"]] = False
    till.forward(days=38)
    till.deliver()
    for _ in range(12):
        assert till.state == "locked"
        # A month begins again and again where nobody gives up; it is not paid.
        till.forward(days=9)
        till.deliver()
    assert sub["status"] == {"cancel": "canceled"}.get(rule, rule)


def test_the_scale_runs_from_the_beginning_of_the_month_to_its_end(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    first = plan(till.team, till.account.instant).scale
    assert first is not None
    assert (first.at, len(first.days)) == (0, 31)
    assert first.begins == till.account.instant
    till.forward(days=15)
    half = plan(till.team, till.account.instant).scale
    assert half is not None
    assert half.at == 300
    till.forward(days=16)
    late = plan(till.team, till.account.instant).scale
    assert late is None or late.at <= 600


def test_two_clicks_cancel_and_one_resumes(till: Any):
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    client = till.client()
    first = client.get("/billing/cancel").content.decode()
    assert "Cancel it now" in first
    assert sub["cancel_at_period_end"] is False
    response = client.post("/billing/cancel", follow=True)
    assert "nothing more is charged" in response.content.decode()
    assert sub["cancel_at_period_end"] is True
    assert till.row.ends
    assert client.get("/billing/cancel").status_code == 302
    client.post("/billing/resume")
    assert sub["cancel_at_period_end"] is False
    assert not till.row.ends
    client.post("/billing/cancel")
    till.forward(days=29)
    till.deliver()
    assert till.state == "active"
    till.forward(days=2)
    # The end needs no news.
    assert till.state == "locked"
    till.deliver()
    assert (sub["status"], till.state) == ("canceled", "locked")
    assert "Your subscription ended on" in page(till)
    assert "Subscribe" in page(till)
    assert len(till.account.charges) == 1


def test_cancelling_what_is_owed_ends_it_and_asks_for_nothing_more(till: Any):
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    till.account.cards[sub["customer"]] = False
    till.forward(days=31)
    till.deliver()
    assert "It ends now" in page(till, "/billing/cancel")
    till.client().post("/billing/cancel")
    assert (sub["status"], till.state) == ("canceled", "locked")
    till.account.cards[sub["customer"]] = True
    till.forward(days=30)
    assert len(till.account.charges) == 1


def test_who_has_ended_may_begin_again_with_the_same_customer(till: Any):
    till.forward(days=6)
    first = till.subscribe()
    till.account.cancel_now(first)
    till.deliver()
    assert till.state == "locked"
    second = till.subscribe()
    till.deliver()
    assert (first["customer"], first["id"] != second["id"]) == (second["customer"], True)
    assert (till.payer.subscription, till.state) == (second["id"], "active")


def test_nobody_pays_twice(till: Any):
    till.forward(days=6)
    client = till.client()
    sessions = [client.post("/billing/pay")["Location"].rpartition("/")[2] for _ in range(2)]
    assert [till.account.sessions[s]["status"] for s in sessions] == ["expired", "open"]
    assert len(till.account.customers) == 1
    till.account.pay(sessions[1])
    # The news have not come, and the page is open in another window.
    response = client.post("/billing/pay")
    assert response.status_code == 400
    assert "This team has one already." in response.content.decode()
    assert len(till.account.subscriptions) == 1


def test_only_the_owner_pays_and_sees_invoices(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    tomas = let_in(till.people.tomas)
    shown = tomas.get("/billing").content.decode()
    assert "owns the team" in shown
    assert "INF-" not in shown
    assert "Cancel the subscription" not in shown
    for path in ("pay", "card", "cancel", "resume"):
        assert tomas.post(f"/billing/{path}").status_code == 404
    assert tomas.get("/billing/paid").status_code == 404
    assert till.sub["cancel_at_period_end"] is False


def test_the_card_is_changed_at_stripe_by_who_owns_the_team_now(till: Any):
    till.forward(days=6)
    assert till.client().post("/billing/card").status_code == 400
    till.subscribe()
    till.deliver()
    response = till.client().post("/billing/card")
    assert response["Location"].startswith(f"{till.account.base}/portal/")
    teams.hand_over(till.team, till.people.olga, till.people.tomas)
    assert let_in(till.people.tomas).post("/billing/card").status_code == 302
    customer = till.account.customers[till.payer.customer]
    assert customer["email"] == "tomas@rye.example"


def test_the_policy_lets_forms_lead_to_stripe_from_one_page_alone(till: Any):
    def policy(path: str) -> str:
        return str(till.client().get(path)["Content-Security-Policy"])

    allowed = "form-action 'self' https://checkout.stripe.com https://billing.stripe.com"
    assert allowed in policy("/billing")
    for path in ("/pricing", "/account", "/search"):
        assert "stripe" not in policy(path)


def test_invoices_and_what_was_given_back_are_shown(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    till.forward(days=31)
    till.deliver()
    shown = page(till)
    assert shown.count("INF-") >= 2
    assert "$49.00" in shown
    one = operating.invoices(till.team)[0]
    back = operating.refund(till.team, one.number, 1_250)
    assert (back.cents, back.status) == (1_250, "succeeded")
    assert operating.refund(till.team, one.id, 1_250).id == back.id
    assert "$12.50 given back" in page(till)
    assert till.state == "active"
    with pytest.raises(UsageError, match=r"36.50 USD are left"):
        operating.refund(till.team, one.id, 4_900)
    rest = operating.refund(till.team, one.id, end=True)
    assert (rest.cents, till.state) == (3_650, "locked")
    assert till.sub["status"] == "canceled"
    till.deliver()
    assert till.state == "locked"


def test_a_refund_is_of_ones_own_paid_invoice(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    number = operating.invoices(till.team)[0].number
    with pytest.raises(UsageError, match="paid no such invoice"):
        operating.refund(till.people.vera.team, number)
    with pytest.raises(UsageError, match="paid no such invoice"):
        operating.refund(till.team, "INF-9999")
    assert till.account.refunds == {}


def test_the_operator_lets_search_and_ends_beside_what_is_paid(till: Any):
    till.forward(days=6)
    told = operating.give(till.team, till.account.instant + 60 * DAY)
    assert told.state == "active"
    till.subscribe()
    till.deliver()
    assert entitlements.of(till.team).until == till.account.instant + 60 * DAY
    assert operating.overview(till.team).subscription == till.sub["id"]
    assert operating.end(till.team).state == "locked"
    assert till.sub["status"] == "canceled"
    till.deliver()
    assert till.state == "locked"


def test_who_goes_for_good_is_charged_no_more_and_leaves_no_card(till: Any):
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    Membership.objects.filter(user=till.people.tomas).delete()
    goodbye.leave_for_good(till.people.olga)
    assert sub["status"] == "canceled"
    assert till.account.customers == {}
    assert not Payer.objects.exists()
    # The last news of somebody who is gone.
    assert set(till.deliver()) == {200}


def test_when_stripe_does_not_answer_nothing_is_deleted(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    Membership.objects.filter(user=till.people.tomas).delete()
    team = till.team.pk
    till.api.broken = 9
    with pytest.raises(stripe.StripeAway, match="Ending the subscription did not work"):
        goodbye.leave_for_good(till.people.olga)
    assert Team.objects.filter(pk=team).exists()
    assert User.objects.filter(pk=till.people.olga.pk).exists()


def test_a_page_without_stripe_says_so_and_shows_the_rest(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    till.api.broken = 9
    shown = page(till)
    assert "who does not answer just now" in shown
    assert "Your subscription is paid until" in shown
    response = till.client().post("/billing/card")
    assert response.status_code == 503
    assert "Nothing was charged" in response.content.decode()


def test_a_price_that_is_not_there_is_named(till: Any):
    till.account.prices.clear()
    response = till.client().post("/billing/pay")
    assert response.status_code == 400
    assert "no active price" in response.content.decode()
    assert stripe.make_price().amount == 4_900
    assert stripe.make_price().id == stripe.find_price().id
    assert len(till.account.prices) == 1


def test_a_customer_who_is_deleted_at_stripe_may_come_again(till: Any):
    till.forward(days=6)
    sub = till.subscribe()
    till.deliver()
    till.account.delete_customer(sub["customer"])
    till.deliver()
    assert till.state == "locked"
    till.subscribe()
    till.deliver()
    assert till.state == "active"


def test_a_payment_of_which_no_news_came_is_found_by_asking(till: Any):
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    till.forward(days=39)
    till.account.outbox.clear()
    assert till.state == "locked"
    assert stripe.reread_due() == 1
    assert till.state == "active"
    assert stripe.reread_due() == 0


def test_in_an_instance_without_cards_these_pages_do_not_exist(members: Any):
    client = let_in(members.olga)
    for path in ("pay", "card", "cancel", "resume", "webhook"):
        assert client.post(f"/billing/{path}").status_code == 404
    assert "the operator notes who has paid" in client.get("/billing").content.decode()
    assert Client().get("/pricing").status_code == 200
    assert not ProcessedEvent.objects.exists()
