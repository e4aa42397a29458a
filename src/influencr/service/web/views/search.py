"""The search page and the place suggestions of its second box."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.errors import UsageError
from influencr.search import FACETS, HISTOGRAMS, PlaceSuggestion, Query, query_from_params
from influencr.service.billing import entitlements
from influencr.service.web import audiences, numbers
from influencr.service.web.address import Address
from influencr.service.web.answer import answer
from influencr.service.web.engine import engine_of
from influencr.service.web.locked import locked
from influencr.service.web.map_view import map_view, shown_as, views
from influencr.service.web.pieces import with_phrase, without_words
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
    "growth_percent_min": "growth_min",
    "bought_share_percent_max": "bought_share_max",
    "audience_share_percent_min": "audience_share_min",
    "fit_percent_min": "fit_min",
    "alignment_percent_min": "alignment_min",
}
# What the boxes of the rail add to the words.
_SPOKEN = {"phrase": with_phrase, "without_words": without_words}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everybody who matches the address, in order, with the reasons."""
    given = Address.of(request.GET)
    address = _canonical(given)
    if address.href != request.get_full_path() and _was_form(request):
        # A form sends every box, filled or not: the shared address keeps what was said.
        return HttpResponseRedirect(address.href)
    query = query_from_params(address.question())
    engine = engine_of(request)
    if query.similar and query.similar_by == "audience":
        audiences.need_read(engine, query.similar[0])
    shown: dict[str, Any] = {"histograms": HISTOGRAMS}
    if query.facets == FACETS:
        shown["facets"] = _FACETS
    entitled = entitlements.of(request)
    if not entitled.may_search:
        # The first page, shortened: the count stays the real one.
        shown |= {"after": None, "limit": min(query.limit, entitlements.FIRST)}
        address = address.without()
    results = engine.query(msgspec.structs.replace(query, **shown))
    plain, apart_address = apart(query, results, address)
    brands = [brand.name for brand in engine.brands.list()]
    context = {
        "answer": answer(query, results, address, brands=brands),
        "query": plain,
        "what": plain.text,
        "where": where(plain, results.place),
        "carried": address.fields(without=_PAIR),
        "demo": results.demo,
        "locked": None
        if entitled.may_search
        else locked(entitled, len(results.hits), results.total, request.get_full_path()),
        "name": _name(plain),
        "views": views(apart_address),
    }
    if shown_as(address) == "map" and results.total:
        context["map"] = map_view(
            plain,
            results,
            engine.whereabouts(query),
            apart_address,
            only=None if entitled.may_search else results.hits,
        )
    return render(request, "search.html", context)


@require_safe
def suggest_places(request: HttpRequest) -> JsonResponse:
    """Places whose name begins with what `q` ends with: `{places: [{label, value, note}]}`.

    `value` is what the box says when the place is chosen, words in front of its name kept.
    """
    typed = request.GET.get("q", "").strip()
    found = engine_of(request).suggest_places(typed) if typed else []
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
    spoken = (*_PERCENT, *_SPOKEN)
    return any(not v or k in spoken for k, values in request.GET.lists() for v in values)


def _canonical(given: Address) -> Address:
    pairs = []
    text = "".join(given.values("text")[:1])
    if len(given.values("text")) < 2 and any(given.values(key) for key in _SPOKEN):
        # Two boxes of the rail put pieces to the words; in the address they are among them.
        for key, put in _SPOKEN.items():
            for value in given.values(key):
                text = put(text, value)
        given = given.with_({**dict.fromkeys(_SPOKEN, ()), "text": [text]})
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
