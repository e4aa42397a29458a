"""The whole measurement on a handful of invented profiles."""

import io
import json
import math

import pytest
from benchmarks.relevance.__main__ import rounded
from benchmarks.relevance.judged import Judged, Question
from benchmarks.relevance.measure import measure
from benchmarks.relevance.page import page
from benchmarks.relevance.systems import OURS, SYSTEMS, sqlite_orders, tantivy_orders
from benchmarks.relevance.ties import ties
from benchmarks.relevance_corpus import Row, missing
from rich.console import Console

from influencr.cli._relevance import show_relevance

SECOND = 1 / math.log2(3)
TEXTS = {
    "clay": "Pottery and clay every day",
    "some": "I like pottery sometimes and mostly play chess with friends",
    "many": "pottery pottery pottery",
    "open": "Chess openings for beginners",
    "teen": "I'm 15. Pottery!",
    "rain": "Clouds over the harbour",
    "bake": "Sourdough on Sundays",
    "tram": "Old trams and their drivers",
}
ROWS = [Row(key, "tiktok", f"Nr {i}", text, "en") for i, (key, text) in enumerate(TEXTS.items())]
JUDGED = Judged(
    [
        Question("1", "pottery", "en", {"clay": 3, "some": 1, "teen": 3, "lost": 2}),
        Question("2", "chess openings", "en", {"open": 3, "some": 1}),
        Question("3", "zzyqx", "fr", {"rain": 2}),
    ],
    {"relevance.csv": "0" * 64},
)


@pytest.fixture(scope="module")
def result():
    found = measure(ROWS, JUDGED)
    here = {"cores": 1, "processor": "test", "python": "3"}
    return rounded({"version": "0", "measured_on": "2026-01-01", "machine": here, **found})


def test_who_may_not_be_found_is_taken_out_for_everybody_and_counted(result):
    assert result["corpus"]["left_out"] == {"declared_minor": 1}
    assert (result["corpus"]["rows"], result["corpus"]["listed"]) == (8, 7)
    assert result["corpus"]["hidden_by_default"] == 0
    labels = result["labels"]
    assert (labels["pairs"], labels["pairs_left_out"], labels["relevant_left_out"]) == (7, 1, 1)
    assert labels["pairs_not_in_corpus"] == 1
    assert result["queries"][0]["judged"] == 2


def test_figures_of_a_baseline_are_as_worked_out_by_hand(result):
    # SQLite finds "many" (not judged), "clay" (3), "some" (1).
    first = result["queries"][0]["systems"]["sqlite porter"]
    assert first["results"] == 3
    assert first["judged_share_10"] == pytest.approx(2 / 3, abs=1e-4)
    assert first["condensed"]["ndcg_10"] == 1.0
    full = (7 * SECOND + 1 / 2) / (7 + SECOND)
    assert first["full"]["ndcg_10"] == pytest.approx(full, abs=1e-4)


def test_our_own_search_is_asked_as_a_member_asks(result):
    # Who has both words comes first, and "some", who has one of them, behind.
    second = result["queries"][1]["systems"]
    assert second[OURS]["results"] == 2
    assert second[OURS]["condensed"]["ndcg_10"] == 1.0
    assert second["sqlite porter"]["condensed"]["ndcg_10"] == 1.0


def test_groups_say_how_often_nothing_was_found(result):
    groups = result["groups"]
    assert {name: told["queries"] for name, told in groups.items()} == {
        "all": 3,
        "English": 2,
        "other languages": 1,
        "one word": 2,
        "several words": 1,
    }
    for name in SYSTEMS:
        told = groups["other languages"]["systems"][name]
        assert (told["without_results"], told["judged_share_10"]) == (1, None)
        assert told["condensed"]["ndcg_10"] == 0.0
    lead = groups["several words"]["differences"]["sqlite porter"]["condensed"]["ndcg_10"]
    assert (lead["wins"], lead["losses"], lead["ties"]) == (0, 0, 1)


def test_luck_among_equals_is_measured():
    question = Question("1", "glass", "en", {"a": 3, "b": 0})
    found = ties([question, question], [[("a", 2.0), ("b", 2.0), ("c", 1.0)], []])
    assert (found["scores_in_first_ten"], found["tied_with_tenth"]) == (2.0, 1.0)
    luck = found["ndcg_10"]["condensed"]
    # Half of the shuffles have "a" first, worth 1, half second; the other query finds nothing.
    assert luck["mean"] == pytest.approx((1 + SECOND) / 4, abs=0.05)
    assert luck["sd"] == pytest.approx((1 - SECOND) / 4, abs=0.01)
    sure = ties([question], [[("b", 2.0), ("a", 1.0)]])["ndcg_10"]["full"]
    assert sure == {"mean": pytest.approx(SECOND), "sd": pytest.approx(0.0)}


def test_the_page_and_the_tables_tell_it(result):
    json.dumps(result, allow_nan=False)
    text = page(result)
    assert "1 declared_minor" in text
    assert "Nothing found at all: zzyqx." in text
    out = io.StringIO()
    show_relevance(Console(file=out, width=100), result)
    assert "other languages: 1 queries" in out.getvalue()
    assert "over tantivy en_stem: nDCG@10" in out.getvalue()


def test_signs_in_a_query_are_not_taken_as_a_command():
    texts = ['#pottery "clay" -x', "AND NOT", "(chess"]
    for orders in (sqlite_orders(ROWS, texts), tantivy_orders(ROWS, texts, tokenizer="default")):
        assert set(orders[0]) == {"clay", "some", "many", "teen"}
        assert set(orders[1]) == {"clay", "some", "tram"}
        assert set(orders[2]) == {"some", "open"}


def test_only_the_stems_make_one_word_of_two():
    (plain,) = tantivy_orders(ROWS, ["friend"], tokenizer="default")
    (stemmed,) = tantivy_orders(ROWS, ["friend"], tokenizer="en_stem")
    assert (plain, stemmed) == ([], ["some"])
    assert sqlite_orders(ROWS, ["friend"]) == [["some"]]


def test_sets_that_are_not_there_are_named(tmp_path):
    assert {"tiktok", "bluesky-4k", "mastodon-official"} <= set(missing(tmp_path))
