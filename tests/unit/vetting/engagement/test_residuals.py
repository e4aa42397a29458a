"""What engagement is usual at every size, and who stands outside of it."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.cohorts import fit_curve, fit_stratum, shrunken_means
from influencr.errors import SchemaError
from influencr.vetting import engagement
from influencr.vetting.engagement._residuals import MIN_STRATUM
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA

N = 4_000


def a_market(n: int = N, *, seed: int = 4, exact: bool = True) -> pl.DataFrame:
    """Creators whose rate falls with size; German ones have more, chess ones vary little."""
    rng = np.random.default_rng(seed)
    size = rng.normal(4.0, 0.9, n).clip(2.0, 7.0)
    followers = np.round(10**size).astype(int)
    language = np.array(["en", "de"])[rng.integers(0, 2, n)]
    topic = np.array(["chess", "baking", "roofs"])[rng.integers(0, 3, n)]
    spread = np.where(topic == "chess", 0.25, 0.6)
    middle = -3.0 - 0.5 * (size - 4) + 0.15 * (size - 4) ** 2 + 0.5 * (language == "de")
    rate = np.exp(middle + spread * rng.normal(0, 1, n))
    if not exact:
        rate = np.round(rate * followers) / followers
    return pl.DataFrame(
        {
            "creator": np.arange(n),
            "platform": "bluesky",
            "language": language,
            "topic": topic,
            "followers": followers,
            "engagement_rate": rate,
            "engagement_definition": "imported_mean" if exact else "median_of_posts",
        }
    )


def one(followers: int, rate: float | None, **change: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "creator": [0],
            "platform": ["bluesky"],
            "language": ["en"],
            "topic": ["chess"],
            "followers": [followers],
            "engagement_rate": pl.Series([rate], dtype=pl.Float64),
            "engagement_definition": ["imported_mean"],
            **{name: [value] for name, value in change.items()},
        }
    )


@pytest.fixture(scope="module")
def curves() -> engagement.Curves:
    return engagement.fit(a_market())


@pytest.mark.parametrize("size", [3.0, 4.0, 5.0])
@pytest.mark.parametrize(("language", "more"), [("en", 0.0), ("de", 0.5)])
def test_the_usual_rate_is_the_planted_one(
    curves: engagement.Curves, size: float, language: str, more: float
) -> None:
    found = engagement.residuals(one(int(10**size), 0.05, language=language), curves)
    planted = np.exp(-3.0 - 0.5 * (size - 4) + 0.15 * (size - 4) ** 2 + more)
    assert found["usual_rate"].item() == pytest.approx(planted, rel=0.08)


def test_percentiles_of_new_creators_are_even(curves: engagement.Curves) -> None:
    found = engagement.residuals(a_market(seed=77), curves)
    percentile = found["percentile"].to_numpy()
    for level in (0.025, 0.1, 0.5, 0.9, 0.975):
        assert np.mean(percentile < level) == pytest.approx(level, abs=0.02)
    outside = found.group_by("side").len()
    assert dict(outside.iter_rows())["low"] == pytest.approx(0.025 * N, rel=0.4)
    assert dict(outside.iter_rows())["high"] == pytest.approx(0.025 * N, rel=0.4)


def test_no_size_and_no_cohort_is_outside_more_often(curves: engagement.Curves) -> None:
    world = a_market(seed=78)
    found = world.with_columns(engagement.residuals(world, curves)["side"])
    tiers = pl.col("followers").log10().floor().clip(2, 5)
    for group in (tiers, pl.col("language"), pl.col("topic")):
        shares = found.group_by(group).agg((pl.col("side") != "usual").mean())["side"]
        assert shares.max() < 0.09, group


def test_the_percentile_rises_with_the_rate(curves: engagement.Curves) -> None:
    rates = pl.concat([one(20_000, float(r)) for r in np.geomspace(1e-5, 1, 60)])
    percentile = engagement.residuals(rates, curves)["percentile"].to_numpy()
    assert (np.diff(percentile) >= 0).all()
    assert percentile[0] == pytest.approx(0.001)
    assert percentile[-1] == pytest.approx(0.999)


def test_there_is_no_border_between_sizes(curves: engagement.Curves) -> None:
    sizes = pl.concat([one(f, 0.03) for f in range(9_000, 11_001, 20)])
    percentile = engagement.residuals(sizes, curves)["percentile"].to_numpy()
    assert np.abs(np.diff(percentile)).max() < 0.01


def test_few_of_a_cohort_lean_on_all() -> None:
    rng = np.random.default_rng(1)
    market = a_market()
    few = market.head(4).with_columns(
        topic=pl.lit("kites"), engagement_rate=pl.col("engagement_rate") * 6
    )
    many = (
        market.sample(600, seed=2)
        .with_columns(topic=pl.lit("reefs"), engagement_rate=pl.col("engagement_rate") * 6)
        .with_columns(followers=pl.col("followers") + rng.integers(0, 50, 600))
    )
    fitted = engagement.fit(pl.concat([market, few, many]))
    asked = pl.concat([one(10_000, 0.05, topic=t) for t in ("baking", "kites", "reefs")])
    usual = engagement.residuals(asked, fitted)["usual_rate"].to_numpy()
    assert usual[2] / usual[0] == pytest.approx(6, rel=0.15)
    assert usual[1] / usual[0] < 5


def test_a_cohort_that_nobody_is_in_is_compared_with_all(curves: engagement.Curves) -> None:
    found = engagement.residuals(one(10_000, 0.05, topic="unheard", language=None), curves)
    assert found["percentile"].item() is not None
    assert found["compared_closely"].item() == 0


def test_a_third_who_bought_do_not_move_what_is_usual() -> None:
    market = a_market()
    hollow = market.with_columns(
        engagement_rate=pl.when(pl.col("creator") % 10 == 0)
        .then(pl.col("engagement_rate") / 8)
        .otherwise("engagement_rate")
    )
    clean, dirty = engagement.fit(market), engagement.fit(hollow)
    asked = one(10_000, 0.05)
    usual = [engagement.residuals(asked, c)["usual_rate"].item() for c in (clean, dirty)]
    assert usual[1] == pytest.approx(usual[0], rel=0.12)


def test_who_is_not_trusted_does_not_tell_what_is_usual() -> None:
    market = a_market().with_columns(trusted=pl.col("language") == "en")
    assert engagement.fit(market).strata["bluesky", "imported_mean"].n < 0.6 * N


def test_coarse_counts_are_given_the_benefit() -> None:
    market = a_market(exact=False)
    small = market.with_columns(
        followers=(pl.col("followers") // 100).clip(30), engagement_rate=pl.lit(0.0)
    ).head(1_000)
    fitted = engagement.fit(pl.concat([market, small]))
    found = engagement.residuals(one(60, 0.0, engagement_definition="median_of_posts"), fitted).row(
        0, named=True
    )
    assert found["percentile_low"] <= found["percentile"] < found["percentile_high"]
    assert found["side"] == "usual"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (one(10_000, None), "No engagement rate"),
        (one(0, 0.05), "followers are not known"),
        (one(10_000, 0.05, platform="elsewhere"), "Only 0 creators"),
        (one(10_000, 0.05, engagement_definition="claimed_rate"), "Only 0 creators"),
    ],
)
def test_what_cannot_be_told_has_a_reason(
    curves: engagement.Curves, row: pl.DataFrame, reason: str
) -> None:
    found = engagement.residuals(row, curves).row(0, named=True)
    assert found["percentile"] is None
    assert found["side"] is None
    assert reason in found["reason"]


def test_a_small_stratum_says_nothing() -> None:
    found = engagement.residuals(a_market(MIN_STRATUM - 1))
    assert found["percentile"].null_count() == MIN_STRATUM - 1
    assert f"Only {MIN_STRATUM - 1} creators" in found["reason"][0]
    assert engagement.residuals(a_market(MIN_STRATUM))["percentile"].null_count() == 0


def test_one_size_and_no_words_are_enough() -> None:
    market = a_market(300).with_columns(
        followers=pl.lit(5_000),
        language=pl.lit(None, dtype=pl.String),
        topic=pl.lit(None, dtype=pl.String),
    )
    percentile = engagement.residuals(market)["percentile"].to_numpy()
    assert np.corrcoef(percentile, market["engagement_rate"].log().to_numpy())[0, 1] > 0.9


def test_the_same_creators_in_another_order_give_the_same() -> None:
    market = a_market(800)
    turned = market.reverse()
    one_way = engagement.residuals(market)["percentile"].to_numpy()
    other = engagement.residuals(turned)["percentile"].reverse().to_numpy()
    np.testing.assert_allclose(one_way, other, atol=1e-6)


def test_evidence_rows_and_their_chart(curves: engagement.Curves) -> None:
    creators = pl.concat(
        [
            one(10_000, 0.05),
            one(10_000, 0.0001, creator=1),
            one(10_000, 0.9, creator=2),
            one(10_000, None, creator=3),
        ]
    )
    rows = engagement.evidence(creators, curves)
    assert dict(rows.schema) == EVIDENCE_SCHEMA
    assert rows["creator"].to_list() == [0, 1, 2]
    assert rows["fires"].to_list() == [False, True, True]
    assert rows["p"][1] < 0.05 < rows["p"][0]
    chart = json.loads(rows["chart"][1])
    assert chart["creator"] == [10_000, 0.0001]
    assert len(chart["followers"]) * 4 <= 200
    assert all(
        low < usual < high
        for low, usual, high in zip(chart["low"], chart["usual"], chart["high"], strict=True)
    )
    assert "quiet subjects" in chart["meaning"]
    assert {c["outcome"] for c in rows["checked"][1]} <= {"found", "not found", "not checked"}


def test_input_that_does_not_fit() -> None:
    with pytest.raises(SchemaError, match="'topic'"):
        engagement.fit(a_market(10).drop("topic"))
    with pytest.raises(SchemaError, match="'creator'"):
        engagement.evidence(a_market(10).drop("creator"), engagement.Curves({}, {}))
    assert engagement.residuals(a_market(10).head(0)).is_empty()


def test_a_curve_is_as_smooth_as_the_points() -> None:
    rng = np.random.default_rng(0)
    x = np.sort(rng.random(400))
    line = fit_curve(x, 2 * x + rng.normal(0, 0.3, 400), np.ones(400), low=0.0, high=1.0)
    assert np.abs(line(x) - 2 * x).max() < 0.15
    wave = fit_curve(x, np.sin(9 * x) + rng.normal(0, 0.1, 400), np.ones(400), low=0.0, high=1.0)
    assert np.abs(wave(x) - np.sin(9 * x)).max() < 0.15
    assert wave(np.array([-5.0]))[0] == pytest.approx(wave(np.array([0.0]))[0])


def test_noise_is_no_cohort() -> None:
    rng = np.random.default_rng(0)
    group = rng.integers(0, 50, 1_000)
    noise = rng.normal(0, 1, 1_000)
    assert np.abs(shrunken_means(group, noise, np.ones(1_000), 50)).max() < 0.15
    shifted = noise + np.where(group < 25, 1.0, -1.0)
    means = shrunken_means(group, shifted, np.ones(1_000), 50)
    assert np.corrcoef(means, np.arange(50) < 25)[0, 1] > 0.9


def test_quantiles_never_cross() -> None:
    market = a_market(1_000)
    stratum = fit_stratum(
        market["engagement_rate"].log().to_numpy(),
        market["followers"].log10().to_numpy(),
        market["language"].to_numpy().astype(str),
        market["topic"].to_numpy().astype(str),
    )
    words = np.full(50, "en"), np.full(50, "chess")
    levels = np.array([0.01, 0.025, 0.3, 0.5, 0.7, 0.975, 0.99])
    assert (np.diff(stratum.curve(np.linspace(1, 8, 50), *words, levels), axis=1) > 0).all()
