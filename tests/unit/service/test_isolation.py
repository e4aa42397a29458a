"""Every address there is, tried by everybody who has no business there: nothing leaks.

A new address has to be put into one of the two tables below, or the first test fails.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests.standins.members import let_in, signed_in

from influencr.service.accounts import keys, teams
from influencr.service.accounts.models import ApiKey, Membership
from influencr.service.webhooks import kept as hooks

#: Name -> path that a stranger may open; what they see is no team's.
OPEN = {
    "front": "/",
    "search": "/search?text=rye&brand=",
    "why": "/why?text=rye",
    "suggest-places": "/suggest/places?q=ber",
    "creator": "/c/bluesky/juno",
    "methods": "/methods",
    "creators": "/creators?who=bluesky:@juno",
    "creators-start": "/creators/start",
    "creators-prove": "/creators/prove/x",
    "creators-help": "/creators/prove/x/help",
    "creators-asked": "/creators/asked/x",
    "creators-mine": "/creators/mine/x",
    "creators-change": "/creators/mine/x/change",
    "creators-everything": "/creators/mine/x/everything.json",
    "creators-left": "/creators/left/x",
    "compare": "/compare?c=bluesky:@juno",
    "compare-together": "/compare/together?c=bluesky:@juno",
    "shared": "/shared/x",
    "pricing": "/pricing",
    "billing-webhook": "/billing/webhook",
    "theme": "/theme",
    "robots.txt": "/robots.txt",
    "robots": "/robots.txt",
    "favicon": "/favicon.ico",
    "health": "/health",
    "ready": "/ready",
    "metrics": "/metrics",
    "account_signup": "/signup",
    "account_email_verification_sent": "/signup/sent",
    "account_confirm_email": "/signup/confirm/x",
    "account_login": "/login",
    "account_inactive": "/login/closed",
    "mfa_authenticate": "/login/second",
    "mfa_login_webauthn": "/login/passkey",
    "account_logout": "/logout",
    "account_reset_password": "/password/forgotten",
    "account_reset_password_done": "/password/forgotten/sent",
    "account_reset_password_from_key": "/password/new/1-x",
    "account_reset_password_from_key_done": "/password/new",
    "team-join": "/team/join/{token}",
    "alerts-stop": "/alerts/mail/stop/x",
}
#: Name -> path for members alone: a stranger is sent to sign in.
MEMBERS = {
    "saved": "/saved",
    "saved-news": "/saved/new?name=Secret+search",
    "saved-keep": "/saved/keep",
    "saved-mark": "/saved/seen",
    "saved-remove": "/saved/remove",
    "lists": "/lists",
    "plan": "/plan?amount=100&per=10-20",
    "plan-export": "/plan/export?amount=100&per=10-20",
    "plan-prices": "/plan/prices",
    "list-make": "/lists/make",
    "lists-save": "/lists/save",
    "list": "/lists/{list}",
    "list-change": "/lists/{list}/change",
    "list-remove": "/lists/{list}/remove",
    "list-restore": "/lists/{list}/restore",
    "list-items": "/lists/{list}/items",
    "list-back": "/lists/{list}/back",
    "list-link": "/lists/{list}/link",
    "list-unlink": "/lists/{list}/unlink",
    "list-export": "/lists/{list}/export",
    "search-export": "/search/export?text=rye",
    "brand": "/brand?name=Secret+brand",
    "brand-remove": "/brand/remove",
    "account": "/account",
    "account-name": "/account/name",
    "account-export": "/account/export",
    "account-delete": "/account/delete",
    "account_email": "/account/email",
    "account_change_password": "/account/password",
    "account_set_password": "/account/password/set",
    "account_reauthenticate": "/account/again",
    "mfa_reauthenticate": "/account/again/code",
    "mfa_reauthenticate_webauthn": "/account/again/passkey",
    "usersessions_list": "/account/sessions",
    "mfa_index": "/account/second",
    "mfa_activate_totp": "/account/second/app",
    "mfa_deactivate_totp": "/account/second/app/off",
    "mfa_view_recovery_codes": "/account/second/codes",
    "mfa_generate_recovery_codes": "/account/second/codes/new",
    "mfa_download_recovery_codes": "/account/second/codes/file",
    "mfa_list_webauthn": "/account/passkeys",
    "mfa_add_webauthn": "/account/passkeys/add",
    "mfa_edit_webauthn": "/account/passkeys/1/name",
    "mfa_remove_webauthn": "/account/passkeys/1/remove",
    "keys": "/account/keys",
    "keys-revoke": "/account/keys/revoke",
    "webhooks": "/account/webhooks",
    "webhooks-change": "/account/webhooks/change",
    "alerts": "/alerts",
    "alerts-read": "/alerts/read",
    "alerts-mute": "/alerts/mute",
    "alerts-hush": "/alerts/hush",
    "alerts-watch": "/alerts/watch",
    "alerts-mail": "/alerts/mail",
    "billing": "/billing",
    "billing-pay": "/billing/pay",
    "billing-paid": "/billing/paid",
    "billing-card": "/billing/card",
    "billing-cancel": "/billing/cancel",
    "billing-resume": "/billing/resume",
    "team": "/team",
    "team-name": "/team/name",
    "team-switch": "/team/switch",
    "team-invite": "/team/invite",
    "team-withdraw": "/team/invite/withdraw",
    "team-remove": "/team/remove",
    "team-leave": "/team/leave",
    "team-hand-over": "/team/hand-over",
}
#: Name -> path of operators alone: for everybody else, members and owners too, they do not exist.
STAFF = {
    "staff": "/admin",
    "staff-members": "/admin/members?q=olga",
    "staff-member": "/admin/members/{number}",
    "staff-sources": "/admin/sources",
    "staff-removals": "/admin/removals",
    "staff-cases": "/admin/cases",
    "staff-case": "/admin/cases/1",
    "staff-jobs": "/admin/jobs",
    "staff-again": "/admin/jobs/again",
    "staff-log": "/admin/log",
}


@pytest.fixture
def secrets(members: Any, engine: Any, cast: Any) -> dict[str, str]:
    """What only Olga's team may see, and what the tests send."""
    engine.people["bluesky:@juno"] = cast.creator()
    owned = engine.of(members.olga.team.owner_key)
    owned.saved.kept["secret search"] = "Secret search"
    owned.brands.kept["secret brand"] = "Secret brand"
    members.olga.team.name = "Secret team"
    members.olga.team.save()
    key, text = keys.make(members.olga.team, members.olga, "Secret key", ["search"])
    token = teams.invite(members.olga.team, "secret.guest@new.example")
    hook, _ = hooks.make(members.olga.team, members.olga, "https://secret-hook.example/in", 0)
    shortlist = owned.lists.make("Secret list")
    owned.lists.add(shortlist.id, ["bluesky:@juno"], note="Secret note")
    return {
        "list": shortlist.id,
        "who": cast.creator()["profile_id"],
        "off": cast.creator()["profile_id"],
        "days": "7",
        "act": "off",
        "token": token,
        "key": str(key.pk),
        "key_text": text,
        "webhook": str(hook.pk),
        "team": str(members.olga.team.pk),
        "member": str(members.tomas.pk),
    }


def leaked(response: Any, secrets: dict[str, str]) -> list[str]:
    content = b"".join(response) if response.streaming else response.content
    text = content.decode() + str(response.headers)
    hidden = (
        "Secret key",
        "Secret list",
        "Secret note",
        "secret-hook",
        "tomas@rye.example",
        "olga@rye.example",
        secrets["key_text"],
    )
    return [one for one in hidden if one in text]


def test_every_address_is_in_one_of_the_tables(members: Any):
    names = {p.name for p in get_resolver().url_patterns if isinstance(p, URLPattern)}
    known = [*OPEN, *MEMBERS, *STAFF]
    assert names <= {*known}, names - {*known}
    assert len(known) == len({*known})


@pytest.mark.parametrize("who", [None, "ada", "vera", "tomas", "olga"])
def test_the_operators_pages_do_not_exist_for_anybody_else(members: Any, engine: Any, who: Any):
    client = Client() if who is None else let_in(getattr(members, who))
    number = members.olga.pk
    for path in STAFF.values():
        sent = {"verb": "give", "until": "2099-01-01", "sure": "yes", "answer": "x"}
        address = path.format(number=number)
        for response in (client.get(address), client.post(address, sent)):
            assert response.status_code == 404, path
            assert "tomas@rye.example" not in response.content.decode()
    assert members.olga.team.subscription.given_until is None


@pytest.mark.parametrize("name", MEMBERS)
def test_a_stranger_is_sent_to_sign_in_and_changes_nothing(
    members: Any, secrets: Any, engine: Any, name: str
):
    sent = {**secrets, "name": "Secret search", "query": "text=rye", "sure": "yes"}
    path = MEMBERS[name].format(**secrets)
    for response in (Client().get(path), Client().post(path, sent)):
        assert response.status_code in (302, 405), response.content.decode()[:400]
        if response.status_code == 302:
            assert response["Location"].startswith("/login")
        assert leaked(response, secrets) == []
    unharmed(members, engine)


@pytest.mark.parametrize("who", ["vera", "ada"])
@pytest.mark.parametrize("name", [*OPEN, *MEMBERS])
def test_another_teams_member_sees_and_changes_nothing(
    members: Any, secrets: Any, engine: Any, who: str, name: str
):
    if name in ("account-delete", "team-join"):
        pytest.skip("tested on their own: test_goodbye, test_team")
    path = {**OPEN, **MEMBERS}[name].format(**secrets)
    client = signed_in(getattr(members, who))
    sent = {
        **secrets,
        "name": "Secret search",
        "email": "secret.guest@new.example",
        "query": "text=rye",
        "topics": "baking",
    }
    for response in (client.get(path), client.post(path, sent)):
        # An instance without a worker says that it is not ready, to everybody.
        assert response.status_code < 500 or name == "ready"
        assert leaked(response, secrets) == []
    unharmed(members, engine)


def unharmed(members: Any, engine: Any) -> None:
    owned = engine.of(members.olga.team.owner_key)
    assert owned.saved.kept == {"secret search": "Secret search"}
    assert owned.brands.kept == {"secret brand": "Secret brand"}
    assert ApiKey.objects.get(team=members.olga.team).revoked_at is None
    assert Membership.objects.filter(team=members.olga.team).count() == 2
    assert members.olga.team.invitations.count() == 1
    assert members.olga.team.webhooks.get().paused_at is None
    members.olga.team.refresh_from_db()
    assert members.olga.team.name == "Secret team"
    (kept,) = owned.lists.all()
    assert (kept.name, kept.link_until) == ("Secret list", None)
    assert [item.note for item in owned.lists.items(kept.id)] == ["Secret note"]


def test_a_strangers_search_knows_nobodys_brands(members: Any, secrets: Any, engine: Any):
    response = Client().get("/search?text=rye")
    assert "Secret brand" not in response.content.decode()
    assert set(engine.owned) == {members.olga.team.owner_key, teams.NOBODY}


HOSTILE = (
    '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "null\x00byte",
    "right\u202eleft",
    "\U0001d54f" * 300,
    "' OR 1=1 --",
    "{{ 7|add:7 }}{% csrf_token %}",
    "../../etc/passwd\r\nBcc: x@y.example",
    "-1",
    "",
)
FIELDS = (
    *("name", "email", "login", "password", "password1", "password2", "oldpassword", "code"),
    *("credential", "next", "sure", "member", "team", "key", "scopes", "query", "generation"),
    *("words", "description", "handles", "places", "topics", "was", "theme", "back", "replace"),
    *("action_add", "action_send", "action_remove"),
    *("who", "off", "list", "note", "statuses", "days", "act", "status", "handles", "undo", "c"),
    *("key-1", "note-1", "status-1", "page", "format", "done"),
    *("url", "webhook", "delivery", "upto", "before", "kind", "who", "on", "every", "alert"),
)


@pytest.mark.parametrize("name", [*OPEN, *MEMBERS])
def test_hostile_text_in_every_field_is_text_or_refused(
    members: Any, engine: Any, cast: Any, name: str
):
    engine.people["bluesky:@juno"] = cast.creator()
    token = teams.invite(members.olga.team, "guest@new.example")
    shortlist = engine.of(members.olga.team.owner_key).lists.make("Bakers").id
    path = {**OPEN, **MEMBERS}[name].format(token=token, list=shortlist)
    for hostile in HOSTILE:
        sent = dict.fromkeys(FIELDS, hostile)
        member, stranger = let_in(members.olga), Client()
        stranger.raise_request_exception = member.raise_request_exception = False
        for client in (member, stranger):
            for response in (client.post(path, sent), client.get(path.partition("?")[0], sent)):
                assert response.status_code < 500 or name == "ready", hostile
                if response.streaming:
                    continue  # a file, which no browser runs
                markup = response.content.decode()
                assert "<script>alert" not in markup
                assert "onerror=alert(1)>" not in markup
                assert "evil" not in response.get("Location", "")
