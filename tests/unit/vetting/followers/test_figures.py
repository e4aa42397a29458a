"""Figures against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.vetting.followers import _figures as figures

TRUTH = np.array([0, 0, 1, 1], dtype=np.int8)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
def test_auc_is_the_share_of_pairs_in_order(rows):
    y = np.array([r[0] for r in rows], dtype=np.int8)
    p = np.array([r[1] for r in rows], dtype=float)
    pairs = [(a > b) + (a == b) / 2 for a in p[y == 1] for b in p[y == 0]]
    found = figures.auc(y, p)
    assert (np.isnan(found) and not pairs) or found == pytest.approx(np.mean(pairs))


def test_tables_by_hand():
    flagged = np.array([False, True, True, True])
    assert figures.f1(TRUTH, flagged) == pytest.approx(0.8)
    assert figures.mcc(TRUTH, flagged) == pytest.approx(1 / np.sqrt(3))
    assert figures.mcc(TRUTH, ~np.zeros(4, dtype=bool)) == 0
    assert figures.average_precision(TRUTH, np.array([0.1, 0.9, 0.8, 0.2])) == pytest.approx(
        (1 / 2 + 2 / 3) / 2
    )


def test_the_cut_for_specificity_keeps_it():
    rng = np.random.default_rng(1)
    p, y = rng.random(500), (np.arange(500) % 5 == 0).astype(np.int8)
    cut = figures.specificity_cut(y, p)
    assert (p[y == 0] < cut).mean() >= 0.99
    assert (p[y == 0] < np.nextafter(cut, 0) - 1e-3).mean() < 0.995


def test_the_cut_of_expected_f1_is_half_of_it():
    p = np.linspace(0, 1, 10_001)
    cut = figures.best_f1_cut(p)
    falling = np.sort(p)[::-1]
    best = (2 * np.cumsum(falling) / (np.arange(1, len(p) + 1) + p.sum())).max()
    assert cut == pytest.approx(best / 2, abs=1e-3)


def test_calibrated_probabilities_have_little_error():
    rng = np.random.default_rng(2)
    p = rng.random(5000)
    y = (rng.random(5000) < p).astype(np.int8)
    assert figures.ece(y, p) < 0.03
    assert figures.ece(y, 1 - p) > 0.3
