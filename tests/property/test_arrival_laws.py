"""Laws of the arrival families: what may not change an answer, and what must bound it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.vetting import arrivals
from influencr.vetting.arrivals._batch import unbroken
from influencr.vetting.arrivals._bursts import divergence
from influencr.vetting.arrivals._streaks import excess, expected_at

DAY = 86_400


@pytest.fixture(scope="module")
def town():
    file = Path(__file__).parents[1] / "unit/vetting/arrivals/town.py"
    spec = importlib.util.spec_from_file_location("arrivals_town_of_laws", file)
    module = importlib.util.module_from_spec(spec)
    # A NamedTuple looks its annotations up by module.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_same_audience_gives_the_same_ledger(town):
    batch = town.Batch(5, town.spread(700, 3, 40), town.spread(720, 1, 40), 9, 0, 0.9)
    audience = town.make_town(batch)
    for family in (arrivals.scan, arrivals.bursts, arrivals.duplicates):
        assert family(audience).equals(family(audience))


def test_an_answer_does_not_depend_on_the_other_creators_of_the_group(town):
    batch = town.Batch(5, town.spread(700, 3, 40), town.spread(720, 1, 40))
    audience = town.make_town(batch)
    sign_ups = arrivals.background(audience.accounts, audience)
    alone = arrivals.scan(audience.take([5]), sign_ups).filter("fires").drop("creator", "checked")
    among = arrivals.scan(audience, sign_ups).filter("fires").drop("creator", "checked")
    assert alone.equals(among)


@settings(deadline=None, max_examples=8)
@given(n=st.integers(25, 160), made=st.integers(300, 900), seed=st.integers(0, 10_000))
def test_a_batch_of_any_size_is_found_and_measured(town, n, made, seed):
    rng = np.random.default_rng(seed)
    born = town.spread(made, 2, n, seed)
    came = rng.permutation(town.spread(made + 20, 2, n, seed + 1))
    audience = town.make_town(town.Batch(7, born, came), seed=seed)
    row = arrivals.scan(audience).filter("fires").sort("members").tail(1).row(0, named=True)
    assert row["creator"] == 7
    assert abs(row["members"] - n) <= max(3, 0.1 * n)
    assert len(row["member_rows"]) == row["members"]


@settings(deadline=None, max_examples=6)
@given(seed=st.integers(0, 10_000), timed=st.booleans())
def test_ordinary_towns_are_clear(town, seed, timed):
    ledger = arrivals.scan(town.make_town(seed=seed, timed=timed))
    assert not ledger["fires"].any()


@settings(deadline=None)
@given(seen=st.floats(1, 500), share=st.floats(0.001, 0.99))
def test_the_measure_falls_with_what_is_expected(seen, share):
    few, many = excess(seen, np.array([share * seen * 0.9, share * seen]))
    assert few >= many >= 0
    if many > 1e-6:
        assert expected_at(seen, float(many)) == pytest.approx(share * seen, rel=1e-3)


@settings(deadline=None)
@given(n=st.integers(1, 400), odd=st.integers(0, 400), usual=st.floats(0.01, 0.9))
def test_the_bound_of_a_share_holds(n, odd, usual):
    from scipy.stats import binom

    odd = min(odd, n)
    bound = np.exp(-divergence(np.array([float(n)]), np.array([float(odd)]), np.array([usual]))[0])
    assert binom.sf(odd - 1, n, usual) <= bound * (1 + 1e-9)


@settings(deadline=None)
@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=60))
def test_what_stays_unbroken_is_a_contiguous_part(places):
    clock = np.sort(np.array(places))
    match = np.arange(len(clock))
    part = unbroken(match, clock)
    assert len(part) >= 1
    assert (np.diff(part) == 1).all()


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet="abc é海 0!", max_size=30) | st.none(), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_bio_groups_do_not_depend_on_order(bios, random):
    order = list(range(len(bios)))
    random.shuffle(order)
    groups = arrivals.bio_groups(pl.Series(bios, dtype=pl.String)).to_list()
    mixed = arrivals.bio_groups(pl.Series([bios[i] for i in order], dtype=pl.String)).to_list()
    assert mixed == [groups[i] for i in order]
    assert all(groups.count(g) > 1 for g in groups if g >= 0)
