"""From posts and acts to one row of sums per creator: all that is later asked about.

Bucket by bucket of creators; nothing here is a judgement, and buckets add up (`Measured.concat`).
Posts that count are the creator's own (no reposts, replies, stories), SETTLED_DAYS to WINDOW_DAYS
old when their counts were taken. Sponsored posts are kept apart everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.influence.engagement._counts import bin_of
from influencr.influence.engagement._effort import ACT_KINDS, EFFORT
from influencr.influence.engagement._rate import SETTLED_DAYS, WINDOW_DAYS
from influencr.records import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["HISTOGRAM_SCHEMA", "MEASURED_SCHEMA", "WHATS", "Measured", "measure"]

#: What is counted per post.
#: reactions   likes + replies + reposts + quotes, as the network shows them
#: acts        replies + reposts + quotes, as the network shows them
#: people      different accounts, not flagged, with an effortful act
#: sponsored   reactions of sponsored posts; the others are of usual ones
WHATS: Final[tuple[str, ...]] = ("reactions", "acts", "people", "sponsored")
_COUNTS = ("likes", "replies", "reposts", "quotes")
_ACTS = ("replies", "reposts", "quotes")
_NOT_OWN = ("repost", "reply", "story")
_DAY = 86_400

HISTOGRAM_SCHEMA: Final[Mapping[str, Any]] = {
    "creator": pl.UInt64(),
    "what": pl.UInt8(),
    "bin": pl.UInt8(),
    "n": pl.UInt32(),
}
MEASURED_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    "platform": pl.String(),
    "language": pl.String(),
    "topic": pl.String(),
    "followers": pl.Int64(),
    "scored": pl.Boolean(),
    # Usual posts, the counts seen on them, the middle one.
    "n_posts": pl.Int64(),
    "seen": pl.String(),
    "observed_median": pl.Float64(),
    "n_acts_posts": pl.Int64(),
    "seen_acts": pl.String(),
    # Usual posts with views: sums of reactions, views, squared views, and how far the posts'
    # rates lie from the rate of all (relative, squared, weighed by views).
    "n_views": pl.Int64(),
    "views_reactions": pl.Float64(),
    "views_total": pl.Float64(),
    "views_squares": pl.Float64(),
    "views_apart": pl.Float64(),
    "n_sponsored": pl.Int64(),
    "sponsored_known": pl.Int64(),
    # Posts whose acts were collected; people summed over posts, and their weights.
    "n_people_posts": pl.Int64(),
    "n_people": pl.Int64(),
    "weight": pl.Float64(),
}


class Measured(NamedTuple):
    """facts       MEASURED_SCHEMA, one row per creator asked about, in their order
    histogram   HISTOGRAM_SCHEMA: usual posts per bin of each count
    """

    facts: pl.DataFrame
    histogram: pl.DataFrame

    @classmethod
    def concat(cls, parts: Iterable[Measured]) -> Measured:
        """Buckets of different creators, one below the other."""
        parts = list(parts)
        if not parts:
            return cls(pl.DataFrame(schema=MEASURED_SCHEMA), pl.DataFrame(schema=HISTOGRAM_SCHEMA))
        return cls(
            pl.concat([part.facts for part in parts]), pl.concat([part.histogram for part in parts])
        )


def _require(frame: pl.DataFrame | pl.LazyFrame, names: Iterable[str], what: str) -> None:
    known = frame.collect_schema().names()
    for name in names:
        if name not in known:
            raise SchemaError(f"Engagement needs the column {name!r} of {what}.", field=name)


def measure(
    creators: pl.DataFrame,
    posts: pl.DataFrame | pl.LazyFrame,
    acts: pl.DataFrame | pl.LazyFrame | None = None,
    *,
    as_of: int,
    window_days: int = WINDOW_DAYS,
    settled_days: int = SETTLED_DAYS,
) -> Measured:
    """Sums over the posts of these creators.

    creators   `profile_id, creator` (u64), `platform, language, topic, followers,
               audience_hidden, policy`
    posts      `creator, post` (u64), `at` (s UTC), `kind, sponsored, likes, replies, reposts,
               quotes, views`, `counted_at` (s UTC; null: `as_of`); those of other creators are
               ignored. `events` (bool), if present: the acts on this post were collected
    acts       `post, actor` (u64), `creator, kind` (place in ACT_KINDS), `flagged`, `generic`;
               None where no acts are known one by one
    as_of      the instant (s UTC) that acts were collected until

    Raises SchemaError when a column is missing.
    """
    _require(
        creators,
        (
            *("profile_id", "creator", "platform", "language", "topic", "followers"),
            *("audience_hidden", "policy"),
        ),
        "creators",
    )
    _require(
        posts,
        (*("creator", "post", "at", "kind", "sponsored", "views", "counted_at"), *_COUNTS),
        "posts",
    )
    hidden = pl.col("audience_hidden").fill_null(False)
    who = creators.select(
        "profile_id",
        pl.col("creator").cast(pl.UInt64),
        "platform",
        pl.col("language").cast(pl.String),
        pl.col("topic").cast(pl.String),
        followers=pl.when(~hidden & (pl.col("followers") > 0)).then("followers").cast(pl.Int64),
        scored=pl.col("policy").fill_null(0) & int(Policy.SCORE) != 0,
    )
    open_to_count = who.filter("scored").select("creator").unique()
    own = (
        posts.lazy()
        .join(open_to_count.lazy(), on="creator", how="semi")
        .filter(pl.col("kind").is_null() | ~pl.col("kind").is_in(_NOT_OWN))
    )
    counted = _counted(own, as_of, window_days, settled_days)
    facts, histograms = [_reactions(counted)], [*_histograms(counted)]
    if acts is not None:
        _require(acts, ("post", "actor", "creator", "kind", "flagged", "generic"), "acts")
        per_post = _people(own, acts.lazy(), as_of, window_days, settled_days)
        facts.append(
            per_post.group_by("creator").agg(
                n_people_posts=pl.len(), n_people=pl.col("people").sum(), weight=pl.col("w").sum()
            )
        )
        histograms.append(_histogram(per_post.select("creator", count="people"), "people"))
    for part in facts:
        who = who.join(part, on="creator", how="left", maintain_order="left")
    zero = [n for n in MEASURED_SCHEMA if n.startswith("n_")]
    missing = [name for name in MEASURED_SCHEMA if name not in who.columns]
    whole = who.with_columns(
        *(pl.lit(None, dtype=MEASURED_SCHEMA[name]).alias(name) for name in missing)
    ).with_columns(pl.col(zero).fill_null(0))
    return Measured(
        whole.select(pl.col(name).cast(kind) for name, kind in MEASURED_SCHEMA.items()),
        pl.concat(histograms),
    )


def _counted(own: pl.LazyFrame, as_of: int, window_days: int, settled_days: int) -> pl.DataFrame:
    """Posts whose counts may be read: creator, sponsored, reactions, acts, views, counts seen."""
    age = pl.col("counted_at").fill_null(as_of) - pl.col("at")
    return (
        own.filter(age >= settled_days * _DAY, age <= window_days * _DAY)
        .filter(pl.any_horizontal(pl.col(name) >= 0 for name in _COUNTS))
        .select(
            "creator",
            "sponsored",
            "views",
            reactions=pl.sum_horizontal(*_COUNTS),
            acts=pl.when(pl.any_horizontal(pl.col(n).is_not_null() for n in _ACTS)).then(
                pl.sum_horizontal(*_ACTS)
            ),
            **{f"has_{name}": pl.col(name).is_not_null() for name in _COUNTS},
        )
        .collect()
    )


def _reactions(counted: pl.DataFrame) -> pl.DataFrame:
    usual = ~pl.col("sponsored").fill_null(False)
    viewed = usual & (pl.col("views") > 0)
    views = pl.col("views").filter(viewed).cast(pl.Float64)
    shown = pl.col("reactions").filter(viewed).cast(pl.Float64)
    rate = (shown.sum() + 0.5) / views.sum()

    def seen(names: tuple[str, ...]) -> pl.Expr:
        words = [
            pl.when(pl.col(f"has_{name}").filter(usual).any()).then(pl.lit(name)) for name in names
        ]
        return pl.concat_str(words, separator=" + ", ignore_nulls=True)

    return counted.group_by("creator").agg(
        n_posts=usual.sum(),
        seen=seen(_COUNTS),
        observed_median=pl.col("reactions").filter(usual).median(),
        n_acts_posts=(usual & pl.col("acts").is_not_null()).sum(),
        seen_acts=seen(_ACTS),
        n_views=viewed.sum(),
        views_reactions=shown.sum(),
        views_total=views.sum(),
        views_squares=(views**2).sum(),
        views_apart=(views * (shown / views / rate - 1) ** 2).sum() / views.sum(),
        n_sponsored=pl.col("sponsored").fill_null(False).sum(),
        sponsored_known=pl.col("sponsored").count(),
    )


def _people(
    own: pl.LazyFrame, acts: pl.LazyFrame, as_of: int, window_days: int, settled_days: int
) -> pl.DataFrame:
    """creator, people, w (weights summed) of each usual post whose acts were collected."""
    age = as_of - pl.col("at")
    watched = own.filter(
        age >= settled_days * _DAY,
        age <= window_days * _DAY,
        ~pl.col("sponsored").fill_null(False),
    )
    if "events" in own.collect_schema().names():
        watched = watched.filter("events")
    weight = pl.col("kind").replace_strict(
        {ACT_KINDS.index(word): value for word, value in EFFORT.items()},
        default=0.0,
        return_dtype=pl.Float64,
    )
    effort = (
        acts.filter(
            pl.col("kind").is_in([ACT_KINDS.index(word) for word in EFFORT]),
            ~pl.col("flagged").fill_null(False),
            ~pl.col("generic").fill_null(False),
            pl.col("actor") != pl.col("creator"),
        )
        .group_by("post", "actor")
        .agg(w=weight.max())
        .group_by("post")
        .agg(people=pl.len(), w=pl.col("w").sum())
    )
    return (
        watched.select("creator", "post")
        .unique()
        .join(effort, on="post", how="left")
        .select("creator", pl.col("people").fill_null(0).cast(pl.Int64), pl.col("w").fill_null(0.0))
        .collect()
    )


def _histograms(counted: pl.DataFrame) -> Iterable[pl.DataFrame]:
    sponsored = pl.col("sponsored").fill_null(False)
    usual, paid = counted.filter(~sponsored), counted.filter(sponsored)
    for what in ("reactions", "acts"):
        yield _histogram(usual.select("creator", count=what).drop_nulls(), what)
    yield _histogram(paid.select("creator", count="reactions"), "sponsored")


def _histogram(counts: pl.DataFrame, what: str) -> pl.DataFrame:
    bins = bin_of(counts["count"].cast(pl.Int64).to_numpy())
    return (
        counts.select(
            "creator",
            what=pl.lit(WHATS.index(what), dtype=pl.UInt8),
            bin=pl.Series(bins.astype(np.uint8)),
        )
        .group_by("creator", "what", "bin")
        .agg(n=pl.len())
        .select(pl.col(name).cast(kind) for name, kind in HISTOGRAM_SCHEMA.items())
        .sort("creator", "bin")
    )
