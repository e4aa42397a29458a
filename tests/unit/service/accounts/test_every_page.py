"""Every page of members opens for whom it should, and shows hostile text as text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.standins.members import signed_in

from influencr.service.accounts import teams

OUTSIDE = ["/login", "/signup", "/signup/sent", "/password/forgotten", "/password/forgotten/sent"]
INSIDE = [
    *("/account", "/account/email", "/account/password", "/account/sessions", "/account/second"),
    *("/account/second/app", "/account/passkeys", "/account/passkeys/add", "/account/keys"),
    *("/account/webhooks", "/account/delete", "/team", "/billing", "/saved", "/brand", "/logout"),
]
ANYWHERE = ["/", "/search", "/methods", "/creators", "/why", "/nope", "/team/join/nothing"]


def looked_over(response: Any) -> str:
    markup = response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    assert len(re.findall(r"<h1[ >]", markup)) == 1
    assert len(re.findall(r"<main[ >]", markup)) == 1
    ids = re.findall(r'\sid="([^"]+)"', markup)
    assert len(ids) == len(set(ids)), ids
    foreign = r'<style|<[^>]*\sstyle=|<script(?![^>]*(src=|type=""))|<[^>]*\son\w+='
    assert not re.search(foreign, re.sub(r'"[^"]*"', '""', markup))
    for field in re.findall(r"<(?:input|select|textarea)[^>]*>", markup):
        if 'type="hidden"' in field or 'type="checkbox"' in field or "aria-label" in field:
            continue
        assert re.search(r'id="([^"]+)"', field), field
        name = re.search(r'id="([^"]+)"', field).group(1)
        assert f'for="{name}"' in markup, field
    return markup


@pytest.mark.parametrize("address", [*OUTSIDE, *ANYWHERE])
def test_a_stranger_reads(members: Any, address: str):
    response = Client().get(address)
    assert response.status_code == (404 if address in ("/nope", "/team/join/nothing") else 200)
    looked_over(response)
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("address", INSIDE)
def test_a_member_reads(members: Any, address: str):
    response = signed_in(members.olga).get(address)
    assert response.status_code == 200, response.get("Location")
    markup = looked_over(response)
    assert "Sign in</a>" not in markup


@pytest.mark.parametrize("address", [*INSIDE, "/saved/new?name=x", "/account/second/codes"])
def test_a_stranger_is_asked_to_sign_in_and_comes_back(members: Any, address: str):
    if address == "/logout":
        return  # leads to the front page
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/login?next=")


@pytest.mark.parametrize("who", ["olga", "tomas", "ada", "vera"])
def test_hostile_names_are_text(members: Any, who: str):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'[:80]
    user = getattr(members, who)
    user.name = evil
    user.save()
    user.team.name = evil
    user.team.save()
    teams.invite(user.team, '"><b>"@evil.example')
    client = signed_in(user)
    for address in ("/account", "/team", "/account/keys", "/account/delete", "/billing"):
        markup = looked_over(client.get(address))
        assert "<script>alert" not in markup
        assert "<img" not in markup


def test_an_open_instance_has_none_of_these_pages(client: Client, engine: Any):
    for address in (*OUTSIDE, "/account", "/team", "/billing", "/account/keys", "/team/join/x"):
        assert client.get(address).status_code == 404
    markup = client.get("/search").content.decode()
    assert "Sign in" not in markup
    assert "/account" not in markup


def test_an_open_instance_asks_no_table_and_sets_no_cookie_of_a_session(
    client: Client, engine: Any
):
    # Without the `db` mark any question to the database fails the test.
    for address in ("/", "/search", "/saved", "/brand", "/methods", "/creators", "/robots.txt"):
        response = client.get(address)
        assert response.status_code == 200
        assert set(response.cookies) <= {"csrftoken"}
