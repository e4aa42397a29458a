"""`python -m influencr.geography.evaluation.report FOLDER`: the page, again, from its results."""

from __future__ import annotations

import sys
from pathlib import Path

from influencr.errors import InfluencrError
from influencr.geography.evaluation._page import write_page

__all__ = ["main"]


def main(words: list[str] | None = None) -> int:
    """Writes places.md and the pictures beside places.json; 2 when it is not there."""
    asked = sys.argv[1:] if words is None else words
    if len(asked) != 1:
        sys.stderr.write("usage: python -m influencr.geography.evaluation.report FOLDER\n")
        return 2
    try:
        for file in write_page(Path(asked[0])):
            sys.stdout.write(f"{file}\n")
    except InfluencrError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
