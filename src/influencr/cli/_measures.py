"""What `bench` measures: the whole way of a creator, from a file to an answer, on this machine.

Everything happens in a temporary home on rows that are invented here with a fixed seed. Rates are
wall-clock; latencies are of one process that asks one question after the other.
"""

from __future__ import annotations

import csv
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.errors import UnknownValue, UsageError

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["NAMES", "machine", "measure"]

NAMES = ("import", "index", "answer")

#: Rows of the import and creators of the other two; enough for a rate, small enough for minutes.
_SIZES = {"import": 500_000, "index": 50_000, "answer": 50_000}
_POSTS = 3
_QUERIES = 200
_PROFILE_COLUMNS = (
    *("id", "username", "full_name", "biography", "location"),
    *("followers", "following", "posts_count", "is_verified"),
)
_SEED = 20_260_101

_WORDS = (  # noqa: SIM905 - reads better as a text
    "vegan baking coffee roaster gym yoga running travel budget makeup artist skincare fashion "
    "vintage sneakers football tactics chess gaming speedrun tech review camera film photo street "
    "wildlife garden plants diy wood pottery knit mum dad family school teacher nurse climate news "
    "books poetry history museum music guitar techno jazz dance comedy sketch memes cats dogs "
    "cuisine patisserie voyage mode beaute comédie cocina viajes moda receita viagem küche reisen"
).split()
_CITIES = (  # noqa: SIM905
    "Berlin, Germany|Lyon|Austin, TX|Sydney, Australia|São Paulo|Lagos|Jakarta|Mumbai, India|Tokyo|"
    "London, UK|Manchester|Paris, France|Madrid|Toronto, Canada|Chicago|Nairobi|Seoul||somewhere|"
    "Earth|New York|Los Angeles, CA|Hamburg|Marseille|Barcelona|Lisbon|Cape Town|Mexico City"
).split("|")


def measure(
    name: str, *, size: int | None = None, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """The figures of one measurement or of all: `{version, measured_on, machine, benchmarks}`.

    name   one of NAMES, or "all"
    size   rows or creators; default by name
    say    receives a line when a step begins
    """
    if name not in (*NAMES, "all"):
        raise UnknownValue("NAME", name, (*NAMES, "all"))
    if size is not None and size < 100:
        raise UsageError(f"--size: {size} is too few to measure; give 100 or more.", field="--size")
    from influencr import __version__

    found = []
    here = machine()
    with tempfile.TemporaryDirectory(prefix="influencr-bench-") as folder:
        for wanted in NAMES if name == "all" else (name,):
            run = {"import": _import, "index": _index, "answer": _answer}[wanted]
            n = size or _SIZES[wanted]
            found.append({"name": wanted, **run(Path(folder) / wanted, n, say)})
    return {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": here,
        "benchmarks": found,
    }


def machine() -> dict[str, Any]:
    """What the figures depend on: processor, cores, memory, Python, system, and how many other
    processes wanted the cores when the measurement began."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: dict[str, Any] = {
        "processor": model,
        "cores": usable,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        found["memory_gb"] = round(memory / 1e9, 1)
    return found


def _import(folder: Path, rows: int, say: Callable[[str], None]) -> dict[str, Any]:
    """A CSV file of profiles into the catalogue, then the same file again."""
    from influencr.engine import Engine

    folder.mkdir()
    file = folder / "profiles.csv"
    say(f"writing {rows:,} rows")
    _write_profiles(file, rows)
    with Engine(folder / "home", create=True) as engine:
        say("importing them")
        seconds = _timed(lambda: _imported(engine, [file], expect=rows))
        say("importing them again")
        again = _timed(lambda: _imported(engine, [file], expect=0))
    return {
        "parameters": {"rows": rows, "megabytes": round(file.stat().st_size / 1e6, 1)},
        "figures": {
            "rows_per_second": round(rows / seconds),
            "seconds": round(seconds, 1),
            "unchanged_rows_per_second": round(rows / again),
            "peak_memory_mb": _peak_memory_mb(),
        },
    }


def _index(folder: Path, creators: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Judging and indexing creators that are in the catalogue already."""
    with _filled(folder, creators, say) as engine:
        say("judging and indexing")
        began: dict[str, float] = {}
        last: dict[str, float] = {}

        def progress(stage: str, _done: int, _total: int) -> None:
            now = time.perf_counter()
            began.setdefault(stage, now)
            last[stage] = now

        start = time.perf_counter()
        refreshed = engine.refresh(progress=progress)
        total = time.perf_counter() - start
        judging = began.get("index", start + total) - start
    n = refreshed.report.n_creators
    return {
        "parameters": {"creators": n, "posts": creators * _POSTS},
        "figures": {
            "creators_per_second": round(n / total),
            "judged_per_second": round(n / judging),
            "indexed_per_second": round(n / max(total - judging, 1e-9)),
            "seconds": round(total, 1),
        },
    }


def _answer(folder: Path, creators: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Questions with words, places and filters, each asked once, facets and funnel computed."""
    from influencr.search import make_query

    with _filled(folder, creators, say) as engine:
        say("judging and indexing")
        n = engine.refresh().report.n_creators
        say(f"asking {_QUERIES} questions")
        chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
        engine.search("coffee", near="Lyon")  # the first use of index and gazetteer is not counted
        millis: list[float] = []
        for _ in range(_QUERIES):
            filters: dict[str, Any] = {
                "text": " ".join(chance.sample(_WORDS, chance.choice((1, 2))))
            }
            if chance.random() < 0.5:
                filters["near"] = chance.choice(["Lyon", "Berlin", "Austin, TX", "Sydney", "Tokyo"])
            if chance.random() < 0.3:
                filters["followers_min"] = chance.choice([1_000, 10_000])
            query = make_query(**filters)
            start = time.perf_counter()
            engine.query(query)
            millis.append((time.perf_counter() - start) * 1_000)
    cuts = statistics.quantiles(millis, n=100)
    return {
        "parameters": {"creators": n, "questions": _QUERIES},
        "figures": {
            "median_ms": round(statistics.median(millis), 1),
            "p95_ms": round(cuts[94], 1),
            "slowest_ms": round(max(millis), 1),
        },
    }


def _filled(folder: Path, creators: int, say: Callable[[str], None]) -> Engine:
    from influencr.engine import Engine

    folder.mkdir()
    say(f"importing {creators:,} creators with {_POSTS} posts each")
    _write_profiles(folder / "profiles.csv", creators)
    _write_posts(folder / "posts.csv", creators)
    engine = Engine(folder / "home", create=True)
    files = [folder / "profiles.csv", folder / "posts.csv"]
    _imported(engine, files, expect=creators * (1 + _POSTS))
    return engine


def _imported(engine: Engine, files: list[Path], *, expect: int) -> None:
    """The files imported in full, or an error: a rate over lost rows would mean nothing."""
    report = engine.import_files(files, licence="invented", platform="tiktok")
    for failed in report.failed:
        if failed.error is not None:
            raise failed.error
    if report.n_new != expect:
        raise UsageError(f"{report.n_new:,} rows were stored where {expect:,} were expected.")


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak_memory_mb() -> int | None:
    """The largest resident size of this process so far; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1_024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def _sentence(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most)))


def _write_profiles(file: Path, rows: int) -> None:
    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_PROFILE_COLUMNS)
        for i in range(rows):
            name = f"{chance.choice(_WORDS)}.{chance.choice(_WORDS)}{i}"
            followers = int(chance.paretovariate(0.9) * 300)
            row = (i + 1, name, name.replace(".", " ").title(), _sentence(chance, 3, 14))
            counts = (followers, chance.randint(10, 3_000), chance.randint(1, 4_000))
            writer.writerow((*row, chance.choice(_CITIES), *counts, int(chance.random() < 0.01)))


def _write_posts(file: Path, creators: int) -> None:
    chance = random.Random(_SEED + 1)  # noqa: S311 - repeatable on purpose
    newest = datetime(2026, 1, 1, tzinfo=UTC)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("post_id", "profile_id", "created_at", "text", "likes", "replies"))
        for i in range(creators * _POSTS):
            at = newest - timedelta(hours=chance.randint(0, 24 * 200))
            text = f"{_sentence(chance, 5, 20)} #{chance.choice(_WORDS)}"
            likes = chance.randint(0, 900)
            writer.writerow((f"p{i}", i // _POSTS + 1, at.isoformat(), text, likes, likes // 20))
