"""What a key may do, until when, and how much there is to search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.http import HttpRequest, HttpResponse

from influencr.answers.documents import encoded
from influencr.errors import InfluencrError, UnknownParameter
from influencr.service.accounts.models import SCOPES
from influencr.service.api.asker import Asker, Key
from influencr.service.api.described import described_as
from influencr.service.api.refusals import of_error
from influencr.service.billing import entitlements
from influencr.service.operations.turns import EACH

if TYPE_CHECKING:
    from ninja import NinjaAPI

__all__ = ["UsageDocument", "mount"]


class UsageDocument(TypedDict):
    """What the key that asks may do.

    key         its first letters; null in an open instance
    scopes      what it may do
    state       open, trial, active, grace or locked; `until` is when that ends, null when it does
                not end by itself
    at_once     searches of one team that are answered at the same time; without any other limit
    creators    who can be found, of a `generation` of the index
    """

    key: str | None
    team: str | None
    scopes: list[str]
    state: str
    may_search: bool
    until: str | None
    sentence: str
    at_once: int
    creators: int
    generation: int


def mount(api: NinjaAPI) -> None:
    """Put the address into the interface."""
    meaning = "What the key that asks may do, until when, and how much there is to search."
    api.api_operation(
        ["GET"],
        "/v1/usage",
        auth=Key(*SCOPES),
        operation_id="usage",
        summary=meaning,
        tags=["usage"],
        url_name="api-usage",
        openapi_extra=described_as(UsageDocument, meaning),
    )(usage)


def usage(request: HttpRequest) -> HttpResponse:
    """The document."""
    asker: Asker = request.auth  # type: ignore[attr-defined]
    try:
        for name in request.GET:
            raise UnknownParameter("usage", name, ())
        document = _document(asker)
    except InfluencrError as error:
        return of_error(error)
    response = HttpResponse(encoded(document), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response


def _document(asker: Asker) -> dict[str, Any]:
    info = asker.engine.index.snapshot().info
    key = asker.key
    entitled = (
        entitlements.Entitlement("open", None, "") if key is None else entitlements.of(key.team)
    )
    return {
        "key": None if key is None else key.prefix,
        "team": None if key is None else key.team.name,
        "scopes": list(SCOPES) if key is None else list(key.scopes),
        "state": entitled.state,
        "may_search": entitled.may_search,
        "until": entitled.until,
        "sentence": entitled.sentence,
        "at_once": EACH,
        "creators": info.n_creators,
        "generation": info.generation,
    }
