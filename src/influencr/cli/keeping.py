"""`status`, `refresh`, `doctor`, `forget`: what is in the home, and keeping it in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import searchable, stages
from influencr.cli._session import console, engine, note, print_json, session
from influencr.errors import UnknownValue

__all__ = ["doctor", "forget", "refresh", "status"]


def status(context: typer.Context, json_: opt.Json = False) -> None:
    """What is in the data home, how fresh it is, and who is not listed for which reason."""
    found = engine(context, renew=False).status()
    if json_:
        print_json(found)
        return
    from rich.table import Table

    out = console()
    for line in _status_lines(found):
        out.print(line)
    filled = {name: table for name, table in found["tables"].items() if table["rows"]}
    if filled:
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("table")
        for heading in ("rows", "files", "MB"):
            table.add_column(heading, justify="right")
        table.add_column("observed")
        for name, entry in filled.items():
            first, last = entry["first_fetched_at"], entry["last_fetched_at"]
            span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if first and last else ""
            size = f"{entry['bytes'] / 1e6:,.1f}"
            table.add_row(name, f"{entry['rows']:,}", f"{entry['files']:,}", size, span)
        out.print(table)


def _status_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"home       {found['home']}"
    if found["demo"]:
        yield "DEMO       every person in this home is invented"
    index = found["index"]
    if index["generation"]:
        built = f"{index['built_at']:%Y-%m-%d %H:%M} UTC"
        size = f"{index['bytes'] / 1e6:,.1f} MB"
        about = f"generation {index['generation']}, built {built}, {size}"
        yield f"creators   {index['n_creators']:,} searchable ({about})"
    else:
        yield "creators   nothing is indexed yet: run `influencr import FILE`"
    if found["as_of"]:
        yield f"as of      {found['as_of']:%Y-%m-%d %H:%M} UTC"
    for entry in found["excluded"].values():
        yield f"not listed {entry['n']:,}: {entry['because']}"
    if found["is_stale"] and index["generation"]:
        yield "stale      something was stored since; `influencr refresh` brings it in"
    if found["pending_removals"]:
        yield "removal    one was begun and is not complete: run `influencr forget` again"
    if found["quarantine"]["files"]:
        kept = found["quarantine"]
        size = f"{kept['files']:,} files, {kept['bytes'] / 1e6:,.2f} MB"
        yield f"quarantine {size} of rows that could not be imported"


def refresh(
    context: typer.Context,
    whole: Annotated[
        bool, typer.Option("--whole", help="Judge everybody anew, also if little changed.")
    ] = False,
    notability: Annotated[
        Path | None,
        typer.Option(
            "--notability",
            metavar="FILE",
            help="Who is known elsewhere: platform, handle, qid, sitelinks, occupations, "
            "earliest_sitelink. Kept in the home; everybody is judged anew.",
        ),
    ] = None,
    quiet: opt.Quiet = False,
    json_: opt.Json = False,
) -> None:
    """Bring what was stored since into the index; `import` does this by itself.

    A few changed profiles are judged alone and searchable within seconds. Searches go on meanwhile.
    """
    with stages(quiet=quiet or json_) as progress:
        refreshed = engine(context, renew=False).refresh(
            force=whole, notability=notability, progress=progress
        )
    if json_:
        updated = refreshed.updated
        print_json(
            {
                "creators": refreshed.n_searchable,
                "generation": refreshed.generation,
                "judged_everybody": refreshed.judged,
                "upserted": updated.n_upserted if updated else None,
                "deleted": updated.n_deleted if updated else None,
            }
        )
        return
    print(searchable(refreshed))


def doctor(context: typer.Context, json_: opt.Json = False) -> None:
    """Check that everything a run needs is there, and say what to do where it is not.

    Exits with 1 when a check failed; a warning is no failure.
    """
    from influencr.cli._doctor import examine

    out = console()
    checks = []
    for check in examine(session(context).home):
        checks.append(check)
        if json_:
            continue
        from rich.text import Text

        colour = {"ok": "green", "warn": "yellow", "fail": "bold red"}[check.state]
        line = Text(check.state.ljust(5), style=colour)
        line.append(f"{check.name}: {check.found}", style="default")
        if check.do:
            line.append(f"; {check.do}", style="default")
        out.print(line)
    failed = any(check.state == "fail" for check in checks)
    if json_:
        print_json({"ok": not failed, "checks": [check._asdict() for check in checks]})
    if failed:
        raise typer.Exit(1)


def forget(
    context: typer.Context,
    references: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO...", help="platform:handle, platform:native id, or a profile's address."
        ),
    ],
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="WORD", help="opt_out, deletion, takedown or operator."),
    ] = "opt_out",
    json_: opt.Json = False,
) -> None:
    """Take people out everywhere, for good: tables, old files, index, quarantine.

    A salted hash keeps every later import from bringing them back. Somebody who is not known is
    blocked all the same. Exports that were made before are not reached: delete those yourself.
    """
    from influencr.catalogue import REASONS

    if reason not in REASONS:
        raise UnknownValue("--reason", reason, REASONS)
    done = engine(context).forget(references, reason=reason)
    if json_:
        print_json(
            {
                "names": list(done.erased.names),
                "rows": done.erased.rows,
                "creators": done.n_creators,
                "quarantined_rows": done.n_quarantined,
            }
        )
        return
    note(
        f"{len(references):,} asked for: {done.erased.n_rows:,} rows, {done.n_creators:,} creators "
        f"and {done.n_quarantined:,} quarantined rows are gone; later imports are blocked."
    )
