"""What all tests share: nobody's real data home is ever touched, and loopback for server suites."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# An example may take as long as it does: a busy machine is no failure.
hypothesis.settings.register_profile("untimed", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("untimed")

# Set before any module reads it: a forgotten --home then lands in a folder that nobody misses.
_NOWHERE = Path(tempfile.mkdtemp(prefix="influencr-tests-"))
os.environ["INFLUENCR_HOME"] = str(_NOWHERE / "home")
# Tables and rows are drawn for a known width, whatever terminal the tests run in.
os.environ["COLUMNS"] = "100"
for _name in ("INFLUENCR_DEBUG", "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(_name, None)

SERVERS = (
    "server_s3",
    "server_postgres",
    "server_atproto",
    "server_mastodon",
    "server_localstripe",
    "server_stripe_mock",
    "server_wheel",
    "browser",
)


def pytest_unconfigure() -> None:
    shutil.rmtree(_NOWHERE, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-database",
        action="store_true",
        help="only tests that ask the service's database: what another database could change",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Suites against real servers may speak to them, on loopback and nowhere else."""
    for item in items:
        if any(item.get_closest_marker(name) for name in SERVERS):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]))
    if config.getoption("--with-database"):
        others = [one for one in items if not _asks_the_database(one)]
        config.hook.pytest_deselected(items=others)
        items[:] = [one for one in items if _asks_the_database(one)]


def _asks_the_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or any(
        name in names for name in ("db", "transactional_db", "django_db_setup")
    )


@pytest.fixture
def home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a data home of this test alone, also found through INFLUENCR_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("INFLUENCR_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the smallest invented world, made once for all processes of a run.

    To be read and never written: whoever keeps lists or removes somebody copies it first.
    INFLUENCR_TEST_HOME names a larger invented world instead, for a long run by hand.
    """
    from influencr.engine import Engine

    if named := os.environ.get("INFLUENCR_TEST_HOME"):
        return Path(named)

    base = tmp_path_factory.getbasetemp()
    # Each process of a run has a folder of its own in that of the run.
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "tiny-home"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder.with_suffix(".made")
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            with Engine(folder, create=True) as engine:
                engine.demo(preset="tiny")
                engine.audiences()
            made.touch()
    return folder


@pytest.fixture(scope="session")
def served(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, in a process of its own, over a copy of `tiny_home`: an open
    instance. Tests that ask it are marked with `allow_hosts(["127.0.0.1"])`.
    """
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(tiny_home, home)
    words = [sys.executable, "-m", "influencr", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(
        words,
        env={
            **{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "PYTHONUNBUFFERED": "1",
            "INFLUENCR_BILLING": "none",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            for line in process.stdout:
                if found := re.search(r"http://127[\w.:]+", line):
                    yield found[0]
                    break
            else:
                raise AssertionError(process.stderr.read())
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def s3_server() -> dict[str, str]:
    """Storage options of the S3 server that `make test-servers` starts, and its address."""
    address = os.environ.get("INFLUENCR_TEST_S3")
    if not address:
        pytest.fail("INFLUENCR_TEST_S3 is not set: run these tests with `make test-servers`.")
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
