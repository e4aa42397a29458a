import numpy as np
import pytest

from influencr.vetting.lockstep._kinds import KINDS, kind_of

DAY = 86_400
NOW = 20_000 * DAY


def clicks(n: int, creators: int, *, chance: float = 0.95, seed: int = 1):
    """Every account follows nearly all of the creators within a minute of its own."""
    rng = np.random.default_rng(seed)
    who, whom = np.nonzero(rng.random((n, creators)) < chance)
    begins = NOW + rng.integers(0, 3 * DAY, n)
    return who.astype(np.int32), whom.astype(np.int64), begins[who] + 2 * whom


def told(who, whom, at, created, *, mutual: float = 0.0) -> str:
    back = np.random.default_rng(4).random(len(who)) < mutual
    return KINDS[kind_of(who, whom, at, back, created)]


def grown(n: int) -> np.ndarray:
    """Sign-ups over years."""
    return NOW - np.random.default_rng(5).integers(30, 900, n) * DAY


def test_people_who_click_one_list() -> None:
    assert told(*clicks(80, 6), grown(2_000)) == "one click"


def test_who_clicks_follows_somebody_else_that_week_too() -> None:
    who, whom, at = clicks(80, 4)
    beside = np.arange(0, 80, 3, dtype=np.int32)
    who = np.concatenate([who, beside])
    whom = np.concatenate([whom, np.where(beside % 2, 90, 91)])
    at = np.concatenate([at, NOW + beside * 9_000])
    assert told(who, whom, at, grown(2_000)) == "one click"


def test_accounts_that_were_made_together_make_no_innocent_click() -> None:
    created = grown(2_000)
    created[:80] = NOW - 12 * DAY - np.arange(80) * 900
    assert told(*clicks(80, 6), created) == "lockstep"


@pytest.mark.parametrize("chance", [0.2, 0.5])
def test_orders_are_not_followed_whole(chance: float) -> None:
    assert told(*clicks(80, 12, chance=chance), grown(2_000)) == "lockstep"


def test_who_are_followed_back_are_a_ring() -> None:
    assert told(*clicks(80, 6), grown(2_000), mutual=0.8) == "reciprocal"


def test_nobody_is_in_no_special_kind() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert told(none.astype(np.int32), none, none, none) == "lockstep"
