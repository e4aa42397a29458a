"""The posterior behind the score: exact where it can be, and robust."""

import numpy as np
import pytest

from influencr.influence.score._context import estimate
from influencr.influence.score._latent import Posts, _solve, posterior
from influencr.influence.score._level import Who

RNG = np.random.default_rng


def posts_of(who: np.ndarray, n: int, *counts: np.ndarray) -> Posts:
    unknown = np.full(len(who), np.nan)
    return Posts(who, n, np.stack(counts).astype(float), np.ones(len(who)), unknown)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_the_small_systems_are_solved_exactly(m: int) -> None:
    rng = RNG(m)
    root = rng.normal(size=(m, m))
    precision = root @ root.T + np.eye(m)
    mean, right = rng.exponential(size=(m, 5)), rng.normal(size=(m, 5))
    found = _solve(precision, mean, right)
    for j in range(5):
        wanted = np.linalg.solve(precision + np.diag(mean[:, j]), right[:, j])
        np.testing.assert_allclose(found[:, j], wanted)


def test_no_post_says_nothing() -> None:
    nothing = posts_of(np.empty(0, dtype=np.int64), 2, np.empty(0))
    found = posterior(nothing, np.zeros((2, 1)), np.eye(1) * 0.5, np.eye(1))
    np.testing.assert_allclose(found.mode, 0.0)
    np.testing.assert_allclose(found.covariance[:, 0, 0], 0.5)
    assert np.isinf(found.noise).all()


def test_many_posts_say_nearly_all() -> None:
    rng = RNG(1)
    true = np.array([[0.9], [-0.7]])
    who = np.repeat(np.arange(2), 4_000)
    e = rng.normal(0, 0.6, len(who))
    count = rng.poisson(np.exp(1.5 + true[who, 0] + e))
    found = posterior(posts_of(who, 2, count), np.full((2, 1), 1.5), np.eye(1), np.eye(1) * 0.36)
    # The approximation leans a little to the middle where counts are small.
    np.testing.assert_allclose(found.mode, true, atol=0.1)
    assert (found.covariance < 0.01).all()


def test_one_giant_post_moves_little() -> None:
    who = np.zeros(10, dtype=np.int64)
    usual = np.full(10, 4.0)
    giant = usual.copy()
    giant[0] = 40_000.0
    level = np.full((1, 1), np.log(4.0))
    plain, wild = (
        posterior(posts_of(who, 1, c), level, np.eye(1) * 0.6, np.eye(1) * 0.5).mode[0, 0]
        for c in (usual, giant)
    )
    assert 0 < wild - plain < 0.5


def test_likes_of_the_same_posts_are_luck_and_of_all_posts_the_creator() -> None:
    """Where a post's luck moves both counts, twice the likes say less with few posts."""
    together = 0.5 * np.array([[1.0, 0.9], [0.9, 1.0]])
    between = 0.6 * np.array([[1.0, 0.5], [0.5, 1.0]])
    level = np.log(np.array([[3.0, 20.0]]))

    def acts_say(n: int) -> float:
        who = np.zeros(n, dtype=np.int64)
        more = posts_of(who, 1, np.full(n, 3.0), np.full(n, 60.0))
        return float(posterior(more, level, between, together).mode[0, 0])

    who = np.zeros(1, dtype=np.int64)
    unseen = posts_of(who, 1, np.full(1, np.nan), np.full(1, 60.0))
    assert posterior(unseen, level, between, together).mode[0, 0] > 0.1
    assert abs(acts_say(1)) < posterior(unseen, level, between, together).mode[0, 0]


def test_an_older_post_counts_by_its_weight() -> None:
    who = np.zeros(2, dtype=np.int64)
    count = np.array([[20.0, 1.0]])
    level, one = np.full((1, 1), np.log(4.0)), np.eye(1) * 0.5
    nan = np.full(2, np.nan)
    early = posterior(Posts(who, 1, count, np.array([1.0, 0.1]), nan), level, one, one)
    late = posterior(Posts(who, 1, count, np.array([0.1, 1.0]), nan), level, one, one)
    assert early.mode[0, 0] > late.mode[0, 0]


def test_posts_of_a_smaller_past_are_compared_with_that_size() -> None:
    who, one = np.zeros(3, dtype=np.int64), np.eye(1) * 0.5
    level, count = np.full((1, 1), np.log(8.0)), np.full(3, 4.0)
    here = posterior(posts_of(who, 1, count), level, one, one)
    then = posterior(posts_of(who, 1, count), level, one, one, offset=np.full((1, 3), np.log(0.5)))
    assert here.mode[0, 0] < then.mode[0, 0]


def test_what_was_planted_is_found_again() -> None:
    rng = RNG(5)
    n = 900
    between = np.array([[0.64, 0.24], [0.24, 0.36]])
    within = np.array([[0.36, 0.2], [0.2, 0.16]])
    size = rng.uniform(1.8, 4.5, n)
    u = rng.multivariate_normal(np.zeros(2), between, n)
    who = np.repeat(np.arange(n), rng.integers(1, 14, n))
    e = rng.multivariate_normal(np.zeros(2), within, len(who))
    level = np.stack([np.log(0.03) + 1.8 * size, np.log(0.1) + 2.0 * size], axis=1)
    rate = np.exp(level[who] + u[who] + e)
    posts = posts_of(who, n, rng.poisson(rate[:, 0]), rng.poisson(rate[:, 1]))
    words = np.full(n, "")
    model = estimate(posts, Who(size, words, words), (0, 1))
    assert model.fitted
    np.testing.assert_allclose(model.covariance, np.cov(u.T), rtol=0.12, atol=0.04)
    np.testing.assert_allclose(model.wander, within, rtol=0.25, atol=0.03)
    middle = Who(np.array([3.0]), np.array([""]), np.array([""]))
    assert model.levels[0].at(middle)[0] == pytest.approx(np.log(0.03) + 5.4, abs=0.2)
