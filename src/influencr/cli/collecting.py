"""`collect`: creators from a network that can be asked, by words and a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import searchable, stages
from influencr.cli._session import print_json, session
from influencr.cli._values import parse_range
from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.pipeline import Refreshed
    from influencr.pipeline.collecting import Ran
    from influencr.sources import Collectable, Plan, Wanted

__all__ = ["collect"]

Source = Annotated[str, typer.Argument(metavar="SOURCE", help="The network, for example bluesky.")]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[WORDS]...",
        help="What the creators are about: `specialty coffee`. It is asked for in the languages "
        "of the place too.",
        show_default=False,
    ),
]
Budget = Annotated[
    int | None,
    typer.Option(
        "--budget",
        min=1,
        metavar="CALLS",
        help="Calls that the run may cost, earlier parts of the same run included. Default: what "
        "the source takes for one run.",
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=1,
        metavar="N",
        help="Ask for posts and audience of at most so many, the surest first.",
    ),
]
Handles = Annotated[
    list[str] | None,
    typer.Option(
        "--handle", metavar="NAME", help="Look at this account and start from it; repeatable."
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Look at known accounts again and find nobody new: most overdue first, also to see "
        "who left.",
    ),
]


def collect(
    context: typer.Context,
    source: Source,
    words: Words = None,
    near: opt.Near = None,
    within: opt.Within = None,
    handle: Handles = None,
    followers: Annotated[
        str | None,
        typer.Option(
            "--followers",
            metavar="RANGE",
            help="Ask for posts and audience of accounts of this size only: 1k-100k.",
        ),
    ] = None,
    limit: Limit = None,
    budget: Budget = None,
    again: Again = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, how often, how long it is.")
    ] = False,
    no_refresh: Annotated[
        bool, typer.Option("--no-refresh", help="Only store; `influencr refresh` lists it.")
    ] = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Find creators on a network, store what they publish, vet and list them.

    May be stopped at any moment; the same command goes on where it ended and asks nothing twice.
    Who asked not to be shown or recommended is stored as having asked, and is not listed.
    """
    from influencr.engine import Engine
    from influencr.pipeline.collecting import open_source

    typed = " ".join(words or ())
    with Engine(session(context).home, create=True) as engine:
        if again:
            _alone(typed, near, handle)
            wanted = _again(engine, source, budget)
        else:
            wanted = _wanted(engine, source, typed, near, within, handle, followers, limit)
        opened = open_source(engine.home, source, wanted, budget=budget)
        try:
            plan = opened.plan()
            if dry_run:
                print_json(_plan_document(wanted, plan)) if json_ else _show_plan(wanted, plan)
                return
            ran, refreshed = _run(engine, opened, no_refresh=no_refresh, quiet=quiet)
        finally:
            opened.close()
    if json_:
        print_json(_document(wanted, plan, ran, refreshed))
        return
    for line in _told(ran):
        print(line)
    if refreshed is not None:
        print(searchable(refreshed))


def _run(
    engine: Engine, source: Collectable, *, no_refresh: bool, quiet: bool
) -> tuple[Ran, Refreshed | None]:
    from influencr.pipeline import observe_expiry
    from influencr.pipeline.collecting import run

    with stages(quiet=quiet) as progress:
        ran = run(engine.home, engine.catalogue, source, progress=progress)
        if ran.report.gone:
            # not left to the next stage: who is not there any more is in no table any more
            engine.forget(ran.report.gone, reason="deletion")
        refreshed = None
        if not no_refresh:
            refreshed = engine.refresh(progress=progress)
        else:
            # A refresh does it too: whoever was hidden for too long goes, found again or not.
            observe_expiry(engine.home, engine.catalogue, engine.index)
        finish = getattr(source, "finish", None)
        if finish is not None:
            finish()
    return ran, refreshed


def _wanted(
    engine: Engine,
    source: str,
    typed: str,
    near: str | None,
    within: str | None,
    handles: list[str] | None,
    followers: str | None,
    limit: int | None,
) -> Wanted:
    from influencr.pipeline.collecting import wanted_of
    from influencr.search import make_query

    low, high = parse_range(followers, option="--followers") if followers else (None, None)
    # one reader of numbers and distances for every command
    read = make_query(near=near, within_km=within, followers_min=low, followers_max=high)
    return wanted_of(
        typed,
        near,
        within_km=read.within_km,
        handles=handles or (),
        followers=(read.followers_min, read.followers_max),
        limit=limit,
        judged=engine.home.judged,
        platform=source,
    )


def _alone(typed: str, near: str | None, handles: list[str] | None) -> None:
    if typed or near or handles:
        raise UsageError(
            "--again looks at all known accounts; leave out words, --near and --handle.",
            field="--again",
        )


def _again(engine: Engine, source: str, budget: int | None) -> Wanted:
    from influencr import sources
    from influencr.pipeline.revisits import again
    from influencr.sources import Wanted

    # an unknown name is told by `open_source`, with the names that are known
    known = sources.installed()
    per_call = getattr(sources.load(source), "per_call", 1) if source in known else 1
    due = again(engine.home, engine.catalogue, source, calls=budget, per_call=per_call)
    if source in known and not due.native_ids:
        raise UsageError(
            f"Nobody of {source} is due to be looked at again; `influencr sources due` says when.",
            field="--again",
        )
    return Wanted(again=due.native_ids)


def _show_plan(wanted: Wanted, plan: Plan) -> None:
    if wanted.phrases:
        print("Asked for: " + ", ".join(phrase.text for phrase in wanted.phrases))
    if wanted.places:
        print("Named: " + ", ".join(place.text for place in wanted.places))
    width = max((len(step.strategy) for step in plan.steps), default=0)
    for step in plan.steps:
        print(f"  {step.strategy:<{width}}  {step.calls:>7,} calls at most: {step.says}")
    print(f"{plan.calls:,} calls at most, {_long(plan.seconds)}. Nothing was asked.")
    for sentence in plan.notes:
        print(sentence)


def _told(ran: Ran) -> list[str]:
    report = ran.report
    lines = []
    width = max((len(found.strategy) for found in report.found), default=0)
    for found in report.found:
        line = f"  {found.strategy:<{width}}  {found.calls:>7,} calls"
        if found.people or found.only_here is not None:
            line += f", {found.people:,} found"
        if found.only_here is not None:
            line += f", {found.only_here:,} by nothing else"
        lines.append(line)
    for table, counts in ran.collected.tables.items():
        parts = [f"{counts.new:,} new", f"{counts.unchanged:,} unchanged"]
        if counts.blocked:
            parts.append(f"{counts.blocked:,} of people who left, not stored")
        lines.append(f"  {table}: " + ", ".join(parts))
    if (scene := report.scene) is not None:
        share = scene.n_found / scene.estimate
        lines.append(
            f"{scene.n_found:,} belong; about {share:.0%} of an estimated {scene.estimate:,.0f} "
            f"(95 % interval {scene.low:,.0f} to {scene.high:,.0f}; {scene.assumption})."
        )
    elif report.finished and any(found.only_here is not None for found in report.found):
        lines.append("Too few were found twice to say how much of the scene this is.")
    if report.gone:
        lines.append(f"{len(report.gone):,} accounts do not exist any more and were forgotten.")
    return [*lines, *report.notes]


def _long(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5_400 else f"{seconds / 3_600:.1f} hours"


def _plan_document(wanted: Wanted, plan: Plan) -> dict[str, Any]:
    return {
        "wanted": _wanted_document(wanted),
        "steps": [step._asdict() for step in plan.steps],
        "calls": plan.calls,
        "hours": round(plan.seconds / 3_600, 3),
        "notes": list(plan.notes),
    }


def _wanted_document(wanted: Wanted) -> dict[str, Any]:
    return {
        "words": wanted.words,
        "place": wanted.place,
        "phrases": [phrase.text for phrase in wanted.phrases],
        "places": [place.text for place in wanted.places],
        "languages": list(wanted.languages),
        "handles": list(wanted.handles),
        "known": len(wanted.known),
        "again": len(wanted.again),
    }


def _document(wanted: Wanted, plan: Plan, ran: Ran, refreshed: Refreshed | None) -> dict[str, Any]:
    report = ran.report
    return {
        **_plan_document(wanted, plan),
        "found": [found._asdict() for found in report.found],
        "stored": {table: counts._asdict() for table, counts in ran.collected.tables.items()},
        "scene": report.scene._asdict() if report.scene else None,
        "finished": report.finished,
        "gone": len(report.gone),
        "notes": [*plan.notes, *report.notes],
        "creators": refreshed.n_searchable if refreshed else None,
        "generation": refreshed.generation if refreshed else None,
    }
