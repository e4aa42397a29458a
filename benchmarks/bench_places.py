"""Speed and memory of the place resolver in fresh processes; prints JSON.

    python benchmarks/bench_places.py [--datasets FOLDER] [--runs 5] [--carmen-python FILE]

Without a folder of data sets the strings are invented from the gazetteer's names, so that it runs
anywhere; with one they are the distinct location strings of its sets, and bios are judged too.
Quality is measured by `influencr places eval`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from influencr.errors import InfluencrError
from influencr.geography.evaluation import measure_speed
from influencr.geography.evaluation._carmen import Carmen
from influencr.geography.evaluation._sets import MissingSet, distinct_strings, tiktok
from influencr.geography.evaluation._speed import invented_strings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--carmen-python", type=Path, help="an interpreter that has Carmen 2.0")
    chosen = parser.parse_args()
    bios: list[str] = []
    strings: list[str] = []
    if chosen.datasets:
        strings = distinct_strings(chosen.datasets)
        try:
            bios = [row.text for row in tiktok(chosen.datasets).rows]
        except MissingSet as error:
            print(error, file=sys.stderr)
    try:
        carmen = Carmen(chosen.carmen_python) if chosen.carmen_python else None
        found = measure_speed(
            strings or invented_strings(),
            bios=bios,
            runs=chosen.runs,
            carmen=carmen,
            say=lambda line: print(line, file=sys.stderr),
        )
    except InfluencrError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
