"""Drawing doubtful numbers towards the others, as far as the others say."""

import numpy as np
import pytest

from influencr.cohorts import Spread, noise_of, spread_of, wilson


def test_the_variance_between_creators_is_the_planted_one() -> None:
    rng = np.random.default_rng(1)
    variance = rng.uniform(0.05, 1.0, 4_000)
    truth = 0.7 + 0.5 * rng.normal(size=4_000)
    seen = truth + np.sqrt(variance) * rng.normal(size=4_000)
    found = spread_of(seen, variance, 0.4)
    assert found.middle == pytest.approx(0.7, abs=0.04)
    assert found.between == pytest.approx(0.25, abs=0.03)
    mean, doubt = found.shrunk(seen, variance)
    assert np.mean((mean - truth) ** 2) < 0.8 * np.mean((seen - truth) ** 2)
    assert np.mean(np.abs(mean - truth) < 1.96 * np.sqrt(doubt)) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize("n", [12, 25, 60])
def test_few_creators_keep_the_promise_too(n: int) -> None:
    rng = np.random.default_rng(n)
    hits = []
    for _ in range(200):
        truth = 0.4 * rng.normal(size=n)
        seen = truth + 0.5 * rng.normal(size=n)
        variance = np.full(n, 0.25)
        mean, doubt = spread_of(seen, variance, 0.25).shrunk(seen, variance)
        hits.append(np.mean(np.abs(mean - truth) < 1.96 * np.sqrt(doubt)))
    assert np.mean(hits) > 0.915


def test_creators_that_are_all_alike_become_one() -> None:
    seen = 0.2 * np.random.default_rng(3).normal(size=300)
    found = spread_of(seen, np.full(300, 0.2), 0.2)
    mean, _ = found.shrunk(seen, np.full(300, 0.2))
    assert found.between == pytest.approx(0.0, abs=1e-9)
    assert np.ptp(mean) < 1e-6


def test_too_few_teach_nothing() -> None:
    seen, variance = np.array([1.0, 3.0]), np.array([0.5, 0.5])
    mean, doubt = spread_of(seen, variance, 0.5).shrunk(seen, variance)
    np.testing.assert_array_equal(mean, seen)
    np.testing.assert_array_equal(doubt, variance)
    assert spread_of(seen, variance, 0.5) == Spread(0.0, 0.0, 0.0, 0.5, 2)


def test_one_post_has_the_noise_of_all() -> None:
    assert noise_of(np.array([1.0]), np.array([0.0]), 0.8)[0] == pytest.approx(0.8)
    many = noise_of(np.array([500.0]), np.array([499 * 0.1]), 0.8)[0]
    assert many == pytest.approx(0.1, abs=0.01)


def test_wilson_bounds_hold_their_share() -> None:
    low, high = wilson(np.array([0.0, 0.3, 1.0]), np.array([5.0, 40.0, 5.0]))
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert low[0] == 0
    assert high[2] == 1
    assert low[1] < 0.3 < high[1]
