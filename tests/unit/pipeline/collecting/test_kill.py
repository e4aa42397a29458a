"""SIGKILL in the middle of calls, faults in between: the same command ends where one run ends.

The stand-in ends the asking process itself, while it waits for the answer to a chosen call, so the
moments are the same on every machine. Faults (429, 503, an answer that is cut off) come on other
calls of the same runs.
"""

import os
import signal
import subprocess
import sys
from collections import Counter

import polars as pl
import pytest
from tests.standins.bluesky_search import reply
from tests.standins.bluesky_world import lisbon
from tests.standins.loopback import Reply, served

from influencr.engine import Engine
from influencr.home import Home

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.kill]

#: Calls at which the process is ended: searches, lists, profiles, feeds, engagers, audiences.
KILLS = (1, 20, 60, 100)
FAULTS = (3, 17, 60)
COMMAND = ("collect", "bluesky", "specialty coffee", "--near", "Lisbon", "--budget", "400")


class Mortal:
    """The world over HTTP, with faults and with a hand on the process that asks."""

    def __init__(self, kills=(), faults=()):
        self.world = lisbon(scene=12, strangers=4, audience=8)
        self.kills, self.faults = list(kills), list(faults)
        self.process = None
        self.killed_at = []
        self.asked = 0

    def __call__(self, path, query, headers):
        self.asked += 1
        if self.kills and self.asked >= self.kills[0]:
            self.kills.pop(0)
            answer = self.world.replied(path, query, headers)
            self.killed_at.append(self.world.calls[-1])
            os.kill(self.process.pid, signal.SIGKILL)
            return answer
        if self.faults and self.asked >= self.faults[0]:
            kind = len(self.faults)
            self.faults.pop(0)
            if kind == 3:
                return Reply(429, {"retry-after": "0"}, b"{}")
            return reply(503, {"error": "UpstreamFailure", "message": "later"})
        return self.world.replied(path, query, headers)


def prepared(folder, address):
    home = Home(folder)
    host = address.removeprefix("http://")
    (home.path / "sources.toml").write_text(
        'contact = "mailto:operator@example.org"\n'
        f'[bluesky]\nappview = "{address}"\nplc = "{address}"\nrelay = "{address}"\n'
        f'[bluesky.limits."{host}"]\nper_second = 10000.0\nburst = 10000\n',
        encoding="utf-8",
    )
    return home


def run_until_done(home, mortal):
    """Runs the command until it comes to its end; how often it was ended."""
    words = [sys.executable, "-m", "influencr", "--home", str(home.path), *COMMAND]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    ends = 0
    while True:
        mortal.process = subprocess.Popen(
            [*words, "--no-refresh", "--quiet"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = mortal.process.communicate(timeout=120)
        if mortal.process.returncode != -signal.SIGKILL:
            assert mortal.process.returncode == 0, err
            return ends, out
        ends += 1


def content(home):
    with Engine(home.path) as engine:
        made = {}
        for table in ("profiles", "posts", "follows", "engagements", "packs"):
            frame = engine.catalogue.latest(table).collect()
            lists = [n for n, t in frame.schema.items() if t == pl.List]
            frame = frame.drop("fetched_at").with_columns(pl.col(n).list.join("|") for n in lists)
            made[table] = sorted(frame.iter_rows(), key=repr)
    return made


def test_kills_and_faults_lose_nothing_and_ask_nothing_twice(tmp_path):
    calm = Mortal()
    with served(calm) as address:
        home = prepared(tmp_path / "calm", address)
        run_until_done(home, calm)
    expected = content(home)
    assert all(expected.values())

    mortal = Mortal(KILLS, FAULTS)
    with served(mortal) as address:
        home = prepared(tmp_path / "mortal", address)
        ends, out = run_until_done(home, mortal)
    assert ends == len(KILLS) == len(mortal.killed_at)
    assert content(home) == expected
    # each call was answered once, and once more where the process ended while it waited
    again = Counter(mortal.world.calls)
    again.subtract(mortal.killed_at)
    assert set(again.values()) == {1}
    assert again.keys() == Counter(calm.world.calls).keys()
    assert "belong" in out or "Too few" in out
