"""SIGKILL at random moments of listening, while lines break and the server restarts."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from influencr.engine import Engine
from influencr.pipeline.listening import Pace, listen

from .conftest import brute_force, found_in, known_profiles, minutes, stored_in
from .test_run import Told

KILLS = 20
FRAMES = 3_000
#: A process that has loaded everything and used nothing of it forks one child per run: loading
#: costs more than the work, and a kill should hit the work.
NURSERY = """
import os, sys, threading, traceback
from influencr.engine import Engine
import influencr.catalogue._catalogue, influencr.index.columns
import influencr.pipeline._update, influencr.pipeline._forget
import websockets.sync.client, xxhash, zstandard
from influencr.pipeline.listening import Pace, listen
from influencr.sources.bluesky.stream import Reader, open_websocket, server
from influencr.geography import Gazetteer
from influencr.text import language
Gazetteer.load()
language("Ich liebe es, Brot zu backen")

def work(home, address, last):
    opener = open_websocket(contact="mailto:test@example.org", allow=[address])
    stop = threading.Event()

    def heard(told):
        if told.newest is not None and told.newest.timestamp() * 1e6 >= float(last) - 1:
            stop.set()

    def reader(position):
        if position.at_us >= int(last):
            stop.set()  # the one before came to the end, and was killed later
        return Reader([server(address)], position, opener=opener, first_pause=0.02,
                      from_cursor=None if position.cursors else 0)

    with Engine(home) as engine:
        listen(engine.home, engine.catalogue, engine.index, reader, stop=stop, progress=heard,
               pace=Pace(every=0.05, rest=0.2, forget=0.5, look=1.0, strangers=0.5, tidy=3.0))

for line in sys.stdin:
    arguments = line.rstrip().split("|")
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.mark.kill
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_killed_at_twenty_moments_nothing_is_lost_or_counted_twice(
    tmp_path: Path, replay: Any
) -> None:
    frames = minutes(FRAMES)
    last = frames[-1]["time_us"]
    draw = random.Random(11)
    for name in ("killed", "undisturbed"):
        with Engine(tmp_path / name, create=True) as engine:
            engine.catalogue.append("profiles", known_profiles())
            engine.refresh()
    server = replay(frames, pause=0.002, drop_after=150)
    nursery = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    codes = []
    try:
        while len(codes) < KILLS + 1:
            nursery.stdin.write(f"{tmp_path / 'killed'}|{server.address}|{last}\n".encode())
            pid = int(nursery.stdout.readline())
            if len(codes) < KILLS:
                time.sleep(draw.uniform(0.2, 1.6))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                if len(codes) % 5 == 4:
                    server.restart()
            codes.append(int(nursery.stdout.readline()))
    finally:
        nursery.kill()
        nursery.wait()
        nursery.stdin.close()
        nursery.stdout.close()
    assert codes[-1] == 0
    assert codes.count(-signal.SIGKILL) >= KILLS // 2, codes
    with Engine(tmp_path / "undisturbed") as other:
        listen(
            other.home,
            other.catalogue,
            other.index,
            Told(frames),
            seconds=0,
            pace=Pace(every=0.0),
        )
        whole, expected = found_in(other), stored_in(other)
    with Engine(tmp_path / "killed") as engine:
        assert found_in(engine) == brute_force(frames) == whole
        assert stored_in(engine) == expected
        assert engine.search("potter").total == 4
        word = next(f["commit"]["record"]["text"].split()[1] for f in frames[::-1] if _is_kept(f))
        assert engine.search(word).total == 1


def _is_kept(frame: dict[str, Any]) -> bool:
    """A post of somebody known that nobody deleted later: the last one that there is."""
    from tests.unit.sources.bluesky.stream.conftest import did

    return (
        frame["kind"] == "commit"
        and frame["did"] in {did(name) for name in ("ana", "bob", "dora", "eve")}
        and "text" in frame["commit"].get("record", {})
    )
