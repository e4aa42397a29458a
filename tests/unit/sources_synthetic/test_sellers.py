"""Every way of selling that vetting must withstand is there, and does what its name says."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from influencr.sources.synthetic import VERSION, write_world
from influencr.sources.synthetic._sellers import STYLES


class Market(NamedTuple):
    profiles: pl.DataFrame
    posts: pl.DataFrame
    packs: pl.DataFrame
    follows: pl.DataFrame
    accounts: pl.DataFrame
    creators: pl.DataFrame
    batches: pl.DataFrame
    bursts: pl.DataFrame
    members: pl.DataFrame

    def orders(self, style: str) -> pl.DataFrame:
        """Follows of one style's orders, with when each account was made and what it is."""
        batches = self.batches.filter(pl.col("planted_style") == style)
        who = self.accounts.select(
            planted_actor="planted_profile", kind="planted_kind", made="planted_created_at"
        )
        return (
            self.members.filter(pl.col("planted_cause") == "bought")
            .join(batches, on="planted_event")
            .join(who, on="planted_actor")
        )


@pytest.fixture(scope="module")
def market(tmp_path_factory) -> Market:
    world = write_world(
        tmp_path_factory.mktemp("sellers") / "world",
        n_creators=5_200,
        n_audience=16_000,
        mean_follows=40,
        mean_posts=4,
        seed=4,
    )
    seen, true = world.observed, world.truth
    return Market(
        pl.read_parquet(seen / "bluesky_profiles.parquet"),
        pl.read_parquet(seen / "bluesky_posts.parquet"),
        pl.read_csv(seen / "bluesky_packs.csv"),
        pl.read_parquet(seen / "bluesky_follows.parquet"),
        *(
            pl.read_parquet(true / f"{name}.parquet")
            for name in ("accounts", "creators", "batches", "bursts", "event_members")
        ),
    )


def test_every_style_is_there_and_keeps_its_time(market):
    assert set(market.batches["planted_style"]) == set(STYLES)
    for name, style in STYLES.items():
        orders = market.orders(name)
        assert orders.height > 100, name
        days = orders["planted_lasted_days"]
        assert days.min() >= style.shortest, name
        assert days.max() <= style.longest, name
        late = (orders["planted_time"] - orders["planted_started_at"]).dt.total_seconds()
        assert (late >= 0).all(), name
        assert (late <= days * 86_400 + 1).all(), name


@pytest.mark.parametrize("name", [name for name, style in STYLES.items() if not style.taken])
def test_accounts_of_a_seller_belong_to_nobody_else(market, name):
    assert set(market.orders(name)["kind"]) == {"bought"}


def test_taken_accounts_are_ordinary_and_old(market):
    orders = market.orders("hijacked")
    assert "bought" not in set(orders["kind"])
    assert (orders["planted_time"] - orders["made"]).min() > timedelta(days=60)
    before = market.follows.join(
        orders.select(follower="planted_actor").unique(), on="follower", how="semi"
    )
    assert before.height > 2 * orders.height


def test_batches_are_made_within_weeks_and_aged_accounts_are_not(market):
    for name, style in STYLES.items():
        made = market.orders(name).unique("planted_actor").group_by("planted_seller")
        spread = made.agg((pl.col("made").max() - pl.col("made").min()).alias("s"))["s"]
        if style.fresh:
            assert spread.max() < timedelta(days=30), name
        else:
            assert spread.min() > timedelta(days=200), name


@pytest.mark.parametrize("name", ["one_sitting", "laundered", "own_pack"])
def test_all_orders_of_an_account_in_one_sitting(market, name):
    several = (
        market.orders(name)
        .group_by("planted_actor")
        .agg(pl.len(), (pl.col("planted_time").max() - pl.col("planted_time").min()).alias("span"))
        .filter(pl.col("len") > 1)
    )
    assert several.height > 20
    assert several["span"].max() < timedelta(minutes=2)


def test_a_laundering_account_clicks_a_known_pack_in_the_same_minutes(market):
    orders = market.orders("laundered")
    clicks = market.follows.filter(pl.col("via").is_not_null()).select(
        "via", at="followed_at", planted_actor="follower"
    )
    near = orders.join(clicks, on="planted_actor").filter(
        (pl.col("at") - pl.col("planted_time")).abs() < timedelta(minutes=5)
    )
    assert near["planted_actor"].n_unique() == orders["planted_actor"].n_unique()
    assert near["via"].n_unique() == 1
    pack = market.packs.filter(pl.col("pack_id") == near["via"][0])["member"]
    assert not set(pack) & set(orders["planted_target"]) or pack.len() > 8


def test_a_pack_of_the_sellers_holds_the_customers(market):
    orders = market.orders("own_pack")
    via = orders.join(
        market.follows,
        left_on=["planted_actor", "planted_target"],
        right_on=["follower", "followed"],
    )["via"]
    assert via.null_count() == 0
    assert via.n_unique() == 1
    pack = set(market.packs.filter(pl.col("pack_id") == via[0])["member"])
    assert set(orders["planted_target"]) < pack


def test_camouflage_follows_as_many_as_ordinary_people(market):
    follows = market.profiles.select(planted_actor="did", n="followsCount")
    usual = market.profiles["followsCount"].median()
    hidden = market.orders("camouflaged").unique("planted_actor").join(follows, on="planted_actor")
    plain = market.orders("instant").unique("planted_actor").join(follows, on="planted_actor")
    assert hidden["n"].median() > 0.6 * usual
    assert hidden["n"].median() > 1.5 * plain["n"].median()


def test_strangers_get_a_few_without_an_order(market):
    got = market.bursts.filter(
        (pl.col("planted_kind") == "unsolicited") & pl.col("planted_creator").is_not_null()
    )
    assert got.height >= 10
    assert set(got["planted_creator"]).isdisjoint(set(market.batches["planted_customer"]))
    creators = market.creators.with_columns(
        pl.col("planted_profile").str.strip_prefix("bluesky:").alias("planted_creator")
    )
    theirs = got.join(creators, on="planted_creator")
    assert (theirs["planted_sellers_followers"] >= theirs["planted_follows"]).all()
    assert (theirs["planted_bought_followers"] == 0).all()


def test_press_is_named_on_the_network_and_brings_newcomers(market):
    press = market.bursts.filter(pl.col("planted_kind") == "press")
    named = press.filter(pl.col("planted_mentions") > 0)
    assert 0.3 * press.height < named.height < press.height
    posts = market.posts.filter(pl.col("mentions").is_not_null()).explode("mentions")
    assert posts.height == press["planted_mentions"].sum()
    handles = dict(market.profiles.select("did", "handle").iter_rows())
    for text, whom in posts.select("text", "mentions").iter_rows():
        assert text.endswith(f"@{handles[whom]}")
    near = posts.join(named, left_on="mentions", right_on="planted_creator").filter(
        (pl.col("createdAt") - pl.col("planted_started_at")).is_between(
            timedelta(0), timedelta(days=1)
        )
    )
    assert near.height == posts.height
    new = market.members.join(
        press.filter(pl.col("planted_newcomers") > 3), on="planted_event"
    ).join(
        market.accounts.select(planted_actor="planted_profile", made="planted_created_at"),
        on="planted_actor",
    )
    young = (new["planted_time"] - new["made"]) < timedelta(days=2, minutes=1)
    assert young.sum() >= 0.6 * press["planted_newcomers"].sum()


def test_followers_of_the_last_migration_are_mostly_days_old(market):
    from influencr.sources.synthetic._cast import MIGRATIONS

    days_before, length, _ = MIGRATIONS[-1]
    end = market.follows["followed_at"].max() - timedelta(days=days_before - length)
    wave = market.follows.filter(
        pl.col("followed_at").is_between(end - timedelta(days=4), end + timedelta(days=1))
        & pl.col("via").is_null()
    ).join(market.profiles.select(follower="did", made="createdAt"), on="follower")
    young = (wave["followed_at"] - wave["made"]) < timedelta(days=7)
    assert young.mean() > 0.5


def test_no_single_field_tells_sellers_accounts_apart(market):
    """Neither side of any threshold on any field of a profile holds one kind only."""
    ordinary = ("lurker", "ordinary", "talkative")
    both = market.profiles.join(market.accounts, left_on="did", right_on="planted_profile").filter(
        pl.col("planted_kind").is_in([*ordinary, "bought"])
    )
    bought = (both["planted_kind"] == "bought").to_numpy()
    fields = {
        "digits": both["handle"].str.count_matches(r"\d"),
        "bio": both["description"].str.len_chars(),
        "name": both["displayName"].is_null(),
        "avatar": both["hasAvatar"],
        "followers": both["followersCount"],
        "following": both["followsCount"],
        "posts": both["postsCount"],
        "age": both["createdAt"].dt.epoch("s"),
    }
    for name, values in fields.items():
        field = values.cast(pl.Float64).to_numpy()
        for cut in np.unique(np.quantile(field, np.linspace(0.02, 0.98, 25))):
            gap = abs((field[bought] > cut).mean() - (field[~bought] > cut).mean())
            assert gap < 0.75, (name, cut)
    pasted = both.filter(pl.col("description") == "good vibes only")["planted_kind"]
    assert pasted.n_unique() > 1


def test_the_version_is_told(tmp_path):
    import json

    world = write_world(tmp_path / "w", n_creators=60, n_audience=120, only=("packs",))
    assert json.loads((world.folder / "world.json").read_text())["version"] == VERSION
