"""What a page of members asks first: signed in, and for weighty things a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from influencr.service.accounts import teams
from influencr.service.accounts.models import Team, User

__all__ = ["just_now", "members_only", "mine"]

type View = Callable[..., HttpResponseBase]


def members_only(view: View) -> View:
    """In an instance with members: a stranger is sent to sign in, and comes back afterwards.

    In an open instance the page is everybody's, as before.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        if teams.has_members() and teams.member_of(request) is None:
            # What was sent cannot be sent again after signing in: the way back is a page to read.
            back = request.get_full_path() if request.method in ("GET", "HEAD") else "/search"
            return redirect_to_login(back)
        return view(request, *args, **given)

    return guarded


def just_now(view: View) -> View:
    """For members who have shown who they are in the last minutes; others are asked again."""

    return members_only(reauthentication_required(view))


def mine(request: HttpRequest) -> tuple[User, Team]:
    """The member and the team of a guarded request. Raises Http404 without a team."""
    user, team = teams.member_of(request), teams.team_of(request)
    if user is None or team is None:
        raise Http404
    return user, team
