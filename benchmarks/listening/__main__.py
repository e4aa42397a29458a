"""`python -m benchmarks.listening DATASETS [--output FOLDER] [--quick]`: see the package."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.listening.page import page
from benchmarks.listening.reading import reading
from benchmarks.listening.searching import searching

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import UsageError


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.listening",
        description="Measures listening: see benchmarks/listening.",
    )
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the events")
    parser.add_argument(
        "--again",
        action="store_true",
        help="only from an event to a search, added to what stands in --output",
    )
    chosen = parser.parse_args()
    try:
        if chosen.again and chosen.output is not None:
            file = chosen.output / "listening.json"
            result = json.loads(file.read_text(encoding="utf-8"))
            result["searching"] += searching(
                window_of(chosen.datasets), creators=10_000, runs=((0.01, 60), (0.1, 60))
            )
        else:
            result = measure(chosen.datasets, quick=chosen.quick)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.output is not None:
        text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
        (chosen.output / "listening.json").write_text(text, encoding="utf-8")
        (chosen.output / "listening.md").write_text(page(result), encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0


def window_of(datasets: Path) -> list[dict[str, Any]]:
    """The 152 real frames."""
    file = datasets / "bluesky-samples" / "jetstream_v1_window.jsonl"
    if not file.exists():
        raise UsageError(f"{file} does not exist; give the folder of the data sets.")
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def measure(datasets: Path, *, quick: bool = False) -> dict[str, Any]:
    """Everything, as one document."""
    folder, window = datasets / "bluesky-samples", window_of(datasets)
    here = machine()
    result: dict[str, Any] = {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": here,
        "quick": quick,
        "reading": reading(window, folder, n=20_000 if quick else 200_000),
        "searching": searching(
            window,
            creators=1_000 if quick else 10_000,
            runs=((0.01, 20 if quick else 120), (0.1, 20 if quick else 60)),
        ),
    }
    result["load_after"] = os.getloadavg()[0]
    return result


if __name__ == "__main__":
    sys.exit(main())
