"""What all tests share: nobody's real data home is ever touched, and loopback for server suites."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Set before any module reads it: a forgotten --home then lands in a folder that nobody misses.
_NOWHERE = Path(tempfile.mkdtemp(prefix="influencr-tests-"))
os.environ["INFLUENCR_HOME"] = str(_NOWHERE / "home")
# Tables and rows are drawn for a known width, whatever terminal the tests run in.
os.environ["COLUMNS"] = "100"
for _name in ("INFLUENCR_DEBUG", "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(_name, None)

SERVERS = ("server_s3", "server_postgres", "server_atproto", "server_mastodon", "browser")


def pytest_unconfigure() -> None:
    shutil.rmtree(_NOWHERE, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Suites against real servers may speak to them, on loopback and nowhere else."""
    for item in items:
        if any(item.get_closest_marker(name) for name in SERVERS):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]))


@pytest.fixture
def home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a data home of this test alone, also found through INFLUENCR_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("INFLUENCR_HOME", str(folder))
    return folder


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
