"""From replies and answers to one row of sums per creator.

A reply is somebody else's, under a post of the creator's own, SETTLED_DAYS to WINDOW_DAYS before
`as_of`: a reply of an hour ago may still be answered. An answer is the creator's first reply to it.

PROMPT_HOURS, MIN_MUTUAL and MIN_REPEAT say in numbers what "soon", "both ways" and "comes back"
mean; they are our own choice, fixed by tests/unit/influence/closeness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from influencr.errors import SchemaError
from influencr.influence.engagement import SETTLED_DAYS, WINDOW_DAYS
from influencr.records import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MEASURED_SCHEMA", "MIN_MUTUAL", "MIN_REPEAT", "PROMPT_HOURS", "measure"]

#: An answer within so many hours is a prompt one.
PROMPT_HOURS = 24
#: A conversation goes both ways on at least so many different posts.
MIN_MUTUAL = 2
#: Who replied to so many different posts comes back.
MIN_REPEAT = 3
_DAY = 86_400

MEASURED_SCHEMA: Final[Mapping[str, Any]] = {
    "profile_id": pl.String(),
    "creator": pl.UInt64(),
    "platform": pl.String(),
    "scored": pl.Boolean(),
    "collected": pl.Boolean(),
    "n_replies": pl.Int64(),
    "n_answered": pl.Int64(),
    # Posts with replies; sum of squared replies per post; sum of k (m - k) / m over posts.
    "n_posts": pl.Int64(),
    "squares": pl.Float64(),
    "within": pl.Float64(),
    # Answers whose time is known: within PROMPT_HOURS; median and squares of ln(seconds).
    "n_timed": pl.Int64(),
    "n_prompt": pl.Int64(),
    "delay_median": pl.Float64(),
    "delay_square": pl.Float64(),
    "n_repliers": pl.Int64(),
    "n_mutual": pl.Int64(),
    "n_repeat": pl.Int64(),
}


def measure(
    creators: pl.DataFrame,
    replies: pl.DataFrame | pl.LazyFrame,
    *,
    as_of: int,
    window_days: int = WINDOW_DAYS,
    settled_days: int = SETTLED_DAYS,
) -> pl.DataFrame:
    """MEASURED_SCHEMA, one row per creator, in their order; buckets are put below one another.

    creators   `profile_id, creator` (u64), `platform, policy`; `replies_collected` (bool), if
               present, tells where no reply was seen because nobody looked
    replies    one row per reply: `creator` (whose post it stands under), `post` (that post, u64),
               `actor` (who replied), `at` (s UTC), `answered_at` (s UTC of the creator's first
               reply to it; -1 at an unknown time; null not answered). `flagged` (bool), if
               present, leaves out accounts that vetting flagged
    as_of      the instant (s UTC) that replies and answers were collected until

    Raises SchemaError when a column is missing.
    """
    known = replies.collect_schema().names()
    for name in ("profile_id", "creator", "platform", "policy"):
        if name not in creators.columns:
            raise SchemaError(f"Closeness needs the column {name!r} of creators.", field=name)
    for name in ("creator", "post", "actor", "at", "answered_at"):
        if name not in known:
            raise SchemaError(f"Closeness needs the column {name!r} of replies.", field=name)
    looked = (
        pl.col("replies_collected").fill_null(True)
        if "replies_collected" in creators.columns
        else pl.lit(True)
    )
    who = creators.select(
        "profile_id",
        pl.col("creator").cast(pl.UInt64),
        "platform",
        scored=pl.col("policy").fill_null(0) & int(Policy.SCORE) != 0,
        collected=looked,
    )
    age = as_of - pl.col("at")
    delay = pl.col("answered_at") - pl.col("at")
    heard = (
        replies.lazy()
        .join(who.lazy().filter("scored").select("creator").unique(), on="creator", how="semi")
        .filter(
            age >= settled_days * _DAY,
            age <= window_days * _DAY,
            pl.col("actor") != pl.col("creator"),
            *([~pl.col("flagged").fill_null(False)] if "flagged" in known else []),
        )
        .select(
            "creator",
            "post",
            "actor",
            # An answer that came after the collection ended was not there yet.
            answered=(pl.col("answered_at") <= as_of).fill_null(False),
            delay=pl.when((pl.col("answered_at") >= 0) & (pl.col("answered_at") <= as_of)).then(
                delay.clip(1)
            ),
        )
        .collect()
    )
    parts = (_answers(heard), _delays(heard), _people(heard))
    for part in parts:
        who = who.join(part, on="creator", how="left", maintain_order="left")
    counts = [name for name in MEASURED_SCHEMA if name.startswith("n_")]
    return who.with_columns(pl.col(counts).fill_null(0)).select(
        pl.col(name).cast(kind) for name, kind in MEASURED_SCHEMA.items()
    )


def _answers(heard: pl.DataFrame) -> pl.DataFrame:
    m, k = pl.col("m").cast(pl.Float64), pl.col("k").cast(pl.Float64)
    return (
        heard.group_by("creator", "post")
        .agg(m=pl.len(), k=pl.col("answered").sum())
        .group_by("creator")
        .agg(
            n_replies=pl.col("m").sum(),
            n_answered=pl.col("k").sum(),
            n_posts=pl.len(),
            squares=(m**2).sum(),
            within=(k * (m - k) / m).sum(),
        )
    )


def _delays(heard: pl.DataFrame) -> pl.DataFrame:
    log = pl.col("delay").cast(pl.Float64).log()
    return (
        heard.filter(pl.col("delay").is_not_null())
        .group_by("creator")
        .agg(
            n_timed=pl.len(),
            n_prompt=(pl.col("delay") <= PROMPT_HOURS * 3_600).sum(),
            delay_median=log.median(),
            delay_square=log.var(ddof=0) * pl.len(),
        )
    )


def _people(heard: pl.DataFrame) -> pl.DataFrame:
    return (
        heard.group_by("creator", "actor", "post")
        .agg(answered=pl.col("answered").any())
        .group_by("creator", "actor")
        .agg(n=pl.len(), back=pl.col("answered").sum())
        .group_by("creator")
        .agg(
            n_repliers=pl.len(),
            n_mutual=(pl.col("back") >= MIN_MUTUAL).sum(),
            n_repeat=(pl.col("n") >= MIN_REPEAT).sum(),
        )
    )
