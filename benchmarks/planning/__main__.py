"""Measures planning; prints all figures as JSON.

    python -m benchmarks.planning [--only optimum,sketches,scale] [--quick] [--seeds 1,2]
                                  [--scale N] [--output FOLDER] [--quiet]

--scale is the number of creators of the large world (each has about 500 followers among a hundred
times as many people). --output writes planning.json and planning.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.runs import as_run, run_command, seeds_in, write_run
from benchmarks.vetting.page import page

from influencr.cli._measures import machine
from influencr.errors import UnknownValue

IDS = ("optimum", "sketches", "scale")
UNSEEN_SEEDS = tuple(range(9001, 9051))
_CREATORS = 100_000

_HEAD = """\
# Planning, measured

<!-- Written by `influencr bench planning --output docs/benchmarks`: do not edit. -->

How near a roster is to the best there is, whether the bound that is printed with it holds, how many
more people it reaches than usual rules, how often a sketch's own error holds, and how long a
plan takes over a large home. Every figure of every run: [planning.json](planning.json). The method
and its limits: [docs/algorithms/planning.md](../algorithms/planning.md).

All instances are invented: creators of circles whose people overlap most, sizes and prices with
long tails. The best roster is proven by SCIP through OR-Tools, which no part of the program uses.
"""


def main(words: list[str] | None = None) -> int:
    return run_command(
        words, module="benchmarks.planning", about=__doc__, measure=measure, write=write
    )


def measure(
    datasets: Path | None,
    *,
    only: str | None,
    quick: bool,
    seeds: str | None,
    scale: int | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """One run; `datasets` is not read. Raises UnknownValue for an id that does not exist."""
    wanted = [word.strip() for word in only.split(",") if word.strip()] if only else list(IDS)
    for word in wanted:
        if word not in IDS:
            raise UnknownValue("--only", word, IDS)
    chosen = seeds_in(seeds, quick=False, unseen=UNSEEN_SEEDS)
    here, told = machine(), []
    for name in IDS:
        if name not in wanted:
            continue
        say(f"measuring {name}")
        began = time.monotonic()
        if name == "optimum":
            from benchmarks.planning.optimum import run as run_optimum

            answer = run_optimum(chosen[:5] if quick else chosen, say=say)
        elif name == "sketches":
            from benchmarks.planning.sketches import run as run_sketches

            answer = run_sketches(50 if quick else 400)
        else:
            from benchmarks.planning.scale import run as run_scale

            answer = run_scale(scale or (5_000 if quick else _CREATORS), say=say)
        told.append({**answer, "seconds": round(time.monotonic() - began, 1)})
    return as_run(told, quick=quick, machine_before=here)


def write(folder: Path, result: dict[str, Any]) -> None:
    """Add a run to planning.json in a folder, and write the page from all runs."""
    write_run(folder, "planning", result, lambda runs: page(runs, _HEAD))


if __name__ == "__main__":
    sys.exit(main())
