"""A list for outsiders: a link that is a signed secret, read-only, with an end, found by nobody."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from influencr.errors import UsageError
from influencr.service.accounts.views.again import members_only
from influencr.service.lists import page
from influencr.service.lists.views.found import mine
from influencr.service.lists.views.lists import shown, to_list
from influencr.service.web import numbers
from influencr.service.web.engine import engine_of, get_engine

__all__ = ["link", "shared", "unlink"]

# Signed, so that a made-up link is refused before anything is looked up.
_signer = signing.Signer(salt="influencr.lists.link")


@members_only
@require_POST
def link(request: HttpRequest, list_id: str) -> HttpResponse:
    """Make the link of a list; it is shown once, and only its digest is kept."""
    one = mine(request, list_id)
    days = request.POST.get("days", "")
    if not (days.isascii() and days.isdecimal()) or len(days) > 4:
        raise UsageError("days: give a number of days.", field="days")
    engine = engine_of(request)
    secret = engine.lists.link(
        one.id, days=int(days), notes=request.POST.get("notes") == "yes", now=timezone.now()
    )
    path = reverse("shared", args=[_signer.sign(secret)])
    response = shown(request, engine.lists.get(one.id), link=request.build_absolute_uri(path))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@members_only
@require_POST
def unlink(request: HttpRequest, list_id: str) -> HttpResponse:
    """End the link of a list."""
    one = mine(request, list_id)
    engine_of(request).lists.unlink(one.id)
    return to_list(one.id, done="unlinked")


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The list of a link, for whoever has it. Raises Http404 for one that does not count."""
    try:
        secret = _signer.unsign(token)
    except signing.BadSignature:
        raise Http404 from None
    engine = get_engine()
    found = engine.lists.linked(secret, timezone.now())
    if found is None:
        raise Http404
    owner, one = found
    owned = engine.of(owner) if owner else engine
    items = owned.lists.items(one.id)
    as_of = engine.index.snapshot().info.as_of or timezone.now()
    rows = page.outside(one, items, as_of)
    context = {
        "one": one,
        "rows": rows,
        "count": numbers.plural(len(rows), "creator", "creators"),
        "more": len(items) - len(rows),
        "as_of": numbers.instant(as_of),
        "until": numbers.day(one.link_until) if one.link_until else "",
    }
    response = render(request, "lists/shared.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
