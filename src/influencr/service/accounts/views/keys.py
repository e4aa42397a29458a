"""Keys of programs: make one (it is shown once), see when each was used, revoke."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from influencr.errors import UsageError
from influencr.service.accounts import keys as kept
from influencr.service.accounts.models import NAME_MAX, OF_ANYBODY, SCOPES
from influencr.service.accounts.views.again import just_now, members_only, mine

__all__ = ["keys", "revoke"]


@just_now
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the team with a form for a new one; a new one is told on this page alone."""
    user, team = mine(request)
    made = text = error = ""
    typed, wanted = "", list(OF_ANYBODY)
    status = 200
    if request.method == "POST":
        typed, wanted = request.POST.get("name", ""), request.POST.getlist("scopes")
        try:
            key, text = kept.make(team, user, typed, wanted)
            made, typed, wanted = key.name, "", list(OF_ANYBODY)
        except UsageError as wrong:
            error, status = wrong.message, 400
    context = {
        "keys": [(one, [SCOPES[s] for s in one.scopes if s in SCOPES]) for one in team.keys.all()],
        "scopes": [
            (name, meaning, name in wanted)
            for name, meaning in SCOPES.items()
            if name in OF_ANYBODY or user.is_staff
        ],
        "made": made,
        "text": text,
        "error": error.partition(": ")[2],
        "typed": typed,
        "team": team,
        "name_max": NAME_MAX,
    }
    response = render(request, "accounts/keys.html", context, status=status)
    if text:
        response.headers["Cache-Control"] = "private, no-store"
    return response


@members_only
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Make a key of the team worthless at once."""
    _, team = mine(request)
    number = request.POST.get("key", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise UsageError("key: there is no such key in this team.", field="key")
    kept.revoke(team, int(number))
    messages.success(request, "The key is revoked: it opens nothing any more.")
    return HttpResponseRedirect(reverse("keys"))
