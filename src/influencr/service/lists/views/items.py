"""Creators put on lists and taken off, their states and notes: each by a form, with a way back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from influencr.engine import Lists, Shortlist
from influencr.errors import UsageError
from influencr.service.accounts.views.again import members_only
from influencr.service.lists import people
from influencr.service.lists.views.found import back_of, mine
from influencr.service.lists.views.lists import shown, to_list
from influencr.service.web.engine import engine_of

__all__ = ["items", "put_back", "save"]

#: What the first list is called that somebody saves to without having made one.
_FIRST = "Shortlist"
_MOST = 500


@members_only
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Put creators (`who`) on a list, or take them off it (`off`), and go back.

    `list` is empty for a new list. A script that asks for JSON is told what was done.
    """
    engine = engine_of(request)
    who, off = request.POST.getlist("who")[:_MOST], request.POST.getlist("off")[:_MOST]
    if not who and not off:
        raise UsageError("who: name a creator to save.", field="who")
    chosen = request.POST.get("list", "")
    if chosen:
        one = mine(request, chosen)
    elif off:
        raise UsageError("list: say off which list.", field="list")
    else:
        ids = engine.ids(who)  # before a list is made for nobody
        one = _new(engine.lists, people.by(request))
        who = ids
    if off:
        engine.lists.take_off(one.id, off)
    elif request.POST.get("undo") == "yes":
        # As they were, with state and note; anew where that is too late.
        back = engine.lists.put_back(one.id, who)
        engine.lists.add(one.id, [w for w in who if w not in back], by=people.by(request))
    else:
        engine.lists.add(one.id, who, by=people.by(request))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {
                "list": one.id,
                "name": one.name,
                "href": reverse("list", args=[one.id]),
                "on": not off,
            }
        )
    return HttpResponseRedirect(
        _told(back_of(request, reverse("list", args=[one.id])), one, who, off)
    )


@members_only
@require_POST
def items(request: HttpRequest, list_id: str) -> HttpResponse:
    """The form around the rows of a list: states and notes of each row, or one act for the ticked.

    Only what was changed in the form is written, so that nobody's newer words are undone.
    """
    one = mine(request, list_id)
    lists = engine_of(request).lists
    act = request.POST.get("act", "")
    ticked = request.POST.getlist("who")
    try:
        if act in ("off", "mark", "compare") and not ticked:
            raise UsageError("Tick the creators first.", field="who")
        if act == "off":
            lists.take_off(one.id, ticked)
            return to_list(one.id, done="off")
        if act == "mark":
            lists.mark(one.id, ticked, status=request.POST.get("status", ""))
            return to_list(one.id, done="changed")
        if act == "compare":
            return HttpResponseRedirect(
                f"{reverse('compare')}?{urlencode([('c', key) for key in ticked])}"
            )
        if act == "add":
            names = request.POST.get("handles", "").replace(",", " ").split()
            if not names:
                raise UsageError("Type a handle, or several.", field="handles")
            lists.add(one.id, names, by=people.by(request))
            return to_list(one.id, done="changed")
        _write(lists, one, request)
    except UsageError as error:
        return shown(request, one, error=error.message, handles=request.POST.get("handles", ""))
    return to_list(one.id, done="changed")


@members_only
@require_POST
def put_back(request: HttpRequest, list_id: str) -> HttpResponse:
    """Put back who was taken off last."""
    one = mine(request, list_id)
    engine_of(request).lists.put_back(one.id, request.POST.getlist("who"))
    return to_list(one.id, done="back")


def _write(lists: Lists, one: Shortlist, request: HttpRequest) -> None:
    sent = request.POST
    for name in sent:
        if not name.startswith("key-"):
            continue
        row, key = name.removeprefix("key-"), sent[name]
        status, note = sent.get(f"status-{row}"), sent.get(f"note-{row}")
        if status == sent.get(f"was-status-{row}"):
            status = None
        if note == sent.get(f"was-note-{row}"):
            note = None
        if status is not None or note is not None:
            lists.mark(one.id, [key], status=status, note=note)


def _new(lists: Lists, by: str) -> Shortlist:
    taken = {one.name for one in lists.all()}
    n, name = 2, _FIRST
    while name in taken:
        name, n = f"{_FIRST} {n}", n + 1
    return lists.make(name, by=by)


def _told(back: str, one: Shortlist, who: list[str], off: list[str]) -> str:
    """The page to go back to, saying whose state changed; it says what is true when it is read."""
    head, _, query = back.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("done=")]
    changed = [*who, *off]
    if len(changed) == 1:
        kept.append(urlencode({"done": f"{one.id}.{changed[0]}"}))
    return f"{head}?{'&'.join(kept)}" if kept else head
