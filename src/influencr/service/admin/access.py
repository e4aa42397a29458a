"""Who may open the operator's pages: staff with a second step, used lately; nobody else knows them.

Everybody else is answered as if the page did not exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from influencr.service.accounts import teams
from influencr.service.accounts.models import User

__all__ = ["operator_of", "operators_only"]

#: How long ago the second step may have been used for reading, in seconds; our own choice. For a
#: change it is allauth's five minutes.
_READ_S = 3_600

type View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """For operators; who has not used the second step lately does so first and comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        user = operator_of(request)
        kinds = set(
            Authenticator.objects.filter(user=user).values_list("type", flat=True).distinct()
        )
        if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
            messages.info(request, "The operator’s pages want a second step; set one up first.")
            return HttpResponseRedirect(reverse("mfa_index"))
        changes = request.method not in ("GET", "HEAD")
        if _second_step_s(request, user) > (
            app_settings.REAUTHENTICATION_TIMEOUT if changes else _READ_S
        ):
            return HttpResponseRedirect(_again(request, kinds))
        response = view(request, *args, **given)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return guarded


def operator_of(request: HttpRequest) -> User:
    """The operator who asks. Raises Http404 for everybody else."""
    user = teams.member_of(request)
    if user is None or not user.is_staff:
        raise Http404
    return user


def _second_step_s(request: HttpRequest, user: User) -> float:
    used = [
        float(one["at"])
        for one in get_authentication_records(request, user)
        if one.get("method") == "mfa"
    ]
    return time.time() - max(used, default=0.0)


def _again(request: HttpRequest, kinds: set[str]) -> str:
    """Where the second step is asked for; what was sent has to be sent again afterwards."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("staff")
    name = "mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn"
    return f"{reverse(name)}?{urlencode({'next': back})}"
