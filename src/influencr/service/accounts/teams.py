"""Teams: whose things a request sees, who joins, who leaves, who owns."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from influencr.errors import UsageError
from influencr.service.accounts.models import Invitation, Membership, Team, User

__all__ = [
    "INVITED_DAYS",
    "NOBODY",
    "accept",
    "found",
    "hand_over",
    "invite",
    "invited",
    "leave",
    "member_of",
    "owner_of",
    "remove",
    "role_of",
    "shown_name",
    "switch",
    "team_of",
]

#: Owner under which nothing is ever kept: what a stranger sees of brands and saved searches.
NOBODY = "nobody"
#: Days for which an invitation may be accepted. Own choice.
INVITED_DAYS = 7
#: People who may be asked to join a team and have not answered. Own choice, against mail floods.
INVITED_MAX = 20


def has_members() -> bool:
    """Whether people sign in here at all."""
    return bool(settings.INFLUENCR_BILLING != "none")


def member_of(request: HttpRequest) -> User | None:
    """The signed-in member; None for a stranger, and always in an instance without members."""
    if not has_members():
        return None
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    return user if isinstance(user, User) else None


def team_of(request: HttpRequest) -> Team | None:
    """The team whose things this request sees; None for a stranger. Asked once per request."""
    if not hasattr(request, "_influencr_team"):
        user = member_of(request)
        request._influencr_team = None if user is None else _team(user)  # type: ignore[attr-defined]
    team: Team | None = request._influencr_team  # type: ignore[attr-defined]
    return team


def owner_of(request: HttpRequest) -> str:
    """Under which owner this request finds what is kept: "" in an open instance, "team:<id>" for
    a member, and for a stranger an owner who has nothing.
    """
    if not has_members():
        return ""
    team = team_of(request)
    return NOBODY if team is None else team.owner_key


def role_of(user: User, team: Team) -> str:
    """ "owner", "member" or "" for somebody else."""
    one = Membership.objects.filter(team=team, user=user).first()
    return one.role if one else ""


def shown_name(user: User) -> str:
    """How a member is named to their team."""
    return user.name or user.email


def found(user: User, name: str = "") -> Team:
    """A new team owned by somebody, which is the one they see from now on."""
    with transaction.atomic():
        team = Team.objects.create(name=name or f"Team of {user.email.partition('@')[0]}"[:80])
        Membership.objects.create(team=team, user=user, role=Membership.OWNER)
        _see(user, team)
    return team


def switch(user: User, team_id: str) -> None:
    """See the things of another team that one is in. Raises UsageError for any other."""
    one = next(
        (m for m in user.memberships.select_related("team") if str(m.team_id) == team_id), None
    )
    if one is None:
        raise UsageError("team: you are not in that team.", field="team")
    _see(user, one.team)


def invite(team: Team, email: str) -> str:
    """Ask somebody to join; returns the token of the link, which is not kept.

    Asking again makes the earlier link worthless. Raises UsageError for a member of the team and
    when too many have not answered.
    """
    email = email.strip().lower()
    if team.memberships.filter(user__email=email).exists():
        raise UsageError(f"email: {email} is in the team already.", field="email")
    now = timezone.now()
    with transaction.atomic():
        team.invitations.filter(expires_at__lte=now).delete()
        others = team.invitations.exclude(email=email).count()
        if others >= INVITED_MAX:
            raise UsageError(
                f"email: {others} people have not answered yet; take an invitation back first.",
                field="email",
            )
        token = secrets.token_urlsafe(32)
        Invitation.objects.update_or_create(
            team=team,
            email=email,
            defaults={
                "digest": _digest(token),
                "sent_at": now,
                "expires_at": now + timedelta(days=INVITED_DAYS),
            },
        )
    return token


def invited(token: str) -> Invitation | None:
    """The invitation of a link that still counts."""
    return (
        Invitation.objects.select_related("team")
        .filter(digest=_digest(token), expires_at__gt=timezone.now())
        .first()
    )


def accept(user: User, token: str) -> Team:
    """Join the team of an invitation, and see its things from now on.

    Raises UsageError for a link that does not count, or that was sent to somebody else: a link
    that was passed on lets nobody in.
    """
    with transaction.atomic():
        one = invited(token)
        if one is None:
            raise UsageError(
                "invitation: this link is not valid any more; ask for a new one.",
                field="invitation",
            )
        if one.email != user.email.lower():
            raise UsageError(
                f"invitation: it was sent to {one.email}; sign in with that address to accept it.",
                field="invitation",
            )
        team = one.team
        Membership.objects.get_or_create(team=team, user=user, defaults={"role": Membership.MEMBER})
        one.delete()
        _see(user, team)
    return team


def remove(team: Team, user: User) -> None:
    """Take a member out of a team. Raises UsageError for its owner, who hands over first."""
    with transaction.atomic():
        if role_of(user, team) == Membership.OWNER:
            raise UsageError(
                "member: the owner cannot be taken out; hand the team over first.", field="member"
            )
        Membership.objects.filter(team=team, user=user).delete()
        if user.team_id == team.pk:
            _see(user, _any(user))


def leave(user: User, team: Team) -> bool:
    """Go. Whether the team went too: the last one out takes it along.

    Raises UsageError for an owner while others are in the team.
    """
    with transaction.atomic():
        others = team.memberships.exclude(user=user).exists()
        if role_of(user, team) == Membership.OWNER and others:
            raise UsageError(
                "team: you own it and others are in it; hand it over to one of them first.",
                field="team",
            )
        if others:
            remove(team, user)
            return False
        team.delete()
        user.refresh_from_db()
        _see(user, _any(user))
    return True


def hand_over(team: Team, owner: User, heir: User) -> None:
    """Make another member the owner. Raises UsageError for somebody who is not in the team."""
    with transaction.atomic():
        if role_of(heir, team) != Membership.MEMBER or role_of(owner, team) != Membership.OWNER:
            raise UsageError("member: choose another member of the team.", field="member")
        # In this order there is never a moment with two owners.
        Membership.objects.filter(team=team, user=owner).update(role=Membership.MEMBER)
        Membership.objects.filter(team=team, user=heir).update(role=Membership.OWNER)


def _team(user: User) -> Team | None:
    if user.team_id is not None:
        one = user.memberships.select_related("team").filter(team_id=user.team_id).first()
        if one is not None:
            return one.team
    return _any(user)


def _any(user: User) -> Team | None:
    one = user.memberships.select_related("team").first()
    return one.team if one else None


def _see(user: User, team: Team | None) -> None:
    user.team = team
    user.save(update_fields=["team"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
