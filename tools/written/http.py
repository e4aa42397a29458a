"""The HTTP interface in words, written from the same description that programs are given.

docs/reference/openapi.json is that description; it is reviewed by a test of its own. A parameter
that many addresses share is told once: the fields of a search stand in one table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERBS = ("get", "post", "put", "patch", "delete")

#: First piece of an address -> what its part is called, in the order of the page.
PARTS = {
    "search": "Search",
    "count": "Search",
    "whereabouts": "Search",
    "explain": "Search",
    "compare": "Search",
    "suggest": "Places",
    "places": "Places",
    "creators": "Creators",
    "look_up": "Creators",
    "overlap": "Creators",
    "verify": "Creators",
    "plan": "Planning",
    "prices": "Planning",
    "lists": "Lists",
    "saved": "Saved searches and brands",
    "brands": "Saved searches and brands",
    "alerts": "Alerts and webhooks",
    "webhooks": "Alerts and webhooks",
    "export": "Files",
    "imports": "Files",
    "status": "The instance and the key",
    "usage": "The instance and the key",
}
PREFIX = "/api/v1/"


def http(root: Path) -> str:
    """The page; raises SystemExit naming an address that belongs to no part."""
    text = (root / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8")
    described = json.loads(text)
    asked = described["paths"][f"{PREFIX}search"]["get"]["parameters"]
    filters = {p["name"]: p for p in asked}
    lines = [
        "# HTTP",
        "",
        described["info"]["description"],
        "",
        "The description for programs (OpenAPI 3.1) is at `/api/openapi.json` of every instance,",
        "and [here](openapi.json) as it was written with this page.",
        "",
        "- **Keys.** `Authorization: Bearer inf_...`, made on the page of the account, each with",
        "  its scopes. An open instance (`INFLUENCR_BILLING=none`) wants none.",
        "- **Bodies** are JSON objects, `Content-Type: application/json`. What may be asked by GET",
        "  with parameters may be asked by POST with the same names, where the list says so.",
        "- **Lists of values** in an address: the name repeated, `country=FR&country=BE`.",
        "- **As of.** `Influencr-As-Of` is the instant that ages in the answer refer to. With the",
        "  `ETag` of an answer in `If-None-Match`, the same answer is a 304 without a body.",
        "- **Pages.** `limit` says how many; `after` is the cursor that the answer before gave.",
        "- **Orders** (POST, PUT, PATCH, DELETE that change what is kept) may carry an",
        "  `Idempotency-Key`: sent again under it, an order is done once and answered the same.",
        "",
        *_errors(described),
        "## Fields of a search",
        "",
        "Parameters of every address that says *the fields of a search*; AND across fields, OR",
        "inside one. All are optional.",
        "",
        *_table(_parameters(asked)),
    ]
    parts: dict[str, list[str]] = {}
    for path in sorted(described["paths"], key=_place_of):
        calls = described["paths"][path]
        told = parts.setdefault(PARTS[_piece(path)], [])
        for verb in VERBS:
            if verb in calls and not (verb == "post" and _is_same_by_post(calls)):
                told += _call(path, verb, calls[verb], calls, filters)
    for part in dict.fromkeys(PARTS.values()):
        if part in parts:
            lines += [f"## {part}", "", *parts[part]]
    return "\n".join([*lines, "## Answers", "", *_documents(described)])


def _piece(path: str) -> str:
    return path.removeprefix(PREFIX).split("/")[0]


def _place_of(path: str) -> tuple[int, str]:
    """Where an address stands on the page."""
    if _piece(path) not in PARTS:
        raise SystemExit(f"tools/written/http.py: {path} belongs to no part of the page")
    return list(PARTS).index(_piece(path)), path


def _errors(described: dict[str, Any]) -> Iterator[str]:
    from influencr.service.api.refusals import CODES

    yield "## Refusals"
    yield ""
    yield "Whatever is no answer has one shape:"
    yield ""
    yield "```json"
    refusal = {
        "error": {
            "code": "unknown_value",
            "message": "One sentence for people.",
            "field": "sort",
            "valid": ["relevance", "influence"],
        }
    }
    yield json.dumps(refusal, indent=2)
    yield "```"
    yield ""
    yield "`code` is stable; `field` and `valid` stand there where a parameter is meant. Codes of"
    yield "questions that cannot be meant are those of [every face](errors.md); these are of HTTP"
    yield "alone:"
    yield ""
    yield "| code | status | meaning |"
    yield "| --- | ---: | --- |"
    for code, (status, meaning) in sorted(CODES.items(), key=lambda item: (item[1][0], item[0])):
        yield f"| `{code}` | {status} | {cell(meaning)} |"
    yield ""


def _is_same_by_post(calls: dict[str, Any]) -> bool:
    """Whether POST only asks the question of GET with a body."""
    own = calls.get("get", {}).get("operationId")
    return bool(own) and calls["post"].get("operationId") == f"{own}_by_post"


def _call(
    path: str, verb: str, call: dict[str, Any], calls: dict[str, Any], filters: dict[str, Any]
) -> Iterator[str]:
    yield f"### `{verb.upper()} {path}`"
    yield ""
    yield _sentence(call.get("summary", ""))
    yield ""
    more = call.get("description")
    if more and more != call.get("summary"):
        yield from (_sentence(paragraph) + "\n" for paragraph in more.split("\n\n"))
    both = "post" in calls and verb == "get" and _is_same_by_post(calls)
    rows = _parameters(call.get("parameters", []))
    body = call.get("requestBody", {}).get("content", {})
    for media_type, media in body.items():
        schema = media.get("schema", {})
        required = set(schema.get("required", ()))
        if media_type != "application/json" or "properties" not in schema:
            yield f"The body is `{media_type}`."
            yield ""
        rows += [
            (name, kind(held), "body" + (", required" if name in required else ""), about(held))
            for name, held in schema.get("properties", {}).items()
        ]
    takes_filters = len({r[0] for r in rows} & set(filters)) > 20
    if takes_filters:
        yield "Takes [the fields of a search](#fields-of-a-search)" + (
            ", and beside them:" if any(r[0] not in filters for r in rows) else "."
        )
        yield ""
        rows = [row for row in rows if row[0] not in filters]
    if rows:
        yield from _table(rows)
    if both:
        yield "May be asked by POST with the same names in a JSON body."
        yield ""
    gives = [
        f"{status} {_answer(answer)}"
        for status, answer in call["responses"].items()
        if status.startswith("2")
    ]
    refused = [status for status in call["responses"] if status[0] in "45"]
    yield f"Answers {', '.join(gives)}. Refuses with {', '.join(refused)}."
    yield ""


def _answer(answer: dict[str, Any]) -> str:
    for media_type, media in answer.get("content", {}).items():
        name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name:
            return f"[`{name}`](#{name.lower()})"
        return f"`{media_type}`"
    return "without a body"


Row = tuple[str, str, str, str]


def _parameters(parameters: list[dict[str, Any]]) -> list[Row]:
    return [
        (
            p["name"],
            kind(p.get("schema", {})),
            p["in"] + (", required" if p.get("required") and p["in"] != "path" else ""),
            p.get("description", "") or about(p.get("schema", {})),
        )
        for p in parameters
    ]


def _table(rows: list[Row]) -> Iterator[str]:
    yield "| name | type | in | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, type_of, where, meaning in rows:
        yield f"| `{name}` | {type_of} | {where} | {cell(meaning)} |"
    yield ""


def _documents(described: dict[str, Any]) -> Iterator[str]:
    yield "Objects that the answers are made of. A field may be null where its type says so."
    yield ""
    for name, schema in sorted(described["components"]["schemas"].items()):
        yield f"### `{name}`"
        yield ""
        if schema.get("description"):
            yield cell(_sentence(schema["description"]))
            yield ""
        fields = schema.get("properties", {})
        if not fields:
            yield f"Type: {kind(schema)}."
            yield ""
            continue
        yield "| field | type | meaning |"
        yield "| --- | --- | --- |"
        for field, held in fields.items():
            yield f"| `{field}` | {kind(held)} | {cell(about(held))} |"
        yield ""


def kind(schema: dict[str, Any] | bool) -> str:
    """The type in a few words; a schema may be `true`, which takes anything."""
    if not isinstance(schema, dict):
        return "any"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[`{name}`](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind(one) for one in schema[several]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    named = schema.get("type", "any")
    if isinstance(named, list):
        return " or ".join(kind({**schema, "type": one}) for one in named)
    if named == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if named == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    bounds = [
        f"{word} {schema[key]:g}"
        for key, word in (("minimum", "from"), ("maximum", "to"))
        if isinstance(schema.get(key), int | float)
    ]
    return " ".join([str(named), *bounds])


def about(schema: dict[str, Any]) -> str:
    told = str(schema.get("description", ""))
    if "default" in schema and schema["default"] not in (None, "", [], False):
        told += f" (default `{json.dumps(schema['default'])}`)"
    return told.strip()


def _sentence(text: str) -> str:
    text = " ".join(text.split()).replace("<", "\\<")
    return text if not text or text[-1] in ".:!?" else f"{text}."


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*")
