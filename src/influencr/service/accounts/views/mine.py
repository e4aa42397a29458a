"""One's own page: name, ways to sign in, what is kept about one, and the way out."""

from __future__ import annotations

import json

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import UsageError
from influencr.service.accounts import goodbye, teams
from influencr.service.accounts.models import NAME_MAX, User
from influencr.service.accounts.views.again import just_now, members_only
from influencr.service.billing import entitlements

__all__ = ["account", "delete", "export", "rename"]


@members_only
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Name, address, password, second steps, sessions, keys, export, goodbye."""
    user = _me(request)
    steps = Authenticator.objects.filter(user=user)
    context = {
        "name_max": NAME_MAX,
        "has_app": steps.filter(type=Authenticator.Type.TOTP).exists(),
        "n_passkeys": steps.filter(type=Authenticator.Type.WEBAUTHN).count(),
        "n_sessions": len(UserSession.objects.purge_and_list(user)),
        "team": teams.team_of(request),
        "teams": user.memberships.select_related("team"),
        "entitlement": entitlements.of(request),
    }
    return render(request, "accounts/account.html", context)


@members_only
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """The name that the team sees. Raises UsageError for one that cannot be shown."""
    user = _me(request)
    name = " ".join(request.POST.get("name", "").split())
    if len(name) > NAME_MAX or not name.isprintable():
        raise UsageError(f"name: at most {NAME_MAX} characters, all of them visible.", field="name")
    user.name = name
    user.save(update_fields=["name"])
    messages.success(request, "Your name is kept." if name else "Your name is taken away.")
    return HttpResponseRedirect(reverse("account"))


@just_now
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the member and their team, as one JSON file."""
    told = goodbye.everything(_me(request), teams.team_of(request))
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False, indent=2) + "\n",
        content_type="application/json; charset=utf-8",
    )
    name = f"influencr-{timezone.now():%Y-%m-%d}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@just_now
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """What goes when the member goes; sent, it goes at once."""
    user = _me(request)
    owned = goodbye.owned_with_others(user)
    if request.method != "POST":
        context = {"owned": owned, "alone": goodbye.owned_alone(user)}
        return render(request, "accounts/delete.html", context)
    if request.POST.get("sure") != "yes":
        raise UsageError("sure: tick the box to say that you mean it.", field="sure")
    goodbye.leave_for_good(user)
    logout(request)
    return render(request, "accounts/gone.html")


def _me(request: HttpRequest) -> User:
    user = teams.member_of(request)
    if user is None:
        raise Http404
    return user
