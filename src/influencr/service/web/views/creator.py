"""The dossier of one creator."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.records import Policy
from influencr.service.web.alike import alike
from influencr.service.web.dossier import dossier
from influencr.service.web.engine import get_engine
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
    engine = get_engine()
    found = engine.show(reference)
    # Somebody known but not listed gets the same answer as nobody: who left is nobody's business.
    if found is None or not found["indexed"] or not Policy(found["policy"]) & _SHOWN:
        raise Http404
    context = {
        "creator": dossier(found, demo=engine.is_demo),
        "influence": influence(found, engine.influence(found["profile_id"], cohort=True)),
        "vetting": vetting(
            engine.evidence(found["profile_id"]), engine.disputes(found["profile_id"])
        ),
        "alike": alike(engine, found),
    }
    response = render(request, "creator.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
