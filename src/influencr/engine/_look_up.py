"""Many names at once: who of them is listed, without a question to the disk for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.index import Snapshot
    from influencr.pipeline import Meant

__all__ = ["LookedUp", "look_up"]

#: Names that are asked of the index together. Own choice: rows of so many are a few megabytes.
_AT_ONCE = 500


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """What one name came to.

    asked        the name as it was given
    status       listed; several (`candidates` says whom it may mean); not_listed; unreadable, for
                 a text that names nobody
    creator      the row of the index, of who is listed
    candidates   platform:@handle of each, or profile ids where those would be the same
    """

    asked: str
    status: str
    creator: dict[str, Any] | None = None
    candidates: tuple[str, ...] = ()


def look_up(snapshot: Snapshot, who: Iterable[str]) -> Iterator[LookedUp]:
    """What each name comes to, in the order given; names are those that `Engine.show` takes."""
    from influencr.pipeline import meant

    for names in batched(who, _AT_ONCE):
        read: list[Meant | None] = []
        for name in names:
            try:
                read.append(meant(name))
            except UsageError:
                read.append(None)
        rows = _rows(snapshot, [one for one in read if one is not None])
        by_id = {row["profile_id"]: row for row in rows}
        by_handle: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            if row["handle"]:
                by_handle[row["handle"].lower()].append(row)
        for name, one in zip(names, read, strict=True):
            yield _told(name, one, by_id, by_handle)


def _told(
    name: str,
    one: Meant | None,
    by_id: dict[str, dict[str, Any]],
    by_handle: dict[str, list[dict[str, Any]]],
) -> LookedUp:
    if one is None:
        return LookedUp(asked=name, status="unreadable")
    found = {
        row["profile_id"]: row
        for row in by_handle.get(one.handle or "", ())
        if one.platform in (None, row["platform"])
    }
    for profile_id in _ids(one):
        if (row := by_id.get(profile_id)) is not None:
            found[profile_id] = row
    if not found:
        return LookedUp(asked=name, status="not_listed")
    if len(found) == 1:
        return LookedUp(asked=name, status="listed", creator=next(iter(found.values())))
    ids = sorted(found)
    named = [f"{found[i]['platform']}:@{found[i]['handle']}" for i in ids]
    alike = len(set(named)) < len(named) or any(not found[i]["handle"] for i in ids)
    return LookedUp(asked=name, status="several", candidates=tuple(ids if alike else named))


def _rows(snapshot: Snapshot, read: list[Meant]) -> list[dict[str, Any]]:
    """Everybody whom one of these may mean, and some more: handles are found folded."""
    from influencr.index import Among, IdSet, Node, Or, Order, Term
    from influencr.text import fold

    handles = {f"@{fold(one.handle)}" for one in read if one.handle}
    ids = [profile_id for one in read for profile_id in _ids(one)]
    nodes: list[Node] = [Term("handle", handle) for handle in sorted(handles)]
    if ids:
        nodes.append(Among(IdSet(ids)))
    if not nodes:
        return []
    return [entry.creator for entry in snapshot.every(Or(tuple(nodes)), Order("tie"))]


def _ids(one: Meant) -> tuple[str, ...]:
    if one.platform is None:
        return ()
    native = () if one.native_id is None else (f"{one.platform}:{one.native_id}",)
    return native if one.handle is None else (f"{one.platform}:@{one.handle}", *native)
