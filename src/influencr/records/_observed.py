"""What was observed, when, by whom, under which licence: one row per observation.

Field order is column order. `None` means "not observed in this record", never zero; a known-empty
bio is "". Hidden counts stay None. Every record carries its provenance and the policy bits that
say what may be done with it; consent flags are stored as the network or the person set them.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import ClassVar

import msgspec

__all__ = [
    "OBSERVED",
    "Engagement",
    "Follow",
    "PackMember",
    "Policy",
    "Post",
    "Profile",
    "Removal",
]


class Policy(enum.IntFlag):
    """What a record may be used for; stored as an integer, absent bit = not allowed."""

    INDEX = 1
    SCORE = 2
    SHOW_SIGNED_OUT = 4
    EXPORT = 8
    CONTACT = 16

    @classmethod
    def default(cls) -> Policy:
        """Everything but contact, which needs a publication "for business" by the person."""
        return cls.INDEX | cls.SCORE | cls.SHOW_SIGNED_OUT | cls.EXPORT


class _Observed(msgspec.Struct, frozen=True, kw_only=True):
    """Provenance, the same on every observed record.

    source            bluesky, mastodon, youtube, instagram, synthetic, import:<name>
    fetched_at        the instant for which the observation holds (UTC); for a file: the row's own
                      observation time, else `--observed-at`, else the file's modification time
    fetch_method      stream, api, archive, import, synthetic
    licence           open-protocol, youtube-api, meta-api, user-import, dataset:<spdx or none>, ...
    lawful_basis      what the operator stated for an import, free text
    expires_at        after this instant the record must be refreshed or dropped
    policy            Policy bits
    """

    source: str
    fetched_at: datetime
    fetch_method: str
    licence: str
    lawful_basis: str | None = None
    expires_at: datetime | None = None
    policy: int = int(Policy.default())


class Profile(_Observed, frozen=True, kw_only=True):
    """One dated observation of one creator (or follower) on one platform."""

    KEY: ClassVar[tuple[str, ...]] = ("profile_id",)
    TABLE: ClassVar[str] = "profiles"

    profile_id: str
    platform: str
    handle: str | None = None
    display_name: str | None = None
    bio_text: str | None = None
    links: list[str] | None = None
    has_avatar: bool | None = None
    has_banner: bool | None = None
    # Declared place: the words as given. Judged only by geography.
    place_raw: str | None = None
    place_country: str | None = None
    place_region: str | None = None
    place_city: str | None = None
    time_zone: str | None = None
    language: str | None = None
    topics_declared: list[str] | None = None
    # Counts.
    followers: int | None = None
    following: int | None = None
    posts_count: int | None = None
    likes_given: int | None = None
    likes_received: int | None = None
    views_received: int | None = None
    listed_count: int | None = None
    # Imported aggregates; every one is per post unless named otherwise.
    mean_likes: float | None = None
    mean_comments: float | None = None
    mean_shares: float | None = None
    mean_views: float | None = None
    mean_engagements: float | None = None
    engagement_rate_claimed: float | None = None
    authentic_share_claimed: float | None = None
    audience_country_claimed: str | None = None
    posts_per_week_claimed: float | None = None
    # Time.
    account_created_at: datetime | None = None
    last_active_at: datetime | None = None
    # What the account says about itself, and what the network says about it.
    is_bot: bool | None = None
    is_group: bool | None = None
    is_verified: bool | None = None
    is_private: bool | None = None
    is_business: bool | None = None
    audience_hidden: bool | None = None
    # active deactivated takendown suspended deleted moved memorial limited
    status: str | None = None
    # Consent, as set by the person or the network.
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    no_signed_out: bool | None = None
    no_recommend: bool | None = None
    made_for_kids: bool | None = None
    contact_email: str | None = None
    contact_source: str | None = None


class Post(_Observed, frozen=True, kw_only=True):
    """One dated observation of one post with its public counts."""

    KEY: ClassVar[tuple[str, ...]] = ("post_id",)
    TABLE: ClassVar[str] = "posts"

    post_id: str
    profile_id: str
    created_at: datetime | None = None
    kind: str | None = None  # post reply repost quote video story
    text: str | None = None
    language: str | None = None
    hashtags: list[str] | None = None
    mentions: list[str] | None = None
    links: list[str] | None = None
    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    quotes: int | None = None
    views: int | None = None
    saves: int | None = None
    is_sponsored: bool | None = None
    reply_to: str | None = None
    deleted_at: datetime | None = None


class Follow(_Observed, frozen=True, kw_only=True):
    """One edge: `follower_id` follows `followed_id`."""

    KEY: ClassVar[tuple[str, ...]] = ("follower_id", "followed_id")
    TABLE: ClassVar[str] = "follows"

    follower_id: str
    followed_id: str
    followed_at: datetime | None = None
    via_id: str | None = None
    deleted_at: datetime | None = None


class Engagement(_Observed, frozen=True, kw_only=True):
    """One act of one account on one post; kind: like repost reply quote comment view."""

    KEY: ClassVar[tuple[str, ...]] = ("actor_id", "post_id", "kind", "at")
    TABLE: ClassVar[str] = "engagements"

    actor_id: str
    post_id: str
    kind: str
    at: datetime | None = None
    deleted_at: datetime | None = None


class PackMember(_Observed, frozen=True, kw_only=True):
    """One membership in a starter pack, list or collection, with what the pack says of itself."""

    KEY: ClassVar[tuple[str, ...]] = ("pack_id", "member_id")
    TABLE: ClassVar[str] = "packs"

    pack_id: str
    member_id: str
    name: str | None = None
    description: str | None = None
    owner_id: str | None = None
    added_at: datetime | None = None
    removed_at: datetime | None = None


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody left: a salted hash that blocks re-import, and nothing that tells who it was.

    key_hash   hex of HMAC-SHA256(salt of this home, reference); one row per name the person had
               (native id and every handle seen)
    """

    KEY: ClassVar[tuple[str, ...]] = ("key_hash",)
    TABLE: ClassVar[str] = "removals"

    key_hash: str
    reason: str  # opt_out deletion takedown operator
    removed_at: datetime


#: Table name -> record type, in import order.
OBSERVED: dict[str, type[msgspec.Struct]] = {
    t.TABLE: t for t in (Profile, Post, Follow, Engagement, PackMember, Removal)
}
