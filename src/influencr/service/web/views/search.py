"""The search page and the place suggestions of its second box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.errors import UsageError
from influencr.service.web._question import query_from_params
from influencr.service.web.address import Address
from influencr.service.web.answer import answer
from influencr.service.web.engine import get_engine

__all__ = ["search", "suggest_places"]

_SUGGESTED = 8
# What the number form speaks in percent, the address speaks in shares.
_PERCENT = {
    "engagement_percent_min": "engagement_min",
    "engagement_percent_max": "engagement_max",
}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everybody who matches the address, in order, with the reasons."""
    given = Address.of(request.GET)
    address = _canonical(given)
    if address.href != request.get_full_path() and _was_form(request):
        # A form sends every box, filled or not: the shared address keeps what was said.
        return HttpResponseRedirect(address.href)
    query = query_from_params(address.question())
    results = get_engine().query(query)
    context = {
        "answer": answer(query, results, address),
        "query": query,
        "what": query.text,
        "where": query.place or query.near or "",
        "demo": results.demo,
    }
    return render(request, "search.html", context)


@require_safe
def suggest_places(request: HttpRequest) -> JsonResponse:
    """Places whose name begins with `q`, most populous first: `{places: [{label, note}]}`."""
    typed = request.GET.get("q", "").strip()
    found = get_engine().suggest_places(typed) if typed else []
    places = [
        {"label": place.label, "note": _note(place.kind, place.population)}
        for place in found[:_SUGGESTED]
    ]
    response = JsonResponse({"places": places})
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _note(kind: str, population: int | None) -> str:
    kind = {"admin1": "region", "admin2": "district", "union": "several countries"}.get(kind, kind)
    if not population:
        return kind
    if population >= 1_000_000:
        return f"{kind}, {population / 1_000_000:.1f} M"
    return f"{kind}, {population:,}"


def _was_form(request: HttpRequest) -> bool:
    return any(not v or k in _PERCENT for k, values in request.GET.lists() for v in values)


def _canonical(given: Address) -> Address:
    pairs = []
    for key, values in given.params().items():
        for value in values:
            if key in _PERCENT:
                pairs.append((_PERCENT[key], _share(key, value)))
            else:
                pairs.append((key, value))
    return Address(pairs)


def _share(key: str, percent: str) -> str:
    try:
        return f"{float(percent.strip().rstrip('%').replace(',', '.')) / 100:.8g}"
    except ValueError as error:
        raise UsageError(
            f"{key.replace('_', ' ')}: {percent!r} is not a number; give percent, such as 1.5.",
            field=key,
        ) from error
