"""The pages around the search: front, methods, rights; and the small machine-read answers."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from influencr.errors import UnknownValue
from influencr.service.accounts import teams
from influencr.service.billing import entitlements
from influencr.service.web import example, methods_text, two_maps
from influencr.service.web.engine import get_engine
from influencr.service.web.frame import THEMES

__all__ = ["favicon", "front", "methods", "robots", "theme"]

_YEAR_S = 31_536_000


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The search pair over a live example from this index."""
    engine = get_engine()
    shown = example.example(engine)
    entitled = entitlements.of(request)
    context = {
        "example": shown,
        "maps": two_maps.two_maps(engine, shown.generation),
        "stranger": entitled.state == "stranger",
        "price": entitlements.PRICE,
        "trial_days": entitlements.TRIAL_DAYS,
    }
    return render(request, "front.html", context)


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """What is computed today, and how."""
    return render(request, "methods.html", {"sections": methods_text.sections()})


@csrf_exempt  # it changes colours only, on every page: a token there would cost each a cookie
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and go back to where the reader was."""
    # It changes nothing but colours, yet no other site should press the button.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDenied
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise UnknownValue("theme", chosen, THEMES)
    back = request.POST.get("back", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen == "auto":
        response.delete_cookie("theme", samesite="Lax")
    else:
        response.set_cookie(
            "theme",
            chosen,
            max_age=_YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """People are found by those who search here, not by their name in a search engine."""
    text = "User-agent: *\nDisallow: /search\nDisallow: /c/\nDisallow: /suggest/\n"
    text += "Disallow: /creators/\n"
    text += "Disallow: /why\nDisallow: /saved\nDisallow: /brand\n"
    if teams.has_members():
        text += "Disallow: /account\nDisallow: /team\nDisallow: /login\nDisallow: /signup\n"
        text += "Disallow: /password\nDisallow: /billing\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The old address of the icon."""
    return HttpResponseRedirect(f"{settings.STATIC_URL}mark.svg")
