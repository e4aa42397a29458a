import numpy as np

from influencr.vetting import lockstep
from influencr.vetting.lockstep._candidates import usable


def test_an_episode_stands_where_a_delivery_came(sold_to_twenty):
    audience = sold_to_twenty.audience
    found = lockstep.candidates(audience)
    keys = audience.creators["key"].to_numpy()
    assert set(keys[40:60]) <= set(found.creator)
    inside = sold_to_twenty.sold[found.who]
    assert inside.sum() > 0.95 * sold_to_twenty.sold[audience.who].sum()
    assert (found.arrivals == np.bincount(found.episode, minlength=len(found.creator))).all()
    assert (found.at >= found.from_at[found.episode]).all()
    assert (found.at <= found.to_at[found.episode]).all()


def test_controls_are_far_from_the_delivery_and_of_accounts_that_existed(sold_to_twenty):
    found = lockstep.candidates(sold_to_twenty.audience)
    assert not sold_to_twenty.sold[found.other_who].any()
    assert len(found.other_who) > 0


def test_explained_follows_and_those_without_a_time_are_not_read(sold_to_twenty):
    audience = sold_to_twenty.audience
    cause = np.where(sold_to_twenty.sold[audience.who], 1, 0).astype(np.int8)
    found = lockstep.candidates(audience._replace(cause=cause))
    assert not sold_to_twenty.sold[found.who].any()
    nothing = lockstep.candidates(audience._replace(at=np.full(len(audience.at), -1)))
    assert len(nothing.creator) == 0


def test_a_follow_before_the_account_existed_counts_as_without_a_time(sold_to_twenty):
    audience = sold_to_twenty.audience
    created = np.full(len(audience.accounts.key), int(audience.at.max()))
    later = audience._replace(accounts=audience.accounts._replace(created=created))
    assert len(usable(later).row) <= 1


def test_follows_out_of_order_are_put_in_order(sold_to_twenty):
    audience = sold_to_twenty.audience
    part = audience.rows(45)
    at, who = audience.at.copy(), audience.who.copy()
    at[part], who[part] = at[part][::-1], who[part][::-1]
    one, two = lockstep.candidates(audience), lockstep.candidates(audience._replace(at=at, who=who))
    assert np.array_equal(one.arrivals, two.arrivals)
    assert set(zip(one.who, one.episode, strict=True)) == set(
        zip(two.who, two.episode, strict=True)
    )


def test_a_day_on_which_everybody_is_followed_excuses_everybody(network):
    audience = network().audience
    start = int(audience.at.min())
    wave = np.random.default_rng(3).random(len(audience.at)) < 0.25
    at = np.where(wave, start + 200 * 86_400 + (audience.at % 86_400), audience.at)
    order = np.lexsort((at, np.repeat(np.arange(len(audience.creators)), audience.seen)))
    waved = audience._replace(at=at[order], who=audience.who[order])
    found = lockstep.candidates(waved)
    inside = (found.from_at >= start + 199 * 86_400) & (found.to_at <= start + 202 * 86_400)
    assert inside.sum() < 0.05 * (audience.seen >= 20).sum()


def test_no_follows_no_candidates(network):
    empty = network().audience.take([])
    assert len(lockstep.candidates(empty).creator) == 0
    assert len(lockstep.Candidates.join([]).creator) == 0


def test_a_burst_inside_months_of_growth_is_an_episode_of_its_own(network):
    audience = network().audience
    start = int(audience.at.min())
    rng = np.random.default_rng(5)
    own = audience.rows(int(np.argmax(audience.seen)))
    n = own.stop - own.start
    grown = start + 200 * 86_400 + rng.integers(0, 50 * 86_400, n)
    grown[: n // 6] = start + 220 * 86_400 + rng.integers(0, 3 * 3_600, n // 6)
    at = audience.at.copy()
    at[own] = np.sort(grown)
    found = lockstep.candidates(audience._replace(at=at))
    mine = found.creator == audience.creators["key"][int(np.argmax(audience.seen))]
    short = mine & (found.to_at - found.from_at < 86_400)
    assert found.arrivals[short].max() >= n // 6
