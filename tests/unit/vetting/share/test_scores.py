import numpy as np
import pytest

from influencr.errors import UsageError
from influencr.vetting.share import by_scores, calibration


def scores(rng, n, bought):
    """Scores of one class: two normal distributions that overlap, as probabilities."""
    return 1 / (1 + np.exp(-rng.normal(1.2 if bought else -1.2, 1.3, n)))


def labelled(rng, n=3_000):
    return calibration(scores(rng, n, True), scores(rng, n, False), name="own", version="1")


def test_finds_the_share_and_covers_it():
    rng = np.random.default_rng(8)
    errors, whole = [], []
    for _ in range(250):
        known = labelled(rng)
        k = int(rng.binomial(500, 0.2))
        drawn = np.concatenate([scores(rng, k, True), scores(rng, 500 - k, False)])
        part = by_scores(drawn, known)
        errors.append((part.point - 0.2, part.lo <= 0.2 <= part.hi))
        all_seen = by_scores(drawn, known, seen=1.0)
        whole.append(all_seen.lo <= k / 500 <= all_seen.hi)
    assert abs(np.mean([e for e, _ in errors])) < 0.005
    assert 0.91 < np.mean([c for _, c in errors]) < 0.99
    assert 0.91 < np.mean(whole) < 0.99


def test_errs_less_than_counting():
    rng = np.random.default_rng(9)
    known = labelled(rng, 20_000)
    one, zero = scores(rng, 20_000, True), scores(rng, 20_000, False)
    se, sp = (one >= 0.5).mean(), (zero < 0.5).mean()
    by_score, by_count = [], []
    for _ in range(200):
        drawn = np.concatenate([scores(rng, 100, True), scores(rng, 400, False)])
        by_score.append(by_scores(drawn, known).point - 0.2)
        by_count.append(((drawn >= 0.5).mean() + sp - 1) / (se + sp - 1) - 0.2)
    assert np.abs(by_score).mean() < 0.92 * np.abs(by_count).mean()


def test_nobody_bought_starts_at_nothing():
    rng = np.random.default_rng(10)
    share = by_scores(scores(rng, 800, False), labelled(rng))
    assert share.lo < 0.01
    assert share.hi < 0.08


def test_weights_count():
    rng = np.random.default_rng(11)
    drawn = np.concatenate([scores(rng, 300, True), scores(rng, 300, False)])
    weights = np.concatenate([np.full(300, 1.0), np.full(300, 9.0)])
    assert by_scores(drawn, labelled(rng), weights=weights).point == pytest.approx(0.1, abs=0.05)


def test_scores_that_say_nothing_give_no_share():
    rng = np.random.default_rng(12)
    known = calibration(rng.random(100), rng.random(100), name="noise", version="1")
    assert np.isnan(by_scores(rng.random(400), known)).all()
    assert np.isnan(by_scores(rng.random(10), labelled(rng))).all()


def test_too_few_labels_are_refused():
    with pytest.raises(UsageError, match="too few to calibrate"):
        calibration([0.4] * 10, [0.1] * 100, name="small", version="1")
