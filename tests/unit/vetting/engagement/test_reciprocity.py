import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting.engagement import FOLLOWED_BACK, reciprocity
from influencr.vetting.verdict import EVIDENCE_SCHEMA


def town(n=2_000, *, habit=0.2, seed=3, **special):
    """Creators who follow back about `habit` of their followers; the last one as told."""
    draw = np.random.default_rng(seed)
    seen = np.exp(draw.normal(6, 1, n)).astype(int) + 60
    back = draw.binomial(seen, draw.beta(20 * habit, 20 * (1 - habit), n))
    frame = pl.DataFrame(
        {
            "creator": np.arange(n),
            "platform": ["bluesky"] * n,
            "followers": seen,
            "seen": seen,
            "back": back,
            "own": back + draw.integers(0, 200, n) + 1,
        }
    )
    last = pl.col("creator") == n - 1
    return frame.with_columns(
        pl.when(last).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in special.items()
    )


def last(rows):
    return rows.sort("creator").row(-1, named=True)


def test_who_follows_everybody_back_stands_out_where_that_is_rare():
    rows = reciprocity(town(followers=800, seen=800, back=720, own=900))
    assert dict(rows.schema) == EVIDENCE_SCHEMA
    one = last(rows)
    assert (one["family"], one["statistic"], one["fires"]) == ("X", FOLLOWED_BACK, True)
    assert one["value"] == pytest.approx(0.9)
    assert one["p"] <= 0.01
    assert one["members"] == 720
    assert rows["fires"].sum() == 1
    assert len(rows) == 2_000


def test_where_all_follow_back_nobody_is_told_anything():
    rows = reciprocity(town(habit=0.9, followers=800, seen=800, back=760, own=900))
    assert not last(rows)["fires"]
    assert rows["fires"].mean() <= 0.01


@pytest.mark.parametrize(
    "different",
    [
        {"own": 9_000},  # follows everybody, whoever follows it
        {"seen": 20, "followers": 20, "back": 18, "own": 22},  # a circle of friends
        {"back": 380},  # fewer than half
    ],
)
def test_what_is_no_exchange(different):
    usual = {"followers": 800, "seen": 800, "back": 720, "own": 900}
    assert not last(reciprocity(town(**{**usual, **different})))["fires"]


def test_unknown_is_not_zero():
    frame = town(own=0)
    rows = reciprocity(frame)
    assert len(rows) == len(frame) - 1
    few = reciprocity(frame.head(60))
    assert few["p"].null_count() == len(few)
    assert not few["fires"].any()
    assert reciprocity(frame.clear()).is_empty()


def test_one_follower_more_changes_no_place_by_much():
    frame = town(1_000)
    p = reciprocity(frame).sort("creator")["p"].to_numpy()
    order = frame.with_row_index("row").sort("followers")["row"].to_numpy()
    moved = frame.with_columns(back=pl.lit(100), seen=pl.lit(500))
    steps = np.abs(np.diff(reciprocity(moved).sort("creator")["p"].to_numpy()[order]))
    assert steps.max() < 0.01
    assert p.mean() == pytest.approx(0.5, abs=0.01)


def test_a_missing_column_is_named():
    with pytest.raises(SchemaError, match="own"):
        reciprocity(town().drop("own"))
