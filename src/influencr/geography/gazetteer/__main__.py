"""`python -m influencr.geography.gazetteer [FOLDER]`: build the gazetteer artefact."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from influencr.errors import InfluencrError
from influencr.geography.gazetteer._build import build
from influencr.geography.gazetteer._reader import DATA


def main() -> int:
    """Build, saying each step on stderr; 0 done, 1 a data package is missing."""
    parser = argparse.ArgumentParser(prog="python -m influencr.geography.gazetteer")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="where to write")
    folder = parser.parse_args().folder
    started = time.monotonic()
    try:
        manifest = build(folder, lambda step: print(step, file=sys.stderr))  # noqa: T201
    except InfluencrError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(  # noqa: T201
        f"{sum(manifest['places'].values()):,} places, {manifest['names']:,} names "
        f"in {time.monotonic() - started:.0f} s: {folder}",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
