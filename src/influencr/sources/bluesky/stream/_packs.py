"""Starter packs and lists: who is in which, told by three kinds of records in any order.

A list item names a list and an account; only the list's record says what kind of list it is, and
only a starter pack's record says that a list is its own. So all three are remembered, and a
membership becomes a row as soon as it is known what it is a membership of:

    a starter pack          under the pack's address, with the pack's name
    else a curated list     under the list's address, with the list's name
    anything else           never: a moderation list says nothing good, and a list whose record
                            was not seen may be one
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from influencr.sources.bluesky._records import reference
from influencr.sources.bluesky.stream._event import Event
from influencr.sources.bluesky.stream._fields import account_of, believed_us
from influencr.sources.bluesky.stream._memory import Memory

__all__ = ["Packs"]

_CURATED = "app.bsky.graph.defs#curatelist"
_ITEM = "app.bsky.graph.listitem"
_STARTERPACK = "app.bsky.graph.starterpack"
_MEMBERS = "select key, list, member, owner, added, rev, gone, shown from stream_members"

type _Row = tuple[int, dict[str, Any]]


class _Pack(NamedTuple):
    uri: str
    name: str | None
    description: str | None


class _Member(NamedTuple):
    """A row of stream_members; `shown_us` is the instant of the newest row that was made of it,
    before which no other may lie."""

    key: int
    inside: str
    member: str
    owner: str
    added_us: int | None
    rev_us: int
    gone: int
    shown_us: int


class Packs:
    """Rows of the table `packs`, from events of lists, list items and starter packs."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def take(self, event: Event, rev_us: int, known: Container[str]) -> Iterator[_Row]:
        """(instant, row) of every membership that this event begins or ends."""
        if event.collection == _ITEM:
            yield from self._item(event, rev_us, known)
        else:
            yield from self._record(event, rev_us)

    def _item(self, event: Event, rev_us: int, known: Container[str]) -> Iterator[_Row]:
        key = self._memory.key(event.did, "member", event.rkey)
        sql = self._memory.packs
        found = sql.execute(f"{_MEMBERS} where key = ?", (key,)).fetchone()
        before = _Member(*found) if found is not None else None
        if before is not None and before.rev_us >= rev_us:
            return
        if event.operation == "delete" or event.record is None:
            now = before or _Member(key, "", "", event.did, None, rev_us, 1, 0)
            now = now._replace(rev_us=rev_us, gone=1)
        else:
            inside, member = event.record.get("list"), event.record.get("subject")
            # Only the owner of a list can put somebody on it [AppView].
            if not isinstance(inside, str) or account_of(inside) != event.did:
                return
            if not isinstance(member, str) or member not in known:
                return
            added = believed_us(event.record.get("createdAt"), rev_us)
            shown = before.shown_us if before is not None else 0
            now = _Member(key, inside, member, event.did, added, rev_us, 0, shown)
        if before is not None and not before.gone:
            moved = (before.inside, before.member) != (now.inside, now.member)
            if now.gone or moved:
                ended = self._pack_of(before.inside)
                if ended is not None:
                    now = now._replace(shown_us=max(rev_us - 1, before.shown_us + 1))
                    yield now.shown_us, _row(ended, before, rev_us)
        if not now.gone:
            pack = self._pack_of(now.inside)
            if pack is not None:
                now = now._replace(shown_us=max(rev_us, now.shown_us + 1))
                yield now.shown_us, _row(pack, now, None)
        sql.execute("insert or replace into stream_members values (?, ?, ?, ?, ?, ?, ?, ?)", now)

    def _record(self, event: Event, rev_us: int) -> Iterator[_Row]:
        uri = f"at://{event.did}/{event.collection}/{event.rkey}"
        sql = self._memory.packs
        before = sql.execute("select list, rev from stream_packs where uri = ?", (uri,)).fetchone()
        if before is not None and before[1] >= rev_us:
            return
        record, gone = event.record or {}, event.operation == "delete"
        is_pack = event.collection == _STARTERPACK
        inside = record.get("list") if is_pack else uri
        if gone:
            inside = before[0] if before is not None else ""
        if not isinstance(inside, str) or (
            is_pack and not gone and account_of(inside) != event.did
        ):
            return
        lists = {inside, before[0] if before is not None else inside} - {""}
        were = {one: self._pack_of(one) for one in lists}
        sql.execute(
            "insert or replace into stream_packs values (?, ?, ?, ?, ?, ?, ?)",
            (
                uri,
                inside,
                _text(record.get("name")),
                _text(record.get("description")),
                is_pack or record.get("purpose") == _CURATED,
                rev_us,
                gone,
            ),
        )
        for one in sorted(lists):
            yield from self._renamed(one, were[one], self._pack_of(one), rev_us)

    def _renamed(
        self, inside: str, before: _Pack | None, now: _Pack | None, rev_us: int
    ) -> Iterator[_Row]:
        if before == now:
            return
        sql = self._memory.packs
        held = f"{_MEMBERS} where list = ? and not gone order by key"
        for member in [_Member(*row) for row in sql.execute(held, (inside,)).fetchall()]:
            shown = member.shown_us
            if before is not None and (now is None or now.uri != before.uri):
                shown = max(rev_us - 1, shown + 1)
                yield shown, _row(before, member, rev_us)
            if now is not None:
                shown = max(rev_us, shown + 1)
                yield shown, _row(now, member, None)
            sql.execute("update stream_members set shown = ? where key = ?", (shown, member.key))

    def _pack_of(self, inside: str) -> _Pack | None:
        """What a list is known as: its starter pack, else itself when it is curated."""
        row = self._memory.packs.execute(
            "select uri, name, description from stream_packs "
            "where list = ? and curated and not gone order by uri = list, uri limit 1",
            (inside,),
        ).fetchone()
        return _Pack(*row) if row is not None else None


def _row(pack: _Pack, member: _Member, removed: int | None) -> dict[str, Any]:
    return {
        "pack_id": reference(pack.uri),
        "member_id": reference(member.member),
        "name": pack.name,
        "description": pack.description,
        "owner_id": reference(member.owner),
        "added_at": member.added_us,
        "removed_at": removed,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
