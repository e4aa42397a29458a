"""Who imports the followers of one, two or ten creators has no crowd to compare them with."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from arrivals_town import Batch, spread

from influencr.vetting import arrivals

HOMES = (1, 2, 3, 10)
SEEDS = range(8)
WAVE = (500, 6)


def delivered(seed=0, made=700, come=720, n=40):
    return Batch(0, spread(made, 1.5, n, 100 + seed), spread(come, 0.3, n, 200 + seed))


def fired(audience):
    return sorted(set(arrivals.scan(audience).filter("fires")["creator"].to_list()))


@pytest.mark.parametrize("home", HOMES)
def test_a_plain_batch_is_found_in_a_small_home(town, home):
    for seed in SEEDS:
        audience = town(delivered(seed), seed=seed).take(list(range(home)))
        found = arrivals.scan(audience).filter("fires")
        assert found["creator"].to_list() == [0]
        assert abs(found["members"][0] - 40) <= 4


@pytest.mark.parametrize("home", HOMES)
def test_nobody_is_suspicious_in_an_ordinary_small_home(town, home):
    for seed in SEEDS:
        for wave in (None, WAVE):
            audience = town(seed=seed, wave=wave).take(list(range(home)))
            assert fired(audience) == []


def test_a_wave_that_came_at_once_is_no_batch_where_nobody_else_tells_of_it(town):
    # A third of all people signed up in six days; a post brings a hundred people in one of them.
    rng = np.random.default_rng(4)
    audience = town(wave=WAVE)
    born = np.sort(rng.choice(audience.accounts.created[:6_000], 100, replace=False))
    crowd = Batch(0, born, spread(1_094, 1, 100, 5))
    for home in (1, 3):
        assert fired(town(crowd, wave=WAVE).take(list(range(home)))) == []


def test_a_large_batch_of_a_small_audience_does_not_excuse_itself(town):
    for home in (1, 3, 10):
        assert fired(town(delivered(n=300)).take(list(range(home)))) == [0]


@pytest.mark.parametrize(("home", "told"), [(1, "No other creator"), (3, "of only 3 creators")])
def test_a_small_home_is_told_that_a_wave_was_not_looked_for(town, home, told):
    ledger = arrivals.scan(town(delivered()).take(list(range(home)))).filter("fires")
    checked = ledger["checked"][0].to_list()[0]
    assert checked["alternative"] == "wave of sign-ups"
    assert checked["outcome"] == "not checked"
    assert told in checked["detail"]


def test_a_large_home_is_told_how_many_others_have_the_streak(town):
    checked = arrivals.scan(town(delivered())).filter("fires")["checked"][0].to_list()[0]
    assert checked["outcome"] == "not found"


def test_a_wave_of_one_language_is_expected_of_those_who_write_it(town):
    # Forty new accounts a creator within three days, at the twelve who write one language, who
    # follow over the year that comes.
    rng = np.random.default_rng(9)
    waves = [
        Batch(i, spread(500, 3, 40, 300 + i), spread(505, rng.integers(60, 300), 40, 400 + i))
        for i in range(12)
    ]
    audience = town(*waves)
    spoken = ["ja"] * 12 + ["en"] * 48
    apart = audience._replace(creators=audience.creators.with_columns(language=pl.Series(spoken)))
    assert fired(apart) == []
    # One batch among them is found all the same.
    with_batch = town(*waves, delivered(made=800, come=830))
    with_batch = with_batch._replace(
        creators=with_batch.creators.with_columns(language=pl.Series(spoken))
    )
    assert fired(with_batch) == [0]
    mixed = rng.permutation(spoken).tolist()
    assert fired(
        audience._replace(creators=audience.creators.with_columns(language=pl.Series(mixed)))
    )
