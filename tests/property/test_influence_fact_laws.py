"""Laws of the facts that influence stands on, whatever was seen."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr import cohorts
from influencr.influence import growth
from influencr.influence.engagement._counts import bin_of
from influencr.influence.engagement._posterior import Prior, Seen, estimate, learn

DAY = 86_400
TODAY = 20_000

COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=30)


def seen(creators: list[list[int]], size: list[float] | None = None) -> Seen:
    who = np.repeat(np.arange(len(creators)), [len(c) for c in creators])
    bins = bin_of(np.array([n for c in creators for n in c]))
    key, posts = np.unique(who * 1_000 + bins, return_counts=True)
    nothing = np.full(len(creators), "")
    return Seen(
        np.searchsorted(key // 1_000, np.arange(len(creators) + 1)),
        key % 1_000,
        posts,
        np.array(size if size is not None else [3.0] * len(creators)),
        nothing,
        nothing,
    )


def a_prior() -> Prior:
    rng = np.random.default_rng(4)
    size = rng.normal(3, 0.7, 60)
    level = 2 + (size - 3) + 0.6 * rng.normal(size=60)
    counts = [
        list(rng.poisson(np.exp(m + 0.7 * rng.normal(size=rng.integers(3, 15))))) for m in level
    ]
    return learn(seen(counts, list(size)))


PRIOR = a_prior()


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_an_estimate_lies_inside_its_interval(counts: list[int]) -> None:
    found = estimate(seen([counts]), PRIOR)
    for three in (found.median[0], found.mean[0]):
        assert 0 < three[0] <= three[1] <= three[2] < np.inf
    assert found.mean[0, 1] >= found.median[0, 1] * 0.999


# Of one or two posts a far higher count reads as a post that spread, which says little of others.
@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(20, 10**4), min_size=8, max_size=30), st.integers(2, 50))
def test_more_of_everything_never_lowers_the_expectation(counts: list[int], times: int) -> None:
    more = [n * times for n in counts]
    few, many = estimate(seen([counts, more]), PRIOR).mean[:, 1]
    assert many >= few


@settings(deadline=None, max_examples=40)
@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_posts_decides_nothing(counts: list[int], chance) -> None:
    mixed = list(counts)
    chance.shuffle(mixed)
    one, other = estimate(seen([counts, mixed]), PRIOR).mean
    np.testing.assert_array_equal(one, other)


@settings(deadline=None, max_examples=25)
@given(
    st.integers(30, 120),
    st.floats(-1.5, 1.5),
    st.floats(0.05, 2.0),
    st.integers(0, 2**32 - 1),
)
def test_percentiles_rise_with_the_number_and_bounds_hold_them(
    n: int, slope: float, spread: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    size = rng.uniform(2, 6, n)
    creators = pl.DataFrame(
        {
            "platform": "pond",
            "language": None,
            "topic": None,
            "size": 10**size,
            "value": np.exp(slope * size + spread * rng.normal(size=n)),
        }
    )
    curves = cohorts.fit(creators)
    asked = pl.DataFrame({"value": np.geomspace(1e-6, 1e6, 40)}).with_columns(
        platform=pl.lit("pond"), language=pl.lit(None), topic=pl.lit(None), size=pl.lit(3_000.0)
    )
    told = curves.percentile(asked)
    assert (told["percentile"].diff().drop_nulls() >= 0).all()
    assert (told["percentile_low"] <= told["percentile"]).all()
    assert (told["percentile"] <= told["percentile_high"]).all()
    assert told["percentile_low"].min() >= 0
    assert told["percentile_high"].max() <= 1


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=400), st.integers(3, 104))
def test_curves_are_short_and_end_with_everybody(per_day: list[int], n_points: int) -> None:
    day = TODAY - len(per_day) + 1 + np.repeat(np.arange(len(per_day)), per_day)
    follows = pl.DataFrame(
        {"creator": pl.Series(np.full(len(day), 5), dtype=pl.UInt64), "at": day * DAY}
    )
    who = pl.DataFrame(
        {
            "profile_id": ["pond:5"],
            "creator": pl.Series([5], dtype=pl.UInt64),
            "followers": [sum(per_day)],
            "audience_hidden": [False],
            "policy": [15],
            "account_created_at": pl.Series([None], dtype=pl.Datetime("us", "UTC")),
        }
    )
    found = growth.measure(who, follows=follows, as_of=TODAY * DAY + 1, n_points=n_points)
    row = found.facts.row(0, named=True)
    if sum(per_day) < 10:
        assert row["growth_at"] is None
        return
    assert len(row["growth_at"]) <= growth.MAX_POINTS
    assert row["growth_followers"][-1] == sum(per_day)
    assert (np.diff(row["growth_followers"]) >= 0).all()
    assert (np.diff(row["growth_at"]) > 0).all()
    assert row["growth_jumps"] == len(found.jumps)
    assert 0 <= row["growth_1m"] <= row["growth_3m"] <= row["growth_12m"] <= sum(per_day)
