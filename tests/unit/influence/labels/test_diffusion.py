"""How widely the interests of audiences are spread."""

import math

import polars as pl

from influencr.influence.labels import audience_diffusion
from influencr.influence.labels._diffusion import MIN_AUDIENCE, MIN_CREATORS


def audiences(n_creators, *, platform="bluesky", first=0):
    """Creator i has an audience spread over i % 20 + 1 topics."""
    rows = [
        {"profile_id": f"{platform}:{i:03}", "platform": platform, "topic": f"t{t}", "n": 60}
        for i in range(first, first + n_creators)
        for t in range(i % 20 + 1)
    ]
    return pl.DataFrame(rows)


def test_entropy_of_even_topics_with_its_correction():
    told = audience_diffusion(audiences(3))
    row = told.filter(pl.col("profile_id") == "bluesky:002").row(0, named=True)
    assert row["audience_n"] == 180
    assert math.isclose(row["audience_entropy"], math.log(3) + 2 / 360)


def test_small_audiences_are_not_judged():
    told = audience_diffusion(audiences(1).with_columns(n=pl.lit(MIN_AUDIENCE - 1)))
    assert told.is_empty()


def test_a_place_needs_others_of_the_same_network():
    few = audience_diffusion(audiences(20))
    assert few["audience_diffusion"].null_count() == few.height
    many = audience_diffusion(
        pl.concat([audiences(2 * MIN_CREATORS), audiences(20, platform="mastodon")])
    )
    placed = many.drop_nulls("audience_diffusion")
    assert placed["profile_id"].str.starts_with("bluesky").all()
    assert placed["audience_diffusion"].is_between(0, 1).all()
    widest = placed.sort("audience_entropy").tail(1)
    assert widest["audience_diffusion"].item() > 0.9


def test_nothing_in_nothing_out():
    schema = {"profile_id": pl.String, "platform": pl.String, "topic": pl.String, "n": pl.Int64}
    assert audience_diffusion(pl.DataFrame(schema=schema)).is_empty()
