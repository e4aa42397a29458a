"""Posts, acts, replies and counts on disk, cut by groups of creators.

Only what happens to own posts of creators whose source permits a derived number is kept: whose post
it is, who acted, how and when; names become hashes. Reactions are read once, in batches, and joined
to the authors of the posts on the way, so that memory holds 18 bytes per own post and one batch.
Replies come from the posts of those who replied, which alone tell what was said and whether the
creator answered.

Consent: rows and profiles without SCORE are not read, nor is anybody who says to be under 18; the
words of people who did not let their posts be searched are not read either.

ACTS_PER_GROUP: measured, a group of 4 million acts peaks below 2 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from influencr.influence import ACT_KINDS
from influencr.pipeline._gates import posts_may_be_read
from influencr.pipeline._graph import key_of
from influencr.records import Policy
from influencr.vetting import engagement

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot
    from influencr.pipeline.vetting import Bucket

__all__ = [
    "ACTS_PER_GROUP",
    "COPIED_AT",
    "cut_acts",
    "cut_counts",
    "cut_posts",
    "group_bounds",
    "own_posts",
]

#: Acts that are held in memory at a time, as far as public counts foretell them.
ACTS_PER_GROUP = 4_000_000
_BATCH_ACTS = 2_000_000
#: The same words under posts of so many creators are pasted (as in `vetting.engagement`).
COPIED_AT = engagement.COPIED_AT
_MAY = pl.col("policy") & int(Policy.SCORE) != 0
#: Kinds of posts that are nobody's own word to react to.
_NOT_OWN = ("reply", "repost")
_COUNTS = ("likes", "replies", "reposts", "quotes")
_KIND = {name: place for place, name in enumerate(ACT_KINDS)}


def own_posts() -> pl.Expr:
    """Whether a row of posts is a creator's own, which others may react to."""
    return pl.col("reply_to").is_null() & ~pl.col("kind").fill_null("post").is_in(list(_NOT_OWN))


def group_bounds(creators: pl.DataFrame, buckets: Sequence[Bucket]) -> tuple[int, ...]:
    """Rows of `creators` that cut them into groups of about equal work.

    Work is what the public counts foretell of acts, and the posts themselves.
    """
    files = [file for _, posts in buckets for file in posts]
    if not files or creators.is_empty():
        return (0, len(creators))
    load = (
        pl.scan_parquet(files)
        .filter(own_posts(), _MAY)
        .group_by("profile_id")
        .agg(n=pl.sum_horizontal(pl.col(name).fill_null(0).clip(0) for name in _COUNTS).sum() + 1)
        .collect(engine="streaming")
    )
    work = creators.select("profile_id", "followers_seen").join(
        load, on="profile_id", how="left", maintain_order="left"
    )
    weight = work.select(
        pl.col("n").fill_null(0).cast(pl.Float64) + pl.col("followers_seen").fill_null(0)
    ).to_series()
    so_far = weight.cum_sum().to_numpy()
    groups = max(1, int(np.ceil(so_far[-1] / ACTS_PER_GROUP)))
    inner = np.searchsorted(so_far, so_far[-1] * np.arange(1, groups) / groups) + 1
    return tuple(int(row) for row in np.unique([0, *inner, len(creators)]))


def cut_posts(
    work: Path, buckets: Sequence[Bucket], creators: pl.DataFrame, barred: pl.DataFrame
) -> None:
    """posts/, replies/ and answers/ by group, and authors.parquet.

    creators   `profile_id, creator, group` of everybody whose posts are read
    barred     `key` of people who may not even be counted
    """
    authors = []
    heard = work / "heard"
    heard.mkdir()
    for number, (profiles, files) in enumerate(buckets):
        if not files:
            continue
        told = (
            pl.scan_parquet(list(files))
            .filter(_MAY, pl.col("created_at").is_not_null())
            .join(creators.lazy(), on="profile_id", how="left")
            .with_columns(
                post=pl.col("post_id").hash(seed=0), at=pl.col("created_at").dt.epoch("s")
            )
        )
        own = (
            told.filter(own_posts(), pl.col("creator").is_not_null())
            .select(
                *("creator", "group", "post", "at", "kind", *_COUNTS, "views"),
                sponsored="is_sponsored",
                counted_at=pl.col("fetched_at").dt.epoch("s"),
            )
            .unique("post", keep="first")
            .sort("creator", "post")
            .collect()
        )
        authors.append(own.select("post", "creator", "group"))
        _write(work, "posts", own, number)
        said = _said(told, profiles, barred)
        said.select("post", "reply", "actor", "at", "empty", "words").write_parquet(
            heard / f"{number:06d}.parquet", compression="lz4"
        )
        answers = said.filter(pl.col("group").is_not_null()).select(
            "group", creator="actor", reply="post", at="at"
        )
        _write(work, "answers", answers, number)
    whole = pl.concat(authors) if authors else _no_authors()
    # An address that two profiles claim belongs to neither for sure: the first one keeps it.
    whole = whole.unique("post", keep="first", maintain_order=True)
    whole.write_parquet(work / "authors.parquet", compression="lz4")
    _cut_replies(work, heard, whole)


def _no_authors() -> pl.DataFrame:
    return pl.DataFrame(schema={"post": pl.UInt64, "creator": pl.UInt64, "group": pl.Int32})


def _said(told: pl.LazyFrame, profiles: Sequence[str], barred: pl.DataFrame) -> pl.DataFrame:
    """Replies of one bucket's profiles: what to, by whom, when; whether they say something.

    empty   the text has nothing to say; false where it may not be read
    words   hash of longer texts, whatever their order; null where there is none
    """
    opened = pl.scan_parquet(list(profiles)).select("profile_id", posts_may_be_read().alias("open"))
    replies = (
        told.filter(pl.col("reply_to").is_not_null())
        .join(opened, on="profile_id", how="left")
        .select(
            "group",
            "at",
            post=pl.col("reply_to").hash(seed=0),
            reply="post",
            actor=key_of(),
            text=pl.when(pl.col("open").fill_null(value=False)).then("text"),
        )
    )
    judged = engagement.empty_texts(replies)
    return judged.collect().join(barred, left_on="actor", right_on="key", how="anti")


def _cut_replies(work: Path, heard: Path, authors: pl.DataFrame) -> None:
    """replies/ by group of the author, and copied.parquet."""
    pasted = []
    for number, file in enumerate(sorted(heard.iterdir())):
        rows = (
            pl.scan_parquet(file)
            .join(authors.lazy(), on="post", how="inner")
            .filter(pl.col("actor") != pl.col("creator"))
            .collect()
        )
        pasted.append(rows.select("words", "creator").drop_nulls().unique())
        _write(work, "replies", rows, number)
        file.unlink()
    pairs = pl.concat(pasted) if pasted else pl.DataFrame(schema={"words": pl.UInt64})
    copied = (
        pairs.unique()
        .group_by("words")
        .len()
        .filter(pl.col("len") >= COPIED_AT)
        .select("words")
        .sort("words")
    )
    copied.write_parquet(work / "copied.parquet")


def cut_acts(
    snapshot: Snapshot,
    work: Path,
    barred: pl.DataFrame,
    *,
    as_of: int,
    progress: Callable[[int, int], None],
) -> set[int]:
    """acts/ by group: reactions of others to own posts; returns the groups that have any."""
    n: int = snapshot.scan("engagements").select(pl.len()).collect().item()
    if not n:
        return set()
    authors = pl.scan_parquet(work / "authors.parquet")
    acts = (
        snapshot.latest("engagements")
        .filter(_MAY, pl.col("kind").is_in(list(_KIND)))
        .select(
            post=pl.col("post_id").hash(seed=0),
            actor=key_of("actor_id"),
            kind=pl.col("kind").replace_strict(_KIND, return_dtype=pl.Int8),
            at=pl.col("at").dt.epoch("s").fill_null(-1),
        )
        .filter(pl.col("at") <= as_of)
        .join(authors, on="post", how="inner")
        .filter(pl.col("actor") != pl.col("creator"))
    )
    found: set[int] = set()
    done = 0
    for number, rows in enumerate(acts.collect_batches(chunk_size=_BATCH_ACTS)):
        done += len(rows)
        if len(barred):
            rows = rows.join(barred, left_on="actor", right_on="key", how="anti")
        found |= _write(work, "acts", rows, number)
        progress(min(done, n), n)
    return found


def cut_counts(snapshot: Snapshot, work: Path, creators: pl.DataFrame, *, as_of: int) -> None:
    """counts/ by group: what the network showed at different times."""
    now = datetime.now(UTC)
    named = snapshot.identities().select("reference", native="profile_id")
    rows = (
        snapshot.scan("profiles")
        .filter(
            _MAY,
            pl.col("followers").is_not_null(),
            pl.col("expires_at").is_null() | (pl.col("expires_at") > now),
        )
        .select(
            "followers",
            reference=pl.col("profile_id").str.to_lowercase(),
            profile_id="profile_id",
            at=pl.col("fetched_at").dt.epoch("s"),
        )
        .filter(pl.col("at") <= as_of)
        .join(named, on="reference", how="left")
        .with_columns(profile_id=pl.coalesce("native", "profile_id"))
        .join(creators.lazy(), on="profile_id", how="inner")
        .select("creator", "group", "at", "followers")
        .collect(engine="streaming")
        .sort("creator", "at", "followers")
    )
    _write(work, "counts", rows, 0)


def _write(work: Path, what: str, rows: pl.DataFrame, number: int) -> set[int]:
    """Pieces of a frame by its `group`; the groups that got one."""
    found: set[int] = set()
    parts: dict[Any, pl.DataFrame] = rows.partition_by("group", as_dict=True, include_key=False)
    for (group,), piece in parts.items():
        folder = work / what / str(group)
        folder.mkdir(parents=True, exist_ok=True)
        piece.write_parquet(folder / f"{number:06d}.parquet", compression="lz4", statistics=False)
        found.add(int(group))
    return found
