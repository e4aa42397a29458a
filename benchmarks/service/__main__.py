"""Measures what a member waits for; prints all figures as JSON.

    python -m benchmarks.service [--creators N] [--members N] [--seconds S] [--think S]
                                 [--folder FOLDER] [--threads N] [--output FOLDER] [--quiet]

With --folder the home is kept there and used again (building a million creators takes about five
minutes). With --output, service.json and service.md are written there. Exit code 3 when a goal was
not reached.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.service.asking import Asked, all_at_once, one_by_one, pages
from benchmarks.service.page import page
from benchmarks.service.server import served, signed_in
from benchmarks.service.world import built

from influencr import __version__
from influencr.cli._measures import machine
from influencr.errors import InfluencrError
from influencr.home import Home

__all__ = ["GOALS", "main", "measure"]

_NAME = "service"
#: Milliseconds of the 95th percentile that are to be kept.
GOALS = {"alone": 150.0, "together": 1_000.0, "without a pause": 1_000.0}
#: Questions of every one of the 72 kinds: measured one at a time, and to warm up with.
_EACH, _WARM = 5, 1


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--creators", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=5.0, help="mean pause of a member, seconds")
    parser.add_argument("--each", type=int, default=_EACH)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args(words)
    if chosen.creators < 1_000 or chosen.members < 1 or chosen.seconds <= 0 or chosen.think <= 0:
        print(json.dumps({"error": "--creators is at least 1000, the others above 0."}))
        return 2

    def say(sentence: str) -> None:
        if not chosen.quiet:
            print(sentence, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="influencr-service-") as temporary:
        home = Home(chosen.folder or temporary)
        try:
            found = measure(
                home,
                creators=chosen.creators,
                members=chosen.members,
                seconds=chosen.seconds,
                think=chosen.think,
                each=chosen.each,
                options=() if chosen.threads is None else ("--threads", str(chosen.threads)),
                say=say,
            )
        except InfluencrError as error:
            print(json.dumps({"error": error.message}))
            return 2
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)
        (chosen.output / f"{_NAME}.json").write_text(text + "\n", encoding="utf-8")
        (chosen.output / f"{_NAME}.md").write_text(page(found), encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
    return 0 if all(goal["reached"] for goal in found["goals"]) else 3


def measure(
    home: Home,
    *,
    creators: int,
    members: int,
    seconds: float,
    think: float,
    each: int = _EACH,
    options: tuple[str, ...] = (),
    say: Any = print,
) -> dict[str, Any]:
    """All figures: {"runs": {"alone", "together", "without a pause"}, "goals", "server", ...}."""
    here = machine()
    world = built(home, creators, say=say)
    warming, asked = pages(each, warm=_WARM)
    with served(home.path, *options) as server:
        cookies = signed_in(home.path, members)
        say("warming up")
        one_by_one(server.port, cookies[0], warming)
        runs = {}
        for name, run in (
            ("alone", lambda: one_by_one(server.port, cookies[0], asked)),
            (
                "together",
                lambda: all_at_once(server.port, cookies, asked, seconds=seconds, think=think),
            ),
            (
                "without a pause",
                lambda: all_at_once(server.port, cookies, asked, seconds=seconds, think=0.0),
            ),
        ):
            say(f"asking: {name}")
            cpu = server.cpu_seconds()
            runs[name] = _figures(run(), server.cpu_seconds, cpu)
            say(f"  {json.dumps(runs[name])}")
        memory = {
            "processes": server.n_processes(),
            "resident_mb": round(server.resident_mb()),
            "unshared_mb": round(server.unshared_mb()),
        }
    goals = [
        {
            "goal": f"95th percentile, {name}, ms",
            "at_most": most,
            "found": runs[name]["p95"],
            "reached": not runs[name]["errors"] and runs[name]["p95"] <= most,
        }
        for name, most in GOALS.items()
    ]
    return {
        "version": __version__,
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": here,
        "creators": creators,
        "members": members,
        "seconds": seconds,
        "think": think,
        "pages": len(asked),
        "world": world,
        "runs": runs,
        "goals": goals,
        "server": memory,
        "load_after": machine()["load_before"],
    }


def _figures(told: Asked, cpu_now: Any, cpu_before: float) -> dict[str, Any]:
    used = cpu_now() - cpu_before
    ms = np.array(told.ms or [0.0])
    p50, p95, p99 = (round(float(value), 1) for value in np.percentile(ms, (50, 95, 99)))
    return {
        "pages": len(told.ms),
        "errors": len(told.errors),
        "first_errors": [error[:200] for error in told.errors[:5]],
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "max": round(float(ms.max()), 1),
        "mean": round(float(ms.mean()), 1),
        "pages_per_second": round(len(told.ms) / told.seconds, 1),
        "cpu_ms_per_page": round(used * 1000 / max(len(told.ms), 1), 1),
        "kb_per_page": round(told.n_bytes / 1024 / max(len(told.ms), 1), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
