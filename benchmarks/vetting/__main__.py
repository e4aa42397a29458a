"""Measures vetting; prints all figures as JSON.

    python -m benchmarks.vetting [DATASETS] [--only b1,b7,worlds] [--quick] [--seeds 1,2]
                                 [--scale N] [--output FOLDER] [--quiet]

--output writes vetting.json (every run so far, by version and machine) and vetting.md. What cannot
be measured at all is told as {"error": a sentence}, exit code 2.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import time
from pathlib import Path
from typing import Any

import benchmarks.vetting as package
from benchmarks.runs import as_run, not_measured, run_command, seeds_in, write_run
from benchmarks.vetting.goals import MissingData, checked
from benchmarks.vetting.page import page

from influencr.cli._measures import machine
from influencr.errors import InfluencrError, UnknownValue

#: Worlds that nobody looked at while the methods were made.
UNSEEN_SEEDS = (1001, 1002, 1003, 1004, 1005)
#: Seeds from here on are for measuring only.
FIRST_UNSEEN = 1000
_MODULE = re.compile(r"(b\d+)(_\w+)?")
#: Ids that are not found as modules b*.py.
_WORLDS, _SCALE = "worlds", "b14"


def modules() -> dict[str, str]:
    """Benchmark id -> its module, in order of number."""
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        if match := _MODULE.fullmatch(info.name):
            found[match[1]] = f"{package.__name__}.{info.name}"
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def main(words: list[str] | None = None) -> int:
    return run_command(
        words, module="benchmarks.vetting", about=__doc__, measure=measure, write=write
    )


def measure(
    datasets: Path | None,
    *,
    only: str | None,
    quick: bool,
    seeds: str | None,
    scale: int | None,
    say: Any,
) -> dict[str, Any]:
    """One run: version, machine and the answers of the benchmarks asked for.

    Raises UnknownValue for an id that does not exist, UsageError for seeds that are no numbers.
    """
    known = modules()
    ids = [*known, *((_SCALE,) if _SCALE not in known else ()), _WORLDS]
    wanted = [word.strip() for word in only.split(",") if word.strip()] if only else None
    for word in wanted or ():
        if word not in ids:
            raise UnknownValue("--only", word, tuple(ids))
    if wanted is None:
        wanted = [one for one in ids if one != _SCALE]
    if scale is not None and _SCALE not in wanted:
        wanted.append(_SCALE)
    chosen = seeds_in(seeds, quick=quick, unseen=UNSEEN_SEEDS)
    here = machine()
    told = []
    for name in ids:
        if name not in wanted:
            continue
        say(f"measuring {name}")
        began = time.monotonic()
        if name == _WORLDS:
            from benchmarks.vetting.worlds import run as run_worlds

            answer = run_worlds(chosen, quick=quick, say=say)
        elif name == _SCALE and name not in known:
            from benchmarks.vetting.scale import run_scale

            answer = run_scale(scale or (1_000_000 if quick else 100_000_000), say=say)
        else:
            answer = _of_module(name, known[name], datasets, quick=quick)
        told.append({**answer, "seconds": round(time.monotonic() - began, 1)})
    return as_run(told, quick=quick, machine_before=here)


def _of_module(name: str, module: str, datasets: Path | None, *, quick: bool) -> dict[str, Any]:
    try:
        return checked(importlib.import_module(module).run(datasets, quick=quick), module)
    except (MissingData, FileNotFoundError) as missing:
        sentence = missing.message if isinstance(missing, InfluencrError) else str(missing)
        return not_measured(name, sentence)


def write(folder: Path, result: dict[str, Any]) -> None:
    """Add a run to vetting.json in a folder, and write the page from all runs."""
    write_run(folder, "vetting", result, page)


if __name__ == "__main__":
    sys.exit(main())
