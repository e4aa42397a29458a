"""Laws of the influence score, whatever was seen."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.influence import score
from influencr.influence.score import Context

DAY = 86_400
NOW = 1_780_000_000

COUNTS = st.lists(st.integers(0, 5_000), min_size=1, max_size=25)
FOLLOWERS = st.one_of(st.none(), st.integers(0, 10**8))


def creators(followers: list[int | None]) -> pl.DataFrame:
    n = len(followers)
    return pl.DataFrame(
        {
            "profile_id": [f"pond:{i}" for i in range(n)],
            "creator": pl.Series(range(n), dtype=pl.UInt64),
            "platform": "pond",
            "followers": pl.Series(followers, dtype=pl.Int64),
        }
    )


def posts(counts: list[list[int]]) -> pl.DataFrame:
    who = np.repeat(np.arange(len(counts)), [len(c) for c in counts])
    # Days by the place among a creator's own posts: company may not change how old a post is.
    days = [3 + i % 80 for c in counts for i in range(len(c))]
    return pl.DataFrame(
        {
            "creator": pl.Series(who, dtype=pl.UInt64),
            "post": pl.Series(range(len(who)), dtype=pl.UInt64),
            "at": pl.Series([NOW - day * DAY for day in days], dtype=pl.Int64),
            "reposts": pl.Series([x for c in counts for x in c], dtype=pl.Int64),
        }
    )


@cache
def home() -> Context:
    rng = np.random.default_rng(8)
    n = 120
    size = rng.uniform(1.5, 5, n)
    rate = 0.05 * 10 ** (0.8 * size) * np.exp(rng.normal(0, 0.7, n))
    counts = [list(rng.poisson(np.minimum(r, 5_000), rng.integers(2, 12))) for r in rate]
    return score.fit(creators(list((10**size).astype(int))), posts(counts), as_of=NOW)


def judge(followers: list[int | None], counts: list[list[int]]) -> pl.DataFrame:
    return score.judge(creators(followers), posts(counts), as_of=NOW, context=home())


@settings(deadline=None, max_examples=25)
@given(FOLLOWERS, COUNTS)
def test_parts_multiply_and_bounds_hold(followers: int | None, counts: list[int]) -> None:
    row = judge([followers], [counts]).row(0, named=True)
    value = row["influence_per_post"]
    assert np.isfinite(value)
    assert value > 0
    assert np.prod([p["factor"] for p in row["influence_parts"]]) == pytest.approx(value)
    assert row["influence_per_post_low"] <= value <= row["influence_per_post_high"]
    if row["influence_percentile"] is not None:
        low, high = row["influence_percentile_low"], row["influence_percentile_high"]
        assert 0 <= low <= row["influence_percentile"] <= high <= 100


@settings(deadline=None, max_examples=25)
@given(st.integers(10, 10**6), COUNTS, st.data())
def test_another_act_hardly_lowers_the_score(
    followers: int, counts: list[int], data: st.DataObject
) -> None:
    where = data.draw(st.integers(0, len(counts) - 1))
    more = list(counts)
    more[where] += data.draw(st.integers(1, 50))
    told = judge([followers, followers], [counts, more])["influence_per_post"]
    # An act also tells that more is known, and an expectation of a skewed quantity falls with
    # what is not known: by up to 0.7 % in 2,400 drawn cases, so this is where it must end.
    assert told[1] >= told[0] * 0.98


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(FOLLOWERS, COUNTS), min_size=2, max_size=5), st.randoms())
def test_company_and_order_change_nobody(people: list, random: object) -> None:
    order = list(range(len(people)))
    random.shuffle(order)
    one = judge([p[0] for p in people], [p[1] for p in people])["influence_per_post"]
    for i in order:
        alone = judge([people[i][0]], [people[i][1]])["influence_per_post"]
        assert alone[0] == pytest.approx(one[i], rel=1e-6)
