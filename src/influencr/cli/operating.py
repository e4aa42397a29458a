"""`backup`, `restore`: everything of a home as one folder, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._session import note, session

__all__ = ["backup", "restore"]


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(metavar="TO", help="A folder that does not exist yet.")],
    quiet: opt.Quiet = False,
) -> None:
    """Copy everything of the data home into a folder, while it is served and imported into.

    The folder exists only when it is whole. It holds secrets and personal data: keep it like them.
    """
    from influencr.home import Home
    from influencr.service.operations.backup import backup as write

    made = write(Home(session(context).home, create=False), to, say=_teller(quiet=quiet))
    if not quiet:
        note(f"{len(made.files):,} files, {made.n_bytes / 1e6:,.1f} MB in {to}.")


def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FROM", help="A folder that `backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop everything that is in the home now.")
    ] = False,
    quiet: opt.Quiet = False,
) -> None:
    """Make the data home what it was when a backup was made; stop everything that uses it first.

    The backup is checked, file by file, before anything is touched. A home in use is refused unless
    --replace is said; who left it since the backup was made is then taken out again.
    """
    from influencr.home import Home
    from influencr.service.operations.backup import restore as read

    home = session(context).home or Home.default_path()
    done = read(folder, home, replace=replace, say=_teller(quiet=quiet))
    if quiet:
        return
    note(f"{len(done.manifest.files):,} files of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.n_removals is None:
        note("Whoever asked to leave after that has to be told anew: `influencr forget`.")
    elif done.n_removals:
        note(f"{done.n_removals:,} entries of who left since were kept, and taken out again.")
    note("Run `influencr refresh`: it brings in what was imported after the index was made.")


def _teller(*, quiet: bool) -> Callable[[str], None]:
    return (lambda _: None) if quiet else note
