"""One group of creators: from acts to what is needed of them, so that no act is read again.

Leaves, for the group: measured-, histogram- (engagement), posts- (one row per post, `score`),
closeness-, growth- and jumps-, interests- (topics of listed followers) and received-.parquet.

Which creators' reactions were collected is told from the data: a network of which no reaction is
in the catalogue has only counts, and so has a creator whose posts show nothing at all.

KNOWN_SHARE is our own choice: who is missing from a list that is shorter than nine tenths of the
shown number may well follow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from influencr.influence import ACT_KINDS, closeness, engagement, growth, score
from influencr.pipeline.influence._follows import follows_of
from influencr.pipeline.influence._plan import Plan, group_files, read_plan

__all__ = ["KNOWN_SHARE", "reduce_group"]

#: Share of the followers that has to be known for "does not follow" to be told.
KNOWN_SHARE = 0.9
_REPLY = ACT_KINDS.index("reply")
_COUNTS = ("likes", "replies", "reposts", "quotes")
#: Share of the public counts that collected acts must reach (`influence.score`).
_COVERED = 0.5

_POSTS = {
    "creator": pl.UInt64,
    "post": pl.UInt64,
    "at": pl.Int64,
    "kind": pl.String,
    **dict.fromkeys((*_COUNTS, "views"), pl.Int64),
    "sponsored": pl.Boolean,
    "counted_at": pl.Int64,
}
_ACTS = {
    "post": pl.UInt64,
    "actor": pl.UInt64,
    "kind": pl.Int8,
    "at": pl.Int64,
    "creator": pl.UInt64,
}
_REPLIES = {
    "post": pl.UInt64,
    "reply": pl.UInt64,
    "actor": pl.UInt64,
    "at": pl.Int64,
    "empty": pl.Boolean,
    "words": pl.UInt64,
    "creator": pl.UInt64,
}
_ANSWERS = {"creator": pl.UInt64, "reply": pl.UInt64, "at": pl.Int64}
_SHOWN = {"creator": pl.UInt64, "at": pl.Int64, "followers": pl.Int64}


def reduce_group(work: Path, group: int) -> None:
    """What the judges need of one group of creators."""
    plan = read_plan(work)
    first, stop = plan.bounds[group], plan.bounds[group + 1]
    creators = pl.read_parquet(work / "creators.parquet").slice(first, stop - first)
    follows = follows_of(Path(plan.vetting), creators["creator"])
    posts = _read(work, "posts", group, _POSTS)
    replies = _replies(work, group).filter(pl.col("at") <= plan.as_of)
    acts = _acts(work, group, replies, follows, creators)
    told = _told(creators, posts, acts, plan)
    posts = _sized(posts, follows, creators).join(told, on="creator", how="left")
    measured = engagement.measure(creators, posts, acts, as_of=plan.as_of)
    _keep(work, group, "measured", measured.facts)
    _keep(work, group, "histogram", measured.histogram)
    _keep(work, group, "posts", _per_post(posts, acts, plan))
    heard = _heard(creators, posts, replies)
    _keep(work, group, "closeness", closeness.measure(heard, replies, as_of=plan.as_of))
    grown = growth.measure(
        creators,
        follows=follows.select("creator", "at"),
        snapshots=_read(work, "counts", group, _SHOWN),
        as_of=plan.as_of,
    )
    _keep(work, group, "growth", grown.facts)
    _keep(work, group, "jumps", grown.jumps)
    _keep(work, group, "interests", _interests(work, follows))


def _read(work: Path, what: str, group: int, schema: dict[str, Any]) -> pl.DataFrame:
    files = group_files(work, what, group)
    if not files:
        return pl.DataFrame(schema=schema)
    return pl.read_parquet(files, columns=list(schema)).cast(pl.Schema(schema))


def _keep(work: Path, group: int, what: str, frame: pl.DataFrame) -> None:
    frame.write_parquet(work / f"{what}-{group:06d}.parquet", compression="lz4")


def _flagged(work: Path) -> pl.DataFrame:
    return pl.read_parquet(work / "flagged.parquet")


def _replies(work: Path, group: int) -> pl.DataFrame:
    """creator, post, actor, at, answered_at, generic, flagged: replies collected as posts."""
    rows = _read(work, "replies", group, _REPLIES)
    answers = (
        _read(work, "answers", group, _ANSWERS)
        .group_by("creator", "reply")
        .agg(answered_at=pl.col("at").min())
    )
    copied = pl.read_parquet(work / "copied.parquet")["words"]
    flagged = _flagged(work)["actor"]
    return (
        rows.join(answers, on=["creator", "reply"], how="left")
        .join(
            pl.read_parquet(work / "apart.parquet").with_columns(apart=pl.lit(True)),
            on=["creator", "actor"],
            how="left",
        )
        .select(
            *("creator", "post", "actor", "at", "answered_at"),
            generic=pl.col("empty")
            | pl.col("words").is_in(copied.implode()).fill_null(False)
            | pl.col("apart").fill_null(False),
            flagged=pl.col("actor").is_in(flagged.implode()),
        )
        .sort("creator", "post", "at", "actor")
    )


def _acts(
    work: Path, group: int, replies: pl.DataFrame, follows: pl.DataFrame, creators: pl.DataFrame
) -> pl.DataFrame:
    """The acts of the method: creator, post, actor, kind, at, flagged, follower, generic."""
    events = _read(work, "acts", group, _ACTS).with_columns(generic=pl.lit(False))
    spoken = (
        replies.group_by("post", "actor")
        .agg(
            kind=pl.lit(_REPLY, dtype=pl.Int8),
            at=pl.col("at").min(),
            creator=pl.col("creator").first(),
            # One reply with something in it is an effort, whatever the others say.
            generic=pl.col("generic").all(),
        )
        .select(*_ACTS, "generic")
    )
    seen = events.lazy()
    if len(spoken):
        # Of a reply that came both ways, what was said is known from the post.
        seen = seen.join(
            spoken.lazy().select("post", "actor", "kind"), on=["post", "actor", "kind"], how="anti"
        )
    apart = pl.scan_parquet(work / "apart.parquet").with_columns(apart=pl.lit(True))
    known = (
        follows.lazy()
        .group_by("creator")
        .len("n")
        .join(creators.lazy().select("creator", "followers"), on="creator")
        .filter(pl.col("n") >= KNOWN_SHARE * pl.col("followers"))
        .select("creator", listed=pl.lit(True))
    )
    since = follows.lazy().select("creator", "actor", since="at")
    flagged = _flagged(work).lazy().with_columns(flagged=pl.lit(True))
    return (
        pl.concat([seen, spoken.lazy()])
        .join(flagged, on="actor", how="left")
        .join(known, on="creator", how="left")
        .join(since, on=["creator", "actor"], how="left")
        .join(apart, on=["creator", "actor"], how="left")
        .select(
            *("creator", "post", "actor", "kind", "at"),
            flagged=pl.col("flagged").fill_null(False),
            follower=pl.when(pl.col("since").is_null() & pl.col("listed").fill_null(False))
            .then(pl.lit(False))
            .when((pl.col("since") >= 0) & (pl.col("at") >= 0))
            .then(pl.col("since") <= pl.col("at")),
            generic=pl.col("generic") | pl.col("apart").fill_null(False),
        )
        .collect()
    )


def _told(
    creators: pl.DataFrame, posts: pl.DataFrame, acts: pl.DataFrame, plan: Plan
) -> pl.DataFrame:
    """creator, events: whether reactions to the creator's posts were collected one by one."""
    public = posts.group_by("creator").agg(
        public=pl.sum_horizontal(pl.col(name).fill_null(0) for name in _COUNTS).sum(),
        shown=pl.any_horizontal(pl.col(name).is_not_null() for name in _COUNTS).any(),
    )
    touched = acts.group_by("creator").len("touched")
    return (
        creators.select("creator", "platform")
        .join(public, on="creator")
        .join(touched, on="creator", how="left")
        .select(
            "creator",
            events=pl.col("platform").is_in(list(plan.platforms))
            & (pl.col("touched").is_not_null() | pl.col("shown"))
            & (pl.col("touched").fill_null(0) >= _COVERED * pl.col("public")),
        )
    )


def _sized(posts: pl.DataFrame, follows: pl.DataFrame, creators: pl.DataFrame) -> pl.DataFrame:
    """Posts with followers_then: those of now who followed when the post was made, of all.

    Null where fewer than KNOWN_SHARE of the followers are known with their dates.
    """
    dated = follows.filter(pl.col("at") >= 0)
    arrived = (
        dated.sort("at")
        .with_columns(followers_then=pl.int_range(1, pl.len() + 1).over("creator"))
        .select("creator", "at", "followers_then")
    )
    known = (
        dated.group_by("creator")
        .len("n")
        .join(creators.select("creator", "followers"), on="creator")
        .filter(pl.col("n") >= KNOWN_SHARE * pl.col("followers"))
        .select("creator", dated=pl.lit(True))
    )
    return (
        posts.sort("at")
        .join_asof(arrived, on="at", by="creator", check_sortedness=False)
        .join(known, on="creator", how="left")
        .with_columns(
            followers_then=pl.when(pl.col("dated").fill_null(False)).then(
                pl.col("followers_then").fill_null(0).cast(pl.Float64)
            )
        )
        .drop("dated")
        .sort("creator", "at", "post")
    )


def _per_post(posts: pl.DataFrame, acts: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """One row per post, from acts where these were collected, from counts elsewhere."""
    seen = pl.col("events").fill_null(False)
    return pl.concat(
        [
            score.per_post(acts, posts.filter(seen), as_of=plan.as_of),
            score.per_post(None, posts.filter(~seen), as_of=plan.as_of),
        ]
    ).sort("creator", "at", "post")


def _heard(creators: pl.DataFrame, posts: pl.DataFrame, replies: pl.DataFrame) -> pl.DataFrame:
    """Creators with `replies_collected`: replies are there, or counts say that there are none."""
    shown = posts.group_by("creator").agg(
        n_shown=pl.col("replies").sum(), any=pl.col("replies").count()
    )
    return (
        creators.join(shown, on="creator", how="left", maintain_order="left")
        .join(
            replies.group_by("creator").len("n_heard"),
            on="creator",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            replies_collected=pl.col("n_heard").is_not_null()
            | ((pl.col("any") > 0) & (pl.col("n_shown") == 0)).fill_null(False)
        )
        .drop("n_shown", "any", "n_heard")
    )


def _interests(work: Path, follows: pl.DataFrame) -> pl.DataFrame:
    """creator, topic, n: followers who are listed themselves, by their main topic."""
    topics = (
        pl.scan_parquet(work / "creators.parquet")
        .filter(pl.col("topic").is_not_null())
        .select(actor="creator", topic="topic")
    )
    return (
        follows.lazy()
        .join(topics, on="actor", how="inner")
        .group_by("creator", "topic")
        .agg(n=pl.len())
        .sort("creator", "topic")
        .collect()
    )
