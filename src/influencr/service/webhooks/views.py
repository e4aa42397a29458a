"""The page of webhooks: where the team's alerts are sent, and what came back."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from influencr.errors import UsageError
from influencr.service.accounts.views.again import just_now, members_only, mine
from influencr.service.web.engine import engine_of
from influencr.service.webhooks import kept
from influencr.service.webhooks.models import STATES, Delivery, Webhook

__all__ = ["change", "hooks"]

#: Calls of a webhook that its page tells; a program can ask for more. Own choice.
_SHOWN = 5


class _Call(NamedTuple):
    """A call as the page tells it."""

    one: Delivery
    state: str
    may_again: bool


class _Hook(NamedTuple):
    """A webhook with its last calls."""

    one: Webhook
    calls: list[_Call]


@just_now
@require_http_methods(["GET", "HEAD", "POST"])
def hooks(request: HttpRequest) -> HttpResponse:
    """The webhooks of the team with a form for a new one; its secret is told on this page alone."""
    user, team = mine(request)
    made: Webhook | None = None
    secret = error = typed = ""
    status = 200
    if request.method == "POST":
        typed = request.POST.get("url", "")
        try:
            newest = engine_of(request).alerts.kept.newest()
            made, secret = kept.make(team, user, typed, newest)
            typed = ""
        except UsageError as wrong:
            error, status = wrong.message, 400
    context = {
        "hooks": [_Hook(one, _calls(one)) for one in team.webhooks.all()],
        "made": made,
        "secret": secret,
        "error": error.partition(": ")[2],
        "typed": typed,
        "team": team,
    }
    response = render(request, "webhooks/hooks.html", context, status=status)
    if secret:
        response.headers["Cache-Control"] = "private, no-store"
    return response


@members_only
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Try a webhook of the team, pause it, wake it, send a call again, or remove it.

    Raises UnknownValue for what is not the team's, UsageError for no such act.
    """
    _, team = mine(request)
    hook = kept.get(team, request.POST.get("webhook", ""))
    act = request.POST.get("act", "")
    if act == "try":
        kept.trial(hook)
        told = "A call without alerts is on its way; within a minute it says here what came back."
    elif act == "pause":
        kept.pause(hook, on=True)
        told = "Paused: nothing is sent, and nothing is lost."
    elif act == "wake":
        kept.pause(hook, on=False)
        told = "It is called again, from where it stopped."
    elif act == "again":
        kept.again(hook, request.POST.get("delivery", ""))
        told = "The call goes out once more, with the same id."
    elif act == "remove":
        kept.remove(hook)
        told = "The webhook is removed: nothing is sent there any more."
    else:
        raise UsageError("act: say try, pause, wake, again or remove.", field="act")
    messages.success(request, told)
    return HttpResponseRedirect(reverse("webhooks"))


def _calls(hook: Webhook) -> list[_Call]:
    return [
        _Call(one, STATES[one.state], one.state != "waiting")
        for one in hook.deliveries.all()[:_SHOWN]
    ]
