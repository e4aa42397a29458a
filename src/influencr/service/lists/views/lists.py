"""The lists of a team: made, read, renamed, taken away and brought back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from influencr.engine import STATUSES, Shortlist
from influencr.errors import UsageError
from influencr.service.accounts.views.again import members_only
from influencr.service.lists import page, people
from influencr.service.lists.views.found import mine
from influencr.service.web import numbers
from influencr.service.web.engine import engine_of

__all__ = ["change", "index", "make", "of_list", "remove", "restore", "shown", "to_list"]

#: Creators on one page of a list.
_SHOWN = 100
#: What was done, as the address says it -> how the page says it.
_DONE = {
    "changed": "Kept.",
    "restored": "The list is back.",
    "back": "Put back, as they were.",
    "unlinked": "The link is ended; whoever has it sees nothing any more.",
}


@members_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every list, with a form for a new one."""
    engine = engine_of(request)
    lists = engine.lists.all()
    gone = request.GET.get("removed", "")
    context = {
        "lists": page.told(lists, "", timezone.now()),
        "removed": gone if gone.isalnum() else "",
    }
    return render(request, "lists/index.html", context)


@members_only
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A new list of the name in the form."""
    engine = engine_of(request)
    name = request.POST.get("name", "")
    try:
        one = engine.lists.make(name, by=people.by(request))
    except UsageError as error:
        if error.field != "name":
            raise
        context = {
            "lists": page.told(engine.lists.all(), "", timezone.now()),
            "error": error.message.removeprefix("name: "),
            "name": name,
        }
        return render(request, "lists/index.html", context, status=400)
    return HttpResponseRedirect(reverse("list", args=[one.id]))


@members_only
@require_safe
def of_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """One list with its creators."""
    return shown(request, mine(request, list_id))


def shown(request: HttpRequest, one: Shortlist, **more: Any) -> HttpResponse:
    """The page of a list; `more` goes into it: what was refused, or a link made just now."""
    engine = engine_of(request)
    items = engine.lists.items(one.id)
    asked = request.GET.get("page", "")
    last = max(1, -(-len(items) // _SHOWN))
    at = min(max(int(asked), 1), last) if asked.isascii() and asked.isdecimal() else 1
    brands = [brand.name for brand in engine.brands.list()]
    brand = request.GET.get("brand", brands[0] if brands else "")
    info = engine.index.snapshot().info
    as_of = info.as_of or timezone.now()
    part = items[(at - 1) * _SHOWN : at * _SHOWN]
    off = engine.lists.last_taken_off(one.id) if request.GET.get("done") == "off" else []
    context = {
        "one": one,
        "heading": one.name,
        "lists": page.told(engine.lists.all(), one.id, timezone.now()),
        "lines": page.lines(
            engine,
            one,
            part,
            names=people.names(request),
            brand=brand if brand in brands else "",
            as_of=as_of,
        ),
        "count": numbers.plural(len(items), "creator", "creators"),
        "summary": page.summary(items),
        "n_kept_back": sum(item.creator is None for item in items),
        "brands": brands,
        "brand": brand if brand in brands else "",
        "as_of": numbers.instant(as_of),
        "statuses": ", ".join(one.statuses),
        "default_statuses": ", ".join(STATUSES),
        "link_until": numbers.day(one.link_until)
        if one.link_until and one.link_until > timezone.now()
        else "",
        "done": _done(request),
        "off": off,
        "off_text": numbers.plural(len(off), "creator", "creators"),
        "pages": [(n, n == at) for n in range(1, last + 1)] if last > 1 else [],
        "same_list": urlencode({"on_list": one.name}),
        "without_list": urlencode({"not_on_list": one.name}),
        **more,
    }
    return render(request, "lists/list.html", context, status=400 if "error" in more else 200)


@members_only
@require_POST
def change(request: HttpRequest, list_id: str) -> HttpResponse:
    """Another name, note, or other words for states."""
    one = mine(request, list_id)
    try:
        engine_of(request).lists.change(
            one.id,
            name=request.POST.get("name", one.name),
            note=request.POST.get("note", one.note),
            statuses=request.POST.get("statuses", ",".join(one.statuses)).split(","),
        )
    except UsageError as error:
        if error.field not in ("name", "note", "statuses"):
            raise
        typed = {field: request.POST.get(field, "") for field in ("name", "note", "statuses")}
        return shown(request, one, error=error.message, typed=typed)
    return to_list(one.id, done="changed")


@members_only
@require_POST
def remove(request: HttpRequest, list_id: str) -> HttpResponse:
    """Take a list away; for some minutes it can be brought back."""
    one = mine(request, list_id)
    engine_of(request).lists.remove(one.id)
    return HttpResponseRedirect(f"{reverse('lists')}?{urlencode({'removed': one.id})}")


@members_only
@require_POST
def restore(request: HttpRequest, list_id: str) -> HttpResponse:
    """Bring a list back. Raises UsageError when that is too late."""
    one = engine_of(request).lists.restore(list_id)
    return to_list(one.id, done="restored")


def to_list(list_id: str, **said: str) -> HttpResponse:
    """To the page of a list, which says what was done."""
    return HttpResponseRedirect(f"{reverse('list', args=[list_id])}?{urlencode(said)}")


def _done(request: HttpRequest) -> str:
    return _DONE.get(request.GET.get("done", ""), "")
