"""Teams: invited, joined, taken out, left, handed over; and what others' teams cannot do to one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from tests.standins.members import person, signed_in

from influencr.service.accounts import teams
from influencr.service.accounts.models import Invitation, Membership

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def invited(client: Client, email: str) -> str:
    """The path of the link in the invitation."""
    assert client.post("/team/invite", {"email": email})["Location"] == "/team"
    return re.search(r"http://testserver(/team/join/\S+)", mail.outbox[-1].body).group(1)


def test_an_invitation_is_accepted_by_the_one_who_was_asked(members: Any):
    olga, vera = signed_in(members.olga), signed_in(members.vera)
    link = invited(olga, " VERA@other.example ")
    assert mail.outbox[-1].to == ["vera@other.example"]
    assert mail.outbox[-1].subject == "You are invited to a team"
    assert "Join the team" in vera.get(link).content.decode()
    assert members.vera.memberships.count() == 1
    assert vera.post(link)["Location"] == "/team"
    members.vera.refresh_from_db()
    assert members.vera.team == members.olga.team
    assert teams.role_of(members.vera, members.olga.team) == "member"
    # The link has done its work.
    assert vera.get(link).status_code == 404
    text = vera.get("/team").content.decode()
    assert "olga@rye.example" in text
    assert "Invite somebody" not in text
    assert "Your teams" in text


def test_a_link_that_was_passed_on_lets_nobody_in(members: Any):
    link = invited(signed_in(members.olga), "nora@new.example")
    vera = signed_in(members.vera)
    assert "sent to another address" in vera.get(link).content.decode()
    response = vera.post(link)
    assert response.status_code == 400
    assert "sent to nora@new.example" in response.content.decode()
    assert not members.olga.team.memberships.filter(user=members.vera).exists()
    stranger = Client()
    page = stranger.get(link)
    assert "Sign up</a>" in page.content.decode()
    # Not "no-referrer": browsers would then send the form with `Origin: null`, which is refused.
    assert page["Referrer-Policy"] == "same-origin"
    assert stranger.post(link).status_code == 200
    assert Invitation.objects.count() == 1


def test_an_invitation_ends_after_a_week_when_taken_back_and_when_sent_again(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        olga, vera = signed_in(members.olga), signed_in(members.vera)
        first = invited(olga, members.vera.email)
        second = invited(olga, members.vera.email)
        assert vera.post(first).status_code == 400
        olga.post("/team/invite/withdraw", {"email": members.vera.email})
        assert vera.post(second).status_code == 400
        third = invited(olga, members.vera.email)
        clock.shift(timedelta(days=7, seconds=1))
        assert vera.post(third).status_code == 400
        assert vera.get(third).status_code == 404


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", "no e-mail address"),
        ("x", "no e-mail address"),
        ("a@b.example\nBcc: c@d.example", "no e-mail address"),
        ("tomas@rye.example", "in the team already"),
        ("<b>@x.example", "no e-mail address"),
    ],
)
def test_what_cannot_be_invited_is_said_beside_the_field(members: Any, email: str, why: str):
    response = signed_in(members.olga).post("/team/invite", {"email": email})
    assert response.status_code == 400
    assert why in response.content.decode()
    assert "<b>@" not in response.content.decode()
    assert mail.outbox == []


def test_invitations_are_no_mail_cannon(members: Any):
    client = signed_in(members.olga)
    for i in range(teams.INVITED_MAX):
        teams.invite(members.olga.team, f"n{i}@new.example")
    response = client.post("/team/invite", {"email": "one@more.example"})
    assert response.status_code == 400
    assert "have not answered yet" in response.content.decode()


def test_a_member_who_is_taken_out_sees_nothing_more_of_the_team(members: Any, engine: Any):
    tomas = signed_in(members.tomas)
    assert tomas.get("/team").status_code == 200
    sent = {"member": str(members.tomas.pk)}
    assert signed_in(members.olga).post("/team/remove", sent)["Location"] == "/team"
    assert tomas.get("/team").status_code == 404
    assert "You are in no team" in tomas.get("/account").content.decode()
    owner = teams.NOBODY
    engine.of(members.olga.team.owner_key).saved.kept["secret rye"] = object()
    assert "secret rye" not in tomas.get("/saved").content.decode()
    assert owner in engine.owned


def test_the_owner_hands_over_and_then_may_leave(members: Any):
    vera_in = teams.invite(members.vera.team, members.olga.email)
    teams.accept(members.olga, vera_in)  # so that Olga has another team to go to
    client = signed_in(members.olga)
    client.post("/team/switch", {"team": str(members.olga.memberships.first().team_id)})
    members.olga.refresh_from_db()
    own = members.olga.team
    response = client.post("/team/leave")
    assert response.status_code == 400
    assert "hand it over" in response.content.decode()
    assert client.post("/team/hand-over", {"member": str(members.tomas.pk)}).status_code == 302
    assert teams.role_of(members.tomas, own) == Membership.OWNER
    assert teams.role_of(members.olga, own) == Membership.MEMBER
    assert client.post("/team/leave").status_code == 302
    assert teams.role_of(members.olga, own) == ""
    members.olga.refresh_from_db()
    assert members.olga.team == members.vera.team


def test_the_only_team_is_not_left_by_accident(members: Any):
    for who in (members.tomas, members.ada):
        response = signed_in(who).post("/team/leave")
        assert response.status_code == 400
        assert "delete your account" in response.content.decode().lower()
        assert who.memberships.count() == 1


@pytest.mark.parametrize("who", ["tomas", "vera", "ada"])
def test_only_the_owner_changes_the_team(members: Any, who: str):
    team = members.olga.team
    token = teams.invite(team, "nora@new.example")
    client = signed_in(getattr(members, who))
    name = team.name
    for address, sent in (
        ("/team/name", {"name": "Mine now"}),
        ("/team/invite", {"email": "friend@evil.example"}),
        ("/team/invite/withdraw", {"email": "nora@new.example"}),
        ("/team/remove", {"member": str(members.olga.pk)}),
        ("/team/remove", {"member": str(members.tomas.pk)}),
        ("/team/hand-over", {"member": str(members.tomas.pk)}),
        ("/team/hand-over", {"member": str(members.vera.pk)}),
        ("/team/switch", {"team": str(team.pk)}),
    ):
        response = client.post(address, sent)
        if who == "tomas" and address != "/team/switch":
            assert response.status_code == 404
    team.refresh_from_db()
    assert team.name == name
    assert teams.invited(token) is not None
    assert teams.role_of(members.olga, team) == "owner"
    assert teams.role_of(members.tomas, team) == "member"
    assert team.memberships.count() == 2
    if who != "tomas":
        assert client.post("/team/switch", {"team": str(team.pk)}).status_code == 400


@pytest.mark.parametrize("number", ["", "-1", "x", "٣", "9" * 30, "1 OR 1=1"])
def test_a_number_that_is_none_is_a_sentence(members: Any, number: str):
    client = signed_in(members.olga)
    for address in ("/team/remove", "/team/hand-over"):
        response = client.post(address, {"member": number})
        assert response.status_code == 400
        assert "Choose a member of the team." in response.content.decode()
    assert client.post("/account/keys/revoke", {"key": number}).status_code == 400


def test_a_team_has_one_owner_whatever_happens(members: Any):
    from django.db import IntegrityError, transaction

    nora = person("nora@new.example", team=members.olga.team)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=nora).update(role=Membership.OWNER)


def test_names_that_cannot_be_shown_are_refused(members: Any):
    client = signed_in(members.olga)
    for name in ("", "   ", "x" * 81, "a\x00b", "a\u202eb"):
        assert client.post("/team/name", {"name": name}).status_code == 400
    assert client.post("/account/name", {"name": "a\u202eb"}).status_code == 400
    assert client.post("/account/name", {"name": " Olga   Rye "}).status_code == 302
    members.olga.refresh_from_db()
    assert members.olga.name == "Olga Rye"
    assert "Olga Rye" in client.get("/team").content.decode()


def test_a_silent_mail_server_is_told_to_who_invites(members: Any, monkeypatch: pytest.MonkeyPatch):
    from django.core.mail import EmailMessage

    def silent(self: Any, *args: Any, **given: Any) -> int:
        raise TimeoutError

    monkeypatch.setattr(EmailMessage, "send", silent)
    response = signed_in(members.olga).post("/team/invite", {"email": "nora@new.example"})
    assert response.status_code == 503
    assert "does not answer" in response.content.decode()
