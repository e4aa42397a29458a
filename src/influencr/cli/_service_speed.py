"""`bench service`: pages for members, measured by the benchmark of a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.cli._checkout import checkout_of, run_benchmark

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["measure_service", "show_service"]

_WANTED = "bench service"
#: Exit code of the benchmark when a goal was not reached.
_MISSED = 3


def measure_service(
    *, creators: int, folder: Path | None, output: Path | None, quiet: bool = False
) -> dict[str, Any]:
    """The figures of one run, as in docs/benchmarks/service.json.

    Raises UsageError outside of a checkout and for options that mean nothing.
    """
    checkout_of("service", wanted=_WANTED, holds="the invented members are")
    words = ["--creators", str(creators)]
    for option, value in (("--folder", folder), ("--output", output)):
        if value is not None:
            words += [option, str(value.resolve())]
    words += ["--quiet"] if quiet else []
    found, _ = run_benchmark("benchmarks.service", words, wanted=_WANTED, allowed=_MISSED)
    return found


def show_service(out: Console, found: dict[str, Any]) -> None:
    """One line a run, then the goals."""
    for name, run in found["runs"].items():
        out.print(
            f"{name}: {run['pages']:,} pages, {run['errors']} errors, p50 {run['p50']:g} ms, "
            f"p95 {run['p95']:g} ms, {run['pages_per_second']:g} a second"
        )
    for goal in found["goals"]:
        told = "reached" if goal["reached"] else "not reached"
        out.print(f"{goal['goal']}: {goal['found']:g}, at most {goal['at_most']:g}: {told}")
