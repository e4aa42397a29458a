"""The estimate of the whole scene: simulated scenes in which the assumption holds."""

import random

import pytest

from influencr.sources.bluesky._scene import MIN_TWICE, chapman, scene


@pytest.mark.parametrize(
    ("n", "p_listed", "p_searched"),
    [(300, 0.3, 0.4), (1_000, 0.15, 0.2), (150, 0.5, 0.3), (2_000, 0.05, 0.1)],
)
def test_the_interval_covers_the_truth_as_often_as_it_says(n, p_listed, p_searched):
    chance = random.Random(20_260)
    hits = runs = 0
    total = 0.0
    for _ in range(600):
        listed = {i for i in range(n) if chance.random() < p_listed}
        searched = {i for i in range(n) if chance.random() < p_searched}
        if len(listed & searched) < MIN_TWICE:
            continue
        found = chapman(len(listed), len(searched), len(listed & searched))
        runs += 1
        hits += found.low <= n <= found.high
        total += found.n
    # 600 draws: the standard error of the coverage is 0.9 points
    assert runs > 400
    assert 0.925 <= hits / runs <= 0.985
    # with ten expected twice, leaving out the runs that met fewer than seven costs eight percent
    assert total / runs == pytest.approx(n, rel=0.1)


def test_who_is_loud_is_found_by_both_and_the_estimate_is_too_low():
    chance = random.Random(3)
    loud = [chance.random() ** 2 for _ in range(1_000)]
    listed = {str(i) for i in range(1_000) if chance.random() < loud[i]}
    searched = {str(i) for i in range(1_000) if chance.random() < loud[i]}
    found = scene(listed, searched, listed | searched)
    assert found.estimate < 1_000
    assert "larger" in found.assumption


def test_too_few_found_twice_say_nothing():
    one, other = {"a", "b", "c"}, {"b", "c", "d"}
    assert scene(one, other, one | other) is None


def test_what_was_found_in_other_ways_is_part_of_the_share_and_bounds_the_estimate():
    both = {str(n) for n in range(10)}
    found = both | {f"x{n}" for n in range(50)}
    told = scene(both, both, found)
    assert (told.n_found, told.estimate, told.low) == (60, 60.0, 60.0)
    assert told.high >= told.estimate
