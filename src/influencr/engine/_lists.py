"""Lists of creators, as the engine's owner keeps them: made, filled, shared, taken along."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import UnknownValue, UsageError

if TYPE_CHECKING:
    from influencr.engine._export import Exported, Piece
    from influencr.engine._listing import Listing
    from influencr.kept import KeptItem, KeptList, KeptLists
    from influencr.search import Query

__all__ = ["MAX_ITEMS", "MAX_NOTE", "STATUSES", "Added", "Listed", "Lists", "Shortlist"]

#: The states of a new list, in order; the first is that of who is put on it.
STATUSES = ("found", "contacted", "agreed", "declined")
# Our own bounds, against pages that nobody can read; each is said when it is met.
MAX_ITEMS = 5_000
MAX_LISTS = 500
MAX_NOTE = 1_000
_MAX_NAME = 80
_MAX_STATUSES, _MAX_STATUS = 12, 24
#: Days for which a link for outsiders lives at most.
MAX_LINK_DAYS = 365


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """A list of creators.

    statuses     the words for the state of a creator, in order
    made_by      who made it, as the caller named them; "" from the command line
    link_until   when its link for outsiders ends; None: there is none
    link_notes   whether that link shows the notes
    """

    id: str
    name: str
    note: str
    statuses: tuple[str, ...]
    n: int
    made_by: str
    made_at: datetime
    changed_at: datetime
    link_until: datetime | None
    link_notes: bool


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A creator on a list; `creator` is their row in the index, None for who is not listed now."""

    profile_id: str
    status: str
    note: str
    added_by: str
    added_at: datetime
    creator: dict[str, Any] | None


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What putting creators on a list did: who came, and how many were there already."""

    shortlist: Shortlist
    came: tuple[str, ...]
    n_already: int


class Lists:
    """The lists of one owner; `which` is the id of a list or its name.

    Methods raise UnknownValue for a list that is not there, UsageError for what cannot be meant.
    """

    def __init__(self, engine: Listing) -> None:
        from influencr.kept import Kept

        self._engine = engine
        self._kept: KeptLists = Kept(engine.home.path, engine.owner).lists

    def all(self) -> list[Shortlist]:
        """Every list, the last changed first."""
        return [_shortlist(one) for one in self._kept.all()]

    def get(self, which: str) -> Shortlist:
        """One list."""
        from influencr.kept import kept_key

        found = self._kept.get(which) or self._kept.called(kept_key(which))
        if found is None:
            names = [one.name for one in self._kept.all()]
            if not names:
                raise UsageError(
                    f"list: no list is kept here, {which!r} neither; make one first.", field="list"
                )
            raise UnknownValue("list", which, names)
        return _shortlist(found)

    def make(
        self, name: str, *, note: str = "", statuses: Sequence[str] = STATUSES, by: str = ""
    ) -> Shortlist:
        """A new list. Raises UsageError for a name that another list has."""
        from influencr.kept import kept_key

        name, key = _name(name), kept_key(name)
        if len(self._kept.all()) >= MAX_LISTS:
            raise UsageError(f"name: {MAX_LISTS} lists are kept here; remove one first.")
        made = self._kept.make(key, name, _note(note), _statuses(statuses), by)
        if made is None:
            raise _taken(name)
        return self.get(made)

    def change(
        self,
        which: str,
        *,
        name: str | None = None,
        note: str | None = None,
        statuses: Sequence[str] | None = None,
    ) -> Shortlist:
        """Call a list otherwise, or give it another note or other words for states.

        Who is in a state whose word goes stays in it.
        """
        from influencr.kept import kept_key

        one = self.get(which)
        named = one.name if name is None else _name(name)
        if not self._kept.change(
            one.id,
            key=kept_key(named),
            name=named,
            note=one.note if note is None else _note(note),
            statuses=one.statuses if statuses is None else _statuses(statuses),
        ):
            raise _taken(named)
        return self.get(one.id)

    def remove(self, which: str) -> Shortlist:
        """Put a list aside; `restore` brings it back within `kept.UNDO_MINUTES`."""
        one = self.get(which)
        self._kept.remove(one.id)
        return one

    def restore(self, list_id: str) -> Shortlist:
        """Bring a list back. Raises UsageError when that is too late."""
        if not self._kept.restore(list_id):
            raise UsageError("list: it is gone for good; make it anew.", field="list")
        return self.get(list_id)

    # Who is on it.

    def items(self, which: str) -> list[Listed]:
        """Everybody on a list, in the order in which they came."""
        found = self._kept.items(self.get(which).id)
        rows = self._engine.rows(item.profile_id for item in found)
        return [_listed(item, rows) for item in found]

    def add(
        self, which: str, who: Iterable[str], *, status: str = "", note: str = "", by: str = ""
    ) -> Added:
        """Put creators on a list, named as `Engine.show` takes them; nobody twice.

        status   one of the list's; "" is its first

        Raises UsageError for nobody and for somebody who is not listed; then nobody is put on it.
        """
        one = self.get(which)
        if status and status not in one.statuses:
            raise UnknownValue("status", status, one.statuses)
        ids = self._engine.ids(who)
        on = {item.profile_id for item in self._kept.items(one.id)}
        if len(on | set(ids)) > MAX_ITEMS:
            raise UsageError(f"list: at most {MAX_ITEMS:,} creators fit on one list.", field="list")
        came = self._kept.put(
            one.id, ids, status=status or one.statuses[0], note=_note(note), by=by
        )
        if came is None:
            raise UnknownValue("list", which, [other.name for other in self._kept.all()])
        return Added(shortlist=self.get(one.id), came=tuple(came), n_already=len(ids) - len(came))

    def mark(
        self, which: str, who: Iterable[str], *, status: str | None = None, note: str | None = None
    ) -> int:
        """Set the state or the note of creators on a list; how many there were."""
        one = self.get(which)
        if status is not None and status not in one.statuses:
            raise UnknownValue("status", status, one.statuses)
        told = None if note is None else _note(note)
        return self._kept.mark(one.id, self._of(one, who), status=status, note=told)

    def take_off(self, which: str, who: Iterable[str]) -> list[str]:
        """Take creators off a list; the profile ids of those who were on it. See `put_back`."""
        one = self.get(which)
        return self._kept.take_off(one.id, self._of(one, who))

    def put_back(self, which: str, profile_ids: Iterable[str]) -> list[str]:
        """Put back who was taken off within the last minutes, as they were; who came back."""
        return self._kept.put_back(self.get(which).id, profile_ids)

    def last_taken_off(self, which: str) -> list[str]:
        """Profile ids of those taken off last, all at once, who can still be put back."""
        return self._kept.last_taken_off(self.get(which).id)

    def where(self, profile_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Profile id -> ids of the lists it is on, for those that are on any."""
        return self._kept.where(profile_ids)

    # For outsiders.

    def link(
        self, which: str, *, days: int = 30, notes: bool = False, now: datetime | None = None
    ) -> str:
        """A secret that lets whoever has it read a list until it ends; only its digest is kept.

        An earlier one ends at once.
        """
        if not 1 <= days <= MAX_LINK_DAYS:
            raise UsageError(
                f"days: a link lives 1 to {MAX_LINK_DAYS} days, received {days}.", field="days"
            )
        one, secret = self.get(which), secrets.token_urlsafe(32)
        until = (now or datetime.now(UTC)) + timedelta(days=days)
        self._kept.link(one.id, _digest(secret), until, notes)
        return secret

    def unlink(self, which: str) -> None:
        """End the link of a list."""
        self._kept.link(self.get(which).id, None, None, False)

    def linked(self, secret: str, now: datetime | None = None) -> tuple[str, Shortlist] | None:
        """(owner, list) of a link that has not ended, whoever's the list is; None for any other."""
        from influencr.kept import Kept

        found = self._kept.linked(_digest(secret))
        if found is None:
            return None
        owner, list_id = found
        one = Kept(self._engine.home.path, owner).lists.get(list_id)
        if one is None or one.link_until is None or one.link_until <= (now or datetime.now(UTC)):
            return None
        return owner, _shortlist(one)

    # Taken along.

    def query(self, which: str, *, brand: str | None = None) -> Query:
        """The search that finds everybody on a list who is listed now, of whatever verdict."""
        from influencr.search import make_query

        one = self.get(which)
        return make_query(on_list=(one.name,), everything=True, brand=brand)

    def pieces(
        self, which: str, ending: str, *, names: Mapping[str, str] | None = None
    ) -> Iterator[Piece]:
        """A list as the pieces of a file; see `Engine.pieces`. In the order of the list.

        names   what to write for `added_by`; who is not in it is left empty
        """
        from influencr.engine._export import asked, pieces

        one = self.get(which)
        items = self._kept.items(one.id)
        return pieces(
            _hits(self._engine, one, items, names or {}),
            self._engine.catalogue,
            ending,
            as_of=self._engine.index.snapshot().info.as_of,
            query=asked(self.query(one.id)),
            listed=True,
        )

    def export(
        self,
        which: str,
        path: str | os.PathLike[str],
        *,
        names: Mapping[str, str] | None = None,
    ) -> Exported:
        """Write a list to a file that ends in .csv, .jsonl or .parquet; see `Engine.export`."""
        from influencr.engine._export import ending_of, written

        return written(self.pieces(which, ending_of(path), names=names), path)

    def everything(self) -> list[dict[str, Any]]:
        """All lists with who is on them, as plain values, for taking everything along."""
        return [
            {
                **msgspec.to_builtins(one),
                "items": [
                    {**item._asdict(), "added_at": item.added_at.isoformat()}
                    for item in self._kept.items(one.id)
                ],
            }
            for one in self.all()
        ]

    def _of(self, one: Shortlist, who: Iterable[str]) -> list[str]:
        """Profile ids of people of a list, who need not be listed any more."""
        on = {item.profile_id for item in self._kept.items(one.id)}
        return [name if name in on else self._engine.ids([name])[0] for name in who]


def _hits(
    engine: Listing, one: Shortlist, items: Sequence[KeptItem], names: Mapping[str, str]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    rows = engine.rows(item.profile_id for item in items)
    for item in items:
        row = rows.get(item.profile_id)
        if row is not None:
            yield (
                row,
                {
                    "list": one.name,
                    "status": item.status,
                    "note": item.note,
                    "added_by": names.get(item.added_by, ""),
                    "added_at": item.added_at,
                },
            )


def _shortlist(one: KeptList) -> Shortlist:
    return Shortlist(**one._asdict())


def _listed(item: KeptItem, rows: Mapping[str, dict[str, Any]]) -> Listed:
    return Listed(**item._asdict(), creator=rows.get(item.profile_id))


def _name(name: str) -> str:
    from influencr.kept import kept_key

    name = " ".join(name.split())
    if not kept_key(name) or len(name) > _MAX_NAME or not name.isprintable():
        raise UsageError(
            f"name: give the list a name of 1 to {_MAX_NAME} characters.", field="name"
        )
    return name


def _taken(name: str) -> UsageError:
    return UsageError(f"name: a list called {name!r} is kept already.", field="name")


def _note(note: str) -> str:
    note = "\n".join(" ".join(line.split()) for line in note.strip().splitlines())
    if len(note) > MAX_NOTE or not note.replace("\n", "").isprintable():
        raise UsageError(
            f"note: at most {MAX_NOTE:,} characters, all of them visible.", field="note"
        )
    return note


def _statuses(words: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if (
        not 1 <= len(found) <= _MAX_STATUSES
        or any(len(word) > _MAX_STATUS or not word.isprintable() for word in found)
        or any("," in word for word in found)
    ):
        raise UsageError(
            f"statuses: give 1 to {_MAX_STATUSES} words of at most {_MAX_STATUS} characters, "
            "without commas.",
            field="statuses",
        )
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
