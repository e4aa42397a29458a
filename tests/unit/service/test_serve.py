"""The server process from outside: it starts, says where it is, refuses politely, stops cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from influencr.errors import HomeError, UsageError
from influencr.home import Home
from influencr.service import serve as server

SOURCES = Path(__file__).parents[3] / "src"
BUILT = (SOURCES / "influencr/service/web/static/dist/manifest.json").is_file()
needs_assets = pytest.mark.skipif(not BUILT, reason="the assets are not built; run `make assets`")

START = "import sys; from influencr.service.serve import serve; serve(sys.argv[1], port=0)"
# Holds a port of its own and then asks for the same one.
TAKEN = """
import socket, sys
from influencr.errors import InfluencrError
from influencr.service.serve import serve
held = socket.socket()
held.bind(("127.0.0.1", 0))
held.listen()
try:
    serve(sys.argv[1], port=held.getsockname()[1])
except InfluencrError as error:
    print(error.code, error)
"""


def child(script: str, home: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PYTHONPATH": str(SOURCES)},
    )


@needs_assets
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_stops_cleanly(tmp_path: Path, stop: signal.Signals):
    Home(tmp_path / "home")
    with child(START, tmp_path / "home") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(stop)
        rest, errors = process.communicate(timeout=60)
    assert first.startswith("influencr listens on http://127.0.0.1:"), errors
    assert rest == "Stopped.\n"
    assert (process.returncode, errors) == (0, "")


@needs_assets
def test_a_busy_port_is_one_sentence(tmp_path: Path):
    Home(tmp_path / "home")
    with child(TAKEN, tmp_path / "home") as process:
        told, errors = process.communicate(timeout=60)
    assert told.startswith("port_taken Port "), errors
    assert "taken by another process" in told
    assert told.count("\n") == 1


@needs_assets
def test_a_home_that_does_not_exist_is_not_made(tmp_path: Path):
    with pytest.raises(HomeError, match="No influencr data"):
        server.serve(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(("port", "threads"), [(-1, 4), (65_536, 4), (8000, 0)])
def test_numbers_that_cannot_exist_are_refused(tmp_path: Path, port: int, threads: int):
    with pytest.raises(UsageError):
        server.serve(tmp_path, port=port, threads=threads)


def test_without_built_assets_it_says_how_to_build_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server, "_DIST", tmp_path)
    with pytest.raises(HomeError, match="make assets"):
        server.serve(tmp_path)


def test_the_engine_never_loads_the_web(tmp_path: Path):
    script = "import influencr, sys; print([m for m in sys.modules if m.startswith('django')])"
    with child(script, tmp_path) as process:
        told, errors = process.communicate(timeout=60)
    assert told == "[]\n", errors
