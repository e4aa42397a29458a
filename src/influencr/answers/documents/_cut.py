"""Field selection: only what was asked for of a document."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from influencr.answers.documents._found import creator_document
from influencr.answers.documents._shapes import DossierDocument, HitDocument
from influencr.errors import UnknownValue
from influencr.index import COLUMNS

__all__ = ["ALWAYS", "check", "cut", "dossier_fields", "hit_fields"]

#: What names a creator stays, whatever is selected.
ALWAYS = ("profile_id", "platform", "handle")


def cut(document: Mapping[str, Any], fields: Sequence[str], valid: Set[str]) -> dict[str, Any]:
    """The chosen fields of a document, in its order, and those of ALWAYS that it has.

    fields   names, or `name.part` for a part of a value that has parts; none: the whole document
    valid    names that may be chosen; what the document does not have of them is left out

    Raises UnknownValue with the nearest names for a field that there is not.

    >>> cut({"handle": "ana", "place": {"label": "Lyon", "lat": 45.8}}, ["place.label"],
    ...     {"place.label"})
    {'handle': 'ana', 'place': {'label': 'Lyon'}}
    """
    if not fields:
        return dict(document)
    check(fields, valid)
    whole = {*ALWAYS, *(name for name in fields if "." not in name)}
    parts: dict[str, set[str]] = {}
    for name in fields:
        head, _, part = name.partition(".")
        if part and head not in whole:
            parts.setdefault(head, set()).add(part)
    chosen: dict[str, Any] = {}
    for name, value in document.items():
        if name in whole:
            chosen[name] = value
        elif name in parts:
            chosen[name] = (
                {part: told for part, told in value.items() if part in parts[name]}
                if isinstance(value, Mapping)
                else value
            )
    return chosen


def check(fields: Iterable[str], valid: Set[str]) -> None:
    """Raises UnknownValue with the nearest names for a field that there is not."""
    for name in fields:
        if name not in valid:
            raise UnknownValue("fields", name, valid)


@cache
def hit_fields() -> frozenset[str]:
    """What can be chosen of a creator found: the same whoever is found, and whatever is asked."""
    return _fields(HitDocument)


@cache
def dossier_fields() -> frozenset[str]:
    """What can be chosen of a dossier."""
    from influencr.pipeline.influence import INFLUENCE_SCHEMA

    return _fields(DossierDocument) | {f"measured.{name}" for name in INFLUENCE_SCHEMA}


def _fields(shape: Any) -> frozenset[str]:
    carried = creator_document(dict.fromkeys(COLUMNS))
    hints = get_type_hints(shape)
    names = {*carried, *hints}
    for name, kind in hints.items():
        names |= {f"{name}.{part}" for part in _parts(kind)}
    return frozenset(names)


def _parts(kind: Any) -> tuple[str, ...]:
    """Names of the parts of a value that has some: an object, or one or null."""
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(part for one in get_args(kind) for part in _parts(one))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    if typing.is_typeddict(kind):
        return tuple(get_type_hints(kind))
    return ()
