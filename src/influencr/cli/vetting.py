"""`vet`: whose audience looks real, with the evidence, and checking one again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import console, engine, print_json
from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.kept import Dispute

__all__ = ["vet"]


def vet(
    context: typer.Context,
    handles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[HANDLE]...",
            help="Whom: a handle, platform:handle, or a profile's address.",
            show_default=False,
        ),
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Every listed creator, instead of named ones.")
    ] = False,
    members: Annotated[
        bool,
        typer.Option("--members", help="Name the followers in each finding, by profile id."),
    ] = False,
    dispute: Annotated[
        str | None,
        typer.Option(
            "--dispute",
            metavar="TEXT",
            help="Somebody disputes this verdict, for this reason: check one creator again from "
            "the records, keep what came out, and show both answers.",
            show_default=False,
        ),
    ] = None,
    json_: opt.Json = False,
    json_lines: opt.JsonLines = False,
    quiet: opt.Quiet = False,
) -> None:
    """Does an audience look real? The verdict, the share that looks bought, and the evidence.

    Tells what the last refresh found. Unknown is an answer: it means that the data do not say.
    Nothing here says who paid for anything.
    """
    named = list(handles or ())
    if bool(named) == everybody:
        raise UsageError(
            "vet: name one or more creators, or give --all to see every listed one.",
            field="HANDLE",
        )
    if dispute is not None and len(named) != 1:
        raise UsageError("--dispute checks one creator again; name that one.", field="--dispute")
    if json_ and json_lines:
        raise UsageError("--json and --jsonl exclude each other; give one of them.")
    asked = engine(context)
    from influencr.answers.documents import disputed_document, evidence_document
    from influencr.cli._vetted import print_disputed, print_vetted, print_vetted_table

    if dispute is not None:
        with stages(quiet=quiet or json_ or json_lines) as progress:
            done = asked.dispute(named[0], dispute, progress=progress)
        if json_ or json_lines:
            before = None if done.before is None else evidence_document(done.before)
            after = evidence_document(done.after)
            print_json(
                {
                    "before": before,
                    "after": after,
                    "changed": done.changed,
                    "dispute": disputed_document(done.dispute),
                },
                indent=2 if json_ else None,
            )
        else:
            print_disputed(done.before, done.after, done.dispute, console())
        return
    rows = asked.vet(None if everybody else named)
    disputed: dict[str, list[Dispute]] = {}
    for one in asked.disputes():
        disputed.setdefault(one.profile_id, []).append(one)
    if json_ or json_lines:
        documents = (
            evidence_document(
                row,
                member_ids=asked.evidence_members(row.profile_id) if members else None,
                disputes=disputed.get(row.profile_id, ()),
            )
            for row in rows
        )
        if json_:
            print_json(list(documents))
        for document in documents:
            print_json(document, indent=None)
        return
    out = console()
    if everybody and not members:
        print_vetted_table(rows, out)
        return
    for number, row in enumerate(rows):
        if number:
            out.print()
        named_members = asked.evidence_members(row.profile_id) if members else None
        print_vetted(row, out, member_ids=named_members, disputes=disputed.get(row.profile_id, ()))
