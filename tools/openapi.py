"""Writes docs/reference/openapi.json from the code; refuses a change that breaks programs.

    tools/openapi.py                 write it, when nothing that was promised goes
    tools/openapi.py --check         fail when the file and the code differ
    tools/openapi.py --breaking      write it although something goes: the path becomes /api/v2/

What was promised: every address, every parameter with everything that it takes, every field of
every answer. Adding is always possible; `broken` says in sentences what is not.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "reference" / "openapi.json"
_VERBS = ("get", "post", "put", "patch", "delete")
#: (word of a schema, whether a larger number takes less).
_BOUNDS = (
    *(("minimum", True), ("exclusiveMinimum", True), ("minLength", True), ("minItems", True)),
    *(("maximum", False), ("exclusiveMaximum", False), ("maxLength", False), ("maxItems", False)),
)


def main() -> int:
    """The exit code: 1 for a stale file or a breaking change, 2 for words that are not known."""
    words = sys.argv[1:]
    if words not in ([], ["--check"], ["--breaking"]):
        print("usage: tools/openapi.py [--check | --breaking]", file=sys.stderr)
        return 2
    wanted = text()
    found = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    if found == wanted:
        return 0
    went = list(broken(json.loads(found), json.loads(wanted))) if found else []
    for sentence in went:
        print(f"breaks programs: {sentence}", file=sys.stderr)
    if words == ["--check"]:
        print("docs/reference/openapi.json is stale: run `make docs`.", file=sys.stderr)
        return 1
    if went and words != ["--breaking"]:
        print("Nothing was written; keep what was promised beside what is new.", file=sys.stderr)
        return 1
    FILE.write_text(wanted, encoding="utf-8")
    print("docs/reference/openapi.json written")
    return 0


def text() -> str:
    """The file as the code would have it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "influencr.service.settings")
    import django

    django.setup()
    from influencr.service.api.application import openapi
    from influencr.service.api.described import written

    return written(openapi())


def broken(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What programs written for the old description find gone in the new one."""
    for path, verbs in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path} is gone"
            continue
        for verb in _VERBS:
            if verb not in verbs:
                continue
            if verb not in new["paths"][path]:
                yield f"{verb.upper()} {path} is gone"
                continue
            before, after = verbs[verb], new["paths"][path][verb]
            yield from _parameters(f"{verb.upper()} {path}", before, after, old, new)
            yield from _bodies(f"{verb.upper()} {path}", before, after, old, new)
            yield from _answers(f"{verb.upper()} {path}", before, after, old, new)


def _parameters(
    where: str, old: dict[str, Any], new: dict[str, Any], a: dict[str, Any], b: dict[str, Any]
) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in old.get("parameters", ())}
    after = {(one["in"], one["name"]): one for one in new.get("parameters", ())}
    for (place, name), one in before.items():
        said = f"{where}: parameter {name}"
        now = after.get((place, name))
        if now is None:
            yield f"{said} is gone"
            continue
        if now.get("required") and not one.get("required"):
            yield f"{said} has to be given now"
        yield from _taken(said, one.get("schema", {}), now.get("schema", {}), a, b, ())
    for (place, name), one in after.items():
        if (place, name) not in before and one.get("required"):
            yield f"{where}: new parameter {name} has to be given"


def _bodies(
    where: str, old: dict[str, Any], new: dict[str, Any], a: dict[str, Any], b: dict[str, Any]
) -> Iterator[str]:
    before, after = _json(old.get("requestBody")), _json(new.get("requestBody"))
    if after is not None and before is None:
        if new["requestBody"].get("required"):
            yield f"{where}: a body has to be sent now"
        return
    if before is None:
        return
    if after is None:
        yield f"{where}: takes no body any more"
        return
    yield from _taken(f"{where}: body", before, after, a, b, ())


def _answers(
    where: str, old: dict[str, Any], new: dict[str, Any], a: dict[str, Any], b: dict[str, Any]
) -> Iterator[str]:
    for status, before in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        after = new.get("responses", {}).get(status)
        if after is None:
            yield f"{where}: answers with {status} no more"
            continue
        for name in before.get("headers", {}):
            if name not in after.get("headers", {}):
                yield f"{where}: header {name} is gone"
        if (schema := _json(before)) is not None:
            yield from _given(f"{where}: answer", schema, _json(after) or {}, a, b, ())


def _taken(
    where: str,
    old: dict[str, Any],
    new: dict[str, Any],
    a: dict[str, Any],
    b: dict[str, Any],
    seen: tuple[str, ...],
) -> Iterator[str]:
    """What was taken before and is not taken now."""
    if (ref := old.get("$ref")) in seen and ref is not None:
        return
    seen = (*seen, ref) if ref else seen
    old, new = _whole(old, a), _whole(new, b)
    if gone := sorted(_types(old) - _types(new) - ({"integer"} & _number(new))):
        yield f"{where}: takes no {' or '.join(gone)} any more"
        return
    before, after = _part(old), _part(new)
    if "enum" in after:
        lost = [one for one in before.get("enum", ()) if one not in after["enum"]]
        if "enum" not in before:
            yield f"{where}: takes only {after['enum']} now"
        elif lost:
            yield f"{where}: takes {', '.join(map(str, lost))} no more"
    for word, more_is_less in _BOUNDS:
        was, now = before.get(word), after.get(word)
        if now is not None and (was is None or (now > was if more_is_less else now < was)):
            yield f"{where}: {word} is {now} now, was {'free' if was is None else was}"
    if "pattern" in after and after["pattern"] != before.get("pattern"):
        yield f"{where}: takes only {after['pattern']} now"
    for name, one in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}: {name} is gone"
            continue
        yield from _taken(f"{where}: {name}", one, after["properties"][name], a, b, seen)
    for name in after.get("required", ()):
        if name not in before.get("required", ()):
            yield f"{where}: {name} has to be given now"
    # Of values with places of their own, `items` is false: nothing comes after them.
    if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
        yield from _taken(f"{where}: each", before["items"], after["items"], a, b, seen)
    for at, (one, told) in enumerate(
        zip(before.get("prefixItems", ()), after.get("prefixItems", ()), strict=False)
    ):
        yield from _taken(f"{where}: place {at + 1}", one, told, a, b, seen)


def _given(
    where: str,
    old: dict[str, Any],
    new: dict[str, Any],
    a: dict[str, Any],
    b: dict[str, Any],
    seen: tuple[str, ...],
) -> Iterator[str]:
    """What was told before and is not told now, or told in a way that programs do not expect."""
    if (ref := old.get("$ref")) in seen and ref is not None:
        return
    seen = (*seen, ref) if ref else seen
    old, new = _whole(old, a), _whole(new, b)
    if came := sorted(_types(new) - _types(old) - ({"integer"} & _number(old))):
        yield f"{where}: may be {' or '.join(came)} now"
        return
    before, after = _part(old), _part(new)
    for name, one in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}: {name} is gone"
            continue
        yield from _given(f"{where}: {name}", one, after["properties"][name], a, b, seen)
    for name in before.get("required", ()):
        if name in after.get("properties", {}) and name not in after.get("required", ()):
            yield f"{where}: {name} may be missing now"
    for word in ("items", "additionalProperties"):
        if isinstance(before.get(word), dict) and isinstance(after.get(word), dict):
            yield from _given(f"{where}: each", before[word], after[word], a, b, seen)


def _json(told: dict[str, Any] | None) -> dict[str, Any] | None:
    if told is None:
        return None
    found: dict[str, Any] | None = told.get("content", {}).get("application/json", {}).get("schema")
    return found


def _whole(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return {**schema, "anyOf": [_whole(one, document) for one in schema["anyOf"]]}
    return schema


def _types(schema: dict[str, Any]) -> set[str]:
    """Types that a value may have; nothing said is everything."""
    if "anyOf" in schema:
        return {kind for one in schema["anyOf"] for kind in _types(one)}
    kinds = schema.get("type")
    if kinds is None:
        words = {str: "string", int: "integer", float: "number", bool: "boolean"}
        told = {words.get(type(one), "null") for one in schema.get("enum", ())}
        return told or {"string", "integer", "number", "boolean", "object", "array", "null"}
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _number(schema: dict[str, Any]) -> set[str]:
    """A whole number is a number."""
    return {"integer"} if "number" in _types(schema) else set()


def _part(schema: dict[str, Any]) -> dict[str, Any]:
    """Of several, the first one that is not null: what bounds, fields and items are said of."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return dict(one)
    return schema


if __name__ == "__main__":
    raise SystemExit(main())
