"""One measurement in this fresh process; JSON in, JSON out.

stdin   {"mode": "resolve" | "judge", "texts": [...], "bios": [...]}
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from typing import Any

from influencr.geography.evaluation._carmen_worker import memory_mb

#: Names whose beginnings are typed, half of large cities, half of any place in any script; each is
#: typed letter by letter up to PREFIX letters.
N_NAMES = 600
PREFIX = 6
_SEED = 20_261_123


def main() -> None:
    """Load, answer each string once, and say what it cost."""
    asked = json.load(sys.stdin)
    began, cpu = time.perf_counter(), time.process_time()
    from influencr.geography.gazetteer import Gazetteer
    from influencr.geography.location._resolve import resolve

    gazetteer = Gazetteer.load()
    # Whatever is made on first use belongs to loading.
    resolve("Lyon, France", gazetteer)
    told: dict[str, Any] = {}
    texts: list[str] = asked["texts"]
    if asked["mode"] == "resolve":
        told |= _loaded(began, cpu)
        began, cpu = time.perf_counter(), time.process_time()
        for text in texts:
            resolve(text, gazetteer)
        told |= _spent(began, cpu) | _memory()
        told |= _suggested(gazetteer)
    else:
        import polars as pl

        from influencr.geography import judge

        judge(pl.DataFrame({"profile_id": ["0"], "place_raw": ["Lyon, France"]}), gazetteer)
        told |= _loaded(began, cpu)
        frame = _profiles(texts, "place_raw")
        began, cpu = time.perf_counter(), time.process_time()
        judge(frame, gazetteer)
        told |= _spent(began, cpu)
        if bios := asked.get("bios"):
            frame = _profiles(bios, "bio_text")
            began, cpu = time.perf_counter(), time.process_time()
            judge(frame, gazetteer)
            spent = _spent(began, cpu)
            told |= {"bio_s": spent["seconds"], "bio_cpu_s": spent["cpu_s"]}
        told |= _memory()
    sys.stdout.write(json.dumps(told))


def _profiles(texts: list[str], column: str) -> Any:
    import polars as pl

    return pl.DataFrame({"profile_id": [str(i) for i in range(len(texts))], column: texts})


def _loaded(began: float, cpu: float) -> dict[str, float]:
    return {
        "load_s": time.perf_counter() - began,
        "load_cpu_s": time.process_time() - cpu,
    }


def _spent(began: float, cpu: float) -> dict[str, float]:
    return {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}


def _memory() -> dict[str, float | None]:
    return {"peak_mb": memory_mb("status", "VmHWM"), "pss_mb": memory_mb("smaps_rollup", "Pss")}


def _suggested(gazetteer: Any) -> dict[str, float]:
    """Latency of every prefix, each asked once."""
    from influencr.geography.gazetteer._format import PlaceKind

    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    large = [
        row
        for row, kind in enumerate(gazetteer.kinds)
        if kind == PlaceKind.CITY and gazetteer.populations[row] >= 100_000
    ]
    names = [gazetteer.name(chance.choice(large)) for _ in range(N_NAMES // 2)]
    names += [gazetteer.key(chance.randrange(gazetteer.n_keys)) for _ in range(N_NAMES // 2)]
    prefixes = list(
        dict.fromkeys(
            name[:size] for name in names for size in range(1, min(PREFIX, len(name)) + 1)
        )
    )
    chance.shuffle(prefixes)
    times = []
    for prefix in prefixes:
        began = time.perf_counter()
        gazetteer.suggest(prefix, 8)
        times.append((time.perf_counter() - began) * 1_000)
    times.sort()
    return {
        "prefixes": len(prefixes),
        "suggest_p50_ms": statistics.median(times),
        "suggest_p95_ms": times[int(len(times) * 0.95)],
        "suggest_max_ms": times[-1],
    }


if __name__ == "__main__":
    main()
