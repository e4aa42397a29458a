"""Taking everything along, and going for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from influencr.errors import UsageError
from influencr.service.accounts import remembered
from influencr.service.accounts.models import Membership, Team, User
from influencr.service.alerts.models import Digest, Reading
from influencr.service.billing import entitlements
from influencr.service.web.engine import get_engine

__all__ = ["everything", "leave_for_good", "owned_alone", "owned_with_others"]


def everything(user: User, team: Team | None) -> dict[str, Any]:
    """What is kept about a member, and what the team whose things they see keeps.

    No secret is in it: no password, no digest, no key of a second step.
    """
    return {
        "about": {
            "email": user.email,
            "name": user.name,
            "joined_at": _at(user.joined_at),
            "last_login_at": _at(user.last_login),
        },
        "addresses": [
            {"email": one.email, "confirmed": one.verified, "primary": one.primary}
            for one in EmailAddress.objects.filter(user=user).order_by("pk")
        ],
        "second_steps": [
            {"kind": one.type, "made_at": _at(one.created_at), "used_at": _at(one.last_used_at)}
            for one in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "sessions": [
            {
                "began_at": _at(one.created_at),
                "seen_at": _at(one.last_seen_at),
                "address": one.ip,
                "browser": one.user_agent,
            }
            for one in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "teams": [
            {"name": one.team.name, "role": one.role, "since": _at(one.since)}
            for one in user.memberships.select_related("team")
        ],
        "alerts_by_mail": [
            {"every": one.every, "links_begin_with": one.site, "last_at": _at(one.sent_at)}
            for one in Digest.objects.filter(user=user)
        ],
        "alerts_read": [
            {"team": one.team.name, "up_to": one.read_to}
            for one in Reading.objects.filter(user=user).select_related("team")
        ],
        "team": None if team is None else _team(team),
    }


def owned_with_others(user: User) -> list[Team]:
    """Teams that the member has to hand over before going."""
    return [team for team in _owned(user) if team.memberships.count() > 1]


def owned_alone(user: User) -> list[Team]:
    """Teams that go with the member."""
    return [team for team in _owned(user) if team.memberships.count() == 1]


def leave_for_good(user: User) -> None:
    """Delete a member, the teams that nobody else is in, and all that these kept.

    What stays is that their addresses have had a trial (`remembered`).

    Raises UsageError while the member owns a team with others in it, and StripeAway when Stripe
    does not answer for a team that pays by card; then nothing is deleted.
    """
    if kept := owned_with_others(user):
        raise UsageError(
            f"team: hand “{kept[0].name}” over to somebody else in it first.", field="team"
        )
    alone = owned_alone(user)
    # The first, because it asks somebody else: when that fails, nothing has happened.
    for team in alone:
        entitlements.cease(team)
    engine = get_engine()
    for team in alone:
        # Before the team, so that an interruption leaves a team without things, which can be
        # deleted again, and never things without a team.
        engine.of(team.owner_key).drop()
    with transaction.atomic():
        # Sessions hold the address by which they began.
        began = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
        Session.objects.filter(session_key__in=list(began)).delete()
        # Who was confirmed has had a trial, or shared somebody's.
        if user.memberships.exists():
            remembered.remember(remembered.addresses_of(user))
        for team in alone:
            team.delete()
        user.delete()
        transaction.on_commit(_out_of_the_log)


def _out_of_the_log() -> None:
    """What is deleted is zeros in SQLite's file; in its write-ahead log it would still be read."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _owned(user: User) -> list[Team]:
    owned = user.memberships.filter(role=Membership.OWNER).select_related("team")
    return [one.team for one in owned]


def _team(team: Team) -> dict[str, Any]:
    told = entitlements.of(team)
    return {
        "name": team.name,
        "made_at": _at(team.made_at),
        "members": [
            {"email": one.user.email, "role": one.role, "since": _at(one.since)}
            for one in team.memberships.select_related("user")
        ],
        "invitations": [
            {"email": one.email, "sent_at": _at(one.sent_at)} for one in team.invitations.all()
        ],
        "keys": [
            {
                "name": one.name,
                "begins_with": one.prefix,
                "scopes": one.scopes,
                "made_at": _at(one.made_at),
                "used_at": _at(one.used_at),
                "revoked_at": _at(one.revoked_at),
            }
            for one in team.keys.all()
        ],
        "webhooks": [
            {"url": one.url, "made_at": _at(one.made_at), "paused_at": _at(one.paused_at)}
            for one in team.webhooks.all()
        ],
        "subscription": {
            "state": told.state,
            "until": _at(told.until),
            "known_to_stripe_as": entitlements.known_as(team),
        },
        "kept": get_engine().of(team.owner_key).everything(),
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
