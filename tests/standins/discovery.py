"""Requests and answers held against Google's own description of the YouTube Data API.

google-api-python-client carries the discovery document; it is read from there and never copied.
"""

import importlib.util
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any


class Violation(AssertionError):
    """A request or an answer that the document does not allow, in one sentence."""


@cache
def document() -> dict[str, Any]:
    """The static discovery document of youtube v3."""
    spec = importlib.util.find_spec("googleapiclient")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "discovery_cache" / "documents"
    found: dict[str, Any] = json.loads((folder / "youtube.v3.json").read_text(encoding="utf-8"))
    return found


def method(resource: str) -> dict[str, Any]:
    """The description of `<resource>.list`."""
    found: dict[str, Any] = document()["resources"][resource]["methods"]["list"]
    return found


def check_request(resource: str, query: dict[str, list[str]]) -> None:
    """Raise Violation unless every parameter is documented and has a documented value."""
    known = {**document()["parameters"], **method(resource)["parameters"]}
    for name, values in query.items():
        if name not in known:
            raise Violation(f"{resource}.list has no parameter {name!r}")
        said = known[name]
        if len(values) > 1 and not said.get("repeated"):
            raise Violation(f"{name} is given {len(values)} times")
        for value in values:
            if "enum" in said and value not in said["enum"]:
                raise Violation(f"{name}={value!r}; valid: {said['enum']}")
            if said["type"] == "integer":
                if not value.isdecimal():
                    raise Violation(f"{name}={value!r} is no number")
                if int(value) > int(said.get("maximum", value)):
                    raise Violation(f"{name}={value} is above {said['maximum']}")
            if said["type"] == "boolean" and value not in ("true", "false"):
                raise Violation(f"{name}={value!r} is neither true nor false")
    for name, said in method(resource)["parameters"].items():
        if said.get("required") and not query.get(name):
            raise Violation(f"{resource}.list needs {name}")
    item = document()["schemas"][method(resource)["response"]["$ref"]]["properties"]["items"]
    parts = document()["schemas"][item["items"]["$ref"]]["properties"]
    for part in query["part"][0].split(","):
        if part not in parts:
            raise Violation(f"{resource} has no part {part!r}")


def check_answer(resource: str, answer: dict[str, Any]) -> None:
    """Raise Violation unless the answer has the documented shape."""
    _check(answer, {"$ref": method(resource)["response"]["$ref"]}, resource)


def _check(value: Any, said: dict[str, Any], where: str) -> None:
    if "$ref" in said:
        _check(value, document()["schemas"][said["$ref"]], where)
        return
    kind = said.get("type")
    if kind == "object":
        _need(isinstance(value, dict), where, "an object", value)
        own, rest = said.get("properties", {}), said.get("additionalProperties")
        for name, inner in value.items():
            if name in own:
                _check(inner, own[name], f"{where}.{name}")
            elif rest is not None:
                _check(inner, rest, f"{where}.{name}")
            else:
                raise Violation(f"{where} has no field {name!r}")
    elif kind == "array":
        _need(isinstance(value, list), where, "a list", value)
        for number, inner in enumerate(value):
            _check(inner, said["items"], f"{where}[{number}]")
    elif kind == "string":
        _need(isinstance(value, str), where, "a string", value)
        if "enum" in said:
            _need(value in said["enum"], where, f"one of {said['enum']}", value)
        if said.get("format") in ("uint64", "int64", "uint32"):
            _need(value.isdecimal(), where, "a number as text", value)
        if said.get("format") == "date-time":
            _need(datetime.fromisoformat(value).tzinfo is not None, where, "an instant", value)
    elif kind == "boolean":
        _need(isinstance(value, bool), where, "true or false", value)
    elif kind == "integer":
        _need(isinstance(value, int) and not isinstance(value, bool), where, "an integer", value)
    elif kind == "number":
        _need(isinstance(value, (int, float)), where, "a number", value)
    else:
        raise Violation(f"{where}: the document says {said}")


def _need(kept: bool, where: str, what: str, value: Any) -> None:
    if not kept:
        raise Violation(f"{where} must be {what}, not {value!r}")
