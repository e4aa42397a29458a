"""kill -9 at any moment of a build or a commit leaves a whole index; a rerun makes it equal."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from influencr.index import Anyone, Order
from influencr.index.tantivy import TantivyIndex
from influencr.testing.check_index import sample

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
N = 60

# Every round rewrites everybody, so a mixture of two rounds would show. The program loads what it
# needs once and writes in a forked child for every line that it reads: the child is killed.
PROGRAM = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import polars as pl
import tantivy
from influencr.index.tantivy import TantivyIndex
from influencr.testing.check_index import sample

for line in sys.stdin:
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("dead", flush=True)
        continue
    index = TantivyIndex(Path({folder!r}))
    for n in range(int(line), int(line) + 10_000):
        frame = sample({n}).with_columns(bio_text=pl.lit(f"round{{n}} vegan"))
        if {build}:
            index.build(frame, as_of=datetime(2026, 1, 1, tzinfo=UTC))
        else:
            index.upsert(frame)
            index.commit()
        print("written", flush=True)
"""


def rounds(index: TantivyIndex) -> set[str]:
    entries = index.snapshot().page(Anyone(), Order("quality"), limit=1000)
    assert len({e.profile_id for e in entries}) == len(entries) == N
    return {e.creator["bio_text"] for e in entries}


@pytest.mark.kill
@pytest.mark.parametrize("build", [False, True], ids=["commit", "build"])
def test_killed_at_ten_random_moments(
    build: bool, tmp_path: Path, child: Callable[[str], subprocess.Popen[str]]
) -> None:
    folder = tmp_path / "index"
    frame = sample(N).with_columns(bio_text=pl.lit("round0 vegan"))
    with TantivyIndex(folder) as index:
        index.build(frame, as_of=AS_OF)
    moments = random.Random(11 + build)
    writer = child(PROGRAM.format(folder=str(folder), n=N, build=build))
    assert writer.stdin is not None
    assert writer.stdout is not None
    seen: set[str] = set()
    for attempt in range(10):
        writer.stdin.write(f"{10_000 * (attempt + 1)}\n")
        writer.stdin.flush()
        pid = int(writer.stdout.readline())
        began = time.perf_counter()
        for _ in range(2):
            said = writer.stdout.readline()
            assert said == "written\n", writer.communicate()
            began, took = time.perf_counter(), time.perf_counter() - began
        # Anywhere within the next two rounds, however fast or busy the machine is.
        time.sleep(moments.uniform(0, 2) * took)
        os.kill(pid, signal.SIGKILL)
        while writer.stdout.readline() != "dead\n":
            pass
        with TantivyIndex(folder) as index:
            found = rounds(index)
            assert len(found) == 1, "a mixture of two rounds"
            seen |= found
            assert index.snapshot().info.as_of == AS_OF
    writer.communicate()
    assert len(seen) == 10, "every kill fell after a whole round of its own"
    last = sample(N).with_columns(bio_text=pl.lit("the last round"))
    with TantivyIndex(folder) as index, TantivyIndex(tmp_path / "calm") as calm:
        if build:
            index.build(last, as_of=AS_OF)
        else:
            index.upsert(last)
            index.commit()
        calm.build(last, as_of=AS_OF)
        assert rounds(index) == {"the last round"}
        ids = last["profile_id"].to_list()
        assert index.snapshot().creators(ids) == calm.snapshot().creators(ids)
        fields = ("platform", "topic", "country", "activity")
        assert index.snapshot().values(Anyone(), fields) == calm.snapshot().values(Anyone(), fields)
    left = sorted(p.name for p in folder.iterdir() if p.name.startswith("gen-"))
    assert len(left) == 1, "unfinished generations are removed"
