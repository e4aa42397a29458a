"""Intervals, paired tests, calibration and curves against figures that can be checked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.geography.evaluation._metrics import (
    calibration,
    curve,
    difference,
    mcnemar,
    share,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe 1998, table I, score method without continuity correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(k, n, low, high):
    found = share(k, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_nothing_counted_has_no_share():
    assert share(0, 0).value is None


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_a_share(pair):
    found = share(*pair)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_mcnemar_counts_only_rows_that_differ():
    one = [True] * 90 + [True] * 10 + [False] * 2
    other = [True] * 90 + [False] * 10 + [True] * 2
    found = mcnemar(one, other)
    assert (found["only_one"], found["only_other"]) == (10, 2)
    # Two-sided sign test: 2 * (1 + 12 + 66) / 4096.
    assert found["p"] == pytest.approx(158 / 4096)


def test_mcnemar_of_equals_and_of_thousands():
    assert mcnemar([True, False], [True, False])["p"] == 1.0
    assert mcnemar([True] * 3_000, [False] * 3_000)["p"] == 0.0


def test_a_difference_comes_with_its_interval():
    found = difference([True] * 60 + [False] * 40, [True] * 40 + [False] * 60)
    assert found["value"] == pytest.approx(0.2)
    assert 0.1 < found["low"] < 0.2 < found["high"] < 0.3
    assert found == difference([True] * 60 + [False] * 40, [True] * 40 + [False] * 60)


def test_calibration_of_one_confidence_is_its_gap():
    found = calibration([0.8] * 10, [True] * 6 + [False] * 4)
    assert found.ece_mass == pytest.approx(0.2)
    assert found.ece_width == pytest.approx(0.2)
    assert found.brier == pytest.approx(0.6 * 0.04 + 0.4 * 0.64)
    (row,) = found.table
    assert (row["low"], row["high"], row["n"]) == (0.8, 0.9, 10)


def test_calibration_does_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(3)
    p = rng.choice([0.3, 0.5, 0.9], size=200)
    y = rng.random(200) < p
    order = rng.permutation(200)
    one = calibration(p.tolist(), y.tolist())
    other = calibration(p[order].tolist(), y[order].tolist())
    assert one.ece_mass == pytest.approx(other.ece_mass)


def test_an_honest_confidence_shows_about_its_floor():
    rng = np.random.default_rng(4)
    p = rng.uniform(0.2, 1.0, size=3_000)
    y = rng.random(3_000) < p
    found = calibration(p.tolist(), y.tolist())
    assert found.ece_mass < 0.04
    assert found.ece_floor < 0.04
    assert calibration((p * 0.5).tolist(), y.tolist()).ece_mass > 0.25


def test_no_answers_no_calibration():
    assert calibration([], []) is None


def test_equal_confidences_enter_the_curve_together():
    found = curve([0.5, 0.5, 0.9, None], [True, False, True, False])
    assert [(p["coverage"], p["k"], p["n"]) for p in found.points] == [(0.25, 1, 1), (0.75, 2, 3)]
    assert found.at_coverage(0.3)["n"] == 3
    assert found.at_coverage(0.8) is None
    assert found.widest(0.9)["n"] == 1
    assert found.widest(0.6)["n"] == 3


answers = st.lists(
    st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.booleans()), min_size=1, max_size=60
)


@settings(deadline=None)
@given(answers, st.randoms())
def test_a_curve_has_every_answer_once_in_any_order(rows, chance):
    found = curve([c for c, _ in rows], [r for _, r in rows])
    assert found.n_answers == sum(c is not None for c, _ in rows)
    assert 0.0 <= found.area <= found.n_answers / len(rows) + 1e-9
    if found.points:
        assert found.points[-1]["k"] == sum(r for c, r in rows if c is not None)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = curve([c for c, _ in shuffled], [r for _, r in shuffled])
    assert math.isclose(again.area, found.area, abs_tol=1e-9)
    assert again.points == found.points
