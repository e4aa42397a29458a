"""SIGKILL at random moments of import and refresh: a rerun equals the undisturbed run."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine

KILLS = 20
N = 400
#: A process that has loaded everything and used nothing of it forks one child per run: loading
#: costs four times as much as the work, and a kill should hit the work.
NURSERY = """
import os, sys, traceback
from datetime import UTC, datetime
from influencr.engine import Engine
import influencr.catalogue._catalogue, influencr.index.columns
import influencr.pipeline._refresh, influencr.pipeline._collect, influencr.sources.files._source
from influencr.geography import Gazetteer
from influencr.text import language
Gazetteer.load()
language("Ich liebe es, Brot zu backen")

def work(home, inputs):
    engine = Engine(home, create=True)
    report = engine.import_files(
        inputs,
        platform="tiktok",
        licence="user-import",
        observed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert not report.failed, report.failed
    engine.refresh()

for line in sys.stdin:
    home, *inputs = line.rstrip().split("|")
    pid = os.fork()
    if pid == 0:
        try:
            work(home, inputs)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Nursery:
    """Runs the work in children and kills them on time."""

    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        # One thread while forking: a lock held by another would stay locked in the child.
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def run(self, home: Path, *, kill_after: float | None = None) -> int:
        """The exit code of one run: 0, or -SIGKILL when it was killed before it was done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("|".join([str(home), *self.inputs]).encode() + b"\n")
        pid = int(self.process.stdout.readline())
        if (
            kill_after is not None
            and not select.select([self.process.stdout], [], [], kill_after)[0]
        ):
            os.kill(pid, signal.SIGKILL)
        return int(self.process.stdout.readline())


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    nursery = Nursery(files(tmp_path))
    yield nursery
    with nursery.process as process:
        assert process.stdin is not None
        process.stdin.close()


def files(folder: Path) -> list[str]:
    people = folder / "people.csv"
    words = ["Baker in Lyon", "Gym coach in Berlin", "Travels with two dogs", "カメラと旅行"]
    people.write_text(
        "id,username,followers,bio\n"
        + "".join(f"{i},person{i},{i * 10},{words[i % 4]} {i}\n" for i in range(N)),
        encoding="utf-8",
    )
    posts = folder / "posts.csv"
    posts.write_text(
        "post_id,profile,created_at,text,likes\n"
        + "".join(
            f"p{i},person{i % N},2026-10-{1 + i % 28:02d}T10:00:00Z,good bread {i} #baking,7\n"
            for i in range(3 * N)
        ),
        encoding="utf-8",
    )
    return [str(people), str(posts)]


def content(home: Path) -> dict[str, list[Any]]:
    """Everything that a reader can see, in a fixed order."""
    with Engine(home) as engine:
        tables = ("profiles", "posts")
        latest = [engine.catalogue.latest(t).collect().sort(pl.all()).to_dicts() for t in tables]
        n_stored = [engine.catalogue.scan(t).collect().height for t in tables]
        creators = pl.read_parquet(engine.home.judged / "creators.parquet").sort("profile_id")
        hits = engine.search("bread", everything=True, limit=10_000).hits
        found = [(h.profile_id, h.score, h.creator) for h in hits]
    return {"latest": latest, "n": n_stored, "creators": creators.to_dicts(), "hits": found}


@pytest.mark.kill
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork and no SIGKILL")
def test_twenty_kills_change_nothing(nursery: Nursery, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    assert nursery.run(tmp_path / "first") == 0
    began = time.monotonic()
    assert nursery.run(calm) == 0
    takes = time.monotonic() - began
    expected = content(calm)
    assert len(expected["hits"]) == len(expected["creators"]) == N
    rng = random.Random(20)
    n_homes, n_kills = 0, 0
    home = tmp_path / "storm0"
    while n_kills < KILLS:
        code = nursery.run(home, kill_after=takes * rng.uniform(0.0, 0.9))
        if code == -signal.SIGKILL:
            n_kills += 1
            continue
        # It got through between two kills: compare, and go on with a new home.
        assert code == 0
        assert content(home) == expected
        n_homes += 1
        home = tmp_path / f"storm{n_homes}"
    assert nursery.run(home) == 0
    assert content(home) == expected
    assert nursery.run(home) == 0
    assert content(home) == expected, "one more run changes nothing"
