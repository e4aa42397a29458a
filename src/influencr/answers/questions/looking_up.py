"""Many names at once: who of them is listed, and what is known of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import question
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.engine import Engine, LookedUp

__all__ = ["MAX_NAMES", "LookUp", "LookUpDocument", "LookedUpDocument"]

#: Names in one question. Own choice: what is looked up within two seconds in a large home.
MAX_NAMES = 10_000


class LookUp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many names, and what is wanted of each."""

    who: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            max_length=MAX_NAMES,
            description="names as platform:@handle, platform:native id, a handle, or the address "
            "of a profile; 1 to 10,000",
        ),
    ]
    fields: Annotated[
        tuple[str, ...],
        Meta(description="fields of each that are wanted, as `followers` or `place.label`; "
             "none: all"),
    ] = ()  # fmt: skip


class LookedUpDocument(TypedDict):
    """What one name came to: `candidates` say whom a name of several may mean."""

    asked: str
    status: Literal["listed", "several", "not_listed", "unreadable"]
    candidates: list[str]
    creator: documents.CreatorDocument | None


class LookUpDocument(TypedDict):
    """Every name in the order asked; `n` counts them by status."""

    n: dict[str, int]
    answers: list[LookedUpDocument]


@question("look_up", LookUp, path="look_up", verb="POST", returns=LookUpDocument)
def look_up(engine: Engine, request: LookUp) -> dict[str, Any]:
    """Who of up to 10,000 names is listed, with what is known of each, in the order asked.

    A name that is not found is an answer and no error: `status` says listed, several (then
    `candidates` says whom it may mean), not_listed, or unreadable for what names nobody.
    """
    n = dict.fromkeys(("listed", "several", "not_listed", "unreadable"), 0)
    answers = []
    valid = _valid()
    documents.check(request.fields, valid)  # refused whoever is found
    for one in engine.look_up(request.who):
        told = _told(one, request.fields, valid)
        n[told["status"]] += 1
        answers.append(told)
    return {"n": n, "answers": answers}


@cache
def _valid() -> frozenset[str]:
    from influencr.index import COLUMNS

    whole = documents.creator_document(dict.fromkeys(COLUMNS))
    parts = {
        f"{name}.{part}" for name in whole if isinstance(whole[name], dict) for part in whole[name]
    }
    return frozenset(whole) | parts


def _told(one: LookedUp, fields: tuple[str, ...], valid: frozenset[str]) -> dict[str, Any]:
    row, status = one.creator, one.status
    if row is not None and not Policy(row["policy"] or 0) & Policy.SHOW_SIGNED_OUT:
        row, status = None, "not_listed"
    return {
        "asked": one.asked,
        "status": status,
        "candidates": list(one.candidates),
        "creator": None
        if row is None
        else documents.cut(documents.creator_document(row), fields, valid),
    }
