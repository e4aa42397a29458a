"""Questions as calls over HTTP, and answers as documents: everything but the sending.

A question that may be sent both ways goes in the address, which caches and logs can tell apart,
unless it would be longer there than servers commonly take, or holds what an address cannot say.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from influencr.answers import Question
from influencr.errors import Unreachable

__all__ = ["Answer", "Attempts", "Call", "call_of"]

#: Characters of an address; RFC 9110 asks servers to take 8,000, and proxies add their own.
_LONGEST: Final = 4_000
#: What may pass by itself (RFC 9110 and 6585).
_PASSING: Final = frozenset({429, 502, 503, 504})
#: Seconds before the second attempt, doubled each time, unless the answer says when (Retry-After);
#: and what a caller is made to wait at most before it is told. Own choices.
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 20.0
#: Lists whose default is not the empty one: an address says "none" (`search.query_to_params`).
_SAY_NONE: Final = ("facets", "size_bands")


class Call(NamedTuple):
    """One call: `target` is path and parameters, `body` JSON or nothing.

    values   what was asked, for errors that name a field of it
    """

    method: str
    target: str
    body: bytes | None
    headers: tuple[tuple[str, str], ...]
    values: Mapping[str, Any]


class Answer(NamedTuple):
    """What came back, whole; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call_of(question: Question, values: Mapping[str, Any]) -> Call:
    """The call that asks a question; whoever writes may be asked again without doing it twice.

    values   checked by `answers.request_of`; None and "" are left out
    """
    given = {k: v for k, v in values.items() if v is not None and v != ""}
    path = question.address
    for name in question.in_path:
        path = path.replace(f"{{{name}}}", quote(str(given.pop(name)), safe=""))
    if question.verb in ("GET", "DELETE") and (
        not question.by_post or not any(isinstance(value, Mapping) for value in given.values())
    ):
        params = urlencode([pair for k, v in given.items() for pair in _pairs(k, v)])
        target = f"{path}?{params}" if params else path
        if not question.by_post or len(target) <= _LONGEST:
            return Call(question.verb, target, None, _headers(question, None), values)
    body = msgspec.json.encode(given)
    method = "POST" if question.verb == "GET" else question.verb
    return Call(method, path, body, _headers(question, body), values)


class Attempts:
    """How often one call is made, and how long is waited between; `most` times at most."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._wait = _FIRST_WAIT

    def wait_after(self, outcome: Answer | Unreachable) -> float | None:
        """Seconds to wait before asking again; None to leave it at this."""
        self._left -= 1
        said, wait = "", self._wait
        self._wait *= 2
        if isinstance(outcome, Answer):
            if outcome.status not in _PASSING:
                return None
            said = outcome.headers.get("retry-after", "")
        if said.isdecimal():
            wait = float(said)
        return wait if self._left > 0 and wait <= _LONGEST_WAIT else None


def _headers(question: Question, body: bytes | None) -> tuple[tuple[str, str], ...]:
    headers = [("Accept", "application/json")]
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    if question.writes:
        headers.append(("Idempotency-Key", str(uuid.uuid4())))
    return tuple(headers)


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if name in _SAY_NONE and not value:
        return [(name, "none")]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [(name, str(one)) for one in value]
    return [(name, str(value))]
