"""What an answer costs: strings per second cold, loading, memory, autocomplete; beside Carmen.

Every figure comes from fresh processes, one after the other, ours and Carmen's by turns on the same
strings, so that neither inherits warm caches and a busy machine hits both. Rates are given by the
wall and by the processor's clock: the second hardly depends on other work on the machine. Figures
are medians over the runs, with the smallest and the largest.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import influencr
from influencr.errors import Terminal, UsageError
from influencr.geography.evaluation._carmen import Carmen
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["invented_strings", "measure_speed"]

_WORKER = "influencr.geography.evaluation._speed_worker"
_PATIENCE_S = 600
_SEED = 20_261_123
#: Words that stand where a place should; invented.
_JUNK = ("your heart", "the moon", "everywhere", "he/him", "wonderland", "a quiet corner")


def measure_speed(
    strings: Sequence[str],
    *,
    bios: Sequence[str] = (),
    runs: int = 5,
    carmen: Carmen | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Figures over distinct strings: `{strings, runs, influencr, carmen?, ratio?}`.

    strings   distinct location strings, each resolved once per process
    bios      bios, judged once per process
    runs      fresh processes per figure

    Raises UsageError when there is nothing to measure, Terminal when a process fails.
    """
    texts = list(dict.fromkeys(strings))
    if not texts or runs < 1:
        raise UsageError("There is nothing to measure: give strings, and 1 run or more.")
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    judged: list[dict[str, Any]] = []
    for run in range(runs):
        say(f"speed: run {run + 1} of {runs}")
        ours.append(_fresh({"mode": "resolve", "texts": texts}))
        judged.append(_fresh({"mode": "judge", "texts": texts, "bios": list(bios)}))
        if carmen is not None:
            carmen.resolve(texts)
            theirs.append(carmen.cost)
    told: dict[str, Any] = {
        "strings": len(texts),
        "bios": len(bios),
        "runs": runs,
        "influencr": _medians(ours, len(texts)),
        "judge": _medians(judged, len(texts)),
    }
    if bios:
        told["judge"]["bios_per_s"] = _spread([len(bios) / r["bio_s"] for r in judged])
        told["judge"]["bios_per_cpu_s"] = _spread([len(bios) / r["bio_cpu_s"] for r in judged])
    for figure in ("suggest_p50_ms", "suggest_p95_ms", "suggest_max_ms"):
        told["influencr"][figure] = _spread([r[figure] for r in ours])
    told["influencr"]["prefixes"] = ours[0]["prefixes"]
    if theirs:
        told["carmen"] = _medians(theirs, len(texts))
        told["ratio"] = {
            figure: told["influencr"][figure]["median"] / told["carmen"][figure]["median"]
            for figure in ("strings_per_cpu_s", "load_cpu_s", "peak_mb", "pss_mb")
            if figure in told["influencr"] and figure in told["carmen"]
        }
    return told


def invented_strings(n: int = 20_000, *, gazetteer: Gazetteer | None = None) -> list[str]:
    """Distinct strings in the forms that people use, from the gazetteer's names, fixed seed.

    Half "City, Region", "City, CC", "city"; the rest names of regions, two places, a village, or
    words that are no place. For machines that have no data set; real strings are shorter and repeat
    the same few cities, so rates differ.
    """
    found = gazetteer or Gazetteer.load()
    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    cities = [row for row, kind in enumerate(found.kinds) if kind == PlaceKind.CITY]
    large = [row for row in cities if found.populations[row] >= 50_000]
    strings: dict[str, None] = {}
    while len(strings) < n:
        row = chance.choice(large if chance.random() < 0.8 else cities)
        name, country = found.name(row), found.country(row) or ""
        region = found.admin1s[row]
        around = found.name(region) if region >= 0 else country
        form = chance.randrange(8)
        text = (
            f"{name}, {around}",
            f"{name}, {country}",
            name.lower(),
            name,
            f"{name} / {found.name(chance.choice(large))}",
            f"{around}, {found.name(found.country_row[country])}" if country else name,
            f"{chance.choice(_JUNK)}, {name}",
            f"{chance.choice(_JUNK)} {chance.randrange(10_000)}",
        )[form]
        strings[text] = None
    return list(strings)


def _fresh(asked: dict[str, Any]) -> dict[str, Any]:
    """One measurement in a process of its own."""
    source = str(Path(influencr.__file__).resolve().parent.parent)
    path = os.pathsep.join(p for p in (source, os.environ.get("PYTHONPATH")) if p)
    done = subprocess.run(
        [sys.executable, "-m", _WORKER],
        input=json.dumps(asked), capture_output=True, text=True, check=False,
        timeout=_PATIENCE_S, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Terminal(f"The measurement stopped: {last}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _medians(runs: Sequence[dict[str, Any]], n: int) -> dict[str, Any]:
    told = {
        "strings_per_s": _spread([n / r["seconds"] for r in runs]),
        "strings_per_cpu_s": _spread([n / r["cpu_s"] for r in runs]),
    }
    for figure in ("load_s", "load_cpu_s", "peak_mb", "pss_mb"):
        values = [r[figure] for r in runs if r[figure] is not None]
        if values:
            told[figure] = _spread(values)
    return told


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}
