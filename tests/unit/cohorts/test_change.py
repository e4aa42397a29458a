"""Does a number break at a size, or only fall?"""

import numpy as np
import pytest

from influencr.cohorts import change_at
from influencr.errors import UsageError


def rates(n: int, *, left: float, right: float, jump: float, seed: int) -> tuple:
    rng = np.random.default_rng(seed)
    size = 10 ** rng.uniform(4, 6, n)
    x = np.log(size / 1e5)
    middle = np.where(x < 0, left * x, right * x + np.log(jump))
    return size, np.exp(middle + 0.6 * rng.standard_t(4, n)) * 0.03


def test_a_smooth_fall_is_no_jump() -> None:
    size, value = rates(4_000, left=-0.2, right=-0.2, jump=1.0, seed=1)
    found = change_at(size, value, draws=200)
    assert found.jump[1] < 1 < found.jump[2]
    assert found.bend[1] < 0 < found.bend[2]
    # Two tiers would call the same fall a drop.
    assert found.tier_ratio[2] < 0.8


def test_a_planted_break_is_found() -> None:
    size, value = rates(8_000, left=-0.1, right=-0.4, jump=0.8, seed=2)
    found = change_at(size, value, draws=200)
    assert found.slope_left[0] == pytest.approx(-0.1, abs=0.05)
    assert found.slope_right[0] == pytest.approx(-0.4, abs=0.05)
    assert found.jump[0] == pytest.approx(0.8, abs=0.07)
    assert found.jump[2] < 1
    assert found.bend[2] < 0


def test_intervals_hold_what_they_promise() -> None:
    hits = 0
    for seed in range(30):
        size, value = rates(400, left=-0.1, right=-0.3, jump=0.8, seed=100 + seed)
        _, low, high = change_at(size, value, draws=100, seed=seed).jump
        hits += low <= 0.8 <= high
    assert hits >= 25


def test_a_few_viral_creators_do_not_decide() -> None:
    size, value = rates(2_000, left=-0.2, right=-0.2, jump=1.0, seed=3)
    value[size > 9e5] *= 40
    found = change_at(size, value, draws=100)
    assert found.slope_right[0] < 0.1


def test_accounts_seen_often_are_drawn_together() -> None:
    size, value = rates(300, left=-0.2, right=-0.2, jump=1.0, seed=4)
    twice = np.repeat(size, 5), np.repeat(value, 5)
    alone = change_at(size, value, draws=300).jump
    told = change_at(*twice, group=np.repeat(np.arange(300), 5), draws=300).jump
    assert told[0] == pytest.approx(alone[0], rel=1e-6)
    assert np.log(told[2] / told[1]) == pytest.approx(np.log(alone[2] / alone[1]), rel=0.25)


def test_too_few_on_a_side_is_said() -> None:
    size, value = rates(500, left=0, right=0, jump=1, seed=5)
    above = size > 1e5
    found = change_at(size[above], value[above])
    assert found.jump is None
    assert found.n_left == 0
    assert "20 on either side" in found.reason


def test_what_is_no_number_is_left_out() -> None:
    size, value = rates(500, left=0, right=0, jump=1, seed=6)
    dirty = np.append(size, [np.nan, 2e5, -1]), np.append(value, [1.0, 0.0, 1.0])
    assert change_at(*dirty, draws=20).jump == change_at(size, value, draws=20).jump


@pytest.mark.parametrize(
    "wrong", [{"at": 0}, {"width": 1}, {"draws": 0}, {"group": [1]}], ids=lambda w: next(iter(w))
)
def test_impossible_questions(wrong: dict) -> None:
    with pytest.raises(UsageError):
        change_at([1.0, 2.0], [1.0, 2.0], **wrong)
