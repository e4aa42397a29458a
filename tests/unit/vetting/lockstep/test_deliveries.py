import numpy as np

from influencr.vetting.lockstep._deliveries import numbered, within

DAY = 86_400


def days(*values: float) -> np.ndarray:
    return (np.array(values) * DAY).astype(np.int64)


def test_orders_weeks_apart_are_two_and_a_day_of_rest_is_none() -> None:
    owner = np.array([7, 7, 7, 7, 9])
    low, high = days(0, 40, 3, 90, 1), days(2, 42, 5, 91, 2)
    assert numbered(owner, low, high).tolist() == [0, 1, 0, 2, 3]


def test_a_slow_order_may_pause_for_longer() -> None:
    owner = np.zeros(2, dtype=np.int64)
    assert numbered(owner, days(0, 50), days(40, 60)).tolist() == [0, 0]
    assert numbered(owner, days(0, 80), days(40, 90)).tolist() == [0, 1]


def test_nothing_has_no_number() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert numbered(none, none, none).tolist() == []


def test_strays_before_and_after_do_not_date_a_delivery() -> None:
    core = np.sort(np.random.default_rng(2).integers(20 * DAY, 22 * DAY, 60))
    at = np.concatenate([days(3, 11), core, days(29)])
    assert within(at, 0, 40 * DAY) == slice(2, 62)


def test_an_even_drip_is_kept_whole() -> None:
    rng = np.random.default_rng(3)
    for n in (8, 40, 300):
        at = np.sort(rng.integers(10 * DAY, 60 * DAY, n))
        kept = within(at, 0, 70 * DAY)
        assert kept.stop - kept.start == n


def test_few_arrivals_are_kept_as_they_are() -> None:
    assert within(days(1, 5, 30), 0, 40 * DAY) == slice(0, 3)
