"""Questions and documents as JSON schemas: what OpenAPI and the tools of MCP are written from.

Words of a query's fields come from its docstring and choices from `search.CHOICES`, so that no
schema can promise what `make_query` refuses.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from influencr.answers._question import Question, fields_of
from influencr.search import CHOICES, GROWTH_MONTHS, MAX_LIMIT, Query

__all__ = ["Parameter", "components_of", "parameters_of", "query_meanings", "schema_of"]

_REF = "#/components/schemas/{name}"
_ENTRY = re.compile(r"([a-z_]+(?:/[a-z]+)?(?:, [a-z_]+)*)\s+(.*)")
#: Bounds that `make_query` holds a query to: (least, most), None for none.
_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "within_km": (0, 20_040),
    "limit": (1, MAX_LIMIT),
    "influence_min": (0, 100),
    "growth_min": (-1, None),
    **dict.fromkeys(
        (
            *("closeness_min", "audience_share_min", "bought_share_max"),
            *("fit_min", "alignment_min"),
        ),
        (0, 1),
    ),
    **dict.fromkeys(
        (
            *("followers_min", "followers_max", "engagement_min", "engagement_max"),
            *("active_within_days", "posts_per_week_min", "followers_seen_min"),
            "account_days_min",
        ),
        (0, None),
    ),
}


class Parameter(NamedTuple):
    """One parameter of a question; `where` is "path" or "" for anywhere else."""

    name: str
    schema: dict[str, Any]
    meaning: str
    required: bool
    is_list: bool
    where: str


@cache
def query_meanings() -> dict[str, str]:
    """Field of a query -> what it means, from the docstring of `Query`."""
    told: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(Query.__doc__ or "").splitlines()[2:]:
        entry = _ENTRY.fullmatch(line)
        if entry is not None:
            names = [name for piece in entry[1].split(", ") for name in _both(piece)]
            told |= dict.fromkeys(names, entry[2].strip())
        else:
            told |= {name: f"{told[name]} {line.strip()}" for name in names}
    return {name: told.get(name, "") for name in Query.__struct_fields__}


def _both(piece: str) -> tuple[str, ...]:
    """`followers_min/max` is two names."""
    first, slash, second = piece.partition("/")
    return (first, f"{first.rpartition('_')[0]}_{second}") if slash else (first,)


def parameters_of(asked: Question) -> list[Parameter]:
    """Every parameter of a question, those of the path first."""
    own = _properties(asked.request)
    required = set(own[1])
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for name, kind in fields_of(asked.request).items():
        if kind is Query:
            for filter_, schema in _query_properties().items():
                found.setdefault(filter_, (schema, False))
        else:
            found[name] = (own[0][name], name in required)
    return [
        Parameter(
            name,
            schema,
            schema.get("description", ""),
            required=needed,
            is_list=schema.get("type") == "array",
            where="path" if name in asked.in_path else "",
        )
        for name, (schema, needed) in sorted(
            found.items(), key=lambda one: one[0] not in asked.in_path
        )
    ]


def schema_of(asked: Question, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """The object that a question takes, as JSON schema without references.

    without   parameters to leave out, such as those of the address
    """
    left = set(without)
    taken = [one for one in parameters_of(asked) if one.name not in left]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {one.name: one.schema for one in taken},
        "additionalProperties": False,
    }
    if required := [one.name for one in taken if one.required]:
        schema["required"] = required
    return schema


def components_of(types: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(schema of each type, named parts that they refer to), for `components` of OpenAPI."""
    kinds = tuple(_type(kind) for kind in types)
    schemas, parts = msgspec.json.schema_components(kinds, ref_template=_REF)
    for name, part in parts.items():
        part.pop("title", None)
        if name in ("HitDocument", "CreatorDocument", "DossierDocument"):
            part["properties"] = {**part["properties"], **_columns(part["properties"])}
    return list(schemas), dict(parts)


def _type(kind: Any) -> Any:
    """A type, or what "module:Name" names."""
    if not isinstance(kind, str):
        return kind
    module, _, name = kind.partition(":")
    return getattr(importlib.import_module(module), name)


@cache
def _query_properties() -> dict[str, dict[str, Any]]:
    schemas = _properties(Query)[0]
    for name, schema in schemas.items():
        if name in CHOICES:
            (schema["items"] if schema.get("type") == "array" else schema)["enum"] = list(
                CHOICES[name]
            )
        if name == "growth_months":
            schema["enum"] = list(GROWTH_MONTHS)
        if name in _BOUNDS:
            number = next((one for one in schema.get("anyOf", ()) if "type" in one), schema)
            for word, bound in zip(("minimum", "maximum"), _BOUNDS[name], strict=True):
                if bound is not None:
                    number[word] = bound
        schema["description"] = query_meanings()[name]
    return schemas


def _properties(kind: type[msgspec.Struct]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Field -> schema, and the required ones; fields of type Query left out."""
    _, parts = msgspec.json.schema_components((kind,))
    whole = parts[kind.__name__]
    found = {}
    for name, schema in whole["properties"].items():
        if "$ref" in str(schema):
            continue
        found[name] = dict(schema)
    return found, list(whole.get("required", ()))


def _columns(known: dict[str, Any]) -> dict[str, Any]:
    """Columns of a creator that a document carries as they are."""
    from influencr.answers.documents import creator_document
    from influencr.pipeline import CREATORS_SCHEMA

    carried = creator_document(dict.fromkeys(CREATORS_SCHEMA))
    return {
        name: _column(CREATORS_SCHEMA[name])
        for name in carried
        if name in CREATORS_SCHEMA and name not in known
    }


def _column(kind: Any) -> dict[str, Any]:
    text = str(kind)
    if text.startswith("List("):
        return {"type": ["array", "null"], "items": _column(kind.inner)}
    if text.startswith("Datetime"):
        return {"type": ["string", "null"], "format": "date-time"}
    words = {"String": "string", "Int64": "integer", "Float64": "number", "Boolean": "boolean"}
    return {"type": [words[text], "null"]}
