"""From a stranger to a member: sign-up, confirmation, signing in, forgotten passwords."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from tests.standins.members import PASSWORD, signed_in

from influencr.service.accounts.models import Team, User
from influencr.service.billing import entitlements

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEW = {"email": "nora@new.example", "password1": "five slow barges"}


def link_in(message: Any) -> str:
    return re.search(r"http://testserver(/\S+)", message.body).group(1)


def signed_up(client: Client, **changes: str) -> Any:
    return client.post("/signup", {**NEW, **changes})


def test_the_trial_begins_with_the_confirmation_and_not_before(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        assert signed_up(client)["Location"] == "/signup/sent"
        (message,) = mail.outbox
        assert message.to == ["nora@new.example"]
        assert message.subject == "Confirm your address, and the 7 days begin"
        assert not message.alternatives
        assert not Team.objects.filter(memberships__user__email=NEW["email"]).exists()

        clock.shift(timedelta(minutes=10))
        page = client.get(link_in(message))
        assert "nora@new.example" in page.content.decode()
        assert not Team.objects.filter(memberships__user__email=NEW["email"]).exists()
        response = client.post(link_in(message))
        assert response.status_code == 302
        nora = User.objects.get(email=NEW["email"])
        assert nora.memberships.get().role == "owner"
        told = entitlements.of(nora.team)
        assert (told.state, told.days_left) == ("trial", 7)
        assert told.until == NOW + timedelta(minutes=10, days=7)
        # The same browser that signed up is signed in by its own confirmation.
        markup = client.get("/search").content.decode()
        assert "7 days left" in markup


def test_a_confirmation_counts_once_and_not_for_ever(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        signed_up(client)
        link = link_in(mail.outbox[0])
        clock.shift(timedelta(days=3, minutes=1))
        assert "not valid any more" in client.get(link).content.decode()
        assert "not valid any more" in Client().get("/signup/confirm/x:y:z").content.decode()


def test_confirming_in_another_browser_does_not_sign_it_in(members: Any):
    signed_up(Client())
    other = Client()
    response = other.post(link_in(mail.outbox[0]))
    assert response["Location"].startswith("/login")
    assert "sessionid" not in other.cookies or other.get("/account").status_code == 302


def test_nobody_is_told_whether_an_address_is_known(members: Any):
    unknown, known = Client(), Client()
    first = signed_up(unknown)
    second = signed_up(known, email="olga@rye.example")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert [m.subject for m in mail.outbox][1] == "You are a member already"
    mail.outbox.clear()
    for address in ("olga@rye.example", "nobody@else.example"):
        response = Client().post("/password/forgotten", {"email": address})
        assert response["Location"] == "/password/forgotten/sent"
    assert [m.subject for m in mail.outbox] == ["A new password", "No member has this address"]
    answers = {
        re.sub(
            r'value="[^"]*"',
            "",
            Client().post("/login", {"login": a, "password": "x"}).content.decode(),
        )
        for a in ("olga@rye.example", "nobody@else.example")
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("password123", "too common"),
        ("nora@new.example", "too similar"),
    ],
)
def test_a_weak_password_is_refused_beside_its_field(members: Any, password: str, why: str):
    response = signed_up(Client(), password1=password)
    assert response.status_code == 200
    assert why in response.content.decode()
    assert mail.outbox == []


def test_an_address_cannot_carry_another_header(members: Any):
    for email in ("a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", '"<b>"@x'):
        response = signed_up(Client(), email=email)
        assert response.status_code == 200
        assert "<b>" not in response.content.decode()
    assert mail.outbox == []


def test_without_mail_sign_up_says_so(members: Any, settings: Any):
    settings.INFLUENCR_MAIL_READY = False
    response = Client().get("/signup")
    assert "Mail is not set up" in response.content.decode()
    signed_up(Client())
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_a_silent_mail_server_is_told_and_nothing_is_lost(
    members: Any, monkeypatch: pytest.MonkeyPatch
):
    from django.core.mail import EmailMessage

    def silent(self: Any, *args: Any, **given: Any) -> int:
        raise ConnectionRefusedError(111, "refused")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", silent)
        response = signed_up(Client())
        assert response.status_code == 503
        assert "mail server of this instance does not answer" in response.content.decode()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=4), tick=False):
        Client().post("/login", {"login": NEW["email"], "password": NEW["password1"]})
    assert [m.to for m in mail.outbox] == [[NEW["email"]]]


def test_signing_in_and_out(members: Any):
    client = signed_in(members.olga)
    assert client.get("/account").status_code == 200
    session = client.cookies["sessionid"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert client.get("/logout").status_code == 200
    assert client.post("/logout")["Location"] == "/"
    assert client.get("/account").status_code == 302


def test_cookies_are_for_https_alone_where_people_come_by_https(members: Any, settings: Any):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = signed_in(members.olga)
    assert client.cookies["sessionid"]["secure"]


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(members: Any, there: str):
    sent = {"login": "olga@rye.example", "password": PASSWORD, "next": there}
    assert Client().post(f"/login?next={there}", sent)["Location"] == "/search"
    client = signed_in(members.olga)
    assert client.post("/logout", {"next": there})["Location"] == "/"


def test_one_comes_back_to_where_one_was(members: Any):
    sent = {"login": "olga@rye.example", "password": PASSWORD, "next": "/search?text=rye&start=2"}
    assert Client().post("/login", sent)["Location"] == "/search?text=rye&start=2"


def test_no_other_host_gets_into_a_mail(members: Any):
    response = Client().post("/password/forgotten", {"email": "olga@rye.example"}, HTTP_HOST="evil")
    assert response.status_code == 400
    response = Client().post(
        "/password/forgotten", {"email": "olga@rye.example"}, headers={"x-forwarded-host": "evil"}
    )
    assert "http://testserver/" in mail.outbox[0].body


def test_every_form_refuses_other_sites(members: Any):
    strict = Client(enforce_csrf_checks=True)
    for address in ("/login", "/signup", "/password/forgotten", "/logout", "/team/join/x"):
        assert strict.post(address, {"email": "x@y.example"}).status_code == 403
    inside = Client(enforce_csrf_checks=True)
    inside.cookies = signed_in(members.olga).cookies
    for address in (
        *("/account/name", "/account/export", "/account/delete", "/account/email"),
        *("/account/password", "/account/sessions", "/account/keys", "/account/keys/revoke"),
        *("/team/name", "/team/invite", "/team/remove", "/team/leave", "/team/hand-over"),
        *("/team/switch", "/team/invite/withdraw", "/account/second/app"),
    ):
        assert inside.post(address, {}).status_code == 403, address


def test_guessing_is_slowed_down(members: Any):
    client = Client()
    wrong = {"login": "olga@rye.example", "password": "not this one"}
    for _ in range(5):
        assert client.post("/login", wrong).status_code == 200
    told = client.post("/login", {**wrong, "password": PASSWORD})
    assert told.status_code == 200
    assert "Too many failed login attempts" in told.content.decode()


def test_too_many_forms_get_a_page_that_says_when(members: Any):
    client = Client()
    codes = [client.post("/password/forgotten", {"email": f"a{i}@b.example"}) for i in range(21)]
    assert codes[-1].status_code == 429
    assert codes[-1]["Retry-After"] == "300"
    assert "Too many tries" in codes[-1].content.decode()


def test_a_new_password_by_mail_ends_the_other_sessions(members: Any):
    elsewhere = signed_in(members.olga)
    client = Client()
    client.post("/password/forgotten", {"email": "OLGA@rye.example"})
    link = link_in(mail.outbox[0])
    form = client.get(link)["Location"]
    new = "nine brave otters"
    response = client.post(form, {"password1": new, "password2": new})
    assert response["Location"] == "/password/new"
    assert elsewhere.get("/account").status_code == 302
    assert Client().get(link).content.decode().count("does not count any more") >= 1
    assert mail.outbox[-1].subject == "Your password was changed"
    sent = {"login": "olga@rye.example", "password": new}
    assert Client().post("/login", sent).status_code == 302


def test_the_address_of_who_asks_is_the_one_of_the_connection(members: Any):
    client = Client()
    for i in range(21):
        last = client.post(
            "/password/forgotten",
            {"email": f"a{i}@b.example"},
            headers={"x-forwarded-for": f"10.0.0.{i}"},
        )
    assert last.status_code == 429
