"""What a member asks: one frozen value that the URL, the CLI, Python and the API all turn into.

AND across filters, OR inside one, explicit exclude. Unknown names and impossible numbers raise
`UsageError`/`UnknownValue` when the query is made, so no filter is ever silently ignored.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "ACTIVITY_STATES",
    "FACETS",
    "HISTOGRAMS",
    "LABELS",
    "SIMILAR_BY",
    "SORTS",
    "VERDICTS",
    "Query",
]

#: How results may be ordered; every one descends except `name`. Ties are in a fixed
#: shuffle (`index.tie`), so that no platform comes first because of its name.
SORTS = (
    *("relevance", "influence", "engagement", "last_post", "posts_per_week"),
    *("followers", "name"),
)

#: Facets that a result can carry, in the order they are shown.
FACETS = ("platform", "country", "language", "topic", "activity", "verdict", "label", "size")

#: Numbers whose spread a result can carry, for sliders; where they are cut is fixed. Influence is
#: told as the percentile of its cohort.
HISTOGRAMS = (
    *("influence", "closeness", "followers", "engagement", "posts_per_week", "last_post_days"),
)

VERDICTS = ("vetted", "needs_a_look", "looks_inflated", "unknown")
#: What "similar" may mean.
SIMILAR_BY = ("content", "audience")
LABELS = ("creator", "public_figure", "celebrity", "brand", "group", "bot", "unknown")
ACTIVITY_STATES = ("active", "quiet", "dormant", "unknown")


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search. All fields are optional; the empty query means everybody, default filters on.

    text                 words (rare ones weigh more, some may be missing), "quoted phrases" and
                         prefix* (must match), -excluded; a place that they end with ("vegan food in
                         Bavaria") is taken as `place` when no other place filter is set
    words_only           take no place out of the words
    place                "Lyon", "in Bavaria", "within 50 km of Austin", "Paris, TX", "Spain,
                         Portugal", "Germany except Bavaria"
    near, within_km      radius around a place (default 50 km)
    include_region_level also creators known only to the region or country of a radius search
    country              ISO 3166-1 alpha-2 codes or country names
    region               ISO 3166-2 codes or names
    platform, language   platform words; ISO 639-1 codes
    topic                topic names as shown by the topic facet
    followers_min/max    inclusive
    engagement_min/max   rate, 0.02 = 2 %; creators of unknown rate never match
    influence_min        percentile of its cohort, 0..100: more than so many of its size move fewer
                         people per post; unknown never matches
    closeness_min        0..1: chance that a reply is answered within a day; unknown never matches
    active_within_days   last post at most N days before the index's as-of
    posts_per_week_min   cadence; unknown never matches
    verdict, label, activity   keep these; default: see `everything`
    brand                name of a saved brand: fit and alignment enter the score (`search.brand`)
    fit_min              0..1, with a brand: its content fits at least so well
    alignment_min        0..1, with a brand: at least so much of the audience is known to match;
                         unknown never matches
    similar, similar_by  only creators like these (handles or profile ids), by "content" or by
                         "audience"; they themselves are left out
    exclude              handles or profile ids to leave out
    everything           switches every default exclusion off (verdict looks_inflated; activity
                         dormant; labels celebrity, brand, bot)
    sort, limit, after   `after` is the cursor of the previous page
    facets, funnel       what to compute beside the hits
    histograms           numbers whose spread to count beside the hits, of HISTOGRAMS
    size_bands           followers at which the size facet is cut; shown, never a judgement
    """

    text: str = ""
    words_only: bool = False
    place: str | None = None
    near: str | None = None
    within_km: float | None = None
    include_region_level: bool = False
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    followers_min: int | None = None
    followers_max: int | None = None
    engagement_min: float | None = None
    engagement_max: float | None = None
    influence_min: float | None = None
    closeness_min: float | None = None
    active_within_days: int | None = None
    posts_per_week_min: float | None = None
    verdict: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    brand: str | None = None
    fit_min: float | None = None
    alignment_min: float | None = None
    similar: tuple[str, ...] = ()
    similar_by: str = "content"
    exclude: tuple[str, ...] = ()
    everything: bool = False
    sort: str = "relevance"
    limit: int = 20
    after: str | None = None
    facets: tuple[str, ...] = FACETS
    funnel: bool = True
    size_bands: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    histograms: tuple[str, ...] = ()
