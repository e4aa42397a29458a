"""What operators see, what they change, and that every change is written down."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.standins.members import PASSWORD, signed_in
from tests.unit.service.admin.conftest import NOW, code

from influencr.service.accounts.models import User
from influencr.service.admin import tallies
from influencr.service.admin.models import Deed, Tally
from influencr.service.admin.tasks import count_the_day
from influencr.service.billing import operating
from influencr.service.billing.providers.bills import Invoice, Refunded

PAGES = ("", "/members", "/sources", "/removals", "/cases", "/cases/1", "/jobs", "/log")


def shown(response: Any) -> str:
    assert response.status_code == 200
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return html.unescape(re.sub(r"\s+", " ", text))


def test_every_page_opens_and_is_kept_nowhere(operator: Client, at_desk: Any):
    for page in (*PAGES, f"/members/{at_desk.olga.pk}"):
        response = operator.get(f"/admin{page}")
        assert response.status_code == 200, page
        assert response["Cache-Control"] == "private, no-store"


def test_staff_without_a_second_step_set_one_up_first(at_desk: Any, clock: Any):
    at_desk.olga.is_staff = True
    at_desk.olga.save()
    client = signed_in(at_desk.olga)
    for page in PAGES:
        assert client.get(f"/admin{page}")["Location"] == "/account/second"


def test_the_second_step_is_asked_again_an_hour_later_and_for_changes_sooner(
    operator: Client, at_desk: Any, clock: Any
):
    address = f"/admin/members/{at_desk.olga.pk}"
    clock.shift(timedelta(minutes=6))
    assert operator.get("/admin").status_code == 200
    sent = {"verb": "end", "sure": "yes"}
    again = operator.post(address, sent)
    assert again["Location"] == f"/account/again/code?next={address.replace('/', '%2F')}"
    assert not Deed.objects.exists()
    answered = operator.post(again["Location"], {"code": code(NOW + timedelta(minutes=6))})
    assert answered["Location"] == address
    assert operator.post(address, sent).status_code == 302
    clock.shift(timedelta(minutes=61))
    assert operator.get("/admin")["Location"].startswith("/account/again/code?next=%2Fadmin")


def test_the_password_alone_is_no_second_step(operator: Client, clock: Any):
    clock.shift(timedelta(minutes=61))
    operator.post("/account/again", {"password": PASSWORD})
    assert operator.get("/admin")["Location"].startswith("/account/again/code")


def test_the_first_page_counts_and_says_what_waits(operator: Client):
    text = shown(operator.get("/admin"))
    assert "Waiting for you: 2 open cases" in text
    assert "1 removal under way" in text
    assert re.search(r"Members 5 ", text)
    assert re.search(r"In their trial 3 ", text)
    assert re.search(r"Creators listed 412 ", text)
    assert "Bluesky 400" in text
    assert "Germany 300" in text
    assert "everything that came in is in it" in text


def test_days_make_a_line_and_a_change_against_a_week_ago(at_desk: Any, clock: Any):
    count_the_day.func()
    clock.shift(timedelta(days=7))
    User.objects.filter(pk=at_desk.vera.pk).delete()
    count_the_day.func()
    count_the_day.func()
    assert Tally.objects.filter(name="members").count() == 2
    members = tallies.counts()[0]
    assert (members.value, members.change) == ("3", "\N{MINUS SIGN}1 in 7 days")
    assert len(members.points.split()) == 2
    clock.shift(timedelta(days=500))
    count_the_day.func()
    assert Tally.objects.filter(name="members").count() == 1


@pytest.mark.parametrize(
    ("asked", "found", "absent"),
    [
        ("q=OLGA", "olga@rye.example", "vera@other.example"),
        ("q=late", "ada@late.example", "olga@rye.example"),
        ("state=locked", "ada@late.example", "olga@rye.example"),
        ("q=Team+of+vera", "vera@other.example", "ada@late.example"),
        ("q=%25_&state=nonsense&before=x", "Nobody whose address", "olga@rye.example"),
    ],
)
def test_members_are_found_by_address_team_and_state(
    operator: Client, asked: str, found: str, absent: str
):
    text = shown(operator.get(f"/admin/members?{asked}"))
    assert found in text
    assert absent not in text


def test_a_change_happens_when_it_is_asked_for_twice(operator: Client, at_desk: Any):
    address = f"/admin/members/{at_desk.ada.pk}"
    sent = {"verb": "give", "until": "2027-01-31"}
    first = operator.post(address, sent)
    assert "may search until 1 Feb 2027, 00:00 UTC" in shown(first).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert operating.overview(at_desk.ada.team).given_until is None
    assert operator.post(address, {**sent, "sure": "yes"}).status_code == 302
    assert operating.overview(at_desk.ada.team).entitlement.state == "active"
    (deed,) = Deed.objects.all()
    assert (deed.by.email, deed.verb, deed.about, deed.key) == (
        *("op@instance.example", "give", "team"),
        str(at_desk.ada.team.pk),
    )
    assert "lets search until 1 Feb 2027" in shown(operator.get("/admin/log")).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    operator.post(address, {"verb": "take back", "sure": "yes"})
    assert operating.overview(at_desk.ada.team).entitlement.state == "locked"
    operator.post(f"/admin/members/{at_desk.olga.pk}", {"verb": "end", "sure": "yes"})
    assert operating.overview(at_desk.olga.team).entitlement.state == "locked"
    assert [one.verb for one in Deed.objects.all()] == ["end", "take back", "give"]


@pytest.mark.parametrize(
    "sent",
    [
        {"verb": "give", "until": "soon"},
        {"verb": "give", "until": "2020-01-01", "sure": "yes"},
        {"verb": "give", "until": "9999-12-31", "sure": "yes"},
        {"verb": "refund", "invoice": "in_1", "amount": "-3", "sure": "yes"},
        {"verb": "refund", "invoice": "in_1", "amount": "1.234", "sure": "yes"},
        {"verb": "refund", "invoice": "in_1", "sure": "yes"},
        {"verb": "resend"},
        {"verb": "promote", "sure": "yes"},
        {},
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(operator: Client, at_desk: Any, sent: Any):
    response = operator.post(f"/admin/members/{at_desk.olga.pk}", sent)
    assert response.status_code == 400
    assert 'class="ad-wrong" role="alert"' in response.content.decode()
    assert not Deed.objects.exists()


def test_money_goes_back_once_it_is_said_twice(
    operator: Client, at_desk: Any, monkeypatch: pytest.MonkeyPatch
):
    given: list[Any] = []
    bill = Invoice("in_1", "A-1", NOW, 4900, 0, "usd", "paid", "", "")
    monkeypatch.setattr(operating, "invoices", lambda team: [bill])

    def refund(team: Any, invoice: str, cents: Any = None, *, end: bool = False) -> Refunded:
        given.append((team.pk, invoice, cents, end))
        return Refunded("re_1", cents or 4900, "usd", "succeeded")

    monkeypatch.setattr(operating, "refund", refund)
    address = f"/admin/members/{at_desk.olga.pk}"
    assert "$49.00" in shown(operator.get(address))
    sent = {"verb": "refund", "invoice": "in_1", "amount": "12.5", "also_end": "yes"}
    asked = operator.post(address, sent)
    assert "12.50 of invoice in_1 goes back" in shown(asked)
    assert given == []
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.content.decode()))
    operator.post(address, {k: v for k, v in hidden.items() if k != "csrfmiddlewaretoken"})
    assert given == [(at_desk.olga.team.pk, "in_1", 1250, True)]
    assert Deed.objects.get().detail == "12.50 USD of in_1, ended"


def test_a_confirmation_is_sent_again(operator: Client, at_desk: Any):
    Client().post("/signup", {"email": "nora@new.example", "password1": "five slow barges"})
    nora = User.objects.get(email="nora@new.example")
    mail.outbox.clear()
    assert operator.post(f"/admin/members/{nora.pk}", {"verb": "resend"}).status_code == 302
    assert mail.outbox[-1].to == ["nora@new.example"]
    assert Deed.objects.get().verb == "resend"
    assert "unconfirmed" in shown(operator.get("/admin/members?q=nora"))


def test_a_case_is_answered_by_mail_and_written_down(operator: Client, engine: Any):
    assert "These people came from my book tour." in shown(operator.get("/admin/cases"))
    assert operator.post("/admin/cases/1", {"answer": " "}).status_code == 400
    assert operator.post("/admin/cases/9", {"answer": "x"}).status_code == 404
    operator.post("/admin/cases/1", {"answer": "Looked again: it is explained now."})
    assert engine.rights.case(1).answer == "Looked again: it is explained now."
    assert mail.outbox[-1].to == ["juno@sauerteig.example"]
    assert (Deed.objects.get().verb, Deed.objects.get().key) == ("answer", "1")


def test_whom_the_operator_vouches_for_gets_a_link_to_the_record(operator: Client, engine: Any):
    operator.post("/admin/cases/2", {"answer": "We spoke by telephone.", "vouch": "yes"})
    assert re.search(
        r"telephone\.\n\nYour record, .*: http://testserver/creators/mine/\S+$",
        engine.rights.case(2).answer,
    )


def test_removals_have_a_clock_and_sources_a_state(operator: Client):
    text = shown(operator.get("/admin/removals"))
    assert "gone after 4 s" in text
    assert "under way for 3 min" in text
    text = shown(operator.get("/admin/sources"))
    assert "Bluesky in order 1,200" in text
    assert "The key is refused." in text


def test_who_has_gone_is_not_named_in_the_log(operator: Client, at_desk: Any):
    operator.post(
        f"/admin/members/{at_desk.vera.pk}",
        {"verb": "give", "until": "2027-01-31", "sure": "yes"},
    )
    operator.get("/admin")  # where it is told that it is done
    team = at_desk.vera.team.pk
    signed_in(at_desk.vera).post("/account/delete", {"sure": "yes"})
    text = shown(operator.get("/admin/log"))
    assert "vera" not in text
    assert f"team {team}" in text


HOSTILE = ('"><script>alert(1)</script>', "null\x00byte", "\u202e" * 40, "' OR 1=1 --", "9" * 400)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text_or_refused(operator: Client, at_desk: Any, hostile: str):
    operator.raise_request_exception = False
    at_desk.olga.team.name = hostile.replace("\x00", "")[:80]
    at_desk.olga.team.save()
    fields = dict.fromkeys(
        ("q", "state", "before", "verb", "until", "invoice", "amount", "answer", "task"), hostile
    )
    paths = (*PAGES, f"/members/{at_desk.olga.pk}", "/jobs/again")
    for path in paths:
        for verb in (hostile, "give", "refund"):
            sent = {**fields, "verb": verb}
            for response in (
                operator.get(f"/admin{path}", sent),
                operator.post(f"/admin{path}", sent),
            ):
                assert response.status_code < 500
                assert "<script>alert" not in response.content.decode()
