"""Who is asked again first: laws of the value, and of the order within a budget."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencr.errors import UsageError
from influencr.pipeline.revisits import KNOWN_SCHEMA, REST_DAYS, SWEEP_DAYS, change_rate, due, value

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def known(rows):
    filled = [
        {"expires_at": None, "rate_per_day": 0.1, "interest": 1.0, "asked_at": None, **row}
        for row in rows
    ]
    return pl.DataFrame(filled, schema=KNOWN_SCHEMA)


def ago(days):
    return NOW - timedelta(days=days)


accounts = st.lists(
    st.fixed_dictionaries(
        {
            "asked_at": st.one_of(st.none(), st.floats(0, 60).map(ago)),
            "expires_at": st.one_of(st.none(), st.floats(0.01, 30).map(lambda d: ago(-d))),
            "rate_per_day": st.floats(0.001, 20),
            "interest": st.floats(0, 10),
        }
    ),
    max_size=25,
).map(lambda rows: known([{**row, "profile_id": f"x:{i:02d}"} for i, row in enumerate(rows)]))


@given(
    interest=st.floats(0, 100),
    rate=st.floats(1e-6, 100),
    age=st.floats(0, 1_000),
    more=st.floats(0, 1_000),
)
def test_a_look_is_never_worth_less_because_it_is_longer_ago(interest, rate, age, more):
    one = np.array([interest])
    worth = value(one, np.array([rate]), np.array([age]))[0]
    later = value(one, np.array([rate]), np.array([age + more]))[0]
    assert 0 <= worth <= later * (1 + 1e-9) + 1e-12
    assert later <= interest / rate * (1 + 1e-9)
    assert value(2 * one, np.array([rate]), np.array([age]))[0] == pytest.approx(2 * worth)


def test_the_series_meets_the_formula():
    x = np.array([0.9e-3, 0.999e-3, 1.001e-3, 1.1e-3])
    worth = value(np.ones(4), np.ones(4), x)
    np.testing.assert_allclose(worth / x**2, 0.5 - x / 3 + x**2 / 8, rtol=1e-8)


def test_the_value_is_the_slope_of_freshness():
    """value = interest * dF/df at f = 1 / age, F = f / rate * (1 - exp(-rate / f))."""
    rate, age = np.array([0.05, 0.3, 2.0]), np.array([10.0, 3.0, 0.7])

    def freshness(f):
        return f / rate * -np.expm1(-rate / f)

    f, step = 1 / age, 1e-6
    slope = (freshness(f + step) - freshness(f - step)) / (2 * step)
    np.testing.assert_allclose(value(np.ones(3), rate, age), slope, rtol=1e-6)


def test_asking_by_value_keeps_more_right_than_asking_the_oldest_or_the_most_changing():
    """Two hundred days of 20 calls for 300 accounts, expected freshness weighted by interest."""
    drawn = np.random.default_rng(7)
    n, calls, days = 300, 20, 200
    rate = drawn.lognormal(-2.5, 1.2, n)
    interest = drawn.choice([0.1, 1.0, 5.0], n)

    def kept_right(score):
        age = drawn.permutation(n) % 15 + 0.0
        total = 0.0
        for _ in range(days):
            age += 1
            age[np.argsort(-score(age))[:calls]] = 0
            total += float((interest * np.exp(-rate * age)).sum())
        return total / days / interest.sum()

    by_value = kept_right(lambda age: value(interest, rate, age))
    assert by_value > kept_right(lambda age: age) + 0.02
    assert by_value > kept_right(lambda age: rate * age) + 0.05
    assert by_value > kept_right(lambda age: interest * age) + 0.005


def test_what_is_not_known_changes_once_a_week_and_learning_moves_it():
    assert change_rate(np.array([0]), np.array([0.0]))[0] == pytest.approx(1 / 7)
    assert change_rate(np.array([0]), np.array([70.0]))[0] < 0.02
    assert change_rate(np.array([30]), np.array([30.0]))[0] > 0.8


@given(frame=accounts, calls=st.integers(0, 6), per_call=st.integers(1, 4), seed=st.integers(0, 9))
def test_order_and_budget(frame, calls, per_call, seed):
    found = due(frame, now=NOW, calls=calls, per_call=per_call)
    everybody = due(frame, now=NOW, calls=None, per_call=per_call)
    # Never more than the calls can ask for, and the first of those who would be asked at all.
    assert len(found.rows) == min(calls * per_call, len(everybody.rows))
    assert found.rows.equals(everybody.rows.head(calls * per_call))
    # In any order of the rows the same answer.
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    assert due(shuffled, now=NOW, calls=calls, per_call=per_call).rows.equals(found.rows)
    # Whoever is overdue or about to run out is asked, unless the calls end before.
    rows = everybody.rows
    assert rows["profile_id"].is_unique().all()
    order = {"expiring": 0, "sweep": 1, "value": 2}
    ranks = [order[word] for word in rows["why"]]
    assert ranks == sorted(ranks)
    old = frame.filter(pl.col("asked_at").is_null() | (pl.col("asked_at") <= ago(SWEEP_DAYS)))
    assert set(old["profile_id"]) <= set(rows["profile_id"])
    assert found.n_overdue == len(old)
    rested = frame.filter(pl.col("asked_at") > ago(REST_DAYS))
    assert not set(rested["profile_id"]) & set(rows["profile_id"])
    by_value = rows.filter(pl.col("why") == "value")["value"].to_list()
    assert by_value == sorted(by_value, reverse=True)


def test_everybody_is_reached_within_a_week_when_the_calls_suffice():
    asked = {f"x:{i:02d}": ago(i / 10) for i in range(70)}
    for day in range(7):
        now = NOW + timedelta(days=day)
        frame = known([{"profile_id": k, "asked_at": v} for k, v in asked.items()])
        for name in due(frame, now=now, calls=10).rows["profile_id"]:
            asked[name] = now
    assert min(asked.values()) >= NOW - timedelta(hours=1)


def test_what_runs_out_comes_first_and_the_most_interesting_of_it():
    frame = known(
        [
            {"profile_id": "x:old", "asked_at": ago(40)},
            {"profile_id": "x:soon", "asked_at": ago(2), "expires_at": ago(-1), "interest": 0.1},
            {"profile_id": "x:liked", "asked_at": ago(2), "expires_at": ago(-2), "interest": 5.0},
            {"profile_id": "x:today", "asked_at": ago(0.1), "expires_at": ago(-2)},
        ]
    )
    found = due(frame, now=NOW, calls=None)
    assert found.rows["profile_id"].to_list() == ["x:liked", "x:soon", "x:old"]
    assert found.rows["why"].to_list() == ["expiring", "expiring", "sweep"]
    assert (found.n_known, found.n_expiring, found.n_overdue, found.calls_a_week) == (4, 3, 1, 4)


def test_impossible_budgets_are_refused():
    with pytest.raises(UsageError, match="cannot be meant"):
        due(known([]), now=NOW, calls=-1)
    with pytest.raises(UsageError, match="cannot be meant"):
        due(known([]), now=NOW, calls=1, per_call=0)
