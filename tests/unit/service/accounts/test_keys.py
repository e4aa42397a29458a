"""Keys of programs: shown once, kept as a digest, limited to their scopes, revoked at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from tests.standins.members import signed_in

from influencr.service.accounts import keys
from influencr.service.accounts.models import ApiKey

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_key_is_shown_once_and_kept_as_a_digest(members: Any):
    client = signed_in(members.olga)
    made = client.post("/account/keys", {"name": "Weekly report", "scopes": ["search"]})
    assert made["Cache-Control"] == "private, no-store"
    text = re.search(r"<code>(inf_[\w-]{40,})</code>", made.content.decode()).group(1)
    later = client.get("/account/keys").content.decode()
    assert text not in later
    assert text[:10] in later
    (row,) = ApiKey.objects.values()
    assert text not in str(row)
    key = keys.check(text, "search")
    assert key is not None
    assert key.team == members.olga.team
    assert keys.check(text, "lists") is None
    assert keys.check(text[:-1] + "x", "search") is None
    assert keys.check("", "search") is None


def test_use_is_noted_and_a_revoked_key_opens_nothing(members: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        key, text = keys.make(members.olga.team, members.olga, "Report", ["search", "lists"])
        assert keys.check(text, "lists").used_at == NOW
        clock.shift(timedelta(seconds=20))
        assert keys.check(text, "lists").used_at == NOW
        clock.shift(timedelta(minutes=1))
        assert keys.check(text, "lists").used_at > NOW
        client = signed_in(members.tomas)
        assert client.post("/account/keys/revoke", {"key": str(key.pk)}).status_code == 302
        assert keys.check(text, "search") is None
        assert "revoked" in client.get("/account/keys").content.decode()


def test_nobody_revokes_or_reads_the_keys_of_another_team(members: Any):
    key, text = keys.make(members.olga.team, members.olga, "Very private report", ["search"])
    vera = signed_in(members.vera)
    assert vera.post("/account/keys/revoke", {"key": str(key.pk)}).status_code == 400
    assert keys.check(text, "search") is not None
    assert "Very private" not in vera.get("/account/keys").content.decode()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"name": "", "scopes": ["search"]}, "name of 1 to 80"),
        ({"name": "x" * 81, "scopes": ["search"]}, "name of 1 to 80"),
        ({"name": "x\x00", "scopes": ["search"]}, "name of 1 to 80"),
        ({"name": "Report"}, "choose what the key may do"),
        ({"name": "Report", "scopes": ["admin"]}, "admin"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_form_as_it_was(
    members: Any, sent: dict[str, Any], why: str
):
    response = signed_in(members.olga).post("/account/keys", sent)
    assert response.status_code == 400
    assert why in response.content.decode()
    assert ApiKey.objects.count() == 0


def test_a_key_goes_with_its_team_and_stays_without_who_made_it(members: Any):
    _, text = keys.make(members.olga.team, members.tomas, "Report", ["search"])
    members.tomas.delete()
    assert keys.check(text, "search") is not None
    members.olga.team.delete()
    assert keys.check(text, "search") is None
