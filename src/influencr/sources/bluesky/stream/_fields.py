"""Single fields of records, fast: the stream asks for them hundreds of times a second.

Everything comes from strangers and may be of any shape: a field of another type than the lexicon's
counts as absent. What a post says is read by `_records.said`, as in collecting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = [
    "POST",
    "SKEW_US",
    "account_of",
    "believed_us",
    "instant_us",
    "profile_fields",
    "replied_to",
    "strong_reference",
    "subject_uri",
]

POST = "/app.bsky.feed.post/"
#: A time that a client wrote may lie so far after the network's own; later ones are not believed.
#: [bsky-docs, timestamps.md: the window of the AppView]
SKEW_US = 120_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NO_SIGNED_OUT = "!no-unauthenticated"


def account_of(uri: object) -> str:
    """The account in an at:// address, "" when there is none.

    >>> account_of("at://did:plc:abc/app.bsky.feed.post/3k")
    'did:plc:abc'
    """
    if not isinstance(uri, str) or not uri.startswith("at://did:"):
        return ""
    end = uri.find("/", 5)
    return uri[5:end] if end > 0 else uri[5:]


def instant_us(value: object) -> int | None:
    """Microseconds since 1970 of a datetime text; None when it is none, or before 1970.

    >>> instant_us("2026-07-04T14:38:08.999Z")
    1783175888999000
    >>> instant_us("yesterday") is None
    True
    """
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        found = (at - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return found if found > 0 else None


def believed_us(created: object, seen_us: int) -> int:
    """When something happened: what the client wrote, unless that is nothing or the future.

    >>> believed_us("2026-01-01T00:00:00Z", 1767225600000005)
    1767225600000000
    >>> believed_us("2030-01-01T00:00:00Z", 1767225600000005)
    1767225600000005
    """
    own = instant_us(created)
    return seen_us if own is None or own > seen_us + SKEW_US else own


def profile_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of `Profile` that an app.bsky.actor.profile record tells; {} is a record that went.

    A record tells everything about itself: what it leaves out is known to be empty. Not among them:
    handle and counts (the record has none), and the birth of the account: the record's createdAt is
    the client's word, the ledger's is the truth.
    """
    values = _mapping(record.get("labels")).get("values")
    labels = {_text(_mapping(one).get("val")) for one in _list(values)}
    website = _text(record.get("website")).strip()
    return {
        "display_name": _text(record.get("displayName")),
        "bio_text": _text(record.get("description")),
        "links": [website] if website else [],
        "has_avatar": isinstance(record.get("avatar"), Mapping),
        "has_banner": isinstance(record.get("banner"), Mapping),
        "is_bot": "bot" in labels,
        "no_signed_out": _NO_SIGNED_OUT in labels,
    }


def replied_to(record: Mapping[str, Any]) -> str:
    """The at:// address of the post that this post answers, "" when it answers none."""
    uri = _mapping(_mapping(record.get("reply")).get("parent")).get("uri")
    return uri if isinstance(uri, str) and POST in uri and account_of(uri) else ""


def subject_uri(record: Mapping[str, Any]) -> str:
    """The at:// address of the post that a like or repost is about, "" when it is about none."""
    subject = record.get("subject")
    uri = subject.get("uri") if isinstance(subject, dict) else None
    return uri if isinstance(uri, str) and POST in uri else ""


def strong_reference(value: object) -> str:
    """The at:// address in a com.atproto.repo.strongRef, "" when there is none."""
    uri = _mapping(value).get("uri")
    return uri if isinstance(uri, str) and uri.startswith("at://") else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
