"""What an order is worth, against figures worked out by hand."""

import math

import pytest
from benchmarks.relevance.judged import Question, read_judged
from benchmarks.relevance.metrics import compare, gain, ndcg, score

SECOND = 1 / math.log2(3)


def test_a_gain_doubles_with_each_grade():
    assert [gain(grade) for grade in range(4)] == [0, 1, 3, 7]


@pytest.mark.parametrize(
    ("ranked", "judged", "value"),
    [
        ([3, 2, 1], [1, 2, 3], 1.0),
        ([], [3], 0.0),
        ([0, 0], [0, 0], 0.0),
        ([0, 3], [3], SECOND),
        # (7 + 0 + 3/2) / (7 + 3 log2(3)^-1)
        ([3, 0, 2], [0, 2, 3], 8.5 / (7 + 3 * SECOND)),
        # The eleventh counts neither in the order nor in the best one.
        ([0] * 10 + [3], [3], 0.0),
        ([1] * 10, [1] * 40, 1.0),
    ],
)
def test_ndcg(ranked, judged, value):
    assert ndcg(ranked, judged) == pytest.approx(value)


def test_an_order_is_scored_with_and_without_what_nobody_judged():
    question = Question("1", "glass owls", "en", {"a": 3, "b": 2, "c": 1, "d": 0})
    found = score(["new", "b", "a", "d"], question)
    best = 7 + 3 * SECOND + 1 / 2
    assert found["condensed"]["ndcg_10"] == pytest.approx((3 + 7 * SECOND) / best)
    assert found["full"]["ndcg_10"] == pytest.approx((3 * SECOND + 7 / 2) / best)
    assert found["condensed"]["precision_10"] == found["full"]["precision_10"] == 0.2
    assert found["condensed"]["precision_10_strict"] == 0.1
    assert found["condensed"]["recall_50"] == found["condensed"]["recall_50_strict"] == 1.0


def test_recall_looks_at_fifty_and_is_absent_where_nothing_is_relevant():
    rows = [f"new{i}" for i in range(50)]
    late = score([*rows, "a"], Question("1", "glass", "en", {"a": 2}))
    assert (late["full"]["recall_50"], late["condensed"]["recall_50"]) == (0.0, 1.0)
    assert "recall_50_strict" not in late["full"]
    assert "recall_50" not in score(rows, Question("1", "glass", "en", {"a": 1}))["full"]


def test_a_lead_has_an_interval_and_its_wins():
    ours = {"1": 0.9, "2": 0.5, "3": 0.2, "4": 1.0}
    theirs = {"1": 0.4, "2": 0.5, "3": 0.3, "5": 1.0}
    found = compare(ours, theirs)
    assert found["mean"] == pytest.approx(0.4 / 3)
    assert (found["wins"], found["losses"], found["ties"]) == (1, 1, 1)
    assert -0.1 <= found["low"] <= found["mean"] <= found["high"] <= 0.5
    assert compare(ours, theirs) == found
    sure = compare({"1": 0.7, "2": 0.7}, {"1": 0.5, "2": 0.5})
    assert sure["low"] == pytest.approx(0.2) == sure["high"]


def test_labels_are_read_with_their_checksums(tmp_path):
    (tmp_path / "relevance-queries.csv").write_text(
        'id,query,language,intent\n1,glass owls,en,"Makes owls, of glass."\n2,chouette,fr,Owls.\n'
    )
    (tmp_path / "relevance.csv").write_text("query_id,key,grade\n1,aa,3\n1,bb,0\n2,aa,2\n")
    judged = read_judged(tmp_path)
    assert judged.questions == [
        Question("1", "glass owls", "en", {"aa": 3, "bb": 0}),
        Question("2", "chouette", "fr", {"aa": 2}),
    ]
    assert judged.questions[0].relevant() == {"aa"}
    assert {len(digest) for digest in judged.checksums.values()} == {64}
