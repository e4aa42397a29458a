"""The measurements that print their figures and write nothing: written here, each as one file.

python -m benchmarks.suite.measures NAME --output FOLDER [--quick]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.suite.jobs import ROOT

from influencr import __version__
from influencr.cli._measures import machine

__all__ = ["MEASURES", "main"]

type Measure = Callable[[Path, bool], dict[str, Any]]

#: Rows of a quick `bench import`, creators of a quick `bench index` and `bench answer`.
_QUICK_SIZES = {"import": 50_000, "index": 5_000, "answer": 5_000}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.suite.measures", description=__doc__
    )
    parser.add_argument("name", choices=MEASURES)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args(words)
    chosen.output.mkdir(parents=True, exist_ok=True)
    here = machine()
    found = MEASURES[chosen.name](chosen.output, chosen.quick)
    dated = {"version": __version__, "measured_at": now(), "machine": here}
    told = {**dated, "quick": chosen.quick, **found}
    text = json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    (chosen.output / f"{chosen.name}.json").write_text(text, encoding="utf-8")
    return 0


def now() -> str:
    """This minute, as every measurement writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _way(name: str) -> Measure:
    """`influencr bench NAME`: a part of the whole way of a creator."""

    def measure(_: Path, quick: bool) -> dict[str, Any]:
        size = ("--size", str(_QUICK_SIZES[name])) if quick else ()
        found = _output_of("-m", "influencr", "bench", name, "--json", *size)
        return {"benchmarks": found["benchmarks"]}

    return measure


def _index_alone(_: Path, quick: bool) -> dict[str, Any]:
    """bench_index.py, whose creators come from memory instead of the catalogue."""
    small = ("--creators", "5000", "--queries", "30") if quick else ()
    found = _output_of("benchmarks/bench_index.py", *small)
    build, full = found["build"], found["search_all_facets_funnel_suggestions"]
    figures = {"creators_per_second": build["creators_per_s"], "seconds": build["wall_s"]}
    figures |= {f"search_{key}": value for key, value in full.items()}
    figures["peak_memory_mb"] = found["peak_mb"]
    over = {"creators": found["creators"], "mean_text_characters": found["text_chars_mean"]}
    return _one("index-alone", over, figures)


def _places_speed(_: Path, quick: bool) -> dict[str, Any]:
    """bench_places.py on invented strings; quality is `influencr places eval`'s to measure."""
    found = _output_of("benchmarks/bench_places.py", *(("--runs", "1") if quick else ()))
    ours, judge = found["influencr"], found["judge"]
    figures = {
        "strings_per_second": round(ours["strings_per_s"]["median"]),
        "strings_per_second_judged": round(judge["strings_per_s"]["median"]),
        "load_seconds": round(ours["load_s"]["median"], 2),
        "autocomplete_p50_ms": round(ours["suggest_p50_ms"]["median"], 2),
        "autocomplete_p95_ms": round(ours["suggest_p95_ms"]["median"], 2),
    }
    if "peak_mb" in ours:
        figures["peak_memory_mb"] = round(ours["peak_mb"]["median"])
    over = {"distinct_strings": found["strings"], "prefixes": ours["prefixes"]}
    return _one("places-speed", over, figures)


def _place_queries(_: Path, quick: bool) -> dict[str, Any]:
    """bench_place_queries.py: suggestions by processor time, searches by the clock."""
    small = ("--creators", "5000", "--names", "200") if quick else ()
    found = _output_of("benchmarks/bench_place_queries.py", *small)
    figures = {"first_suggestion_ms": found["first_suggestion_of_a_generation_ms"]}
    for kind in ("cold", "warm"):
        figures[f"suggestion_{kind}_p95_ms"] = found[f"suggestions_{kind}"]["p95_ms"]
    for where, told in found["searches"].items():
        figures[f"search_{where.replace(' ', '_')}_p95_ms"] = told["p95_ms"]
    return _one("place-queries", {"creators": found["creators"]}, figures)


def _places_network(_: Path, quick: bool) -> dict[str, Any]:
    """bench_network.py: neighbours and audiences on invented worlds (docs/algorithms/geography)."""
    found: dict[str, Any] = _output_of(
        "benchmarks/bench_network.py", *(("--seeds", "1") if quick else ())
    )
    return found


def _alignment(output: Path, quick: bool) -> dict[str, Any]:
    """bench_alignment.py with its page: shares of audiences on invented worlds."""
    from benchmarks.alignment_page import page

    small = ("--seeds", "701") if quick else ()
    found: dict[str, Any] = _output_of("-m", "benchmarks.bench_alignment", *small)
    (output / "alignment.md").write_text(page(found), encoding="utf-8")
    return found


def _startup(_: Path, quick: bool) -> dict[str, Any]:
    """bench_startup.py: the command line's answers to `--help`, and the size of the package."""
    found: dict[str, Any] = _output_of(
        "-m", "benchmarks.bench_startup", *(("--runs", "5") if quick else ())
    )
    return found


def _one(name: str, over: dict[str, int], figures: dict[str, Any]) -> dict[str, Any]:
    return {"benchmarks": [{"name": name, "parameters": over, "figures": figures}]}


def _output_of(*words: str) -> Any:
    done = subprocess.run(
        [sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return json.loads(done.stdout)


MEASURES: dict[str, Measure] = {
    "import": _way("import"),
    "index": _way("index"),
    "answer": _way("answer"),
    "index-alone": _index_alone,
    "places-speed": _places_speed,
    "place-queries": _place_queries,
    "places-network": _places_network,
    "alignment": _alignment,
    "startup": _startup,
}


if __name__ == "__main__":
    sys.exit(main())
