"""The score on a small home of our own making: what it promises, and what it refuses."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.influence import score
from influencr.influence.score import RESULT_SCHEMA, Context
from influencr.influence.score._told import FALLBACK, MEMORIES
from influencr.records import Policy

DAY = 86_400
NOW = 1_780_000_000


class Home(NamedTuple):
    """A network of which every act was seen; z is what was planted."""

    creators: pl.DataFrame
    posts: pl.DataFrame
    acts: pl.DataFrame
    z: np.ndarray


def make(n: int = 320, seed: int = 1, *, passers: bool = False) -> Home:
    rng = np.random.default_rng(seed)
    size = rng.uniform(1.8, 3.6, n)
    z = rng.normal(size=n)
    rate = 0.05 * 10 ** (0.8 * size) * np.exp(0.8 * z - 0.32)
    n_posts = rng.integers(2, 16, n)
    who = np.repeat(np.arange(n), n_posts)
    luck = rng.normal(0, 0.5, len(who))
    count = rng.poisson(np.minimum(rate[who] * np.exp(luck), 300))
    likes = rng.poisson(np.minimum(3 * 10 ** (0.7 * size) * 0.1, 200)[who] * np.exp(0.7 * luck))
    at = NOW - rng.integers(3 * DAY, 110 * DAY, len(who))
    rows = np.arange(len(who))
    post = np.concatenate([np.repeat(rows, count), np.repeat(rows, likes)])
    kind = np.concatenate([np.ones(count.sum()), np.zeros(likes.sum())]).astype(np.int8)
    creators = pl.DataFrame(
        {
            "profile_id": [f"pond:{i}" for i in range(n)],
            "creator": pl.Series(np.arange(n), dtype=pl.UInt64),
            "platform": "pond",
            "language": rng.choice(["en", "pt"], n),
            "topic": pl.Series([None] * n, dtype=pl.String),
            "followers": np.round(10**size).astype(np.int64),
            "audience_hidden": False,
            "policy": int(Policy.default()),
        }
    )
    posts = pl.DataFrame(
        {
            "creator": pl.Series(who, dtype=pl.UInt64),
            "post": pl.Series(rows, dtype=pl.UInt64),
            "at": at,
        }
    )
    acts = pl.DataFrame(
        {
            "creator": pl.Series(who[post], dtype=pl.UInt64),
            "post": pl.Series(post, dtype=pl.UInt64),
            "actor": pl.Series(np.arange(len(post)) % 90_001, dtype=pl.UInt64),
            "kind": kind,
            "at": at[post] + 3_600,
            "flagged": False,
            "follower": rng.random(len(post)) < 0.9 if passers else True,
            "generic": False,
        }
    ).unique(["post", "actor", "kind"], maintain_order=True)
    return Home(creators, posts, acts, z)


@pytest.fixture(scope="module")
def home() -> Home:
    return make()


@pytest.fixture(scope="module")
def context(home: Home) -> Context:
    return score.fit(home.creators, home.posts, home.acts, as_of=NOW)


@pytest.fixture(scope="module")
def judged(home: Home, context: Context) -> pl.DataFrame:
    return score.judge(home.creators, home.posts, home.acts, as_of=NOW, context=context)


def ranks(value: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(value)).astype(float)


def one(home: Home, context: Context, **change: object) -> dict[str, object]:
    """The judgement of the first creator with something about them changed."""
    first = home.creators.head(1).with_columns(**{k: pl.lit(v) for k, v in change.items()})
    told = score.judge(first, home.posts, home.acts, as_of=NOW, context=context)
    return told.row(0, named=True)


def test_it_recovers_what_was_planted_among_creators_of_a_size(
    home: Home, judged: pl.DataFrame
) -> None:
    percentile = judged["influence_percentile"].to_numpy()
    assert np.corrcoef(ranks(percentile), ranks(home.z))[0, 1] > 0.8


def test_it_leaves_the_past_mean_behind(home: Home, judged: pl.DataFrame) -> None:
    rows = score.per_post(home.acts, home.posts, as_of=NOW)
    mean = (
        home.creators.select("creator")
        .join(rows.group_by("creator").agg(pl.col("n_acts").mean()), on="creator", how="left")
        .sort("creator")["n_acts"]
        .to_numpy()
    )
    size = np.log10(home.creators["followers"].to_numpy())
    i, j = np.triu_indices(len(size), 1)
    near = np.abs(size[i] - size[j]) < 0.05
    i, j = i[near], j[near]
    truth = home.z[i] > home.z[j]

    def right(value: np.ndarray) -> float:
        return float(np.mean((value[i] > value[j]) == truth))

    assert right(judged["influence_per_post"].to_numpy()) > right(mean)


def test_columns_and_order_are_those_promised(home: Home, judged: pl.DataFrame) -> None:
    assert judged.schema == pl.Schema(RESULT_SCHEMA)
    assert judged["profile_id"].equals(home.creators["profile_id"])


def test_parts_multiply_to_the_score_and_each_has_a_sentence(judged: pl.DataFrame) -> None:
    for value, parts in judged.select("influence_per_post", "influence_parts").iter_rows():
        assert np.prod([part["factor"] for part in parts]) == pytest.approx(value)
        assert all(part["sentence"].endswith(".") and part["name"] for part in parts)


def test_bounds_lie_around_the_score(judged: pl.DataFrame) -> None:
    for name in ("influence_per_post", "influence_per_1000", "influence_percentile"):
        known = judged.filter(pl.col(name).is_not_null())
        assert (known[f"{name}_low"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_high"]).all()


def test_the_interval_covers_the_planted_rate(home: Home, judged: pl.DataFrame) -> None:
    size = np.log10(home.creators["followers"].to_numpy())
    # Posts differ by their luck too: the mean of its exponential is part of the mean rate.
    true = 0.05 * 10 ** (0.8 * size) * np.exp(0.8 * home.z - 0.32 + 0.125)
    low = judged["influence_per_post_low"].to_numpy()
    high = judged["influence_per_post_high"].to_numpy()
    assert 0.88 < np.mean((low <= true) & (true <= high)) <= 1.0


def test_the_order_of_rows_decides_nothing(home: Home, judged: pl.DataFrame) -> None:
    mixed = [frame.sample(fraction=1.0, shuffle=True, seed=3) for frame in home[:3]]
    context = score.fit(*mixed, as_of=NOW)
    again = score.judge(home.creators, *mixed[1:], as_of=NOW, context=context)
    np.testing.assert_allclose(
        again["influence_per_post"].to_numpy(), judged["influence_per_post"].to_numpy(), rtol=1e-6
    )


def test_a_bucket_gives_what_the_whole_gives(
    home: Home, context: Context, judged: pl.DataFrame
) -> None:
    some = home.creators.slice(40, 30)
    mine = pl.col("creator").is_in(some["creator"].implode())
    rows = score.per_post(home.acts.filter(mine), home.posts.filter(mine), as_of=NOW)
    part = score.judge(some, rows, as_of=NOW, context=context)
    np.testing.assert_allclose(
        part["influence_per_post"].to_numpy(),
        judged["influence_per_post"].slice(40, 30).to_numpy(),
        rtol=1e-9,
    )


def test_flagged_acts_raise_nothing(home: Home, context: Context, judged: pl.DataFrame) -> None:
    post = home.posts["post"][0]
    bought = home.acts.head(1).select(pl.all().repeat_by(400).explode())
    bought = bought.with_columns(
        post=pl.lit(post, dtype=pl.UInt64),
        creator=pl.lit(0, dtype=pl.UInt64),
        actor=pl.int_range(10**9, 10**9 + 400).cast(pl.UInt64),
        kind=pl.lit(1, dtype=pl.Int8),
        flagged=pl.lit(True),
    )
    acts = pl.concat([home.acts, bought])
    told = score.judge(home.creators.head(1), home.posts, acts, as_of=NOW, context=context)
    assert told["influence_per_post"][0] == pytest.approx(judged["influence_per_post"][0])
    clean = {part["name"]: part["factor"] for part in told["influence_parts"][0]}
    assert clean["clean accounts"] < 0.5


def test_more_followers_with_the_same_acts_are_less_influence_for_their_size(
    home: Home, context: Context
) -> None:
    small, large = (one(home, context, followers=f) for f in (300, 3_000))
    assert small["influence_percentile"] > large["influence_percentile"]
    assert small["influence_per_1000"] > large["influence_per_1000"]


def test_flagged_followers_are_no_divisor(home: Home, context: Context) -> None:
    plain = one(home, context, followers=1_000)
    told = one(home, context, followers=1_000, flagged_followers=500)
    assert told["influence_per_1000"] == pytest.approx(2 * plain["influence_per_1000"])


@pytest.mark.parametrize("change", [{"audience_hidden": True}, {"followers": None}])
def test_without_a_size_there_is_a_rate_and_no_percentile(
    home: Home, context: Context, change: dict[str, object]
) -> None:
    told = one(home, context, **change)
    assert told["influence_per_post"] > 0
    assert told["influence_percentile"] is None
    assert told["influence_per_1000"] is None
    assert "number of followers is not known" in str(told["influence_reason"])


def test_terms_that_forbid_it_are_kept(home: Home, context: Context) -> None:
    told = one(home, context, policy=int(Policy.INDEX))
    assert told["influence_per_post"] is None
    assert told["influence_parts"] is None
    assert "terms" in str(told["influence_reason"])


def test_without_posts_it_is_unknown_and_never_zero(home: Home, context: Context) -> None:
    told = score.judge(
        home.creators.head(2), home.posts.clear(), home.acts, as_of=NOW, context=context
    )
    assert told["influence_per_post"].to_list() == [None, None]
    assert told["influence_basis"].to_list() == ["unknown"] * 2
    assert told["influence_n"].to_list() == [0, 0]
    assert told["influence_reason"].str.contains("No own post").all()


def test_a_network_that_was_never_learned_is_unknown(home: Home, context: Context) -> None:
    told = one(home, context, platform="lake")
    assert told["influence_per_post"] is None


def test_a_few_posts_stay_near_what_is_usual(home: Home, context: Context) -> None:
    """The same response on one post moves a creator less than on twelve."""

    def response(n: int) -> float:
        posts = pl.DataFrame(
            {
                "creator": pl.Series([0] * n, dtype=pl.UInt64),
                "post": pl.Series(range(n), dtype=pl.UInt64),
                "at": [NOW - (5 + i) * DAY for i in range(n)],
            }
        )
        actors = 60
        acts = pl.DataFrame(
            {
                "creator": pl.Series([0] * n * actors, dtype=pl.UInt64),
                "post": pl.Series(np.repeat(np.arange(n), actors), dtype=pl.UInt64),
                "actor": pl.Series(np.tile(np.arange(actors), n), dtype=pl.UInt64),
                "kind": pl.Series([1] * n * actors, dtype=pl.Int8),
                "at": NOW - 4 * DAY,
                "flagged": False,
                "follower": True,
                "generic": False,
            }
        )
        known = home.creators.head(1).with_columns(followers=pl.lit(300))
        told = score.judge(known, posts, acts, as_of=NOW, context=context)
        return float(told["influence_per_post"][0])

    assert response(1) < response(3) < response(12)


def test_public_counts_alone_are_enough(home: Home) -> None:
    rows = score.per_post(home.acts, home.posts, as_of=NOW)
    public = home.posts.join(
        rows.select(
            "post",
            reposts=pl.col("n_acts").cast(pl.Int64),
            likes=pl.col("n_likes").cast(pl.Int64),
        ),
        on="post",
        how="left",
    ).with_columns(pl.col("reposts", "likes").fill_null(0), counted_at=pl.lit(NOW))
    context = score.fit(home.creators, public, as_of=NOW)
    told = score.judge(home.creators, public, as_of=NOW, context=context)
    assert told["influence_basis"].unique().to_list() == ["counts"]
    assert np.corrcoef(ranks(told["influence_percentile"].to_numpy()), ranks(home.z))[0, 1] > 0.8
    clean = [part for part in told["influence_parts"][0] if part["name"] == "clean accounts"]
    assert "nobody knows who acted" in clean[0]["sentence"]


def test_a_small_home_says_so_and_gives_no_percentile() -> None:
    small = make(12, seed=4)
    context = score.fit(small.creators, small.posts, small.acts, as_of=NOW)
    (stratum,) = context.strata.values()
    assert not stratum.model.fitted
    assert stratum.told._replace(n_creators=0) == FALLBACK
    told = score.judge(small.creators, small.posts, small.acts, as_of=NOW, context=context)
    assert told["influence_per_post"].is_not_null().all()
    assert told["influence_percentile"].is_null().all()
    assert "rough line" in told["influence_parts"][0][0]["sentence"]


def test_an_empty_home_knows_nothing() -> None:
    small = make(12, seed=4)
    context = score.fit(small.creators, small.posts.clear(), as_of=NOW)
    assert context == Context({}, None, NOW)
    told = score.judge(small.creators, small.posts.clear(), as_of=NOW, context=context)
    assert told["influence_reason"].is_not_null().all()


def test_earlier_posts_told_of_later_ones(context: Context) -> None:
    (stratum,) = context.strata.values()
    assert stratum.told.fitted
    assert 0.6 < stratum.told.response < 1.4
    # Likes were made to tell nothing but a post's luck; nobody passed by.
    assert stratum.told.passers == 0
    # Nobody changes: at most the slow memory that costs nothing.
    assert stratum.told.memory in MEMORIES[:2]


def test_missing_columns_are_named(home: Home, context: Context) -> None:
    with pytest.raises(SchemaError, match="'followers'"):
        score.fit(home.creators.drop("followers"), home.posts, as_of=NOW)
    with pytest.raises(SchemaError, match="'platform'"):
        score.judge(home.creators.drop("platform"), home.posts, as_of=NOW, context=context)


def test_no_text_accuses_anybody(judged: pl.DataFrame) -> None:
    text = " ".join(
        part["sentence"] for parts in judged["influence_parts"].to_list() for part in parts
    )
    text += " ".join(judged["influence_reason"].to_list())
    for word in ("fraud", "cheat", "bought", "fake", "bot account"):
        assert word not in text.lower()


def test_a_lone_creator_gets_about_their_own_mean() -> None:
    """With nobody to compare with, posts of heavy tails must not be read as their median."""
    rng = np.random.default_rng(2)
    n = 400
    counts = rng.poisson(np.exp(rng.normal(2.5, 1.3, n)))
    posts = pl.DataFrame(
        {
            "creator": pl.Series([7] * n, dtype=pl.UInt64),
            "post": pl.Series(range(n), dtype=pl.UInt64),
            "at": NOW - rng.integers(3 * DAY, 300 * DAY, n),
            "reposts": counts,
        }
    )
    alone = pl.DataFrame(
        {"profile_id": "pond:7", "creator": [7], "platform": "pond", "followers": [90_000]},
        schema_overrides={"creator": pl.UInt64},
    )
    context = score.fit(alone, posts, as_of=NOW)
    told = score.judge(alone, posts, as_of=NOW, context=context).row(0, named=True)
    assert told["influence_per_post"] == pytest.approx(counts.mean(), rel=0.25)
    assert told["influence_percentile"] is None
