"""Numbers that were told, made again from the records."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from influencr.answers._question import question

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["MAX_HANDLES", "VerifiedDocument", "Verify"]

#: Numbers that are checked at once; own choice: a check reads what one creator has posted.
MAX_HANDLES = 200


class Verify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Handles of numbers."""

    handles: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            max_length=MAX_HANDLES,
            description="handles as they stand beside numbers, or creator:PROFILE_ID#followers",
        ),
    ]
    whole: Annotated[
        bool,
        Meta(description="judge everybody anew for numbers that need everybody; takes as long"),
    ] = False


class RecordsDocument(TypedDict):
    """Which rows of a table were read: how many, the first of their keys, a digest of all keys."""

    table: str
    where: str
    n: int
    keys: list[str]
    digest: str
    first: datetime | None
    last: datetime | None
    sources: list[str]


class CheckedDocument(TypedDict):
    """One number: in the handle, told now, and from the records; `records` are positions."""

    handle: str
    number: str
    said: int | float | list[int | float | None] | None
    told: int | float | list[int | float | None] | None
    recounted: int | float | list[int | float | None] | None
    outcome: Literal["agrees", "differs", "needs_whole", "not_listed", "not_checkable"]
    because: str
    how: str
    records: list[int]


class VerifiedDocument(TypedDict):
    """Every number in the order asked; `outcomes` counts them, `is_stale` says that records came
    in after the last refresh."""

    checked: list[CheckedDocument]
    records: list[RecordsDocument]
    outcomes: dict[str, int]
    is_stale: bool
    as_of: datetime
    demo: bool


@question("verify", Verify, path="verify", verb="POST", returns=VerifiedDocument)
def verify(engine: Engine, request: Verify) -> dict[str, Any]:
    """Numbers made again from the records of the catalogue, beside what is told of them now.

    For each handle: what it said, what is told now, what the records give, whether these agree, how
    it was made, and which records it was made from. Nothing is changed.
    """
    from influencr.answers.verify import checked

    return checked(engine, request.handles, whole=request.whole)
