"""Show that a profile is yours: a way at a time, and one sentence of what was seen where."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import NoContact, ServiceError, UsageError
from influencr.service.rights import limits, signed
from influencr.service.rights.answers import address_of_case
from influencr.service.rights.views.shown import over, page, platform_of, too_often
from influencr.service.web.engine import get_engine
from influencr.sources.proving import META

__all__ = ["asked", "contact_of", "help_", "prove"]

_LOST = "This address is not one that this instance gave out. Look yourself up and begin again."
_MOST_CHARS = 500


@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, key: str) -> HttpResponse:
    """Choose a way, put the code there, have it looked for."""
    asked_ = signed.read(key)
    if asked_ is None:
        return over(request, _LOST)
    if asked_.is_over:
        return over(
            request,
            f"This code ran out on {asked_.until:%d %B %Y} at {asked_.until:%H:%M} UTC; codes "
            "hold for a day. Look yourself up and take a new one.",
        )
    engine = get_engine()
    person = engine.rights.by_id(asked_.profile_id)
    if person is None:
        return over(request, "Nothing is kept about this profile here, so nothing can be proven.")
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.get("way", "")
    ways = engine.rights.ways(person)
    context: dict[str, Any] = {
        "person": person,
        "platform": platform_of(person.profile_id),
        "asked": asked_,
        "key": key,
        "ways": ways,
        "way": next((way for way in ways if way.kind == chosen and not way.why_not), None),
        "all_closed": all(way.why_not for way in ways),
        "chosen": chosen,
        "place": given.get("place", "")[:_MOST_CHARS],
        "meta": META,
        "proof_address": request.build_absolute_uri(reverse("creators")),
        "demo": engine.is_demo,
    }
    if request.method != "POST":
        return page(request, "prove.html", context)
    try:
        limits.CHECKS.take(limits.address_of(request))
        limits.PROFILES.take(person.profile_id)
        with limits.one_look():
            proof = engine.rights.prove(person, chosen, asked_.code, context["place"])
    except limits.TooOften as error:
        return too_often(request, error)
    except NoContact:
        context["told"] = "This instance asks no network: its operator named no contact."
    except (ServiceError, UsageError) as error:
        context["told"] = error.message
    else:
        if proof.ok:
            return HttpResponseRedirect(
                reverse("creators-mine", args=[signed.grant(person.profile_id, proof.way)])
            )
        context["told"] = proof.told
    return page(request, "prove.html", context)


@require_POST
def help_(request: HttpRequest, key: str) -> HttpResponse:
    """A request to the operator by somebody who cannot prove the profile from here."""
    asked_ = signed.read(key)
    if asked_ is None or asked_.is_over:
        return over(request, _LOST)
    engine = get_engine()
    person = engine.rights.by_id(asked_.profile_id)
    if person is None:
        return over(request, "Nothing is kept about this profile here.")
    try:
        limits.CASES.take(limits.address_of(request))
        contact = contact_of(request.POST.get("contact", ""))
        if contact is None:
            raise UsageError("Leave an address; without one nobody can answer you.")
        case = engine.rights.ask_for_help(person, request.POST.get("text", ""), contact=contact)
    except limits.TooOften as error:
        return too_often(request, error)
    except UsageError as error:
        context = {
            "person": person,
            "platform": platform_of(person.profile_id),
            "asked": asked_,
            "key": key,
            "chosen": "help",
            "told": error.message,
            "text": request.POST.get("text", ""),
            "contact": request.POST.get("contact", ""),
        }
        return page(request, "prove.html", context, status=400)
    return HttpResponseRedirect(address_of_case(case))


@require_safe
def asked(request: HttpRequest, number: str) -> HttpResponse:
    """How a contest or a request stands, for who has its address."""
    found = signed.number_of("case", number)
    case = None if found is None else get_engine().rights.case(found)
    if case is None:
        return over(request, "Nothing stands here, or no longer: it goes with the person it is of.")
    return page(request, "asked.html", {"case": case})


def contact_of(typed: str) -> str | None:
    """An address for the answer, None for none. Raises UsageError for what is no address."""
    address = typed.strip()
    if not address:
        return None
    try:
        validate_email(address)
    except ValidationError:
        raise UsageError(f"{address[:80]!r} is no e-mail address.", field="contact") from None
    return address[:254]
