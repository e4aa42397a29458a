"""`saved`: keep a search, and see who is new in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, engine, note, print_json, session

if TYPE_CHECKING:
    from influencr.search import News

__all__ = ["saved"]

saved = typer.Typer(
    help="Keep searches, and see who is new in them.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="How the search is called.")]


@saved.command("add")
def add(
    context: typer.Context,
    name: Name,
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
) -> None:
    """Keep a search under a name, in place of one of that name; everybody is new to it."""
    engine(context).saved.save(name, opt.query_of(context.params))
    note(f"Kept; `influencr saved run {name}` says who is new.")


@saved.command("list")
def list_(context: typer.Context, json_: opt.Json = False) -> None:
    """The searches that are kept here."""
    found = engine(context).saved.list()
    if json_:
        print_json([msgspec.to_builtins(one) for one in found])
        return
    if not found:
        note("No search is kept here; `influencr saved add NAME WORDS` keeps one.")
    for one in found:
        asked = ", ".join(f"{field} {_words(value)}" for field, value in one.query.items())
        last = f"last run {one.seen_at:%Y-%m-%d %H:%M} UTC" if one.seen_at else "never run"
        console().print(f"{one.name}  ({last})  {asked}")


@saved.command("run")
def run(
    context: typer.Context,
    name: Name,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="New creators shown, at most.")
    ] = 20,
    look: Annotated[
        bool, typer.Option("--look", help="Look without marking anybody as seen.")
    ] = False,
    json_: opt.Json = False,
) -> None:
    """Who is new since the last run, and who is gone; all new ones count as seen afterwards."""
    news = engine(context).saved.run(name, limit=limit, mark=not look)
    if json_:
        from influencr.answers.documents import news_document

        print_json(news_document(news))
        return
    from influencr.cli._page import print_page

    out = console()
    out.print(_summary(news))
    print_page(news.results, out, words=session(context).words, explain=False, more=False)
    for gone in news.gone:
        who = f"{gone.platform}:@{gone.handle}" if gone.handle else gone.profile_id
        out.print(f"Not found any more: {who}")
    if news.n_unlisted:
        out.print(f"No longer listed at all: {news.n_unlisted:,}")


@saved.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Forget a search and whom it has shown."""
    engine(context).saved.remove(name)
    note(f"{name} is no longer kept.")


def _summary(news: News) -> str:
    if news.since is None:
        return f"{news.name}: first run, so all {news.n_found:,} creators found are new."
    return (
        f"{news.name}: {news.results.total:,} new and {news.n_gone:,} gone since "
        f"{news.since:%Y-%m-%d %H:%M} UTC; {news.n_found:,} found."
    )


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
