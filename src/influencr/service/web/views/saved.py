"""Saved searches: keep one, see what is new in it, mark that as seen, let it go."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from influencr.errors import UnknownValue, UsageError
from influencr.search import query_from_params
from influencr.service.web import saved as page
from influencr.service.web.address import Address
from influencr.service.web.engine import get_engine

__all__ = ["keep", "mark", "news", "remove", "saved"]

_SHOWN = 20
_MOST = 1_000
#: What was done, as the address of the list says it -> how the page says it.
_DONE = {
    "kept": "“{0}” is kept.",
    "seen": "Everybody in “{0}” counts as seen.",
    "removed": "“{0}” is no longer kept.",
}


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """Every saved search with how many creators are new in it."""
    kept = get_engine().saved
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


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Who is new in one saved search; looking marks nobody as seen."""
    kept = get_engine().saved
    name = request.GET.get("name", "")
    asked = request.GET.get("show", "")
    shown = min(int(asked), _MOST) if asked.isascii() and asked.isdecimal() else _SHOWN
    one = kept.get(name)
    found = kept.run(one.name, limit=max(shown, 1), mark=False)
    more = min(len(found.results.hits) * 5, _MOST)
    context = {
        "news": page.news_page(one, found),
        "more": more if found.results.total > len(found.results.hits) < _MOST else 0,
        "changed": request.GET.get("changed", ""),
    }
    return render(request, "news.html", context)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the search of the form under its name."""
    asked = QueryDict(request.POST.get("query", ""))
    query = query_from_params(Address.of(asked).question())
    name = request.POST.get("name", "").strip()
    kept = get_engine().saved
    replace = request.POST.get("replace") == "yes"
    try:
        if not replace and name and _has(name):
            raise UsageError(f"A search called “{name}” is kept already.", field="name")
        kept.save(name, query)
    except UsageError as error:
        if error.field != "name":
            raise
        context = {
            "error": error.message.removeprefix("name: "),
            "name": name,
            "query": request.POST.get("query", ""),
            "taken": bool(name) and _has(name),
            "back": Address.of(asked).href,
        }
        return render(request, "keep.html", context, status=400)
    return _back("kept", name)


@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Everybody whom the page told of counts as seen from now on.

    Nobody is marked when the index has moved on since the page was made: they were not shown.
    """
    engine = get_engine()
    name = request.POST.get("name", "")
    looked = engine.saved.run(name, limit=1, mark=False)
    if str(looked.results.generation) != request.POST.get("generation"):
        query = urlencode({"name": name, "changed": "yes"})
        return HttpResponseRedirect(f"{reverse('saved-news')}?{query}")
    engine.saved.run(name, limit=1, mark=True)
    return _back("seen", looked.name)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Forget a saved search and whom it has shown."""
    name = request.POST.get("name", "")
    if _has(name):  # a second press finds it removed, which is what was wished
        get_engine().saved.remove(name)
    return _back("removed", name)


def _has(name: str) -> bool:
    try:
        get_engine().saved.get(name)
    except UnknownValue:
        return False
    return True


def _back(done: str, name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('saved')}?{urlencode({'done': done, 'name': name})}")
