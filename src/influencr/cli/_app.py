"""The command line's table of contents: every command, in the order of use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import (
    branding,
    collecting,
    conversing,
    explaining,
    followers,
    importing,
    keeping,
    listening,
    listing,
    measuring,
    operating,
    placing,
    planning,
    saving,
    searching,
    serving,
    sources,
    verifying,
    vetting,
)
from influencr.cli._session import Session

__all__ = ["app"]

# Plain help: rich would triple the time to answer `--help`, and its boxes do not survive a pipe.
app = typer.Typer(
    name="influencr",
    help="Search engine for micro influencers: by keyword and place, with the evidence.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from influencr import __version__

        print(f"influencr {__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Data home; default INFLUENCR_HOME, else the platform's user data folder.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Search engine for micro influencers: by keyword and place, with the evidence."""
    words = context.obj if isinstance(context.obj, tuple) else ()
    context.obj = Session(home, words)


app.command("import")(importing.import_)
app.command("collect")(collecting.collect)
app.command("search")(searching.search)
app.command("similar")(searching.similar)
app.command("why")(explaining.why)
app.command("show")(searching.show)
app.command("vet")(vetting.vet)
app.command("verify")(verifying.verify)
app.command("export")(searching.export)
app.command("plan")(planning.plan)
app.command("demo")(serving.demo)
app.command("serve")(serving.serve)
app.command("mcp")(conversing.mcp)
app.command("manage", context_settings=serving.PASSED_ON)(serving.manage)
app.command("listen")(listening.listen)
app.command("status")(keeping.status)
app.command("refresh")(keeping.refresh)
app.command("doctor")(keeping.doctor)
app.command("forget")(keeping.forget)
app.command("backup")(operating.backup)
app.command("restore")(operating.restore)
app.add_typer(branding.brands, name="brand")
app.add_typer(saving.saved, name="saved")
app.add_typer(listing.lists, name="lists")
app.add_typer(placing.places, name="places")
app.add_typer(followers.followers, name="followers")
app.add_typer(sources.sources, name="sources")
app.command("bench")(measuring.bench)
