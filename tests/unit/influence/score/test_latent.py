"""The posterior behind the score: exact where it can be, and robust."""

import numpy as np
import pytest

from influencr.influence.score._context import estimate
from influencr.influence.score._latent import Posts, _solve, posterior
from influencr.influence.score._level import Who
from influencr.influence.score._memory import Memory

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


def test_without_a_memory_all_posts_tell_alike() -> None:
    who = np.zeros(2, dtype=np.int64)
    count = np.array([[20.0, 1.0]])
    level, one, nan = np.full((1, 1), np.log(4.0)), np.eye(1) * 0.5, np.full(2, np.nan)
    new = posterior(Posts(who, 1, count, np.array([3.0, 300.0]), nan), level, one, one)
    old = posterior(Posts(who, 1, count, np.array([300.0, 3.0]), nan), level, one, one)
    assert new.mode[0, 0] == pytest.approx(old.mode[0, 0])


@pytest.mark.parametrize("moving", [0.1, 0.5, 1.0])
def test_what_is_to_come_is_what_a_gaussian_process_says(moving: float) -> None:
    """With counts beyond doubt the states are known, and the one ahead has a closed form."""
    memory = Memory(moving, 60.0)
    age = np.array([5.0, 20.0, 40.0, 75.0, 120.0, 180.0, 300.0])
    n = len(age)
    assert memory.slots(age).tolist() == list(range(1, n + 1))
    state = RNG(8).normal(0, 0.7, n)
    level, variance, luck = np.full((1, 1), np.log(1e5)), 0.6, 1e-3
    count = np.exp(level[0, 0] + state)[None, :]
    posts = Posts(np.zeros(n, dtype=np.int64), 1, count, age, np.full(n, np.nan))
    found = posterior(posts, level, np.eye(1) * variance, np.eye(1) * luck, memory=memory)
    whole = variance * memory.together()
    ahead, seen = whole[0, 1:], whole[1:, 1:] + luck * np.eye(n)
    np.testing.assert_allclose(found.mode[0, 0], ahead @ np.linalg.solve(seen, state), atol=0.02)
    left = whole[0, 0] - ahead @ np.linalg.solve(seen, ahead)
    np.testing.assert_allclose(found.covariance[0, 0, 0], left, rtol=0.05)


def test_a_memory_of_nothing_that_moves_is_none() -> None:
    rng = RNG(9)
    who = np.repeat(np.arange(20), 9)
    posts = Posts(
        who, 20, rng.poisson(5.0, (2, 180)) * 1.0, rng.uniform(3, 360, 180), np.full(180, np.nan)
    )
    level, between = np.full((20, 2), 1.5), np.array([[0.6, 0.3], [0.3, 0.7]])
    still = posterior(posts, level, between, between)
    moved = posterior(posts, level, between, between, memory=Memory(0.0, 60.0))
    np.testing.assert_allclose(moved.mode, still.mode, atol=1e-3)
    np.testing.assert_allclose(moved.covariance, still.covariance, atol=1e-3)


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
