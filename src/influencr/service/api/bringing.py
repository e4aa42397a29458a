"""Files of records over HTTP: sent as they are, taken in by the queue, told row by row.

Only who runs the instance may: a member of staff with a key that has the right `import`, or, where
there are no members, a program on the same machine.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta
from ninja import NinjaAPI

from influencr.answers import from_params, read_request
from influencr.answers.documents import encoded
from influencr.errors import InfluencrError, UnknownValue
from influencr.service.accounts.models import User
from influencr.service.api.asker import Asker, Key
from influencr.service.api.described import described
from influencr.service.api.mounted import MAX_BODY, signed_for
from influencr.service.api.orders import OfService, order
from influencr.service.api.refusals import Refusal, of_error
from influencr.service.api.repeated import once
from influencr.service.imports import taking
from influencr.service.imports.models import Import
from influencr.service.operations.views import is_from_here

__all__ = ["MEDIA", "mount"]

#: Media types of files; none of them can a form of another site send.
MEDIA = (
    "text/csv",
    "text/tab-separated-values",
    "application/json",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    "application/octet-stream",
)
_SHOWN = 100


class BringIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file in the body is."""

    name: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
            description="its name with the ending, as creators.csv",
        ),
    ]
    licence: Annotated[str, Meta(max_length=200, description="under which terms you have it")]
    platform: Annotated[str, Meta(max_length=40, description="when no column says it")] = ""
    kind: Annotated[
        str,
        Meta(max_length=40, description="profiles, posts, follows, ...; when columns do not tell"),
    ] = ""
    lawful_basis: Annotated[str, Meta(max_length=500, description="why you may hold it")] = ""


class OneImport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which import."""

    id: Annotated[str, Meta(description="the import, by its id")]


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class ImportDocument(TypedDict):
    """A file and what became of it: `state` is waiting, running, done or failed; `told` counts its
    rows, and why rows went into quarantine."""

    id: str
    name: str
    state: str
    problem: str
    told: dict[str, Any]
    made_at: datetime
    done_at: datetime | None


class ImportsDocument(TypedDict):
    """The last files, the newest first."""

    imports: list[ImportDocument]


_BRING_IN = OfService(
    name="import_file",
    meaning="Bring in a file of records: CSV, TSV, JSON, NDJSON or Parquet, as the body.",
    about="The answer is given at once; the file is taken in, judged and indexed afterwards, and "
    "the import says what became of it. Rows that cannot be taken go into quarantine with their "
    "reason. Files may come in any order and in parts of at most 4 MiB; larger ones are imported "
    "by the command line.",
    request=BringIn,
    scope="import",
    searches=False,
    writes=True,
    verb="POST",
    path="imports",
    by_post=False,
    returns=ImportDocument,
    answer=lambda asker, asked: {},
    status=202,
)


@order("imports", Nothing, path="imports", scope="import", returns=ImportsDocument)
def imports(asker: Asker, request: Nothing) -> dict[str, Any]:
    """The last hundred files that were brought in over HTTP, the newest first."""
    _operator(asker)
    return {"imports": [_document(one) for one in Import.objects.all()[:_SHOWN]]}


@order("import", OneImport, path="imports/{id}", scope="import", returns=ImportDocument)
def one_import(asker: Asker, request: OneImport) -> dict[str, Any]:
    """One file, and what became of it."""
    _operator(asker)
    try:
        found = Import.objects.filter(pk=UUID(request.id)).first()
    except ValueError:
        found = None
    if found is None:
        raise UnknownValue("id", request.id, [str(one.pk) for one in Import.objects.all()[:20]])
    return _document(found)


def mount(api: NinjaAPI) -> None:
    """Put the address of files into the interface."""
    told = described(_BRING_IN, "GET")
    told["responses"] = described(_BRING_IN, "POST")["responses"]
    told["requestBody"] = {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA},
    }
    api.api_operation(
        ["POST"],
        "/v1/imports",
        auth=Key("import"),
        operation_id=_BRING_IN.name,
        summary=_BRING_IN.meaning,
        description=_BRING_IN.about,
        tags=["imports"],
        url_name="api-import-file",
        openapi_extra=told,
    )(signed_for(_BRING_IN, _bring_in))


def _bring_in(request: HttpRequest) -> HttpResponse:
    asker: Asker = request.auth  # type: ignore[attr-defined]
    try:
        by = _operator(asker, request)
        wanted: BringIn = read_request(_BRING_IN, from_params(_BRING_IN, dict(request.GET.lists())))
        kind = (request.content_type or "").lower()
        if kind not in MEDIA:
            raise Refusal(
                "content_type",
                f"Send the file as one of {', '.join(MEDIA)}, not as {kind or 'nothing'}.",
                valid=MEDIA,
            )
        data = request.read(MAX_BODY + 1)
        if len(data) > MAX_BODY:
            raise Refusal(
                "too_large",
                f"The body is larger than {MAX_BODY:,} bytes; send the file in parts, or import "
                "it by the command line.",
            )
        options = {
            name: value
            for name, value in msgspec.structs.asdict(wanted).items()
            if name != "name" and value
        }

        def done() -> HttpResponse:
            one = taking.keep(by, wanted.name, data, options)
            return HttpResponse(
                encoded(_document(one)), content_type="application/json", status=202
            )

        said = {**options, "name": wanted.name, "file": data}
        response = once(request, asker, _BRING_IN.name, said, done)
    except Refusal as refusal:
        return refusal.response
    except InfluencrError as error:
        return of_error(error)
    response.headers["Cache-Control"] = "no-store"
    return response


def _operator(asker: Asker, request: HttpRequest | None = None) -> User | None:
    """Who brings files in. Raises Refusal for anybody who may not."""
    if asker.key is None:
        if request is not None and not is_from_here(request):
            raise Refusal(
                "forbidden",
                "Files are brought into an open instance from its own machine alone: what comes "
                "in is shown to everybody.",
            )
        return None
    by: User | None = asker.key.made_by
    if by is None or not by.is_staff or not by.is_active:
        raise Refusal(
            "forbidden", "Files are brought in with a key that the operator made, and by no other."
        )
    return by


def _document(one: Import) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name,
        "state": one.state,
        "problem": one.problem,
        "told": one.told,
        "made_at": one.made_at,
        "done_at": one.done_at,
    }
