"""Save buttons of creators, the tray below results, and what saving did."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from influencr.service.lists.saving import saving_of

register = template.Library()


@register.inclusion_tag("lists/save_button.html", takes_context=True)
def save_button(context: Context, key: str, title: str, *, words: bool = False) -> dict[str, Any]:
    """The button that puts one creator on the chosen list, or takes them off it.

    words   with the word beside the sign, for a page about one creator
    """
    saving = saving_of(context["request"])
    if saving is None:
        return {"saving": None}
    if "answer" in context and not context.get("_looked"):
        saving.look(row.key for row in context["answer"].rows)
        context["_looked"] = True
    on = saving.on(key)
    current = saving.current
    return {
        "saving": saving,
        "key": key,
        "title": title,
        "on": " ".join(on),
        "pressed": current is not None and current.id in on,
        "names": saving.named(on),
        "current": current,
        "words": words,
    }


@register.inclusion_tag("lists/chooser.html", takes_context=True)
def list_chooser(context: Context) -> dict[str, Any]:
    """The form of the save buttons, and the choice of the list they save to."""
    request = context["request"]
    return {
        "saving": saving_of(request),
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("lists/told.html", takes_context=True)
def saved_told(context: Context) -> dict[str, Any]:
    """What saving without a script did, with the way back: read from `done` of the address."""
    request = context["request"]
    list_id, _, key = request.GET.get("done", "").partition(".")
    saving = saving_of(request) if list_id and key else None
    one = next((one for one in saving.lists if one.id == list_id), None) if saving else None
    if saving is None or one is None:
        return {"list": None}
    return {
        "list": one,
        "key": key,
        # Only what is true now is said, whatever the address says.
        "is_on": one.id in saving.on(key),
        "back": _without_done(request.get_full_path()),
        "csrf_token": context.get("csrf_token"),
    }


def _without_done(path: str) -> str:
    head, _, query = path.partition("?")
    left = "&".join(part for part in query.split("&") if not part.startswith("done="))
    return f"{head}?{left}" if left else head
