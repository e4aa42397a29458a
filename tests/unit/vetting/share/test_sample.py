import numpy as np
import polars as pl
import pytest

from influencr.errors import UsageError
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.share import STRATA, sample
from influencr.vetting.verdict import as_evidence, evidence_row


def audience(*sizes):
    starts = np.concatenate([[0], np.cumsum(sizes)])
    creators = pl.DataFrame(
        {"key": np.arange(1, len(sizes) + 1, dtype=np.uint64)},
    ).with_columns(
        profile_id=pl.lit("x"),
        platform=pl.lit("bluesky"),
        language=pl.lit("en"),
        topic=pl.lit(None, pl.String),
        followers=pl.Series(sizes),
        created=pl.lit(0),
    )
    accounts = Accounts.of(np.arange(max(sizes), dtype=np.uint64))
    who = np.concatenate([np.arange(n) for n in sizes])
    return Audience.of(creators, starts, who, accounts)


def test_spread_over_all_arrivals_and_weighted_back():
    drawn = sample(audience(50_000), 1_000)
    assert len(drawn.rows) == 1_000
    assert np.bincount(drawn.stratum).tolist() == [50] * STRATA
    assert drawn.weight.sum() == pytest.approx(50_000)
    # Not the newest first, and nothing regular inside a part.
    assert abs(drawn.rows.mean() - 25_000) < 1_000


def test_small_audiences_are_looked_at_whole():
    drawn = sample(audience(120, 40_000), 400)
    assert (drawn.creator == 0).sum() == 120
    assert set(drawn.weight[drawn.creator == 0]) == {1.0}
    assert drawn.weight[drawn.creator == 1].sum() == pytest.approx(40_000)


def test_a_burst_is_a_part_of_its_own():
    burst = as_evidence(
        [
            evidence_row(
                creator=0, family="B", statistic="x", version="1", member_rows=range(9_000, 9_300)
            )
        ]
    )
    drawn = sample(audience(20_000), 400, bursts=burst)
    inside = drawn.stratum == STRATA
    assert inside.sum() == 20
    assert ((drawn.rows[inside] >= 9_000) & (drawn.rows[inside] < 9_300)).all()
    assert set(drawn.size[inside]) == {300}
    assert drawn.weight.sum() == pytest.approx(20_000)


def test_same_audience_same_sample_and_larger_holds_smaller():
    made = audience(30_000)
    small, again, large = sample(made, 400), sample(made, 400), sample(made, 800)
    assert small.rows.tolist() == again.rows.tolist()
    assert set(small.rows) <= set(large.rows)


def test_every_part_must_be_looked_at():
    with pytest.raises(UsageError, match="one follower per stratum"):
        sample(audience(1_000), 10)
