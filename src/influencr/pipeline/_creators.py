"""From observed rows to creators: every judge asked, their answers side by side.

One bucket of profiles at a time, so that memory does not grow with the catalogue. The columns are
those that index, search, show and export read (docs/reference/creators).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

import polars as pl

from influencr import geography, influence, text, topics, vetting
from influencr.pipeline._gates import excluded_because, may_be_counted, posts_may_be_read
from influencr.pipeline._labelled import labelled
from influencr.pipeline._said import Said
from influencr.records import Policy

__all__ = [
    "AUDIENCE_HIDDEN",
    "CREATORS_SCHEMA",
    "INFLUENCE_COLUMNS",
    "MAX_POST_TEXT",
    "NO_FOLLOWERS_KNOWN",
    "PLACES_SCHEMA",
    "POST_COLUMNS",
    "VERDICT_COLUMNS",
    "Judged",
    "judged_bucket",
]

#: Characters of posts that are kept for searching, the newest posts first.
MAX_POST_TEXT = 4_000
#: Names of packs and lists that are kept per creator; our own choice. They stand in no order of
#: importance, so they are kept in the order of their names.
MAX_CALLED = 50
#: Characters of posts that are read for the language when the bio does not tell.
_LANGUAGE_CHARS = text.MAX_CHARS

_TIME = pl.Datetime("us", "UTC")
_TEXTS = pl.List(pl.String)

#: The columns of judged/creators.parquet, in order.
CREATORS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "profile_id": pl.String,
    "platform": pl.String,
    "handle": pl.String,
    "display_name": pl.String,
    "bio_text": pl.String,
    "language": pl.String,
    "links": _TEXTS,
    "place_level": pl.String,
    "place_id": pl.Int64,
    "place_name": pl.String,
    "place_label": pl.String,
    "country": pl.String,
    "admin1": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "place_confidence": pl.Float64,
    "place_reason": pl.String,
    "place_basis": pl.String,
    "place_evidence": _TEXTS,
    "other_place_ids": pl.List(pl.Int64),
    "other_place_labels": _TEXTS,
    "other_place_roles": _TEXTS,
    "topics": _TEXTS,
    "topic_weights": pl.List(pl.Float64),
    "topic_evidence": _TEXTS,
    "called": _TEXTS,
    "followers": pl.Int64,
    "following": pl.Int64,
    "posts_count": pl.Int64,
    "likes_received": pl.Int64,
    "account_created_at": _TIME,
    "activity_state": pl.String,
    "last_post_at": _TIME,
    "posts_per_week": pl.Float64,
    "activity_n_posts": pl.Int64,
    "activity_reason": pl.String,
    "engagement_rate": pl.Float64,
    "engagement_definition": pl.String,
    "engagement_n_posts": pl.Int64,
    "engagement_reason": pl.String,
    "engagement_percentile": pl.Float64,
    "verdict": pl.String,
    "verdict_reason": pl.String,
    "followers_seen": pl.Int64,
    "bought_low": pl.Float64,
    "bought_high": pl.Float64,
    "follower_map": pl.String,
    "lockstep": pl.String,
    "engagement_anomaly": pl.String,
    "label": pl.String,
    "label_p": pl.Float64,
    "label_reason": pl.String,
    "influence": pl.Float64,
    "influence_low": pl.Float64,
    "influence_high": pl.Float64,
    "influence_per_1000": pl.Float64,
    "influence_percentile": pl.Float64,
    "influence_reason": pl.String,
    "closeness": pl.Float64,
    "closeness_reason": pl.String,
    "followers_12m": pl.Int64,
    "growth_line": pl.String,
    **{f"growth_{months}m_relative": pl.Float64() for months in (1, 3, 6, 12)},
    "is_verified": pl.Boolean,
    "is_business": pl.Boolean,
    "post_text": pl.String,
    "n_posts_seen": pl.Int64,
    "source": pl.String,
    "fetched_at": _TIME,
    "licence": pl.String,
    "policy": pl.Int64,
    "contact_email": pl.String,
    "contact_source": pl.String,
    **geography.audience_schema(),
    "audience_country_claimed": pl.String,
}

#: Columns that the look at all audiences brings -> columns of judged/vetting.parquet.
VERDICT_COLUMNS = {
    "verdict": "verdict",
    "verdict_reason": "sentence",
    "followers_seen": "n_seen",
    "bought_low": "share_lo",
    "bought_high": "share_hi",
    "follower_map": "thumbnail",
    "lockstep": "lockstep",
    "engagement_anomaly": "engagement_anomaly",
}

#: Columns that the look at all acts brings -> columns of judged/influence.parquet.
INFLUENCE_COLUMNS = {
    "engagement_percentile": "engagement_percentile",
    "label": "label",
    "label_p": "label_p",
    "label_reason": "label_reason",
    "influence": "influence_per_post",
    "influence_low": "influence_per_post_low",
    "influence_high": "influence_per_post_high",
    "influence_per_1000": "influence_per_1000",
    "influence_percentile": "influence_percentile",
    "influence_reason": "influence_reason",
    "closeness": "closeness",
    "closeness_reason": "closeness_reason",
    "followers_12m": "growth_12m",
    "growth_line": "growth_line",
    **{(name := f"growth_{months}m_relative"): name for months in (1, 3, 6, 12)},
}

#: What is said of an audience unless the graph knows more; a reason of another kind bars it.
NO_FOLLOWERS_KNOWN = "no follower is known one by one"
#: What is said of one that its owner does not show.
AUDIENCE_HIDDEN = "not read: the profile hides who follows it"

#: The columns of judged/places.parquet: where everybody is who tells it and may be counted.
PLACES_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "profile_id": pl.String,
    "place_id": pl.Int64,
    "place_level": pl.String,
    "country": pl.String,
    "place_basis": pl.String,
    "place_confidence": pl.Float64,
    "followers": pl.Int64,
}

#: What is read of a post.
POST_COLUMNS = (
    *("post_id", "profile_id", "created_at", "kind", "text", "language", "hashtags"),
    *("likes", "replies", "reposts", "quotes", "views", "is_sponsored"),
    *("reply_to", "deleted_at", "policy", "fetched_at"),
)

_UNKNOWN_REASONS = {
    "verdict_reason": "Not vetted yet: followers are looked at when everybody is judged anew.",
    "influence_reason": "Not measured yet: acts are read when everybody is judged anew.",
    "closeness_reason": "Not measured yet: replies are read when everybody is judged anew.",
}


class Judged(NamedTuple):
    """What the judges made of one bucket of profiles.

    creators   CREATORS_SCHEMA in order of profile_id, one row per profile that may be found;
               what only the follower graph tells is not in it yet
    places     PLACES_SCHEMA, one row per profile that tells a place and may be counted
    barred     `profile_id` of those who may not even be counted
    excluded   profiles left out, by word of `EXCLUSIONS`
    """

    creators: pl.DataFrame
    places: pl.DataFrame
    barred: pl.DataFrame
    excluded: Counter[str]


def judged_bucket(
    profiles: pl.DataFrame,
    posts: pl.DataFrame,
    packs: pl.LazyFrame,
    *,
    as_of: datetime,
    everybody: bool = False,
    said: Said | None = None,
) -> Judged:
    """Creators of one bucket, and where its profiles are.

    profiles   latest state, one row per profile
    posts      latest posts of these profiles, POST_COLUMNS; others do no harm
    packs      latest memberships
    everybody  read the places of profiles that are not listed, too: they may be followers
    said       what creators corrected, which outranks what the judges read
    """
    counts = posts.group_by("profile_id").agg(pl.len().cast(pl.Int64).alias("n_posts_seen"))
    gated = (
        profiles.join(counts, on="profile_id", how="left")
        .with_columns(pl.col("n_posts_seen").fill_null(0))
        .with_columns(excluded_because(), posts_may_be_read().alias("posts_open"))
        .sort("profile_id")
    )
    excluded = Counter(
        dict(gated["excluded"].drop_nulls().value_counts().select("excluded", "count").iter_rows())
    )
    listed = pl.col("excluded").is_null()
    kept = gated.filter(listed)
    open_posts = posts.filter(
        pl.col("policy") & int(Policy.INDEX) != 0,
        pl.col("kind").is_null() | (pl.col("kind") != "repost"),
    ).join(kept.filter(pl.col("posts_open")).select("profile_id"), on="profile_id", how="semi")
    # The language is told once: it is a column, and a hint for the place.
    kept = _with_language(
        kept.join(_words_of(open_posts), on="profile_id", how="left", maintain_order="left")
    )
    said = said or Said()
    placed = geography.judge(kept, languages=kept["told_language"].to_list())
    placed = said.over_places(kept, placed)
    others = gated.filter(~listed & may_be_counted() & pl.lit(everybody))
    # Of followers only what they say counts, so no time is spent on hints such as the language.
    elsewhere = geography.judge(others, languages=[None] * len(others))
    elsewhere = said.over_places(others, elsewhere)
    places = _places(gated, pl.concat([placed, elsewhere]))
    barred = gated.filter(~may_be_counted()).select("profile_id")
    if kept.is_empty():
        return Judged(pl.DataFrame(schema=CREATORS_SCHEMA), places, barred, excluded)
    every_post = posts.lazy()
    about = said.over_topics(kept, topics.judge(kept, open_posts.lazy(), packs))
    judged = (
        kept.join(placed, on="profile_id", maintain_order="left")
        .join(about, on="profile_id", maintain_order="left")
        .join(
            vetting.judge_activity(kept, every_post, as_of=as_of),
            on="profile_id",
            maintain_order="left",
        )
        .join(influence.judge_engagement(kept, every_post), on="profile_id", maintain_order="left")
        .join(
            labelled(kept).select("profile_id", "label", "label_p", "label_reason"),
            on="profile_id",
            maintain_order="left",
        )
        .join(_called(kept, packs), on="profile_id", how="left", maintain_order="left")
    )
    return Judged(_finished(judged), places, barred, excluded)


def _called(kept: pl.DataFrame, packs: pl.LazyFrame) -> pl.DataFrame:
    """profile_id, called: the names of packs and lists that hold a creator, each once.

    Names that would tell a sensitive thing about who is in them are not kept, and none for
    creators whose source does not allow anything to be concluded about them.
    """
    allowed = kept.lazy().filter(pl.col("policy") & int(Policy.SCORE) != 0).select("profile_id")
    names = (
        packs.select(pl.col("member_id").alias("profile_id"), pl.col("name").str.strip_chars())
        .filter(pl.col("name") != "")
        .join(allowed, on="profile_id", how="semi")
        .unique()
        .collect()
    )
    sensitive = [name for name in names["name"].unique() if topics.is_sensitive(name)]
    return (
        names.filter(~pl.col("name").is_in(sensitive))
        .group_by("profile_id")
        .agg(pl.col("name").sort().head(MAX_CALLED).alias("called"))
    )


def _places(gated: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    known = placed.filter(pl.col("place_level").is_not_null())
    return (
        gated.filter(may_be_counted())
        .select("profile_id", "followers")
        .join(known, on="profile_id", maintain_order="left")
        .select(pl.col(name).cast(dtype) for name, dtype in PLACES_SCHEMA.items())
    )


def _audience_barred() -> pl.Expr:
    """Why nothing is said about somebody's audience, unless the graph knows more."""
    return (
        pl.when(pl.col("policy") & int(Policy.SCORE) == 0)
        .then(pl.lit("not read: the source does not allow it"))
        .when(pl.col("audience_hidden").fill_null(value=False))
        .then(pl.lit(AUDIENCE_HIDDEN))
        .otherwise(pl.lit(NO_FOLLOWERS_KNOWN))
    )


def _words_of(posts: pl.DataFrame) -> pl.DataFrame:
    """profile_id, post_text, post_language (the one that most posts declare)."""
    spoken = (
        posts.filter(pl.col("text").is_not_null())
        .select(
            "profile_id",
            "post_id",
            "created_at",
            "language",
            pl.col("text").str.replace_all(r"\s+", " ").str.strip_chars().alias("line"),
        )
        .filter(pl.col("line") != "")
        .sort(["created_at", "post_id"], descending=True, nulls_last=True)
        .with_columns(
            (pl.col("line").str.len_chars() + 1).cum_sum().over("profile_id").alias("so_far")
        )
    )
    lines = (
        # Whole posts as long as they fit; a first post that is longer is cut.
        spoken.filter(
            (pl.col("so_far") <= MAX_POST_TEXT + 1)
            | (pl.col("so_far") == pl.col("line").str.len_chars() + 1)
        )
        .group_by("profile_id", maintain_order=True)
        .agg(pl.col("line").str.slice(0, MAX_POST_TEXT).str.join("\n").alias("post_text"))
    )
    declared = (
        spoken.filter(pl.col("language").is_not_null())
        .group_by("profile_id")
        .agg(pl.col("language").mode().min().alias("post_language"))
    )
    return lines.join(declared, on="profile_id", how="left")


def _finished(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.with_columns(
        pl.coalesce("told_language", _declared_language()).alias("language"),
        _links(judged),
        _audience_barred().alias("audience_reason"),
        *(
            pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in geography.audience_schema().items()
            if name != "audience_reason"
        ),
        pl.lit("unknown").alias("verdict"),
        *(
            pl.lit(None, dtype=CREATORS_SCHEMA[name]).alias(name)
            for name in VERDICT_COLUMNS
            if name not in ("verdict", "verdict_reason")
        ),
        *(
            pl.lit(None, dtype=CREATORS_SCHEMA[name]).alias(name)
            for name in INFLUENCE_COLUMNS
            if name not in _UNKNOWN_REASONS and name not in judged.columns
        ),
        *(pl.lit(reason).alias(column) for column, reason in _UNKNOWN_REASONS.items()),
    ).select(pl.col(name).cast(dtype) for name, dtype in CREATORS_SCHEMA.items())


def _with_language(kept: pl.DataFrame) -> pl.DataFrame:
    """With `told_language`, ISO 639-1: told from the bio, else from posts, else null."""
    told = text.languages(kept["bio_text"].to_list())
    in_posts = kept["post_text"].str.slice(0, _LANGUAGE_CHARS).to_list()
    posts_told = iter(
        text.languages([p for p, code in zip(in_posts, told, strict=True) if code is None])
    )
    codes = [code if code is not None else next(posts_told) for code in told]
    return kept.with_columns(pl.Series("told_language", codes, dtype=pl.String))


def _declared_language() -> pl.Expr:
    """ISO 639-1 as profile or posts declare it."""
    return pl.coalesce(
        # "pt-BR", "en_US": the language is the first part; words are not guessed at.
        pl.col(column).str.to_lowercase().str.extract(r"^([a-z]{2})(?:$|[-_])")
        for column in ("language", "post_language")
    )


def _links(judged: pl.DataFrame) -> pl.Series:
    """The links given, with those written in the bio behind them, each once."""
    return pl.Series(
        "links",
        [
            list(dict.fromkeys((*(given or ()), *(text.links(bio) if bio else ()))))
            for given, bio in judged.select("links", "bio_text").iter_rows()
        ],
        dtype=_TEXTS,
    )
