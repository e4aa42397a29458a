"""The report page and its pictures, from results alone."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from influencr.geography.evaluation import measure_speed, write_page
from influencr.geography.evaluation._draw import coverage_chart, reliability_chart
from influencr.geography.evaluation._goals import goals
from influencr.geography.evaluation._metrics import calibration, curve
from influencr.geography.evaluation._scoring import compare, score
from influencr.geography.evaluation._sets import Row
from influencr.geography.evaluation._systems import Answer
from influencr.geography.evaluation.report import main

ROWS = [Row(str(i), f"text {i}", "", "FR" if i % 4 else "DE", group="unseen") for i in range(80)]
OURS = [Answer("FR", None, confidence=0.5 + i / 200) if i % 5 else Answer() for i in range(80)]
OTHER = [Answer("FR") if i % 2 else Answer() for i in range(80)]


@pytest.fixture
def result():
    systems = {
        "influencr": score(ROWS, OURS, calibrated=True),
        "Carmen 2.0": score(ROWS, OTHER),
    }
    whole = curve([a.confidence for a in OURS], [r.country == "FR" for r in ROWS])
    systems["influencr"]["at_coverage"] = {
        "0.20": whole.at_coverage(0.2),
        "0.30": whole.at_coverage(0.99),
    }
    view = {
        "rows": 80,
        "located": 80,
        "with_words": 80,
        "systems": systems,
        "differences": {"Carmen 2.0": compare(ROWS, OURS, OTHER)},
    }
    told = {"about": "invented", "checksums": {"a.csv": "0" * 64}, "unmatched_labels": 0}
    return {
        "version": "9.9.9",
        "method": "m",
        "method_version": "1",
        "half": "all",
        "sets": {
            "tiktok": told | {"views": {"unseen": view}},
            "locations": told | {"views": {"all": view}},
        },
        "left_out": ["bios: not here."],
    }


def test_the_page_says_what_was_measured_and_what_was_not(tmp_path, result, capsys):
    (tmp_path / "places.json").write_text(json.dumps(result), encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    page = (tmp_path / "places.md").read_text(encoding="utf-8")
    assert "influencr 9.9.9" in page
    assert "bios: not here." in page
    assert "coverage not reached" in page
    assert "0.750 (0.63-0.84)" in page  # 48 of the 64 answers
    pictures = [line for line in page.splitlines() if line.startswith("![")]
    assert len(pictures) == 2
    for line in pictures:
        name = line.partition("](")[2].rstrip(")")
        root = ElementTree.fromstring((tmp_path / name).read_text(encoding="utf-8"))
        assert root.tag.endswith("svg")
    before = page
    write_page(tmp_path)
    assert (tmp_path / "places.md").read_text(encoding="utf-8") == before


def test_without_results_one_sentence(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "places eval" in capsys.readouterr().err
    assert main([]) == 2


def test_goals_without_figures_are_not_reached(result):
    told = {(g.words, g.measured_on): g for g in goals(result)}
    assert told["bios, at coverage 0.30", "tiktok, unseen"].reached is False
    assert told["country", "locations, seen by now"].reached is False
    assert told["non-places refused", "locations, seen by now"].reached is None


def test_a_chart_names_every_curve_and_escapes_its_words():
    points = curve([0.9, 0.8, 0.7], [True, True, False]).points
    svg = coverage_chart("A <b> & c", [{"name": "x & y", "points": points}], goals=[(0.3, 0.8)])
    root = ElementTree.fromstring(svg)
    words = [t.text for t in root.iter() if t.tag.endswith("text")]
    assert "A <b> & c" in words
    assert any(w.startswith("x & y") for w in words)
    assert "prefers-color-scheme: dark" in svg


def test_charts_of_nothing_are_still_pictures():
    for svg in (coverage_chart("t", []), reliability_chart("t", [])):
        ElementTree.fromstring(svg)


def test_reliability_has_a_dot_per_bin():
    found = calibration([0.55] * 5 + [0.95] * 5, [True, False] * 5)
    svg = reliability_chart("t", [{"name": "a", "table": found.table}])
    assert svg.count("<circle") == 2


def test_speed_is_measured_in_fresh_processes():
    found = measure_speed(["Lyon, France", "Lyon, France", "nowhere"], bios=["📍 Lyon"], runs=1)
    assert (found["strings"], found["runs"]) == (2, 1)
    for figure in ("strings_per_s", "strings_per_cpu_s", "load_s", "suggest_p95_ms"):
        assert found["influencr"][figure]["median"] > 0
    assert found["judge"]["bios_per_s"]["median"] > 0
