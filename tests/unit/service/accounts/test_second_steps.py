"""Codes of an app, recovery codes, sessions elsewhere, asking again before weighty things."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from tests.standins.members import PASSWORD, signed_in

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def code(secret: str, at: datetime) -> str:
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def with_app(client: Client, at: datetime) -> str:
    """Set up the app; its key."""
    markup = client.get("/account/second/app").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", markup).group(1)
    assert "<svg" in markup
    assert "data:" not in markup
    response = client.post("/account/second/app", {"code": code(secret, at)})
    assert response["Location"] == "/account/second/codes"
    return secret


@pytest.mark.django_db(transaction=True)
def test_with_an_app_the_password_alone_opens_nothing(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(members.olga)
        secret = with_app(client, NOW)
        shown = client.get("/account/second/codes").content.decode()
        codes = re.findall(r"<li><code>(\d{8})</code>", shown)
        assert len(codes) == 10
        assert "Codes of an app are on" in [m.subject for m in mail.outbox]

        clock.shift(timedelta(minutes=1))
        other = Client()
        sent = {"login": "olga@rye.example", "password": PASSWORD}
        assert other.post("/login", sent)["Location"] == "/login/second"
        assert other.get("/account").status_code == 302
        page = other.get("/login/second").content.decode()
        assert "The second step" in page
        assert other.post("/login/second", {"code": "000000"}).status_code == 200
        assert other.get("/account").status_code == 302
        now = NOW + timedelta(minutes=1)
        assert other.post("/login/second", {"code": code(secret, now)}).status_code == 302
        assert other.get("/account").status_code == 200

        third = Client()
        third.post("/login", sent)
        assert third.post("/login/second", {"code": codes[0]}).status_code == 302
        fourth = Client()
        fourth.post("/login", sent)
        assert fourth.post("/login/second", {"code": codes[0]}).status_code == 200

        assert client.get("/account/second").status_code == 200
        assert client.get("/account/second/app/off").status_code == 200
        assert client.get("/account/second/codes/new").status_code == 200
        assert client.get("/account/second/codes/file")["Content-Type"].startswith("text/plain")
        client.post("/account/second/app/off")
        assert Client().post("/login", sent)["Location"] == "/search"


def test_weighty_things_ask_again_after_five_minutes(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(members.olga)
        assert client.get("/account/delete").status_code == 200
        clock.shift(timedelta(minutes=6))
        for address in ("/account/delete", "/account/keys", "/account/second/app"):
            assert client.get(address)["Location"].startswith("/account/again")
        asked = client.get("/account/again?next=/account/keys")
        assert "Is it you?" in asked.content.decode()
        sent = {"password": PASSWORD, "next": "/account/keys"}
        assert client.post("/account/again", sent)["Location"] == "/account/keys"
        assert client.get("/account/keys").status_code == 200
        clock.shift(timedelta(minutes=6))
        sent = {"password": PASSWORD, "next": "https://evil.example/"}
        assert "evil" not in client.post("/account/again", sent)["Location"]


def test_sessions_elsewhere_can_be_ended(members: Any):
    here, elsewhere = signed_in(members.olga), signed_in(members.olga)
    elsewhere.get("/account")
    assert "Sign out everywhere else" in here.get("/account/sessions").content.decode()
    here.post("/account/sessions")
    assert elsewhere.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("", "unknown browser"),
    ],
)
def test_a_session_is_named_by_its_browser(members: Any, said: str, shown: str):
    client = signed_in(members.olga, said)
    markup = client.get("/account/sessions").content.decode()
    assert f"<b>{shown}</b>" in markup


def test_a_page_costs_a_member_five_questions_and_no_write(
    members: Any, django_assert_num_queries: Any
):
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(members.olga)
        client.get("/search?text=rye")
        with django_assert_num_queries(5) as asked:
            client.get("/search?text=rye")
        assert all(q["sql"].startswith("SELECT") for q in asked.captured_queries)
        first = UserSession.objects.get(user=members.olga).last_seen_at
        clock.shift(timedelta(minutes=6))
        client.get("/search?text=rye")
        assert UserSession.objects.get(user=members.olga).last_seen_at > first


def test_the_address_changes_when_the_new_one_is_confirmed(members: Any):
    client = signed_in(members.olga)
    client.post("/account/email", {"action_add": "yes", "email": "olga@new.example"})
    members.olga.refresh_from_db()
    assert members.olga.email == "olga@rye.example"
    assert "waits for its confirmation" in client.get("/account/email").content.decode()
    message = next(m for m in mail.outbox if m.to == ["olga@new.example"])
    client.post(re.search(r"http://testserver(/\S+)", message.body).group(1))
    members.olga.refresh_from_db()
    assert members.olga.email == "olga@new.example"


def test_the_password_changes(members: Any):
    client = signed_in(members.olga)
    new = "nine brave otters"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/account/password", sent).status_code == 302
    assert client.get("/account").status_code == 200
    assert mail.outbox[-1].subject == "Your password was changed"
