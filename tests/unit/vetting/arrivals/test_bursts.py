"""Many at once is no sign; many odd ones at once is."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from arrivals_town import NOW, OPENED, Batch, is_member, spread

from influencr.vetting import arrivals
from influencr.vetting.arrivals._members import crowd_of

DAY = 86_400


def crowd(n=60, creator=5, come=800.0, lasted=1.5, seed=3, **known):
    """Accounts of all ages that come within days."""
    rng = np.random.default_rng(seed)
    made = OPENED + (rng.random(n) * 700 * DAY).astype(np.int64)
    return Batch(creator, made, spread(come, lasted, n, seed + 1), **known)


@pytest.mark.parametrize("n", [25, 60, 200])
def test_a_burst_of_odd_accounts_fires_with_size_and_days(town, n):
    audience = town(crowd(n, followers=0, p=0.95))
    row = arrivals.bursts(audience).filter("fires").row(0, named=True)
    assert row["creator"] == 5
    assert abs(row["members"] - n) <= max(2, 0.1 * n)
    assert is_member(audience, 5)[row["member_rows"]].mean() > 0.9
    assert abs(row["from_at"] - (OPENED + 800 * DAY)) < DAY
    assert row["to_at"] < OPENED + 803 * DAY


def test_a_burst_of_ordinary_people_is_told_and_does_not_fire(town):
    ledger = arrivals.bursts(town(crowd(followers=6, p=0.2)))
    assert not ledger["fires"].any()
    row = ledger.filter(pl.col("creator") == 5).row(0, named=True)
    chart = json.loads(row["chart"])
    assert chart["observed"] >= 55 > 10 * chart["expected"]
    assert row["member_rows"] == []


def test_odd_accounts_are_seen_by_shared_bios_where_no_model_is_known(town):
    audience = town(crowd(followers=0, bio=7, p=np.nan))
    unknown = audience.accounts.p * np.float32(np.nan)
    audience = audience._replace(accounts=audience.accounts._replace(p=unknown))
    assert arrivals.bursts(audience).filter("fires")["creator"].to_list() == [5]


def test_a_foreign_crowd_is_not_odd(town):
    audience = town(crowd(followers=6, p=0.2))
    language = np.zeros(len(audience.accounts.key), dtype=np.int16)
    language[6_000:] = 1
    audience = audience._replace(accounts=audience.accounts._replace(language=language))
    assert not arrivals.bursts(audience)["fires"].any()


def test_without_times_nothing_is_said(town):
    assert arrivals.bursts(town(crowd(), timed=False)).is_empty()


def test_a_calm_town_is_clear(town):
    ledger = arrivals.bursts(town())
    assert not ledger["fires"].any()
    assert ledger["creator"].n_unique() == 60


def test_the_stretch_of_a_burst_does_not_depend_on_the_window():
    rng = np.random.default_rng(0)
    usual = np.sort(NOW - rng.random(300) * 300 * DAY).astype(np.int64)
    burst = np.sort(NOW - 100 * DAY + rng.random(50) * DAY).astype(np.int64)
    when = np.concatenate([usual, burst])
    odd = np.concatenate([np.zeros(300), np.full(50, 3)]).astype(np.uint8)
    order = np.argsort(when)
    when, odd = when[order], odd[order]
    first, last = np.flatnonzero(odd)[[0, -1]]
    for shift in (0, 10, 25):
        found = crowd_of(when, odd, int(first + shift), int(last), 2.0)
        assert abs(found.size - 50) <= 1
        assert abs(when[found.members[0]] - burst[0]) < DAY / 4
