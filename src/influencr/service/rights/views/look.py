"""Look yourself up: listed or not, and why; nobody is told who left."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from influencr.engine import Engine
from influencr.errors import HomeError, UsageError
from influencr.service.rights import limits, moving, signed
from influencr.service.rights.lines import lines
from influencr.service.rights.views.shown import page, too_often
from influencr.service.web import words
from influencr.service.web.engine import get_engine

__all__ = ["creators", "start"]

_MOST_CHARS = 200
#: Networks that are offered; whoever is on another one writes "network:@name".
_NETWORKS = (
    "bluesky",
    "instagram",
    "mastodon",
    "threads",
    "tiktok",
    "twitch",
    "twitter",
    "youtube",
)


@require_safe
def creators(request: HttpRequest) -> HttpResponse:
    """Who is listed and why, with a field to look oneself up."""
    typed = request.GET.get("who", "").strip()[:_MOST_CHARS]
    network = request.GET.get("network", "")
    context: dict[str, Any] = {
        "typed": typed,
        "network": network,
        "networks": [(code, words.platform(code)) for code in _NETWORKS],
    }
    if typed:
        try:
            limits.LOOKS.take(limits.address_of(request))
        except limits.TooOften as error:
            return too_often(request, error)
        named = typed
        if network in _NETWORKS and not any(c in typed for c in ":/"):
            named = f"{network}:@{typed.lstrip('@')}"
        context |= _looked_up(named)
    return page(request, "creators.html", context, is_secret=bool(typed))


def _looked_up(named: str) -> dict[str, Any]:
    try:
        engine = get_engine()
        if engine.rights.leaving():
            moving.begin_to_settle(engine)
        person = engine.rights.find(named)
    except HomeError:
        return {"answer": "nobody"}  # an instance without data lists nobody
    except UsageError as error:
        return {"answer": "several", "sentence": error.message, "choices": error.valid or []}
    if person is None:
        return {"answer": "nobody"}
    return {"answer": "unlisted" if person.why_not else "listed", **shown(engine, person)}


def shown(engine: Engine, person: Any) -> dict[str, Any]:
    """A person and the lines of their record."""
    row = engine.rights.row(person.profile_id)
    return {
        "person": person,
        "platform": words.platform(person.platform),
        "lines": [] if row is None else lines(row),
        "name": "" if row is None else row.get("display_name") or "",
        "demo": engine.is_demo,
    }


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin to prove a profile: an address with a code of its own."""
    try:
        limits.ASKS.take(limits.address_of(request))
    except limits.TooOften as error:
        return too_often(request, error)
    person = get_engine().rights.by_id(request.POST.get("profile", "")[:_MOST_CHARS])
    if person is None:
        return HttpResponseRedirect(reverse("creators"))
    return HttpResponseRedirect(reverse("creators-prove", args=[signed.ask(person.profile_id)]))
