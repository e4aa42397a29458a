"""What do a professional account and its media say, in the words of our records?

Field names are those of the reference pages of IG User and IG Media (Graph API). A like count that
the owner hides is left out by the API and stays unknown here. Of media found under a hashtag
nothing is stored, for the API does not tell whose they are; only the handles that their captions
mention are read, as names to ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from influencr.records import canonical_handle, profile_id

__all__ = ["account", "gone", "is_handle", "media_of", "medium", "mentioned"]

_NETWORK = "instagram"
#: Letters, digits, dots and underscores, at most 30 [Instagram help: usernames].
_HANDLE = re.compile(r"[a-z0-9_.]{1,30}")
# A mail address is no mention, and a dot at the end closes the sentence.
_MENTION = re.compile(r"(?<![\w.@])@([A-Za-z0-9_.]{1,30})")
_VIDEO = ("VIDEO", "REELS")


def is_handle(word: str) -> bool:
    """Whether a folded word can be a username: it stands inside an expression of the API.

    >>> is_handle("blue.bottle"), is_handle("x){id}")
    (True, False)
    """
    return _HANDLE.fullmatch(word) is not None


def account(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """A profile row without provenance; None for an answer without id or username."""
    native, name = found.get("id"), found.get("username")
    if not (isinstance(native, str) and native and isinstance(name, str)):
        return None
    website = found.get("website")
    return {
        "profile_id": profile_id(_NETWORK, native_id=native),
        "platform": _NETWORK,
        "handle": canonical_handle(name, platform=_NETWORK),
        "display_name": _text(found.get("name")),
        # An account without a biography lacks the field: that is known, not unknown.
        "bio_text": _text(found.get("biography")) or "",
        "links": [website] if isinstance(website, str) and website.strip() else None,
        "has_avatar": bool(found.get("profile_picture_url")),
        "followers": _count(found.get("followers_count")),
        "following": _count(found.get("follows_count")),
        "posts_count": _count(found.get("media_count")),
        "last_active_at": max(
            (at for m in media_of(found) if (at := _instant(m.get("timestamp"))) is not None),
            default=None,
        ),
        "is_business": True,
        "status": "active",
    }


def media_of(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The media objects of an account's answer; none where it has none."""
    edge = found.get("media")
    data = edge.get("data") if isinstance(edge, Mapping) else None
    return [m for m in data if isinstance(m, Mapping)] if isinstance(data, list) else []


def gone(native_id: str) -> dict[str, Any]:
    """A profile row for somebody who cannot be asked for any more.

    The API does not say whether the account went, was renamed, or is not a professional one now; in
    each case it is hidden, and what is kept of it runs out.
    """
    return {
        "profile_id": profile_id(_NETWORK, native_id=native_id),
        "platform": _NETWORK,
        "status": "deactivated",
    }


def medium(found: Mapping[str, Any], owner: str) -> dict[str, Any] | None:
    """A post row without provenance; None for one without an id.

    owner   profile id of the account that it was asked from
    """
    native = found.get("id")
    if not (isinstance(native, str) and native):
        return None
    caption = _text(found.get("caption"))
    is_video = found.get("media_type") in _VIDEO or found.get("media_product_type") in _VIDEO
    named = mentioned(caption or "")
    return {
        "post_id": f"{_NETWORK}:{native}",
        "profile_id": owner,
        "created_at": _instant(found.get("timestamp")),
        "kind": "video" if is_video else "post",
        "text": caption,
        "mentions": [profile_id(_NETWORK, handle=name) for name in named] or None,
        "likes": _count(found.get("like_count")),
        "replies": _count(found.get("comments_count")),
    }


def mentioned(caption: str) -> list[str]:
    """Handles that a caption mentions, folded, each once, in order.

    >>> mentioned("Coffee by @Ana.Cafe. and @bo_b, mail me@x.org")
    ['ana.cafe', 'bo_b']
    """
    words = (match[1].rstrip(".").lower() for match in _MENTION.finditer(caption))
    return list(dict.fromkeys(word for word in words if word))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _instant(value: object) -> datetime | None:
    """The API writes 2026-11-01T10:00:00+0000, without the colon."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None
