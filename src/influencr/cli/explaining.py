"""`why`: why a creator is, or is not, among the results of a search, or above another one."""

from __future__ import annotations

from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, engine, print_json

__all__ = ["why"]


def why(
    context: typer.Context,
    creator: Annotated[
        str,
        typer.Option("--creator", metavar="WHO", help="Who: a handle, or platform:handle."),
    ],
    text: opt.Text = None,
    above: Annotated[
        str | None,
        typer.Option("--above", metavar="WHO", help="Beside whom: which of the two stands above."),
    ] = None,
    words_only: opt.WordsOnly = False,
    near: opt.Near = None,
    within: opt.Within = None,
    place: opt.Place = None,
    region_level: opt.RegionLevel = False,
    country: opt.Country = None,
    region: opt.Region = None,
    platform: opt.Platform = None,
    language: opt.Language = None,
    topic: opt.Topic = None,
    followers: opt.Followers = None,
    followers_min: opt.FollowersMin = None,
    followers_max: opt.FollowersMax = None,
    engagement_min: opt.EngagementMin = None,
    engagement_max: opt.EngagementMax = None,
    influence_min: opt.InfluenceMin = None,
    closeness_min: opt.ClosenessMin = None,
    active_days: opt.ActiveDays = None,
    posts_per_week_min: opt.PostsPerWeekMin = None,
    audience_place: opt.AudiencePlace = None,
    audience_share_min: opt.AudienceShareMin = None,
    account_days_min: opt.AccountDaysMin = None,
    growth_min: opt.GrowthMin = None,
    growth_months: opt.GrowthMonths = None,
    has_contact: opt.HasContact = False,
    bought_share_max: opt.BoughtShareMax = None,
    lockstep: opt.Lockstep = None,
    engagement_anomaly: opt.EngagementAnomaly = None,
    followers_seen_min: opt.FollowersSeenMin = None,
    activity: opt.Activity = None,
    verdict: opt.Verdict = None,
    label: opt.Label = None,
    brand: opt.Brand = None,
    fit_min: opt.FitMin = None,
    alignment_min: opt.AlignmentMin = None,
    similar: opt.Similar = None,
    similar_by: opt.SimilarBy = "content",
    exclude: opt.Exclude = None,
    on_list: opt.OnList = None,
    not_on_list: opt.NotOnList = None,
    everything: opt.Everything = False,
    sort: opt.Sort = "relevance",
    json_: opt.Json = False,
) -> None:
    """Why is this creator found, or not, or above another one?

    Takes the same words and filters as `search`: each filter passed or failed with the creator's
    own value, the pieces of the words with the ways in which they are said, and the parts of the
    score.
    """
    query = opt.query_of(context.params)
    asked = engine(context)
    told = asked.explain(query, creator) if above is None else asked.compare(query, creator, above)
    if json_:
        from influencr.answers.documents import reasons_document

        print_json(reasons_document(told))
        return
    from influencr.cli._page import harmless
    from influencr.cli._reasons import compared_lines, explained_lines
    from influencr.search import Explained

    lines = explained_lines(told) if isinstance(told, Explained) else compared_lines(told)
    out = console()
    for line in lines:
        out.print(harmless(line), soft_wrap=False)
