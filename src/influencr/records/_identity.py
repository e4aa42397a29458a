"""How a profile, a post and a pack are named: `platform:native id`, or `platform:@handle`.

A native id never changes; a handle can. Files often know only one of the two, so a reference may
be written either way and the catalogue resolves `platform:@handle` to the native form as soon as
one observation carries both.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["PLATFORMS", "canonical_handle", "native_of", "platform_of", "profile_id"]

#: Platforms with their own mapping. Any other lower-case word is accepted from a file: an operator
#: may hold data of a network that we do not know.
PLATFORMS = (
    "bluesky",
    "instagram",
    "mastodon",
    "threads",
    "tiktok",
    "twitch",
    "twitter",
    "youtube",
)

_URL = re.compile(
    r"^(?:https?://)?(?:www\.|m\.)?([^/\s]+)/(?:c/|channel/|user/|profile/)?@?([^/?#\s]+)"
)
_FEDIVERSE = re.compile(r"^https?://([^/\s]+)/(?:@|users/)([^/?#@\s]+)/?$")


def canonical_handle(raw: str, *, platform: str) -> str | None:
    """The handle as we compare it: NFKC, no leading @, no URL around it, case folded.

    None when nothing is left or what is left holds white space or control characters. A Mastodon
    profile URL becomes `name@host`, as the network writes it.

    >>> canonical_handle("https://www.tiktok.com/@Some.One?lang=en", platform="tiktok")
    'some.one'
    >>> canonical_handle("https://floss.social/@9to5linux", platform="mastodon")
    '9to5linux@floss.social'
    >>> canonical_handle("   ", platform="tiktok") is None
    True
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if platform == "mastodon" and (match := _FEDIVERSE.match(text)):
        text = f"{match[2]}@{match[1]}"
    elif "/" in text and (match := _URL.match(text)):
        text = match[2]
    text = text.lstrip("@").casefold()
    if not text or any(c.isspace() or unicodedata.category(c) in ("Cc", "Cs") for c in text):
        return None
    return text


def profile_id(platform: str, *, native_id: str | None = None, handle: str | None = None) -> str:
    """`platform:native id` when the id is known, else `platform:@handle` (canonical handle).

    >>> profile_id("tiktok", native_id="6581")
    'tiktok:6581'
    >>> profile_id("tiktok", handle="emma_lascaris")
    'tiktok:@emma_lascaris'
    """
    if native_id:
        return f"{platform}:{native_id}"
    if handle:
        return f"{platform}:@{handle}"
    raise ValueError("a profile needs a native id or a handle")


def platform_of(reference: str) -> str:
    """The platform part of a reference.

    >>> platform_of("bluesky:did:plc:abc")
    'bluesky'
    """
    return reference.partition(":")[0]


def native_of(reference: str) -> str | None:
    """The native id of a reference, or None when it names the profile by handle.

    >>> native_of("bluesky:did:plc:abc"), native_of("tiktok:@ana")
    ('did:plc:abc', None)
    """
    rest = reference.partition(":")[2]
    return None if rest.startswith("@") else rest
