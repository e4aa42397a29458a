"""Saved searches: keep one, see what is new in it, mark that as seen, let it go."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from influencr.errors import UnknownValue, UsageError
from influencr.search import query_from_params
from influencr.service.accounts import teams
from influencr.service.accounts.views.again import members_only
from influencr.service.alerts import reading
from influencr.service.billing import entitlements
from influencr.service.web import saved as page
from influencr.service.web.address import Address
from influencr.service.web.engine import engine_of
from influencr.service.web.locked import locked

__all__ = ["keep", "mark", "news", "remove", "saved"]

_SHOWN = 20
_MOST = 1_000
#: What was done, as the address of the list says it -> how the page says it.
_DONE = {
    "kept": "“{0}” is kept.",
    "seen": "Everybody in “{0}” counts as seen.",
    "removed": "“{0}” is no longer kept.",
}


@members_only
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """Every saved search with how many creators are new in it."""
    kept = engine_of(request).saved
    lines = []
    for one in kept.list():
        try:
            found, problem = kept.run(one.name, limit=1, mark=False), ""
        except UsageError as error:
            # One search that cannot be asked any more (its brand is gone) hides no other.
            found, problem = None, error.message
        lines.append(page.line(one, found, problem))
    done = _DONE.get(request.GET.get("done", ""), "").format(request.GET.get("name", ""))
    return render(request, "saved.html", {"lines": lines, "done": done})


@members_only
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Who is new in one saved search; looking marks nobody as seen."""
    kept = engine_of(request).saved
    name = request.GET.get("name", "")
    asked = request.GET.get("show", "")
    shown = min(int(asked), _MOST) if asked.isascii() and asked.isdecimal() else _SHOWN
    one = kept.get(name)
    entitled = entitlements.of(request)
    if not entitled.may_search:
        shown = min(shown, entitlements.FIRST)
    found = kept.run(one.name, limit=max(shown, 1), mark=False)
    more = min(len(found.results.hits) * 5, _MOST)
    context = {
        "news": page.news_page(one, found),
        "more": more
        if entitled.may_search and found.results.total > len(found.results.hits) < _MOST
        else 0,
        "locked": None
        if entitled.may_search
        else locked(
            entitled, len(found.results.hits), found.results.total, request.get_full_path()
        ),
        "changed": request.GET.get("changed", ""),
    }
    return render(request, "news.html", context)


@members_only
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the search of the form under its name."""
    asked = QueryDict(request.POST.get("query", ""))
    query = query_from_params(Address.of(asked).question())
    name = request.POST.get("name", "").strip()
    kept = engine_of(request).saved
    replace = request.POST.get("replace") == "yes"
    try:
        if not replace and name and _has(request, name):
            raise UsageError(f"A search called “{name}” is kept already.", field="name")
        kept.save(name, query)
    except UsageError as error:
        if error.field != "name":
            raise
        context = {
            "error": error.message.removeprefix("name: "),
            "name": name,
            "query": request.POST.get("query", ""),
            "alert": request.POST.get("alert", ""),
            "taken": bool(name) and _has(request, name),
            "back": Address.of(asked).href,
        }
        return render(request, "keep.html", context, status=400)
    if teams.has_members():
        _alert(request, name, on=request.POST.get("alert") == "yes")
    return _back("kept", name)


@members_only
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Everybody whom the page told of counts as seen from now on.

    Nobody is marked when the index has moved on since the page was made: they were not shown.
    """
    engine = engine_of(request)
    name = request.POST.get("name", "")
    looked = engine.saved.run(name, limit=1, mark=False)
    if str(looked.results.generation) != request.POST.get("generation"):
        query = urlencode({"name": name, "changed": "yes"})
        return HttpResponseRedirect(f"{reverse('saved-news')}?{query}")
    engine.saved.run(name, limit=1, mark=True)
    return _back("seen", looked.name)


@members_only
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Forget a saved search and whom it has shown."""
    name = request.POST.get("name", "")
    if _has(request, name):  # a second press finds it removed, which is what was wished
        engine_of(request).saved.remove(name)
    return _back("removed", name)


def _alert(request: HttpRequest, name: str, *, on: bool) -> None:
    """Tell of new creators from now on, or not; a search that cannot be watched stays kept."""
    engine, user = engine_of(request), teams.member_of(request)
    try:
        if not on:
            engine.alerts.unwatch(name)
        elif user is not None:
            engine.alerts.watch(name)
            site = request.build_absolute_uri("/").rstrip("/")
            reading.mail(user, "daily", site, only_first=True)
    except UsageError as error:
        messages.warning(request, f"It has no alert: {error.message}")


def _has(request: HttpRequest, name: str) -> bool:
    try:
        engine_of(request).saved.get(name)
    except UnknownValue:
        return False
    return True


def _back(done: str, name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('saved')}?{urlencode({'done': done, 'name': name})}")
