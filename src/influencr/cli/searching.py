"""`search`, `similar`, `show`, `export`: ask for creators, look at one, take them along."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import console, engine, note, print_json, session
from influencr.errors import InfluencrError, UsageError

__all__ = ["export", "search", "show", "similar"]


def search(
    context: typer.Context,
    text: opt.Text = None,
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
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Creators per page, at most.")
    ] = 20,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="CURSOR", help="The cursor of the previous page."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="With every judge's reason, and the facets.")
    ] = False,
    json_: opt.Json = False,
    jsonl: opt.JsonLines = False,
) -> None:
    """Find creators by words and place, with the reasons.

    AND across filters, OR inside one that is repeated. Looks-inflated and dormant creators,
    celebrities, brands and bots are left out unless --all is given or they are asked for.
    """
    if json_ and jsonl:
        raise UsageError("--json and --jsonl exclude each other; give one of them.", field="--json")
    bare = jsonl  # a stream of hits has no room for facets and funnel: do not compute them
    query = opt.query_of(
        context.params,
        limit=limit,
        after=after,
        **({"facets": (), "funnel": False} if bare else {}),
    )
    results = engine(context).query(query)
    if json_:
        from influencr.answers.documents import results_document

        print_json(results_document(results))
    elif jsonl:
        from influencr.answers.documents import hit_document

        for hit in results.hits:
            print_json(hit_document(hit), indent=None)
        if results.next:
            from influencr.cli._page import next_command

            note("Next page: " + next_command(session(context).words, results.next))
    else:
        from influencr.cli._page import print_page

        print_page(results, console(), words=session(context).words, explain=explain)


def similar(
    context: typer.Context,
    who: Annotated[
        list[str], typer.Argument(metavar="WHO...", help="Creators to be like: @ana, tiktok:@ana.")
    ],
    by: Annotated[
        str,
        typer.Option("--by", metavar="HOW", help="content, or audience where follows are known."),
    ] = "content",
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
    exclude: opt.Exclude = None,
    on_list: opt.OnList = None,
    not_on_list: opt.NotOnList = None,
    everything: opt.Everything = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Creators per page, at most.")
    ] = 20,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="CURSOR", help="The cursor of the previous page."),
    ] = None,
    json_: opt.Json = False,
) -> None:
    """Creators like some creators, with what they share; every filter of a search works.

    The same as `influencr search --similar WHO --similar-by HOW`.
    """
    asked = {
        **context.params,
        **dict.fromkeys(("text", "brand", "fit_min", "alignment_min")),
        **{"words_only": False, "sort": "relevance", "similar": who, "similar_by": by},
    }
    results = engine(context).query(opt.query_of(asked, limit=limit, after=after))
    if json_:
        from influencr.answers.documents import results_document

        print_json(results_document(results))
    else:
        from influencr.cli._page import print_page

        print_page(results, console(), words=session(context).words, explain=False)


def show(
    context: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO",
            help="A handle, platform:handle, platform:native id, or the address of a profile.",
        ),
    ],
    json_: opt.Json = False,
) -> None:
    """Everything known of one creator, each judgement with its reason."""
    row = engine(context).show(who)
    if row is None:
        raise InfluencrError(
            f"Nobody called {who!r} is known here; check the spelling, or write platform:handle."
        )
    measured = engine(context).influence(row["profile_id"]) if row["indexed"] else None
    facts = None if measured is None else measured.facts
    if json_:
        from influencr.answers.documents import dossier_document

        print_json(dossier_document(row, facts))
    else:
        from influencr.cli._dossier import print_dossier

        print_dossier(row, console(), facts)


def export(
    context: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Ends in .csv, .jsonl or .parquet; replaced whole.",
        ),
    ],
    text: opt.Text = None,
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
    quiet: opt.Quiet = False,
) -> None:
    """Write every creator that a search finds to a file, all pages of it.

    Creators whose source does not allow taking them along, and people who left, are not written.
    """
    query = opt.query_of(context.params)
    with stages(quiet=quiet) as progress:
        done = engine(context).export(query, output, progress=progress)
    if json_:
        print_json({"file": str(output), **done._asdict()})
    elif not quiet:
        tail = ""
        if done.n_not_allowed:
            tail += f"; {done.n_not_allowed:,} left out, their source does not allow taking along"
        if done.n_removed:
            tail += f"; {done.n_removed:,} left out, they asked to leave"
        note(f"{done.n_rows:,} creators written to {output}{tail}.")
