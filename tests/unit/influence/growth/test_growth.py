"""Curves of followers, changes over months, days that stand out."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError, UsageError
from influencr.influence import growth
from influencr.influence.growth import FACTS_SCHEMA, JUMPS_SCHEMA, Growth

DAY = 86_400
TODAY = 20_600
NOW = TODAY * DAY + 50_000


def creators(followers: list[int | None], **change: Any) -> pl.DataFrame:
    plain = {"audience_hidden": False, "policy": 15, **change}
    return pl.DataFrame(
        {
            "profile_id": [f"pond:{i + 1}" for i in range(len(followers))],
            "creator": pl.Series(range(1, len(followers) + 1), dtype=pl.UInt64),
            "followers": pl.Series(followers, dtype=pl.Int64),
        }
    ).with_columns(
        **{k: pl.lit(v) for k, v in plain.items()},
        account_created_at=pl.lit(datetime(2020, 1, 1, tzinfo=UTC)),
    )


def arriving(per_day: np.ndarray, key: int = 1) -> pl.DataFrame:
    """Follows so that the last entry is of today."""
    day = TODAY - len(per_day) + 1 + np.repeat(np.arange(len(per_day)), per_day)
    keys = pl.Series(np.full(len(day), key), dtype=pl.UInt64)
    return pl.DataFrame({"creator": keys, "at": day * DAY + 1_000 + np.arange(len(day)) % 40_000})


def shown(rows: list[tuple[int, int]], key: int = 1) -> pl.DataFrame:
    """(days ago, followers)."""
    return pl.DataFrame(
        {
            "creator": pl.Series([key] * len(rows), dtype=pl.UInt64),
            "at": [NOW - ago * DAY for ago, _ in rows],
            "followers": [count for _, count in rows],
        },
        schema_overrides={"at": pl.Int64, "followers": pl.Int64},
    )


def told(found: Growth) -> dict[str, Any]:
    assert dict(found.facts.schema) == dict(FACTS_SCHEMA)
    assert dict(found.jumps.schema) == dict(JUMPS_SCHEMA)
    return found.facts.row(0, named=True)


def chance(rate: float, days: int, *, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(rate * np.exp(rng.normal(0, 0.4, days)))


def test_what_came_in_the_last_months() -> None:
    per_day = np.full(400, 2)
    found = told(growth.measure(creators([800]), follows=arriving(per_day), as_of=NOW))
    assert [found[f"growth_{m}m"] for m in (1, 3, 6, 12)] == [60, 182, 366, 730]
    assert found["growth_1m_relative"] == pytest.approx(60 / 740)
    assert found["growth_12m_relative"] == pytest.approx(730 / 70)
    assert found["growth_1m_basis"] == "follows"
    assert "lost since are not taken off" in found["growth_1m_reason"]
    assert "lower bounds" in found["growth_reason"]


def test_a_part_of_the_followers_is_scaled_up_and_too_small_a_part_is_not() -> None:
    per_day = np.full(400, 2)
    most = told(growth.measure(creators([1_000]), follows=arriving(per_day), as_of=NOW))
    assert most["growth_seen_share"] == pytest.approx(0.8)
    assert most["growth_1m"] == 75
    few = told(growth.measure(creators([8_000]), follows=arriving(per_day), as_of=NOW))
    assert few["growth_1m"] is None
    assert few["growth_1m_reason"] == "Only 10 % of the followers are dated; 50 % are needed."
    assert few["growth_at"] is not None


def test_who_is_new_has_nothing_to_compare_with() -> None:
    found = told(growth.measure(creators([80]), follows=arriving(np.full(20, 4)), as_of=NOW))
    assert found["growth_1m"] == 80
    assert found["growth_1m_relative"] is None
    assert "nothing to compare with" in found["growth_1m_reason"]


def test_counts_know_of_losses() -> None:
    counts = shown([(366, 1_000), (184, 1_500), (92, 1_200), (31, 1_100), (1, 900)])
    found = told(growth.measure(creators([900]), snapshots=counts, as_of=NOW))
    assert [found[f"growth_{m}m"] for m in (1, 3, 6)] == pytest.approx([-195, -296, -598], abs=12)
    assert found["growth_12m"] == pytest.approx(-100, abs=12)
    assert found["growth_1m_relative"] < 0
    assert found["growth_1m_basis"] == "counts"
    assert found["growth_followers"] == [1_000, 1_500, 1_200, 1_100, 900]


def test_counts_too_far_away_say_nothing() -> None:
    found = told(
        growth.measure(creators([900]), snapshots=shown([(200, 500), (1, 900)]), as_of=NOW)
    )
    assert found["growth_1m"] is None
    assert found["growth_1m_reason"].startswith("2 dated counts, none near enough to 30 days")
    assert found["growth_6m"] is not None


def test_counts_win_where_they_reach() -> None:
    found = told(
        growth.measure(
            creators([800]),
            follows=arriving(np.full(400, 2)),
            snapshots=shown([(31, 790), (0, 800)]),
            as_of=NOW,
        )
    )
    assert (found["growth_1m"], found["growth_1m_basis"]) == (10, "counts")
    assert (found["growth_12m"], found["growth_12m_basis"]) == (730, "follows")
    assert found["growth_basis"] == "follows"


def test_a_curve_is_short_rises_and_ends_today() -> None:
    per_day = chance(3, 2_000)
    per_day[[500, 900, 1_500]] += 400
    found = told(
        growth.measure(creators([int(per_day.sum())]), follows=arriving(per_day), as_of=NOW)
    )
    at, followers = found["growth_at"], found["growth_followers"]
    assert 60 <= len(at) == len(followers) <= growth.MAX_POINTS
    assert (np.diff(at) > 0).all()
    assert (np.diff(followers) >= 0).all()
    assert followers[-1] == per_day.sum()
    assert at[-1] // DAY == TODAY
    # The days before and after each jump are on it.
    assert max(np.diff(followers)) >= 400


def test_a_batch_is_found_on_its_day() -> None:
    per_day = chance(3, 500)
    per_day[300] += 150
    found = growth.measure(creators([2_000]), follows=arriving(per_day), as_of=NOW)
    jump = found.jumps.row(0, named=True)
    assert len(found.jumps) == 1
    assert jump["from_at"] // DAY == jump["to_at"] // DAY == TODAY - 199
    assert jump["gained"] == per_day[300]
    assert jump["expected"] == pytest.approx(3.2, abs=1.0)
    assert jump["before"] == per_day[:300].sum()
    assert told(found)["growth_jumps"] == 1


def test_days_in_a_row_are_one_jump_and_far_ones_are_two() -> None:
    per_day = chance(2, 500)
    per_day[[200, 201, 203, 400]] += 90
    jumps = growth.measure(creators([2_000]), follows=arriving(per_day), as_of=NOW).jumps
    assert [(j["to_at"] - j["from_at"]) // DAY for j in jumps.iter_rows(named=True)] == [3, 0]


def test_chance_seasons_and_steady_growth_are_no_jumps() -> None:
    follows, keys = [], range(1, 81)
    for key in keys:
        rng = np.random.default_rng(key)
        days = np.arange(500)
        rate = np.exp(rng.normal(1, 1)) * (1 + days / 200) * (1 + 0.5 * np.sin(days * 0.9))
        follows.append(arriving(rng.poisson(rate * np.exp(rng.normal(0, 0.4, 500))), key))
    found = growth.measure(creators([None] * len(keys)), follows=pl.concat(follows), as_of=NOW)
    assert found.jumps["creator"].n_unique() <= 2


def test_the_first_days_of_an_account_are_no_jump() -> None:
    per_day = np.concatenate([[60], chance(1, 200)])
    assert growth.measure(creators([300]), follows=arriving(per_day), as_of=NOW).jumps.is_empty()


def test_the_rush_of_a_beginning_is_no_jump() -> None:
    days = np.arange(200)
    per_day = np.random.default_rng(2).poisson(60 * np.exp(-days / 9) + 2)
    assert growth.measure(creators([900]), follows=arriving(per_day), as_of=NOW).jumps.is_empty()


def test_a_jump_of_last_week_needs_only_the_weeks_before() -> None:
    per_day = chance(3, 200)
    per_day[-5] += 150
    found = growth.measure(creators([900]), follows=arriving(per_day), as_of=NOW)
    assert (found.jumps["from_at"] // DAY).to_list() == [TODAY - 4]


def test_a_fall_between_counts_is_a_jump() -> None:
    rows = [(30 * i, 5_000 + 20 * (12 - i) - (800 if i < 5 else 0)) for i in range(12, -1, -1)]
    found = growth.measure(creators([4_500]), snapshots=shown(rows), as_of=NOW)
    jump = found.jumps.row(0, named=True)
    assert len(found.jumps) == 1
    assert jump["gained"] == -780
    assert jump["basis"] == "counts"
    assert (NOW - jump["from_at"]) // DAY == 150


@pytest.mark.parametrize(
    ("change", "words"),
    [({"policy": 1}, "terms"), ({"audience_hidden": True}, "audience is hidden")],
)
def test_who_may_not_be_counted_is_not(change: dict[str, Any], words: str) -> None:
    found = growth.measure(creators([800], **change), follows=arriving(np.full(90, 9)), as_of=NOW)
    row = told(found)
    assert row["growth_1m"] is None
    assert row["growth_at"] is None
    assert words in row["growth_1m_reason"]
    assert words in row["growth_reason"]


def test_nothing_known_is_unknown() -> None:
    row = told(growth.measure(creators([800]), as_of=NOW))
    assert row["growth_3m"] is None
    assert row["growth_3m_reason"] == ("0 dated follows; 10 are needed, or counts of two dates.")
    undated = arriving(np.full(90, 9)).with_columns(at=pl.lit(-1, dtype=pl.Int64))
    assert told(growth.measure(creators([810]), follows=undated, as_of=NOW))["growth_n"] == 0


def test_the_order_of_follows_decides_nothing() -> None:
    per_day = chance(4, 300)
    per_day[100] += 200
    both = pl.concat([arriving(per_day, 2), arriving(chance(1, 90), 1)])
    who = creators([100, 2_000])
    one = growth.measure(who, follows=both, as_of=NOW)
    other = growth.measure(who, follows=both.sample(fraction=1, shuffle=True, seed=1), as_of=NOW)
    assert one.facts.equals(other.facts)
    assert one.jumps.equals(other.jumps)
    assert one.jumps["creator"].to_list() == [2]


def test_what_lies_ahead_is_not_read() -> None:
    per_day = np.full(100, 3)
    ahead = arriving(per_day).with_columns(at=pl.col("at") + 30 * DAY)
    found = told(growth.measure(creators([None]), follows=ahead, as_of=NOW))
    assert found["growth_n"] == pytest.approx(3 * 71, abs=3)


def test_input_that_does_not_fit() -> None:
    with pytest.raises(SchemaError, match="account_created_at"):
        growth.measure(creators([1]).drop("account_created_at"), as_of=NOW)
    with pytest.raises(SchemaError, match="'at'"):
        growth.measure(creators([1]), follows=arriving(np.ones(9, int)).drop("at"), as_of=NOW)
    with pytest.raises(UsageError, match="104"):
        growth.measure(creators([1]), as_of=NOW, n_points=500)
    assert growth.measure(
        creators([]), follows=arriving(np.ones(9, int)), as_of=NOW
    ).facts.is_empty()
