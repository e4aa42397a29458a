"""Files to take along: a search with all its results, or a list, sent while they are made."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from influencr.engine import Piece
from influencr.errors import UnknownValue
from influencr.search import query_from_params
from influencr.service.accounts.views.again import members_only
from influencr.service.billing import entitlements
from influencr.service.lists import people
from influencr.service.lists.views.found import mine
from influencr.service.web.address import Address
from influencr.service.web.engine import engine_of

__all__ = ["FORMATS", "of_list", "of_search"]

#: Format -> what a browser is told.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


@members_only
@require_safe
def of_search(request: HttpRequest) -> HttpResponseBase:
    """Every result of the search of the address, for who may search."""
    entitled = entitlements.of(request)
    if not entitled.may_search:
        return render(request, "lists/closed.html", {"entitled": entitled}, status=403)
    kind = _format(request)
    query = query_from_params(Address.of(request.GET).without("format").question())
    pieces = engine_of(request).pieces(query, f".{kind}")
    return _sent(pieces, kind, query.text or "search")


@members_only
@require_safe
def of_list(request: HttpRequest, list_id: str) -> HttpResponseBase:
    """A list, open to its team whether they may search or not."""
    one = mine(request, list_id)
    kind = _format(request)
    pieces = engine_of(request).lists.pieces(one.id, f".{kind}", names=people.names(request))
    return _sent(pieces, kind, one.name)


def _format(request: HttpRequest) -> str:
    kind = request.GET.get("format", "csv")
    if kind not in FORMATS:
        raise UnknownValue("format", kind, FORMATS)
    return kind


def _sent(pieces: Iterator[Piece], kind: str, name: str) -> HttpResponse | StreamingHttpResponse:
    response = StreamingHttpResponse(
        (piece.data for piece in pieces if piece.data), content_type=FORMATS[kind]
    )
    stem = slugify(name)[:60] or "creators"
    filename = f"influencr-{stem}-{timezone.now():%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
