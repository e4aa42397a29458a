"""Measures vetting; prints all figures as JSON.

    python -m benchmarks.vetting [DATASETS] [--only b1,b7,worlds] [--quick] [--seeds 1,2]
                                 [--scale N] [--output FOLDER] [--quiet]

--output writes vetting.json (every run so far, by version and machine) and vetting.md. What cannot
be measured at all is told as {"error": a sentence}, exit code 2.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import benchmarks.vetting as package
from benchmarks.vetting.goals import MissingData, checked
from benchmarks.vetting.page import merged, page

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError, UnknownValue, UsageError

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
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vetting", description=__doc__)
    parser.add_argument("datasets", type=Path, nargs="?")
    parser.add_argument("--only")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds")
    parser.add_argument("--scale", type=int)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args(words)

    def say(sentence: str) -> None:
        if not chosen.quiet:
            print(sentence, file=sys.stderr, flush=True)

    try:
        result = measure(
            chosen.datasets,
            only=chosen.only,
            quick=chosen.quick,
            seeds=chosen.seeds,
            scale=chosen.scale,
            say=say,
        )
        if chosen.output is not None:
            write(chosen.output, result)
    except InfluencrError as error:
        print(json.dumps({"error": error.message}))
        return 2
    print(json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False))
    return 0


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
    chosen = seeds_of(seeds, quick=quick)
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


def as_run(
    told: list[dict[str, Any]],
    *,
    quick: bool = False,
    machine_before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Answers of benchmarks as one run: with version, machine and day."""
    return {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": machine() if machine_before is None else machine_before,
        "quick": quick,
        "benchmarks": [rounded(one) for one in told],
    }


def _of_module(name: str, module: str, datasets: Path | None, *, quick: bool) -> dict[str, Any]:
    try:
        return checked(importlib.import_module(module).run(datasets, quick=quick), module)
    except (MissingData, FileNotFoundError) as missing:
        # A data set that is not there costs its own figures and nobody else's.
        sentence = missing.message if isinstance(missing, InfluencrError) else str(missing)
        return {"id": name, "title": name, "missing": sentence, "figures": [], "notes": []}


def seeds_of(text: str | None, *, quick: bool) -> tuple[int, ...]:
    """Seeds of the worlds: those given, else the unseen ones; quick runs never read those."""
    if text is None:
        return (1,) if quick else UNSEEN_SEEDS
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise UsageError(
            f"--seeds: {text!r} is not a list of whole numbers with commas between.",
            field="--seeds",
        ) from None


def write(folder: Path, result: dict[str, Any]) -> None:
    """Add a run to vetting.json in a folder, and write the page from all runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "vetting.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"runs": []}
    runs = merged(before["runs"], result)
    text = json.dumps({"runs": runs}, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    (folder / "vetting.md").write_text(page(runs), encoding="utf-8")


def rounded(value: Any) -> Any:
    """Five decimals of every number with a point; what is not finite becomes null."""
    if isinstance(value, float):
        return round(value, 5) if abs(value) != float("inf") and value == value else None
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    sys.exit(main())
