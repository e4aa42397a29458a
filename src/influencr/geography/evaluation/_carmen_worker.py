"""Run by path in the interpreter that has Carmen; knows nothing of this package.

stdin   {"texts": [...], "repeat": n}
stdout  {"answers": [...], "cost": {load_s, load_cpu_s, seconds, cpu_s, peak_mb, pss_mb}}
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path


def memory_mb(file: str, key: str) -> float | None:
    """A line of a status file of this process, in megabytes; None where there is none."""
    path = Path("/proc/self") / file
    if not path.exists():
        return None
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(key + ":"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return None


def main() -> None:
    """Load, answer, and say what it cost."""
    asked = json.load(sys.stdin)
    began, cpu = time.perf_counter(), time.process_time()
    # Imported by its own name: get_resolver's own search needs a Python before 3.12.
    importlib.import_module("carmen.resolvers.profile")
    resolver = importlib.import_module("carmen").get_resolver(order=["profile"])
    resolver.load_locations()
    load_s, load_cpu_s = time.perf_counter() - began, time.process_time() - cpu
    began, cpu = time.perf_counter(), time.process_time()
    found = []
    for _ in range(asked["repeat"]):
        found = [resolver.resolve_tweet({"user": {"location": text}}) for text in asked["texts"]]
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    answers = [
        {
            "country": place[1].country,
            "countrycode": place[1].countrycode,
            "state": place[1].state,
            "city": place[1].city,
            "lat": place[1].latitude,
            "lon": place[1].longitude,
        }
        if place is not None
        else None
        for place in found
    ]
    cost = {
        "load_s": load_s,
        "load_cpu_s": load_cpu_s,
        "seconds": seconds / asked["repeat"],
        "cpu_s": cpu_s / asked["repeat"],
        "peak_mb": memory_mb("status", "VmHWM"),
        "pss_mb": memory_mb("smaps_rollup", "Pss"),
    }
    sys.stdout.write(json.dumps({"answers": answers, "cost": cost}))


if __name__ == "__main__":
    main()
