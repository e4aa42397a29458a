"""The team: who is in it, who is asked to join, who owns it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import UsageError
from influencr.service.accounts import teams
from influencr.service.accounts.models import NAME_MAX, Membership, Team, User
from influencr.service.accounts.post import invitation
from influencr.service.accounts.views.again import members_only, mine

__all__ = [
    "hand_over",
    "invite",
    "join",
    "leave",
    "remove",
    "rename",
    "switch",
    "team",
    "withdraw",
]


@members_only
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The members of the team and what one may do about them."""
    return _page(request, *mine(request))


@members_only
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Another name for the team, by its owner."""
    _, one = _owning(request)
    name = " ".join(request.POST.get("name", "").split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise UsageError(f"name: give the team a name of 1 to {NAME_MAX} characters.", field="name")
    one.name = name
    one.save(update_fields=["name"])
    messages.success(request, f"The team is called “{name}” now.")
    return _back()


@members_only
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """See the things of another of one's teams."""
    user, _ = mine(request)
    teams.switch(user, request.POST.get("team", ""))
    return _back()


@members_only
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to join, by mail; what is wrong is said beside the field."""
    user, one = _owning(request)
    email = request.POST.get("email", "").strip().lower()
    try:
        try:
            validate_email(email)
        except ValidationError as error:
            raise UsageError("email: this is no e-mail address.", field="email") from error
        token = teams.invite(one, email)
    except UsageError as error:
        return _page(request, user, one, typed=email, error=error.message, status=400)
    address = request.build_absolute_uri(reverse("team-join", args=[token]))
    invitation(email, team=one.name, by=user.email, address=address)
    messages.success(request, f"An invitation is on its way to {email}.")
    return _back()


@members_only
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an invitation back: its link stops working."""
    _, one = _owning(request)
    email = request.POST.get("email", "").strip().lower()
    for asked in one.invitations.all():
        if asked.email == email:
            asked.delete()
            messages.success(request, f"The invitation of {email} is taken back.")
    return _back()


@members_only
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take somebody out of the team."""
    _, one = _owning(request)
    who = _of_team(one, request.POST.get("member", ""))
    teams.remove(one, who)
    messages.success(request, f"{who.email} is not in the team any more.")
    return _back()


@members_only
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Make somebody else of the team its owner."""
    user, one = _owning(request)
    heir = _of_team(one, request.POST.get("member", ""))
    teams.hand_over(one, user, heir)
    messages.success(request, f"{heir.email} owns the team now.")
    return _back()


@members_only
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the team that one sees, when another is left to go to."""
    user, one = mine(request)
    if user.memberships.count() == 1:
        raise UsageError(
            "team: it is the only one you are in; delete your account to go for good.",
            field="team",
        )
    if not one.memberships.exclude(user=user).exists():
        raise UsageError(
            "team: nobody else is in it; what it keeps would be lost without a word. Delete your "
            "account to go for good.",
            field="team",
        )
    teams.leave(user, one)
    messages.success(request, f"You have left “{one.name}”.")
    return _back()


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation behind a link; accepting it needs the address that it was sent to."""
    user = teams.member_of(request)
    if request.method == "POST" and user is not None:
        one = teams.accept(user, token)
        messages.success(request, f"You are in “{one.name}” now and see what it keeps.")
        return _back()
    asked = teams.invited(token)
    context = {
        "asked": asked,
        "here": request.path,
        "right": asked is not None and user is not None and asked.email == user.email.lower(),
        "user_email": user.email if user else "",
    }
    return render(request, "accounts/join.html", context, status=200 if asked else 404)


def _owning(request: HttpRequest) -> tuple[User, Team]:
    """The member and the team, when the member owns it; otherwise the page does not exist."""
    user, one = mine(request)
    if teams.role_of(user, one) != Membership.OWNER:
        raise Http404
    return user, one


def _of_team(one: Team, number: str) -> User:
    if number.isascii() and number.isdecimal() and len(number) < 19:
        found = one.memberships.filter(user_id=int(number)).select_related("user").first()
        if found is not None:
            return found.user
    raise UsageError("member: choose a member of the team.", field="member")


def _page(
    request: HttpRequest,
    user: User,
    one: Team,
    *,
    typed: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    members = list(one.memberships.select_related("user"))
    context = {
        "team": one,
        "rows": members,
        "heirs": [m for m in members if m.role == Membership.MEMBER],
        "owns": teams.role_of(user, one) == Membership.OWNER,
        "teams": list(user.memberships.select_related("team")),
        "invitations": list(one.invitations.all()),
        "typed": typed,
        "error": error.removeprefix("email: "),
        "name_max": NAME_MAX,
        "days": teams.INVITED_DAYS,
        "may_leave": user.memberships.count() > 1 and len(members) > 1,
    }
    return render(request, "accounts/team.html", context, status=status)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("team"))
