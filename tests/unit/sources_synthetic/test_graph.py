"""What is observed agrees with itself and with what was planted."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.sources.synthetic import Devotion, write_world
from influencr.sources.synthetic._words import load

SECOND = timedelta(seconds=1)


def test_counts_are_the_edges(loaded):
    profiles, follows = loaded.seen("bluesky_profiles"), loaded.seen("bluesky_follows")
    assert follows.n_unique(["follower", "followed"]) == follows.height
    assert follows.filter(pl.col("follower") == pl.col("followed")).height == 0
    for column, end in (("followersCount", "followed"), ("followsCount", "follower")):
        counted = follows.group_by(pl.col(end).alias("did")).len()
        both = profiles.join(counted, on="did", how="left").with_columns(pl.col("len").fill_null(0))
        assert (both[column] == both["len"]).all()


def test_nobody_follows_before_both_exist_or_after_the_observation(loaded):
    profiles, follows = loaded.seen("bluesky_profiles"), loaded.seen("bluesky_follows")
    joined = follows.join(profiles.select(follower="did", a="createdAt"), on="follower").join(
        profiles.select(followed="did", b="createdAt"), on="followed"
    )
    assert joined.height == follows.height
    assert (joined["followed_at"] > joined["a"]).all()
    assert (joined["followed_at"] > joined["b"]).all()
    assert follows["followed_at"].max() < loaded.world.as_of


def test_post_counts_are_the_events(loaded):
    posts, acts = loaded.seen("bluesky_posts"), loaded.seen("bluesky_engagements")
    assert posts["uri"].n_unique() == posts.height
    assert acts.n_unique(["actor", "post_id", "kind"]) == acts.height
    assert acts.join(posts, left_on="post_id", right_on="uri", how="anti").height == 0
    for column, kind in (
        ("likeCount", "like"),
        ("repostCount", "repost"),
        ("replyCount", "reply"),
        ("quoteCount", "quote"),
    ):
        counted = acts.filter(pl.col("kind") == kind).group_by(pl.col("post_id").alias("uri")).len()
        both = posts.join(counted, on="uri", how="left").with_columns(pl.col("len").fill_null(0))
        assert (both[column] == both["len"]).all(), kind


def test_acts_come_after_the_post_and_replies_are_posts(loaded):
    posts, acts = loaded.seen("bluesky_posts"), loaded.seen("bluesky_engagements")
    joined = acts.join(posts.select(post_id="uri", made="createdAt", author="did"), on="post_id")
    assert (joined["at"] > joined["made"]).all()
    assert joined["at"].max() < loaded.world.as_of
    assert (joined["actor"] != joined["author"]).all()
    replies = posts.filter(pl.col("kind") == "reply")
    assert replies["replyParent"].is_not_null().all()
    assert replies.height == acts.filter(pl.col("kind") == "reply").height
    assert posts.filter(pl.col("kind") == "repost")["text"].is_null().all()
    assert posts.filter(pl.col("kind") != "repost")["text"].str.len_chars().min() > 0


def test_regulars_engage_only_after_they_follow(loaded):
    posts, acts = loaded.seen("bluesky_posts"), loaded.seen("bluesky_engagements")
    follows, pods = loaded.seen("bluesky_follows"), loaded.true("pods")
    crowds = loaded.true("event_members").filter(
        pl.col("planted_cause").is_in(["viral", "giveaway"])
    )
    joined = acts.join(posts.select(post_id="uri", author="did", kind_of="kind"), on="post_id")
    joined = joined.filter(pl.col("kind_of") != "reply")
    joined = joined.join(
        follows, left_on=["actor", "author"], right_on=["follower", "followed"], how="left"
    ).join(
        crowds.select(actor="planted_actor", author="planted_target", crowd="planted_cause"),
        on=["actor", "author"],
        how="left",
    )
    # A crowd reacts before it follows; who had been planned twice may follow for the other reason.
    burst = loaded.true("bursts").filter(pl.col("planted_has_post"))
    joined = joined.join(
        posts.select(post_id="uri", made="createdAt", planted_creator="did").join(
            burst,
            left_on=["planted_creator", "made"],
            right_on=["planted_creator", "planted_started_at"],
        ),
        on="post_id",
        how="anti",
    )
    usual = joined.filter(
        pl.col("crowd").is_null() & ~pl.col("actor").is_in(pods["planted_account"].implode())
    )
    assert usual.height > 1_000
    assert (usual["at"] > usual["followed_at"]).all()


def test_profiles_count_at_least_the_posts_seen(loaded):
    posts, profiles = loaded.seen("bluesky_posts"), loaded.seen("bluesky_profiles")
    seen = posts.group_by("did").len()
    both = profiles.join(seen, on="did", how="inner")
    assert both.height == seen.height
    assert (both["postsCount"] >= both["len"]).all()


def test_bought_members_follow_inside_their_batch(loaded):
    batches, members = loaded.true("batches"), loaded.true("event_members")
    accounts, follows = loaded.true("accounts"), loaded.seen("bluesky_follows")
    bought = members.filter(pl.col("planted_cause") == "bought").join(batches, on="planted_event")
    assert batches.height >= 3
    assert (bought["planted_target"] == bought["planted_customer"]).all()
    late = bought["planted_time"] - bought["planted_started_at"]
    lasted = (bought["planted_lasted_days"] * 86_400).ceil().cast(pl.Int64).to_list()
    assert all(
        timedelta(0) <= d <= timedelta(seconds=s) + SECOND
        for d, s in zip(late, lasted, strict=True)
    )
    kinds = dict(accounts.select("planted_profile", "planted_kind").iter_rows())
    assert {kinds[actor] for actor in bought["planted_actor"]} == {"bought"}
    really = bought.join(
        follows,
        left_on=["planted_actor", "planted_target", "planted_time"],
        right_on=["follower", "followed", "followed_at"],
        how="semi",
    )
    assert really.height == bought.height


def test_customers_of_a_seller_share_accounts(loaded):
    batches, members = loaded.true("batches"), loaded.true("event_members")
    bought = members.filter(pl.col("planted_cause") == "bought").join(batches, on="planted_event")
    per_account = bought.group_by("planted_actor").agg(
        pl.col("planted_seller").n_unique().alias("sellers"),
        pl.col("planted_customer").n_unique().alias("customers"),
    )
    assert per_account["sellers"].max() == 1
    assert per_account["customers"].max() >= 2


def test_bought_share_is_what_the_edges_say(loaded):
    creators, members = loaded.true("creators"), loaded.true("event_members")
    bought = members.filter(pl.col("planted_cause") == "bought").group_by("planted_target").len()
    graph = creators.filter(pl.col("planted_profile").str.starts_with("bluesky:")).with_columns(
        did=pl.col("planted_profile").str.strip_prefix("bluesky:")
    )
    both = graph.join(bought, left_on="did", right_on="planted_target", how="left")
    assert (both["planted_bought_followers"] == both["len"].fill_null(0)).all()
    profiles = loaded.seen("bluesky_profiles")
    total = graph.join(profiles, on="did")
    assert (
        total["planted_organic_followers"] + total["planted_bought_followers"]
        == total["followersCount"]
    ).all()


def test_pack_waves_say_so(loaded):
    follows, members = loaded.seen("bluesky_follows"), loaded.true("event_members")
    packs = pl.read_csv(loaded.world.observed / "bluesky_packs.csv")
    waves = members.filter(pl.col("planted_cause") == "pack").join(
        follows,
        left_on=["planted_actor", "planted_target"],
        right_on=["follower", "followed"],
    )
    assert waves.height > 100
    assert waves["via"].is_not_null().all()
    assert follows.filter(pl.col("via").is_not_null()).height == waves.height
    named = waves.join(
        packs, left_on=["via", "planted_target"], right_on=["pack_id", "member"], how="semi"
    )
    assert named.height == waves.height
    clicks = waves.group_by("planted_event", "planted_actor").agg(
        (pl.col("followed_at").max() - pl.col("followed_at").min()).alias("span")
    )
    assert clicks["span"].max() < timedelta(minutes=5)
    assert packs.group_by("pack_id").len()["len"].max() <= 150


def test_bursts_of_every_innocent_kind(loaded):
    bursts = loaded.true("bursts")
    kinds = {"pack", "onboarding", "viral", "giveaway", "press"}
    assert set(bursts["planted_kind"]) - {"unsolicited"} == kinds
    posts = loaded.seen("bluesky_posts").filter(pl.col("kind") == "post")
    explained = bursts.filter(pl.col("planted_has_post")).join(
        posts,
        left_on=["planted_creator", "planted_started_at"],
        right_on=["did", "createdAt"],
    )
    assert explained.height == bursts.filter(pl.col("planted_has_post")).height
    viral = explained.filter(pl.col("planted_kind") == "viral")
    assert (viral["repostCount"] > 0).all()
    customers = set(loaded.true("batches")["planted_customer"])
    assert customers.isdisjoint(set(bursts["planted_creator"].drop_nulls()))


def test_rings_follow_each_other(loaded):
    rings, follows = loaded.true("rings"), loaded.seen("bluesky_follows")
    for (_,), ring in rings.group_by("planted_ring"):
        members = ring["planted_account"].implode()
        inside = follows.filter(
            pl.col("follower").is_in(members) & pl.col("followed").is_in(members)
        )
        assert inside.height > 0.5 * ring.height * (ring.height - 1)


def test_pods_comment_within_the_hour(loaded):
    pods, posts = loaded.true("pods"), loaded.seen("bluesky_posts")
    acts = loaded.seen("bluesky_engagements")
    members = pods["planted_account"]
    joined = acts.filter(pl.col("actor").is_in(members.implode())).join(
        posts.filter((pl.col("kind") == "post") & pl.col("did").is_in(members.implode())),
        left_on="post_id",
        right_on="uri",
    )
    quick = (joined["at"] - joined["createdAt"]) < timedelta(hours=1)
    assert joined.height > 20
    assert quick.sum() / joined.height > 0.9


def test_answers_follow_planted_closeness(loaded):
    creators = loaded.true("creators").filter(
        (pl.col("planted_kind") == "creator") & (pl.col("planted_replies") >= 15)
    )
    rate = creators["planted_answers"] / creators["planted_replies"]
    assert np.corrcoef(rate, creators["planted_closeness"])[0, 1] > 0.55
    posts = loaded.seen("bluesky_posts")
    answered = posts.filter(pl.col("replyParent").is_not_null()).join(
        posts.filter(pl.col("kind") == "reply").select(replyParent="uri", first="createdAt"),
        on="replyParent",
    )
    assert answered.height == loaded.true("creators")["planted_answers"].sum()
    assert (answered["createdAt"] > answered["first"]).all()


def test_acts_follow_planted_influence_not_size_alone(loaded):
    creators = loaded.true("creators").filter(
        (pl.col("planted_kind") == "creator")
        & (pl.col("planted_bought_followers") == 0)
        & pl.col("planted_mean_acts").is_not_null()
        & (pl.col("planted_organic_followers") >= 20)
    )
    residual = np.log(creators["planted_mean_acts"] + 0.1) - 0.8 * np.log(
        creators["planted_organic_followers"]
    )
    assert np.corrcoef(residual, creators["planted_influence"])[0, 1] > 0.4
    size = np.log(creators["planted_organic_followers"])
    assert abs(np.corrcoef(size, creators["planted_influence"])[0, 1]) < 0.25


def test_audience_by_country_adds_up(loaded):
    places, creators = loaded.true("audience_places"), loaded.true("creators")
    summed = places.group_by("planted_profile").agg(pl.col("planted_organic_followers").sum())
    graph = creators.filter(pl.col("planted_profile").str.starts_with("bluesky:")).with_columns(
        planted_profile=pl.col("planted_profile").str.strip_prefix("bluesky:")
    )
    both = graph.join(summed, on="planted_profile", suffix="_summed")
    assert (both["planted_organic_followers"] == both["planted_organic_followers_summed"]).all()


def test_migration_waves_show_in_sign_ups(loaded):
    from influencr.sources.synthetic._cast import MIGRATIONS

    accounts = loaded.true("accounts")
    made = accounts.filter(pl.col("planted_kind") == "lurker")["planted_created_at"]
    for days_before, length, share in MIGRATIONS:
        end = loaded.world.as_of - timedelta(days=days_before - length + 1)
        inside = made.is_between(end - timedelta(days=length + 2), end + timedelta(days=length))
        assert inside.sum() / len(made) > 0.7 * share


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("creator", 0.78, 0.92), ("brand", 0.02, 0.11), ("celebrity", 0.005, 0.07)],
)
def test_shares_of_creator_kinds(loaded, kind, low, high):
    creators = loaded.true("creators")
    assert low < (creators["planted_kind"] == kind).sum() / creators.height < high


def test_sizes_have_heavy_tails(loaded):
    creators = loaded.true("creators")
    total = (creators["planted_organic_followers"] + creators["planted_bought_followers"]).sort()
    assert total.quantile(0.99) > 15 * total.median()
    assert total.tail(total.len() // 10).sum() > 0.5 * total.sum()
    profiles = loaded.seen("bluesky_profiles")
    silent = profiles.filter(pl.col("postsCount") == 0).height / profiles.height
    assert 0.6 < silent < 0.92


def test_people_follow_their_own_topic_whatever_its_number(tmp_path):
    # Enough creators that most topics have a group of their own in the largest language.
    world = write_world(
        tmp_path / "world",
        n_creators=4_000,
        n_audience=1_500,
        mean_follows=30,
        mean_posts=1,
        seed=3,
        only=("follows", "truth"),
    )
    accounts = pl.read_parquet(world.truth / "accounts.parquet").select(
        "planted_profile", kind="planted_kind", speaks="planted_language", topic="planted_topic_1"
    )
    order = [topic.key for topic in load().topics]
    follows = (
        pl.read_parquet(world.observed / "bluesky_follows*.parquet")
        .join(accounts, left_on="follower", right_on="planted_profile")
        .join(accounts, left_on="followed", right_on="planted_profile", suffix="_of")
        .filter(
            (pl.col("speaks") == "en")
            & (pl.col("kind_of") == "creator")
            & pl.col("kind").is_in(["lurker", "ordinary", "talkative"])
        )
        .with_columns(number=pl.col("topic").replace_strict({k: i for i, k in enumerate(order)}))
    )
    for low in range(0, len(order), 10):
        mine = follows.filter(pl.col("number").is_between(low, low + 9))
        same = (mine["topic"] == mine["topic_of"]).mean()
        common = follows["topic_of"].value_counts(normalize=True).rename({"topic_of": "topic"})
        chance = mine.join(common, on="topic", how="left")["proportion"].fill_null(0.0).mean()
        assert same > 1.8 * chance, order[low]


def test_a_devoted_share_follows_its_topics_and_nobody_else_does(tmp_path):
    wanted = ("fitness", "yoga", "running")
    world = write_world(
        tmp_path / "world",
        n_creators=4_000,
        n_audience=1_500,
        mean_follows=40,
        mean_posts=1,
        seed=5,
        devotion=Devotion(wanted, 0.4),
        only=("follows", "truth"),
    )
    accounts = pl.read_parquet(world.truth / "accounts.parquet")
    audience = accounts.filter(pl.col("planted_kind").is_in(["lurker", "ordinary", "talkative"]))
    english = audience.filter(pl.col("planted_language") == "en")
    assert 0.3 < english["planted_devoted"].mean() < 0.5
    topics = [f"planted_topic_{i}" for i in (1, 2, 3)]
    cares = pl.any_horizontal(pl.col(t).is_in(wanted) for t in topics)
    assert audience.select((cares == pl.col("planted_devoted")).all()).item()
    about = accounts.select(followed="planted_profile", on=pl.col(topics[0]).is_in(wanted))
    follows = (
        pl.read_parquet(world.observed / "bluesky_follows.parquet")
        .join(english.select(follower="planted_profile", devoted="planted_devoted"), on="follower")
        .join(about, on="followed")
    )
    shares = dict(follows.group_by("devoted").agg(pl.col("on").mean()).iter_rows())
    assert shares[True] > 0.45
    assert shares[False] < 0.15
    with pytest.raises(UnknownValue, match="'yoga'"):
        write_world(
            tmp_path / "w", n_creators=60, n_audience=100, devotion=Devotion(("yogaa",), 0.1)
        )
    with pytest.raises(UsageError, match="outside 0 to 1"):
        write_world(tmp_path / "w", n_creators=60, n_audience=100, devotion=Devotion(wanted, 2.0))
