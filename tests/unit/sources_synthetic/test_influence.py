"""The promises about a world with planted influence: what stays, what is true, what is told."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from influencr.errors import UsageError
from influencr.sources.files import inspect
from influencr.sources.synthetic import AS_OF, TEST, TINY, Influence, write_world

_POSTS = TEST._replace(mean_posts=40)

#: Of TINY with seed 5, as text: vetting was measured on worlds of this version. Whoever changes
#: one of these changes VERSION, and says which measurements are stale by it.
_UNCHANGED = {
    "bluesky_follows.parquet": "3e478266421541c4",
    "bluesky_profiles.parquet": "7f1bbc440df6f62a",
    "bluesky_packs.csv": "a39c27e4a7ff3b15",
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    return write_world(folder / "world", **_POSTS._asdict(), seed=3, influence=Influence())


@pytest.fixture(scope="module")
def acts(planted):
    """Every act on an own post with its cause and what is known about actor and post."""
    posts = pl.read_parquet(planted.observed / "bluesky_posts.parquet")
    causes = pl.read_parquet(planted.truth / "acts.parquet").select(
        actor="planted_actor",
        post_id="planted_post",
        kind="planted_act",
        cause="planted_cause",
    )
    own = posts.filter(pl.col("kind").is_in(["post", "quote"]))
    return (
        pl.read_parquet(planted.observed / "bluesky_engagements.parquet")
        .join(own.select(post_id="uri", creator="did", posted="createdAt"), on="post_id")
        .join(causes, on=["actor", "post_id", "kind"], how="left")
        .with_columns(pl.col("cause").fill_null("own"))
    )


def test_what_vetting_was_measured_on_has_not_changed(tmp_path):
    world = write_world(tmp_path / "w", **TINY._asdict(), seed=5)
    found = {}
    for name in _UNCHANGED:
        path = world.observed / name
        read = pl.read_parquet(path) if name.endswith("parquet") else pl.read_csv(path)
        found[name] = hashlib.sha256(read.write_csv().encode()).hexdigest()[:16]
    assert found == _UNCHANGED


def test_accounts_follows_and_packs_are_those_of_the_plain_world(planted, tmp_path):
    plain = write_world(tmp_path / "plain", **_POSTS._asdict(), seed=3)
    for name in ("bluesky_follows.parquet", "bluesky_packs.csv"):
        assert (plain.observed / name).read_bytes() == (planted.observed / name).read_bytes()
    before, after = (
        pl.read_parquet(world.observed / "bluesky_profiles.parquet").drop("postsCount")
        for world in (plain, planted)
    )
    assert before.equals(after)


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_world(tmp_path / name, **TINY._asdict(), seed=5, influence=Influence())
    files = sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file())
    for path in files:
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path


def test_no_act_is_there_twice_or_before_its_post(acts):
    assert acts.select("actor", "post_id", "kind").is_duplicated().sum() == 0
    assert (acts["at"] > acts["posted"]).all()
    assert acts["at"].max() < AS_OF


def test_truth_about_acts_names_acts_that_can_be_seen(planted, acts):
    told = pl.read_parquet(planted.truth / "acts.parquet")
    assert acts.filter(pl.col("cause") != "own").height == told.height
    assert set(told["planted_cause"]) >= {"outsider", "common", "applause", "paid", "crowd"}


def test_paid_acts_come_from_sellers_accounts_while_they_are_paid_for(planted, acts):
    kinds = pl.read_parquet(planted.truth / "accounts.parquet")
    bought = kinds.filter(pl.col("planted_kind") == "bought")["planted_profile"]
    paid = acts.filter(pl.col("cause") == "paid")
    assert paid["actor"].is_in(bought.implode()).all()
    assert not acts.filter(pl.col("cause") == "own")["actor"].is_in(bought.implode()).any()
    truth = pl.read_parquet(planted.truth / "influence.parquet")
    joined = paid.join(truth, left_on="creator", right_on="planted_profile")
    assert joined.height == paid.height
    inside = pl.col("posted").is_between("planted_paid_from", "planted_paid_until")
    assert joined.select(inside.all()).item()


def test_people_react_after_they_followed(planted, acts):
    follows = pl.read_parquet(planted.observed / "bluesky_follows.parquet")
    own = acts.filter(pl.col("cause").is_in(["own", "applause", "common"]))
    joined = own.join(
        follows, left_on=["actor", "creator"], right_on=["follower", "followed"], how="left"
    )
    assert (joined["followed_at"] <= joined["at"]).all()


def test_replies_without_content_say_nothing_and_others_say_something(planted, acts):
    posts = pl.read_parquet(planted.observed / "bluesky_posts.parquet")
    replies = posts.filter(pl.col("kind") == "reply").select(
        actor="did", post_id="replyParent", text="text"
    )
    told = acts.filter(pl.col("kind") == "reply").join(replies, on=["actor", "post_id"])
    words = told.group_by("cause").agg(pl.col("text").str.split(" ").list.len().median())
    median = dict(words.iter_rows())
    assert median["applause"] <= 3 < 5 <= median["own"]


def test_items_are_brought_by_several_and_shared_by_the_same(planted, acts):
    posts = pl.read_parquet(planted.observed / "bluesky_posts.parquet").with_columns(
        item=pl.col("text").str.extract(r"wire\.example/(\d+)")
    )
    linked = posts.filter(pl.col("item").is_not_null())
    assert linked.height > 0.02 * posts.filter(pl.col("kind") == "post").height
    common = acts.filter(pl.col("cause") == "common")
    assert common["post_id"].is_in(linked["uri"].implode()).all()


def test_posts_begin_when_truth_says_so(planted):
    truth = pl.read_parquet(planted.truth / "influence.parquet")
    late = truth.filter(pl.col("planted_begins").is_not_null())
    assert late.height > 5
    own = pl.read_parquet(planted.observed / "bluesky_posts.parquet").filter(
        pl.col("kind").is_in(["post", "quote", "repost"])
    )
    joined = late.join(own, left_on="planted_profile", right_on="did")
    # The newest post, and those that a plan needs, stay whatever happens.
    before = joined.filter(pl.col("createdAt") < pl.col("planted_begins"))
    assert before.height == 0 or before["planted_profile"].value_counts()["count"].max() <= 3
    assert before.height < 0.05 * joined.height


def test_acts_follow_the_law_on_average(planted, acts):
    truth = pl.read_parquet(planted.truth / "influence.parquet")
    own = pl.read_parquet(planted.observed / "bluesky_posts.parquet").filter(
        pl.col("kind").is_in(["post", "quote"]) & (pl.col("createdAt") > AS_OF - timedelta(60))
    )
    meant = acts.filter(
        (pl.col("cause") == "own") & (pl.col("kind") != "like"), pl.col("post_id").is_in(own["uri"])
    )
    told = (
        own.group_by(planted_profile="did")
        .len("posts")
        .join(meant.group_by(planted_profile="creator").len("acts"), on="planted_profile")
        .join(truth.filter(~pl.col("planted_placebo")), on="planted_profile")
    )
    expected = (told["posts"] * told["planted_acts_28_days_before"]).sum()
    assert 0.6 < told["acts"].sum() / expected < 1.5
    rate = (told["acts"] / told["posts"]).log().to_numpy()
    law = told["planted_acts_28_days_before"].log().to_numpy()
    assert np.corrcoef(rate, law)[0, 1] > 0.7


def test_of_placebo_creators_there_is_nothing_to_know(planted):
    truth = pl.read_parquet(planted.truth / "influence.parquet")
    placebo = truth.filter("planted_placebo")
    assert placebo.height > 10
    for column in truth.columns:
        if "_before" in column:
            assert placebo[column].is_null().all(), column
            assert truth.filter(~pl.col("planted_placebo"))[column].is_not_null().all()
    assert (placebo["planted_paid_times"] == 0).all()


def test_truth_files_are_refused_as_imports_and_every_number_is_stated(planted):
    for name in ("acts", "influence"):
        with pytest.raises(UsageError):
            inspect(planted.truth / f"{name}.parquet")
    told = json.loads((planted.folder / "world.json").read_text())
    for name, value in Influence()._asdict().items():
        assert told["parameters"]["influence"][name] == value


def test_a_plain_world_says_nothing_about_influence(tmp_path):
    world = write_world(tmp_path / "w", **TINY._asdict(), seed=5)
    assert "influence" not in json.loads((world.folder / "world.json").read_text())["parameters"]
    assert not (world.truth / "acts.parquet").exists()


def test_without_sellers_nobody_is_paid(tmp_path):
    world = write_world(
        tmp_path / "w", **TINY._asdict(), seed=5, bought=False, influence=Influence()
    )
    assert "paid" not in set(pl.read_parquet(world.truth / "acts.parquet")["planted_cause"])


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (Influence(placebo=1.5), "placebo"),
        (Influence(drift=-0.1), "drift"),
        (Influence(drift_days=0), "drift_days"),
        (Influence(breakout_tail=0), "breakout_tail"),
        (Influence(common=0), "common"),
    ],
)
def test_impossible_numbers_are_refused(tmp_path, how, named):
    with pytest.raises(UsageError, match=named):
        write_world(tmp_path / "w", **TINY._asdict(), influence=how)
