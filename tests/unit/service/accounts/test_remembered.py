"""No second trial by deleting the account and signing up again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from tests.standins.members import signed_in

from influencr.service.accounts import remembered
from influencr.service.accounts.models import TrialMemory, User
from influencr.service.accounts.tasks import forget_old_trials
from influencr.service.billing import entitlements, operating

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def signs_up(email: str) -> Client:
    """Sign up and confirm; the browser that did."""
    client = Client()
    client.post("/signup", {"email": email, "password1": "five slow barges"})
    message = next(m for m in reversed(mail.outbox) if m.to == [email])
    client.post(re.search(r"http://testserver(/\S+)", message.body).group(1))
    return client


def goes(email: str) -> str:
    client = signed_in_as(email)
    return client.post("/account/delete", {"sure": "yes"}).content.decode()


def signed_in_as(email: str) -> Client:
    client = Client()
    sent = {"login": email, "password": "five slow barges"}
    assert client.post("/login", sent).status_code == 302
    return client


def standing(email: str) -> entitlements.Entitlement:
    return entitlements.of(User.objects.get(email=email).team)


@pytest.mark.parametrize("again", ["nora@new.example", "Nora+2@NEW.example", "nora+@new.example"])
def test_deleting_and_signing_up_again_begins_no_second_trial(members: Any, again: str):
    with time_machine.travel(NOW, tick=False) as clock:
        signs_up("nora@new.example")
        assert standing("nora@new.example").state == "trial"
        clock.shift(timedelta(days=1))
        assert "stays for 12 months" in goes("nora@new.example")
        clock.shift(timedelta(days=300))
        client = signs_up(again.lower())
        told = standing(again.lower())
        assert (told.state, told.may_search) == ("locked", False)
        assert "has had its 7 days" in client.get("/billing").content.decode()
        operating.give(User.objects.get(email=again.lower()).team, NOW + timedelta(days=900))
        assert standing(again.lower()).state == "active"


def test_after_twelve_months_nothing_is_known_and_a_trial_begins(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        signs_up("nora@new.example")
        goes("nora@new.example")
        assert TrialMemory.objects.count() == 1
        clock.shift(timedelta(days=364))
        forget_old_trials.func()
        assert TrialMemory.objects.count() == 1
        clock.shift(timedelta(days=1))
        forget_old_trials.func()
        assert not TrialMemory.objects.exists()
        signs_up("nora@new.example")
        assert standing("nora@new.example").state == "trial"


def test_only_a_digest_and_a_day_are_kept(members: Any):
    signed_in(members.vera).post("/account/delete", {"sure": "yes"})
    names = {field.name for field in TrialMemory._meta.get_fields()}
    assert names == {"id", "digest", "forget_at"}
    (one,) = TrialMemory.objects.all()
    assert re.fullmatch("[0-9a-f]{64}", one.digest)
    assert remembered.had_trial(["vera@other.example"])
    assert not remembered.had_trial(["vera@another.example"])


def test_who_was_never_confirmed_has_had_nothing(members: Any):
    User.objects.create_user("late@new.example", "five slow barges")
    assert not remembered.had_trial(["late@new.example"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("olga.rye@gmail.com", "olgarye+x@googlemail.com", True),
        ("olga.rye@rye.example", "olgarye@rye.example", False),
        ("OLGA@Rye.Example ", "olga@rye.example", True),
        ("olga@rye.example", "olga@rye.test", False),
    ],
)
def test_spellings_of_one_box_are_one_address(db: None, one: str, other: str, same: bool):
    remembered.remember([one])
    assert remembered.had_trial([other]) is same
