"""Measures look-ups and files over HTTP; prints all figures as JSON.

    python -m benchmarks.programs [--creators N] [--names N] [--times N] [--folder FOLDER]
                                  [--output FOLDER] [--quiet]

With --folder the home is kept there and used again; it is the one of `benchmarks.service`. With
--output, programs.json and programs.md are written there. Exit code 3 when a goal was not reached.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.programs.asking import download, look_up, names_of
from benchmarks.programs.page import page
from benchmarks.service.server import served
from benchmarks.service.world import built

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError
from influencr.home import Home

__all__ = ["main", "measure"]

_NAME = "programs"
#: What is to be kept: seconds of the median look-up, megabytes that a server grows by meanwhile.
_SECONDS, _MEGABYTES = 2.0, 200.0
#: What is wanted of every name: the fields of a spreadsheet, or all of the 60.
_WANTED: dict[str, tuple[str, ...]] = {
    "a few fields of each": (
        "display_name",
        "followers",
        "engagement.rate",
        "place.label",
        "verdict",
    ),
    "everything of each": (),
}
_FORMATS = ("ndjson", "csv", "parquet")


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.programs", description=__doc__)
    parser.add_argument("--creators", type=int, default=1_000_000)
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args(words)
    if chosen.creators < 1_000 or not 1 <= chosen.names <= 10_000 or chosen.times < 1:
        print(json.dumps({"error": "--creators is at least 1000, --names 1 to 10000."}))
        return 2

    def say(sentence: str) -> None:
        if not chosen.quiet:
            print(sentence, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="influencr-programs-") as temporary:
        try:
            found = measure(
                Home(chosen.folder or Path(temporary) / "home"),
                Path(temporary),
                creators=chosen.creators,
                names=chosen.names,
                times=chosen.times,
                say=say,
            )
        except InfluencrError as error:
            print(json.dumps({"error": error.message}))
            return 2
    text = json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        (chosen.output / f"{_NAME}.json").write_text(text + "\n", encoding="utf-8")
        (chosen.output / f"{_NAME}.md").write_text(page(found), encoding="utf-8")
    print(text)
    return 0 if all(goal["reached"] for goal in found["goals"]) else 3


def measure(
    home: Home, scratch: Path, *, creators: int, names: int, times: int, say: Any
) -> dict[str, Any]:
    """All figures: {"look_up", "files": {format: ...}, "goals", ...}.

    scratch   folder for the files that are fetched, which are removed again
    """
    here = machine()
    built(home, creators, say=say)
    with served(home.path, billing="none") as server:
        say("asking for names")
        who = names_of(server.port, names)
        looked = {}
        for what, fields in _WANTED.items():
            looked[what] = look_up(server, who, times, fields=fields)
            say(f"  {what}: {json.dumps(looked[what])}")
        files = {}
        for form in _FORMATS:
            say(f"fetching everybody as {form}")
            files[form] = download(server, form, scratch / f"everybody.{form}")
            say(f"  {json.dumps(files[form])}")
    goals = [
        *(
            _goal(f"{names:,} names, {what}: seconds, median", _SECONDS, told["median_seconds"])
            for what, told in looked.items()
        ),
        *(
            _goal(f"{form}: megabytes that the server grows by", _MEGABYTES, told["grown_mb"])
            for form, told in files.items()
        ),
    ]
    return {
        "version": __version__,
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": here,
        "creators": creators,
        "look_up": looked,
        "files": files,
        "goals": goals,
        "load_after": machine()["load_before"],
    }


def _goal(name: str, most: float, found: float) -> dict[str, Any]:
    return {"goal": name, "at_most": most, "found": found, "reached": found <= most}


if __name__ == "__main__":
    sys.exit(main())
