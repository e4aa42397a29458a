"""An instance with members, and the people in it: named, so that a failed test reads as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import login
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client

from influencr.service import _modes
from influencr.service.accounts import teams
from influencr.service.accounts.models import Membership, User
from influencr.service.accounts.sessions import SessionStore
from influencr.service.billing.models import Subscription

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "seven quiet herons"


def person(email: str, *, trial: timedelta = timedelta(days=5), team: Any = None) -> User:
    """A member with a confirmed address, with a team of their own or in another's."""
    from django.utils import timezone

    one = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=one, email=email, verified=True, primary=True)
    if team is None:
        made = teams.found(one)
        Subscription.objects.create(team=made, trial_until=timezone.now() + trial)
    else:
        Membership.objects.create(team=team, user=one, role=Membership.MEMBER)
        one.team = team
        one.save()
    return one


def signed_in(user: User, browser: str = "") -> Client:
    """A browser in which somebody has just signed in."""
    client = Client(headers={"user-agent": browser})
    response = client.post("/login", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()
    return client


def let_in(user: User) -> Client:
    """A browser in which somebody is signed in, without the page: for tests that need many.

    Django's `force_login` does not do: it would put the digest of a session into the cookie.
    """
    client, request = Client(), HttpRequest()
    request.session = SessionStore()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.in_browser
    return client


class Cast:
    """Olga owns a team in which Tomas is; Ada's trial is over; Vera has another team."""

    def __init__(self) -> None:
        self.olga = person("olga@rye.example")
        self.tomas = person("tomas@rye.example", team=self.olga.team)
        self.ada = person("ada@late.example", trial=timedelta(days=-1))
        self.vera = person("vera@other.example")


def open_members(changed: Any) -> None:
    """Make the instance one with members; `changed` is the settings of a test."""
    for name, value in _modes.settings_of("manual").items():
        setattr(changed, name, value)
    changed.INFLUENCR_MAIL_READY = True
    changed.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


__all__ = ["NOW", "PASSWORD", "Cast", "let_in", "open_members", "person", "signed_in"]
