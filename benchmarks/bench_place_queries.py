"""How long places take to ask for: suggestions while typing, and searches within a radius; JSON.

    python benchmarks/bench_place_queries.py [--creators 50000] [--names 2000]

Creators are invented, in cities of the gazetteer drawn by people (one in twenty with coordinates of
their own, one in ten known to a region or country only). Suggestions are asked for with the first
1 to 8 letters of names in eight scripts, each prefix once cold and once warm. Searches ask for one
word with facets and funnel around large cities; each question is asked once, in shuffled order.
Suggestions are measured in CPU time (they use one thread and no disk), searches by the clock.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from influencr.geography import Gazetteer
from influencr.index.tantivy import TantivyIndex
from influencr.search import Searcher, make_query

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "CJK", "HIRAGANA", "HANGUL", "GREEK", "DEVANAGARI")
WORDS = ["vegan", "ramen", "gym", "makeup", "travel", "books"]
RADII_KM = (None, 50, 500, 2_000, 10_000)
CENTRES = ("London", "Milan", "New York", "Tokyo", "São Paulo", "Lagos", "Delhi", "Austin, TX")


def creators(n: int, gazetteer: Gazetteer, rng: random.Random) -> pl.DataFrame:
    """A creators frame of n people by the population of their cities."""
    rows = [r for r in range(len(gazetteer)) if gazetteer.kind(r) == "city"]
    people = np.array([gazetteer.populations[r] + 100 for r in rows], dtype=np.float64)
    drawn = np.random.default_rng(7).choice(rows, n, p=people / people.sum())
    found: list[dict[str, Any]] = []
    for i, row in enumerate(drawn.tolist()):
        place = gazetteer.at(row)
        level = rng.choices(("city", "admin1", "country"), (0.9, 0.05, 0.05))[0]
        moved = rng.uniform(-0.2, 0.2) if rng.random() < 0.05 else 0.0
        is_city = level == "city" and place.lat is not None and place.lon is not None
        found.append(
            {
                "profile_id": f"tiktok:{i}",
                "platform": "tiktok",
                "handle": f"maker{i}",
                "bio_text": " ".join(rng.sample(WORDS, 2)),
                "place_level": level,
                "place_id": place.id if is_city else None,
                "country": place.country,
                "admin1": place.admin1 if level != "country" else None,
                "lat": (place.lat or 0.0) + moved if is_city else None,
                "lon": place.lon if is_city else None,
                "activity_state": "active",
                "followers": rng.randint(100, 100_000),
                "label": "creator",
                "verdict": "unknown",
            }
        )
    return pl.DataFrame(found, infer_schema_length=None)


def prefixes(gazetteer: Gazetteer, n: int, rng: random.Random) -> list[str]:
    """First 1 to 8 letters of n names of larger places, in equal parts per script."""
    by_script: dict[str, list[str]] = {s: [] for s in SCRIPTS}
    for at in rng.sample(range(gazetteer.n_keys), min(gazetteer.n_keys, 200_000)):
        key = gazetteer.key(at)
        script = unicodedata.name(key[0], "").split(" ")[0]
        if script in by_script:
            by_script[script].append(key)
    names = [name for found in by_script.values() for name in found[: n // len(SCRIPTS)]]
    return list(dict.fromkeys(name[:i] for name in names for i in range(1, 9) if i <= len(name)))


def told(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst in milliseconds."""
    ordered = sorted(times)
    return {
        "n": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1_000, 3),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1_000, 3),
        "worst_ms": round(ordered[-1] * 1_000, 3),
    }


def timed(call: Any, *given: Any, **named: Any) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    call(*given, **named)
    return time.perf_counter() - began


def worked(call: Any, *given: Any) -> float:
    """CPU seconds that one call takes in this thread."""
    began = time.thread_time()
    call(*given)
    return time.thread_time() - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--creators", type=int, default=50_000)
    options.add_argument("--names", type=int, default=2_000)
    chosen = options.parse_args()
    rng = random.Random(5)
    gazetteer = Gazetteer.load()
    folder = Path(tempfile.mkdtemp())
    try:
        index = TantivyIndex(folder / "index")
        index.build(creators(chosen.creators, gazetteer, rng), as_of=AS_OF)
        searcher = Searcher(index)
        first = timed(searcher.suggest_places, "ber")
        typed = prefixes(gazetteer, chosen.names, rng)
        rng.shuffle(typed)
        report: dict[str, Any] = {
            "creators": chosen.creators,
            "first_suggestion_of_a_generation_ms": round(first * 1_000, 1),
            "suggestions_cold": told([worked(searcher.suggest_places, t) for t in typed]),
            "suggestions_warm": told([worked(searcher.suggest_places, t) for t in typed]),
        }
        asked = [
            (km, centre, word) for km in RADII_KM for centre in CENTRES for word in (*WORDS[:4], "")
        ]
        rng.shuffle(asked)
        times: dict[str, list[float]] = {}
        for km, centre, word in asked:
            where = {} if km is None else {"near": centre, "within_km": km}
            if km is None and centre != CENTRES[0]:
                continue
            query = make_query(text=word, **where)
            times.setdefault("no place" if km is None else f"{km} km", []).append(
                timed(searcher.search, query)
            )
        report["searches"] = {name: told(found) for name, found in sorted(times.items())}
        index.close()
    finally:
        shutil.rmtree(folder)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
