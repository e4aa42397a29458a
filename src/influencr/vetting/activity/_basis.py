"""What "active" can mean for a creator: it depends on what the network lets anybody see.

Reading, liking and watching are seen nowhere, so "dormant" always means "shows nothing new". The
basis of a creator is the best of what was seen: dated posts, else a date that the source states,
else nothing. On video platforms dated posts are uploads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BASES", "activity_basis", "meaning"]

#: Basis -> what a state of activity then rests on.
BASES: Final[Mapping[str, str]] = {
    "posts": "Dates of the creator's own posts and replies that were seen; reposts do not count.",
    "uploads": (
        "Dates of uploads that were seen. Community posts, live streams that were not kept and "
        "comments are not seen, so a creator may be active without being called so."
    ),
    "date": (
        "A date of last activity that the source states, without the posts behind it: it may mean "
        "any act that the platform counts, and it tells no cadence."
    ),
    "nothing": "Neither a dated post nor a date of last activity was seen: nothing can be said.",
}
_UPLOADS = ("youtube", "tiktok")
#: Platform -> what is not seen there beside the above.
_UNSEEN: Final[Mapping[str, str]] = {
    "bluesky": "Everything public is seen, if it was collected.",
    "mastodon": "Followers-only posts are not seen.",
    "youtube": "Only public videos are seen.",
    "tiktok": "Only public videos are seen; stories and lives are not.",
    "instagram": "Stories and lives are not seen.",
}


def meaning(platform: str | None, basis: str) -> str:
    """What a state of activity means on a platform.

    platform   None or one that is not known: only the basis is told
    basis      key of BASES

    >>> meaning("instagram", "posts").endswith("Stories and lives are not seen.")
    True
    """
    return " ".join(part for part in (BASES[basis], _UNSEEN.get(platform or "")) if part)


def activity_basis(profiles: pl.DataFrame, posts: pl.LazyFrame) -> pl.DataFrame:
    """What the activity of each creator rests on.

    profiles   one row per profile: `profile_id, platform, last_active_at`
    posts      `profile_id, created_at, deleted_at, kind` of at least these profiles
    returns    one row per profile, in order: `profile_id`, `activity_basis` (key of BASES),
               `activity_meaning` (sentence)
    """
    import polars as pl

    dated = (
        posts.filter(
            pl.col("created_at").is_not_null(),
            pl.col("deleted_at").is_null(),
            pl.col("kind").is_null() | (pl.col("kind") != "repost"),
        )
        .select("profile_id")
        .unique()
        .with_columns(dated=pl.lit(True))
    )
    told = (
        profiles.lazy()
        .select("profile_id", "platform", "last_active_at")
        .join(dated, on="profile_id", how="left", maintain_order="left")
        .select(
            "profile_id",
            "platform",
            activity_basis=pl.when(pl.col("dated") & pl.col("platform").is_in(_UPLOADS))
            .then(pl.lit("uploads"))
            .when(pl.col("dated"))
            .then(pl.lit("posts"))
            .when(pl.col("last_active_at").is_not_null())
            .then(pl.lit("date"))
            .otherwise(pl.lit("nothing")),
        )
        .collect()
    )
    pairs = told.select("platform", "activity_basis").unique()
    sentences = pairs.with_columns(
        pl.Series(
            "activity_meaning",
            [meaning(platform, basis) for platform, basis in pairs.iter_rows()],
            dtype=pl.String,
        )
    )
    return told.join(
        sentences, on=["platform", "activity_basis"], nulls_equal=True, maintain_order="left"
    ).select("profile_id", "activity_basis", "activity_meaning")
