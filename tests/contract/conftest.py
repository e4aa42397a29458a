"""What the contract tests look at: the tracked files and the environment they run in."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Files that git knows or would add; of an unpacked archive, every file of the sources."""
    # safe.directory: a checkout may belong to another user than the one who runs the tests
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode("utf-8").split("\0") if name]
        files = [ROOT / name for name in names]
    else:
        files = [
            file
            for top in ("src", "tests", "docs", "constraints", "assets", "tools", "benchmarks")
            for file in (ROOT / top).rglob("*")
            if not {"node_modules", "dist", "__pycache__", "data"} & set(file.parts)
        ] + list(ROOT.glob("*.*"))
    return sorted(file for file in files if file.is_file())
