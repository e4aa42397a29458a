"""One question of `answers` as an address: the call in, the document out, with who asked it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any, Final

import msgspec
import ninja
import xxhash
from django.http import HttpRequest, HttpResponse

from influencr.answers import Question, from_params, read_request
from influencr.answers._schema import parameters_of
from influencr.answers.documents import encoded
from influencr.errors import InfluencrError, UsageError
from influencr.service.api.asker import Asker, a_turn, may_search
from influencr.service.api.audiences import need_audiences
from influencr.service.api.orders import OfService
from influencr.service.api.refusals import Refusal, of_error
from influencr.service.api.repeated import once
from influencr.service.operations.turns import turns

__all__ = [
    "AS_OF",
    "MAX_BODY",
    "answer_of",
    "body_of",
    "instant",
    "signed_for",
    "values_of",
    "view_of",
]

#: The instant of the index that answered.
AS_OF: Final = "Influencr-As-Of"
#: Bytes of a body at most. Own choice: 10,000 creators by the longest names, four times over.
MAX_BODY: Final = 4 * 1024 * 1024
#: What two answers to the same question differ in without saying anything else. Quotes inside of
#: a text are escaped, so nobody's words can look like it.
_TOOK = re.compile(rb'"took_ms":[-+.0-9eE]+')

#: Questions that take seconds; the pages of the process do not wait for them.
_LONG: Final = frozenset({"plan", "overlap", "verify", "look_up"})

type View = Callable[..., HttpResponse]


def view_of(asked: Question) -> View:
    """The view of a question."""

    def view(request: HttpRequest, **in_path: str) -> HttpResponse:
        asker: Asker = request.auth  # type: ignore[attr-defined]
        try:
            return answer_of(asked, request, asker, in_path)
        except Refusal as refusal:
            return refusal.response
        except InfluencrError as error:
            return of_error(error, in_path=asked.in_path)

    return signed_for(asked, view)


def signed_for[V: Callable[..., Any]](asked: Question, view: V) -> V:
    """The view with the name and the parameters of the address that ninja reads from it."""
    view.__name__ = asked.name
    view.__doc__ = asked.meaning
    # ninja reads from the signature what the address holds.
    told = {one.name: one.meaning for one in parameters_of(asked)}
    kind = inspect.Parameter.KEYWORD_ONLY
    request_ = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = [
        inspect.Parameter(name, kind, annotation=str, default=_in_address(told[name]))
        for name in asked.in_path
    ]
    view.__signature__ = inspect.Signature([request_, *named])  # type: ignore[attr-defined]
    return view


def _in_address(meaning: str) -> Any:
    return ninja.Path(..., description=meaning)  # type: ignore[type-arg]


def answer_of(
    asked: Question, request: HttpRequest, asker: Asker, in_path: dict[str, str]
) -> HttpResponse:
    """The answer of HTTP. Raises Refusal and what the engine raises."""
    if asked.searches:
        may_search(asker)
    values = values_of(asked, request)
    for name in in_path:
        if name in values:
            raise UsageError(f"{name}: it stands in the address already.", field=name)
    wanted = read_request(asked, {**values, **in_path})

    def done() -> HttpResponse:
        if asked.searches:
            need_audiences(asked, wanted, asker.engine)
        with _turn(asked, request, asker):
            document = asked.answer(asker if isinstance(asked, OfService) else asker.engine, wanted)
        return HttpResponse(encoded(document), content_type="application/json", status=asked.status)

    if asked.writes:
        response = once(request, asker, asked.name, {**values, **in_path}, done)
    else:
        response = done()
    body = response.content
    as_of = asker.engine.index.snapshot().info.as_of
    if as_of is not None:
        response.headers[AS_OF] = instant(as_of)
    response.headers["Cache-Control"] = "no-store" if asked.writes else "private, no-cache"
    response.headers["Vary"] = "Authorization"
    if not asked.writes:
        bare = _TOOK.sub(b"", body)
        response.headers["ETag"] = f'W/"{xxhash.xxh3_128_hexdigest(bare)}"'
    return response


@contextmanager
def _turn(asked: Question, request: HttpRequest, asker: Asker) -> Iterator[None]:
    """A search's turn; what takes a moment is answered one after the other, as pages are drawn."""
    if not asked.searches:
        yield
        return
    with a_turn(request, asker), nullcontext() if asked.name in _LONG else turns.drawing():
        yield


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object of a JSON body. Raises Refusal for anything else."""
    kind = (request.content_type or "").lower()
    if kind != "application/json":
        raise Refusal(
            "content_type",
            f"Send the body as application/json, not as {kind or 'nothing'}.",
            valid=["application/json"],
        )
    data = request.read(MAX_BODY + 1)
    if len(data) > MAX_BODY:
        raise Refusal("too_large", f"The body is larger than {MAX_BODY:,} bytes.")
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refusal("json", f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise Refusal("json", 'The body is not an object; send {"name": value, ...}.')
    return body


def values_of(asked: Question, request: HttpRequest) -> dict[str, Any]:
    """What was sent: by the address for GET and DELETE, else the JSON body."""
    params = dict(request.GET.lists())
    if request.method in ("GET", "DELETE"):
        return from_params(asked, params)
    if params:
        raise UsageError(
            f"{next(iter(params))}: a {request.method} takes its parameters as JSON in the body, "
            "not in the address.",
            field=next(iter(params)),
        )
    return body_of(request)


def instant(at: datetime) -> str:
    """An instant as headers say it."""
    return at.isoformat().replace("+00:00", "Z")
