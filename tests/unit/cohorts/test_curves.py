"""What is usual at a size, and where a number stands."""

import numpy as np
import polars as pl
import pytest

from influencr import cohorts
from influencr.errors import SchemaError

SHIFT = {"en": 0.0, "pt": 0.5, "fi": -0.4}


def market(n: int, *, seed: int = 3) -> pl.DataFrame:
    """Creators whose number grows with size in a bend; `place` is the true percentile."""
    from scipy.stats import norm

    rng = np.random.default_rng(seed)
    size = rng.normal(3.6, 0.8, n).clip(1.5, 6.5)
    language = np.array(list(SHIFT))[rng.integers(0, 3, n)]
    z = rng.normal(0, 1, n)
    middle = 1.1 * size + 0.4 * np.sin(1.5 * size) + np.array([SHIFT[w] for w in language])
    return pl.DataFrame(
        {
            "platform": "pond",
            "language": language,
            "topic": np.array(["bees", "kilns"])[rng.integers(0, 2, n)],
            "size": 10**size,
            "value": np.exp(middle + 0.6 * z),
            "place": norm.cdf(z),
        }
    )


@pytest.mark.parametrize("n", [30, 100, 400, 3_000])
def test_the_interval_of_a_percentile_holds_what_it_promises(n: int) -> None:
    covered = []
    for seed in range(max(3, 900 // n)):
        curves = cohorts.fit(market(n, seed=seed))
        asked = market(400, seed=1_000 + seed)
        told = curves.percentile(asked)
        inside = (told["percentile_low"] <= asked["place"]) & (
            asked["place"] <= told["percentile_high"]
        )
        covered.append(inside.mean())
    assert 0.925 < np.mean(covered) <= 1.0


def test_few_creators_say_less_than_many() -> None:
    asked = market(200, seed=9)
    widths = []
    for n in (40, 400, 4_000):
        told = cohorts.fit(market(n)).percentile(asked)
        widths.append((told["percentile_high"] - told["percentile_low"]).mean())
    assert widths[0] > 2 * widths[1] > 3 * widths[2]


def test_far_from_everybody_nothing_is_sure() -> None:
    curves = cohorts.fit(market(500))
    sizes = pl.concat([market(1)] * 2).with_columns(size=pl.Series([4_000.0, 2_000_000.0]))
    middling = sizes.with_columns(value=curves.expected(sizes)["expected_50"])
    told = curves.percentile(middling)
    near, far = (told["percentile_high"] - told["percentile_low"]).to_list()
    assert far > 1.5 * near


def test_quantiles_are_the_planted_ones_and_never_cross() -> None:
    curves = cohorts.fit(market(8_000))
    asked = pl.DataFrame(
        {"platform": "pond", "language": "pt", "topic": "bees", "size": [1e3, 1e4, 1e5]}
    )
    told = curves.expected(asked)
    size = np.array([3.0, 4.0, 5.0])
    planted = np.exp(1.1 * size + 0.4 * np.sin(1.5 * size) + SHIFT["pt"])
    np.testing.assert_allclose(told["expected_50"].to_numpy(), planted, rtol=0.12)
    np.testing.assert_allclose(
        told["expected_95"].to_numpy() / told["expected_50"].to_numpy(),
        np.exp(0.6 * 1.645),
        rtol=0.12,
    )
    table = told.select(name for name in told.columns if name.startswith("expected")).to_numpy()
    assert (np.diff(table, axis=1) > 0).all()


def test_a_number_in_doubt_widens_its_place() -> None:
    curves = cohorts.fit(market(2_000))
    row = market(1).with_columns(
        size=pl.lit(5_000.0), value=pl.lit(70.0), low=pl.lit(35.0), high=pl.lit(140.0)
    )
    sure = curves.percentile(row).row(0, named=True)
    told = curves.percentile(row, low="low", high="high").row(0, named=True)
    assert told["percentile"] == sure["percentile"]
    assert told["percentile_low"] < sure["percentile_low"]
    assert told["percentile_high"] > sure["percentile_high"]


def test_steps_give_the_benefit_of_half() -> None:
    whole = market(600).with_columns(
        value=pl.col("value").floor() // 40, step=pl.lit(1.0), language=pl.lit("en")
    )
    curves = cohorts.fit(whole, step="step")
    told = curves.percentile(whole)
    assert told["percentile"].null_count() == 0
    none = told.filter(whole["value"] == 0)
    assert (none["percentile_high"] - none["percentile_low"]).median() > 0.3
    assert (curves.expected(whole)["expected_05"] >= 0).all()


def test_strata_are_never_mixed() -> None:
    one = market(300)
    other = one.with_columns(platform=pl.lit("lake"), value=pl.col("value") * 50)
    both = cohorts.fit(pl.concat([one, other])).percentile(one)
    assert both.drop("reason").equals(cohorts.fit(one).percentile(one).drop("reason"))


def test_what_cannot_be_told_has_a_reason() -> None:
    curves = cohorts.fit(market(100))
    row = market(1)
    asked = pl.concat(
        [
            row,
            row.with_columns(value=pl.lit(None, dtype=pl.Float64)),
            row.with_columns(value=pl.lit(0.0)),
            row.with_columns(size=pl.lit(None, dtype=pl.Float64)),
            row.with_columns(platform=pl.lit("lake")),
        ]
    )
    told = curves.percentile(asked)
    assert told["percentile"].is_null().to_list() == [False, True, True, True, True]
    for i, words in ((1, "number is not known"), (3, "size is not known"), (4, "Only 0 ")):
        assert words in told["reason"][i]
    assert curves.expected(asked)["expected_50"].is_null().to_list() == [False] * 3 + [True] * 2
    few = cohorts.fit(market(cohorts.MIN_CREATORS - 1))
    assert f"Only {cohorts.MIN_CREATORS - 1} " in few.percentile(row)["reason"][0]
    assert few.chart(["pond"]) is None


def test_a_chart_has_few_points() -> None:
    chart = cohorts.fit(market(300)).chart(["pond"], language="en", n=12)
    assert chart is not None
    assert [len(points) for points in chart.values()] == [12] * 4
    assert all(
        a < b < c for a, b, c in zip(chart["low"], chart["usual"], chart["high"], strict=True)
    )


def test_who_is_not_trusted_does_not_count() -> None:
    half = market(400).with_columns(trusted=pl.int_range(pl.len()) % 2 == 0)
    assert cohorts.fit(half, trusted="trusted").strata["pond",].n == 200


@pytest.mark.parametrize("name", ["platform", "language", "size", "value"])
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(SchemaError, match=name):
        cohorts.fit(market(50).drop(name))


def test_nobody_asked_nothing_told() -> None:
    curves = cohorts.fit(market(50))
    assert curves.percentile(market(50).head(0)).schema == dict(cohorts.PERCENTILE_SCHEMA)
    assert curves.expected(market(50).head(0)).schema == dict(cohorts.EXPECTED_SCHEMA)
