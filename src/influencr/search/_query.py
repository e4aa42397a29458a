"""What a member asks: one frozen value that the URL, the CLI, Python and the API all turn into.

AND across filters, OR inside one, explicit exclude. Unknown names and impossible numbers raise
`UsageError`/`UnknownValue` when the query is made, so no filter is ever silently ignored.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "ACTIVITY_STATES",
    "FACETS",
    "FINDINGS",
    "GROWTH_MONTHS",
    "HISTOGRAMS",
    "LABELS",
    "SIMILAR_BY",
    "SORTS",
    "VERDICTS",
    "Query",
]

#: How results may be ordered; every one descends except `name` and `bought_share` (least first, by
#: the upper bound). Unknown comes last. Ties are in a fixed
#: shuffle (`index.tie`), so that no platform comes first because of its name.
SORTS = (
    *("relevance", "influence", "closeness", "engagement", "last_post", "posts_per_week"),
    *("growth", "followers", "bought_share", "name"),
)

#: Facets that a result can carry, in the order they are shown.
FACETS = (
    *("platform", "country", "language", "topic", "activity", "verdict", "label", "size"),
    *("lockstep", "engagement_anomaly"),
)

#: Numbers whose spread a result can carry, for sliders; where they are cut is fixed. Influence is
#: told as the percentile of its cohort.
HISTOGRAMS = (
    *("influence", "closeness", "followers", "engagement", "posts_per_week", "last_post_days"),
    *("bought_share", "followers_seen", "account_days", "growth"),
)

#: Months over which growth is measured.
GROWTH_MONTHS = (1, 3, 6, 12)
VERDICTS = ("vetted", "needs_a_look", "looks_inflated", "unknown")
#: What "similar" may mean.
SIMILAR_BY = ("content", "audience")
LABELS = ("creator", "public_figure", "celebrity", "brand", "group", "bot", "unknown")
#: What a test of the audience says: something stands, nothing does, or it could not look.
FINDINGS = ("none", "found", "unknown")
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
    audience_place       countries, regions or cities where the audience is known to be, apart from
                         the creator's own place; of several, one is enough
    audience_share_min   whole percents, 0.3 = 30 %: at least so much of the audience that tells a
                         place is there, by the lower bound of the interval; unknown never matches
    topic                topic names as shown by the topic facet
    followers_min/max    inclusive
    engagement_min/max   rate, 0.02 = 2 %; creators of unknown rate never match
    influence_min        percentile of its cohort, 0..100: more than so many of its size move fewer
                         people per post; unknown never matches
    closeness_min        0..1: chance that a reply is answered within a day; unknown never matches
    active_within_days   last post at most N days before the index's as-of
    posts_per_week_min   cadence; unknown never matches
    has_contact          only who published an address for business
    bought_share_max     0..1: at most so many followers look bought, by the upper bound of the
                         interval; unknown never matches
    lockstep             none, found, unknown: groups of followers who were delivered in step
    engagement_anomaly   none, found, unknown: engagement that is unusual for the size
    followers_seen_min   the verdict was made from at least so many followers
    account_days_min     the account is at least N days old at the index's as-of; unknown never
                         matches
    growth_min           followers gained as a share of those before, 0.2 = 20 %, 0 = no fewer than
                         before, -0.1 = at most a tenth lost; unknown never matches
    growth_months        over how many months, of GROWTH_MONTHS: of the filter, the sort and the
                         histogram
    verdict, label, activity   keep these; default: see `everything`
    brand                name of a saved brand: fit and alignment enter the score (`search.brand`)
    fit_min              0..1, with a brand: its content fits at least so well
    alignment_min        0..1, with a brand: at least so much of the audience is known to match;
                         unknown never matches
    similar, similar_by  only creators like these (handles or profile ids), by "content" or by
                         "audience"; they themselves are left out
    exclude              handles or profile ids to leave out
    on_list              only who is on one of these lists, by name; an empty list finds nobody
    not_on_list          without who is on any of these lists
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
    audience_place: tuple[str, ...] = ()
    audience_share_min: float | None = None
    topic: tuple[str, ...] = ()
    followers_min: int | None = None
    followers_max: int | None = None
    engagement_min: float | None = None
    engagement_max: float | None = None
    influence_min: float | None = None
    closeness_min: float | None = None
    active_within_days: int | None = None
    posts_per_week_min: float | None = None
    has_contact: bool = False
    bought_share_max: float | None = None
    lockstep: tuple[str, ...] = ()
    engagement_anomaly: tuple[str, ...] = ()
    followers_seen_min: int | None = None
    account_days_min: int | None = None
    growth_min: float | None = None
    growth_months: int = 12
    verdict: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    brand: str | None = None
    fit_min: float | None = None
    alignment_min: float | None = None
    similar: tuple[str, ...] = ()
    similar_by: str = "content"
    exclude: tuple[str, ...] = ()
    on_list: tuple[str, ...] = ()
    not_on_list: tuple[str, ...] = ()
    everything: bool = False
    sort: str = "relevance"
    limit: int = 20
    after: str | None = None
    facets: tuple[str, ...] = FACETS
    funnel: bool = True
    size_bands: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    histograms: tuple[str, ...] = ()
