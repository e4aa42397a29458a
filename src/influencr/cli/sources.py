"""`sources`: how the networks stand that are asked, and whom they should be asked about again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, engine, print_json

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.pipeline.revisits import Again, Standing

__all__ = ["sources"]

sources = typer.Typer(
    help="How the networks stand that are asked, and whom they are asked about again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@sources.command("status")
def status(context: typer.Context, json_: opt.Json = False) -> None:
    """What each source knows, spent and failed at, where its stream stands, and what runs out.

    Nothing is asked of anybody. Rows that a source allows to be kept until a day only are dropped
    on that day: `influencr collect SOURCE --again` asks for them anew before.
    """
    from influencr.pipeline.revisits import LEAD_DAYS, standings

    with engine(context, renew=False) as opened:
        found = standings(opened.home, opened.catalogue)
    if json_:
        print_json([_document(standing) for standing in found])
        return
    if not found:
        print("No network was asked yet; `influencr collect SOURCE` does.")
    for standing in found:
        for label, words in _lines(standing, LEAD_DAYS):
            print(f"{label:<11}{words}")


@sources.command("due")
def due(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="One source; default: every one.")
    ] = None,
    calls: Annotated[
        int | None,
        typer.Option("--calls", metavar="N", min=0, help="Only whom so many calls can ask for."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="List at most so many.")
    ] = 20,
    json_: opt.Json = False,
) -> None:
    """Who would be asked for again first, and why; `collect SOURCE --again` asks them.

    First whose rows run out within three days, then who was not asked for a week, then everybody
    else by how much is likely to have changed and how many look at it.
    """
    with engine(context, renew=False) as opened:
        found = {name: _again(opened, name, calls) for name in _names(opened, source)}
    if json_:
        print_json({name: _due_document(again, limit) for name, again in found.items()})
        return
    if not found:
        print("No network was asked yet; `influencr collect SOURCE` does.")
    for name, again in found.items():
        _show_due(name, again, limit)


def _names(opened: Engine, source: str | None) -> list[str]:
    from influencr.errors import UnknownValue
    from influencr.pipeline.collecting import collectable
    from influencr.pipeline.revisits import standings

    if source is None:
        return [standing.source for standing in standings(opened.home, opened.catalogue)]
    if source not in (known := collectable()):
        raise UnknownValue("source", source, known)
    return [source]


def _again(opened: Engine, name: str, calls: int | None) -> Again:
    from influencr.pipeline.revisits import again
    from influencr.sources import load

    per_call = getattr(load(name), "per_call", 1)
    return again(opened.home, opened.catalogue, name, calls=calls, per_call=per_call)


def _lines(standing: Standing, lead_days: float) -> Iterator[tuple[str, str]]:
    yield standing.source, f"{standing.accounts:,} accounts, last stored {_when(standing.asked_at)}"
    if run := standing.last_run:
        how = "finished" if run.get("finished") else "not finished: the same command goes on"
        yield "  last run", f"{run['command']}, {_when(run['at'])}, {run['calls']:,} calls, {how}"
    for server, cursor in standing.cursors.items():
        yield "  stream", f"{server} at {cursor}"
    if standing.lag_seconds is not None:
        word = "gap" if standing.gaps == 1 else "gaps"
        gaps = f", {standing.gaps:,} {word} that no server has any more" if standing.gaps else ""
        yield "  stream", f"newest event {_span(standing.lag_seconds)} ago{gaps}"
    for allowance in standing.allowances:
        again = f", again {_when(allowance.renewed_at)}" if allowance.renewed_at else ""
        left = f"{allowance.left:,} of {allowance.limit:,} left"
        yield "  allowed", f"{allowance.name}: {left}{again}"
    if not standing.allowances:
        for host, units in standing.spent_today.items():
            yield "  spent", f"{host}: {units:,} calls today"
    for host, until in standing.resting.items():
        yield "  resting", f"{host} until {_when(until)}"
    if standing.next_expiry is not None:
        soon = f"{standing.expiring:,} rows run out within {lead_days:.0f} days"
        yield "  runs out", f"{soon}, the first {_when(standing.next_expiry)}"
    if error := standing.last_error:
        yield "  error", f"{_when(error['at'])}: {error['says']}"


def _show_due(name: str, again: Again, limit: int) -> None:
    told = again.due
    print(
        f"{name}: {told.n_known:,} accounts known, {told.n_expiring:,} run out soon, "
        f"{told.n_overdue:,} not asked for a week. To ask everybody once a week takes "
        f"{told.calls_a_week:,} calls a week."
    )
    if told.rows.is_empty() or not limit:
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("account", "why", "last asked", "runs out"):
        table.add_column(heading)
    for row in told.rows.head(limit).iter_rows(named=True):
        ends = _when(row["expires_at"]) if row["expires_at"] else ""
        table.add_row(row["profile_id"], row["why"], _when(row["asked_at"]), ends)
    console().print(table)
    if len(told.rows) > limit:
        print(f"and {len(told.rows) - limit:,} more")


def _document(standing: Standing) -> dict[str, Any]:
    allowances = [{**a._asdict(), "left": a.left} for a in standing.allowances]
    return {**standing._asdict(), "allowances": allowances}


def _due_document(again: Again, limit: int) -> dict[str, Any]:
    told = again.due
    return {
        "known": told.n_known,
        "expiring": told.n_expiring,
        "overdue": told.n_overdue,
        "calls_a_week": told.calls_a_week,
        "due": len(told.rows),
        "first": told.rows.head(limit).to_dicts(),
    }


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "never"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3_600:,.0f} hours"
