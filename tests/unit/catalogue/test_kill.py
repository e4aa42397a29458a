"""SIGKILL at twenty moments of an import: what was acknowledged stays, nothing is lost or doubled.

The moments are drawn from a fixed seed, as progress lines of the writer plus a few milliseconds, so
that they fall into every part of an append: fingerprints, files, commit, merging of small files.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import influencr
from influencr.catalogue import Catalogue

N_BATCHES = 24
WRITER = """
import sys
from datetime import UTC, datetime
import polars as pl
from influencr.catalogue import Catalogue, _catalogue

_catalogue.SMALL_FILES = 4
catalogue = Catalogue(sys.argv[1], salt=b"s")
n = pl.int_range(0, 400, eager=True)
for batch in range(int(sys.argv[2]), int(sys.argv[3])):
    if batch % 2:
        table = "profiles"
        frame = pl.select(
            profile_id=pl.format("x:{}", n + 40 * batch),
            platform=pl.lit("x"),
            followers=n // 7 + batch,
            bio_text=pl.format("bio {} of {}", n, batch),
        )
    else:
        table = "follows"
        frame = pl.select(
            follower_id=pl.format("x:{}", n), followed_id=pl.format("x:{}", pl.lit(batch))
        )
    frame = frame.with_columns(
        source=pl.lit("w"),
        fetched_at=pl.lit(datetime(2026, 1, 1 + batch // 2, tzinfo=UTC)),
        fetch_method=pl.lit("import"),
        licence=pl.lit("l"),
        policy=pl.lit(15),
    )
    done = catalogue.append(table, frame)
    print(batch, done.new, flush=True)
"""


def writer(root: Path, first: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), str(first), str(N_BATCHES)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(influencr.__file__).parents[1])},
    )


def contents(root: Path) -> list[pl.DataFrame]:
    catalogue = Catalogue(root, salt=b"s")
    return [
        view.collect().sort(pl.all())
        for view in (
            catalogue.scan("profiles").drop("links", "topics_declared"),
            catalogue.scan("follows"),
            catalogue.latest("profiles").drop("links", "topics_declared"),
            catalogue.latest("follows"),
        )
    ]


@pytest.mark.kill
def test_twenty_kills_leave_what_an_undisturbed_import_leaves(tmp_path):
    undisturbed = writer(tmp_path / "undisturbed")
    undisturbed.communicate(timeout=120)
    assert undisturbed.returncode == 0

    chance = random.Random(20)
    root = tmp_path / "killed"
    acknowledged: set[int] = set()
    for kill in range(20):
        # Each run delivers a few batches again and gets a little further than the last one.
        last = min(N_BATCHES - 2, kill + chance.randrange(4))
        process = writer(root, max(0, kill - 3))
        for line in process.stdout:
            batch = int(line.split()[0])
            acknowledged.add(batch)
            if batch >= last:
                time.sleep(chance.random() * 0.03)
                break
        process.kill()
        process.communicate(timeout=60)
        assert process.returncode < 0
        if kill % 5 == 4:
            held = Catalogue(root, salt=b"s").scan("follows").collect()["followed_id"]
            assert {f"x:{b}" for b in acknowledged if b % 2 == 0} <= set(held)
    process = writer(root)
    process.communicate(timeout=120)
    assert process.returncode == 0
    for killed, whole in zip(contents(root), contents(tmp_path / "undisturbed"), strict=True):
        assert killed.equals(whole)
