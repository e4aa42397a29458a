"""Lists: made, changed, filled, put aside and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import BLANK, question
from influencr.answers.questions.keeping import OneList
from influencr.engine import STATUSES, Shortlist
from influencr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from influencr.engine import Engine

__all__ = ["Changed", "Fill", "Make", "Mark", "Off", "ids_of"]

_LIST = Meta(description="the list, by its name or id")
_WHO = Meta(
    min_length=1,
    max_length=5_000,
    description="creators, as platform:@handle, a profile id, a handle or the address of a profile",
)
_NAME = Meta(description="what it is called, 1 to 80 characters")
_NOTE = Meta(description='at most 1,000 characters; "" empties it', extra=BLANK)
_STATUSES = Meta(
    description="1 to 12 words for the state of a creator, in order; the first is that of who is "
    "put on it"
)
_STATUS = Meta(description="one of the list's words")


class Make(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new list."""

    name: Annotated[str, _NAME]
    note: Annotated[str, _NOTE] = ""
    statuses: Annotated[tuple[str, ...], _STATUSES] = ()


class Changed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different of a list; what is left out stays."""

    list: Annotated[str, _LIST]
    name: Annotated[str | None, _NAME] = None
    note: Annotated[str | None, _NOTE] = None
    statuses: Annotated[tuple[str, ...], _STATUSES] = ()


class Fill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Creators for a list."""

    list: Annotated[str, _LIST]
    who: Annotated[tuple[str, ...], _WHO]
    status: Annotated[str, _STATUS] = ""
    note: Annotated[str, Meta(description="kept with each of them")] = ""


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Creators of a list, and their new state or note."""

    list: Annotated[str, _LIST]
    who: Annotated[tuple[str, ...], _WHO]
    status: Annotated[str | None, _STATUS] = None
    note: Annotated[str | None, _NOTE] = None


class Off(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Creators of a list."""

    list: Annotated[str, _LIST]
    who: Annotated[tuple[str, ...], _WHO]


class AddedDocument(TypedDict):
    """Who came onto the list, by profile id, and how many were on it already."""

    list: Shortlist
    came: list[str]
    n_already: int


class MarkedDocument(TypedDict):
    """How many were changed."""

    n: int


class ProfilesDocument(TypedDict):
    """Who was taken off, or came back, by profile id."""

    profile_ids: list[str]


def ids_of(engine: Engine, who: Iterable[str]) -> list[str]:
    """Profile ids of listed creators. Raises UsageError for the parameter `who`."""
    try:
        return engine.ids(who)
    except UsageError as error:
        raise UsageError(error.message, field="who", valid=error.valid) from None


@question(
    "list_make", Make, path="lists", verb="POST", scope="lists", writes=True, status=201,
    returns=Shortlist,
)  # fmt: skip
def make(engine: Engine, request: Make) -> dict[str, Any]:
    """Make a list. A name that another list has is refused."""
    made = engine.lists.make(request.name, note=request.note, statuses=request.statuses or STATUSES)
    return documents.list_document(made)


@question(
    "list_change", Changed, path="lists/{list}", verb="PATCH", scope="lists", writes=True,
    returns=Shortlist,
)  # fmt: skip
def change(engine: Engine, request: Changed) -> dict[str, Any]:
    """Call a list otherwise, or give it another note or other words for states.

    Who is in a state whose word goes stays in it.
    """
    changed = engine.lists.change(
        request.list, name=request.name, note=request.note, statuses=request.statuses or None
    )
    return documents.list_document(changed)


@question(
    "list_remove", OneList, path="lists/{list}", verb="DELETE", scope="lists", writes=True,
    returns=Shortlist,
)  # fmt: skip
def remove(engine: Engine, request: OneList) -> dict[str, Any]:
    """Put a list aside; for ten minutes `list_restore` brings it back by its id."""
    return documents.list_document(engine.lists.remove(request.list))


@question(
    "list_restore", OneList, path="lists/{list}/restore", verb="POST", scope="lists", writes=True,
    returns=Shortlist,
)  # fmt: skip
def restore(engine: Engine, request: OneList) -> dict[str, Any]:
    """Bring back a list that was put aside, by its id."""
    return documents.list_document(engine.lists.restore(request.list))


@question(
    "list_add", Fill, path="lists/{list}/creators", verb="POST", scope="lists", writes=True,
    returns=AddedDocument,
)  # fmt: skip
def add(engine: Engine, request: Fill) -> dict[str, Any]:
    """Put creators on a list; nobody twice, and nobody at all when one of them is not listed."""
    one = engine.lists.get(request.list)
    ids = ids_of(engine, request.who)
    done = engine.lists.add(one.id, ids, status=request.status, note=request.note)
    return {
        "list": documents.list_document(done.shortlist),
        "came": list(done.came),
        "n_already": done.n_already,
    }


@question(
    "list_mark", Mark, path="lists/{list}/creators", verb="PATCH", scope="lists", writes=True,
    returns=MarkedDocument,
)  # fmt: skip
def mark(engine: Engine, request: Mark) -> dict[str, Any]:
    """Set the state or the note of creators on a list."""
    if request.status is None and request.note is None:
        raise UsageError(
            "status: say a state or a note; otherwise nothing would change.",
            field="status",
            valid=["status", "note"],
        )
    try:
        n = engine.lists.mark(request.list, request.who, status=request.status, note=request.note)
    except UsageError as error:
        raise _of_who(error) from None
    return {"n": n}


@question(
    "list_take_off", Off, path="lists/{list}/creators", verb="DELETE", scope="lists", writes=True,
    returns=ProfilesDocument,
)  # fmt: skip
def take_off(engine: Engine, request: Off) -> dict[str, Any]:
    """Take creators off a list; for ten minutes `list_put_back` puts them back as they were."""
    try:
        return {"profile_ids": engine.lists.take_off(request.list, request.who)}
    except UsageError as error:
        raise _of_who(error) from None


@question(
    "list_put_back", Off, path="lists/{list}/creators/restore", verb="POST", scope="lists",
    writes=True, returns=ProfilesDocument,
)  # fmt: skip
def put_back(engine: Engine, request: Off) -> dict[str, Any]:
    """Put back who was taken off within the last ten minutes, by profile id, as they were."""
    return {"profile_ids": engine.lists.put_back(request.list, request.who)}


def _of_who(error: UsageError) -> UsageError:
    """The same refusal, naming the parameter as it is called here."""
    if error.field not in ("creator", "reference"):
        return error
    return UsageError(error.message, field="who", valid=error.valid)
