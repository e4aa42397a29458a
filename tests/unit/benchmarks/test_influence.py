"""The benchmark of influence: nothing of after the cut is seen, and the figures mean what they say.

Brute force over every pair of creators stands beside what the benchmark computes.
"""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from benchmarks.influence import baselines, guards, measures, scale
from benchmarks.influence.__main__ import measure, seeds_of
from benchmarks.influence.cut import write_cut
from benchmarks.influence.frames import DAY, SETTLED, Seen, came, seen

from influencr.errors import UnknownValue, UsageError
from influencr.sources.synthetic import AS_OF, TEST, Influence, write_world

_UNTIL = int(AS_OF.timestamp())
_CUT = _UNTIL - 28 * DAY


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("influence") / "world"
    size = TEST._replace(mean_posts=30)
    return write_world(folder, **size._asdict(), seed=4, influence=Influence())


@pytest.fixture(scope="module")
def now(world) -> Seen:
    return seen(world.folder, _CUT)


@pytest.fixture(scope="module")
def then(world, now):
    return came(world.folder, now, _UNTIL)


def test_nothing_of_after_the_cut_is_seen(now):
    for frame in (now.posts, now.acts, now.follows):
        assert 0 < frame["at"].min() <= frame["at"].max() <= _CUT


def test_counts_are_those_that_could_be_read_on_the_day(now):
    acts = now.acts.group_by("post", "kind").len()
    likes = dict(acts.filter(pl.col("kind") == 0).select("post", "len").iter_rows())
    told = now.posts.filter(pl.col("post").is_in(list(likes)))
    assert told.height > 50
    assert all(likes[post] == n for post, n in told.select("post", "likes").iter_rows())
    assert now.posts.filter(~pl.col("post").is_in(list(likes)))["likes"].max() == 0


def test_outcomes_are_of_settled_posts_after_the_cut(then):
    assert then.posts["at"].min() > _CUT
    assert then.posts["at"].max() <= _UNTIL - SETTLED
    by_hand = then.posts.group_by("creator").agg(pl.col("acts").mean())
    joined = then.creators.join(by_hand, on="creator")
    assert (joined["acts"] - joined["outcome"]).abs().max() < 1e-12
    assert (then.creators["own"] <= then.creators["outcome"]).all()


def test_what_was_paid_for_is_no_outcome(world, now, then):
    actors = pl.read_parquet(world.truth / "accounts.parquet").filter(
        pl.col("planted_kind") == "bought"
    )
    assert actors.height > 0
    total = then.posts["acts"].sum()
    posts = pl.read_parquet(world.observed / "bluesky_posts.parquet")
    acts = pl.read_parquet(world.observed / "bluesky_engagements.parquet")
    after = posts.filter(
        pl.col("kind").is_in(["post", "quote"])
        & (pl.col("createdAt").dt.epoch("s") > _CUT)
        & (pl.col("createdAt").dt.epoch("s") <= _UNTIL - SETTLED)
    )
    effort = acts.filter(
        (pl.col("kind") != "like") & pl.col("post_id").is_in(after["uri"].implode())
    )
    assert 0 < total < effort.select("actor", "post_id").n_unique()


def test_the_files_of_a_day_hold_what_the_day_knew(world, tmp_path, now):
    folder = write_cut(world.observed, tmp_path / "then", _CUT)
    profiles = pl.read_parquet(folder / "bluesky_profiles.parquet")
    follows = pl.read_parquet(folder / "bluesky_follows.parquet")
    assert profiles["followersCount"].sum() == follows.height == now.follows.height
    posts = pl.read_parquet(folder / "bluesky_posts.parquet")
    acts = pl.read_parquet(folder / "bluesky_engagements.parquet")
    assert posts["createdAt"].dt.epoch("s").max() <= _CUT
    assert posts["likeCount"].sum() == acts.filter(pl.col("kind") == "like").height
    whole = pl.read_parquet(world.observed / "bluesky_posts.parquet")
    assert set(posts.columns) == set(whole.columns)
    assert all(path.stat().st_mtime == _CUT for path in folder.iterdir())


def test_pairs_are_those_of_brute_force():
    rng = np.random.default_rng(5)
    n = 120
    size, outcome = rng.uniform(1, 2, n), rng.integers(0, 5, n).astype(float)
    outcome[::11] = np.nan
    group, score = rng.integers(0, 3, n), rng.normal(size=n)
    pairs = measures.pairs_of(size, outcome, group, close=0.05)
    wanted = {
        (i, j) if outcome[i] > outcome[j] else (j, i)
        for i, j in itertools.combinations(range(n), 2)
        if group[i] == group[j]
        and abs(size[i] - size[j]) < 0.05
        and not np.isnan(outcome[i] + outcome[j])
        and outcome[i] != outcome[j]
    }
    assert set(zip(pairs.more.tolist(), pairs.less.tolist(), strict=True)) == wanted
    right = np.mean([score[i] > score[j] for i, j in wanted])
    value, draws = measures.pair_accuracy(pairs, {"s": score, "flat": np.zeros(n)}, draws=50)
    assert value["s"] == pytest.approx(right)
    assert value["flat"] == 0.5
    assert draws["s"].min() < right < draws["s"].max()


def test_an_unknown_score_counts_as_the_smallest():
    pairs = measures.pairs_of(np.zeros(3), np.array([3.0, 2.0, 1.0]), np.zeros(3, dtype=int))
    value, _ = measures.pair_accuracy(pairs, {"s": np.array([np.nan, 1.0, 0.0])}, draws=2)
    assert value["s"] == pytest.approx(1 / 3)


def test_ndcg_is_one_in_the_best_order_and_less_in_any_other():
    gain = np.arange(30.0)
    assert measures.ndcg(gain, gain) == pytest.approx(1.0)
    assert measures.ndcg(-gain, gain) < 0.2


def test_cohorts_are_ranked_apart():
    cohort = np.repeat([0, 1], 20)
    outcome = np.tile(np.arange(20.0), 2)
    score = outcome + 1_000 * cohort
    rank, gain, n_cohorts, n = measures.inside_cohorts(cohort, -score, outcome)
    assert rank == pytest.approx(-1.0)
    assert (n_cohorts, n) == (2, 40)
    assert measures.inside_cohorts(cohort, score, outcome)[:2] == pytest.approx((1.0, 1.0))
    assert gain < 1


def test_baselines_say_something_of_everybody_and_never_look_ahead(now, then):
    outcome = then.creators["outcome"].fill_null(float("nan")).to_numpy()
    size = np.log10(np.maximum(now.creators["followers"].to_numpy(), 1))
    pairs = measures.pairs_of(size, outcome, np.zeros(len(size), dtype=int), close=0.5)
    everything = {**baselines.BASELINES, **baselines.ABLATIONS}
    scores = {name: make(now) for name, make in everything.items()}
    assert all(len(score) == now.creators.height for score in scores.values())
    value, _ = measures.pair_accuracy(pairs, scores, draws=2)
    assert value[baselines.PAST] > 0.55
    assert value["past mean, distinct accounts not flagged"] > 0.55


def test_pagerank_is_that_of_a_graph_worked_out_by_hand(now):
    # Two followers of one creator, who follows another; damping 0.85.
    keys = now.creators["creator"][:2].to_list()
    follows = pl.DataFrame(
        {"follower": [1, 2, keys[0]], "followed": [keys[0], keys[0], keys[1]], "at": [0, 0, 0]},
        schema={"follower": pl.UInt64, "followed": pl.UInt64, "at": pl.Int64},
    )
    rank = baselines.pagerank_follows(now._replace(follows=follows))
    first, second = rank[:2]
    # a: everybody's jump and what hangs; then 1 and 2 have a, the first a + 2 * 0.85 a,
    # the second a + 0.85 * (first).
    assert first / second == pytest.approx(2.7 / (1 + 0.85 * 2.7), rel=1e-3)
    assert np.isnan(rank[2:]).all()


def test_dealing_keeps_posts_and_sizes(now, then):
    other, after = guards.dealt(now, then, seed=1)
    assert sorted(other.posts["post"]) == sorted(now.posts["post"])
    assert other.acts.height == now.acts.height
    assert after.posts["acts"].sum() == then.posts["acts"].sum()
    moved = other.posts.join(now.posts, on="post", suffix="_before")
    assert (moved["creator"] != moved["creator_before"]).mean() > 0.9
    assert other.creators.equals(now.creators)


def test_before_exposure_counts_followers_who_shared_elsewhere(now):
    value = guards.before_exposure(now)
    assert len(value) == now.creators.height
    brought = set(now.posts.filter(pl.col("item") >= 0)["creator"])
    known = now.creators.filter(pl.Series(~np.isnan(value)))["creator"]
    assert set(known) == brought & set(now.creators["creator"])


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UnknownValue, match="worlds"):
        measure(None, only="b1", quick=True, seeds=None, scale=None, say=print)
    with pytest.raises(UsageError, match="whole numbers"):
        seeds_of("one", quick=True)
    assert seeds_of("7,8", quick=False) == (7, 8)
    assert all(seed >= 3000 for seed in seeds_of(None, quick=False))
    assert all(seed < 3000 for seed in seeds_of(None, quick=True))


def test_sets_that_are_not_there_are_named():
    told = measure(
        None, only="posts,saying", quick=True, seeds=None, scale=None, say=lambda _: None
    )
    assert [("data set" in one["missing"]) for one in told["benchmarks"]] == [True, True]


def test_a_network_for_timing_is_judged_whole(tmp_path):
    scale.write_files(tmp_path, 60_000)
    acts = pl.read_parquet(tmp_path / "acts" / "*.parquet")
    posts = pl.read_parquet(tmp_path / "posts" / "*.parquet")
    assert 40_000 < acts.height < 80_000
    assert acts.select("post", "actor", "kind").is_duplicated().sum() == 0
    assert posts["likes"].sum() == acts.filter(pl.col("kind") == 0).height
    found = scale.measured(tmp_path)
    assert found["acts"] == acts.height
    assert found["judged"] >= 0.95 * found["creators"]
    assert not list(tmp_path.glob(".scale-*"))
