"""A copy of the database opens nothing: keys of second steps, sessions, who has had a trial."""

from __future__ import annotations

import importlib
import re
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from tests.standins.members import signed_in

from influencr.errors import HomeError
from influencr.service.accounts import sealed
from influencr.service.accounts.adapter import SecondSteps


def test_what_is_sealed_opens_for_its_purpose_alone():
    box = sealed.sealed("JBSWY3DP", "key of a second step")
    assert "JBSWY3DP" not in box
    assert sealed.opened(box, "key of a second step") == "JBSWY3DP"
    assert sealed.sealed("JBSWY3DP", "key of a second step") != box
    changed = box[:-6] + ("A" if box[-6] != "A" else "B") + box[-5:]
    for text, purpose in ((box, "session"), (changed, "key of a second step"), ("JBSWY3DP", "x")):
        with pytest.raises(HomeError, match="do not belong together"):
            sealed.opened(text, purpose)


def test_another_home_opens_nothing_and_knows_no_digest(tmp_path: Any, settings: Any):
    box, known = sealed.sealed("JBSWY3DP", "x"), sealed.digest("a@b.example", "trial")
    settings.INFLUENCR_HOME = str(tmp_path / "other")
    with pytest.raises(HomeError):
        sealed.opened(box, "x")
    assert sealed.digest("a@b.example", "trial") != known


def test_the_key_of_an_app_and_the_codes_lie_sealed(members: Any):
    client = signed_in(members.olga)
    markup = client.get("/account/second/app").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", markup).group(1)
    waiting = [row.session_data for row in Session.objects.all()]
    assert waiting
    assert not any(secret in one or "olga" in one for one in waiting)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(members.olga, secret)
    codes = RecoveryCodes.activate(members.olga)
    kept = {one.type: one.data for one in Authenticator.objects.all()}
    assert sealed.is_sealed(kept["totp"]["secret"])
    assert sealed.is_sealed(kept["recovery_codes"]["seed"])
    assert SecondSteps().decrypt(kept["totp"]["secret"]) == secret
    assert len(codes.generate_codes()) == 10


def test_nobody_signs_in_with_what_the_database_says(members: Any):
    client = signed_in(members.olga)
    held = client.cookies["sessionid"].value
    assert client.get("/account").status_code == 200
    row, listed = Session.objects.get(), UserSession.objects.get()
    assert held not in (row.session_key, listed.session_key)
    assert row.session_key == listed.session_key
    thief = Client()
    thief.cookies["sessionid"] = row.session_key
    assert thief.get("/account").status_code == 302


def test_a_session_keeps_its_cookie_while_it_is_written_again(members: Any):
    client = signed_in(members.olga)
    held = client.cookies["sessionid"].value
    client.get("/account/second/app")
    assert client.cookies["sessionid"].value == held
    assert Session.objects.count() == 1


def test_what_lay_open_is_sealed_by_the_upgrade_and_its_sessions_end(members: Any):
    signed_in(members.olga)
    Authenticator.objects.create(user=members.olga, type="totp", data={"secret": "JBSWY3DP"})
    codes = {"migrated_codes": ["12345678"], "used_mask": 0}
    Authenticator.objects.create(user=members.olga, type="recovery_codes", data=codes)
    upgrade = importlib.import_module("influencr.service.accounts.migrations.0002_seal")
    for _ in range(2):
        upgrade.seal(apps, SimpleNamespace(connection=connection))
    kept = {one.type: one.data for one in Authenticator.objects.all()}
    assert SecondSteps().decrypt(kept["totp"]["secret"]) == "JBSWY3DP"
    assert SecondSteps().decrypt(kept["recovery_codes"]["migrated_codes"][0]) == "12345678"
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
