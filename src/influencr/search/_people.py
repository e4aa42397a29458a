"""Whom a reference means among the creators of an index: `tiktok:@ana`, `@ana`, a profile id."""

from __future__ import annotations

from typing import Any

from influencr.errors import UsageError
from influencr.index import And, Node, Or, Order, Snapshot, Term
from influencr.text import fold

__all__ = ["found_person", "person"]

_SHOWN = 8


def person(reference: str) -> Node:
    """A profile id, "@handle", "handle", or "platform:@handle"."""
    platform, colon, rest = reference.partition(":")
    by_handle = Term("handle", f"@{fold(rest if colon else reference).lstrip('@')}")
    if not colon:
        return by_handle
    if rest.startswith("@"):
        return Or((Term("uid", reference), And((Term("platform", platform), by_handle))))
    return Term("uid", reference)


def found_person(snapshot: Snapshot, reference: str, *, field: str) -> dict[str, Any] | None:
    """The row of the one creator who is meant, None when the index holds nobody of that name.

    Raises UsageError naming the candidates when several are meant.
    """
    known = snapshot.creators([reference])
    if reference in known:
        return known[reference]
    entries = snapshot.page(person(reference), Order("followers"), limit=_SHOWN + 1)
    if len(entries) > 1:
        names = [
            f"{e.creator['platform']}:@{e.creator['handle']}"
            if e.creator.get("handle")
            else e.profile_id
            for e in entries
        ]
        if len(set(names)) < len(names):
            names = [entry.profile_id for entry in entries]
        shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        raise UsageError(
            f"{field}: {reference!r} names several creators; say which: {shown}.",
            field=field,
            valid=names,
        )
    return entries[0].creator if entries else None
