"""A posting rate that changed, when, from what to what; and constant rates that did not."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from influencr.vetting.activity import cadence_breaks
from influencr.vetting.activity._breaks import ALPHA, MIN_POSTS

AS_OF = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = 86_400
NOW = int(AS_OF.timestamp())


def posts(creators: dict[str, np.ndarray], **change: object) -> pl.LazyFrame:
    """Posts at so many days before now."""
    return pl.LazyFrame(
        {
            "profile_id": [name for name, days in creators.items() for _ in days],
            "created_at": [
                AS_OF - timedelta(days=float(d)) for days in creators.values() for d in days
            ],
            **change,
        },
        schema_overrides={"created_at": pl.Datetime("us", "UTC")},
    ).with_columns(
        **{
            "deleted_at": pl.lit(None, dtype=pl.Datetime("us", "UTC")),
            "kind": pl.lit("post"),
            "fetched_at": pl.lit(AS_OF),
        }
        | {name: pl.col(name) for name in change}
    )


def steady(rng: np.random.Generator, per_week: float, days: float, *, until: float = 0.0):
    n = rng.poisson(per_week / 7 * (days - until))
    return until + rng.random(n) * (days - until)


def test_a_halt_has_a_date_and_both_rates() -> None:
    rng = np.random.default_rng(1)
    found = cadence_breaks(posts({"x:1": steady(rng, 10, 150, until=60)}), as_of=AS_OF)
    assert found["profile_id"].to_list() == ["x:1"]
    row = found.row(0, named=True)
    assert abs((AS_OF - row["break_at"]).total_seconds() / DAY - 60) < 4
    assert row["per_week_before"] == pytest.approx(10, rel=0.3)
    assert row["per_week_after"] < 0.3
    assert row["p"] < ALPHA
    assert "around 2026-0" in row["break_reason"]


def test_up_and_down_again_are_two_breaks() -> None:
    rng = np.random.default_rng(2)
    days = np.concatenate([steady(rng, 3, 300), steady(rng, 40, 150, until=100)])
    found = cadence_breaks(posts({"x:1": days}), as_of=AS_OF)
    assert len(found) == 2
    assert found["per_week_after"][0] == found["per_week_before"][1] > 15
    ages = [(AS_OF - at).total_seconds() / DAY for at in found["break_at"]]
    assert ages == pytest.approx([150, 100], abs=8)


def threads(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    length = rng.geometric(1 / 3, len(days))
    each = np.repeat(days, length)
    later = np.concatenate([np.arange(n) for n in length]) / 24 / 2 if len(length) else days
    return (each - later).clip(0)


@pytest.mark.parametrize("kind", ["one by one", "threads", "moods"])
@pytest.mark.parametrize(("per_week", "days"), [(3, 300), (12, 100)])
def test_a_constant_rate_has_no_break(kind: str, per_week: float, days: float) -> None:
    rng = np.random.default_rng(3)
    creators = {}
    for i in range(600):
        mine = steady(rng, per_week, days)
        if kind == "threads":
            mine = threads(rng, mine)
        if kind == "moods":
            weight = rng.gamma(4, 0.25, int(days / 7) + 1)
            mine = mine[rng.random(len(mine)) * 2 < weight[(mine / 7).astype(int)]]
        creators[f"x:{i}"] = mine
    found = cadence_breaks(posts(creators), as_of=AS_OF)
    assert found["profile_id"].n_unique() <= 600 * 2.5 * ALPHA


def test_small_changes_are_no_break() -> None:
    rng = np.random.default_rng(4)
    days = np.concatenate([steady(rng, 60, 300), steady(rng, 25, 150)])
    assert cadence_breaks(posts({"x:1": days}), as_of=AS_OF).is_empty()


def test_few_posts_tell_nothing() -> None:
    days = np.concatenate([[200.0], 100 + np.arange(MIN_POSTS - 1)])
    assert cadence_breaks(posts({"x:1": days}), as_of=AS_OF).is_empty()
    enough = np.concatenate([[200.0], 100 + 3.0 * np.arange(MIN_POSTS + 8)])
    assert len(cadence_breaks(posts({"x:1": enough}), as_of=AS_OF)) >= 1


def test_reposts_deleted_and_future_posts_are_not_read() -> None:
    rng = np.random.default_rng(5)
    days = steady(rng, 10, 150, until=60)
    for change in (
        {"kind": ["repost"] * len(days)},
        {"deleted_at": pl.Series([AS_OF] * len(days), dtype=pl.Datetime("us", "UTC"))},
    ):
        assert cadence_breaks(posts({"x:1": days}, **change), as_of=AS_OF).is_empty()
    assert cadence_breaks(posts({"x:1": -days}), as_of=AS_OF).is_empty()


def test_silence_after_the_last_look_is_no_break() -> None:
    rng = np.random.default_rng(6)
    days = steady(rng, 10, 150, until=60)
    looked = pl.Series([AS_OF - timedelta(days=60)] * len(days), dtype=pl.Datetime("us", "UTC"))
    assert cadence_breaks(posts({"x:1": days}, fetched_at=looked), as_of=AS_OF).is_empty()


def test_creators_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(7)
    creators = {f"x:{i}": steady(rng, 8, 150, until=50 if i % 3 == 0 else 0) for i in range(60)}
    together = cadence_breaks(posts(creators), as_of=AS_OF)
    alone = pl.concat(
        [cadence_breaks(posts({name: days}), as_of=AS_OF) for name, days in creators.items()]
    ).sort("profile_id", "break_at")
    assert together.equals(alone)
    assert together["profile_id"].n_unique() >= 18


def test_nothing_in_nothing_out() -> None:
    assert cadence_breaks(posts({}), as_of=AS_OF).is_empty()
