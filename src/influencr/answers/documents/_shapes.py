"""What each document holds, for OpenAPI, for MCP and for who reads: names, types, what is null.

Columns of a creator that a document carries as they are (docs/reference/creators.md) are added
where schemas are written (`answers._schema`). Where `fields` selects, only what names a creator is
always there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from influencr.engine import Shortlist
from influencr.search import (
    FacetValue,
    FilterCheck,
    FunnelStep,
    Gone,
    Histogram,
    Loosening,
    PartRatio,
    PiecePoints,
    PlaceChoice,
    PlaceOffer,
    PlaceSuggestion,
    SavedSearch,
    Similar,
    WayFound,
)
from influencr.search.brand import BrandHit, BrandRead

__all__ = [
    "AreaDocument",
    "ComparedDocument",
    "CountDocument",
    "CreatorDocument",
    "DossierDocument",
    "EvidenceDocument",
    "ExplainedDocument",
    "InfluenceDocument",
    "ItemsDocument",
    "ListsDocument",
    "NewsDocument",
    "ResultsDocument",
    "SavedDocument",
    "StatusDocument",
    "SuggestionsDocument",
]


class Named(TypedDict):
    """Who a creator is."""

    profile_id: str
    platform: str
    handle: str | None


class OtherPlace(TypedDict):
    """Another place that somebody names; `role` says what it is to them."""

    place_id: int | None
    label: str
    role: str


class PlaceDocument(TypedDict, total=False):
    """Where a creator is, how surely, and by which of their words."""

    level: str | None
    place_id: int | None
    name: str | None
    label: str | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    confidence: float | None
    reason: str | None
    basis: str | None
    evidence: list[str]
    others: list[OtherPlace]


class ActivityDocument(TypedDict, total=False):
    """Whether somebody is there."""

    state: str | None
    last_post_at: datetime | None
    posts_per_week: float | None
    n_posts: int | None
    reason: str | None


class EngagementDocument(TypedDict, total=False):
    """Reactions per post as a share of the followers, by a stated definition."""

    rate: float | None
    definition: str | None
    n_posts: int | None
    reason: str | None


class TopicDocument(TypedDict):
    """What somebody is about, with the words that say so."""

    name: str
    weight: float
    evidence: str


class CreatorDocument(Named, total=False):
    """One creator; unknown is null, with its reason."""

    place: PlaceDocument
    activity: ActivityDocument
    engagement: EngagementDocument
    topics: list[TopicDocument]


class DossierDocument(CreatorDocument, total=False):
    """Everything known of one creator; `measured` is a row of docs/reference/influence.md, null
    where nothing was measured."""

    indexed: bool
    measured: dict[str, Any] | None


class MatchDocument(TypedDict):
    """Why it matched: a field, a passage of it, and what of the passage to mark."""

    field: str
    text: str
    spans: list[tuple[int, int]]


class HitDocument(CreatorDocument, total=False):
    """One creator found; `score` is the product of `parts` and compares within one answer only."""

    score: float
    parts: dict[str, float]
    attention: str
    why: list[MatchDocument]
    words: list[PiecePoints]
    coverage: float
    run: WayFound | None
    distance_km: float | None
    brand: BrandHit | None
    similar: Similar | None
    audience: str | None


class ResultsDocument(TypedDict):
    """A page of hits, exact counts, facets, funnel, and how the question was understood."""

    query: dict[str, Any]
    total: int
    hits: list[HitDocument]
    facets: dict[str, list[FacetValue]]
    funnel: list[FunnelStep]
    loosenings: list[Loosening]
    place: PlaceChoice | None
    unlocated: int | None
    next: str | None
    as_of: datetime
    generation: int
    demo: bool
    took_ms: float
    n_all: int
    text: str
    offer: PlaceOffer | None
    brand: BrandRead | None
    histograms: dict[str, Histogram]


class CountDocument(TypedDict):
    """How many match."""

    total: int
    query: dict[str, Any]
    place: PlaceChoice | None
    as_of: datetime
    generation: int
    demo: bool


class SuggestionsDocument(TypedDict):
    """Places to choose from, best first."""

    places: list[PlaceSuggestion]


class Alternative(TypedDict):
    """Another reading of a place, and the words that ask for it."""

    label: str
    ask: str


class AreaDocument(TypedDict):
    """How a place was understood."""

    asked: str
    label: str
    kind: str
    place_id: int | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    population: int
    within_km: float | None
    codes: list[str]
    n_places: int | None
    corrected: str | None
    parts: list[AreaDocument]
    without: list[AreaDocument]
    alternatives: list[Alternative]


class CheckedDocument(TypedDict):
    """An innocent explanation that was looked for: found, not found or not checked."""

    alternative: str
    outcome: str
    detail: str


# `from` is a word of Python, so this one is written as a call.
FindingDocument = TypedDict(
    "FindingDocument",
    {
        "family": str,
        "statistic": str,
        "value": float | None,
        "p": float | None,
        "from": datetime | None,
        "to": datetime | None,
        "members": int,
        "checked": list[CheckedDocument],
        "effect": str,
    },
)


class ShareDocument(TypedDict):
    """The share of followers that look bought, with its interval; null where it is not known."""

    point: float | None
    low: float | None
    high: float | None
    n: int | None
    method: str | None
    reason: str | None


class DisputeDocument(TypedDict):
    """Somebody disputed the verdict, and what the check said."""

    at: datetime
    reason: str
    before: str | None
    checked_at: datetime | None
    after: str | None
    changed: bool | None
    version: str | None


class EvidenceDocument(Named):
    """What is known of an audience."""

    verdict: str
    sentence: str | None
    n_seen: int
    followers: int | None
    bought_share: ShareDocument
    looked: list[str]
    evidence: list[FindingDocument]
    disputes: list[DisputeDocument]
    as_of: datetime | None
    version: str | None


class CohortDocument(TypedDict):
    """Creators of the platform by size and value; see docs/algorithms/influence.md."""

    n: int
    points: list[tuple[float, float]]
    sizes: list[float]
    low: list[float]
    usual: list[float]
    high: list[float]


class InfluenceDocument(Named):
    """Whom somebody moves; `measured` is a row of docs/reference/influence.md."""

    measured: dict[str, Any] | None
    cohort: CohortDocument | None
    engagement: CohortDocument | None


class ExplainedDocument(Named):
    """Why a creator is, or is not, among the results."""

    found: bool
    because: str
    filters: list[FilterCheck]
    missing: list[str]
    hit: HitDocument | None


class ComparedDocument(TypedDict):
    """Which of two creators stands above, and what decides."""

    because: str
    decides: str
    parts: list[PartRatio]
    upper: ExplainedDocument
    lower: ExplainedDocument


class ListsDocument(TypedDict):
    """Lists, the last changed first."""

    lists: list[Shortlist]


class ItemDocument(TypedDict):
    """Somebody on a list; `creator` is null for who is not listed now."""

    profile_id: str
    status: str
    note: str
    added_by: str
    added_at: datetime
    creator: CreatorDocument | None


class ItemsDocument(TypedDict):
    """A list with who is on it."""

    id: str
    name: str
    note: str
    statuses: list[str]
    n: int
    made_by: str
    made_at: datetime
    changed_at: datetime
    link_until: datetime | None
    link_notes: bool
    items: list[ItemDocument]


class SavedDocument(TypedDict):
    """Saved searches, by name."""

    searches: list[SavedSearch]


class NewsDocument(TypedDict):
    """Who is new in a saved search, and who is gone."""

    name: str
    since: datetime | None
    n_found: int
    results: ResultsDocument
    n_gone: int
    gone: list[Gone]
    n_unlisted: int


class ExcludedDocument(TypedDict):
    """Profiles that are known and not listed, and why."""

    n: int
    because: str


class IndexDocument(TypedDict):
    """The index that answers."""

    generation: int
    n_creators: int
    built_at: datetime | None
    demo: bool
    bytes: int


class StatusDocument(TypedDict):
    """What there is to search, and how fresh it is."""

    demo: bool
    profiles: int | None
    creators: int | None
    excluded: dict[str, ExcludedDocument]
    as_of: datetime | None
    judged_at: datetime | None
    is_stale: bool
    index: IndexDocument
    records: dict[str, int]
