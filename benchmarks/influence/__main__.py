"""Measures influence; prints all figures as JSON.

    python -m benchmarks.influence [DATASETS] [--only worlds,posts] [--quick] [--seeds 1,2]
                                   [--scale N] [--output FOLDER] [--quiet]

--output writes influence.json (every run so far, by version and machine) and influence.md. What
cannot be measured at all is told as {"error": a sentence}, exit code 2.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.influence.goals import MissingData
from benchmarks.vetting.__main__ import rounded
from benchmarks.vetting.page import merged, page

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError, UnknownValue, UsageError

#: Worlds that nobody looked at while the method was made.
UNSEEN_SEEDS = (3001, 3002, 3003, 3004, 3005)
IDS = ("worlds", "posts", "saying", "scale")
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
    parser = argparse.ArgumentParser(prog="python -m benchmarks.influence", description=__doc__)
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
    return {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": here,
        "quick": quick,
        "benchmarks": [rounded(one) for one in told],
    }


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
        from benchmarks.influence.scale import run_scale

        return run_scale(scale or (1_000_000 if quick else _SCALE_ACTS), say=say)
    except MissingData as missing:
        # A data set that is not there costs its own figures and nobody else's.
        return {"id": name, "title": name, "missing": missing.message, "figures": [], "notes": []}


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
    """Add a run to influence.json in a folder, and write the page from all runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "influence.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"runs": []}
    runs = merged(before["runs"], result)
    text = json.dumps({"runs": runs}, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    (folder / "influence.md").write_text(page(runs, _HEAD), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
