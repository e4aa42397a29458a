"""Who talks with whom: replies to listed creators, and who reacts to whose posts within the hour.

Read once over all buckets, before the groups: pods are found among all creators at once, and the
same words under several creators are pasted. Of each creator the newest POSTS_READ posts are read.
Texts of people who did not let their posts be searched are not read, and whoever may not be counted
(`_gates.may_be_counted`) is nobody's replier.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr.pipeline._gates import may_be_counted, posts_may_be_read
from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting._plan import read_buckets
from influencr.records import Policy
from influencr.vetting import engagement
from influencr.vetting.rings import ACT_COLUMNS

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = ["POSTS_READ", "comments_of", "gather_talk", "read_acts"]

#: Posts of a creator whose replies and reactions are read, the newest; our own choice.
POSTS_READ = 50
_ACTS, _REPLIES, _OWN = "talk-acts.parquet", "talk-replies.parquet", "talk-posts.parquet"
_HOUR = 3_600
#: Kinds of posts that are nobody's own words to reply to.
_NOT_OWN = ("reply", "repost")
#: Acts that say something or are seen by the author; a view is neither.
_KINDS = ("reply", "comment", "like", "quote", "repost")
_MAY = pl.col("policy") & int(Policy.SCORE) != 0


def gather_talk(snapshot: Snapshot, work: Path) -> None:
    """talk-*.parquet: own posts, replies, and quick reactions of listed creators to one another.

    No file of replies where the catalogue holds no reply at all, and none of acts where it holds
    neither replies nor reactions: nothing was looked at then.
    """
    files = [file for _, posts in read_buckets(work) for file in posts]
    if not files:
        return
    told = (
        pl.scan_parquet(files)
        .filter(_MAY, pl.col("deleted_at").is_null())
        .select(
            "profile_id",
            pl.col("post_id").hash(seed=0).alias("post"),
            pl.when(pl.col("reply_to").is_not_null())
            .then(pl.col("reply_to").hash(seed=0))
            .alias("reply_to"),
            "kind",
            "replies",
            pl.col("created_at").dt.epoch("s").alias("at"),
            "text",
        )
    )
    listed = pl.scan_parquet(work / "listed.parquet").filter("scored").select("profile_id", "key")
    own = (
        told.filter(
            pl.col("reply_to").is_null(), ~pl.col("kind").fill_null("post").is_in(list(_NOT_OWN))
        )
        .join(listed, on="profile_id", how="inner")
        .select("key", "post", "replies", "at")
        .filter(pl.col("at").rank("ordinal", descending=True).over("key") <= POSTS_READ)
        .collect(engine="streaming")
    )
    own.write_parquet(work / _OWN)
    replies = _replies(told, own, listed, _people(work))
    if len(replies):
        replies.write_parquet(work / _REPLIES)
    acts = _acts(snapshot, own, listed, replies)
    if len(acts):
        acts.write_parquet(work / _ACTS)


def comments_of(work: Path) -> pl.DataFrame | None:
    """`engagement.comment_quality` of every listed creator; None where no reply was collected."""
    if not (work / _REPLIES).exists():
        return None
    return engagement.comment_quality(
        pl.read_parquet(work / _REPLIES).rename({"post": "post_id"}),
        pl.read_parquet(work / _OWN, columns=["key", "post", "replies"]).rename(
            {"post": "post_id"}
        ),
    )


def read_acts(work: Path) -> pl.DataFrame | None:
    """Acts for `rings.pods`; None where there is none."""
    file = work / _ACTS
    return pl.read_parquet(file) if file.exists() else None


def _people(work: Path) -> pl.LazyFrame:
    """`key, counted, open` (texts may be read) of everybody with a profile."""
    files = [file for profiles, _ in read_buckets(work) for file in profiles]
    return pl.scan_parquet(files).select(
        key_of().alias("by"),
        may_be_counted().alias("counted"),
        posts_may_be_read().alias("open"),
    )


def _replies(
    told: pl.LazyFrame, own: pl.DataFrame, listed: pl.LazyFrame, people: pl.LazyFrame
) -> pl.DataFrame:
    """`by, to, post, reply_id, text, at`: replies to own posts, and what creators said to others.

    Texts only of replies to own posts, by people whose posts may be read.
    """
    spoken = told.filter(pl.col("reply_to").is_not_null()).select(
        "profile_id", "at", "text", reply_id="post", post="reply_to"
    )
    heard = (
        spoken.join(own.lazy().select("post", to="key"), on="post", how="inner")
        .with_columns(key_of().alias("by"))
        .join(people, on="by", how="left")
        .filter(pl.col("counted").fill_null(value=True))
        .with_columns(text=pl.when(pl.col("open").fill_null(value=False)).then("text"))
        .select("by", "to", "post", "reply_id", "text", "at")
        .collect(engine="streaming")
    )
    # Whom a creator answers or visits: only people who replied to somebody here can matter.
    repliers = heard.lazy().select(to="by").unique()
    said = (
        spoken.drop("text")
        .join(listed.rename({"key": "by"}), on="profile_id", how="inner")
        .join(told.select(author="profile_id", post="post"), on="post", how="inner")
        .select("by", "post", "reply_id", "at", to=key_of("author"))
        .join(repliers, on="to", how="semi")
        .join(heard.lazy().select("reply_id"), on="reply_id", how="anti")
        .with_columns(text=pl.lit(None, dtype=pl.String))
        .select(heard.columns)
        .collect(engine="streaming")
    )
    return pl.concat([heard, said])


def _acts(
    snapshot: Snapshot, own: pl.DataFrame, listed: pl.LazyFrame, replies: pl.DataFrame
) -> pl.DataFrame:
    """ACT_COLUMNS of `rings`: quick reactions of listed creators to each other's own posts.

    Each post of a creator with a reaction is there once by its author, so that posts without a
    quick one count among all; of every other creator one post is, because a group is improbable
    among the many who could have been in one.
    """
    posts = own.lazy().select("post", author="key", posted_at="at").drop_nulls()
    quick = (pl.col("at") - pl.col("posted_at")).is_between(0, _HOUR)
    reacted = (
        snapshot.latest("engagements")
        .filter(_MAY, pl.col("kind").is_in(list(_KINDS)), pl.col("at").is_not_null())
        .select(
            post=pl.col("post_id").hash(seed=0),
            actor=key_of("actor_id"),
            at=pl.col("at").dt.epoch("s"),
        )
        .join(listed.select(actor="key"), on="actor", how="semi")
    )
    both = pl.concat([reacted, replies.lazy().select("post", pl.col("by").alias("actor"), "at")])
    found = (
        both.join(posts, on="post", how="inner")
        .filter(quick, pl.col("actor") != pl.col("author"))
        .join(listed.select(actor="key"), on="actor", how="semi")
        .select(ACT_COLUMNS)
        .unique()
        .collect(engine="streaming")
    )
    authors = found.lazy().select("author").unique()
    if not len(found):
        return found
    first = posts.join(authors, on="author", how="anti").unique("author", keep="any")
    each = (
        pl.concat([posts.join(authors, on="author", how="semi"), first])
        .select("author", "post", "posted_at", actor="author", at="posted_at")
        .select(ACT_COLUMNS)
        .collect()
    )
    return pl.concat([found, each]).sort(ACT_COLUMNS)
