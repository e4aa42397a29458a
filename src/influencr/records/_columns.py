"""The columns of a record type, read off its annotations: one truth for tables and docs."""

from __future__ import annotations

import types
import typing
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

__all__ = ["Column", "Kind", "columns", "key_of"]

Kind = Literal["text", "int", "float", "bool", "time", "texts"]

_KINDS: dict[object, Kind] = {
    str: "text",
    int: "int",
    float: "float",
    bool: "bool",
    datetime: "time",
    list[str]: "texts",
}


class Column(NamedTuple):
    """One column: `kind` is text, int (64 bit), float (64 bit), bool, time (UTC, us) or texts."""

    name: str
    kind: Kind
    required: bool


def columns(record: type[msgspec.Struct]) -> tuple[Column, ...]:
    """The columns of a record type: its own fields first, then the provenance.

    >>> from influencr.records import Follow
    >>> [c.name for c in columns(Follow)][:3]
    ['follower_id', 'followed_id', 'followed_at']
    """
    hints = typing.get_type_hints(record)
    own: list[Column] = []
    inherited: list[Column] = []
    parent = record.__mro__[1]
    parent_fields = set(getattr(parent, "__struct_fields__", ()))
    for field in msgspec.structs.fields(record):
        hint = hints[field.name]
        optional = False
        if isinstance(hint, types.UnionType):
            arms = [a for a in typing.get_args(hint) if a is not type(None)]
            optional, hint = True, arms[0]
        column = Column(field.name, _KINDS[hint], not optional)
        (inherited if field.name in parent_fields else own).append(column)
    return (*own, *inherited)


def key_of(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """The natural key of a record type."""
    key: tuple[str, ...] = record.KEY  # type: ignore[attr-defined]
    return key
