"""The one shape of everything that is not an answer: {"error": {code, message, field?, valid?}}."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from influencr.errors import (
    HomeError,
    InfluencrError,
    NotListed,
    PlaceError,
    Transient,
    UnknownValue,
    UnreadableInput,
    UsageError,
)

__all__ = ["CODES", "Refusal", "of_error", "told"]

#: Seconds after which asking again makes sense, where it does.
RETRY_S = 2

#: Codes of refusals that are no errors of the engine -> (status, what they mean).
CODES: dict[str, tuple[int, str]] = {
    "no_key": (401, "The call carries no key, and this instance has members."),
    "key_refused": (401, "The key is not known here, or was revoked."),
    "scope": (403, "The key may not do this; make one that may."),
    "locked": (402, "The team's trial or subscription is over; what it keeps stays open."),
    "forbidden": (403, "The call is not allowed from there."),
    "not_found": (404, "There is no such address."),
    "method_not_allowed": (405, "The address is not asked like this; `valid` says how."),
    "too_large": (413, "The body is larger than any question needs."),
    "content_type": (415, "A body is sent as application/json."),
    "json": (400, "The body is not JSON, or no object."),
    "bad_request": (400, "The call cannot be understood at all (host name, form)."),
    "too_many_at_once": (429, "Other searches of the same team run; ask again in a moment."),
    "overloaded": (503, "Very many search at this moment; ask again in a moment."),
    "in_progress": (409, "The first order under this Idempotency-Key is still being done."),
    "failed": (500, "Something failed on our side, and is written down under its number."),
}


class Refusal(Exception):
    """An answer that is none, with a code of CODES."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        valid: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.field, self.valid = code, message, field, valid
        self.headers = dict(headers or {})

    @property
    def response(self) -> HttpResponse:
        """The answer of HTTP."""
        status = CODES[self.code][0]
        return told(
            status,
            self.code,
            self.message,
            field=self.field,
            valid=self.valid,
            headers=self.headers,
        )


def told(
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    valid: Sequence[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """An answer in the one shape; `field` and `valid` only where they say something."""
    error: dict[str, Any] = {"code": code, "message": message}
    if field is not None:
        error["field"] = field
    if valid is not None:
        error["valid"] = list(valid)
    response = HttpResponse(
        msgspec.json.encode({"error": error}), content_type="application/json", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def of_error(error: InfluencrError, *, in_path: Sequence[str] = ()) -> HttpResponse:
    """An error of the engine: 422 for a question that cannot be meant, 404 for what is not there,
    503 for what cannot be answered now.

    in_path   parameters that stand in the address: what they name and does not exist is a 404
    """
    headers: dict[str, str] = {}
    if isinstance(error, NotListed) or (isinstance(error, UnknownValue) and error.field in in_path):
        status = 404
    elif isinstance(error, UsageError | PlaceError | UnreadableInput):
        status = 422
    elif isinstance(error, Transient):
        status, headers = 503, {"Retry-After": str(RETRY_S)}
    elif isinstance(error, HomeError):
        status = 503
    else:
        raise error
    return told(
        status, error.code, error.message, field=error.field, valid=error.valid, headers=headers
    )


def of_status(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What Django itself refused (no such address, wrong method, unknown host) in the one shape."""
    status = response.status_code
    if status == 404:
        return Refusal(
            "not_found", f"Nothing is at {request.path!r}; /api/openapi.json lists every address."
        ).response
    if status == 405:
        allowed = sorted(verb.strip() for verb in response.headers.get("Allow", "").split(","))
        return Refusal(
            "method_not_allowed",
            f"{request.path} is not asked by {request.method}; valid: {', '.join(allowed)}.",
            valid=allowed,
            headers={"Allow": ", ".join(allowed)},
        ).response
    if status == 403:
        return Refusal("forbidden", "This call is not allowed from there.").response
    if status >= 500:
        number = getattr(request, "influencr_number", "")
        return Refusal(
            "failed",
            "Something failed on our side, and is written down; tell the operator the number "
            f"{number}.",
        ).response
    return told(status, "bad_request", "This call cannot be understood: its host name or its form.")
