"""Where do people's names stand in the tables, and when are two spellings the same name?

A name is a text by which a removal can recognise a person again:

    tiktok:6581            a profile by native id, lower case
    tiktok:@ana            a profile by handle, canonical (`records.canonical_handle`)
    post:tiktok:77...      a post of theirs, exactly as spelled (post ids are case-sensitive)
    pack:bluesky:at://...  a pack they own, exactly as spelled

An AT Protocol address carries its owner's id (`at://did:plc:abc/...`), so it names them even where
the post or pack itself was never seen. A row that names a removed person as one of its ends goes
as a whole; where somebody else's row merely points at them (`reply_to`, `via_id`, `mentions`), the
pointer is blanked and the row stays. The words of other people's posts are theirs and stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from influencr.errors import UsageError
from influencr.records import canonical_handle

__all__ = [
    "POINTERS",
    "ROLES",
    "Role",
    "canonical_reference",
    "handle_reference",
    "mentioned",
    "pack_name",
    "post_name",
    "without_mentions",
]


class Role(NamedTuple):
    """One way in which a row names somebody: `name` is the canonical name, null for nobody."""

    columns: tuple[str, ...]
    name: pl.Expr


def canonical_reference(reference: str) -> str:
    """A reference as the registry compares it; UsageError when it has no platform.

    >>> canonical_reference("TikTok:@Some.One"), canonical_reference("bluesky:did:plc:ABC")
    ('tiktok:@some.one', 'bluesky:did:plc:abc')
    """
    platform, colon, rest = reference.strip().partition(":")
    platform = platform.lower()
    name = rest.strip()
    if name.startswith("@"):
        name = f"@{canonical_handle(name, platform=platform) or ''}"
    if not colon or not platform or name in ("", "@"):
        raise UsageError(
            f"{reference!r} names nobody; write it as platform:@handle or platform:native id, for "
            "example tiktok:@ana.",
            field="reference",
        )
    return f"{platform}:{name.lower()}"


def post_name(post_id: str) -> str:
    """The name under which a removed person's post is recognised."""
    return f"post:{post_id}"


def pack_name(pack_id: str) -> str:
    """The name under which a removed person's pack is recognised."""
    return f"pack:{pack_id}"


def handle_reference(platform: str = "platform", handle: str = "handle") -> pl.Expr:
    """String expression: `platform:@canonical handle`, null without a handle.

    Plain ASCII handles are folded in the engine; the rest go through `canonical_handle`, once per
    distinct spelling.
    """
    return (
        pl.struct(pl.col(platform).alias("p"), pl.col(handle).alias("h"))
        .map_batches(_handle_references, return_dtype=pl.String, is_elementwise=True)
        .alias("reference")
    )


def _handle_references(pairs: pl.Series) -> pl.Series:
    frame = pairs.struct.unnest()
    plain = frame["h"].str.contains(r"^@?[!-.0-?A-~]+$")  # printable ASCII without "/" or "@"
    fast = frame.select(
        pl.concat_str(
            pl.col("p").str.to_lowercase(), pl.lit(":@"), pl.col("h").str.strip_chars_start("@")
        ).str.to_lowercase()
    ).to_series()
    odd = frame.filter(~plain).unique()
    if odd.is_empty():
        return fast
    found = [
        None if handle is None else f"{platform.lower()}:@{handle}"
        for platform, handle in (
            (p, canonical_handle(h, platform=p.lower()) if p is not None else None)
            for p, h in odd.select("p", "h").iter_rows()
        )
    ]
    odd = odd.with_columns(slow=pl.Series(found, dtype=pl.String))
    slow = frame.join(odd, on=["p", "h"], how="left", maintain_order="left")["slow"]
    return pl.select(pl.when(plain).then(fast).otherwise(slow)).to_series()


def _profile(column: str) -> Role:
    return Role((column,), pl.col(column).str.to_lowercase())


def _prefixed(prefix: str, column: str) -> Role:
    return Role((column,), pl.lit(prefix) + pl.col(column))


def _author(column: str) -> Role:
    owner = pl.col(column).str.extract(r"^(?:[a-z0-9]+:)?at://([^/?#]+)")
    return Role((column,), (pl.lit("bluesky:") + owner).str.to_lowercase())


#: Table -> the ways in which a row of it belongs to somebody: the row goes with them.
ROLES: dict[str, tuple[Role, ...]] = {
    "profiles": (_profile("profile_id"), Role(("platform", "handle"), handle_reference())),
    "posts": (_profile("profile_id"), _prefixed("post:", "post_id"), _author("post_id")),
    "follows": (_profile("follower_id"), _profile("followed_id")),
    "engagements": (_profile("actor_id"), _prefixed("post:", "post_id"), _author("post_id")),
    "packs": (
        _profile("member_id"),
        _profile("owner_id"),
        _prefixed("pack:", "pack_id"),
        _author("pack_id"),
    ),
}

#: Table -> column that may point at somebody -> how; the column is blanked, the row stays.
POINTERS: dict[str, dict[str, tuple[Role, ...]]] = {
    "posts": {"reply_to": (_prefixed("post:", "reply_to"), _author("reply_to"))},
    "follows": {
        "via_id": (
            _profile("via_id"),
            _prefixed("pack:", "via_id"),
            _prefixed("post:", "via_id"),
            _author("via_id"),
        )
    },
}


def mentioned(posts: pl.LazyFrame) -> pl.LazyFrame:
    """Who is mentioned, one row per entry of the `mentions` lists: [..., mention, name].

    posts    with `profile_id` and `mentions`; other columns are repeated for every entry
    name     canonical, null where the entry is no handle
    """
    by_handle = handle_reference("platform", "mention")
    return (
        posts.filter(pl.col("mentions").list.len() > 0)
        .with_columns(
            platform=pl.col("profile_id").str.extract(r"^([^:]+):"), mention=pl.col("mentions")
        )
        .drop("profile_id", "mentions")
        .explode("mention")
        .with_columns(
            name=pl.when(pl.col("mention").str.contains(":", literal=True))
            .then(pl.col("mention").str.to_lowercase())
            .otherwise(by_handle)
        )
        .drop("platform")
    )


def without_mentions(posts: pl.DataFrame, gone: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """The posts without the mentions whose canonical name is `gone`, the others in their order."""
    numbered = posts.select("profile_id", "mentions").with_row_index("row")
    entries = mentioned(numbered.lazy()).collect()
    leaves = gone(entries["name"])
    if not leaves.any():
        return posts
    touched = entries.filter(leaves)["row"].unique()
    left = entries.filter(~leaves).group_by("row", maintain_order=True).agg("mention")
    kept = (
        numbered.join(left, on="row", how="left", maintain_order="left")
        .select(
            pl.when(pl.col("row").is_in(touched.implode()))
            .then(pl.col("mention").fill_null([]))
            .otherwise(pl.col("mentions"))
        )
        .to_series()
    )
    return posts.with_columns(kept.alias("mentions"))
