"""What posts can expect: intervals keep their promise, few posts lean on the size."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from influencr.influence.engagement._counts import EDGES, LEVELS, bin_of, tables
from influencr.influence.engagement._posterior import Seen, estimate, learn

Draw = Callable[[np.random.Generator, np.ndarray], tuple[np.ndarray, float]]


class World(NamedTuple):
    seen: Seen
    median: np.ndarray
    mean: np.ndarray
    n: np.ndarray
    total: np.ndarray


def even(rng: np.random.Generator, level: np.ndarray) -> tuple[np.ndarray, float]:
    return np.exp(level), 1.0


def log_normal(rng: np.random.Generator, level: np.ndarray) -> tuple[np.ndarray, float]:
    return np.exp(level + 0.8 * rng.normal(size=len(level))), float(np.exp(0.32))


def gamma(rng: np.random.Generator, level: np.ndarray) -> tuple[np.ndarray, float]:
    middle = 1.6783469900166605  # median of a gamma distribution of shape 2
    return np.exp(level) / middle * rng.gamma(2.0, size=len(level)), 2.0 / middle


def spreading(rng: np.random.Generator, level: np.ndarray) -> tuple[np.ndarray, float]:
    far = rng.random(len(level)) < 0.02
    lam = np.exp(level + 0.6 * rng.normal(size=len(level)) + 3.0 * far)
    return lam, float(np.exp(0.18) * (0.98 + 0.02 * np.exp(3.0)))


def world(draw: Draw, n: int = 350, *, seed: int = 1, most: int = 40, middle: float = 1.5) -> World:
    rng = np.random.default_rng(seed)
    size = rng.normal(3.3, 0.7, n)
    level = middle + 1.4 * (size - 3.3) + 0.7 * rng.normal(size=n)
    k = rng.integers(1, most + 1, n)
    who = np.repeat(np.arange(n), k)
    lam, ratio = draw(rng, level[who])
    counts = rng.poisson(lam)
    key, posts = np.unique(who * 1_000 + bin_of(counts), return_counts=True)
    start = np.searchsorted(key // 1_000, np.arange(n + 1))
    nothing = np.full(n, "")
    return World(
        Seen(start, key % 1_000, posts, size, nothing, nothing),
        np.exp(level),
        np.exp(level) * ratio,
        k,
        np.bincount(who, counts, n),
    )


def covered(bounds: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 2])))


@pytest.mark.parametrize("draw", [log_normal, gamma, spreading], ids=lambda d: d.__name__)
def test_intervals_hold_what_they_promise(draw: Draw) -> None:
    worlds = [world(draw, seed=seed) for seed in (1, 2)]
    found = [estimate(w.seen, learn(w.seen)) for w in worlds]
    for name in ("median", "mean"):
        hits = [
            covered(getattr(f, name), getattr(w, name)) for f, w in zip(found, worlds, strict=True)
        ]
        assert 0.925 < np.mean(hits) < 0.985, name


def test_posts_that_do_not_vary_are_not_promised_too_much() -> None:
    w = world(even, middle=1.0)
    found = estimate(w.seen, learn(w.seen))
    assert covered(found.mean, w.mean) > 0.93


@pytest.mark.parametrize("n", [6, 40])
def test_a_small_home_keeps_the_promise(n: int) -> None:
    hits = []
    for seed in range(120 // n):
        w = world(log_normal, n, seed=seed)
        hits.append(covered(estimate(w.seen, learn(w.seen)).mean, w.mean))
    assert np.mean(hits) > 0.88


def test_few_posts_lean_on_creators_of_the_size() -> None:
    w = world(log_normal, 400, most=6)
    found = estimate(w.seen, learn(w.seen))
    ours = np.log(found.mean[:, 1] / w.mean)
    plain = np.log((w.total / w.n + 0.3) / w.mean)
    assert np.sqrt(np.mean(ours**2)) < 0.85 * np.sqrt(np.mean(plain**2))


def test_many_posts_speak_for_themselves() -> None:
    w = world(log_normal, 200)
    prior = learn(w.seen)
    many = Seen(
        np.array([0, 1]),
        bin_of(np.array([2_000])),
        np.array([400]),
        np.array([2.0]),
        np.array([""]),
        np.array([""]),
    )
    found = estimate(many, prior)
    assert found.usual[0] < 5
    assert found.median[0, 1] == pytest.approx(2_000, rel=0.15)


def test_more_posts_narrow_the_interval() -> None:
    w = world(log_normal, 300)
    found = estimate(w.seen, learn(w.seen))
    width = np.log(found.mean[:, 2] / found.mean[:, 0])
    assert np.median(width[w.n <= 3]) > 1.6 * np.median(width[w.n >= 30])


def test_an_unknown_size_is_no_obstacle() -> None:
    w = world(log_normal, 300)
    seen = w.seen._replace(size=np.full(300, np.nan))
    found = estimate(seen, learn(seen))
    assert np.isfinite(found.mean).all()
    assert covered(found.mean, w.mean) > 0.92


def test_no_posts_no_number() -> None:
    w = world(log_normal, 60)
    nobody = w.seen.of(np.array([0]))._replace(
        start=np.array([0, 0]), bin=np.zeros(0, np.int64), posts=np.zeros(0, np.int64)
    )
    found = estimate(nobody, learn(w.seen))
    assert np.isnan(found.mean).all()
    assert np.isfinite(found.usual).all()


def test_one_absurd_count_does_not_move_the_middle() -> None:
    w = world(log_normal, 200)
    prior = learn(w.seen)

    def of(counts: list[int]) -> float:
        key, posts = np.unique(bin_of(np.array(counts)), return_counts=True)
        one = w.seen.of(np.array([0]))
        seen = one._replace(start=np.array([0, len(key)]), bin=key, posts=posts)
        return float(estimate(seen, prior).median[0, 1])

    usual = [8, 12, 10, 15, 9, 7, 11, 13] * 2
    assert of([*usual, 900_000]) == pytest.approx(of(usual), rel=0.25)


def test_the_same_creators_in_another_order_give_the_same() -> None:
    w = world(log_normal, 80)
    turned = w.seen.of(np.arange(79, -1, -1))
    one, other = estimate(w.seen, learn(w.seen)), estimate(turned, learn(turned))
    np.testing.assert_allclose(one.mean, other.mean[::-1], rtol=1e-6)


def test_tables_are_probabilities() -> None:
    t = tables()
    p = np.exp(t.log_p)
    assert p.shape == (len(EDGES), len(t.names) * len(LEVELS))
    np.testing.assert_allclose(p.sum(axis=0), 1.0, atol=1e-3)
    assert (t.to_mean > 0).all()


def test_every_count_has_its_bin() -> None:
    counts = np.array([0, 1, 15, 16, 17, 1_000, 10**9])
    bins = bin_of(counts)
    assert (np.diff(bins) >= 0).all()
    assert (EDGES[bins] <= counts).all()
    assert bins[-1] == len(EDGES) - 1
