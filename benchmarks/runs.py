"""A run of several benchmarks: its command line, its seeds, and where its figures are kept.

A family of benchmarks (vetting, influence) gives `measure` and the head of its page; everything
else about a run is the same for all and stands here.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.vetting.page import merged

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError, UsageError

__all__ = ["as_run", "not_measured", "rounded", "run_command", "seeds_in", "write_run"]


def run_command(
    words: list[str] | None,
    *,
    module: str,
    about: str | None,
    measure: Callable[..., dict[str, Any]],
    write: Callable[[Path, dict[str, Any]], None],
) -> int:
    """Measures what the words ask for and prints it as JSON; the exit code.

    words     of the command line, None for those of this process
    module    the name after `python -m`; `about` its text of help
    measure   called with the datasets and `only, quick, seeds, scale, say`
    write     called with the folder of --output and the run

    What cannot be measured at all is told as {"error": a sentence}, exit code 2.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
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


def seeds_in(text: str | None, *, quick: bool, unseen: tuple[int, ...]) -> tuple[int, ...]:
    """Seeds of the worlds: those given, else the unseen ones; quick runs never read those."""
    if text is None:
        return (1,) if quick else unseen
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise UsageError(
            f"--seeds: {text!r} is not a list of whole numbers with commas between.",
            field="--seeds",
        ) from None


def not_measured(name: str, sentence: str) -> dict[str, Any]:
    """The answer of a benchmark whose data are not there, which costs nobody else's figures."""
    return {"id": name, "title": name, "missing": sentence, "figures": [], "notes": []}


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


def write_run(
    folder: Path,
    name: str,
    result: dict[str, Any],
    page: Callable[[list[dict[str, Any]]], str],
) -> None:
    """Add a run to NAME.json in a folder, and write the page NAME.md from all runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"runs": []}
    runs = merged(before["runs"], result)
    text = json.dumps({"runs": runs}, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(page(runs), encoding="utf-8")


def rounded(value: Any) -> Any:
    """Five decimals of every number with a point; what is not finite becomes null."""
    if isinstance(value, float):
        return round(value, 5) if abs(value) != float("inf") and value == value else None
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value
