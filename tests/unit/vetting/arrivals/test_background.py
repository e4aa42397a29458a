"""Sign-ups conditional on the date of the follow."""

from __future__ import annotations

import numpy as np
from arrivals_town import NOW, OPENED, Batch, is_member, lonely, spread

from influencr.vetting import arrivals
from influencr.vetting.arrivals._background import AGE_EDGES, age_class, follow_times
from influencr.vetting.arrivals._streaks import LOOK, NEIGHBOURS, excess, expected_at, streaky

DAY = 86_400


def test_all_followers_of_a_day_were_made_at_some_time(town):
    sign_ups = arrivals.background(town().accounts, town())
    at = np.array([OPENED + 500 * DAY, NOW - DAY])
    none = np.zeros(2, dtype=np.int64)
    assert np.allclose(sign_ups.mass(none, at + 1, at), 1.0, atol=0.02)


def test_density_and_mass_agree(town):
    sign_ups = arrivals.background(town().accounts, town())
    at = np.full(5, OPENED + 800 * DAY)
    born = at - np.array([2, 20, 100, 300, 600]) * DAY - 5_000
    narrow = sign_ups.mass(born, born + 60, at) / 60
    assert np.allclose(narrow, sign_ups.density(born, at), rtol=0.1)


def test_mass_below_is_mass_from_the_beginning(town):
    sign_ups = arrivals.background(town().accounts, town())
    at = OPENED + 800 * DAY
    born = np.sort(at - np.array([0, 300, 5_000, 90_000, 40 * DAY, 500 * DAY, 799 * DAY]))
    weights = np.linspace(1, 3, len(AGE_EDGES))
    whole = sign_ups.mass(np.full(7, -(10**9)), born, np.full(7, at), weights)
    assert np.allclose(sign_ups.below(born, at, weights), whole, atol=2e-3)


def test_a_wave_is_expected_and_a_batch_is_not(town):
    calm = arrivals.background(town().accounts, town())
    wave = town(wave=(500, 6))
    waved = arrivals.background(wave.accounts, wave)
    batch = town(Batch(5, spread(500, 2, 60), spread(530, 1, 60)))
    bought = arrivals.background(batch.accounts, batch)

    def share(sign_ups):
        at = np.array([OPENED + 530 * DAY])
        begin = np.array([OPENED + 500 * DAY])
        return float(sign_ups.mass(begin, begin + 6 * DAY, at)[0])

    assert share(waved) > 8 * share(calm)
    assert share(bought) < 3 * share(calm)


def test_an_empty_sample_knows_nothing_and_breaks_nothing(town):
    nobody = town().take([])
    sign_ups = arrivals.background(nobody.accounts, nobody)
    assert sign_ups.n == 0
    assert not arrivals.scan(town(), sign_ups)["creator"].is_empty()


def test_unknown_times_are_bounded_from_below_by_sign_ups(town):
    at, created = follow_times(town(timed=False))
    truth = town()
    assert (at >= created).all()
    # A stretch of neighbours is the resolution: a few are thought to come a little late.
    assert (at <= truth.at + 60 * DAY).mean() > 0.99


def test_one_follower_out_of_place_does_not_move_all_that_come_after():
    # A busy account: everybody follows within the minute, but one is listed two days too early.
    made = NOW + 60 * np.arange(6_000)
    made[1_000] = made[1_000 + 2 * 1_440]
    at, _ = follow_times(lonely(made))
    lead = (at - made)[1_001:3_800]
    assert np.median(lead) < 3_600
    assert (lead < 7_200).all()


def test_age_classes_cover_everything_once():
    edges = AGE_EDGES[1:]
    assert (age_class(edges) == np.arange(1, len(AGE_EDGES))).all()
    assert (age_class(edges - 1) == np.arange(len(AGE_EDGES) - 1)).all()


def test_the_measure_bounds_the_poisson_tail():
    from scipy.stats import poisson

    for seen in (3.0, 10.0, 40.0):
        for share in (0.05, 0.3, 0.8):
            expected = seen * share
            bound = np.exp(-excess(seen, np.array([expected]))[0])
            assert poisson.sf(seen - 1, expected) <= bound
            assert np.isclose(expected_at(seen, -np.log(bound)), expected, rtol=1e-6)


def test_the_cheap_pass_keeps_the_batch_and_lets_few_others_through(town):
    assert len(LOOK) == len(NEIGHBOURS)
    audience = town(Batch(5, spread(700, 3, 25), spread(720, 20, 25)))
    sign_ups = arrivals.background(audience.accounts, audience)
    at, created = follow_times(audience)
    passed = streaky(audience.starts, created, sign_ups.density(created, at))
    assert passed[5]
    assert passed.sum() <= 6
    assert is_member(audience, 5).sum() == 25


def test_a_time_that_many_in_a_row_share_is_no_time_of_theirs(town):
    audience = town()
    at = audience.at.copy()
    at[audience.rows(2)] = NOW
    told, created = follow_times(audience._replace(at=at))
    assert (told[audience.rows(2)] < NOW).mean() > 0.9
    assert (told[audience.rows(3)] == at[audience.rows(3)]).all()
    assert (told >= created).all()
