"""Files of a search or of a list, sent while they are made: NDJSON, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from msgspec import Meta
from ninja import NinjaAPI

from influencr.answers import read_request
from influencr.engine import Piece
from influencr.errors import InfluencrError
from influencr.search import Query
from influencr.service.api.asker import Asker, Key, a_turn, may_search
from influencr.service.api.described import described
from influencr.service.api.mounted import AS_OF, instant, signed_for, values_of
from influencr.service.api.orders import OfService
from influencr.service.api.refusals import Refusal, of_error

__all__ = ["FORMATS", "mount"]

#: Format -> (ending of the file, media type).
FORMATS = {
    "ndjson": (".jsonl", "application/x-ndjson"),
    "csv": (".csv", "text/csv; charset=utf-8"),
    "parquet": (".parquet", "application/vnd.apache.parquet"),
}
_Format = Annotated[
    Literal["ndjson", "csv", "parquet"],
    Meta(description="of the file: one JSON object a line, CSV, or Parquet"),
]


class Export(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search and a format; `limit`, facets and what else concerns a page changes nothing."""

    format: _Format = "ndjson"
    query: Query = Query()


class ExportList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list and a format."""

    list: Annotated[str, Meta(description="the list, by its name or id")]
    format: _Format = "ndjson"


class _Sent:
    """The bytes of pieces; gives the turn back when the last one is sent, or nobody listens."""

    def __init__(self, pieces: Iterator[Piece], held: ExitStack) -> None:
        self._pieces, self._held = pieces, held

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if piece.data:
                yield piece.data

    def close(self) -> None:
        """End it."""
        self._held.close()


def _of_search(asker: Asker, asked: Any) -> Any:
    return asker.engine.pieces(asked.query, FORMATS[asked.format][0])


def _of_list(asker: Asker, asked: Any) -> Any:
    return asker.engine.lists.pieces(asked.list, FORMATS[asked.format][0])


_SEARCH = OfService(
    name="export",
    meaning="Everybody who matches, in the order of the search, as a file that is sent while it "
    "is made.",
    about="Columns are those of docs/reference/creators.md with `score`, `distance_km`, `as_of` "
    "and `query`. Creators whose source does not allow taking them along, and people who left, "
    "are not among them. What breaks off on the way breaks the connection off: a file that came "
    "whole is whole.",
    request=Export,
    scope="search",
    searches=True,
    writes=False,
    verb="GET",
    path="export",
    by_post=True,
    returns=dict,
    answer=_of_search,
)
_LIST = OfService(
    name="list_export",
    meaning="Everybody on a list who is listed now, as a file, with state and note.",
    about="",
    request=ExportList,
    scope="lists",
    searches=False,
    writes=False,
    verb="GET",
    path="lists/{list}/export",
    by_post=False,
    returns=dict,
    answer=_of_list,
)


def mount(api: NinjaAPI) -> None:
    """Put the addresses into the interface."""
    _mount(api, _SEARCH, "GET")
    _mount(api, _SEARCH, "POST")
    _mount(api, _LIST, "GET")


def _mount(api: NinjaAPI, asked: OfService, verb: str) -> None:
    told = described(asked, verb)
    files = {
        media: {"schema": {"type": "string", "format": "binary"}}
        for media in (media.partition(";")[0] for _, media in FORMATS.values())
    }
    told["responses"][200] = {
        "description": asked.meaning,
        "content": files,
        "headers": {AS_OF: told["responses"][200]["headers"][AS_OF]},
    }
    told["responses"].pop(304, None)
    api.api_operation(
        [verb],
        f"/v1/{asked.path}",
        auth=Key(asked.scope),
        operation_id=asked.name if verb == "GET" else f"{asked.name}_by_post",
        summary=asked.meaning,
        description=asked.about or None,
        tags=["export"],
        url_name=f"api-{asked.name}",
        openapi_extra=told,
    )(_view(asked))


def _view(asked: OfService) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, **in_path: str) -> HttpResponseBase:
        asker: Asker = request.auth  # type: ignore[attr-defined]
        with ExitStack() as held:
            try:
                if asked.searches:
                    may_search(asker)
                wanted = read_request(asked, {**values_of(asked, request), **in_path})
                if asked.searches:
                    held.enter_context(a_turn(request, asker))
                # Questions are answered by documents, these two by the pieces of a file.
                pieces = cast(Iterator[Piece], asked.answer(asker, wanted))
            except Refusal as refusal:
                return refusal.response
            except InfluencrError as error:
                return of_error(error, in_path=asked.in_path)
            # The turn is given back when the answer is closed, which is after its last byte.
            return _response(asker, wanted.format, _Sent(pieces, held.pop_all()))
        raise AssertionError("an exit stack of turns swallows nothing")

    return signed_for(asked, view)


def _response(asker: Asker, kind: str, sent: _Sent) -> StreamingHttpResponse:
    ending, media = FORMATS[kind]
    response = StreamingHttpResponse(sent, content_type=media)
    as_of: Any = asker.engine.index.snapshot().info.as_of
    if as_of is not None:
        response.headers[AS_OF] = instant(as_of)
    response.headers["Content-Disposition"] = f'attachment; filename="influencr{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Authorization"
    return response
