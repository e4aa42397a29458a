"""Measures influence; prints all figures as JSON.

    python -m benchmarks.influence [DATASETS] [--only worlds,posts] [--quick] [--seeds 1,2]
                                   [--scale N] [--output FOLDER] [--quiet]

--output writes influence.json (every run so far, by version and machine) and influence.md. What
cannot be measured at all is told as {"error": a sentence}, exit code 2.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.influence.goals import MissingData
from benchmarks.runs import as_run, not_measured, run_command, seeds_in, write_run
from benchmarks.vetting.page import page

from influencr.cli._measures import machine
from influencr.errors import UnknownValue

#: Worlds that nobody looked at while the method was made.
UNSEEN_SEEDS = (3001, 3002, 3003, 3004, 3005)
IDS = ("worlds", "posts", "saying", "labels", "scale")
#: Measured only when asked for by name: they take long.
_ON_DEMAND = ("scale",)
#: Acts of the world of `scale`, from the project's requirements.
_SCALE_ACTS = 100_000_000

_HEAD = """\
# Influence, measured

<!-- Written by `influencr bench influence --output docs/benchmarks`: do not edit. -->

Does the score foretell what followers will do, better than simpler numbers do, among creators of
the same size? Every figure of every run, also those that fall short:
[influence.json](influence.json). Intervals are 95 %. The method and its limits:
[docs/algorithms/influence.md](../algorithms/influence.md).

Invented worlds say that the method finds what was put in, under conditions that are stated; posts
of real accounts say whether earlier posts foretell later ones. No set in hand has both the acts of
single accounts on many creators' posts and what happened a month later, so the whole method has
not been measured on a real network.
"""


def main(words: list[str] | None = None) -> int:
    return run_command(
        words, module="benchmarks.influence", about=__doc__, measure=measure, write=write
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
    """One run: version, machine and the answers of the benchmarks asked for.

    Raises UnknownValue for an id that does not exist, UsageError for seeds that are no numbers.
    """
    wanted = [word.strip() for word in only.split(",") if word.strip()] if only else None
    for word in wanted or ():
        if word not in IDS:
            raise UnknownValue("--only", word, IDS)
    if wanted is None:
        wanted = [one for one in IDS if one not in _ON_DEMAND]
    if scale is not None and "scale" not in wanted:
        wanted.append("scale")
    worlds = seeds_of(seeds, quick=quick)
    here, told = machine(), []
    for name in IDS:
        if name not in wanted:
            continue
        say(f"measuring {name}")
        began = time.monotonic()
        answer = _answer(name, datasets, quick=quick, seeds=worlds, scale=scale, say=say)
        told.append({**answer, "seconds": round(time.monotonic() - began, 1)})
    return as_run(told, quick=quick, machine_before=here)


def _answer(
    name: str,
    datasets: Path | None,
    *,
    quick: bool,
    seeds: tuple[int, ...],
    scale: int | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    try:
        if name == "worlds":
            from benchmarks.influence.worlds import run as run_worlds

            return run_worlds(seeds, quick=quick, say=say)
        if name == "posts":
            from benchmarks.influence.real_posts import run as run_posts

            return run_posts(datasets, quick=quick)
        if name == "saying":
            from benchmarks.influence.saying import run as run_saying

            return run_saying(datasets, quick=quick)
        if name == "labels":
            from benchmarks.influence.labels import run as run_labels

            return run_labels(datasets, quick=quick)
        from benchmarks.influence.scale import run_scale

        return run_scale(scale or (1_000_000 if quick else _SCALE_ACTS), say=say)
    except MissingData as missing:
        return not_measured(name, missing.message)


def seeds_of(text: str | None, *, quick: bool) -> tuple[int, ...]:
    """`runs.seeds_in` with the unseen seeds of influence."""
    return seeds_in(text, quick=quick, unseen=UNSEEN_SEEDS)


def write(folder: Path, result: dict[str, Any]) -> None:
    """Add a run to influence.json in a folder, and write the page from all runs."""
    write_run(folder, "influence", result, lambda runs: page(runs, _HEAD))


if __name__ == "__main__":
    sys.exit(main())
