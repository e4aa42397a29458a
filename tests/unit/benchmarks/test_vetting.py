"""The runner, the page and the goals of the vetting benchmarks."""

from __future__ import annotations

import json
import sys
import types

import pytest
from benchmarks.runs import rounded, seeds_in
from benchmarks.vetting import __main__ as runner
from benchmarks.vetting.goals import MissingData, checked, figure, need, wilson
from benchmarks.vetting.page import merged, page

from influencr.errors import UnknownValue, UsageError


def _answer(name: str, value: float = 0.9, goal: float | None = 0.8) -> dict:
    return {
        "id": name,
        "title": f"what {name} measures",
        "data": "forty invented teapots",
        "protocol": "Pour, then count.",
        "figures": [figure("poured", value, value - 0.1, value + 0.05, goal=goal)],
        "notes": ["Spouts drip."],
    }


def _run(*answers: dict, version: str = "0.1", day: str = "2026-11-23", quick=False) -> dict:
    return {
        "version": version,
        "measured_on": day,
        "machine": {"cores": 2, "processor": "abacus"},
        "quick": quick,
        "benchmarks": [{**one, "seconds": 1.5} for one in answers],
    }


@pytest.mark.parametrize(
    ("value", "goal", "more", "reached"),
    [
        (0.9, 0.8, True, True),
        (0.7, 0.8, True, False),
        (0.01, 0.01, False, True),
        (0.02, 0.01, False, False),
        (None, 0.8, True, None),
        (float("nan"), 0.8, True, None),
        (0.5, None, True, None),
    ],
)
def test_a_figure_knows_whether_its_goal_is_reached(value, goal, more, reached):
    assert figure("x", value, goal=goal, more_is_better=more)["reached"] is reached


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (0, 50), (7, 9), (50, 50), (999, 1_000)])
def test_wilson_intervals_hold_the_share_and_stay_inside(hits, n):
    share, low, high = wilson(hits, n)
    assert 0 <= low <= share <= high <= 1
    assert high - low < wilson(max(hits // 2, 0), max(n // 2, 1))[2] + 1


def test_wilson_of_nothing_is_unknown():
    assert wilson(0, 0) == (None, None, None)


def test_a_missing_data_set_is_named_in_one_sentence(tmp_path):
    with pytest.raises(MissingData, match=r"teapots/spouts\.csv is not in"):
        need(tmp_path, "teapots", "spouts.csv")
    with pytest.raises(MissingData, match="name the folder"):
        need(None, "teapots")
    (tmp_path / "teapots").mkdir()
    assert need(tmp_path, "teapots") == tmp_path / "teapots"


def test_an_answer_of_another_shape_is_refused():
    with pytest.raises(TypeError, match="'notes'"):
        checked({key: [] for key in ("id", "title", "data", "protocol", "figures")}, "b0")
    with pytest.raises(TypeError, match="'low'"):
        checked({**_answer("b0"), "figures": [{"name": "n", "value": 1}]}, "b0")
    assert checked(_answer("b0"), "b0")["id"] == "b0"


def test_unseen_seeds_are_for_whole_runs_only():
    unseen = runner.UNSEEN_SEEDS
    assert seeds_in(None, quick=False, unseen=unseen) == unseen
    assert all(seed >= runner.FIRST_UNSEEN for seed in unseen)
    assert all(seed < runner.FIRST_UNSEEN for seed in seeds_in(None, quick=True, unseen=unseen))
    assert seeds_in("4, 5", quick=False, unseen=unseen) == (4, 5)
    with pytest.raises(UsageError, match="whole numbers"):
        seeds_in("four", quick=True, unseen=unseen)


def test_modules_are_found_by_their_number():
    found = runner.modules()
    assert "b9" in found
    assert list(found) == sorted(found, key=lambda name: int(name[1:]))


@pytest.fixture
def two(monkeypatch):
    """Two benchmarks: one that answers, one whose data are missing."""
    good, bad = types.ModuleType("good"), types.ModuleType("bad")
    good.run = lambda datasets, *, quick: _answer("b1")

    def missing(datasets, *, quick):
        raise MissingData("The data set teapots is not in /nowhere.")

    bad.run = missing
    monkeypatch.setitem(sys.modules, "good", good)
    monkeypatch.setitem(sys.modules, "bad", bad)
    monkeypatch.setattr(runner, "modules", lambda: {"b1": "good", "b2": "bad"})


def test_missing_data_cost_their_own_figures_only(two, tmp_path, capsys):
    code = runner.main(["--only", "b1,b2", "--output", str(tmp_path), "--quiet"])
    assert code == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["benchmarks"]] == ["b1", "b2"]
    assert told["benchmarks"][1]["missing"].startswith("The data set teapots")
    kept = json.loads((tmp_path / "vetting.json").read_text())
    assert len(kept["runs"]) == 1
    text = (tmp_path / "vetting.md").read_text()
    assert "b2: The data set teapots is not in" in text
    assert "| poured | 0.900 | 0.800 to 0.950 | >= 0.8 | yes |" in text


def test_an_unknown_benchmark_is_a_sentence(two, capsys):
    assert runner.main(["--only", "b77"]) == 2
    assert "'b77' is not known" in json.loads(capsys.readouterr().out)["error"]
    with pytest.raises(UnknownValue):
        runner.measure(None, only="b77", quick=True, seeds=None, scale=None, say=print)


def test_a_run_of_the_same_day_is_completed_and_other_runs_are_kept():
    first = merged([], _run(_answer("b1", 0.5), _answer("b2")))
    again = merged(first, _run(_answer("b1", 0.7)))
    assert len(again) == 1
    assert [one["id"] for one in again[0]["benchmarks"]] == ["b1", "b2"]
    assert again[0]["benchmarks"][0]["figures"][0]["value"] == 0.7
    later = merged(again, _run(_answer("b1", 0.9), version="0.2"))
    assert [run["version"] for run in later] == ["0.1", "0.2"]
    tried = merged(later, _run(_answer("b1", 0.1), version="0.2", quick=True))
    assert len(tried) == 3


def test_the_page_shows_the_newest_whole_run_and_what_was_before():
    runs = [
        _run(_answer("b1", 0.5), _answer("b10", 0.9)),
        _run(_answer("b1", 0.9), version="0.2", day="2026-12-01"),
        _run(_answer("b1", 0.2), version="0.2", day="2026-12-02", quick=True),
    ]
    text = page(runs)
    assert "Goals reached: 2 of 2" in text
    assert text.index("## b1:") < text.index("## b10:")
    assert "0.500 (0.1, 2026-11-23); 0.900 (0.2, 2026-12-01)" in text
    assert "0.200" not in text


def test_the_page_says_no_where_a_goal_is_missed():
    text = page([_run(_answer("b1", 0.5))])
    assert "Goals reached: 0 of 1. Short: see **no** below." in text
    assert "| **no** |" in text
    assert "Spouts drip." in text


def test_what_is_no_number_becomes_null():
    assert rounded({"a": [float("nan"), float("inf"), 0.1234567]}) == {"a": [None, None, 0.12346]}
