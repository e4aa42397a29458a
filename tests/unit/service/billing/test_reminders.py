"""Mails about money: each once, to the owner, and none to whoever has nothing to lose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from influencr.service.accounts.adapter import MailNotSent
from influencr.service.billing import operating, reminders, tasks
from influencr.service.billing.models import Reminder, Subscription
from influencr.service.billing.schedule import SCHEDULE

HOUR = timedelta(hours=1)


@pytest.fixture
def one(till: Any) -> Any:
    """Olga's team alone, with five days of its trial to go."""
    Subscription.objects.exclude(team=till.team).delete()
    return till


def subjects() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def test_the_end_of_a_trial_is_told_the_day_before_and_then(one: Any):
    assert reminders.send_due() == 0
    one.forward(days=4, hours=-1)
    assert reminders.send_due() == 0
    one.forward(hours=2)
    assert reminders.send_due() == 1
    told = mail.outbox[0]
    assert (told.subject, told.to) == ("Your trial ends tomorrow", ["olga@rye.example"])
    assert "end on 28 November, 12:00 UTC" in told.body
    assert "http://testserver/billing" in told.body or "/billing" in told.body
    assert "$49 a month" in told.body
    for _ in range(3):
        assert reminders.send_due() == 0
    one.forward(days=1)
    assert reminders.send_due() == 1
    assert subjects() == ["Your trial ends tomorrow", "Your trial has ended"]
    one.forward(days=30)
    assert reminders.send_due() == 0


def test_who_has_subscribed_or_was_let_in_is_left_alone(one: Any):
    one.subscribe()
    one.deliver()
    one.forward(days=4, hours=1)
    assert reminders.send_due() == 0
    one.forward(days=1)
    one.deliver()
    assert reminders.send_due() == 0
    operating.give(one.team, one.account.instant + 99 * HOUR)
    assert subjects() == []


def test_a_refused_card_is_told_once_and_a_later_one_again(one: Any):
    one.forward(days=6)
    sub = one.subscribe()
    one.deliver()
    mail.outbox.clear()
    for month, days in ((1, 31), (2, 28)):
        one.account.cards[sub["customer"]] = False
        one.forward(days=days)
        one.deliver()
        tasks.remind.call()
        tasks.remind.call()
        assert subjects() == ["A payment did not work"] * month
        one.forward(days=3)
        one.deliver()
        tasks.remind.call()
        assert subjects() == ["A payment did not work"] * month
        one.account.set_card(sub["customer"], works=True)
        one.account.settle(sub["latest_invoice"])
        one.deliver()
    assert "stays open until" in mail.outbox[0].body


def test_a_mail_that_could_not_be_sent_is_sent_later(one: Any, monkeypatch: Any):
    one.forward(days=4, hours=1)

    def broken(*told: Any, **more: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", broken)
        with pytest.raises(MailNotSent):
            reminders.send_due()
    assert not Reminder.objects.exists()
    assert reminders.send_due() == 1


def test_an_instance_that_was_off_for_long_does_not_tell_old_news(one: Any):
    one.forward(days=12)
    assert reminders.send_due() == 0


def test_the_operators_way_of_paying_is_named_where_no_cards_are_taken(one: Any, settings: Any):
    settings.INFLUENCR_BILLING = "manual"
    one.forward(days=4, hours=1)
    assert reminders.send_due() == 1
    assert "how to pay on this instance" in mail.outbox[0].body
    assert "$" not in mail.outbox[0].body


def test_every_entry_of_the_timetable_is_a_task_that_runs(one: Any):
    for entry in SCHEDULE:
        name = entry.task.rpartition(".")[2]
        getattr(tasks, name).call()
