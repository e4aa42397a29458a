"""A Status entity becomes a post row: counts and time always, words only of who allows them.

Only what was posted to everybody (`public`) is kept: `unlisted` asks not to be in any list, and the
rest was never meant for us. A reblog is somebody else's post and gives no row. The text of a post
holds its content warning as first line, because a word that was hidden from view is still the
author's own summary.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from influencr.sources.mastodon._accounts import count, instant, is_own
from influencr.sources.mastodon._text import plain

__all__ = ["Author", "read_post"]


class Author(NamedTuple):
    """Whose post it must be: the profile's name, its server's number, and whether words may go."""

    name: str
    id: str
    may_be_read: bool


def read_post(
    entity: object, author: Author, *, at: datetime, domain: str, hosts: frozenset[str]
) -> dict[str, Any] | None:
    """The row of a status of `author`; None when it is not public, not theirs, or malformed.

    at             the instant of the answer, UTC
    domain, hosts  as `read_account` takes them
    """
    if not isinstance(entity, Mapping) or entity.get("visibility") != "public":
        return None
    uri = entity.get("uri")
    if entity.get("reblog") or not is_own(uri, hosts):
        return None
    owner = entity.get("account")
    if not isinstance(owner, Mapping) or str(owner.get("id")) != author.id:
        return None
    row: dict[str, Any] = {
        "post_id": f"mastodon:{uri}",
        "profile_id": author.name,
        "fetched_at": at,
        "created_at": instant(entity.get("created_at")),
        "kind": _kind(entity),
        "likes": count(entity.get("favourites_count")),
        "replies": count(entity.get("replies_count")),
        "reposts": count(entity.get("reblogs_count")),
        "quotes": count(entity.get("quotes_count")),
    }
    if not author.may_be_read:
        return row
    content = plain(_string(entity.get("content")))
    warning = plain(_string(entity.get("spoiler_text"))).text
    return {
        **row,
        "text": "\n".join(part for part in (warning, content.text) if part),
        "language": _string(entity.get("language")) or None,
        "hashtags": _names(entity.get("tags"), "name"),
        "mentions": [
            name if "@" in name else f"{name}@{domain}"
            for name in _names(entity.get("mentions"), "acct")
        ],
        "links": list(content.links),
    }


def _kind(entity: Mapping[str, Any]) -> str:
    if entity.get("in_reply_to_id"):
        return "reply"
    return "quote" if entity.get("quote") else "post"


def _names(items: object, key: str) -> list[str]:
    if not isinstance(items, list):
        return []
    found = [_string(i.get(key)).strip() for i in items if isinstance(i, Mapping)]
    return list(dict.fromkeys(name.casefold() for name in found if name))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
