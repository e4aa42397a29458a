"""`make bench`: runs every measurement and writes docs/benchmarks/<name>.json and its README.md.

    python -m benchmarks [NAME]

Each one runs in a process of its own, so that none inherits another's memory or warm caches.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from influencr import __version__
from influencr.cli._measures import NAMES, machine

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "benchmarks"

#: What has to be reached on two cores, and where that is said.
TARGETS = {
    ("import", "rows_per_second"): 20_000,
    ("index", "indexed_per_second"): 5_000,
    ("index-alone", "creators_per_second"): 5_000,
    ("places-speed", "strings_per_second"): 5_000,
    ("places-speed", "load_seconds"): 1,
    ("places-speed", "autocomplete_p95_ms"): 5,
    ("places-speed", "peak_memory_mb"): 200,
}

#: The whole way as `influencr bench` measures it, and the index and the places by themselves.
EVERY = (*NAMES, "index-alone", "places-speed")

#: Measured when named only: it takes minutes or real data, and has tables of its own.
NAMED = (
    *("alignment", "influence", "listening", "places-network", "relevance", "search-speed"),
    "vetting",
)

#: Where data sets lie that are no part of the project (CONTRIBUTING.md, "Tests").
DATASETS = Path(os.environ.get("INFLUENCR_DATASETS", ROOT.parent / "shared" / "datasets"))


def main() -> int:
    wanted = [name.replace("_", "-") for name in sys.argv[1:] if name]
    valid = (*EVERY, *NAMED)
    for name in wanted:
        if name not in valid:
            print(f"make bench: {name!r} is not known; valid: {', '.join(valid)}.", file=sys.stderr)
            return 2
    RESULTS.mkdir(exist_ok=True)
    for name in wanted or EVERY:
        print(f"measuring {name}", file=sys.stderr)
        alone = {
            "index-alone": index_alone,
            "places-speed": places_speed,
            "places-network": places_network,
            "relevance": relevance,
            "alignment": alignment,
        }
        if name == "search-speed":
            # It keeps a file of several runs by itself.
            output_of("-m", "influencr", "bench", "search", "--json", "--output", str(RESULTS))
            continue
        if name == "listening":
            words = (str(DATASETS.resolve()), "--output", str(RESULTS))
            output_of("-m", "benchmarks.listening", *words)
            continue
        if name in ("vetting", "influence"):
            # So do these.
            words = ("bench", name, "--datasets", str(DATASETS), "--output", str(RESULTS))
            output_of("-m", "influencr", *words, "--json")
            continue
        result = alone[name]() if name in alone else whole_way(name)
        text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
        (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    (RESULTS / "README.md").write_text(page(), encoding="utf-8")
    print((RESULTS / "README.md").read_text(encoding="utf-8"))
    return 0


def whole_way(name: str) -> dict[str, Any]:
    """What `influencr bench` prints, run in a process of its own."""
    found: dict[str, Any] = output_of("-m", "influencr", "bench", name, "--json")
    return found


def index_alone() -> dict[str, Any]:
    """bench_index.py, whose 100,000 creators come from memory instead of the catalogue."""
    here = machine()
    found = output_of("benchmarks/bench_index.py")
    build, full = found["build"], found["search_all_facets_funnel_suggestions"]
    figures = {"creators_per_second": build["creators_per_s"], "seconds": build["wall_s"]}
    figures |= {f"search_{key}": value for key, value in full.items()}
    figures["peak_memory_mb"] = found["peak_mb"]
    over = {"creators": found["creators"], "mean_text_characters": found["text_chars_mean"]}
    return dated(here, "index-alone", over, figures)


def places_speed() -> dict[str, Any]:
    """bench_places.py on invented strings; quality is `influencr places eval`'s to measure."""
    here = machine()
    found = output_of("benchmarks/bench_places.py")
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
    return dated(here, "places-speed", over, figures)


def places_network() -> dict[str, Any]:
    """bench_network.py: neighbours and audiences on invented worlds (docs/algorithms/geography)."""
    here = machine()
    found = output_of("benchmarks/bench_network.py")
    today = datetime.now(UTC).date().isoformat()
    return {"version": __version__, "measured_on": today, "machine": here, **found}


def alignment() -> dict[str, Any]:
    """bench_alignment.py with its page: shares of audiences on invented worlds."""
    from benchmarks.alignment_page import page as alignment_page

    here = machine()
    found = output_of("-m", "benchmarks.bench_alignment")
    (RESULTS / "alignment.md").write_text(alignment_page(found), encoding="utf-8")
    today = datetime.now(UTC).date().isoformat()
    return {"version": __version__, "measured_on": today, "machine": here, **found}


def relevance() -> dict[str, Any]:
    """`influencr bench relevance`, with its page: judged queries over real profiles."""
    words = ("-m", "influencr", "bench", "relevance", "--json")
    found: dict[str, Any] = output_of(
        *words, "--datasets", str(DATASETS.resolve()), "--output", str(RESULTS)
    )
    return found


def dated(
    here: dict[str, Any], name: str, over: dict[str, int], figures: dict[str, Any]
) -> dict[str, Any]:
    return {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": here,
        "benchmarks": [{"name": name, "parameters": over, "figures": figures}],
    }


def output_of(*words: str) -> Any:
    done = subprocess.run(
        [sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return json.loads(done.stdout)


def page() -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`, on invented rows in a temporary home; rates are wall-clock.",
        "Other work on the machine makes figures worse, never better: see the load below.",
        "",
        "- **import**: a CSV file of profiles into the catalogue, then the same file again.",
        "- **index**: from the catalogue to a searchable index: judging, then indexing.",
        "- **answer**: one question after the other, with facets and funnel, each asked once.",
        "- **index-alone**: `benchmarks/bench_index.py`, long texts straight into the index.",
        "- **places-speed**: `benchmarks/bench_places.py`, invented location strings, each once.",
        "  How often a place is right is measured by `influencr places eval`: see places.md.",
        "- **relevance**: `influencr bench relevance`, judged queries: see relevance.md; with",
        "  `--set unseen` those that nobody tuned to: see relevance-unseen.md.",
        "- **search-speed**: `influencr bench search`, beside other engines: see search-speed.md.",
        "- **vetting**: `influencr bench vetting`, labelled sets and worlds of known truth: see",
        "  vetting.md.",
        "- **listening**: the live stream, from real frames to a search: see listening.md.",
        "- **influence**: `influencr bench influence`, the coming 28 days foretold on worlds of",
        "  known truth, and posts of real accounts: see influence.md.",
        "- **collecting**: `tools/test_servers.py atproto --report docs/benchmarks`, on a real",
        "  network on loopback: see collecting.md.",
        "",
        "| benchmark | over | figure | value | wanted |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    machines = []
    for name in EVERY:
        file = RESULTS / f"{name}.json"
        if not file.exists():
            continue
        result = json.loads(file.read_text(encoding="utf-8"))
        machines.append(told(name, result))
        for entry in result["benchmarks"]:
            over = ", ".join(f"{v:,} {k.replace('_', ' ')}" for k, v in entry["parameters"].items())
            for figure, value in entry["figures"].items():
                target = TARGETS.get((name, figure))
                wanted = f"{target:,}" if target else ""
                figure_words = figure.replace("_", " ")
                lines.append(f"| {name} | {over} | {figure_words} | {value:,} | {wanted} |")
    return "\n".join([*lines, "", *machines, ""])


def told(name: str, result: dict[str, Any]) -> str:
    machine = result["machine"]
    memory = f", {machine['memory_gb']} GB" if "memory_gb" in machine else ""
    return (
        f"- {name}: version {result['version']}, {result['measured_on']}, "
        f"{machine['cores']} cores of {machine['processor']}{memory}, "
        f"Python {machine['python']}, {machine['system']}, load {machine['load_before']} before."
    )


if __name__ == "__main__":
    sys.exit(main())
