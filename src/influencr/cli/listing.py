"""`lists`: shortlists of creators, with states and notes, as files, and as filters of a search."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, engine, note, print_json

__all__ = ["lists"]

lists = typer.Typer(
    help="Keep lists of creators, with states and notes.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="LIST", help="Name of the list, or its id.")]
Who = Annotated[
    list[str],
    typer.Argument(metavar="WHO...", help="Creators: @ana, tiktok:@ana, a profile's address."),
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What to remember.")]
Status = Annotated[
    str | None, typer.Option("--status", metavar="WORD", help="One of the list's states.")
]


@lists.command("make")
def make(
    context: typer.Context,
    name: Name,
    note_: Note = None,
    statuses: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="WORD", help="States in order; repeat for several."),
    ] = None,
    json_: opt.Json = False,
) -> None:
    """Make an empty list."""
    given: dict[str, Any] = {"statuses": statuses} if statuses else {}
    one = engine(context).lists.make(name, note=note_ or "", **given)
    if json_:
        print_json(msgspec.to_builtins(one))
    else:
        note(f"Made; `influencr lists add {one.name!r} @HANDLE` puts somebody on it.")


@lists.command("list")
def list_(context: typer.Context, json_: opt.Json = False) -> None:
    """The lists that are kept here, the last changed first."""
    found = engine(context).lists.all()
    if json_:
        print_json([msgspec.to_builtins(one) for one in found])
        return
    if not found:
        note("No list is kept here; `influencr lists make NAME` makes one.")
    for one in found:
        console().print(f"{one.name}  ({one.n:,} creators, changed {one.changed_at:%Y-%m-%d})")


@lists.command("add")
def add(
    context: typer.Context,
    name: Name,
    who: Who,
    status: Status = None,
    note_: Note = None,
    json_: opt.Json = False,
) -> None:
    """Put creators on a list; who is on it already stays as they are."""
    done = engine(context).lists.add(name, who, status=status or "", note=note_ or "")
    if json_:
        print_json(msgspec.to_builtins(done))
    else:
        tail = f"; {done.n_already:,} were on it already" if done.n_already else ""
        note(f"{len(done.came):,} put on {done.shortlist.name}{tail}.")


@lists.command("mark")
def mark(
    context: typer.Context, name: Name, who: Who, status: Status = None, note_: Note = None
) -> None:
    """Set the state or the note of creators on a list."""
    n = engine(context).lists.mark(name, who, status=status, note=note_)
    note(f"{n:,} changed.")


@lists.command("remove")
def remove(
    context: typer.Context,
    name: Name,
    who: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHO]...", help="Creators to take off; none: the list itself."),
    ] = None,
) -> None:
    """Take creators off a list, or take the list itself away."""
    kept = engine(context).lists
    if who:
        note(f"{len(kept.take_off(name, who)):,} taken off.")
    else:
        note(f"{kept.remove(name).name} is no longer kept.")


@lists.command("show")
def show(context: typer.Context, name: Name, json_: opt.Json = False) -> None:
    """Who is on a list, with state, note, verdict and last post."""
    kept = engine(context).lists
    one, items = kept.get(name), kept.items(name)
    if json_:
        from influencr.answers.documents import items_document

        print_json(items_document(one, items))
        return
    out = console()
    out.print(f"{one.name}: {one.n:,} creators" + (f". {one.note}" if one.note else ""))
    for item in items:
        out.print(_line(item.profile_id, item.status, item.note, item.creator))


@lists.command("export")
def export(
    context: typer.Context,
    name: Name,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Ends in .csv, .jsonl or .parquet; replaced whole.",
        ),
    ],
    json_: opt.Json = False,
) -> None:
    """Write a list to a file, in its order, with every figure.

    Creators who are not listed now, whose source does not allow taking them along, and people who
    left are not written.
    """
    kept = engine(context).lists
    done = kept.export(name, output)
    left_out = kept.get(name).n - done.n_rows
    if json_:
        print_json({"file": str(output), **done._asdict(), "n_left_out": left_out})
    else:
        tail = f"; {left_out:,} of the list left out" if left_out else ""
        note(f"{done.n_rows:,} creators written to {output}{tail}.")


def _line(profile_id: str, status: str, remark: str, creator: dict[str, Any] | None) -> str:
    if creator is None:
        return f"  {profile_id}  [{status}]  not listed now"
    who = f"{creator['platform']}:@{creator['handle']}" if creator.get("handle") else profile_id
    at = creator.get("last_post_at")
    last = f"last post {at:%Y-%m-%d}" if at else "last post unknown"
    verdict = (creator.get("verdict") or "unknown").replace("_", " ")
    said = f"  {remark.splitlines()[0]}" if remark else ""
    return f"  {who}  [{status}]  {verdict}, {last}{said}"
