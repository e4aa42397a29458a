"""What do a channel and a video of the YouTube Data API say, in the words of our records?

Field names are those of the discovery document of youtube v3 (revision 20261104). Three things are
decided here:

- A hidden subscriber count is unknown. The API may send 0 beside `hiddenSubscriberCount`.
- A video made for children is not kept, and of a channel made for children only that it is one.
- Where videos were recorded is read as words (`locationDescription`), and only when at least
  SAME_PLACE of the newest and more than half of those that say it agree. Coordinates are never
  kept: they may be somebody's home.

What YouTube concludes about a channel's subject is kept as declared topics, apart from subjects
that would tell something sensitive about the person (SENSITIVE). An e-mail address in a
description is not collected.

SAME_PLACE: our own choice; one video says where somebody was on a journey.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import unquote

from influencr.records import canonical_handle, profile_id

__all__ = [
    "SAME_PLACE",
    "SENSITIVE",
    "channel",
    "gone",
    "may_be_read",
    "recorded_at",
    "video",
]

#: So many of the newest videos must name the same place.
SAME_PLACE = 2
#: Topic pages that are not kept: subjects on which nothing may be concluded about a person.
SENSITIVE = frozenset({"religion", "politics", "health", "military", "society"})

_NETWORK = "youtube"
_KEYWORD = re.compile(r'"([^"]+)"|(\S+)')


def channel(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """A profile row without provenance; None for an item without an id."""
    native = item.get("id")
    if not isinstance(native, str) or not native:
        return None
    snippet, status = _part(item, "snippet"), _part(item, "status")
    row: dict[str, Any] = {
        "profile_id": profile_id(_NETWORK, native_id=native),
        "platform": _NETWORK,
        "status": "active",
        "made_for_kids": _flag(status.get("madeForKids")),
    }
    if row["made_for_kids"]:
        return row
    branding = _part(_part(item, "brandingSettings"), "channel")
    image = _part(_part(item, "brandingSettings"), "image")
    counts = _part(item, "statistics")
    hidden = _flag(counts.get("hiddenSubscriberCount"))
    privacy = status.get("privacyStatus")
    given = snippet.get("customUrl")
    thumbnails = snippet.get("thumbnails")
    return row | {
        "handle": canonical_handle(given, platform=_NETWORK) if _is_text(given) else None,
        "display_name": _text(snippet.get("title")),
        "bio_text": _text(snippet.get("description"), empty=True),
        "language": _text(snippet.get("defaultLanguage")) or _text(branding.get("defaultLanguage")),
        "place_country": _text(snippet.get("country")) or _text(branding.get("country")),
        "topics_declared": _topics(item, branding) or None,
        "has_avatar": bool(thumbnails) if thumbnails is not None else None,
        "has_banner": _is_text(image.get("bannerExternalUrl")) if image else None,
        "followers": None if hidden else _count(counts.get("subscriberCount")),
        "audience_hidden": hidden,
        "posts_count": _count(counts.get("videoCount")),
        "views_received": _count(counts.get("viewCount")),
        "account_created_at": _instant(snippet.get("publishedAt")),
        "is_private": privacy != "public" if _is_text(privacy) else None,
    }


def gone(native_id: str) -> dict[str, Any]:
    """A profile row for a channel that was known and that the API no longer names.

    It does not say whether it was deleted, closed or taken down, so the channel is hidden, and what
    is kept of it runs out within the days that all rows have.
    """
    return {
        "profile_id": profile_id(_NETWORK, native_id=native_id),
        "platform": _NETWORK,
        "status": "deactivated",
    }


def may_be_read(item: Mapping[str, Any]) -> str | None:
    """The uploads playlist of a channel whose videos may be looked at, None for all others."""
    status, counts = _part(item, "status"), _part(item, "statistics")
    if status.get("madeForKids") or status.get("privacyStatus", "public") != "public":
        return None
    if _count(counts.get("videoCount")) == 0:
        return None
    playlists = _part(_part(item, "contentDetails"), "relatedPlaylists")
    return _text(playlists.get("uploads"))


def video(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """A post row without provenance.

    None for a video without an id or a channel, not public, not yet shown, or made for children.
    """
    snippet, status = _part(item, "snippet"), _part(item, "status")
    native, owner = item.get("id"), snippet.get("channelId")
    if not (_is_text(native) and _is_text(owner)):
        return None
    if status.get("madeForKids") or status.get("privacyStatus", "public") != "public":
        return None
    if snippet.get("liveBroadcastContent") == "upcoming":
        return None
    counts = _part(item, "statistics")
    words = (_text(snippet.get("title")), _text(snippet.get("description")))
    tags = snippet.get("tags")
    return {
        "post_id": f"{_NETWORK}:{native}",
        "profile_id": profile_id(_NETWORK, native_id=owner),
        "created_at": _instant(snippet.get("publishedAt")),
        "kind": "video",
        "text": "\n".join(line for line in words if line) or None,
        "language": _text(snippet.get("defaultAudioLanguage"))
        or _text(snippet.get("defaultLanguage")),
        "hashtags": [_tag(t) for t in tags if _is_text(t)] if isinstance(tags, list) else None,
        "likes": _count(counts.get("likeCount")),
        "replies": _count(counts.get("commentCount")),
        "views": _count(counts.get("viewCount")),
        "is_sponsored": _flag(
            _part(item, "paidProductPlacementDetails").get("hasPaidProductPlacement")
        ),
    }


def recorded_at(videos: Iterable[Mapping[str, Any]]) -> str | None:
    """The place that most of these videos of one channel name as where they were recorded.

    >>> here = {"recordingDetails": {"locationDescription": "Lisbon"}}
    >>> recorded_at([here, here, {}]), recorded_at([here])
    ('Lisbon', None)
    """
    said = Counter(
        words
        for item in videos
        if (words := _text(_part(item, "recordingDetails").get("locationDescription")))
    )
    if not said:
        return None
    place, n = min(said.items(), key=lambda pair: (-pair[1], pair[0]))
    return place if n >= SAME_PLACE and 2 * n > said.total() else None


def _topics(item: Mapping[str, Any], branding: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    addresses = _part(item, "topicDetails").get("topicCategories")
    for address in addresses if isinstance(addresses, list) else ():
        if _is_text(address):
            word = unquote(address.rsplit("/", 1)[-1]).replace("_", " ")
            # "Lifestyle (sociology)": what stands in brackets tells pages apart, not subjects.
            found.append(re.sub(r"\s*\(.*\)$", "", word))
    keywords = branding.get("keywords")
    if _is_text(keywords):
        found += [quoted or plain for quoted, plain in _KEYWORD.findall(keywords)]
    return [w for w in dict.fromkeys(found) if w and w.casefold() not in SENSITIVE]


def _tag(word: str) -> str:
    return word.strip().lstrip("#").casefold()


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _text(value: object, *, empty: bool = False) -> str | None:
    """Words as given; "" only where a known-empty text is a value."""
    if not isinstance(value, str):
        return None
    return value if value.strip() else ("" if empty else None)


def _count(value: object) -> int | None:
    """Counts come as decimal text (uint64 in the discovery document)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None
