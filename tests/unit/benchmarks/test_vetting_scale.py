"""How the cost of looking at audiences grows: figures, curve and page from measurements."""

import json

import pytest
from benchmarks.vetting import scale

ROWS = {
    "large": {"follows": 99_000_000, "cpu_seconds": 1_500.0, "seconds": 850.0, "peak_gb": 5.5},
    "small": {"follows": 990_000, "cpu_seconds": 15.0, "seconds": 10.0, "peak_gb": 0.3},
}


@pytest.fixture
def measured(monkeypatch):
    def one(module, home, *, wanted):
        assert (module, wanted) == ("benchmarks.vetting.scale", "bench vetting")
        return {
            **ROWS[home.name],
            "accounts": 10,
            "creators": 3,
            "steps": {"read": 1.0, "look": 5.0, "conclude": ROWS[home.name]["seconds"]},
            "verdicts": {"vetted": 3},
        }

    monkeypatch.setattr(scale, "in_own_process", one)


def test_homes_become_a_growth_curve_on_the_page(measured, tmp_path, monkeypatch, capsys):
    out = tmp_path / "page"
    homes = [str(tmp_path / name) for name in ("large", "small")]
    monkeypatch.setattr("sys.argv", ["scale", *homes, "--output", str(out)])
    assert scale.main() == 0
    (run,) = json.loads((out / "vetting.json").read_text(encoding="utf-8"))["runs"]
    (told,) = run["benchmarks"]
    figures = {one["name"]: one for one in told["figures"]}
    assert figures["seconds to look at every audience"]["reached"]
    assert figures["peak memory, GB, helpers included"]["reached"]
    assert figures["CPU seconds grow with follows to the power of"]["value"] == 1.0
    page = (out / "vetting.md").read_text(encoding="utf-8")
    assert "### Growth" in page
    assert page.index("| 990,000 |") < page.index("| 99,000,000 |")
    assert "### Seconds, step by step" in page
    assert "B14" in told["id"].upper()


def test_a_small_world_reaches_no_goal_of_a_large_one(measured, tmp_path):
    told = scale.of_homes([tmp_path / "small"], say=lambda _: None)
    assert all(one["goal"] is None for one in told["figures"])
