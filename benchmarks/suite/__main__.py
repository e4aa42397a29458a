"""Runs every benchmark, one after the other, and writes one page of all; prints the run as JSON.

    python -m benchmarks.suite [--only NAMES] [--quick] [--large] [--again] [--datasets FOLDER]
                               [--output FOLDER] [--builds FOLDER] [--record] [--quiet]

--output is docs/benchmarks, of quick runs build/bench-quick. What was refused is told as
{"error": a sentence}, exit code 2; a benchmark that failed ends in exit code 3, after all figures.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.suite import history
from benchmarks.suite.jobs import ROOT, Place, chosen
from benchmarks.suite.page import write_page
from benchmarks.suite.run import run_all

from influencr import __version__
from influencr.errors import InfluencrError, UsageError

__all__ = ["datasets_of", "main", "record_all"]

OUTPUT = ROOT / "docs" / "benchmarks"
BUILDS = ROOT / "build"
_FAILED = 3


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suite", description=__doc__)
    parser.add_argument("--only")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--datasets", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--builds", type=Path, default=BUILDS)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    asked = parser.parse_args(words)
    output = asked.output or (asked.builds / "bench-quick" if asked.quick else OUTPUT)
    # Ended from outside, a benchmark that runs is ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if asked.record:
            line: dict[str, Any] = record_all(output)
        else:
            place = Place(output, datasets_of(asked.datasets), asked.builds, asked.quick)
            jobs, passed = chosen(asked.only, large=asked.large)
            line = run_all(jobs, passed, place, again=asked.again, quiet=asked.quiet)
    except InfluencrError as error:
        print(json.dumps({"error": error.message}))
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        return 130
    line["page"] = str(output / "README.md")
    print(json.dumps(line, ensure_ascii=False, indent=1, allow_nan=False))
    failed = any(one["state"] == "failed" for one in line["benchmarks"].values())
    return _FAILED if failed else 0


def datasets_of(given: Path | None) -> Path | None:
    """The folder given, else that of INFLUENCR_DATASETS, else ../shared/datasets where it is.

    Raises UsageError for one that was named and is none.
    """
    named = given or (
        Path(os.environ[name]) if (name := "INFLUENCR_DATASETS") in os.environ else None
    )
    if named is not None:
        if not named.is_dir():
            raise UsageError(f"--datasets: {named} is not a folder.", field="--datasets")
        return named.resolve()
    beside = ROOT.parent / "shared" / "datasets"
    return beside.resolve() if beside.is_dir() else None


def record_all(folder: Path) -> dict[str, Any]:
    """Take what benchmarks wrote by themselves into the history; the line, added when not empty."""
    found = history.unrecorded(folder, history.lines_of(folder))
    line = {
        "run": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "version": __version__,
        "commit": None,
        "quick": False,
        "how": "recorded",
        "benchmarks": found,
    }
    if found:
        history.append(folder, line)
    write_page(folder)
    return line


if __name__ == "__main__":
    sys.exit(main())
