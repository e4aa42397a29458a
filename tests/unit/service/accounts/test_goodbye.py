"""Taking everything along, and deleting it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from tests.standins.members import PASSWORD, signed_in

from influencr.home import Home
from influencr.service.accounts import keys, teams
from influencr.service.accounts.models import Team, User
from influencr.service.accounts.sessions import SessionStore
from influencr.service.billing.models import Subscription

_SETTINGS = "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'influencr.service.settings'\n"


def test_one_file_holds_everything_and_no_secret(members: Any, engine: Any):
    engine.of(members.olga.team.owner_key).brands.kept["Rye & Sons"] = object()
    engine.of(members.vera.team.owner_key).brands.kept["Vera's own"] = object()
    _, text = keys.make(members.olga.team, members.olga, "Report", ["search"])
    token = teams.invite(members.olga.team, "nora@new.example")
    response = signed_in(members.olga).post("/account/export")
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="influencr-')
    assert response["Cache-Control"] == "private, no-store"
    told = response.json()
    assert told["about"]["email"] == "olga@rye.example"
    assert [m["email"] for m in told["team"]["members"]] == [
        "olga@rye.example",
        "tomas@rye.example",
    ]
    assert told["team"]["kept"]["brands"] == ["Rye & Sons"]
    assert told["team"]["subscription"]["state"] == "trial"
    assert told["sessions"]
    raw = response.content.decode()
    for secret in (text, token, PASSWORD, members.olga.password, "digest", "Vera's own"):
        assert secret not in raw


def test_who_owns_a_team_with_others_hands_over_first(members: Any):
    client = signed_in(members.olga)
    assert "First hand over" in client.get("/account/delete").content.decode()
    response = client.post("/account/delete", {"sure": "yes"})
    assert response.status_code == 400
    assert User.objects.filter(pk=members.olga.pk).exists()


def test_deleting_is_immediate_and_complete(members: Any, engine: Any):
    own = engine.of(members.ada.team.owner_key)
    own.brands.kept["Ada's rye"] = object()
    number, team = members.ada.pk, members.ada.team_id
    client, elsewhere = signed_in(members.ada), signed_in(members.ada)
    assert "cannot be undone" in client.get("/account/delete").content.decode()
    assert client.post("/account/delete").status_code == 400
    assert User.objects.filter(pk=number).exists()
    response = client.post("/account/delete", {"sure": "yes"})
    assert "You are gone" in response.content.decode()
    for left in (
        User.objects.filter(pk=number),
        Team.objects.filter(pk=team),
        Subscription.objects.filter(team_id=team),
        EmailAddress.objects.filter(email="ada@late.example"),
        UserSession.objects.filter(user_id=number),
    ):
        assert not left.exists()
    assert own.brands.kept == {}
    assert client.get("/account").status_code == 302
    assert elsewhere.get("/account").status_code == 302


def test_no_session_of_who_has_gone_is_left(members: Any, engine: Any):
    client, _ = signed_in(members.ada), signed_in(members.ada)
    client.post("/account/delete", {"sure": "yes"})
    left = [SessionStore(one.session_key).load() for one in Session.objects.all()]
    assert not any("ada@late.example" in str(one) for one in left)


def test_no_byte_of_who_has_gone_is_in_a_file(tmp_path: Path):
    Home(tmp_path / "home")
    script = (
        "from influencr.service.accounts import goodbye, teams\n"
        "from influencr.service.accounts.models import User\n"
        "from influencr.service.manage import migrate\n"
        "migrate()\n"
        "one = User.objects.create_user('unmistakable@gone.example', 'five slow barges')\n"
        "teams.found(one)\n"
        "goodbye.leave_for_good(one)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment |= {
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "INFLUENCR_HOME": str(tmp_path / "home"),
        "INFLUENCR_BILLING": "manual",
    }
    subprocess.run(
        [sys.executable, "-c", f"import django\n{_SETTINGS}django.setup()\n{script}"],
        check=True,
        env=environment,
    )
    files = list((tmp_path / "home" / "service").iterdir())
    assert files
    assert not any(b"unmistakable" in file.read_bytes() for file in files)


def test_a_member_goes_and_the_team_stays(members: Any, engine: Any):
    shared = engine.of(members.olga.team.owner_key)
    shared.brands.kept["Rye & Sons"] = object()
    signed_in(members.tomas).post("/account/delete", {"sure": "yes"})
    assert members.olga.team.memberships.count() == 1
    assert shared.brands.kept


def test_an_export_is_nothing_that_a_link_starts(members: Any):
    assert signed_in(members.olga).get("/account/export").status_code == 405
