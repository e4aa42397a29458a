"""Queries that nobody tuned to: which files they are, and that the first run is never lost."""

import json

import pytest
from benchmarks.relevance.first import first_run, unnamed
from benchmarks.relevance.judged import Judged, Question, read_judged
from benchmarks.relevance.measure import measure
from benchmarks.relevance.page import page
from benchmarks.relevance_corpus import Row

ROWS = [
    Row("kite", "tiktok", "Nr 1", "Kites over the dunes, every windy day", "en"),
    Row("loom", "tiktok", "Nr 2", "Looms and what grows on them", "en"),
]


@pytest.fixture(scope="module")
def result():
    found = measure(ROWS, Judged([Question("1", "kites", "en", {"kite": 3, "loom": 0})], {}))
    here = {"cores": 1, "processor": "test", "python": "3"}
    told = {"version": "0", "measured_on": "2026-01-01", "machine": here, "set": "unseen"}
    return {**told, **found}


def test_each_set_has_its_own_files(tmp_path):
    for stem, query in (("relevance", "kites"), ("relevance-unseen", "looms")):
        text = f"id,query,language,intent\n1,{query},en,Anything.\n"
        (tmp_path / f"{stem}-queries.csv").write_text(text)
        (tmp_path / f"{stem}.csv").write_text("query_id,key,grade\n1,kite,2\n")
    assert [q.text for q in read_judged(tmp_path).questions] == ["kites"]
    unseen = read_judged(tmp_path, "unseen")
    assert [q.text for q in unseen.questions] == ["looms"]
    assert set(unseen.checksums) == {"relevance-unseen-queries.csv", "relevance-unseen.csv"}


def test_a_first_run_says_so_and_later_ones_carry_it_along(result, tmp_path):
    kept = tmp_path / "relevance-unseen.json"
    first = first_run(result, kept)
    assert first["is_this"]
    text = page({**result, "first_run": first})
    assert "This is the first run of our search over this set (commit" in text
    assert "bench relevance --set unseen" in text
    kept.write_text(json.dumps({**result, "first_run": first}))
    later = first_run({**result, "measured_on": "2026-02-02"}, kept)
    assert later == {**first, "is_this": False}
    told = page({**result, "measured_on": "2026-02-02", "first_run": later})
    assert "**not** the first run" in told
    assert first["measured_on"] in told


def test_neither_figures_nor_page_say_what_was_asked(result):
    hidden = unnamed(result)
    hidden["labels"]["words_taken_as_place"] += ["1"]
    text = json.dumps(hidden) + page({**hidden, "first_run": first_run(hidden)})
    assert "kites" not in text
    assert hidden["queries"][0]["id"] == "1"
    assert "1 queries. Nothing found at all: 0." in text
    placed = {**result["labels"], "words_taken_as_place": {"kites": "Kite"}}
    assert unnamed({**result, "labels": placed})["labels"]["words_taken_as_place"] == ["1"]


def test_the_page_of_the_judged_set_says_nothing_of_a_first_run(result):
    assert "first run" not in page({**result, "set": "judged"})
