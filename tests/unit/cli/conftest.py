"""The command line as a script meets it: words in; exit code, stdout and stderr out."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from influencr.cli import main
from influencr.engine import Engine


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as the one JSON document that it is."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """stdout as one JSON object per line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def call(*words: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return call


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the smallest invented world, to be read and never written."""
    home = tmp_path_factory.mktemp("world") / "home"
    with Engine(home, create=True) as engine:
        engine.demo(preset="tiny")
    return home


@pytest.fixture
def ask(run: Callable[..., Ran], world: Path) -> Callable[..., Ran]:
    """Like `run`, in the invented world."""
    return lambda *words: run("--home", world, *words)


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """The real thing, in a process of its own, with pipes on stdout and stderr."""

    def call(*words: str | Path) -> subprocess.Popen[str]:
        path = os.pathsep.join(p for p in sys.path if p)
        return subprocess.Popen(
            [sys.executable, "-m", "influencr", *map(str, words)],
            env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return call


PROFILES = """\
username,full_name,biography,location,followers,following,posts_count,team
ana_bakes,Ana,vegan baking every day,"Lyon, France",12.3K,200,310,red
bo.runs,Bo,running and gym,Sydney,4500,100,90,blue
,Nobody,no handle here,Lyon,10,1,1,red
cy_music,Cy,guitar,"Austin, TX",-5,10,20,blue
"""


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """Four creators of tiktok, two of whom cannot be taken as they are."""
    file = tmp_path / "tiktok_profiles.csv"
    file.write_text(PROFILES, encoding="utf-8")
    return file
