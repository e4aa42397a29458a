"""The page of alerts: the feed, what is watched, muting, and how often mail comes."""

from __future__ import annotations

from datetime import UTC

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import UnknownValue, UsageError
from influencr.kept import KEPT_DAYS
from influencr.service.accounts.views.again import members_only, mine
from influencr.service.alerts import digest, feed, reading
from influencr.service.alerts.models import EVERY
from influencr.service.billing import entitlements
from influencr.service.web.engine import engine_of

__all__ = ["alerts", "hush", "mail", "mute", "read", "stop", "watch"]

_SHOWN = 50
_ON = {"on": True, "off": False}


@members_only
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What changed, by day, and the rules beside it; looking marks nothing as read."""
    user, team = mine(request)
    engine = engine_of(request)
    kept = engine.alerts.kept
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else None
    told = kept.told(before=before, limit=_SHOWN + 1)
    shown, older = told[:_SHOWN], told[_SHOWN:]
    hushed = kept.hushed()
    known = feed.people(engine, [*(one.profile_id for one in shown), *hushed])
    where = reading.of(user, team)
    searches, lists = feed.rules(engine, kept.watches())
    today = timezone.now().astimezone(UTC).date()
    entitled = entitlements.of(request)
    context = {
        "days": feed.days(feed.lines(engine, shown, read_to=where.read_to, known=known), today),
        "older": shown[-1].number if older else 0,
        "newer": before is not None,
        "newest": kept.newest(),
        "n_unread": kept.n_told(after=where.read_to),
        "searches": searches,
        "lists": lists,
        "hushed": [known[who] for who in hushed if who in known],
        "every": reading.mails(user),
        "choices": EVERY.items(),
        "closed": None if entitled.may_search else entitled,
        "waiting": [rule for rule in searches if rule.waiting],
        "kept_days": KEPT_DAYS,
    }
    return render(request, "alerts/alerts.html", context)


@members_only
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Everything that the page showed counts as read."""
    user, team = mine(request)
    upto = request.POST.get("upto", "")
    if not (upto.isascii() and upto.isdecimal() and len(upto) < 18):
        raise UsageError("upto: this is no number of an alert.", field="upto")
    newest = engine_of(request).alerts.kept.newest()
    reading.read(user, team, min(int(upto), newest))
    return _back()


@members_only
@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """A search or a list tells nothing, or tells again."""
    mine(request)
    kept = engine_of(request).alerts.kept
    kind, key, on = request.POST.get("kind", ""), request.POST.get("key", ""), _on(request)
    if (kind, key) not in {(w.kind, w.key) for w in kept.watches()}:
        raise UsageError("key: this search or list is not watched.", field="key")
    kept.mute(kind, key, on=on)
    return _back("rules")


@members_only
@require_POST
def hush(request: HttpRequest) -> HttpResponse:
    """Nothing is told of a creator, or is told again."""
    mine(request)
    engine = engine_of(request)
    who, on = request.POST.get("who", ""), _on(request)
    kept = engine.alerts.kept
    if on and who not in {one.profile_id for one in kept.told(limit=1_000)}:
        raise UsageError("who: nothing was told of this creator.", field="who")
    kept.hush(who, on=on)
    if on:
        named = feed.people(engine, [who]).get(who)
        messages.success(
            request, f"Nothing more is told of {named.name if named else 'this creator'}."
        )
    return _back()


@members_only
@require_POST
def watch(request: HttpRequest) -> HttpResponse:
    """A saved search tells of new creators from now on, or no more."""
    user, _ = mine(request)
    engine = engine_of(request)
    name = request.POST.get("name", "")
    try:
        if _on(request):
            engine.alerts.watch(name)
            reading.mail(user, "daily", _site(request), only_first=True)
        else:
            engine.alerts.unwatch(name)
    except UnknownValue as error:
        raise UsageError("name: no search of that name is saved.", field="name") from error
    return _back("rules")


@members_only
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """How often mail comes."""
    user, _ = mine(request)
    every = request.POST.get("every", "")
    reading.mail(user, every, _site(request))
    said = "No mail comes any more." if every == "off" else f"Mail comes {EVERY[every]}, 6:00 UTC."
    messages.success(request, said)
    return _back("mail")


@csrf_exempt  # a mail program sends it (RFC 8058): what counts is the signature in the address
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of whoever the link was sent to; opening it only asks, sending it stops."""
    if request.method == "POST":
        if not digest.stop(token):
            raise Http404
        return render(request, "alerts/stop.html", {"stopped": True})
    return render(request, "alerts/stop.html", {"token": token})


def _on(request: HttpRequest) -> bool:
    word = request.POST.get("on", "")
    if word not in _ON:
        raise UnknownValue("on", word, list(_ON))
    return _ON[word]


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _back(part: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("alerts") + (f"#{part}" if part else ""))
