"""What waits for an operator's word: cases of listed people, tasks that failed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import InfluencrError
from influencr.service.accounts.adapter import MailNotSent
from influencr.service.admin import deeds
from influencr.service.admin.access import operator_of, operators_only
from influencr.service.jobs.overview import again
from influencr.service.rights import answers, signed
from influencr.service.web.engine import get_engine

__all__ = ["case", "cases", "try_again"]


@operators_only
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """What listed people contest or ask, the oldest first."""
    found = get_engine().rights.cases()
    context = {
        "waiting": [one for one in found if one.state == "open"],
        "done": [one for one in reversed(found) if one.state != "open"][:50],
    }
    return render(request, "admin/cases.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case; sent, it is answered, and the answer goes out where there is an address."""
    rights = get_engine().rights
    one = rights.case(number)
    if one is None:
        raise Http404
    wrong, typed = "", one.answer or ""
    if request.method == "POST":
        typed = request.POST.get("answer", "")
        try:
            told = rights.answer(number, _with_link(request, one, typed))
        except InfluencrError as error:
            wrong = error.message
        else:
            deeds.note(operator_of(request), "answer", "case", number)
            messages.success(request, f"Case {number} is answered. {_sent(request, told)}")
            return HttpResponseRedirect(reverse("staff-cases"))
    context = {"case": one, "typed": typed, "wrong": wrong}
    return render(request, "admin/case.html", context, status=400 if wrong else 200)


def _with_link(request: HttpRequest, one: object, typed: str) -> str:
    """The answer, with the address that opens the record where the operator vouches for them."""
    profile_id = getattr(one, "profile_id", "")
    if request.POST.get("vouch") != "yes" or not typed.strip() or not profile_id:
        return typed
    path = reverse("creators-mine", args=[signed.grant(profile_id)])
    return f"{typed.strip()}\n\nYour record, open for two hours: {request.build_absolute_uri(path)}"


def _sent(request: HttpRequest, told: object) -> str:
    try:
        gone = answers.answered(told, request)  # type: ignore[arg-type]
    except MailNotSent:
        return "The mail could not be sent; the answer stands on the page of the case."
    return (
        "The mail is on its way." if gone else "No address was left: it stands on the case’s page."
    )


@operators_only
@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    """Put a failed task into the queue again."""
    key = request.POST.get("task", "")
    try:
        UUID(key)
    except ValueError as error:
        raise Http404 from error
    if again(key):
        deeds.note(operator_of(request), "again", "task", key)
        messages.success(request, "The task waits in the queue again.")
    else:
        messages.info(request, "That task is no failed one any more.")
    return HttpResponseRedirect(reverse("staff-jobs"))
