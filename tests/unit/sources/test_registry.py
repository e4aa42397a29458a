"""Sources announce themselves by entry points; ours are announced in pyproject.toml."""

import importlib
import sys
import tomllib
from pathlib import Path

import pytest

from influencr import sources
from influencr.errors import UnknownValue

ROOT = Path(__file__).parents[3]


@pytest.fixture
def announced(tmp_path, monkeypatch):
    folder = tmp_path / "outside-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        "[influencr.sources]\noutside-source = influencr.sources.files:FileSource\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()


def test_an_outside_source_needs_one_entry_point(announced):
    assert "outside-source" in sources.installed()
    assert sources.load("outside-source").__name__ == "FileSource"
    with pytest.raises(UnknownValue, match="outside-source"):
        sources.load("outside-sauce")


def test_our_own_announcements_lead_somewhere():
    with (ROOT / "pyproject.toml").open("rb") as file:
        points = tomllib.load(file)["project"]["entry-points"][sources.GROUP]
    assert "files" in points
    for target in points.values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_naming_the_folders_loads_nothing_heavy():
    import subprocess

    code = (
        "import sys, influencr.sources, influencr.sources.files; "
        "print([m for m in ('polars', 'numpy', 'charset_normalizer') if m in sys.modules])"
    )
    path = str(ROOT / "src")
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": path}
    )
    assert out.stdout.strip() == "[]", out.stderr
