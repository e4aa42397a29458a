"""What judges say about a creator. Unknown is None with the reason beside it, never 0 or ""."""

from __future__ import annotations

from datetime import datetime

import msgspec

__all__ = [
    "Activity",
    "BoughtShare",
    "Checked",
    "EngagementRate",
    "Evidence",
    "Place",
    "Topic",
    "Verdict",
]


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


class BoughtShare(msgspec.Struct, frozen=True, kw_only=True):
    """The share of followers that look bought, corrected for the test's own error.

    It says something about followers, never about who paid for them.

    point, lo, hi     share 0..1 of the followers and its interval. `lo` alone when only batches
                      can be counted ("at least"); all None when nothing can be told (`reason`)
    level             of the interval, 0.95
    members           followers inside batches that stand unexplained, counted as such
    rest_point, rest_lo, rest_hi   the same share among the followers outside these batches, by
                      their profiles; None where the test's error rates are not known
    n, flagged        followers outside batches whose profile was judged, and how many of them the
                      test called; a weighted sample rounds its weighted count
    n_seen            followers seen; followers: the count the platform shows, None unknown
    whole             every follower was seen
    method            how the rest was computed ("lang-reiczigel", "adjusted-probability", "none")
    se, sp            the test's measured sensitivity and specificity; n_se, n_sp the labelled
                      accounts they were measured on
    calibration       name of the labelled set
    model_version     of the follower model
    cohort_p90, cohort_p95   percentiles of the same share among comparable creators of this
                      instance; None where there are too few
    reason            a sentence
    """

    point: float | None
    lo: float | None
    hi: float | None
    level: float
    members: int
    rest_point: float | None
    rest_lo: float | None
    rest_hi: float | None
    n: int
    flagged: int
    n_seen: int
    followers: int | None
    whole: bool
    method: str
    se: float | None
    sp: float | None
    n_se: int
    n_sp: int
    calibration: str | None
    model_version: str | None
    cohort_p90: float | None
    cohort_p95: float | None
    reason: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Another explanation: `outcome` is "found", "not found" or "not checked"."""

    alternative: str
    outcome: str
    detail: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of one family of evidence, with what is needed to judge it again.

    family           its letter (`vetting.FAMILIES`)
    statistic        name of the number `value`; p its p-value, q after Benjamini-Hochberg
    from_at, to_at   window of the finding, None when it has none
    members          followers in it; members_hash names the set without naming anybody
    share            members as a share of the followers seen
    fires            the family's own rule says "unusual"
    chart            JSON for a picture, None when there is nothing to draw
    checked          other explanations that were looked for
    effect           what the verdict would be without this finding, as a sentence
    version          of the family's method
    """

    family: str
    statistic: str
    value: float | None
    p: float | None
    q: float | None
    from_at: datetime | None
    to_at: datetime | None
    members: int
    members_hash: str | None
    share: float | None
    fires: bool
    chart: str | None
    checked: tuple[Checked, ...]
    effect: str
    version: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The conclusion about an audience, with everything that it was made from.

    status       vetted, needs_a_look, looks_inflated or unknown
    sentence     what is shown; from fixed templates
    share        share of followers that look bought
    evidence     the ledger of this creator, findings and families that found nothing
    as_of        the instant that the evidence refers to; checked_at when the rule was applied
    n_seen       followers seen, followers the count the platform shows
    version      of the rule
    """

    status: str
    sentence: str
    share: BoughtShare
    evidence: tuple[Evidence, ...]
    as_of: datetime
    checked_at: datetime
    n_seen: int
    followers: int | None
    version: str
