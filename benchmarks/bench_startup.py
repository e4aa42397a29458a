"""How long the command line takes to say what it can do, and how large the package is; JSON.

    python -m benchmarks.bench_startup [--runs 20]

Each run is a fresh interpreter with warm caches and compiled modules; the median counts, since a
machine that does other work makes single runs longer. The wheel is built anew into a temporary
folder, where what builds it and the built assets are there.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.vetting.goals import figure

ROOT = Path(__file__).resolve().parent.parent
#: Seconds until `influencr --help` has answered, from the project's requirements.
HELP_SECONDS = 0.3
#: What a release must hold beside the sources, and who builds it.
BUILT = ("src/influencr/geography/gazetteer/data", "src/influencr/service/web/static/dist")

ASKED = {
    "influencr --help": ("-m", "influencr", "--help"),
    "influencr search --help": ("-m", "influencr", "search", "--help"),
    "influencr --version": ("-m", "influencr", "--version"),
    "import influencr": ("-c", "import influencr"),
    "python alone": ("-c", "pass"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    figures = []
    times = asked(runs)
    for name, (wall, processor) in times.items():
        goal = HELP_SECONDS if name == "influencr --help" else None
        words = f"{name}, seconds, median of {runs}"
        figures.append(
            figure(words, round(statistics.median(wall), 3), goal=goal, more_is_better=False)
        )
        figures.append(figure(f"{name}, processor seconds", round(statistics.median(processor), 3)))
    figures += sizes()
    print(json.dumps({"figures": figures}, indent=2))


def asked(runs: int) -> dict[str, tuple[list[float], list[float]]]:
    """Name -> (seconds by the clock, seconds of the processor), in turns, the first not counted."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ASKED}
    for turn in range(runs + 1):
        for name, words in ASKED.items():
            before, began = os.times(), time.perf_counter()
            subprocess.run(
                [sys.executable, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
            )
            seconds, after = time.perf_counter() - began, os.times()
            if turn:
                found[name][0].append(seconds)
                used = after.children_user - before.children_user
                found[name][1].append(used + after.children_system - before.children_system)
    return found


def sizes() -> list[dict[str, Any]]:
    """Megabytes of the wheel and of the sources' archive, or why they are not told."""
    names = ("wheel", "archive of the sources")
    absent = [path for path in BUILT if not (ROOT / path).is_dir()]
    if importlib.util.find_spec("hatchling") is None:
        return [figure(f"{n}, megabytes", None, note="hatchling is not installed") for n in names]
    if absent:
        note = f"not built: {', '.join(absent)}"
        return [figure(f"{n}, megabytes", None, note=note) for n in names]
    with tempfile.TemporaryDirectory(prefix="influencr-wheel-") as folder:
        command = (sys.executable, "-m", "hatchling", "build", "--directory", folder)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        (wheel,) = Path(folder).glob("*.whl")
        (archive,) = Path(folder).glob("*.tar.gz")
        return [
            figure(f"{name}, megabytes", round(file.stat().st_size / 1e6, 2))
            for name, file in zip(names, (wheel, archive), strict=True)
        ]


if __name__ == "__main__":
    main()
