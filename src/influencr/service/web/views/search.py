"""The search page and the place suggestions of its second box."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.errors import UsageError
from influencr.search import FACETS, HISTOGRAMS, PlaceSuggestion, Query, query_from_params
from influencr.service.web import audiences, numbers
from influencr.service.web.address import Address
from influencr.service.web.answer import answer
from influencr.service.web.engine import get_engine
from influencr.service.web.understood import KINDS, apart, people, where

__all__ = ["search", "suggest_places"]

_SUGGESTED = 8
# The size facet is not shown: the histogram of followers says more.
_FACETS = tuple(name for name in FACETS if name != "size")
# What the two boxes of the search pair set; a radius is written into the second one.
_PAIR = ("text", "words_only", "place", "near", "within_km", "include_region_level")
# What the number form speaks in percent, the address speaks in shares.
_PERCENT = {
    "engagement_percent_min": "engagement_min",
    "engagement_percent_max": "engagement_max",
    "closeness_percent_min": "closeness_min",
    "fit_percent_min": "fit_min",
    "alignment_percent_min": "alignment_min",
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
    engine = get_engine()
    if query.similar and query.similar_by == "audience":
        audiences.need_read(engine, query.similar[0])
    shown = {"histograms": HISTOGRAMS}
    if query.facets == FACETS:
        shown["facets"] = _FACETS
    results = engine.query(msgspec.structs.replace(query, **shown))
    plain, _ = apart(query, results, address)
    brands = [brand.name for brand in engine.brands.list()]
    context = {
        "answer": answer(query, results, address, brands=brands),
        "query": plain,
        "what": plain.text,
        "where": where(plain, results.place),
        "carried": address.fields(without=_PAIR),
        "demo": results.demo,
        "name": _name(plain),
    }
    return render(request, "search.html", context)


@require_safe
def suggest_places(request: HttpRequest) -> JsonResponse:
    """Places whose name begins with what `q` ends with: `{places: [{label, value, note}]}`.

    `value` is what the box says when the place is chosen, words in front of its name kept.
    """
    typed = request.GET.get("q", "").strip()
    found = get_engine().suggest_places(typed) if typed else []
    places = [
        {"label": place.label, "value": place.typed, "note": _note(place)}
        for place in found[:_SUGGESTED]
    ]
    response = JsonResponse({"places": places})
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _note(place: PlaceSuggestion) -> str:
    kind = KINDS.get(place.kind, place.kind)
    note = f"{kind}, {people(place.population)}" if place.population else kind
    if place.n_creators:
        note += f", {numbers.plural(place.n_creators, 'creator', 'creators')}"
    return note


def _name(query: Query) -> str:
    """What a search is called when it is saved, unless its owner knows better."""
    near = f"near {query.near}" if query.near else ""
    return " ".join(part for part in (query.text, query.place or near) if part)[:80]


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
    if not any(key in ("place", "near") for key, value in pairs if value):
        # The place box was emptied: a radius around nowhere goes with it.
        pairs = [(k, v) for k, v in pairs if k not in _PAIR or k in ("text", "words_only")]
    return Address(pairs)


def _share(key: str, percent: str) -> str:
    try:
        return f"{float(percent.strip().rstrip('%').replace(',', '.')) / 100:.8g}"
    except ValueError as error:
        raise UsageError(
            f"{key.replace('_', ' ')}: {percent!r} is not a number; give percent, such as 1.5.",
            field=key,
        ) from error
