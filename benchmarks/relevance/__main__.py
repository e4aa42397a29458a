"""Measures the relevance of searches on judged queries; prints all figures as JSON.

    python -m benchmarks.relevance DATASETS [--set judged|unseen] [--output FOLDER] [--quiet]

DATASETS holds the data sets, one folder each (benchmarks/gold/README.md names them). With
--output, relevance.json and relevance.md are written there, of the unseen set relevance-unseen.*.
What cannot be measured is told as {"error": a sentence}, exit code 2.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.relevance.first import first_run, unnamed
from benchmarks.relevance.judged import SETS, read_judged
from benchmarks.relevance.measure import measure
from benchmarks.relevance.page import page
from benchmarks.relevance_corpus import corpus, missing

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError, UsageError

GOLD = Path(__file__).resolve().parent.parent / "gold"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance", description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--set", dest="which", choices=SETS, default="judged")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args(words)
    here = machine()

    def say(sentence: str) -> None:
        if not chosen.quiet:
            print(sentence, file=sys.stderr, flush=True)

    try:
        if absent := missing(chosen.datasets):
            raise UsageError(
                f"{chosen.datasets}: the judged profiles of {', '.join(absent)} are not there; "
                "benchmarks/gold/README.md names the data sets, and all of them are needed.",
                field="--datasets",
            )
        say("reading the data sets")
        found = measure(
            corpus(chosen.datasets),
            read_judged(GOLD, chosen.which),
            # The unseen questions choose nothing, not even in a cross-validation.
            choosing=chosen.which == "judged",
            say=say,
        )
    except InfluencrError as error:
        print(json.dumps({"error": error.message}))
        return 2
    today = datetime.now(UTC).date().isoformat()
    told = {"version": __version__, "measured_on": today, "machine": here, "set": chosen.which}
    result = rounded({**told, **found})
    if chosen.which == "unseen":
        result = {**unnamed(result), "first_run": first_run(result)}
    text = json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        stem = "relevance" if chosen.which == "judged" else f"relevance-{chosen.which}"
        (chosen.output / f"{stem}.json").write_text(text, encoding="utf-8")
        (chosen.output / f"{stem}.md").write_text(page(result), encoding="utf-8")
    print(text, end="")
    return 0


def rounded(value: Any) -> Any:
    """Four decimals: so few queries are worth no more."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return value if not isinstance(value, list) else [rounded(one) for one in value]


if __name__ == "__main__":
    sys.exit(main())
