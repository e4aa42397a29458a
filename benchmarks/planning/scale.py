"""A search and a plan over a large home: time and memory, in a process of its own."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from benchmarks.own_process import in_own_process
from benchmarks.vetting.goals import figure

from influencr.engine import Engine
from influencr.pipeline import build_index
from influencr.pipeline._creators import CREATORS_SCHEMA
from influencr.pipeline._judge import CREATORS_FILE, REPORT_FILE, JudgeReport, methods
from influencr.pipeline.alignment._follows import NO_PLACE
from influencr.pipeline.audiences import FOLDER
from influencr.pipeline.audiences._files import (
    ABOUT,
    CREATORS,
    FORMAT,
    SETS,
    About,
    bitmap,
)
from influencr.pipeline.audiences._files import CREATORS_SCHEMA as SETS_SCHEMA
from influencr.planning import MAX_CANDIDATES
from influencr.search import make_query

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PEOPLE_PER_CREATOR = 100
_WORDS = ("vegan", "bread", "running", "jazz", "garden", "chess", "sewing", "pottery", "tea", "sea")
#: From the project's requirements.
SECONDS, GIGABYTES, GAP = 3.0, 4.0, 0.05
_PLANS = (("vegan", 1_000), ("", 1_000), ("", MAX_CANDIDATES))
_BUDGET = 5_000.0


def run(n: int, *, say: Callable[[str], None]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="influencr-planning-"))
    try:
        say(f"  making {n:,} creators over {n * PEOPLE_PER_CREATOR:,} people")
        n_follows = make(folder, n)
        say(f"  {n_follows:,} follows; asking")
        found = in_own_process("benchmarks.planning.scale", folder, wanted="bench planning")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = []
    for plan in found["plans"]:
        what = f'"{plan["text"]}"' if plan["text"] else "everybody"
        name = f"{what}, {plan['candidates']:,} candidates"
        goal = plan["candidates"] == 1_000
        limits = {"goal": SECONDS, "more_is_better": False} if goal else {}
        gap = {"goal": GAP, "more_is_better": False} if goal else {}
        figures += [
            figure(f"{name}: seconds for search and plan", plan["seconds"], **limits),
            figure(f"{name}: the same with the curve of other budgets", plan["with_curve"]),
            figure(f"{name}: gap between roster and bound", plan["gap"], **gap),
            figure(f"{name}: members", plan["members"]),
        ]
        figures += [
            figure(f"{name}: people, {rule}, over ours", value)
            for rule, value in plan["usual"].items()
        ]
    figures.append(
        figure("peak memory, GB", found["peak_gb"], goal=GIGABYTES, more_is_better=False)
    )
    return {
        "id": "scale",
        "title": f"{n:,} creators, {n * PEOPLE_PER_CREATOR:,} people, {n_follows:,} follows",
        "data": "Invented creators of 200 circles, 20 to 200,000 followers each.",
        "protocol": (
            "In a process of its own: open the home, search, read the sets of the candidates,"
            " choose, prove. A budget of 5,000 at 15 to 25 for 1,000 followers."
        ),
        "figures": figures,
        "notes": ["The first question of a process, files in the page cache."],
    }


def make(folder: Path, n: int) -> int:
    """A home with an index and sets of followers; how many follows."""
    people = n * PEOPLE_PER_CREATOR
    draw = np.random.default_rng(7)
    sizes = np.minimum((draw.pareto(1.2, n) + 0.3) * 150, people * 0.02).astype(int) + 20
    circles = 200
    with Engine(folder, create=True) as engine:
        sets = engine.home.path / FOLDER / NOW.strftime("%Y%m%dT%H%M%S%f")
        sets.mkdir(parents=True)
        rows, told, at = [], [], 0
        with (sets / SETS).open("wb") as out:
            for i, size in enumerate(sizes.tolist()):
                first = int(draw.integers(circles)) * people // circles
                near = first + (draw.beta(0.7, 2.5, int(size * 0.7)) * people / circles)
                far = draw.beta(0.6, 3, size - len(near)) * people
                own = np.unique(np.concatenate([near, far]).astype(np.int64) % people)
                n_own = len(own)
                middle = at + out.write(bitmap(own).serialize())
                end = middle + out.write(bitmap(own[:0]).serialize())
                name = f"tiktok:{i:07d}"
                told.append((name, n_own, n_own, 0, None, at, middle, end))
                at = end
                rows.append(
                    {
                        "profile_id": name,
                        "platform": "tiktok",
                        "handle": f"c{i}",
                        "display_name": f"Creator {i}",
                        "bio_text": f"{_WORDS[i % 10]} and {_WORDS[(i // 10) % 10]} every day",
                        "language": "en",
                        "followers": n_own,
                        "activity_state": "active",
                        "last_post_at": NOW - timedelta(days=1 + i % 20),
                        "verdict": "vetted",
                        "label": "creator",
                        "engagement_rate": float(draw.beta(2, 40)),
                        "influence": float(draw.gamma(2, 2)),
                        "policy": 15,
                        "source": "benchmark",
                        "fetched_at": NOW,
                        "licence": "synthetic",
                    }
                )
        pl.DataFrame(told, schema=SETS_SCHEMA, orient="row").write_parquet(sets / CREATORS)
        numbers = np.arange(people, dtype=np.uint32)
        np.save(sets / "keys.npy", numbers.astype(np.uint64))
        np.save(sets / "numbers.npy", numbers)
        np.save(sets / "place.npy", np.full(people, NO_PLACE, dtype=np.int64))
        np.save(sets / "barred.npy", np.zeros(0, dtype=np.uint64))
        about = About(
            format=FORMAT,
            judged_at=NOW,
            as_of=NOW,
            files=(),
            hashed_by="none",
            by_handle=False,
            n_numbers=people,
            updated=False,
            seconds=0.0,
        )
        (sets / ABOUT).write_bytes(msgspec.json.encode(about))
        file = engine.home.judged / CREATORS_FILE
        pl.DataFrame(rows).select(
            pl.col(c).cast(kind) if c in rows[0] else pl.lit(None, kind).alias(c)
            for c, kind in CREATORS_SCHEMA.items()
        ).write_parquet(file, row_group_size=20_000)
        report = JudgeReport(
            versions={},
            files={},
            methods=methods(),
            as_of=NOW,
            n_profiles=n,
            n_creators=n,
            excluded={},
            judged_at=NOW,
            seconds=0.0,
        )
        (engine.home.judged / REPORT_FILE).write_bytes(msgspec.json.encode(report))
        build_index(file, engine.index, as_of=NOW)
    return int(sum(one[2] for one in told))


def ask(folder: Path) -> dict[str, Any]:
    """Plans over that home."""
    plans = []
    for text, candidates in _PLANS:
        with Engine(folder) as engine:
            options: dict[str, Any] = {
                "budget": _BUDGET,
                "per_1000": (15.0, 25.0),
                "published": False,
                "candidates": candidates,
            }
            began = time.monotonic()
            plan = engine.plan(make_query(text=text), curve=False, **options)
            seconds = time.monotonic() - began
            began = time.monotonic()
            engine.plan(make_query(text=text), **options)
            plans.append(
                {
                    "text": text,
                    "candidates": plan.n_weighed,
                    "seconds": seconds,
                    "with_curve": time.monotonic() - began,
                    "gap": plan.gap,
                    "members": len(plan.picks),
                    "usual": {one.rule: one.people / plan.unique for one in plan.usual},
                }
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"plans": plans, "peak_gb": peak}


if __name__ == "__main__":
    print(json.dumps(ask(Path(sys.argv[1]))))
