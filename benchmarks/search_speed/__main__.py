"""Measures the speed of searches beside other engines; prints all figures as JSON.

    python -m benchmarks.search_speed [--creators N] [--engines LIST] [--passes N] [--each N]
                                      [--folder FOLDER] [--output FOLDER] [--quiet]
    python -m benchmarks.search_speed --freshness [--creators N] [--rate N] [--seconds N] ...

With --folder the engines' files are kept there and used again. With --output, search-speed.json and
search-speed.md are written there: a run takes the place of an older one of the same size, other
sizes stay. What cannot be measured is told as {"error": a sentence}, exit code 2; engines that do
not agree end in exit code 3, after their figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.search_speed.builds import ENGINES, OURS
from benchmarks.search_speed.compare import compare
from benchmarks.search_speed.freshness import freshness
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.page import page

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError

__all__ = ["main", "write"]

_NAME = "search-speed"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_speed", description=__doc__)
    parser.add_argument("--creators", type=int, default=1_000_000)
    parser.add_argument("--engines", default=",".join(e for e in ENGINES if e != "ours tantivy"))
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--each", type=int, default=5, help="questions of every kind in a pass")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--freshness", action="store_true")
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--calm", type=float, default=20.0, help="seconds without a writer")
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args(words)
    engines = tuple(name.strip() for name in chosen.engines.split(","))
    for name in engines:
        if name not in ENGINES:
            return _refused(f"--engines: {name!r} is not known; valid: {', '.join(ENGINES)}.")
    if chosen.freshness and engines[0] not in OURS:
        return _refused(f"--freshness: {engines[0]!r} is not ours; valid: {', '.join(OURS)}.")
    if chosen.creators < 1_000 or chosen.passes < 1 or chosen.each < 1:
        return _refused("--creators is at least 1000, --passes and --each at least 1.")

    def say(sentence: str) -> None:
        if not chosen.quiet:
            print(sentence, file=sys.stderr, flush=True)

    told = {
        "version": __version__,
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
    }
    with tempfile.TemporaryDirectory(prefix="influencr-speed-") as temporary:
        root = chosen.folder or Path(temporary)
        # A server that does not run as root has to reach its folder in it.
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o755)
        try:
            if chosen.freshness:
                measured = freshness(
                    root,
                    chosen.creators,
                    engine=engines[0],
                    rate=chosen.rate,
                    seconds=chosen.seconds,
                    quiet=chosen.calm,
                    each=chosen.each,
                    say=say,
                )
            else:
                measured, rows = compare(
                    root,
                    chosen.creators,
                    engines=engines,
                    passes=chosen.passes,
                    each=chosen.each,
                    say=say,
                )
                if chosen.folder is not None:
                    _keep(root / f"rows-{chosen.creators}.jsonl", rows)
        except (InfluencrError, Missing) as error:
            return _refused(str(error))
    found = {**told, **measured}
    if chosen.output is not None:
        write(chosen.output, "freshness" if chosen.freshness else "runs", found)
    print(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
    return 3 if found.get("differences", {}).get("questions") else 0


def write(folder: Path, kind: str, found: dict[str, Any]) -> None:
    """Put one measurement into search-speed.json, and write search-speed.md from all in it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{_NAME}.json"
    result: dict[str, Any] = {}
    if file.exists():
        result = json.loads(file.read_text(encoding="utf-8"))
    result.setdefault(kind, {})[str(found["creators"])] = found
    text = json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False, sort_keys=False)
    file.write_text(text + "\n", encoding="utf-8")
    (folder / f"{_NAME}.md").write_text(page(result), encoding="utf-8")


def _keep(file: Path, rows: list[Any]) -> None:
    """One line per question and engine, for looking closer."""
    import msgspec

    encode = msgspec.json.encode
    file.write_bytes(b"".join(encode(row) + b"\n" for row in rows))


def _refused(sentence: str) -> int:
    print(json.dumps({"error": sentence}))
    return 2


if __name__ == "__main__":
    sys.exit(main())
