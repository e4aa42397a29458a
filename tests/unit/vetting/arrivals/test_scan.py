"""A batch made in a few days is found, measured and dated; crowds that only look so are not."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from arrivals_town import NOW, OPENED, Batch, is_member, lonely, spread

from influencr.vetting import arrivals
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA

DAY = 86_400


def drop(creator=5, made=700, lived=3.0, come=720, lasted=0.3, n=40, seed=1, **known):
    return Batch(creator, spread(made, lived, n, seed), spread(come, lasted, n, seed + 1), **known)


@pytest.mark.parametrize("lasted", [0.3, 3.0, 45.0])
def test_a_batch_is_found_with_its_size_members_and_days(town, lasted):
    audience = town(drop(lasted=lasted))
    ledger = arrivals.scan(audience)
    found = ledger.filter("fires")
    assert found["creator"].to_list() == [5]
    row = found.row(0, named=True)
    assert abs(row["members"] - 40) <= 4
    assert row["p"] < 1e-8
    truth = is_member(audience, 5)
    assert truth[row["member_rows"]].mean() > 0.9
    when = audience.at[audience.rows(5)][truth]
    assert abs(row["from_at"] - when.min()) <= 2 * DAY
    assert abs(row["to_at"] - when.max()) <= 2 * DAY


def test_order_alone_is_enough(town):
    row = arrivals.scan(town(drop(), timed=False)).filter("fires").row(0, named=True)
    assert row["creator"] == 5
    assert abs(row["members"] - 40) <= 4
    assert json.loads(row["chart"])["times"] == "lower bounds"


def test_two_orders_of_the_same_accounts_are_two_batches(town):
    later = drop(made=700, come=900, seed=1)
    rows = arrivals.scan(town(drop(), later)).filter("fires").sort("from_at")
    assert rows["creator"].to_list() == [5, 5]
    assert ((rows["members"] - 40).abs() <= 5).all()


def test_several_lots_are_one_batch(town):
    first, second = drop(made=600, lasted=20.0), drop(made=690, lasted=20.0, seed=11)
    row = arrivals.scan(town(first, second)).filter("fires").row(0, named=True)
    assert abs(row["members"] - 80) <= 8
    assert len(json.loads(row["chart"])["lots"]) >= 2


def test_nobody_is_suspicious_in_an_ordinary_town(town):
    ledger = arrivals.scan(town())
    assert not ledger["fires"].any()
    assert ledger["creator"].n_unique() == 60
    assert dict(ledger.schema) == EVIDENCE_SCHEMA


def test_nobody_is_suspicious_after_a_migration_wave(town):
    for timed in (True, False):
        assert not arrivals.scan(town(wave=(500, 6), timed=timed))["fires"].any()


def test_a_batch_is_found_inside_a_migration_wave(town):
    audience = town(drop(made=501, lived=1.0, come=510, n=60), wave=(500, 6))
    assert arrivals.scan(audience).filter("fires")["creator"].to_list() == [5]


def test_the_same_wave_at_twenty_unrelated_creators_is_no_batch(town):
    wave = [drop(creator=i, seed=100 + 3 * i) for i in range(22)]
    ledger = arrivals.scan(town(*wave)).filter(pl.col("members") > 0)
    assert not ledger["fires"].any()
    assert ledger["checked"].list.first().struct.field("outcome").eq("found").all()
    few = arrivals.scan(town(*wave[:5]))
    assert few.filter("fires")["creator"].to_list() == [0, 1, 2, 3, 4]


def test_a_stray_handful_at_a_large_audience_is_not_called_a_batch(town):
    assert not arrivals.scan(town(drop(n=2)))["fires"].any()


def test_the_newest_followers_of_a_busy_account_prove_nothing():
    # Everybody is days old, because everybody who signs up is shown this account.
    rng = np.random.default_rng(3)
    made = np.sort(NOW - rng.random(1_500) * 8 * DAY).astype(np.int64)
    assert not arrivals.scan(lonely(made))["fires"].any()


def test_unknown_creation_dates_are_left_out_and_few_known_ones_give_no_row(town):
    audience = town(drop())
    hidden = audience.accounts.created.copy()
    hidden[audience.who[audience.rows(9)]] = -1
    ledger = arrivals.scan(audience._replace(accounts=audience.accounts._replace(created=hidden)))
    assert 9 not in ledger["creator"]
    assert ledger.filter("fires")["creator"].to_list() == [5]


def test_a_clock_that_runs_before_the_account_exists_is_not_believed(town):
    audience = town(drop())
    at = audience.at.copy()
    at[audience.rows(5)] = np.where(is_member(audience, 5), OPENED, at[audience.rows(5)])
    assert arrivals.scan(audience._replace(at=at)).filter("fires")["creator"].to_list() == [5]


def test_people_who_sign_up_for_somebody_and_follow_at_once_are_no_batch(town):
    # A report brings sixty people to the network within three days, who follow within hours.
    made = spread(700, 3.0, 60, 5)
    soon = made + np.random.default_rng(6).integers(60, 6 * 3_600, 60)
    audience = town(Batch(5, made, soon))
    for home in (audience, audience.take([5, 6, 7])):
        assert not arrivals.scan(home)["fires"].any()
    stored = Batch(
        5, made, made.max() + 20 * DAY + np.random.default_rng(6).integers(60, 6 * 3_600, 60)
    )
    assert arrivals.scan(town(stored)).filter("fires")["creator"].to_list() == [5]
