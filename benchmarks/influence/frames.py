"""A world as it looked on one day, as the frames that influence is judged from; and what came.

`seen` knows nothing that happened after the cut; `came` is what happened after it, with causes
that only the makers of the world know.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

__all__ = ["ACT_KINDS", "DAY", "SETTLED", "Came", "Seen", "came", "causes_of", "seen", "sized"]

DAY = 86_400
#: Posts younger than this have not collected what they will get; outcomes leave them out.
SETTLED = 2 * DAY
ACT_KINDS = ("like", "repost", "reply", "quote", "comment", "view")
#: Causes of acts that are nobody's own wish to react to the creator (`sources.synthetic`).
_NOT_MEANT = ("paid", "pod", "applause")
_EFFORT = ("repost", "quote", "reply")


class Seen(NamedTuple):
    """The frames of the method, as of the cut; columns as in `influence`.

    creators   one row per creator with a graph, with `followers` as of the cut
    posts      own posts before the cut, with the counts that were public then
    acts       acts before the cut
    follows    follower, followed (keys), at: between anybody, before the cut
    cut        seconds
    """

    creators: pl.DataFrame
    posts: pl.DataFrame
    acts: pl.DataFrame
    follows: pl.DataFrame
    cut: int


class Came(NamedTuple):
    """What followed.

    creators   one row per row of `Seen.creators`, in its order:
               outcome   distinct accounts per settled post that meant it: not paid, of no
                         reciprocal group, with some content; null without a settled post
               own       the same without acts on items that others brought too, and without crowds
               n_posts   settled posts after the cut
               placebo   whether the planted response is noise
               z         planted influence at the cut (null: placebo)
               expected  planted acts per post at the cut (null: placebo)
               later     the same two weeks after the cut
               paid      whether paid acts were planted at any time
               pod       whether the creator is in a reciprocal group
    posts      creator, post, at, item, acts (as in `outcome`)
    """

    creators: pl.DataFrame
    posts: pl.DataFrame


def _key(name: str) -> pl.Expr:
    """Keys of accounts that a world names by `did`, as the pipeline makes them of profile ids."""
    return ("bluesky:" + pl.col(name)).hash(seed=0)


def _seconds(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("s")


def _own_posts(observed: Path) -> pl.DataFrame:
    return (
        pl.scan_parquet(observed / "bluesky_posts*.parquet")
        .filter(pl.col("kind").is_in(["post", "quote"]))
        .select(
            "uri",
            "did",
            "kind",
            creator=_key("did"),
            post=pl.col("uri").hash(seed=0),
            at=_seconds("createdAt"),
            item=pl.col("text").str.extract(r"https://wire\.example/(\d+)").cast(pl.Int64),
            sponsored=pl.col("text").str.contains(r"(?i)#(?:ad|sponsored|werbung|anzeige)\b"),
        )
        .collect()
    )


def causes_of(world: Path) -> pl.DataFrame:
    """`post`, `actor`, `kind` (text) and `cause` of every act that was not simply a reaction."""
    return (
        pl.scan_parquet(world / "truth" / "acts*.parquet")
        .select(
            post=pl.col("planted_post").hash(seed=0),
            actor=_key("planted_actor"),
            kind="planted_act",
            cause="planted_cause",
        )
        .collect()
    )


def _acts(observed: Path, posts: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    """All acts on own posts: creator, post, actor, kind, at, cause."""
    return (
        pl.scan_parquet(observed / "bluesky_engagements*.parquet")
        .select(
            post=pl.col("post_id").hash(seed=0), actor=_key("actor"), kind="kind", at=_seconds("at")
        )
        .join(posts.lazy().select("post", "creator", "item", posted="at"), on="post")
        .join(causes.lazy(), on=["post", "actor", "kind"], how="left")
        .with_columns(pl.col("cause").fill_null("own"))
        .unique(["post", "actor", "kind"], keep="first", maintain_order=True)
        .collect()
    )


def seen(world: Path, cut: int, flagged: pl.Series | None = None) -> Seen:
    """The frames as of the cut.

    flagged   keys of accounts that vetting flags; None takes the accounts that sellers own, as if
              vetting found each of them and nobody else
    """
    observed = world / "observed"
    follows = (
        pl.scan_parquet(observed / "bluesky_follows*.parquet")
        .select(follower=_key("follower"), followed=_key("followed"), at=_seconds("followed_at"))
        .filter(pl.col("at") <= cut)
        .collect()
    )
    accounts = pl.read_parquet(world / "truth" / "accounts*.parquet")
    if flagged is None:
        flagged = (
            accounts.filter(pl.col("planted_kind") == "bought")
            .select(key=_key("planted_profile"))
            .to_series()
        )
    creators = _creators(world, follows, cut)
    posts = _own_posts(observed).filter(pl.col("at") <= cut)
    causes = causes_of(world)
    acts = _acts(observed, posts, causes).filter(pl.col("at") <= cut)
    posts = sized(_counted(posts, acts, cut), follows)
    return Seen(creators, posts, _told(acts, follows, flagged), follows, cut)


def _creators(world: Path, follows: pl.DataFrame, cut: int) -> pl.DataFrame:
    listed = pl.read_parquet(world / "truth" / "influence*.parquet").select("planted_profile")
    accounts = pl.read_parquet(world / "truth" / "accounts*.parquet")
    sizes = follows.group_by("followed").agg(followers=pl.len().cast(pl.Int64))
    return (
        listed.join(accounts, on="planted_profile", how="left")
        .filter(_seconds("planted_created_at") <= cut)
        .select(
            profile_id="bluesky:" + pl.col("planted_profile"),
            creator=_key("planted_profile"),
            platform=pl.lit("bluesky"),
            language="planted_language",
            topic="planted_topic_1",
            region="planted_region",
            kind="planted_kind",
            account_created_at="planted_created_at",
            audience_hidden=pl.lit(value=False),
            policy=pl.lit(-1, dtype=pl.Int64),
        )
        .join(sizes, left_on="creator", right_on="followed", how="left")
        .with_columns(pl.col("followers").fill_null(0))
        .sort("creator")
    )


def sized(posts: pl.DataFrame, follows: pl.DataFrame) -> pl.DataFrame:
    """Posts with `followers_then`: who followed the creator when the post was made."""
    arrived = follows.select(creator="followed", at="at").sort("at")
    arrived = arrived.with_columns(
        followers_then=pl.int_range(1, pl.len() + 1).over("creator").cast(pl.Float64)
    )
    return (
        posts.sort("at")
        .join_asof(arrived, on="at", by="creator", check_sortedness=False)
        .with_columns(pl.col("followers_then").fill_null(0.0))
        .sort("creator", "at", "post")
    )


def _counted(posts: pl.DataFrame, acts: pl.DataFrame, cut: int) -> pl.DataFrame:
    """Own posts with the counts that anybody could read at the cut."""
    counts = (
        acts.group_by("post", "kind")
        .len()
        .pivot("kind", index="post", values="len")
        .rename({"like": "likes", "repost": "reposts", "reply": "replies", "quote": "quotes"})
    )
    return (
        posts.select("creator", "post", "at", "kind", "sponsored", "item")
        .join(counts, on="post", how="left")
        .with_columns(
            *(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts.columns if name != "post")
        )
        .with_columns(
            views=pl.lit(None, dtype=pl.Int64),
            counted_at=pl.lit(cut, dtype=pl.Int64),
            text=pl.lit(None, dtype=pl.String),
        )
        .sort("creator", "at", "post")
    )


def _told(acts: pl.DataFrame, follows: pl.DataFrame, flagged: pl.Series) -> pl.DataFrame:
    """Acts with the columns of the method; what a reply says is told by its planted cause."""
    pairs = follows.select(actor="follower", creator="followed", since="at")
    back = follows.select(actor="followed", creator="follower", back="at")
    return (
        acts.join(pairs, on=["actor", "creator"], how="left")
        .join(back, on=["actor", "creator"], how="left")
        .select(
            "creator",
            "post",
            "actor",
            kind=pl.col("kind").replace_strict(
                {name: i for i, name in enumerate(ACT_KINDS)}, return_dtype=pl.Int8
            ),
            at=pl.col("at").cast(pl.Int64),
            flagged=pl.col("actor").is_in(flagged.implode()),
            follower=pl.col("since").is_not_null() & (pl.col("since") <= pl.col("at")),
            generic=(pl.col("kind") == "reply") & pl.col("cause").is_in(list(_NOT_MEANT)),
            mutual=pl.col("since").is_not_null() & pl.col("back").is_not_null(),
        )
        .sort("creator", "post", "at", "actor", "kind")
    )


def came(world: Path, now: Seen, until: int) -> Came:
    """What happened between the cut and `until` (seconds)."""
    observed = world / "observed"
    posts = _own_posts(observed).filter(
        (pl.col("at") > now.cut) & (pl.col("at") <= until - SETTLED)
    )
    acts = _acts(observed, posts, causes_of(world)).filter(
        pl.col("kind").is_in(_EFFORT)
        & ~pl.col("cause").is_in(list(_NOT_MEANT))
        & (pl.col("at") <= until)
    )
    own = acts.filter(pl.col("cause").is_in(["own", "outsider"]))
    told = (
        posts.select("creator", "post", "at", "item")
        .join(_distinct(acts, "acts"), on="post", how="left", maintain_order="left")
        .join(_distinct(own, "own_acts"), on="post", how="left", maintain_order="left")
        .with_columns(pl.col("acts", "own_acts").fill_null(0))
    )
    means = told.group_by("creator").agg(
        outcome=pl.col("acts").mean(), own=pl.col("own_acts").mean(), n_posts=pl.len()
    )
    planted = pl.read_parquet(world / "truth" / "influence*.parquet").select(
        creator=_key("planted_profile"),
        placebo="planted_placebo",
        z="planted_z_28_days_before",
        expected="planted_acts_28_days_before",
        later="planted_acts_14_days_before",
        paid=pl.col("planted_paid_times") > 0,
    )
    creators = (
        now.creators.select("creator")
        .join(means, on="creator", how="left", maintain_order="left")
        .join(planted, on="creator", how="left", maintain_order="left")
        .with_columns(
            pl.col("n_posts").fill_null(0),
            pod=pl.col("creator").is_in(_members(world).implode()),
        )
    )
    return Came(creators, told.drop("own_acts"))


def _distinct(acts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Different accounts per post."""
    return acts.select("post", "actor").unique().group_by("post").len(name)


def _members(world: Path) -> pl.Series:
    """Keys of who is in a reciprocal group."""
    pods = world / "truth" / "pods.parquet"
    if not pods.exists():
        return pl.Series("creator", [], dtype=pl.UInt64)
    return pl.read_parquet(pods).select(creator=_key("planted_account")).to_series().unique()
