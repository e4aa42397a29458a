"""What a home's earlier posts tell of its later ones."""

import numpy as np
import polars as pl

from influencr.influence import score
from influencr.influence.score._context import Told
from influencr.influence.score._posts import PER_POST_SCHEMA
from influencr.influence.score._told import MEMORIES

DAY = 86_400
NOW = 1_780_000_000
N, EACH = 240, 18


def learned(
    rate: np.ndarray,
    age: np.ndarray,
    *,
    crowd: np.ndarray | None = None,
    closeness: np.ndarray | None = None,
) -> Told:
    """Of a home where creator i's post j is `age` days old and has Poisson(`rate`) acts."""
    rng = np.random.default_rng(0)
    acts = rng.poisson(rate * np.exp(rng.normal(0, 0.3, rate.shape))).ravel().astype(float)
    passing = np.zeros(len(acts)) if crowd is None else rng.poisson(crowd).ravel().astype(float)
    creators = pl.DataFrame(
        {
            "profile_id": [f"pond:{i}" for i in range(N)],
            "creator": pl.Series(range(N), dtype=pl.UInt64),
            "platform": "pond",
            "followers": np.full(N, 1_000) + np.arange(N),
        }
    )
    if closeness is not None:
        creators = creators.with_columns(closeness=closeness)
    rows = pl.DataFrame(
        {
            "creator": np.repeat(np.arange(N), EACH),
            "post": np.arange(N * EACH),
            "at": NOW - (age.ravel() * DAY).astype(np.int64),
            "seen_at": NOW,
            "basis": 0,
            "shown": 0,
            "n_effort": acts + passing,
            "n_clean": acts + passing,
            "n_acts": acts,
            "n_crowd": passing,
            "n_apart": 0.0,
            "n_likes": None,
            "n_views": None,
            "followers_then": None,
        },
        schema=PER_POST_SCHEMA,
    )
    (stratum,) = score.fit(creators, rows, as_of=NOW).strata.values()
    return stratum.told


def ages(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(3, 110, (N, EACH))


def test_creators_who_stay_as_they_are_are_not_forgotten() -> None:
    z = np.random.default_rng(1).normal(0, 0.7, (N, 1))
    told = learned(np.broadcast_to(5 * np.exp(z), (N, EACH)), ages())
    assert told.fitted
    assert told.memory in MEMORIES[:2]
    assert 0.8 < told.response < 1.2
    assert abs(told.lift) < 0.15


def test_creators_who_change_are_soon_forgotten() -> None:
    rng = np.random.default_rng(2)
    before, now = rng.normal(0, 0.9, (2, N, 1))
    age = ages()
    told = learned(5 * np.exp(np.where(age > 60, before, now)), age)
    assert told.memory == MEMORIES[2]


def test_closeness_counts_where_it_foretells() -> None:
    """Those who answer gain between the earlier posts and the later ones."""
    rng = np.random.default_rng(4)
    near = rng.random(N)
    age = ages()
    z = rng.normal(0, 0.4, (N, 1))
    grown = np.where(age <= 28, 1.2 * (near[:, None] - 0.5), 0.0)
    told = learned(8 * np.exp(z + grown), age, closeness=near)
    assert told.closeness > 0.5
    plain = learned(8 * np.exp(np.broadcast_to(z, age.shape)), age, closeness=near)
    assert plain.closeness == 0


def test_passers_by_count_where_they_come_back() -> None:
    rng = np.random.default_rng(5)
    z, own = rng.normal(0, 0.4, (N, 1)), rng.gamma(0.5, 1.0, (N, 1))
    age = ages()
    rate = np.broadcast_to(8 * np.exp(z), age.shape)
    always = learned(rate, age, crowd=rate * own)
    assert always.passers > 0.5
    once = learned(rate, age, crowd=np.where(age > 28, rate * own, 0.1 * rate))
    assert once.passers == 0


def test_later_posts_that_get_more_raise_all_alike() -> None:
    z = np.random.default_rng(6).normal(0, 0.6, (N, 1))
    age = ages()
    told = learned(6 * np.exp(z + np.where(age <= 28, 0.5, 0.0)), age)
    assert told.lift > 0.3
