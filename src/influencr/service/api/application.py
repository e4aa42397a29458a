"""The application of the interface: every question of `answers` at its address, and what describes
it.

Parameters are read by `answers.read_request` and not by models of ninja's, so that every face
refuses the same with the same words; ninja routes, asks who it is and puts the description together
(docs/decisions/0030).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from influencr import __version__
from influencr.answers import QUESTIONS, Question
from influencr.service.api import bringing, exports, hooks, usage
from influencr.service.api.asker import Key
from influencr.service.api.described import components, described, written
from influencr.service.api.mounted import view_of
from influencr.service.api.orders import ORDERS
from influencr.service.api.refusals import Refusal

__all__ = ["addresses", "application", "openapi"]

#: Modules that put what they answer into ORDERS.
_ORDERING = (bringing, hooks)

_ABOUT = (
    "The same answers as the pages, the command line, Python and MCP give. Every number of a "
    "creator comes with its reason; unknown is null, never 0. A parameter that does not exist is "
    "refused by name, never passed over."
)


@cache
def application() -> NinjaAPI:
    """The interface with everything mounted."""
    api = NinjaAPI(
        title="influencr",
        version="1",
        description=_ABOUT,
        urls_namespace="api",
        openapi_url=None,
        docs_url=None,
        openapi_extra={"info": {"x-influencr-version": __version__}},
    )
    api.add_exception_handler(Refusal, _refused)
    # {who} may hold slashes, so what ends with it is asked last.
    every = [*QUESTIONS.values(), *ORDERS.values()]
    for asked in sorted(every, key=lambda one: one.path.endswith("{who}")):
        _mount(api, asked, asked.verb)
        if asked.by_post:
            _mount(api, asked, "POST")
    usage.mount(api)
    exports.mount(api)
    bringing.mount(api)
    return api


def openapi() -> dict[str, Any]:
    """The description of the interface, OpenAPI 3.1."""
    document: dict[str, Any] = dict(application().get_openapi_schema(path_prefix="/api/"))
    document["components"]["schemas"] |= components()
    del document["servers"]
    for verbs in document["paths"].values():
        for operation in verbs.values():
            responses = operation["responses"]
            # ninja adds a 200 of its own where another status says that it was done.
            if any(200 < int(status) < 300 for status in responses):
                responses.pop(200, None)
    return document


def addresses() -> Any:
    """What stands below /api/ in the addresses of the service."""
    from django.urls import path

    patterns, app_name, namespace = application().urls
    return [path("openapi.json", _openapi, name="openapi"), *patterns], app_name, namespace


def _mount(api: NinjaAPI, asked: Question, verb: str) -> None:
    # Names of people may hold slashes: addresses of profiles, ids of other networks.
    address = "/v1/" + asked.path.replace("{who}", "{path:who}")
    api.api_operation(
        [verb],
        address,
        auth=Key(asked.scope),
        operation_id=asked.name if verb == asked.verb else f"{asked.name}_by_post",
        summary=asked.meaning,
        description=asked.about or None,
        tags=[_tag(asked)],
        url_name=f"api-{asked.name}",
        openapi_extra=described(asked, verb),
    )(view_of(asked))


def _refused(request: HttpRequest, refusal: Refusal | type[Refusal]) -> HttpResponse:
    if isinstance(refusal, type):
        raise TypeError("ninja hands over what was raised, not its class")
    return refusal.response


def _tag(asked: Question) -> str:
    return asked.path.partition("/")[0]


def _openapi(request: HttpRequest) -> HttpResponse:
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    response = HttpResponse(written(openapi()), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
