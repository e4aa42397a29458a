"""Who of an audience is looked at closer."""

import random

from influencr.sources.bluesky._audience import SAMPLE, STRATA, sample


def test_a_small_audience_is_looked_at_whole_in_order_of_arrival():
    assert sample("did:plc:a", ["c", "b", "a"]) == ["a", "b", "c"]


def test_every_stretch_of_arrival_weighs_the_same():
    newest_first = [f"f{n}" for n in reversed(range(10_000))]
    drawn = sample("did:plc:a", newest_first)
    assert len(drawn) == len(set(drawn)) == SAMPLE
    by_stretch = [0] * STRATA
    for name in drawn:
        by_stretch[int(name[1:]) * STRATA // 10_000] += 1
    assert by_stretch == [SAMPLE // STRATA] * STRATA


def test_the_same_list_gives_the_same_sample_and_creators_differ():
    followers = [f"f{n}" for n in range(5_000)]
    assert sample("did:plc:a", followers) == sample("did:plc:a", followers)
    assert sample("did:plc:a", followers) != sample("did:plc:b", followers)


def test_a_share_is_met_within_what_the_size_promises():
    # a burst of bought followers: 17 % of the audience, all of one week
    chance = random.Random(1)
    followers = [f"{'bought' if 4_000 <= n < 5_700 else 'real'}{n}" for n in range(10_000)]
    shares = []
    for n in range(30):
        drawn = sample(f"did:plc:{chance.random()}{n}", followers)
        shares.append(sum(name.startswith("bought") for name in drawn) / len(drawn))
    assert max(abs(share - 0.17) for share in shares) < 0.02


def test_an_uneven_size_is_spread():
    assert len(sample("did:plc:a", [f"f{n}" for n in range(99)], size=33)) == 33
    assert len(sample("did:plc:a", [f"f{n}" for n in range(99)], size=3)) == 3
