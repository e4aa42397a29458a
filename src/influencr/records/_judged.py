"""What judges say about a creator. Unknown is None with the reason beside it, never 0 or ""."""

from __future__ import annotations

from datetime import datetime

import msgspec

__all__ = ["Activity", "EngagementRate", "Place", "Topic"]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is, how sure we are, and which words said so.

    level        city, admin2, admin1, country or None (unknown)
    place_id     GeoNames id of the finest level known
    country      ISO 3166-1 alpha-2; admin1 is ISO 3166-2 (`DE-BY`)
    lat, lon     degrees WGS 84; only at city level, so that a region never falls inside a radius
    confidence   0..1; reason is a sentence ("declared region 'FR' -> France")
    """

    level: str | None
    place_id: int | None
    name: str | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    confidence: float | None
    reason: str


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """Is somebody posting, and how often.

    state            active (posted within 30 days of `as_of`), quiet (31-90), dormant (> 90),
                     unknown. The limits are the vetting method's own choice.
    posts_per_week   None when fewer than two dated posts are known and nothing was declared
    """

    state: str
    last_post_at: datetime | None
    posts_per_week: float | None
    n_posts_seen: int
    reason: str


class EngagementRate(msgspec.Struct, frozen=True, kw_only=True):
    """Public reactions per post as a share of followers, with the definition it was made by.

    rate         reactions per post / followers; None when unknown
    definition   which of the stated definitions applied (see `influence.engagement`)
    n_posts      posts behind it; 0 when an imported aggregate was used
    """

    rate: float | None
    definition: str | None
    n_posts: int
    reason: str


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a creator is about, 0 < weight <= 1, with where the words stood."""

    name: str
    weight: float
    evidence: str
