"""The options that several commands share, and the `Query` that the search options make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli._values import parse_range
from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.search import Query

__all__ = [
    "AccountDaysMin",
    "ActiveDays",
    "Activity",
    "AlignmentMin",
    "AudiencePlace",
    "AudienceShareMin",
    "BoughtShareMax",
    "Brand",
    "Country",
    "EngagementAnomaly",
    "EngagementMax",
    "EngagementMin",
    "Everything",
    "Exclude",
    "FitMin",
    "Followers",
    "FollowersMax",
    "FollowersMin",
    "FollowersSeenMin",
    "GrowthMin",
    "GrowthMonths",
    "HasContact",
    "Json",
    "JsonLines",
    "Label",
    "Language",
    "Lockstep",
    "Near",
    "NotOnList",
    "OnList",
    "Place",
    "Platform",
    "PostsPerWeekMin",
    "Quiet",
    "Region",
    "RegionLevel",
    "Similar",
    "SimilarBy",
    "Sort",
    "Text",
    "Topic",
    "Verdict",
    "Within",
    "WordsOnly",
    "query_of",
]

Text = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TEXT]...",
        help='Words (who says most of them, and the rare ones, comes first), "quoted phrases" and '
        "prefix* (which must match), -excluded. A place that they end with (`vegan food in "
        "Bavaria`) is taken as one. After `--` when the text begins with a dash. None means "
        "everybody.",
        show_default=False,
    ),
]
Near = Annotated[
    str | None,
    typer.Option("--near", metavar="PLACE", help="Creators around a place: `Austin, TX`."),
]
Within = Annotated[
    str | None,
    typer.Option(
        "--within", metavar="DISTANCE", help="How far from --near: 50km (the default) or 30mi."
    ),
]
Place = Annotated[
    str | None,
    typer.Option(
        "--in",
        "--place",
        metavar="PLACE",
        help="Creators of a place: `Lyon`, `Bavaria`, `within 50 km of Austin`, `Paris, TX`, "
        "`Spain, Portugal`, `Germany except Bavaria`.",
    ),
]
WordsOnly = Annotated[
    bool, typer.Option("--words-only", help="Take no place out of the words of TEXT.")
]
RegionLevel = Annotated[
    bool,
    typer.Option(
        "--region-level",
        help="Around a place, also creators known only to its region or country.",
    ),
]
Country = Annotated[
    list[str] | None,
    typer.Option("--country", metavar="CC", help="ISO code or name; repeat for several."),
]
Region = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="CODE", help="ISO 3166-2 code or name; repeatable."),
]
Platform = Annotated[
    list[str] | None,
    typer.Option("--platform", metavar="NAME", help="For example tiktok; repeatable."),
]
Language = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="ISO 639-1 code of the posts; repeatable."),
]
Topic = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="NAME", help="As the topic facet shows it; repeatable."),
]
Followers = Annotated[
    str | None,
    typer.Option("--followers", metavar="RANGE", help="Size range: 1k-50k, 1k-, 0-50k."),
]
FollowersMin = Annotated[
    str | None, typer.Option("--followers-min", metavar="COUNT", help="At least, inclusive.")
]
FollowersMax = Annotated[
    str | None, typer.Option("--followers-max", metavar="COUNT", help="At most, inclusive.")
]
EngagementMin = Annotated[
    str | None,
    typer.Option(
        "--engagement-min", metavar="SHARE", help="At least, 2% or 0.02; unknown never matches."
    ),
]
EngagementMax = Annotated[
    str | None,
    typer.Option(
        "--engagement-max", metavar="SHARE", help="At most, 2% or 0.02; unknown never matches."
    ),
]
InfluenceMin = Annotated[
    str | None,
    typer.Option(
        "--influence-min",
        metavar="PERCENTILE",
        help="Percentile among creators of the same size, at least; unknown never matches.",
    ),
]
ClosenessMin = Annotated[
    str | None,
    typer.Option(
        "--closeness-min",
        metavar="SHARE",
        help="Replies answered within a day, at least 30% or 0.3; unknown never matches.",
    ),
]
ActiveDays = Annotated[
    str | None,
    typer.Option("--active-days", metavar="N", help="Posted within N days of the index's as-of."),
]
PostsPerWeekMin = Annotated[
    str | None,
    typer.Option("--posts-per-week-min", metavar="N", help="At least; unknown never matches."),
]
AudiencePlace = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="PLACE",
        help="Where the audience is known to be, apart from the creator: a country, region or "
        "city; of several one is enough.",
    ),
]
AudienceShareMin = Annotated[
    str | None,
    typer.Option(
        "--audience-share-min",
        metavar="SHARE",
        help="With --audience: at least 30% or 0.3 of those who tell a place, by the lower bound "
        "of the interval; unknown never matches.",
    ),
]
AccountDaysMin = Annotated[
    str | None,
    typer.Option(
        "--account-days-min",
        metavar="N",
        help="Account made at least N days before the index's as-of; unknown never matches.",
    ),
]
GrowthMin = Annotated[
    str | None,
    typer.Option(
        "--growth-min",
        metavar="SHARE",
        help="Followers gained in --growth-months as a share of those before, at least 20% or 0.2; "
        "unknown never matches.",
    ),
]
GrowthMonths = Annotated[
    str | None,
    typer.Option(
        "--growth-months", metavar="N", help="Of --growth-min and --sort growth: 1, 3, 6, 12."
    ),
]
HasContact = Annotated[
    bool, typer.Option("--has-contact", help="Only who published an address for business.")
]
BoughtShareMax = Annotated[
    str | None,
    typer.Option(
        "--bought-share-max",
        metavar="SHARE",
        help="Followers that look bought, at most 15% or 0.15 by the upper bound of the interval; "
        "unknown never matches.",
    ),
]
Lockstep = Annotated[
    list[str] | None,
    typer.Option(
        "--lockstep",
        metavar="WORD",
        help="Followers delivered in step to several creators: none, found, unknown; repeatable.",
    ),
]
EngagementAnomaly = Annotated[
    list[str] | None,
    typer.Option(
        "--engagement-anomaly",
        metavar="WORD",
        help="Engagement that is unusual for the size: none, found, unknown; repeatable.",
    ),
]
FollowersSeenMin = Annotated[
    str | None,
    typer.Option(
        "--followers-seen-min",
        metavar="COUNT",
        help="The verdict was made from at least so many followers; unknown never matches.",
    ),
]
Activity = Annotated[
    list[str] | None,
    typer.Option("--activity", metavar="STATE", help="active, quiet, dormant, unknown."),
]
Verdict = Annotated[
    list[str] | None,
    typer.Option(
        "--verdict", metavar="WORD", help="vetted, needs_a_look, looks_inflated, unknown."
    ),
]
Label = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        metavar="WORD",
        help="creator, public_figure, celebrity, brand, bot, group, unknown.",
    ),
]
Brand = Annotated[
    str | None,
    typer.Option(
        "--brand",
        metavar="NAME",
        help="Rank by a saved brand: how content fits it and audiences match its own "
        "(`influencr brand`).",
    ),
]
FitMin = Annotated[
    str | None,
    typer.Option("--fit-min", metavar="SHARE", help="With --brand: fits by 50% or 0.5 at least."),
]
AlignmentMin = Annotated[
    str | None,
    typer.Option(
        "--alignment-min",
        metavar="SHARE",
        help="With --brand: of the audience at least so much is known to match; unknown never "
        "matches.",
    ),
]
Similar = Annotated[
    list[str] | None,
    typer.Option("--similar", metavar="HANDLE", help="Only creators like this one; repeatable."),
]
SimilarBy = Annotated[
    str,
    typer.Option("--similar-by", metavar="HOW", help="With --similar: content or audience."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="HANDLE", help="Leave out a handle or profile; repeatable."),
]
OnList = Annotated[
    list[str] | None,
    typer.Option("--on-list", metavar="LIST", help="Only who is on a list; repeatable."),
]
NotOnList = Annotated[
    list[str] | None,
    typer.Option("--not-on-list", metavar="LIST", help="Leave out who is on a list; repeatable."),
]
Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Switch every default exclusion off (verdict looks_inflated, dormant, celebrities, "
        "brands, bots).",
    ),
]
Sort = Annotated[
    str,
    typer.Option(
        "--sort",
        metavar="ORDER",
        help="relevance, influence, closeness, engagement, last_post, posts_per_week, growth, "
        "followers, bought_share (least first), name.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="One JSON object per line on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def query_of(params: Mapping[str, Any], **more: Any) -> Query:
    """The query that the shared search options ask, `more` being further query fields.

    params   a command's parameters by name, as typer hands them over

    Raises UsageError and UnknownValue with the option's name.
    """
    from influencr.search import make_query

    low, high = _followers(params)
    given: dict[str, Any] = {
        "text": " ".join(params.get("text") or ()),
        "words_only": params["words_only"],
        "place": params["place"],
        "near": params["near"],
        "within_km": params["within"],
        "include_region_level": params["region_level"],
        "country": tuple(params["country"] or ()),
        "region": tuple(params["region"] or ()),
        "platform": tuple(params["platform"] or ()),
        "language": tuple(params["language"] or ()),
        "topic": tuple(params["topic"] or ()),
        "followers_min": low,
        "followers_max": high,
        "engagement_min": params["engagement_min"],
        "engagement_max": params["engagement_max"],
        "influence_min": params["influence_min"],
        "closeness_min": params["closeness_min"],
        "active_within_days": params["active_days"],
        "posts_per_week_min": params["posts_per_week_min"],
        "audience_place": tuple(params["audience_place"] or ()),
        "audience_share_min": params["audience_share_min"],
        "account_days_min": params["account_days_min"],
        "growth_min": params["growth_min"],
        "growth_months": params["growth_months"],
        "has_contact": params["has_contact"],
        "bought_share_max": params["bought_share_max"],
        "lockstep": tuple(params["lockstep"] or ()),
        "engagement_anomaly": tuple(params["engagement_anomaly"] or ()),
        "followers_seen_min": params["followers_seen_min"],
        "activity": tuple(params["activity"] or ()),
        "verdict": tuple(params["verdict"] or ()),
        "label": tuple(params["label"] or ()),
        "exclude": tuple(params["exclude"] or ()),
        "on_list": tuple(params.get("on_list") or ()),
        "not_on_list": tuple(params.get("not_on_list") or ()),
        "everything": params["everything"],
        "brand": params["brand"],
        "fit_min": params["fit_min"],
        "alignment_min": params["alignment_min"],
        "similar": tuple(params["similar"] or ()),
        "similar_by": params["similar_by"],
        "sort": params["sort"],
        **more,
    }
    return make_query(**given)


def _followers(params: Mapping[str, Any]) -> tuple[str | None, str | None]:
    low, high = params["followers_min"], params["followers_max"]
    if params["followers"] is None:
        return low, high
    if low is not None or high is not None:
        raise UsageError(
            "--followers and --followers-min/--followers-max say the same thing; give one of them.",
            field="--followers",
        )
    return parse_range(params["followers"], option="--followers")
