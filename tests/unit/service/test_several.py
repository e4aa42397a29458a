"""Several processes at one address, from outside: one dies and is replaced, none is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from influencr.errors import UsageError
from influencr.home import Home
from influencr.service import serve as server

SOURCES = Path(__file__).parents[3] / "src"
BUILT = (SOURCES / "influencr/service/web/static/dist/manifest.json").is_file()
START = (
    "import sys; from influencr.service.serve import serve; serve(sys.argv[1], port=0, processes=2)"
)
PATIENCE_S = 60.0

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(not BUILT, reason="the assets are not built; run `make assets`"),
    pytest.mark.skipif(sys.platform == "win32", reason="processes cannot share an address there"),
]


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of two processes and its address; stopped by force where the test has not."""
    Home(home)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", START, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PYTHONPATH": str(SOURCES)},
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found, process.stderr and process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def answering(process: subprocess.Popen[str]) -> set[int]:
    return {one.pid for one in psutil.Process(process.pid).children()}


def until(asked: object, what: str) -> None:
    """Wait until a function says yes."""
    assert callable(asked)
    end = time.monotonic() + PATIENCE_S
    while not asked():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def health(address: str) -> int:
    with urllib.request.urlopen(address + "health", timeout=PATIENCE_S) as answer:
        return int(answer.status)


def test_who_dies_is_replaced_and_a_stop_stops_all(tmp_path: Path):
    with running(tmp_path / "home") as (process, address):
        first = answering(process)
        assert len(first) == 2
        assert health(address) == 200
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(answering(process) - {killed}) == 2, "nobody came in the place of it")
        assert health(address) == 200
        last = answering(process)
        process.send_signal(signal.SIGTERM)
        told, errors = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, told, errors) == (0, "Stopped.\n", "")
        assert not [pid for pid in last if psutil.pid_exists(pid)]


def test_none_outlives_the_one_that_started_them(tmp_path: Path):
    with running(tmp_path / "home") as (process, address):
        assert health(address) == 200
        left = answering(process)
        process.kill()
        process.wait()
        until(lambda: not [pid for pid in left if _lives(pid)], "processes were left behind")


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_how_many_must_be_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(UsageError, match="processes: 0 is not possible"):
        server.serve(tmp_path, processes=0)
    monkeypatch.setenv("INFLUENCR_PROCESSES", "many")
    with pytest.raises(UsageError, match="INFLUENCR_PROCESSES: 'many' is not possible"):
        server.serve(tmp_path)
