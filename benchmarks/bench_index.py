"""Build rate of the index and latency of searches on invented creators; prints JSON.

    python benchmarks/bench_index.py [--creators 100000] [--queries 120] [--posts 12]

The creators are generated here with a fixed seed (Zipf words, some with accents, 4 % of texts with
Chinese or Japanese, emoji, hashtags, three activity states, 20,000 places); no figure says anything
about real people. A query is asked cold (nothing of it counted before) with its 8 facets, funnel
and suggestions, then again without them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl

from influencr.geography import Area
from influencr.index import documents, engagement_edges
from influencr.index.tantivy import TantivyIndex
from influencr.search import FACETS, Searcher, make_query

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
N_PLACES = 20_000
TOPICS = [f"topic {i}" for i in range(120)]
COUNTRIES = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKL"]
PLATFORMS = ["tiktok", "instagram", "youtube", "bluesky", "mastodon"]
EMOJI = ["🍜", "💄", "🏋🏽", "❤️", "👩‍🍳", "🇫🇷", "✈️"]
HAN = "東京料理美食化粧品旅行健身母親音楽写真動画猫犬茶花"


def words(rng: np.random.Generator) -> np.ndarray:
    """60,000 made-up words, one in twelve with an accent."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    made = ["".join(rng.choice(letters, rng.integers(2, 10))) for _ in range(60_000)]
    return np.array([w + "é" if i % 12 == 0 else w for i, w in enumerate(made)])


def creators(n: int, posts: int, rng: np.random.Generator, places: SimpleNamespace) -> pl.DataFrame:
    vocabulary = words(rng)
    ranks = np.minimum(rng.zipf(1.25, n * (posts * 12 + 40)), len(vocabulary)) - 1
    at = 0

    def take(k: int) -> list[str]:
        nonlocal at
        at = (at + k) % (len(ranks) - 100)
        return vocabulary[ranks[at : at + k]].tolist()

    def sentence(k: int) -> str:
        parts = take(k)
        if rng.random() < 0.3:
            parts.append(EMOJI[int(rng.integers(len(EMOJI)))])
        if rng.random() < 0.4:
            parts.append("#" + vocabulary[int(ranks[at]) % 2000])
        if rng.random() < 0.04:
            parts.append("".join(rng.choice(list(HAN), 6)))
        return " ".join(parts)

    rows = []
    for i in range(n):
        place = int(rng.integers(N_PLACES)) if rng.random() < 0.7 else None
        days = int(rng.exponential(60))
        rows.append(
            {
                "profile_id": f"{PLATFORMS[i % 5]}:{i}",
                "platform": PLATFORMS[i % 5],
                "handle": f"{take(1)[0]}_{i}",
                "display_name": " ".join(take(2)).title(),
                "bio_text": sentence(int(rng.integers(5, 30))),
                "language": str(rng.choice(["en", "es", "fr", "de", "ja"])),
                "place_level": None if place is None else "city",
                "place_id": None if place is None else place + 1,
                "country": None if place is None else COUNTRIES[place % len(COUNTRIES)],
                "lat": None if place is None else float(places.lat[place]),
                "lon": None if place is None else float(places.lon[place]),
                "topics": [TOPICS[int(t)] for t in rng.zipf(1.4, 3) % 120],
                "followers": int(rng.lognormal(8, 2)),
                "activity_state": ("active", "quiet", "dormant")[
                    0 if days <= 30 else 1 if days <= 90 else 2
                ],
                "last_post_at": AS_OF - timedelta(days=days),
                "posts_per_week": float(rng.exponential(3)),
                "engagement_rate": float(rng.beta(2, 40)) if rng.random() < 0.6 else None,
                "verdict": "unknown",
                "label": str(rng.choice(["creator", "brand", "unknown"], p=[0.7, 0.05, 0.25])),
                "activity_reason": "last post dated, 12 posts seen",
                "place_reason": "declared city",
                "post_text": "\n".join(sentence(12) for _ in range(posts)),
                "source": "benchmark",
                "fetched_at": AS_OF,
                "licence": "synthetic",
            }
        )
    return pl.DataFrame(rows, infer_schema_length=1000)


class Places:
    """Radius over the invented places, by numpy."""

    def __init__(self, places: SimpleNamespace) -> None:
        self.places = places

    def within(self, lat: float, lon: float, km: float) -> list[int]:
        a, b = math.radians(lat), np.radians(self.places.lat)
        half = np.sin((b - a) / 2) ** 2
        half += math.cos(a) * np.cos(b) * np.sin(np.radians(self.places.lon - lon) / 2) ** 2
        inside = 2 * 6371.0088 * np.arcsin(np.sqrt(half)) <= km
        return (np.flatnonzero(inside) + 1).tolist()

    def ask(self, text: str, *, within_km: float | None, near: bool, located: object) -> Area:
        row = int(text)
        lat, lon = float(self.places.lat[row]), float(self.places.lon[row])
        ids = np.array(self.within(lat, lon, within_km or 1.0))
        return Area(
            text, text, "city", row + 1, "AA", None, lat, lon, within_km=within_km, place_ids=ids
        )

    def in_words(self, text: str) -> None:
        """The made-up words are no places."""

    def country(self, text: str) -> str:
        return text

    region = country_label = country


def percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95) - 1], 2),
        "max_ms": round(ordered[-1], 2),
    }


def queries(frame: pl.DataFrame, n: int, rng: np.random.Generator) -> list[dict[str, object]]:
    seen: dict[str, int] = {}
    for text in frame.get_column("bio_text").head(5_000):
        for word in text.split():
            seen[word] = seen.get(word, 0) + 1
    ranked = sorted(seen, key=lambda w: -seen[w])
    common = ranked[:30]
    middle = ranked[100:1000]
    asked: list[dict[str, object]] = []
    for i in range(n):
        pool = common if i % 3 == 0 else middle
        text = " ".join(rng.choice(pool, 1 + i % 2).tolist()).replace("*", "")
        fields: dict[str, object] = {"text": text}
        if i % 4 == 1:
            fields["country"] = COUNTRIES[int(rng.integers(20))]
        if i % 4 == 2:
            fields |= {"followers_min": 1000, "followers_max": 50_000, "active_within_days": 60}
        if i % 4 == 3:
            fields |= {"near": str(int(rng.integers(N_PLACES))), "within_km": 500}
        asked.append(fields)
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=120)
    parser.add_argument("--posts", type=int, default=12, help="posts per creator of 12 words")
    chosen = parser.parse_args()
    loop_before = _loop_ns()
    rng = np.random.default_rng(1)
    places = SimpleNamespace(
        lat=np.degrees(np.arcsin(rng.uniform(-0.9, 0.9, N_PLACES))),
        lon=rng.uniform(-180, 180, N_PLACES),
    )
    frame = creators(chosen.creators, chosen.posts, rng, places)
    folder = Path(tempfile.mkdtemp(prefix="bench-index-"))
    try:
        edges = engagement_edges(frame)
        began, cpu = time.perf_counter(), time.process_time()
        for _ in documents(frame.head(10_000), edges):
            pass
        python_us = (time.process_time() - cpu) * 1e6 / min(10_000, chosen.creators)
        index = TantivyIndex(folder / "index")
        began, cpu = time.perf_counter(), time.process_time()
        index.build(frame, as_of=AS_OF)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        searcher = Searcher(index, places=Places(places))
        asked = queries(frame, chosen.queries, rng)
        searcher.search(make_query(text="warm up"))
        full: list[float] = []
        bare: list[float] = []
        matches = 0
        for fields in asked:
            query = make_query(**fields)
            index.close()
            index.snapshot()
            full.append(_ms(lambda q=query: searcher.search(q)))
            index.close()
            index.snapshot()
            plain = make_query(**fields, facets=(), funnel=False)
            bare.append(_ms(lambda q=plain: searcher.search(q)))
            matches += searcher.search(plain).total
        changed = frame.head(1_000)
        began = time.perf_counter()
        index.upsert(changed)
        index.commit()
        upsert = time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
    print(
        json.dumps(
            {
                "creators": chosen.creators,
                "cores": os.cpu_count(),
                "load": round(os.getloadavg()[0], 1),
                # How slow this machine is just now: compare runs by figures divided by this.
                "plain_loop_ns_before_after": [loop_before, _loop_ns()],
                "text_chars_mean": round(
                    float((frame["bio_text"] + frame["post_text"]).str.len_chars().mean())
                ),
                "build": {
                    "creators_per_s": round(chosen.creators / wall),
                    "wall_s": round(wall, 1),
                    "cpu_s": round(cpu, 1),
                    "creators_per_cpu_s": round(chosen.creators / cpu),
                    "python_us_per_document": round(python_us, 1),
                    "size_mb": round(size / 1e6, 1),
                },
                "search_all_facets_funnel_suggestions": percentiles(full),
                "search_hits_and_count": percentiles(bare),
                "facets": len(FACETS),
                "mean_total": round(matches / len(asked)),
                "upsert_1000_commit_ms": round(upsert * 1_000),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "python": sys.version.split()[0],
            },
            indent=2,
        )
    )


def _loop_ns() -> float:
    """CPU time of one turn of an empty Python loop."""
    began = time.process_time()
    for _ in range(2_000_000):
        pass
    return round((time.process_time() - began) * 500, 1)


def _ms(call: object) -> float:
    began = time.perf_counter()
    call()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1_000


if __name__ == "__main__":
    main()
