"""Where the next page starts: the last hit's sort value and profile id, never an offset.

A cursor stays right while creators come and go: it names a position in the order, and only hints
at how many hits lie before it. It belongs to one question; with another it is refused.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
import xxhash

from influencr.errors import UsageError
from influencr.search._query import Query

__all__ = ["Cursor", "read_cursor", "write_cursor"]


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """value and profile_id of the last hit; rank = hits up to and with it; question = digest."""

    value: float | str
    profile_id: str
    rank: int
    question: int


def _question(query: Query) -> int:
    # Page size, facets and funnel do not change who comes after whom.
    plain = msgspec.structs.replace(
        query, after=None, limit=1, facets=(), histograms=(), funnel=False, size_bands=()
    )
    return xxhash.xxh3_64_intdigest(msgspec.msgpack.encode(plain)) >> 1


def write_cursor(query: Query, value: float | str, profile_id: str, rank: int) -> str:
    """Text fit for a URL."""
    cursor = Cursor(value, profile_id, rank, _question(query))
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode("ascii").rstrip("=")


def read_cursor(query: Query) -> Cursor | None:
    """The cursor of the query; UsageError when it is damaged or of another question."""
    if query.after is None:
        return None
    try:
        raw = base64.b64decode(query.after + "=" * (-len(query.after) % 4), b"-_", validate=True)
        cursor = msgspec.msgpack.decode(raw, type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise UsageError(
            "after: not a cursor; use the `next` of an earlier page, or leave it out to start at "
            "the top.",
            field="after",
        ) from None
    if cursor.question != _question(query):
        raise UsageError(
            "after: this cursor belongs to another search; leave it out to start at the top.",
            field="after",
        )
    return cursor
