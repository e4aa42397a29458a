"""Laws of lockstep and rings: what holds for every audience."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.vetting import lockstep, rings
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.lockstep import densest


@st.composite
def audiences(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    n_creators, m = draw(st.integers(1, 12)), draw(st.integers(1, 60))
    rng = np.random.default_rng(seed)
    n = draw(st.integers(0, 400))
    pairs = np.unique(rng.integers(0, n_creators, n) * m + rng.integers(0, m, n))
    whom, who = pairs // m, pairs % m
    # Few different moments, so that bursts are common; some unknown, some before the account.
    at = rng.integers(0, draw(st.integers(1, 40)), len(who)) * 21_600 + 1_600_000_000
    at[rng.random(len(who)) < 0.1] = -1
    order = np.lexsort((at, whom))
    creators = pl.DataFrame(
        {
            "key": np.arange(n_creators, dtype=np.uint64) + np.uint64(7_000),
            "profile_id": [f"did:example:{i}" for i in range(n_creators)],
            "platform": "bluesky",
            "language": None,
            "topic": None,
            "followers": None,
            "created": None,
        }
    )
    return Audience.of(
        creators,
        np.searchsorted(whom[order], np.arange(n_creators + 1)),
        who[order].astype(np.int32),
        Accounts.of(
            np.arange(m, dtype=np.uint64) + np.uint64(7_000 - n_creators // 2),
            created=rng.choice([-1, 1_500_000_000, 1_600_200_000], m),
        ),
        at=at[order],
        cause=rng.choice([0, 0, 0, 1, 4], len(who)),
        mutual=rng.random(len(who)) < 0.5,
    )


@given(audiences())
@settings(deadline=None, max_examples=60)
def test_every_follow_is_in_one_episode_at_most_and_none_is_explained(audience):
    found = lockstep.candidates(audience)
    pairs = list(zip(found.who, found.creator[found.episode], strict=True))
    assert len(pairs) == len(set(pairs))
    explained = {
        (int(w), int(k))
        for w, k, c in zip(
            audience.who,
            np.repeat(audience.creators["key"].to_numpy(), audience.seen),
            audience.cause,
            strict=True,
        )
        if c == 1
    }
    assert not explained & {(int(w), int(k)) for w, k in pairs}
    assert (found.arrivals > found.expected).all()
    assert (found.at >= 0).all()


@given(audiences())
@settings(deadline=None, max_examples=40)
def test_the_ledger_fits_the_audience(audience):
    blocks = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    ties = rings.find(rings.mutual(audience), audience.accounts)
    for rows in (lockstep.evidence(blocks, audience), rings.evidence(ties, audience)):
        assert rows["creator"].is_between(0, len(audience.creators) - 1).all()
        for row in rows.filter("fires").iter_rows(named=True):
            assert 0 < row["members"] == len(row["member_rows"])
            assert max(row["member_rows"]) < audience.seen[row["creator"]]
            assert 0 <= row["p"] <= 1
            assert 0 < row["share"] <= 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 150))
@settings(deadline=None, max_examples=80)
def test_peeling_says_the_density_of_what_it_returns_and_is_no_worse_than_the_whole(seed, n, m):
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, n, m), rng.integers(0, n, m)
    weight = rng.random(m) + 0.1
    dense = densest(one, two, weight, n)
    inside = np.isin(one, dense.nodes) & np.isin(two, dense.nodes)
    assert np.isclose(weight[inside].sum() / len(dense.nodes), dense.density)
    used = len(np.unique(np.concatenate([one, two])))
    assert dense.density >= weight.sum() / used - 1e-9


@given(audiences(), st.integers(0, 12))
@settings(deadline=None, max_examples=30)
def test_cutting_the_audience_keeps_every_follow_that_was_read(audience, cut):
    """Groups of creators differ in their common clock only; nobody is read twice or lost."""
    low, high = range(min(cut, len(audience.creators))), range(cut, len(audience.creators))
    parts = [lockstep.candidates(audience.take(list(part))) for part in (low, high)]
    joined = lockstep.Candidates.join(parts)
    assert len(joined.who) == sum(len(part.who) for part in parts)
    if len(joined.who):
        assert joined.episode.max() < len(joined.creator)
    keys = set(audience.creators["key"].to_list())
    assert set(joined.creator.tolist()) <= keys
