"""The dossier of one creator."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.records import Policy
from influencr.service.rights.contested import contested
from influencr.service.web.alike import alike
from influencr.service.web.dossier import dossier
from influencr.service.web.engine import engine_of
from influencr.service.web.influence import influence
from influencr.service.web.vetting import vetting

__all__ = ["creator"]

# There are no members yet: whoever reads a page is signed out.
_SHOWN = Policy.SHOW_SIGNED_OUT


@require_safe
def creator(request: HttpRequest, platform: str, name: str) -> HttpResponse:
    """Everything that is known about somebody, how it is known, and what is not."""
    native = name.removeprefix("id:")
    reference = f"{platform}:{native}" if native != name else f"{platform}:@{name}"
    engine = engine_of(request)
    found = engine.show(reference)
    # Somebody known but not listed gets the same answer as nobody: who left is nobody's business.
    if found is None or not found["indexed"] or not Policy(found["policy"]) & _SHOWN:
        raise Http404
    vetted = engine.evidence(found["profile_id"])
    context = {
        "creator": dossier(found, demo=engine.is_demo),
        "influence": influence(
            found,
            engine.influence(found["profile_id"], cohort=True),
            vetted,
        ),
        "vetting": vetting(vetted, engine.disputes(found["profile_id"])),
        "alike": alike(engine, found),
        "contested": contested(engine, found["profile_id"]),
        "address": request.build_absolute_uri(request.path),
    }
    response = render(request, "creator.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
