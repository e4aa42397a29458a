"""Progress of long work on stderr: a bar with the time left on a terminal, one line per stage else.

Silent when told to be quiet; never on stdout, so that results stay clean.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from influencr.cli._session import console, note

if TYPE_CHECKING:
    from rich.progress import TaskID

    from influencr.pipeline import Refreshed

__all__ = ["Report", "searchable", "stages"]

#: Stage, done, in all (0 when nobody knows how much there is).
type Report = Callable[[str, int, int], None]

#: What a stage is called while it runs, and whether it counts bytes.
_STAGES = {
    "world": ("Inventing the world", False),
    "import": ("Importing", True),
    "collect": ("Asking", False),
    "judge": ("Judging", False),
    "vet": ("Vetting audiences", False),
    "act": ("Reading reactions", False),
    "index": ("Indexing", False),
    "export": ("Exporting", False),
    "brand": ("Reading audiences and mentions", False),
    "audiences": ("Counting people once", False),
}


@contextlib.contextmanager
def stages(*, quiet: bool) -> Iterator[Report | None]:
    """Something to call with (stage, done, in all), or None when nobody wants to see it.

    A stage that is not known by name (a file that is read) shows under its own name, in bytes.
    """
    if quiet:
        yield None
        return
    out = console(stderr=True)
    if not out.is_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    tasks: dict[str, TaskID] = {}
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeLeft(elapsed_when_finished=True),
        console=out,
    ) as bars:

        def report(stage: str, done: int, total: int) -> None:
            label, bytewise = _STAGES.get(stage, (stage, True))
            if stage not in tasks:
                tasks[stage] = bars.add_task(label, total=None, amount="")
            amount = f"{done / 1e6:,.1f} MB" if bytewise else f"{done:,}"
            bars.update(tasks[stage], completed=done, total=total or None, amount=amount)

        yield report


def _lines() -> Report:
    """One line when a stage begins: enough for a log, and no control codes in it."""
    seen: set[str] = set()

    def report(stage: str, _done: int, _total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            note(_STAGES.get(stage, (f"Reading {stage}", True))[0] + " ...")

    return report


def searchable(refreshed: Refreshed) -> str:
    """One sentence: what a refresh made searchable."""
    report, updated = refreshed.report, refreshed.updated
    if updated is not None:
        changed = updated.n_upserted + updated.n_deleted
        return (
            f"{changed:,} changed profiles brought in within {updated.seconds:.1f} s; "
            f"{refreshed.n_searchable:,} creators are searchable."
        )
    left_out = report.n_profiles - report.n_creators
    tail = (
        f", {left_out:,} profiles are not listed (`influencr status` says why)" if left_out else ""
    )
    return f"{report.n_creators:,} creators are searchable{tail}."
