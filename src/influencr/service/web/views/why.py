"""Why not this creator, and why one above another: the reasons of any creator under a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from influencr.errors import UsageError
from influencr.records import Policy
from influencr.search import Query, query_from_params
from influencr.service.web import why as page
from influencr.service.web.address import WHO, Address
from influencr.service.web.engine import engine_of

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["why"]

_NOBODY = (
    "Nobody called “{0}” is listed here: never imported, gone from the network, or removed on "
    "their own wish."
)


@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """One creator under the question of the address, or two of them side by side.

    With a single creator who is found, the first of the results stands beside them.
    """
    given = Address.of(request.GET)
    address = given.without(WHO)
    query = query_from_params(address.question())
    named = list(dict.fromkeys(name.strip() for name in given.values(WHO) if name.strip()))
    context: dict[str, Any] = {
        "query": query,
        "what": query.text,
        "named": [*named, "", ""][:2],
        "carried": address.fields(),
        "back": address.href,
    }
    try:
        context |= _told(engine_of(request), query, named, address)
    except UsageError as error:
        if error.field not in ("reference", "creator", WHO):
            raise
        context["error"] = error.message
        context["choices"] = [
            (name, address.why(*(name if n == _meant(error, named) else n for n in named)))
            for name in error.valid or ()
        ]
    response = render(request, "why.html", context, status=400 if context.get("error") else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _told(engine: Engine, query: Query, named: list[str], address: Address) -> dict[str, Any]:
    if not named:
        return {}
    if len(named) > 2:
        raise UsageError(f"{len(named)} creators were chosen; choose two at a time.", field=WHO)
    who = [_listed(engine, name) for name in named]
    if len(who) == 2:
        told = engine.compare(query, who[0], who[1])
        return {"beside": page.beside(told, query, address)}
    alone = engine.explain(query, who[0])
    if not alone.found:
        return {"person": page.person(alone, query, address)}
    first = engine.query(_first(query)).hits[0].profile_id
    if first == who[0]:
        return {"person": page.person(alone, query, address), "leads": True}
    return {"beside": page.beside(engine.compare(query, first, who[0]), query, address)}


def _listed(engine: Engine, name: str) -> str:
    """The profile id of somebody who is listed.

    Raises UsageError for anybody else, in the same words whether they are unknown or left.
    """
    row = engine.show(name)
    if row is None or not row["indexed"] or not Policy(row["policy"]) & Policy.SHOW_SIGNED_OUT:
        raise UsageError(_NOBODY.format(name), field=WHO)
    return str(row["profile_id"])


def _first(query: Query) -> Query:
    import msgspec

    return msgspec.structs.replace(
        query, limit=1, after=None, facets=(), funnel=False, histograms=()
    )


def _meant(error: UsageError, named: list[str]) -> str:
    """The name that the error speaks of: it quotes what was typed."""
    return next((name for name in named if repr(name) in error.message), named[0])
