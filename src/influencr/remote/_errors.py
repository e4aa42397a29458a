"""What an instance refuses, as the errors that an engine of this process raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from influencr.errors import (
    BadAnswer,
    InfluencrError,
    NotThere,
    Refused,
    Rejected,
    ServiceError,
    TooManyCalls,
    UnknownValue,
    Unreachable,
)
from influencr.remote._calls import Answer, Call

__all__ = ["document_of", "refusal_of", "told"]

_SHOWN = 300


class _Told(msgspec.Struct, frozen=True):
    """The error of an answer."""

    code: str
    message: str
    field: str | None = None
    valid: list[str] | None = None


class _Failed(msgspec.Struct, frozen=True):
    """The one shape of all errors."""

    error: _Told


def document_of(call: Call, answer: Answer | Unreachable, url: str) -> dict[str, Any]:
    """The document of an answer; raises what it refuses, and why none came.

    Raises the error of the same code where there is one, and else Refused, NotThere, TooManyCalls,
    Unreachable or Rejected by the status, with the code of the answer; BadAnswer for what is no
    answer of this interface.
    """
    if isinstance(answer, Unreachable):
        raise answer
    if not 200 <= answer.status < 300:
        raise told(call, answer, url)
    try:
        document = msgspec.json.decode(answer.body or b"{}")
    except msgspec.DecodeError:
        document = None
    if not isinstance(document, dict):
        raise _foreign(answer, url)
    return document


def refusal_of(call: Call, answer: Answer | Unreachable, url: str) -> InfluencrError:
    """The error of what is not the file that was asked for."""
    if isinstance(answer, Unreachable):
        return answer
    return _foreign(answer, url) if 200 <= answer.status < 300 else told(call, answer, url)


def told(call: Call, answer: Answer, url: str) -> InfluencrError:
    """The error of an answer that is no success."""
    if 300 <= answer.status < 400:
        where = answer.headers.get("location", "")
        return Rejected(
            f"{url} sends on to {where or 'another address'}, which is not followed; connect to "
            "that address instead.",
            status=answer.status,
            url=url,
        )
    try:
        failed = msgspec.json.decode(answer.body, type=_Failed).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        # A proxy in front, or no instance at all.
        if answer.status in (429, 502, 503, 504):
            sentence = f"{url} does not answer at the moment (status {answer.status}); ask later."
            return Unreachable(sentence, status=answer.status, url=url)
        return _foreign(answer, url)
    known = _classes().get(failed.code)
    if known is not None and not issubclass(known, ServiceError):
        return _made(known, failed, call.values)
    error = _of(known or _by_status(answer.status), failed.message, answer.status, url)
    error.code, error.field, error.valid = failed.code, failed.field, failed.valid
    return error


def _of(kind: type[ServiceError], sentence: str, status: int, url: str) -> ServiceError:
    return kind(sentence, status=status, url=url)


def _by_status(status: int) -> type[ServiceError]:
    if status == 404:
        return NotThere
    if status == 429:
        return TooManyCalls
    if status in (401, 402, 403):
        return Refused
    return Unreachable if status >= 500 else Rejected


def _made(kind: type[InfluencrError], failed: _Told, values: Mapping[str, Any]) -> InfluencrError:
    """An error whose sentence is made already: its class would make it from other arguments."""
    error = kind.__new__(kind)
    InfluencrError.__init__(error, failed.message, field=failed.field, valid=failed.valid)
    if isinstance(error, UnknownValue):
        error.value = str(values.get(failed.field or "", ""))
    return error


def _foreign(answer: Answer, url: str) -> BadAnswer:
    kind = answer.headers.get("content-type", "no content type")
    body = answer.body[:_SHOWN].decode("utf-8", "replace")
    return BadAnswer(
        f"{url} does not answer like an instance of influencr (status {answer.status}, {kind}); "
        "check the address.",
        status=answer.status,
        url=url,
        body=body,
    )


def _classes() -> dict[str, type[InfluencrError]]:
    """Stable code -> class."""

    def below(kind: type[InfluencrError]) -> Iterator[type[InfluencrError]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {kind.code: kind for kind in below(InfluencrError) if "code" in vars(kind)}
