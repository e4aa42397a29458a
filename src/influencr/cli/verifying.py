"""`verify`: numbers that were told, made again from the records."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import console, engine, print_json

__all__ = ["verify"]


def verify(
    context: typer.Context,
    handles: Annotated[
        list[str],
        typer.Argument(
            metavar="HANDLE...",
            help="As they stand beside numbers: creator:ID#followers=1200; creator:ID for all.",
        ),
    ],
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Judge everybody anew, beside the home, for numbers that need it."
        ),
    ] = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Make numbers again from the records, and tell whether they are what is shown.

    Exit code 1 when a number differs. Nothing is changed.
    """
    from influencr.answers.documents import plain
    from influencr.answers.verify import checked

    with engine(context) as asked, stages(quiet=quiet or not whole) as progress:
        found = plain(checked(asked, handles, whole=whole, max_seconds=None, progress=progress))
    if json_:
        print_json(found)
    else:
        _print(found)
    if found["outcomes"]["differs"]:
        raise typer.Exit(1)


def _print(found: dict[str, Any]) -> None:
    from influencr.cli._page import harmless

    out = console()
    for one in found["checked"]:
        out.print(harmless(f"{one['outcome']:<13} {one['handle']}"), soft_wrap=True)
        out.print(f"{'':<14}{harmless(one['because'])}", style="dim", soft_wrap=True)
        read = ", ".join(
            f"{found['records'][at]['n']:,} of {found['records'][at]['table']}"
            for at in one["records"]
        )
        if read:
            out.print(f"{'':<14}{harmless(one['how'])}; read: {read}", style="dim", soft_wrap=True)
