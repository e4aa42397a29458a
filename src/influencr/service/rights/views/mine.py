"""An open record: see all of it, correct place and topics, contest, leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.engine import Engine
from influencr.errors import InfluencrError, PlaceError, UsageError
from influencr.kept import Case
from influencr.service.operations.logs import event
from influencr.service.rights import limits, moving, signed, tasks
from influencr.service.rights.contested import ABOUT
from influencr.service.rights.views.look import shown
from influencr.service.rights.views.proving import contact_of
from influencr.service.rights.views.shown import over, page, too_often
from influencr.service.web.engine import get_engine

__all__ = ["change", "everything", "left", "mine"]

_STEPS = ("", "place", "topics", "contest", "leave", "sure")
_ENDED = (
    "This address opens nothing any more: a record stays open for two hours after the proof. Look "
    "yourself up and prove the profile again."
)
_GONE = "Nothing is kept about this profile here."


class _Mine(NamedTuple):
    key: str
    open: signed.Opened
    person: Any
    engine: Engine


def _mine(request: HttpRequest, key: str) -> _Mine | HttpResponse:
    found = signed.opened(key)
    if found is None:
        return over(request, _ENDED)
    engine = get_engine()
    person = engine.rights.by_id(found.profile_id)
    return over(request, _GONE) if person is None else _Mine(key, found, person, engine)


@require_http_methods(["GET", "HEAD"])
def mine(request: HttpRequest, key: str) -> HttpResponse:
    """The record and what can be done with it, one step a page."""
    found = _mine(request, key)
    if isinstance(found, HttpResponse):
        return found
    return _page(request, found, request.GET.get("do", ""))


def _page(
    request: HttpRequest, found: _Mine, step: str, *, told: str = "", status: int = 200
) -> HttpResponse:
    desk = found.engine.rights
    given = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        **shown(found.engine, found.person),
        "key": found.key,
        "open": found.open,
        "step": step if step in _STEPS else "",
        "told": told,
        "done": given.get("done", ""),
        "said": {one.field: one for one in desk.statements(found.person.profile_id)},
        "cases": [
            (case, signed.number("case", case.number), ABOUT.get(case.about, ""))
            for case in desk.cases_of(found.person.profile_id)
        ],
        "about": ABOUT,
        "given": given,
    }
    if step == "place" and (typed := given.get("place", "").strip()[:120]):
        context["typed"] = typed
        try:
            context["places"] = desk.place_choices(typed)
        except (UsageError, PlaceError) as error:
            context["told"] = told or error.message
    if step == "topics":
        context |= _topics(found, given)
    return page(request, "mine.html", context, status=status)


def _topics(found: _Mine, given: QueryDict) -> dict[str, Any]:
    from influencr.topics import topic_names

    row = found.engine.rights.row(found.person.profile_id)
    now = list(row["topics"] or ()) if row is not None else []
    return {"now": now, "names": topic_names(), "more": given.get("more", "")[:200]}


@require_safe
def everything(request: HttpRequest, key: str) -> HttpResponse:
    """All that is kept, as one file."""
    found = _mine(request, key)
    if isinstance(found, HttpResponse):
        return found
    try:
        limits.FILES.take(found.person.profile_id)
    except limits.TooOften as error:
        return too_often(request, error)
    told = found.engine.rights.everything(found.person.profile_id)
    body = msgspec.json.format(msgspec.json.encode(told), indent=2)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-record.json"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Correct, contest, withdraw, leave; then the page that says what became of it."""
    found = _mine(request, key)
    if isinstance(found, HttpResponse):
        return found
    step = request.POST.get("do", "")
    act = _ACTS.get(step)
    if act is None:
        return _page(request, found, "", told="Nothing of that kind can be done here.", status=400)
    try:
        limits.FILES.take(found.person.profile_id)
        answer = act(request, found)
    except limits.TooOften as error:
        return too_often(request, error)
    except (UsageError, PlaceError) as error:
        return _page(request, found, step, told=error.message, status=400)
    return answer


class _Proven(TypedDict):
    proven_at: datetime
    way: str


def _back(found: _Mine, done: str) -> HttpResponse:
    address = reverse("creators-mine", args=[found.key])
    return HttpResponseRedirect(f"{address}?done={done}")


def _place(request: HttpRequest, found: _Mine) -> HttpResponse:
    desk, given = found.engine.rights, request.POST.get("place_id", "")
    proven: _Proven = {"proven_at": found.open.proven_at, "way": found.open.way}
    if given == "back":
        applied = desk.take_back(found.person.profile_id, "place", **proven)
    elif given == "none":
        applied = desk.correct_place(found.person.profile_id, None, **proven)
    else:
        try:
            number = int(given)
        except ValueError:
            raise UsageError("Choose one of the places.", field="place") from None
        applied = desk.correct_place(found.person.profile_id, number, **proven)
    return _back(found, "corrected" if applied else "later")


def _said_topics(request: HttpRequest, found: _Mine) -> HttpResponse:
    desk = found.engine.rights
    proven: _Proven = {"proven_at": found.open.proven_at, "way": found.open.way}
    if request.POST.get("back"):
        applied = desk.take_back(found.person.profile_id, "topics", **proven)
    else:
        more = request.POST.get("more", "")[:200].split(",")
        topics = [*request.POST.getlist("topic"), *more]
        applied = desk.correct_topics(found.person.profile_id, topics, **proven)
    return _back(found, "corrected" if applied else "later")


def _contest(request: HttpRequest, found: _Mine) -> HttpResponse:
    limits.CASES.take(limits.address_of(request))
    about = request.POST.get("about", "")
    if about not in ABOUT:
        raise UsageError("Say what you contest.", field="about")
    case = found.engine.rights.contest(
        found.person,
        about,
        request.POST.get("text", ""),
        shown=request.POST.get("shown") == "yes",
        contact=contact_of(request.POST.get("contact", "")),
        proven_at=found.open.proven_at,
        way=found.open.way,
    )
    if about == "verdict" and not found.person.why_not:
        _check_again(found.engine, case)
    return _back(found, "contested")


def _check_again(engine: Engine, case: Case) -> None:
    """The check of a contested verdict is made again: beside the page where there is a worker."""
    if settings.INFLUENCR_BILLING != "none":
        tasks.check_again.enqueue(case.number)
        return
    try:
        moving.check_again(engine, case)
    except InfluencrError as error:
        # While a refresh is under way, that is the check; the words are kept in any case.
        event("rights_not_checked", error=type(error).__name__)


def _withdraw(request: HttpRequest, found: _Mine) -> HttpResponse:
    given = request.POST.get("number", "")
    if given.isdecimal() and len(given) < 12:
        found.engine.rights.withdraw(int(given), found.person.profile_id)
    return _back(found, "withdrawn")


def _leave(request: HttpRequest, found: _Mine) -> HttpResponse:
    typed = request.POST.get("name", "").strip().lstrip("@").casefold()
    name = (found.person.handle or found.person.profile_id).casefold()
    if typed != name:
        return _page(
            request,
            found,
            "sure",
            told=f"Type {found.person.handle or name} to go; what stands there is something else.",
            status=400,
        )
    departure = moving.leave(found.engine, found.person.profile_id, way=found.open.way)
    number = signed.number("left", departure.number)
    return HttpResponseRedirect(reverse("creators-left", args=[number]))


@require_safe
def left(request: HttpRequest, number: str) -> HttpResponse:
    """How a removal stands: the clock from asking to gone everywhere."""
    found = signed.number_of("left", number)
    engine = get_engine()
    departure = None if found is None else engine.rights.departure(found)
    if departure is None:
        return over(request, "Nothing stands here.")
    if departure.gone_at is None:
        # A kill may have left it undone; looking again does it.
        moving.begin_to_settle(engine)
    return page(request, "left.html", {"departure": departure})


_ACTS: dict[str, Callable[[HttpRequest, _Mine], HttpResponse]] = {
    "place": _place,
    "topics": _said_topics,
    "contest": _contest,
    "withdraw": _withdraw,
    "leave": _leave,
}
