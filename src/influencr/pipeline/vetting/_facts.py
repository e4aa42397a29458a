"""What may explain a wave: posts, who reacted to them, and mentions, of the creators who had one.

Only creators with an unusual finding are asked about, so the tables are read once, each row is
compared with a short list, and what is kept is small. Texts of people who did not let their posts
be searched are not read; rows whose policy does not allow SCORE are not either.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr.pipeline._graph import key_of
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = ["FACTS", "gather_facts", "read_facts"]

#: What is kept, each as facts-<name>.parquet.
FACTS = ("posts", "mentions", "acts")


def gather_facts(snapshot: Snapshot, work: Path, creators: pl.DataFrame) -> None:
    """facts-*.parquet about some creators; a file that cannot be made is left out.

    creators   `key, profile_id, platform, handle, open` (their posts may be searched); who is here
               is asked about

    No file of posts or acts where the catalogue holds none at all, and none of mentions where no
    post says whom it mentions: "not found" would then be a claim about what nobody collected.
    """
    may = pl.col("policy") & int(Policy.SCORE) != 0
    theirs = creators.select("profile_id", "key", "open").lazy()
    posts = (
        snapshot.latest("posts")
        .filter(may)
        .join(theirs, on="profile_id", how="semi")
        .select(
            "profile_id",
            "post_id",
            pl.col("created_at").dt.epoch("s").alias("at"),
            "reposts",
            "likes",
            "replies",
            "kind",
            "text",
        )
        .join(theirs, on="profile_id", how="left")
        .with_columns(pl.when("open").then("text").alias("text"))
        .drop("profile_id", "open")
        .collect(engine="streaming")
    )
    if _holds(snapshot, "posts"):
        posts.write_parquet(work / "facts-posts.parquet")
    if _holds(snapshot, "engagements"):
        acts = (
            snapshot.latest("engagements")
            .filter(may)
            .join(posts.lazy().select("post_id").unique(), on="post_id", how="semi")
            .select(
                "post_id",
                key_of("actor_id").alias("actor"),
                pl.col("at").dt.epoch("s").alias("at"),
            )
            .collect(engine="streaming")
        )
        acts.write_parquet(work / "facts-acts.parquet")
    mentions = _mentions(snapshot, creators)
    if mentions is not None:
        mentions.write_parquet(work / "facts-mentions.parquet")


def read_facts(work: Path) -> dict[str, pl.DataFrame | None]:
    """What `gather_facts` kept, None for what was not collected."""
    found = {}
    for name in FACTS:
        file = work / f"facts-{name}.parquet"
        found[name] = pl.read_parquet(file) if file.exists() else None
    return found


def _holds(snapshot: Snapshot, table: str) -> bool:
    return bool(snapshot.scan(table).select(pl.len()).collect().item())


def _mentions(snapshot: Snapshot, creators: pl.DataFrame) -> pl.DataFrame | None:
    """`key, at, by, by_followers` of posts that say that they mention one of the creators."""
    said = snapshot.scan("posts").select(pl.col("mentions").is_not_null().any())
    if not said.collect(engine="streaming").item():
        return None
    names = (
        creators.select(
            "key",
            "platform",
            pl.concat_list(
                "profile_id",
                pl.col("profile_id").str.splitn(":", 2).struct.field("field_1"),
                "handle",
                pl.concat_str("platform", pl.lit(":@"), "handle"),
            ).alias("name"),
        )
        .explode("name")
        .drop_nulls("name")
        .with_columns(pl.col("name").str.to_lowercase())
        .unique(["platform", "name"], maintain_order=True)
    )
    found = (
        snapshot.latest("posts")
        .filter(
            pl.col("policy") & int(Policy.SCORE) != 0,
            pl.col("mentions").list.len() > 0,
        )
        .select(
            "profile_id",
            pl.col("created_at").dt.epoch("s").alias("at"),
            pl.col("profile_id").str.splitn(":", 2).struct.field("field_0").alias("platform"),
            pl.col("mentions").alias("name"),
        )
        .explode("name")
        .with_columns(pl.col("name").str.strip_prefix("@").str.to_lowercase())
        .join(names.lazy(), on=["platform", "name"], how="inner")
        .collect(engine="streaming")
    )
    by = (
        snapshot.latest("profiles", among=found["profile_id"].unique())
        .select("profile_id", pl.col("followers").alias("by_followers"))
        .collect()
    )
    return (
        found.join(by, on="profile_id", how="left", maintain_order="left")
        .select("key", "at", key_of().alias("by"), "by_followers")
        .unique(maintain_order=True)
    )
