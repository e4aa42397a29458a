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
from influencr.index.columns import ColumnIndex
from influencr.index.columns._segment import Segment
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
from influencr.index.columns import ColumnIndex
from influencr.testing.check_index import sample

for line in sys.stdin:
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("dead", flush=True)
        continue
    index = ColumnIndex(Path({folder!r}))
    for n in range(int(line), int(line) + 10_000):
        frame = sample({n}).with_columns(bio_text=pl.lit(f"round{{n}} vegan"))
        if {build}:
            index.build(frame, as_of=datetime(2026, 1, 1, tzinfo=UTC))
        else:
            index.upsert(frame)
            index.commit()
        print("written", flush=True)
"""


def rounds(index: ColumnIndex) -> set[str]:
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
    with ColumnIndex(folder) as index:
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
        with ColumnIndex(folder) as index:
            found = rounds(index)
            assert len(found) == 1, "a mixture of two rounds"
            seen |= found
            assert index.snapshot().info.as_of == AS_OF
    writer.communicate()
    assert len(seen) == 10, "every kill fell after a whole round of its own"
    last = sample(N).with_columns(bio_text=pl.lit("the last round"))
    with ColumnIndex(folder) as index, ColumnIndex(tmp_path / "calm") as calm:
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
    left = sorted(p.suffix for p in folder.iterdir() if p.name not in ("CURRENT", "LOCK"))
    assert left.count(".manifest") == 1
    assert left == [".manifest", *[".segment"] * (len(left) - 1)], "unfinished files are removed"
    if build:
        assert len(left) == 2


# An erasure is cut short by a kill of the process at its n-th writing of a name.
ERASING = """
import os, pathlib, signal
from influencr.index.columns import ColumnIndex

index = ColumnIndex({folder!r})
index.snapshot()
replace, left = pathlib.Path.replace, [{n}]

def counted(self, target):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

pathlib.Path.replace = counted
index.erase(["tiktok:3", "tiktok:8"])
print("erased", flush=True)
"""


@pytest.mark.kill
def test_an_erasure_is_invisible_or_finished_wherever_it_is_killed(
    tmp_path: Path, child: Callable[[str], subprocess.Popen[str]]
) -> None:
    for n in range(20):
        folder = tmp_path / f"index{n}"
        with ColumnIndex(folder) as index:
            index.build(sample(), as_of=AS_OF)
            index.upsert(sample(9).tail(2))
            index.commit()
        process = child(ERASING.format(folder=str(folder), n=n))
        out, err = process.communicate()
        with ColumnIndex(folder) as index:
            left = index.snapshot().count(Anyone())
            # The second name to be replaced is CURRENT: from then on they are gone.
            assert left == (40 if n < 2 else 38), err
            index.delete([])
            index.commit()
            found = sorted(p.name for p in folder.iterdir() if p.suffix == ".segment")
            assert index.snapshot().count(Anyone()) == left
            held = [
                segment.find_uid(gone)
                for segment in (Segment.open(folder / name) for name in found)
                for gone in ("tiktok:3", "tiktok:8")
            ]
            assert (max(held) >= 0) == (n < 2), "the next writer finishes what was begun"
        if out == "erased\n":
            assert n > 4
            return
    raise AssertionError("an erasure has an end")
