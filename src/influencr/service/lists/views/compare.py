"""Creators side by side, and how far their audiences are the same people."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from influencr.engine import Engine
from influencr.errors import UsageError
from influencr.records import Policy
from influencr.search import Hit, Query, query_from_params
from influencr.service.lists import compare as page
from influencr.service.lists.reach import reach
from influencr.service.web import numbers
from influencr.service.web.address import Address
from influencr.service.web.engine import engine_of
from influencr.service.web.marked import plain

__all__ = ["compare", "together"]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to six creators (`c`), with the brand of the question they come from."""
    address = Address.of(request.GET)
    ticked = address.values("who")
    if ticked:
        # From the tray below results: the address that is kept and shared names them once.
        chosen = [("c", key) for key in dict.fromkeys([*address.values("c"), *ticked])]
        rest = address.without("who", "c").fields()
        return HttpResponseRedirect(f"{reverse('compare')}?{urlencode([*chosen, *rest])}")
    named = _named(address)
    engine = engine_of(request)
    question = address.without("c")
    query = query_from_params(question.question())
    if not named:
        return render(request, "lists/compare.html", {"most": page.MOST, "back": question.href})
    ids = _shown(engine, named)
    rows = engine.rows(ids)
    as_of = engine.index.snapshot().info.as_of or timezone.now()
    table = page.comparison(
        [rows[i] for i in ids],
        _hits(engine, query, ids) if query.brand else {},
        as_of,
        lambda key: _address(question, [i for i in ids if i != key]),
    )
    context = {
        "table": table,
        "most": page.MOST,
        "as_of": numbers.instant(as_of),
        "brand": query.brand,
        "reach": reach(engine, [(column.key, column.name) for column in table.columns]),
        "why": question.why(*ids) if len(ids) == 2 else "",
        "back": question.href,
        "keys": ids,
    }
    response = render(request, "lists/compare.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def together(request: HttpRequest) -> JsonResponse:
    """Total against different people of some creators, in a line: `{text}`, empty if unknown."""
    named = _named(Address.of(request.GET))
    engine = engine_of(request)
    rows = engine.rows(_shown(engine, named)) if named else {}
    found = reach(engine, [(i, plain(row.get("handle") or i)) for i, row in rows.items()])
    n = len(found.unknown)
    text = found.short
    if text and n:
        text += f"; {numbers.plural(n, 'audience is', 'audiences are')} unknown"
    return JsonResponse({"text": text})


def _named(address: Address) -> list[str]:
    named = list(dict.fromkeys(address.values("c")))
    if len(named) > page.MOST:
        raise UsageError(
            f"c: {len(named)} creators are too many to set side by side; at most {page.MOST}.",
            field="c",
        )
    return named


def _shown(engine: Engine, named: list[str]) -> list[str]:
    """Profile ids of those who may be shown to everybody, in the order asked."""
    ids = engine.ids(named)
    rows = engine.rows(ids)
    hidden = [i for i in ids if not Policy(rows[i].get("policy") or 0) & Policy.SHOW_SIGNED_OUT]
    if hidden:
        raise UsageError(f"c: {named[ids.index(hidden[0])]!r} is not known here.", field="c")
    return ids


def _hits(engine: Engine, query: Query, ids: list[str]) -> dict[str, Hit]:
    """The same creators as the brand of a question sees them."""
    found = {}
    for one in ids:
        told = engine.explain(Query(brand=query.brand, everything=True), one)
        if told.hit is not None:
            found[one] = told.hit
    return found


def _address(question: Address, ids: list[str]) -> str:
    return question.with_({"c": ids}).at("compare")
