"""`make bench`: measures what is named, or what takes minutes, and writes docs/benchmarks.

    python -m benchmarks [NAME ...]

The names are those of `influencr bench all --only`; `all` is every one of them. What an unfinished
run of the same names has measured is not measured again.
"""

from __future__ import annotations

import sys

from benchmarks.suite.__main__ import main

#: The way of a creator from a file to an answer, and its parts by themselves.
SHORT = (
    *("startup", "import", "index", "answer", "index-alone"),
    *("places-speed", "place-queries"),
)


def words(named: list[str]) -> list[str]:
    """The words of `python -m benchmarks.suite` for the names that `make bench` was given.

    >>> words(["relevance", "search"]), words(["all"])
    (['--only', 'relevance,search'], [])
    """
    if named == ["all"]:
        return []
    return ["--only", ",".join(named or SHORT)]


if __name__ == "__main__":
    sys.exit(main(words([word for word in sys.argv[1:] if word])))
