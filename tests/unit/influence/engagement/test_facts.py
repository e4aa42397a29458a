"""From posts and acts to statements, each with its count, interval and reason."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.influence import engagement
from influencr.influence.engagement import ACT_KINDS, FACTS_SCHEMA, Measured

DAY = 86_400
NOW = 1_780_000_000
FIRST_POST = 10**9
COUNTS = ("likes", "replies", "reposts", "quotes")


def creator(number: int, **change: Any) -> dict[str, Any]:
    return {
        "profile_id": f"pond:{number}",
        "creator": number,
        "platform": "pond",
        "language": "en",
        "topic": None,
        "followers": 1_000,
        "audience_hidden": False,
        "policy": 15,
        **change,
    }


def creators(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            **dict.fromkeys(("profile_id", "platform", "language", "topic"), pl.String),
            "creator": pl.UInt64,
            "followers": pl.Int64,
            "audience_hidden": pl.Boolean,
            "policy": pl.Int64,
        },
    )


def posts(rows: list[dict[str, Any]], key: int = 1) -> pl.DataFrame:
    plain = {"creator": key, "kind": None, "sponsored": False, "views": None, "counted_at": NOW}
    plain |= dict.fromkeys(COUNTS)
    return pl.DataFrame(
        [
            {"post": FIRST_POST + 1_000 * key + i, "at": NOW - 10 * DAY, **plain, **row}
            for i, row in enumerate(rows)
        ],
        schema={
            "creator": pl.UInt64,
            "post": pl.UInt64,
            "at": pl.Int64,
            "kind": pl.String,
            "sponsored": pl.Boolean,
            "views": pl.Int64,
            "counted_at": pl.Int64,
            **dict.fromkeys(COUNTS, pl.Int64),
        },
    )


def acts(rows: list[tuple[int, int, str]], **change: Any) -> pl.DataFrame:
    """(number of the post of creator 1, actor, kind)."""
    plain = {"creator": 1, "flagged": False, "generic": False, **change}
    return pl.DataFrame(
        [
            {"post": FIRST_POST + 1_000 + p, "actor": who, "kind": ACT_KINDS.index(kind), **plain}
            for p, who, kind in rows
        ],
        schema={
            "post": pl.UInt64,
            "actor": pl.UInt64,
            "creator": pl.UInt64,
            "kind": pl.Int8,
            "flagged": pl.Boolean,
            "generic": pl.Boolean,
        },
    )


def measured(own: pl.DataFrame, done: pl.DataFrame | None = None, **change: Any) -> Measured:
    return engagement.measure(creators([creator(1, **change)]), own, done, as_of=NOW)


def told(own: pl.DataFrame, done: pl.DataFrame | None = None, **change: Any) -> dict[str, Any]:
    found = measured(own, done, **change)
    return engagement.facts(found, engagement.learn(found)).row(0, named=True)


def a_home(n: int = 120, *, seed: int = 5) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Creators, posts, acts; a tenth sponsored, at two thirds of the attention."""
    rng = np.random.default_rng(seed)
    size = rng.normal(3.2, 0.6, n)
    k = rng.integers(6, 24, n)
    who = np.repeat(np.arange(n), k)
    m = len(who)
    level = 1.5 + 1.3 * (size - 3) + 0.5 * rng.normal(size=n)
    sponsored = rng.random(m) < 0.15
    lam = np.exp(level[who] + 0.6 * rng.normal(size=m) + np.log(2 / 3) * sponsored)
    likes, people = rng.poisson(lam), rng.poisson(lam * 0.3)
    key = pl.Series(who + 1, dtype=pl.UInt64)
    post = pl.Series(FIRST_POST + np.arange(m), dtype=pl.UInt64)
    own = pl.DataFrame(
        {
            "creator": key,
            "post": post,
            "at": NOW - rng.integers(3 * DAY, 80 * DAY, m),
            "kind": pl.Series([None] * m, dtype=pl.String),
            "sponsored": sponsored,
            "views": rng.poisson(20 * lam),
            "counted_at": NOW,
            "likes": likes,
            "replies": people // 2,
            "reposts": people - people // 2,
            "quotes": 0,
        }
    )
    at = np.repeat(np.arange(m), people)
    done = pl.DataFrame(
        {
            "post": post.gather(at),
            "actor": pl.Series(rng.integers(10**6, 10**12, len(at)), dtype=pl.UInt64),
            "creator": key.gather(at),
            "kind": pl.Series(rng.choice([1, 2], len(at)), dtype=pl.Int8),
            "flagged": False,
            "generic": False,
        }
    )
    rows = [creator(i + 1, followers=int(10 ** size[i])) for i in range(n)]
    return creators(rows), own, done


def test_the_plain_median_stands_beside_the_estimate() -> None:
    found = told(posts([{"likes": n, "reposts": 1} for n in (3, 9, 14)]))
    assert found["engagement_median_observed"] == 10
    assert (
        found["engagement_median_low"]
        < found["engagement_median"]
        < found["engagement_median_high"]
    )
    assert found["engagement_median_n"] == 3
    assert found["engagement_median_reason"].startswith("likes + reposts over 3 posts")
    assert found["engagement_per_follower"] == pytest.approx(found["engagement_median"] / 1_000)


@pytest.mark.parametrize(
    "unfit",
    [
        {"at": NOW - DAY},
        {"at": NOW - 91 * DAY},
        {"at": None},
        {"kind": "repost"},
        {"kind": "reply"},
        {"likes": None},
        {"creator": 2},
    ],
    ids=lambda d: "-".join(map(str, next(iter(d.items())))),
)
def test_a_post_that_does_not_qualify_is_not_counted(unfit: dict[str, Any]) -> None:
    own = posts([{"likes": 10}, {"likes": 10}, {"likes": 900, **unfit}])
    assert told(own)["engagement_median_n"] == 2


def test_without_followers_there_is_nothing_to_divide_by() -> None:
    own = posts([{"likes": 10}] * 3)
    for change in ({"followers": None}, {"followers": 0}, {"audience_hidden": True}):
        found = told(own, **change)
        assert found["engagement_median"] is not None
        assert found["engagement_per_follower"] is None
        assert "hidden, 0 or was not seen" in found["engagement_per_follower_reason"]


def test_terms_that_forbid_numbers_give_none() -> None:
    found = told(posts([{"likes": 10}] * 3), policy=1)
    numbers = [
        value
        for name, value in found.items()
        if not name.endswith(("_reason", "_n")) and name not in ("profile_id", "creator")
    ]
    assert not any(value is not None for value in numbers)
    assert "terms" in found["engagement_mean_reason"]


def test_nothing_seen_is_unknown_with_reasons() -> None:
    found = told(posts([]))
    for name in ("median", "mean", "acts", "per_view", "effortful", "effort", "sponsored_ratio"):
        assert found[f"engagement_{name}"] is None, name
        assert found[f"engagement_{name}_reason"], name
    assert "one by one" in found["engagement_effortful_reason"]


def test_views_are_a_divisor_of_their_own() -> None:
    found = told(posts([{"likes": 20, "views": 400}] * 8))
    assert found["engagement_per_view"] == pytest.approx(160 / 3_200, rel=0.01)
    assert found["engagement_per_view_n"] == 8
    assert told(posts([{"likes": 20, "views": 0}] * 8))["engagement_per_view"] is None


def people_of(rows: list[tuple[int, int, str]], **change: Any) -> tuple[int, float]:
    own = posts([{"likes": 5}] * 4)
    row = measured(own, acts(rows, **change)).facts.row(0, named=True)
    assert row["n_people_posts"] == 4
    return row["n_people"], row["weight"]


def test_people_count_once_per_post_with_their_heaviest_act() -> None:
    assert people_of([(0, 7, "repost"), (0, 7, "quote"), (1, 7, "reply"), (1, 8, "repost")]) == (
        3,
        2.0 + 1.5 + 1.0,
    )


@pytest.mark.parametrize("change", [{"flagged": True}, {"generic": True}])
def test_flagged_accounts_and_empty_words_count_nothing(change: dict[str, Any]) -> None:
    assert people_of([(0, 7, "reply"), (1, 8, "reply")], **change) == (0, 0.0)


def test_touches_of_a_thumb_and_the_creator_count_nothing() -> None:
    assert people_of([(0, 7, "like"), (0, 8, "view"), (2, 1, "reply")]) == (0, 0.0)


def test_posts_whose_acts_were_not_collected_are_left_out() -> None:
    own = posts([{"likes": 5}] * 4).with_columns(events=pl.Series([True, True, False, False]))
    row = measured(own, acts([(0, 7, "quote"), (3, 8, "quote")])).facts.row(0, named=True)
    assert (row["n_people_posts"], row["n_people"]) == (2, 1)


def test_buckets_add_up_to_the_whole() -> None:
    who, own, done = a_home(60)
    whole = engagement.measure(who, own, done, as_of=NOW)
    parts = Measured.concat(
        engagement.measure(part, own, done, as_of=NOW) for part in (who.head(23), who.slice(23))
    )
    home = engagement.learn(whole)
    one, other = engagement.facts(whole, home), engagement.facts(parts, engagement.learn(parts))
    for name, kind in FACTS_SCHEMA.items():
        if kind == pl.Float64():
            np.testing.assert_allclose(one[name].to_numpy(), other[name].to_numpy(), rtol=1e-6)
        else:
            assert one[name].to_list() == other[name].to_list(), name
    bucket = engagement.facts(engagement.measure(who.slice(23), own, done, as_of=NOW), home)
    np.testing.assert_allclose(
        bucket["engagement_mean"].to_numpy(), one["engagement_mean"][23:].to_numpy(), rtol=1e-6
    )


def test_a_home_is_measured_whole() -> None:
    who, own, done = a_home(160)
    found = engagement.measure(who, own, done, as_of=NOW)
    home = engagement.learn(found)
    facts = engagement.facts(found, home)
    assert dict(facts.schema) == dict(FACTS_SCHEMA)
    assert facts["profile_id"].to_list() == who["profile_id"].to_list()
    assert np.exp(home.sponsored["pond"].middle) == pytest.approx(2 / 3, abs=0.12)
    for name in (
        "median",
        "mean",
        "acts",
        "per_follower",
        "per_view",
        "effortful",
        "effort",
        "percentile",
        "effortful_percentile",
        "sponsored_ratio",
    ):
        rows = facts.select(
            low=f"engagement_{name}_low", value=f"engagement_{name}", high=f"engagement_{name}_high"
        ).drop_nulls()
        assert len(rows) > 100, name
        assert (rows["low"] <= rows["value"]).all(), name
        assert (rows["value"] <= rows["high"]).all(), name
    assert (facts["engagement_effort"] >= facts["engagement_effortful"]).all()
    assert (facts["engagement_mean"] > facts["engagement_median"]).mean() > 0.95
    assert facts["engagement_percentile"].mean() == pytest.approx(0.5, abs=0.06)


def test_sponsored_posts_stand_apart() -> None:
    plain = [{"likes": 50}] * 6
    ads = [{"likes": 5_000, "sponsored": True}] * 2
    with_ads, without = told(posts(plain + ads)), told(posts(plain))
    assert with_ads["engagement_mean"] == pytest.approx(without["engagement_mean"])
    assert with_ads["engagement_sponsored_ratio"] > 10
    assert with_ads["engagement_sponsored_ratio_n"] == 2
    assert with_ads["engagement_sponsored_share"] == 0.25
    assert "2 sponsored posts beside 6" in with_ads["engagement_sponsored_ratio_reason"]
    assert "1 and 3 are needed" in without["engagement_sponsored_ratio_reason"]
    unknown = told(posts([{"likes": 50, "sponsored": None}] * 6))
    assert unknown["engagement_sponsored_share"] is None
    assert "was not seen" in unknown["engagement_sponsored_ratio_reason"]


def test_too_few_creators_have_no_percentile() -> None:
    found = told(posts([{"likes": 10}] * 6))
    assert found["engagement_percentile"] is None
    assert found["engagement_percentile_reason"]


@pytest.mark.parametrize(("frame", "column"), [(0, "policy"), (1, "views"), (2, "generic")])
def test_a_missing_column_is_named(frame: int, column: str) -> None:
    given = [creators([creator(1)]), posts([{"likes": 1}]), acts([(0, 2, "like")])]
    given[frame] = given[frame].drop(column)
    with pytest.raises(SchemaError, match=column):
        engagement.measure(*given, as_of=NOW)


def test_nobody_asked_nothing_told() -> None:
    nobody = engagement.measure(creators([]), posts([]), acts([]), as_of=NOW)
    assert engagement.facts(nobody, engagement.learn(nobody)).schema == dict(FACTS_SCHEMA)
    assert Measured.concat([]).facts.is_empty()


def test_reach_is_no_input() -> None:
    assert not any("reach" in name for name in (*FACTS_SCHEMA, *engagement.MEASURED_SCHEMA))
