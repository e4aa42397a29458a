"""`make bench`: runs every measurement and writes docs/benchmarks/<name>.json and its README.md.

    python -m benchmarks [NAME]

Each one runs in a process of its own, so that none inherits another's memory or warm caches.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from influencr.cli._measures import NAMES

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "benchmarks"

#: What has to be reached on two cores, and where that is said.
TARGETS = {
    ("import", "rows_per_second"): 20_000,
    ("index", "creators_per_second"): 5_000,
}


def main() -> int:
    wanted = [name for name in sys.argv[1:] if name]
    for name in wanted:
        if name not in NAMES:
            print(f"make bench: {name!r} is not known; valid: {', '.join(NAMES)}.", file=sys.stderr)
            return 2
    for name in wanted or NAMES:
        print(f"measuring {name}", file=sys.stderr)
        done = subprocess.run(
            [sys.executable, "-m", "influencr", "bench", name, "--json"],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        if done.returncode:
            return done.returncode
        (RESULTS / f"{name}.json").write_text(done.stdout, encoding="utf-8")
    (RESULTS / "README.md").write_text(page(), encoding="utf-8")
    print((RESULTS / "README.md").read_text(encoding="utf-8"))
    return 0


def page() -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: invented rows, a temporary home, wall-clock time; what each one",
        "does is said in `src/influencr/cli/_measures.py`. Other work on the machine makes figures",
        "worse, never better.",
        "",
        "| benchmark | over | figure | value | wanted |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    machines = []
    for name in NAMES:
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
        f"Python {machine['python']}, {machine['system']}."
    )


if __name__ == "__main__":
    sys.exit(main())
