"""How wide are the interests of an audience spread? One trait of people whom everybody knows.

The entropy of the topics of the followers whose topics are known, with the correction of Miller
(1955) for few of them ((topics - 1) / 2n), and its place among the audiences of the same network. A
creator of one subject is followed by people of one subject; a famous person by all. What the topics
are is another judge's business.

MIN_AUDIENCE, MIN_CREATORS: our own choice, tests/unit/influence/labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MIN_AUDIENCE", "MIN_CREATORS", "audience_diffusion"]

#: Followers with a known topic before their spread is stated.
MIN_AUDIENCE = 100
#: Creators of one network before a place among them is stated.
MIN_CREATORS = 50


def audience_diffusion(topics: pl.DataFrame) -> pl.DataFrame:
    """The spread of each audience's topics, and its place among those of the same network.

    topics    one row per creator and topic: `profile_id`, `platform`, `topic`, `n` (followers whose
              main topic it is, > 0)
    returns   one row per creator with at least MIN_AUDIENCE such followers: `profile_id`,
              `audience_n`, `audience_entropy` (nats), `audience_diffusion` (0..1, share of the
              network's audiences that are spread no wider, ties by half; null where fewer than
              MIN_CREATORS creators of the network can be compared), in order of `profile_id`
    """
    import polars as pl

    n, total = pl.col("n").cast(pl.Float64), pl.col("n").sum().cast(pl.Float64)
    spread = (
        topics.lazy()
        .filter(pl.col("n") > 0)
        .group_by("profile_id", "platform")
        .agg(
            pl.col("n").sum().cast(pl.Int64).alias("audience_n"),
            (total.log() - (n * n.log()).sum() / total + (pl.len() - 1.0) / (2.0 * total)).alias(
                "audience_entropy"
            ),
        )
        .filter(pl.col("audience_n") >= MIN_AUDIENCE)
    )
    creators = pl.len().over("platform")
    place = (pl.col("audience_entropy").rank("average").over("platform") - 0.5) / creators
    return (
        spread.with_columns(
            pl.when(creators >= MIN_CREATORS).then(place).alias("audience_diffusion")
        )
        .sort("profile_id")
        .select("profile_id", "audience_n", "audience_entropy", "audience_diffusion")
        .collect()
    )
