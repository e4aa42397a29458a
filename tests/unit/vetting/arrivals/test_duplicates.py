"""Copies count where they arrive together, are rare elsewhere, and are no saying of a community."""

from __future__ import annotations

import json

import numpy as np
import pytest
from arrivals_town import N_PEOPLE, Batch, is_member, spread

from influencr.vetting import arrivals
from influencr.vetting.arrivals._signs import base_rates, odd_signs, rare_groups


def copies(creator=5, n=40, bio=7, seed=5):
    return Batch(creator, spread(0, 700, n, seed), spread(800, 2, n, seed + 1), bio=bio)


def test_copies_that_came_together_fire_and_are_named(town):
    audience = town(copies())
    row = arrivals.duplicates(audience).filter("fires").row(0, named=True)
    assert row["creator"] == 5
    assert set(row["member_rows"]) >= set(np.flatnonzero(is_member(audience, 5)).tolist())
    assert ["bio", 7, 40] in [group[:3] for group in json.loads(row["chart"])["groups"]]


def test_a_saying_that_members_share_throughout_is_clear(town):
    audience = town()
    bio = audience.accounts.bio.copy()
    # Every tenth person has it, and they came to everybody at all times.
    bio[:N_PEOPLE:10] = 3
    audience = audience._replace(accounts=audience.accounts._replace(bio=bio))
    assert not arrivals.duplicates(audience)["fires"].any()


def test_avatars_count_like_bios(town):
    audience = town(copies(bio=-1))
    avatar = np.full(len(audience.accounts.key), -1, dtype=np.int32)
    avatar[N_PEOPLE:] = 0
    audience = audience._replace(accounts=audience.accounts._replace(avatar=avatar))
    assert arrivals.duplicates(audience).filter("fires")["creator"].to_list() == [5]


def test_without_any_bio_or_avatar_nothing_is_said(town):
    audience = town()
    none = np.full(len(audience.accounts.key), -1, dtype=np.int32)
    audience = audience._replace(accounts=audience.accounts._replace(bio=none))
    assert arrivals.duplicates(audience).is_empty()


def test_a_batch_does_not_make_its_own_bio_common(town):
    audience = town(copies(n=150))
    rates = base_rates(audience)
    assert rare_groups(audience.accounts.bio, rates.bio, rates.bio_size)[N_PEOPLE:].all()


def test_dormant_and_new_accounts_are_not_odd(town):
    audience = town()
    state = np.full(len(audience.accounts.key), 3, dtype=np.int8)
    sleepy = audience._replace(accounts=audience.accounts._replace(state=state))
    rates = base_rates(audience)
    assert (odd_signs(audience, rates).odd == odd_signs(sleepy, rates).odd).all()


def test_first_digits_need_five_hundred_followers(town):
    table = arrivals.first_digits(town())
    assert table["mad"].null_count() == 60
    large = arrivals.first_digits(town(copies(n=300)))
    # Three hundred more than four hundred are enough, at this creator only.
    assert large.filter(large["mad"].is_not_null())["creator"].to_list() == [5]
    assert large["mad"].drop_nulls()[0] == pytest.approx(0.06, abs=0.06)
