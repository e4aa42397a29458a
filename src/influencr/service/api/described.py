"""What OpenAPI says of a question: its parameters, its document, and every refusal."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from influencr.answers import QUESTIONS, Question
from influencr.answers._schema import Parameter, components_of, parameters_of, schema_of
from influencr.service.api.mounted import AS_OF
from influencr.service.api.orders import ORDERS

__all__ = ["components", "described", "described_as", "written"]

_JSON = "application/json"
_ERROR = {"$ref": "#/components/schemas/Error"}
_REFUSALS = {
    400: "The body is not JSON, or the call cannot be understood at all.",
    401: "No key, or one that is not known here.",
    402: "The team's trial or subscription is over.",
    403: "The key may not do this.",
    404: "Nothing, or nobody, of that name.",
    409: "The first order under the same Idempotency-Key is still being done.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "A parameter that does not exist, or a value that cannot be meant; `field` names it.",
    429: "Other searches of the same team run; ask again after Retry-After seconds.",
    503: "Nothing to search yet, or busy for the moment.",
}
_HEADERS = {
    AS_OF: {
        "description": "The instant that ages and activity in the answer refer to.",
        "schema": {"type": "string", "format": "date-time"},
    },
    "ETag": {
        "description": "Of the answer; sent back as If-None-Match, the same answer is a 304.",
        "schema": {"type": "string"},
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "description": "The same order sent again under the same key is done once, for a day.",
}


def described(asked: Question, verb: str) -> dict[str, Any]:
    """The part of an operation that ninja cannot read from a function."""
    taken = parameters_of(asked)
    by_address = verb in ("GET", "DELETE")
    rest = [one for one in taken if one.where != "path"] if by_address else []
    operation: dict[str, Any] = {
        # Those of the address are told by ninja, which reads them from the view.
        "parameters": [_parameter(one) for one in rest] + ([_KEY] if asked.writes else []),
        "responses": _responses(asked.returns, asked.meaning, asked.status, asked, verb),
    }
    if not by_address:
        schema = schema_of(asked, without=asked.in_path)
        operation["requestBody"] = {
            "required": True,
            "content": {_JSON: {"schema": schema}},
        }
    return operation


def described_as(returns: Any, meaning: str) -> dict[str, Any]:
    """The same for an address that is no question and takes nothing."""
    return {"parameters": [], "responses": _responses(returns, meaning, 200, None, "GET")}


@cache
def components() -> dict[str, Any]:
    """Every named part of the documents, and the shape of refusals."""
    from influencr.service.api.usage import UsageDocument

    every = [*QUESTIONS.values(), *ORDERS.values()]
    kinds = [*(asked.returns for asked in every), UsageDocument]
    parts = components_of(kinds)[1]
    parts["Error"] = {
        "type": "object",
        "description": "Why there is no answer.",
        "required": ["error"],
        "additionalProperties": False,
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "description": "Stable, for programs."},
                    "message": {"type": "string", "description": "One sentence, for people."},
                    "field": {"type": "string", "description": "The parameter that is meant."},
                    "valid": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "What it may be, or which parameters there are.",
                    },
                },
            }
        },
    }
    return dict(sorted(parts.items()))


def written(document: dict[str, Any]) -> str:
    """The description as the file docs/reference/openapi.json holds it."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {name: value for name, value in one.schema.items() if name != "description"}
    told: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "schema": schema,
    }
    if one.meaning:
        told["description"] = one.meaning
    if one.is_list:
        told |= {"style": "form", "explode": True}
    return told


def _responses(
    returns: Any, meaning: str, status: int, asked: Question | None, verb: str
) -> dict[int, Any]:
    (schema,), _ = components_of([returns])
    found: dict[int, Any] = {
        200: {"description": meaning},
        status: {
            "description": meaning,
            "content": {_JSON: {"schema": schema}},
            "headers": _HEADERS if asked is not None and not asked.writes else {},
        },
    }
    if status != 200:
        del found[200]
    if verb == "GET" and asked is not None:
        found[304] = {"description": "The answer is the one that If-None-Match names."}
    for refusal, because in _REFUSALS.items():
        if refusal in (402, 429) and not (asked is not None and asked.searches):
            continue
        if refusal == 409 and not (asked is not None and asked.writes):
            continue
        if refusal in (413, 415) and verb in ("GET", "DELETE"):
            continue
        if refusal == 404 and (asked is None or not _names_something(asked)):
            continue
        found[refusal] = {"description": because, "content": {_JSON: {"schema": _ERROR}}}
    return found


def _names_something(asked: Question) -> bool:
    return bool(asked.in_path) or any(
        name in ("who", "one", "other", "webhook", "delivery", "id")
        for name in asked.request.__struct_fields__
    )
